"""Feeds: what the way of reading them must not change."""

from __future__ import annotations

import re
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import FetchedItem, RawPage
from connectors.errors import FormatChanged
from connectors.extraction.charset import decode
from connectors.http import HttpClient
from connectors.sources.entries import Entry, item_of
from connectors.sources.plain_rss import plain_entries
from connectors.sources.rss import Rss, RssSettings, feedparser_entries

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


def both(text: str, url: str = "http://a.cn/news/feed.xml") -> tuple[list[Entry] | None, list[Entry]]:
    """The entries by the short way (None where it is not sure) and by feedparser."""
    body = re.sub(r"^\s*<\?xml[^>]*\?>", "", text, count=1).encode("utf-8", "replace")
    page = RawPage(url=url, status=200, body=body, fetched_at=NOW)
    short = plain_entries(text, body)
    try:
        return short, feedparser_entries(text, body, page)
    except FormatChanged:
        return short, []


def understood(entries: list[Entry]) -> list[FetchedItem | str]:
    made: list[FetchedItem | str] = []
    for entry in entries:
        try:
            made.append(item_of(entry, "http://a.cn/"))
        except ValueError as error:
            made.append(str(error))
    return made


TEXTS = st.sampled_from(
    [
        "天池", " 天池\n在长白山 ", "", "a &amp; b", "<![CDATA[<p>天池 & <b>长白山</b></p><img src='x.jpg'>]]>", "&lt;p&gt;天池&lt;/p&gt;",
        "http://a.cn/1", "/relative?a=1&amp;b=2", "http:///a.cn", "é¨", "don&#146;t", "<b>天池</b>", "&nbsp;", "&lt;embed src='x'&gt;天池",
        "科学 (a@b.cn)", "a@b.cn", "Thu, 26 Nov 2026 04:00:00 GMT", "Thu, 26 Nov 2026 12:00:00 +0800", "2026-11-26", "26 Nov 26", "x > y",
    ]
)  # fmt: skip
NAMES = st.sampled_from(
    [
        "title", "link", "description", "guid", "guid isPermaLink='false'", "guid isPermaLink='maybe'", "pubDate", "author", "dc:creator",
        "content:encoded", "category", "comments", "title xml:lang='en'", "dc:date", "media:title", "source url='x'", "enclosure url='x'",
        "language", "image",
    ]
)  # fmt: skip
ODD = st.lists(st.tuples(NAMES, TEXTS), max_size=7)
USUAL = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("title", "link", "guid", "guid isPermaLink='false'", "description", "category", "dc:creator"), TEXTS
    )
    | {"pubDate": st.just("Thu, 26 Nov 2026 12:00:00 +0800"), "content:encoded": TEXTS},
).flatmap(lambda chosen: st.permutations(list(chosen.items())))
ELEMENTS = st.one_of(USUAL, USUAL, USUAL, ODD)


@settings(max_examples=400)
@given(st.one_of(st.just([]), ODD), st.lists(ELEMENTS, max_size=2))
def test_the_short_way_gives_what_feedparser_gives_or_nothing(
    channel: list[tuple[str, str]], entries: list[list[tuple[str, str]]]
) -> None:
    def written(elements: list[tuple[str, str]]) -> str:
        return "".join(f"<{name}>{text}</{name.split()[0]}>" for name, text in elements)

    spaces = (
        "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:content='http://purl.org/rss/1.0/modules/content/' "
        "xmlns:media='http://search.yahoo.com/mrss/'"
    )
    inside = written(channel) + "".join(f"<item>{written(entry)}</item>" for entry in entries)
    short, whole = both(f"<rss version='2.0' {spaces}><channel>{inside}</channel></rss>")
    assert short is None or understood(short) == understood(whole)


