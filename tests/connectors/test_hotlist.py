"""Hot lists over real servers: routes in turn, what is hot about a topic, and what is none."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from loopback import Site

from connectors.base import Cursor, FetchedItem, RawPage
from connectors.errors import FormatChanged, NeedsPerson, RetryLater
from connectors.http import HttpClient
from connectors.sources.hotlist import HotList, HotListSettings

AT = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


def newsnow(*titles: str, **beside: object) -> str:
    items = [{"id": title, "title": title, "url": f"https://hot.example/{title}"} | beside for title in titles]
    return json.dumps({"status": "success", "id": "x", "updatedTime": 1764129600000, "items": items})


def visit(site: Site, *routes: str, cursor: Cursor | None = None) -> tuple[RawPage, list[FetchedItem]]:
    first, *others = [site.base + route for route in routes or ("/a",)]
    source = HotList(HotListSettings(url=first, routes=others), HttpClient(now=lambda: AT))
    page = source.fetch(cursor)
    return page, list(source.parse(page).items)


def test_the_next_route_is_used_where_one_fails_and_remembered(site: Site) -> None:
    site.put("/a", "<html>维护中</html>")
    site.put("/b", newsnow("极光"))
    page, items = visit(site, "/a", "/b")
    assert [item.title for item in items] == ["极光"]
    site.put("/b", newsnow("极光", "雾凇"))
    page, items = visit(site, "/a", "/b", cursor=page.cursor)
    assert len(items) == 2
    assert (site.times("/a"), site.times("/b")) == (1, 2)


def test_a_route_that_worked_and_fails_gives_way_to_the_first(site: Site) -> None:
    site.put("/b", newsnow("极光"))
    page, _ = visit(site, "/a", "/b")
    site.put("/a", newsnow("雾凇"))
    site.put("/b", "", status=500)
    page, items = visit(site, "/a", "/b", cursor=page.cursor)
    assert ([item.title for item in items], page.url) == (["雾凇"], f"{site.base}/a")


def test_where_all_routes_fail_the_reason_of_each_is_named(site: Site) -> None:
    site.put("/a", "<html>维护中</html>")
    site.put("/b", "", status=500)
    site.put("/c", '{"code": 503}')
    with pytest.raises(
        RetryLater, match=r"3 条线路都没有取到。第 1 条：.*普通网页.*第 2 条：.*500.*第 3 条：.*503.*。$"
    ):
        visit(site, "/a", "/b", "/c")
    with pytest.raises(NeedsPerson, match="404"):
        visit(site, "/gone", "/a")
    site.put("/d", '{"x": 1}')
    with pytest.raises(FormatChanged) as caught:
        visit(site, "/a", "/d")
    assert caught.value.page is not None


def test_a_list_that_has_not_changed_says_nothing_new(site: Site) -> None:
    site.put("/a", newsnow("极光"))
    page, _ = visit(site)
    page, items = visit(site, cursor=page.cursor)
    assert (page.not_modified, items) == (True, [])


@pytest.mark.parametrize(
    ("said", "heat"),
    [
        ({"hot": 12}, 12.0),
        ({"hot": "1,234"}, 1234.0),
        ({"hot": "98.7万"}, 987_000.0),
        ({"extra": {"info": "1.2 亿热度"}}, 120_000_000.0),
        ({"extra": {"info": "3 小时前"}}, None),
        ({"hot": None}, None),
        ({"hot": True}, None),
        ({"hot": float("inf")}, None),
        ({"hot": 10**400}, None),
    ],
)
def test_heat_is_a_number_however_it_is_written(site: Site, said: dict[str, object], heat: float | None) -> None:
    site.put("/a", newsnow("极光", **said))
    [item] = visit(site)[1]
    assert item.raw["hot"]["heat"] == (pytest.approx(heat) if heat is not None else None)


@pytest.mark.parametrize(
    "said",
    [{"isAd": True}, {"extra": {"ad": 1}}, {"label": "广告"}, {"extra": {"info": "［推广］"}}, {"tag": "[AD]"}],
)
def test_advertisements_are_dropped_and_take_no_rank(site: Site, said: dict[str, object]) -> None:
    body = json.loads(newsnow("大衣特价", "广告法修订", "极光"))
    body["items"][0] |= said
    site.put("/a", json.dumps(body))
    assert [(item.title, item.raw["hot"]["rank"]) for item in visit(site)[1]] == [("广告法修订", 1), ("极光", 2)]


@pytest.mark.parametrize("entries", ["[null, 5, [], {}]", '[{"title": {"a": 1}}]'])
def test_a_list_of_nothing_usable_is_another_shape(site: Site, entries: str) -> None:
    site.put("/a", f'{{"items": {entries}}}')
    with pytest.raises(FormatChanged, match="一条话题也没有"):
        visit(site)


def test_a_title_with_control_characters_or_without_end_is_cut(site: Site) -> None:
    site.put("/a", newsnow("极\x00光\ud800" + "长" * 5000))
    [item] = visit(site)[1]
    assert item.title.startswith("极光长")
    assert len(item.title) == 300
