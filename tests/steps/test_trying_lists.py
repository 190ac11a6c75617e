"""A pasted address of a sitemap, a JSON interface or a hot list becomes a source without anything being typed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

import pytest
from loopback import Site, serving
from sqlmodel import select

from content_store import sources
from content_store.tables import Article, HotTopic, Source
from steps.adding_sources import add
from steps.collect import collect_due
from steps.newsroom import Newsroom
from steps.source_check import FEW
from steps.trying_sources import propose, try_out

TEXT = "长白山天池是松花江的源头，冬天湖面的冰可以厚达一米以上，人可以在冰上行走，科考队每年都来测量冰的厚度。"
NUMBERS = range(1, 7)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        for number in NUMBERS:
            site.put(f"/a/{number}.html", f"<html><h1>天池的第{number}个故事</h1><p>{TEXT}</p><p>{TEXT}</p></html>")
        urls = "".join(f"<url><loc>{site.base}/a/{number}.html</loc></url>" for number in NUMBERS)
        site.put("/sitemap.xml", f"<urlset>{urls}</urlset>")
        entries = [
            {"biaoti": f"天池的第{number}个故事", "url": f"/a/{number}.html", "content": TEXT} for number in NUMBERS
        ]
        site.put("/api", json.dumps({"data": {"list": entries}}))
        topics = [{"title": f"话题{number}", "url": "https://hot.example/"} for number in NUMBERS]
        site.put("/hot", json.dumps({"status": "success", "updatedTime": 1764129600000, "items": topics}))
        yield site


@pytest.mark.parametrize(
    ("path", "kind", "shown"), [("/sitemap.xml", "sitemap", FEW), ("/api", "json_api", 6), ("/hot", "hotlist", 6)]
)
def test_an_address_is_proposed_tried_added_and_collected(
    newsroom: Newsroom, site: Site, now: datetime, path: str, kind: str, shown: int
) -> None:
    proposal = propose(newsroom, site.base + path)
    assert proposal.wish.kind == kind
    seen = try_out(newsroom, proposal.wish, proposal.answers)
    assert (seen.trouble, seen.bad, len(seen.pieces)) == ("", (), shown)
    assert site.times(path) == 1, "what was asked for is not asked for again"
    key = add(newsroom, proposal.wish, by="王初", now=now)
    collect_due(newsroom, now, [key])
    with newsroom.store.reading() as session:
        row = sources.by_key(session, key)
        articles, topics = session.exec(select(Article)).all(), session.exec(select(HotTopic)).all()
    assert isinstance(row, Source)
    assert row.last_error == ""
    assert len(topics if kind == "hotlist" else articles) == len(NUMBERS)
    assert not (articles if kind == "hotlist" else topics)
