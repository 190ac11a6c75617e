"""An article that a site cuts into pages is read as one, over real sockets, and says so where a page could not be had."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Cursor, FetchedItem
from connectors.http import HttpClient
from connectors.sources.paged import MOST_PAGES
from connectors.sources.webpage import WebPage, WebPageSettings
from tests.loopback import Site

NOW = datetime(2026, 11, 26, 0, 0, tzinfo=UTC)
TITLE = "雾凇是怎样形成的，看这几页就懂了"
SENTENCES = [
    f"第{number}天清晨，气象台的值班员又到江边去看了一看，记下温度是零下{number + 11}度，风从西北方吹来。"
    for number in range(1, 31)
]


def name(number: int) -> str:
    return "/n/a.html" if number == 1 else f"/n/a_{number}.html"


def page(number: int, pages: int, *, pictures: bool = False) -> str:
    numbers = "".join(
        f"<a href='{name(each)}'>{each}</a>" if each != number else f"<span>{each}</span>"
        for each in range(1, pages + 1)
    )
    following = f"<a href='{name(number + 1)}'>下一页</a>" if number < pages else ""
    picture = f"<img src='/p/{number}.jpg'>" if pictures else ""
    text = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES[2 * number - 2 : 2 * number])
    return (
        f"<html><head><title>{TITLE}_示例网</title></head><body><h1>{TITLE}</h1><p>2026-11-20 来源：示例网</p>"
        f"<div class=content>{text}{picture}<div class=pages>{numbers}{following}</div></div></body></html>"
    )


def put(site: Site, pages: int, *, but: Sequence[int] = (), pictures: bool = False) -> WebPageSettings:
    for number in range(1, pages + 1):
        if number not in but:
            site.put(name(number), page(number, pages, pictures=pictures))
    return WebPageSettings(url=site.put("/list/", f"<a href='{name(1)}'>{TITLE}</a>"))


def taken(
    settings: WebPageSettings, cursor: Cursor | None = None, now: datetime = NOW
) -> tuple[list[FetchedItem], Cursor]:
    source = WebPage(settings, HttpClient(now=lambda: now))
    seen = source.fetch(cursor)
    parsed = source.parse(seen)
    assert not parsed.bad
    return list(parsed.items), seen.cursor


@pytest.mark.parametrize("pages", [2, 3, 5])
def test_all_pages_are_one_article(site: Site, pages: int) -> None:
    [item], _ = taken(put(site, pages, pictures=True))
    assert item.text.splitlines() == SENTENCES[: 2 * pages]
    assert [picture.url for picture in item.pictures] == [f"{site.base}/p/{n}.jpg" for n in range(1, pages + 1)]
    assert (item.title, item.url) == (TITLE, f"{site.base}{name(1)}")
    assert item.html.count("<div>") == 1
    assert "原文共" not in item.html


def test_pages_of_pictures_alone_are_kept_each(site: Site) -> None:
    settings = put(site, 3, pictures=True)
    for number in (2, 3):
        site.put(name(number), re.sub(r"<p>第.*?</p>", "", page(number, 3, pictures=True)))
    [item], _ = taken(settings)
    assert [picture.url for picture in item.pictures] == [f"{site.base}/p/{n}.jpg" for n in (1, 2, 3)]


def test_what_a_selector_names_is_taken_from_every_page(site: Site) -> None:
    settings = put(site, 3).model_copy(update={"body": ".content p"})
    assert taken(settings)[0][0].text.splitlines() == SENTENCES[:6]


def test_a_page_that_cannot_be_had_ends_the_article_and_it_says_so(site: Site) -> None:
    settings = put(site, 4, but=[3])
    [item], cursor = taken(settings)
    assert item.text.splitlines() == SENTENCES[:4]
    assert item.html.endswith("<p>（原文共 4 页，这里不是全文，其余各页请看原文。）</p></div>")
    site.put(name(3), page(3, 4))
    [whole], _ = taken(settings, cursor, NOW + timedelta(hours=2))
    assert whole.text.splitlines() == SENTENCES[:8], "the next look at the article brings the rest"
    assert whole.external_id == item.external_id


@pytest.mark.parametrize("body", [b"%PDF-1.4\n%\xe2\xe3", b"", b"<html><body></body></html>"])
def test_a_page_that_says_nothing_is_none_and_the_article_says_that_it_goes_on(site: Site, body: bytes) -> None:
    settings = put(site, 2)
    site.put(name(2), body)
    [item], _ = taken(settings)
    assert item.text.splitlines() == SENTENCES[:2]
    assert "原文共 2 页" in item.html


def test_what_the_robots_file_forbids_is_not_read_though_the_first_page_may_be(site: Site) -> None:
    settings = put(site, 2)
    site.put("/robots.txt", f"User-agent: *\nDisallow: {name(2)}\n")
    [item], _ = taken(settings)
    assert item.text.splitlines() == SENTENCES[:2]
    assert site.times(name(2)) == 0


def test_a_very_long_article_is_read_so_far_and_says_so(site: Site) -> None:
    [item], _ = taken(put(site, MOST_PAGES + 3))
    assert item.text.splitlines() == SENTENCES[: 2 * MOST_PAGES]
    assert f"原文共 {MOST_PAGES + 3} 页" in item.html


def test_a_site_that_answers_every_number_with_its_first_page_gives_it_once(site: Site) -> None:
    settings = put(site, 3)
    for number in (2, 3):
        site.put(name(number), page(1, 3))
    [item], _ = taken(settings)
    assert item.text.splitlines() == SENTENCES[:2]


def test_a_page_that_was_moved_is_asked_for_once(site: Site) -> None:
    settings = put(site, 2)
    site.put("/moved.html", page(2, 2))
    site.put(name(2), "", status=301, headers={"Location": "/moved.html"})
    [item], _ = taken(settings)
    assert item.text.splitlines() == SENTENCES[:4]
    assert [path for path, *_ in site.asked].count("/moved.html") == 1


def test_pages_that_lead_round_in_a_circle_or_to_another_host_are_not_followed(site: Site) -> None:
    settings = put(site, 2)
    site.put(name(2), page(2, 2).replace("</body>", f"<div class=content><a href='{name(1)}'>下一页</a></div></body>"))
    assert taken(settings)[0][0].text.splitlines() == SENTENCES[:4]
    site.put(name(1), page(1, 2).replace(f"href='{name(2)}'", "href='http://127.0.0.9:9/n/a_2.html'"))
    [item], _ = taken(settings)
    assert item.text.splitlines() == SENTENCES[:2]
