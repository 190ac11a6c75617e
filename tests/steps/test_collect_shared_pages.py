"""Feeds whose entries all link to one page: with full text each keeps its own words, for the page is none of theirs alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from loopback import Site, serving
from sqlmodel import select
from test_collect import LONG, NOW, OTHER, newsroom_of, source

from content_store.database import Store
from content_store.tables import Article
from steps.collect import collect_source
from steps.newsroom import Newsroom
from steps.trying_sources import propose, try_out, with_full_text

CATALOGUE = f"<html><body><h1>最近地震目录</h1><p>{LONG}</p><p>{OTHER}</p></body></html>"


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        site.put("/quakes.html", CATALOGUE)
        yield site


@pytest.fixture
def newsroom(store: Store, tmp_path: Path) -> Newsroom:
    return newsroom_of(store, tmp_path)


def said(number: int) -> str:
    return f"11月26日{number}时，吉林松原发生{3 + number / 10:.1f}级地震。"


def quakes(site: Site, *numbers: int, place: str = "") -> str:
    items = "".join(
        f"<item><guid isPermaLink='false'>q{number}</guid><title>松原第{number}次地震</title>"
        f"<link>{site.base}/quakes.html{place.format(number)}</link><description>{said(number)}</description></item>"
        for number in numbers
    )
    return site.put("/f", f"<rss version='2.0'><channel><title>地震速报</title>{items}</channel></rss>")


def texts(newsroom: Newsroom) -> dict[str, str]:
    with newsroom.store.reading() as session:
        return {article.external_id: article.text for article in session.exec(select(Article))}


@pytest.mark.parametrize("place", ["", "#q{}"])
def test_entries_that_share_a_page_keep_their_own_text(newsroom: Newsroom, site: Site, place: str) -> None:
    number = source(newsroom, quakes(site, 3, 2, 1, place=place), settings={"full_text": True})
    assert collect_source(newsroom, number, NOW)["new"] == 3
    quakes(site, 4, 3, 2, 1, place=place)
    later = NOW + timedelta(hours=1)
    counts = collect_source(replace(newsroom, now=lambda: later), number, later)
    assert (counts["new"], counts["revised"]) == (1, 0)
    assert texts(newsroom) == {f"q{each}": said(each) for each in (1, 2, 3, 4)}
    assert site.times("/quakes.html") == 0


def test_an_entry_that_takes_the_page_of_one_before_it_is_not_lost(newsroom: Newsroom, site: Site) -> None:
    number = source(newsroom, quakes(site, 1), settings={"full_text": True})
    assert collect_source(newsroom, number, NOW)["new"] == 1
    for each in (2, 3):
        quakes(site, each)
        later = NOW + timedelta(hours=each)
        assert collect_source(replace(newsroom, now=lambda at=later: at), number, later)["new"] == 1
    assert {name: text for name, text in texts(newsroom).items() if name != "q1"} == {"q2": said(2), "q3": said(3)}


def test_an_interface_whose_entries_share_a_page_keeps_their_own_text(newsroom: Newsroom, site: Site) -> None:
    entries = [
        {"id": f"q{each}", "title": f"松原第{each}次地震", "url": "/quakes.html", "desc": said(each)} for each in (1, 2)
    ]
    paths = {"title": "title", "link": "url", "id": "id", "body": "desc", "full_text": True}
    number = source(newsroom, site.put("/api", json.dumps(entries)), kind="json_api", settings=paths)
    assert collect_source(newsroom, number, NOW)["new"] == 2
    assert texts(newsroom) == {"q1": said(1), "q2": said(2)}


def test_full_text_is_not_proposed_for_such_a_feed(newsroom: Newsroom, site: Site) -> None:
    proposal = propose(newsroom, quakes(site, 3, 2, 1))
    checked = try_out(newsroom, proposal.wish, proposal.answers)
    wish, _ = with_full_text(newsroom, proposal.wish, checked, proposal.answers)
    assert "full_text" not in wish.settings
