"""Sites whose pages have their addresses behind a # (`#/news/1`): each is a piece of its own, and none is the site's frame."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from loopback import Site
from sqlmodel import select
from test_collect import LONG, NOW, OTHER, newsroom_of, source

from content_store.database import Store
from content_store.tables import Article, Source
from steps.collect import collect_source
from steps.newsroom import Newsroom

TITLES = ("冬季用电要注意哪些安全问题专家来支招", "长白山天池为什么不结冰原因终于找到了")
TEXTS = (OTHER, LONG)


@pytest.fixture
def newsroom(store: Store, tmp_path: Path) -> Newsroom:
    return newsroom_of(store, tmp_path)


def stored(newsroom: Newsroom) -> set[tuple[str, str]]:
    with newsroom.store.reading() as session:
        return {(article.title, article.url) for article in session.exec(select(Article))}


@pytest.mark.parametrize(
    "address",
    ["http://app.test/#/news/detail/{}", "http://app.test/h5/#!/a?id={}", "http://app.test/news.html?share_id=10{}"],
)
def test_pieces_that_differ_only_in_their_route_or_number_are_all_taken_and_stay_apart(
    newsroom: Newsroom, site: Site, address: str
) -> None:
    entries = "".join(
        f"<item><title>{title}</title><link>{address.format(place)}</link><description>{text}</description></item>"
        for place, (title, text) in enumerate(zip(TITLES, TEXTS, strict=True))
    )
    number = source(newsroom, site.put("/f", f"<rss version='2.0'><channel><title>源</title>{entries}</channel></rss>"))
    assert collect_source(newsroom, number, NOW)["new"] == 2
    site.put("/f", site.pages["/f"].body + b" ")
    assert collect_source(newsroom, number, NOW) == {"new": 0, "revised": 0, "same": 2, "bad": 0}
    assert stored(newsroom) == {(title, address.format(place)) for place, title in enumerate(TITLES)}


def test_routes_of_an_interface_are_pieces_of_their_own(newsroom: Newsroom, site: Site) -> None:
    said = [
        {"title": title, "url": f"/#/news/{title[:2]}", "content": text}
        for title, text in zip(TITLES, TEXTS, strict=True)
    ]
    paths = {"title": "title", "link": "url", "body": "content"}
    number = source(newsroom, site.put("/api", json.dumps(said)), kind="json_api", settings=paths)
    assert collect_source(newsroom, number, NOW)["new"] == 2
    assert {title for title, _ in stored(newsroom)} == set(TITLES)


@pytest.mark.parametrize("place", ["/h5/", "/"])
def test_a_listing_of_routes_says_so_and_never_takes_the_sites_frame_for_an_article(
    newsroom: Newsroom, site: Site, place: str
) -> None:
    site.put(place, f"<html><body><h1>手机台首页</h1><p>{LONG}</p></body></html>")
    links = "".join(f'<li><a href="{place}#/news/{number}">{title}</a></li>' for number, title in enumerate(TITLES))
    plain = '<li><a href="/1.html#top">接种流感疫苗是预防流感最有效的手段</a></li>'
    site.put("/1.html", f"<html><body><h1>接种流感疫苗是预防流感最有效的手段</h1><p>{OTHER}</p></body></html>")
    number = source(newsroom, site.put("/list", f"<ul>{links}{plain}</ul>"), kind="webpage")
    assert collect_source(newsroom, number, NOW) == {"new": 1, "revised": 0, "same": 0, "bad": 2}
    assert stored(newsroom) == {("接种流感疫苗是预防流感最有效的手段", f"{site.base}/1.html")}
    assert site.times(place) == 0
    with newsroom.store.reading() as session:
        row = session.get(Source, number)
        assert row is not None
        assert "数据接口" in row.last_error
