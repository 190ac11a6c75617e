"""Articles that were taken are looked at again: when, how many, and what becomes of those that changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from loopback import Site, serving

from connectors.base import Cursor, RawPage
from connectors.http import HttpClient
from connectors.sources.rereading import AFTER, MOST_WATCHED, due, looked_at, watch
from connectors.sources.revisiting import AGAIN, after_parts, validators
from connectors.sources.webpage import WebPage, WebPageSettings

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
TEXT = "长白山天池是松花江、图们江和鸭绿江的源头，火山监测站常年记录地震、形变和气体，科研人员据此判断岩浆活动的变化。"


def page(link: str, body: str = TEXT, **values: object) -> RawPage:
    given = {"url": link, "status": 200, "body": body.encode(), "fetched_at": NOW, "cursor": {"link": link}}
    return RawPage(**(given | values))  # type: ignore[arg-type]  # fields of RawPage


def test_the_newest_come_first_and_only_so_many() -> None:
    watched = watch(watch({}, [page("old")], NOW), [page("new"), page("newer")], NOW)
    assert due(watched, NOW, 9) == []
    assert due(watched, NOW + AFTER[0], 2) == ["new", "newer"]
    many = watch({}, (page(f"p{number}") for number in range(3 * MOST_WATCHED)), NOW)
    assert len(many) == MOST_WATCHED


def test_an_article_that_stays_the_same_is_looked_at_ever_more_rarely_and_at_last_no_more() -> None:
    watched, moment, gaps = watch({}, [page("a")], NOW), NOW, []
    while watched:
        began = moment
        while not due(watched, moment, 1):
            moment += timedelta(hours=1)
        gaps.append(moment - began)
        watched = looked_at(watched, page("a"), moment)
    assert gaps == list(AFTER)


def test_one_that_changed_is_watched_closely_again() -> None:
    watched = watch({}, [page("a")], NOW)
    watched = looked_at(watched, page("a"), NOW)
    assert watched["a"]["step"] == 1
    watched = looked_at(watched, page("a", TEXT + "更正。"), NOW)
    assert watched["a"]["step"] == 0


def test_a_page_kept_back_by_its_host_costs_no_try_and_a_failing_one_is_given_up_after_three() -> None:
    known: Cursor = {}
    failing = page("f", error="坏了", status=0)
    waiting = page("w", error="稍后", status=0, cursor={"link": "w", AGAIN: True})
    for _ in range(3):
        known = known | after_parts(known, [failing, waiting], more=False)
    assert known == {"seen": ["f"], "tries": {}, "pending": True, "pages": {}}


@pytest.mark.parametrize("value", ['W/"abc"', '"x"', "unquoted"])
def test_validators_go_back_as_they_came(value: str) -> None:
    assert validators(page("a", headers={"etag": value}))["etag"] == value


@pytest.mark.parametrize("value", ["a\r\n b", "x" * 501, "天", ""])
def test_what_no_header_of_ours_could_carry_is_forgotten(value: str) -> None:
    assert validators(page("a", headers={"etag": value}))["etag"] == ""


class Reader:
    """A listing read again and again at times of our own."""

    def __init__(self, site: Site, **settings: int) -> None:
        self.now = NOW
        self.cursor: Cursor | None = None
        settings_ = WebPageSettings(url=site.base + "/list", item="li a", **settings)
        self.source = WebPage(settings_, HttpClient(now=lambda: self.now))

    def read(self, **later: float) -> list[str]:
        self.now += timedelta(**later)
        got = self.source.fetch(self.cursor)
        self.cursor = got.cursor
        return [item.text[-6:] for item in self.source.parse(got).items]


def listing(site: Site, *names: str) -> None:
    site.put("/list", "<ul>" + "".join(f"<li><a href='/{name}'>天池的来历{name}</a></li>" for name in names) + "</ul>")


def article(site: Site, name: str, text: str) -> None:
    site.put(f"/{name}", f"<html><title>天池的来历</title><h1>天池的来历</h1><article><p>{text}</p></article></html>")


def test_a_correction_on_a_known_article_comes_even_where_the_listing_has_not_changed() -> None:
    with serving() as site:
        listing(site, "a", "b")
        article(site, "a", TEXT)
        article(site, "b", TEXT)
        reader = Reader(site)
        assert len(reader.read()) == 2
        article(site, "a", TEXT + "以上数字已更正。")
        assert reader.read(minutes=5) == []
        assert reader.read(hours=1) == ["数字已更正。"]
        assert site.times("/a") == 2
        assert [etag != "" for path, etag in site.asked if path == "/b"] == [False, True]
        assert reader.read(minutes=5) == []


def test_no_more_articles_are_looked_at_again_than_may_be_in_one_round() -> None:
    with serving() as site:
        names = [f"n{number}" for number in range(6)]
        listing(site, *names)
        for name in names:
            article(site, name, TEXT)
        reader = Reader(site, max_rereads=2)
        reader.read()
        asked = len(site.asked)
        reader.read(hours=2)
        assert [path for path, _ in site.asked[asked:]] == ["/list", "/n0", "/n1"]
        reader.read(minutes=1)
        assert [path for path, _ in site.asked[asked + 3 :]] == ["/list", "/n2", "/n3"]


def test_an_article_that_is_gone_is_no_failure() -> None:
    with serving() as site:
        listing(site, "a")
        article(site, "a", TEXT)
        reader = Reader(site)
        reader.read()
        del site.pages["/a"]
        reader.now += timedelta(hours=2)
        got = reader.source.fetch(reader.cursor)
        assert (got.parts, reader.source.parse(got).bad) == ((), ())
