"""A site that answers slowly costs itself its time, and nobody else theirs."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from loopback import Site
from sqlmodel import select
from test_collect import LONG, NOW, OTHER, alert, feed, newsroom_of, source

from connectors.errors import RetryLater
from connectors.http import HttpLimits
from connectors.sources import visiting
from content_store.database import Store
from content_store.tables import Article, Source
from steps.collect import Unfinished, collect_due, collect_each, collect_source, warnings_due
from steps.newsroom import Newsroom

TITLES = [f"冬季用电要注意哪些安全问题专家支招之{number}" for number in "一二三四"]


@pytest.fixture
def newsroom(store: Store, tmp_path: Path) -> Newsroom:
    return newsroom_of(store, tmp_path)


def row(newsroom: Newsroom, number: int) -> Source:
    with newsroom.store.reading() as session:
        found = session.get(Source, number)
    assert found is not None
    return found


def listing(newsroom: Newsroom, site: Site) -> int:
    links = "".join(f'<li><a href="/a/{number}.html">{title}</a></li>' for number, title in enumerate(TITLES))
    for number, title in enumerate(TITLES):
        site.put(f"/a/{number}.html", f"<html><body><h1>{title}</h1><p>{LONG}{OTHER[number:]}</p></body></html>")
    return source(newsroom, site.put("/list", f"<ul>{links}</ul>"), kind="webpage")


def ending_after(pages: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of a visit is over once so many pages were opened."""
    open_page = visiting.Visitor.part

    def part(visitor: visiting.Visitor, link: str, **known: str) -> object:
        nonlocal pages
        if pages == 0:
            assert visitor._http._patience is not None
            visitor._http._patience._until = 0.0
        pages -= 1
        return open_page(visitor, link, **known)

    monkeypatch.setattr(visiting.Visitor, "part", part)


def test_a_visit_that_takes_too_long_keeps_what_it_read_and_goes_on_there_the_next_time(
    newsroom: Newsroom, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = listing(newsroom, site)
    with monkeypatch.context() as patched:
        ending_after(2, patched)
        with pytest.raises(Unfinished) as ended:
            collect_source(newsroom, number, NOW)
    assert ended.value.counts == {"new": 2, "revised": 0, "same": 0, "bad": 0}
    late = row(newsroom, number)
    assert late.failures == 1
    assert late.last_error == "网站太慢：这次采集用满了 5 分钟还没有读完，已读到的 2 条已经保存，其余下次接着取。"
    assert (late.last_new_at, late.last_ok_at) == (NOW, None)
    later = NOW + timedelta(hours=3)
    assert collect_source(replace(newsroom, now=lambda: later), number, later)["new"] == 2
    assert (row(newsroom, number).failures, row(newsroom, number).last_error) == (0, "")
    with newsroom.store.reading() as session:
        assert {article.title for article in session.exec(select(Article))} == set(TITLES)


def test_rules_that_were_not_asked_for_in_time_forbid_nothing_afterwards(
    newsroom: Newsroom, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = listing(newsroom, site)
    with monkeypatch.context() as patched:
        ending_after(0, patched)
        with pytest.raises(Unfinished):
            collect_source(newsroom, number, NOW)
    assert "没读到的下次接着取" in row(newsroom, number).last_error
    assert collect_source(newsroom, number, NOW)["new"] == 4


def test_a_source_that_is_slow_from_its_first_page_on_fails_by_name(newsroom: Newsroom, site: Site) -> None:
    number = source(newsroom, site.put("/f", feed(("1", "天池", LONG))))
    hurried = replace(newsroom, http_limits=HttpLimits(visit_seconds=0))
    with pytest.raises(RetryLater):
        collect_source(hurried, number, NOW)
    assert (row(newsroom, number).failures, site.times("/f")) == (1, 0)


def test_warnings_have_a_round_of_their_own(newsroom: Newsroom, site: Site) -> None:
    assert not warnings_due(newsroom, NOW)
    source(newsroom, site.put("/f", feed(("1", "天池", LONG))), "feed")
    assert not warnings_due(newsroom, NOW)
    source(newsroom, site.put("/cap", alert("a1")), "cap", kind="cap")
    assert warnings_due(newsroom, NOW)
    assert [visit.key for visit in collect_each(newsroom, NOW, warnings=True)] == ["cap"]
    assert not warnings_due(newsroom, NOW)
    assert [visit.key for visit in collect_each(newsroom, NOW, warnings=False)] == ["feed"]


def test_a_round_leaves_to_the_one_before_what_that_is_still_visiting_and_visits_the_rest(
    newsroom: Newsroom, site: Site
) -> None:
    slow = source(newsroom, site.put("/slow", feed(("1", "天池", LONG))), "slow")
    began, go_on = threading.Event(), threading.Event()

    def hanging() -> object:
        if threading.current_thread() is not threading.main_thread() and not began.is_set():
            began.set()
            go_on.wait(30)
        return 0.5

    first_room = replace(newsroom, chance=hanging)
    first = threading.Thread(target=lambda: collect_due(first_room, NOW))
    first.start()
    assert began.wait(30)
    try:
        source(newsroom, site.put("/f", feed(("2", "疫苗", OTHER))), "quick")
        later = NOW + timedelta(minutes=1)
        assert [visit.key for visit in collect_each(newsroom, later)] == ["quick"]
    finally:
        go_on.set()
        first.join()
    assert row(newsroom, slow).last_ok_at == NOW
    assert site.times("/slow") == 1


def test_a_round_that_comes_late_to_a_source_does_not_visit_it_after_a_newer_one(newsroom: Newsroom) -> None:
    under_way = newsroom.traffic.under_way
    assert under_way.begin(1, NOW + timedelta(minutes=1))
    assert not under_way.begin(1, NOW)
    under_way.end(1)
    assert not under_way.begin(1, NOW)
    assert under_way.begin(1, None)


def test_tries_of_one_visit_are_one_failure(newsroom: Newsroom) -> None:
    number = source(newsroom, "http://127.0.0.1:9/feed")
    for more in (True, True, False):
        with pytest.raises(RetryLater):
            collect_source(newsroom, number, NOW, trying_again=lambda _error, more=more: more)
    assert row(newsroom, number).failures == 1
