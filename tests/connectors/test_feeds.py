"""Feeds: what the way of reading them must not change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.base import FetchedItem, RawPage
from connectors.http import HttpClient
from connectors.sources.rss import Rss, RssSettings

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def items(text: str) -> tuple[FetchedItem, ...]:
    page = RawPage(url="http://a.cn/news/feed.xml", status=200, body=text.encode(), fetched_at=NOW)
    return Rss(RssSettings(url=page.url), HttpClient(now=lambda: NOW)).parse(page).items


def one(html: str, *, more: str = "", channel: str = "") -> FetchedItem:
    (item,) = items(
        f"<rss version='2.0'><channel {channel}><item><guid isPermaLink='false'>1</guid><title>天池</title>{more}"
        f"<description><![CDATA[{html}]]></description></item></channel></rss>"
    )
    return item


@pytest.mark.parametrize(
    ("more", "channel", "address"),
    [
        ("", "", "http://a.cn/news/x.jpg"),
        ("<link>http://b.cn/c/1.html</link>", "", "http://b.cn/c/x.jpg"),
        ("", "xml:base='http://c.cn/'", "http://c.cn/x.jpg"),
    ],
    ids=["of the feed", "of the article", "named by the feed"],
)
def test_addresses_inside_a_text_are_seen_from_its_own_place(more: str, channel: str, address: str) -> None:
    item = one("<p>天池<img src='x.jpg'></p>", more=more, channel=channel)
    assert [picture.url for picture in item.pictures] == [address]


def test_an_unclosed_embed_does_not_swallow_what_follows() -> None:
    assert one("天池<embed src='x.swf'>在长白山").text.replace(" ", "").replace("\n", "") == "天池在长白山"


@pytest.mark.parametrize(
    "text", ["天池在长白山", "天池 > 长白山", "天池，  长白山", " 天池\n长白山", "天池&amp;长白山", "天池\xa0长白山"]
)
def test_a_text_without_mark_up_is_what_it_would_be_inside_a_paragraph(text: str) -> None:
    plain, marked = one(text), one(f"<p>{text}</p>")
    assert plain.text == marked.text
    assert plain.html.startswith("<div>")
    assert "<p>" in marked.html