def test_most_real_feeds_go_the_short_way_and_none_comes_out_otherwise(shared_data: Path) -> None:
    folder = shared_data / "feeds"
    texts = [path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix in (".xml", ".rss")]
    with tarfile.open(folder / "wechat_feeds.tar.gz") as archive:
        members = [member for member in archive if member.isfile()][:150]
        real = [file.read() for member in members if (file := archive.extractfile(member)) is not None]
    pairs = [both(decode(content).text) for content in real]
    pairs += [both(text) for content in texts if (text := decode(content).text).count("<item>") in range(1, 40)]
    short = [pair for pair in pairs if pair[0] is not None]
    assert all(understood(plain or []) == understood(whole) for plain, whole in short)
    assert sum(pair[0] is not None for pair in pairs[:150]) > 120


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Wed Nov 25 08:30:00 CST 2026", "2026-11-25T00:30:00+00:00"),
        ("Wed Nov 25 08:30:00 GMT 2026", "2026-11-25T08:30:00+00:00"),
        ("Wed Nov 25 08:30:00 2026", "2026-11-25T00:30:00+00:00"),
        ("Wed, 25 Nov 2026 08:30:00 CST", "2026-11-25T00:30:00+00:00"),
        ("11-25 08:30", "2026-11-25T00:30:00+00:00"),
        ("昨天 08:30", "2026-11-26T00:30:00+00:00"),
        ("周三, 25 十一月 2026 08:30:00 +0800", "2026-11-25T00:30:00+00:00"),
        ("星期三, 25 11月 2026 08:30:00 +0000", "2026-11-25T08:30:00+00:00"),
        ("25 十一月 2026", "2026-11-24T16:00:00+00:00"),
        ("星期三, 25 11月 2026 08:30:00 +0800", "2026-11-25T00:30:00+00:00"),
        ("三, 25 十一月 2026 08:30:00 +0800", "2026-11-25T00:30:00+00:00"),
        ("週三，25 十一月 26 08:30:00 +0800", "2026-11-25T00:30:00+00:00"),
        ("Wed, 25 11月 2026 08:30:00 GMT", "2026-11-25T08:30:00+00:00"),
        ("Wed, 25 11 2026 08:30:00 +0800", "2026-11-25T00:30:00+00:00"),
        ("25 十一月 2026 00:30:00 +0000", "2026-11-25T00:30:00+00:00"),
        ("周四, 01 一月 2026 08:30:00 +0800", "2026-01-01T00:30:00+00:00"),
        ("周四, 25 十二月 2025 08:30:00 +0800", "2025-12-25T00:30:00+00:00"),
        ("星期三, 十一月 25, 2026 - 08:30", "2026-11-25T00:30:00+00:00"),
        ("星期三 十一月 25 08:30:00 CST 2026", "2026-11-25T00:30:00+00:00"),
        ("11月 25, 2026 8:30 下午", "2026-11-25T12:30:00+00:00"),
        ("25-11月-26 08.30.00.000000 上午", "2026-11-25T00:30:00+00:00"),
        ("25-Nov-2026 08:30:00", "2026-11-25T00:30:00+00:00"),
        ("Wed, 25 Nov 2026 08:30:00 +8", "2026-11-25T00:30:00+00:00"),
        ("周三 11/25/2026 - 08:30", "2026-11-25T00:30:00+00:00"),
        ("0000-00-00 00:00:00", None),
        ("Mon, 01 Jan 0001 00:00:00 +0800", None),
        ("Wed, 30 Nov -0001 00:00:00 +0000", None),
        ("Mon, 01 Jan 1900 00:00:00 +0800", None),
        ("Thu, 01 Jan 1970 00:00:00 +0800", None),
        ("Wed, 31 Dec 1969 16:00:00 +0000", None),
        ("周四, 01 一月 1970 00:00:00 +0800", None),
        ("1970年1月1日", None),
        ("2026-11-01 08:00:00", "2026-11-01T00:00:00+00:00"),
        ("2026-11-1 08:00", "2026-11-01T00:00:00+00:00"),
        ("2026-10-01 00:00:00 +0800", "2026-09-30T16:00:00+00:00"),
        ("0001-01-01T00:00:00", None),
        ("1900-01-01 00:00:00", None),
        ("1970-01-01", None),
        ("0001-01-01T00:00:00Z", None),
        ("1970-01-01T00:00:00Z", None),
        ("Thu, 01 Jan 1970 08:00:00 +0800", None),
    ],
)
def test_a_time_of_a_chinese_feed_is_read_as_its_program_wrote_it(written: str, expected: str | None) -> None:
    now = datetime(2026, 11, 27, 12, tzinfo=UTC)
    channel = f"<item><title>天池</title><link>http://a.test/1</link><pubDate>{written}</pubDate></item>"
    text = f"<rss version='2.0'><channel>{channel}</channel></rss>"
    page = RawPage(url="http://a.test/f", status=200, body=text.encode(), fetched_at=now)
    usual = feedparser_entries(text, page.body, page)
    for entries in (usual, plain_entries(text, page.body) or usual):
        at = item_of(entries[0], page.url, now).published_at
        assert (at.isoformat() if at else None) == expected


@pytest.mark.parametrize("unset", ["Thu, 01 Jan 1970 00:00:00 +0800", "0000-00-00 00:00:00", "0001-01-01T00:00:00Z"])
def test_where_one_time_of_an_entry_is_unset_another_counts(unset: str) -> None:
    times = f"<pubDate>{unset}</pubDate><a:updated>2026-11-25T08:30:00+08:00</a:updated>"
    channel = f"<item><title>天池</title><link>http://a.test/1</link>{times}</item>"
    text = f"<rss version='2.0' xmlns:a='http://www.w3.org/2005/Atom'><channel>{channel}</channel></rss>"
    page = RawPage(url="http://a.test/f", status=200, body=text.encode(), fetched_at=datetime(2026, 11, 27, tzinfo=UTC))
    (entry,) = feedparser_entries(text, page.body, page)
    assert item_of(entry, page.url, page.fetched_at).published_at == datetime(2026, 11, 25, 0, 30, tzinfo=UTC)
