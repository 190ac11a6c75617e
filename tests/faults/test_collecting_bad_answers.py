"""What a hostile or broken server can do to a visit: each ends as a named failure of that source, and the round goes on.

docs/collecting.md lists the faults by the names they have here.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from loopback import Site, serving
from misbehaving import (
    OK,
    Behaviour,
    bomb,
    deflate_bomb,
    dripping,
    gone,
    leading_on_and_on,
    leading_to,
    misbehaving,
    packed,
    pouring,
    saying,
    silent,
)
from sqlmodel import select

from connectors.errors import ConnectorError, FormatChanged, NeedsPerson, RetryLater
from connectors.http import HttpClient, HttpLimits
from content_store import sources
from content_store.database import Store
from content_store.media import MediaFolder
from content_store.tables import Article, Source
from content_store.vault import Vault, key_from
from steps.collect import collect_each
from steps.newsroom import Newsroom

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
LIMITS = HttpLimits(connect_seconds=1, read_seconds=5, total_seconds=10, max_bytes=2_000_000)
HASTY = HttpLimits(connect_seconds=1, read_seconds=0.7, total_seconds=0.7, max_bytes=2_000_000)
INCOMPLETE = "没有给出完整答复"
ENTRY = "<item><guid>1</guid><title>天池的来历</title><description>长白山天池是松花江的源头。</description></item>"
FEED = f"<rss version='2.0'><channel><title>源</title>{ENTRY}</channel></rss>"
LAUGHS = (
    "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9))
    + "]><rss version='2.0'><channel><title>&j;</title><item><title>&j;</title></item></channel></rss>"
)
FILE = "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + FEED.replace("天池", "&x;")
PARAMETER = "<?xml version='1.0'?><!-- <rss> --><!DOCTYPE rss [<!ENTITY % x SYSTEM 'http://127.0.0.1/x'> %x;]>" + FEED
MANY_HEADERS = OK + b"".join(b"X-%d: 1\r\n" % number for number in range(1000)) + b"\r\n"


@dataclass(frozen=True)
class Fault:
    behave: Behaviour
    kind: type[ConnectorError]
    said: str
    limits: HttpLimits = LIMITS


def slow(behave: Behaviour) -> Fault:
    return Fault(behave, RetryLater, INCOMPLETE, HASTY)


FAULTS = {
    # slowness
    "silence after the question": slow(silent),
    "a status line that drips": slow(dripping(b"HTTP/1.1 2")),
    "headers that drip": slow(dripping(OK + b"X-")),
    "a body that drips": slow(dripping(OK + b"Content-Length: 90000\r\n\r\n")),
    "borders of chunks that drip": slow(dripping(OK + b"Transfer-Encoding: chunked\r\n\r\n5;")),
    # broken HTTP
    "a connection closed without an answer": Fault(gone, RetryLater, INCOMPLETE),
    "something else than HTTP": Fault(pouring(b"SSH-2.0-OpenSSH_9.6\r\n", b"", 1), RetryLater, INCOMPLETE),
    "less than was promised": Fault(saying(FEED, missing=100), RetryLater, INCOMPLETE),
    "chunks of no size": Fault(
        pouring(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"zz\r\n", 1), RetryLater, INCOMPLETE
    ),
    "gzip that is none": Fault(packed(b"no gzip at all", "gzip"), RetryLater, INCOMPLETE),
    "gzip cut in the middle of nothing": Fault(packed(bomb(100)[:9] + b"\xff" * 20, "gzip"), RetryLater, INCOMPLETE),
    "not modified, though nothing was asked": Fault(saying("", status="304 Not Modified"), RetryLater, "304"),
    # too much
    "a body of 1 GB, promised": Fault(
        pouring(OK + b"Content-Length: 1000000000\r\n\r\n", bytes(65_536), 16_000), NeedsPerson, "返回的内容超过 1 MB"
    ),
    "a body of 1 GB, not promised": Fault(pouring(OK + b"\r\n", bytes(65_536), 16_000), NeedsPerson, "返回的内容超过"),
    "a body of 1 GB in chunks": Fault(
        pouring(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + bytes(65_536) + b"\r\n", 16_000),
        NeedsPerson,
        "返回的内容超过",
    ),
    "borders of chunks without end": Fault(
        pouring(OK + b"Transfer-Encoding: chunked\r\n\r\n5;", b"x" * 65_536, 2_000), RetryLater, INCOMPLETE
    ),
    "a gzip bomb": Fault(packed(bomb(50_000_000), "gzip"), NeedsPerson, "返回的内容超过"),
    "a deflate bomb": Fault(packed(deflate_bomb(50_000_000), "deflate"), NeedsPerson, "返回的内容超过"),
    "a bomb in a bomb": Fault(packed(bomb(200_000_000, 2), "gzip, gzip"), NeedsPerson, "返回的内容超过"),
    "many layers of compression": Fault(packed(bomb(1000, 4), "gzip, gzip, gzip, gzip"), NeedsPerson, "4 层压缩"),
    "compression we did not ask for": Fault(packed(b"\x1b\x00", "br"), NeedsPerson, "压缩方式（br）"),
    "a thousand headers": Fault(pouring(MANY_HEADERS, b"", 1), NeedsPerson, "首部过长或过多"),
    "a header of 100 KB": Fault(pouring(OK + b"X: ", b"x" * 100_000, 1), NeedsPerson, "首部过长或过多"),
    "headers without end": Fault(pouring(OK, b"X: 1\r\n" * 1000, 10_000), NeedsPerson, "首部过长或过多"),
    "go on, without end": Fault(pouring(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, 100_000), NeedsPerson, "过大"),
    # redirects
    "redirects to ever new addresses": Fault(leading_on_and_on(), NeedsPerson, "跳转次数过多"),
    "redirects in a circle": Fault(leading_to("/feed"), NeedsPerson, "跳转次数过多"),
    "a redirect to this machine under another name": Fault(leading_to("http://localhost/x"), NeedsPerson, "内部网络"),
    "a redirect to a private address": Fault(leading_to("http://10.0.0.1/x"), NeedsPerson, "内部网络"),
    "a redirect to where clouds keep keys": Fault(leading_to("http://169.254.169.254/"), NeedsPerson, "内部网络"),
    "a redirect to the same in IPv6": Fault(leading_to("//[::ffff:169.254.169.254]/"), NeedsPerson, "内部网络"),
    "a redirect to a number": Fault(leading_to("http://2852039166/"), NeedsPerson, "内部网络"),
    "a redirect to a file": Fault(leading_to("file:///etc/passwd"), NeedsPerson, "网址写错了"),
    "a redirect to a script": Fault(leading_to("javascript:alert(1)"), NeedsPerson, "网址写错了"),
    "a redirect with a user's name": Fault(leading_to("http://a.cn@127.0.0.1/"), NeedsPerson, "用户名和密码"),
    "a redirect to nonsense": Fault(leading_to("http://[::1"), NeedsPerson, "写错的网址"),
    # refusals
    "401": Fault(saying("", status="401 Unauthorized"), NeedsPerson, "401"),
    "403": Fault(saying("", status="403 Forbidden"), NeedsPerson, "403"),
    "404": Fault(saying("", status="404 Not Found"), NeedsPerson, "404"),
    "429": Fault(saying("", "Retry-After: 600", status="429 Too Many Requests"), RetryLater, "429"),
    "500": Fault(saying("", status="500 Oops"), RetryLater, "500"),
    "a status nobody knows": Fault(saying("", status="799 Hm"), RetryLater, "799"),
    # what is no feed
    "billion laughs": Fault(saying(LAUGHS), FormatChanged, "实体"),
    "an external entity": Fault(saying(FILE), FormatChanged, "实体"),
    "a parameter entity": Fault(saying(PARAMETER), FormatChanged, "实体"),
    "entities in UTF-16": Fault(saying(LAUGHS.encode("utf-16")), FormatChanged, "实体"),
    "a web page instead of a feed": Fault(
        saying("<!doctype html><html><p>维护中</p></html>"), FormatChanged, "普通网页"
    ),
    "a picture instead of a feed": Fault(saying(b"\x89PNG\r\n\x1a\n" + bytes(500)), FormatChanged, "不是 RSS"),
    "nothing": Fault(saying(""), FormatChanged, "空白内容"),
    "only U+0000": Fault(saying(bytes(1000)), FormatChanged, "不是 RSS"),
    "JSON that breaks off": Fault(saying('{"items": [{"id": "1", '), FormatChanged, "JSON 不完整"),
    "JSON nested without end": Fault(saying('{"items":' + "[" * 50_000), FormatChanged, "JSON 不完整"),
    "JSON of countless pieces": Fault(saying('{"items":[' + "{}," * 200_000 + "{}]}"), FormatChanged, "碎片"),
    "a feed of countless entries": Fault(saying("<rss><channel>" + "<item/>" * 50_000), FormatChanged, "没有读取"),
}


@pytest.fixture
def good() -> Iterator[Site]:
    with serving() as site:
        site.put("/feed", FEED)
        yield site


def newsroom_of(store: Store, tmp_path: Path, **changes: object) -> Newsroom:
    values: dict[str, object] = {"http_limits": LIMITS, "now": lambda: NOW}
    return Newsroom(
        store=store,
        media=MediaFolder(tmp_path / "media"),
        vault=Vault(key_from(tmp_path / "secret.key")),
        lexicon_files={},
        site_url="http://127.0.0.1",
        **(values | changes),  # type: ignore[arg-type]  # fields of Newsroom
    )


def add(newsroom: Newsroom, key: str, url: str, kind: str = "rss", **settings: object) -> None:
    with newsroom.store.session() as session:
        sources.put(session, key, {"kind": kind, "url": url, "rhythm_minutes": 60, "settings": settings}, now=NOW)


def stored(newsroom: Newsroom, key: str) -> Source:
    with newsroom.store.reading() as session:
        return session.exec(select(Source).where(Source.key == key)).one()


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_a_named_failure_of_its_source_and_the_round_goes_on(
    name: str, sqlite_store: Store, tmp_path: Path, good: Site
) -> None:
    fault = FAULTS[name]
    newsroom = newsroom_of(sqlite_store, tmp_path, http_limits=fault.limits)
    with misbehaving(fault.behave) as bad:
        add(newsroom, "bad", f"{bad.base}/feed")
        add(newsroom, "good", f"{good.base}/feed")
        visits = {visit.key: visit for visit in collect_each(newsroom, NOW, ["bad", "good"])}
    assert fault.said in visits["bad"].error
    assert visits["bad"].error.endswith("。")
    assert stored(newsroom, "bad").last_error == visits["bad"].error
    assert (visits["good"].error, visits["good"].counts["new"]) == ("", 1)
    with newsroom.store.reading() as session:
        assert session.exec(select(Article.title)).all() == ["天池的来历"]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_has_its_class_and_ends_in_time(name: str, sqlite_store: Store, tmp_path: Path) -> None:
    fault = FAULTS[name]
    newsroom = newsroom_of(sqlite_store, tmp_path, http_limits=fault.limits)
    with misbehaving(fault.behave) as bad:
        add(newsroom, "bad", f"{bad.base}/feed")
        connector = newsroom.source(stored(newsroom, "bad"))
        began = time.monotonic()
        with pytest.raises(fault.kind, match=r"。$") as caught:
            connector.parse(connector.fetch(None))
    assert time.monotonic() - began < fault.limits.total_seconds + 2
    if isinstance(caught.value, FormatChanged):
        assert caught.value.page is not None
        assert caught.value.page.url == f"{bad.base}/feed"


def test_the_documentation_lists_every_fault() -> None:
    text = (Path(__file__).parent.parent.parent / "docs" / "collecting.md").read_text("utf-8")
    assert [name for name in FAULTS if f"| {name} |" not in text] == []


@pytest.mark.parametrize("name", ["a body of 1 GB, not promised", "a bomb in a bomb", "go on, without end"])
def test_what_is_cut_off_at_the_cap_never_fills_the_memory(name: str) -> None:
    asking = HttpClient(LIMITS, now=lambda: NOW)
    with misbehaving(FAULTS[name].behave) as bad:
        tracemalloc.start()
        try:
            with pytest.raises(NeedsPerson):
                asking.fetch(f"{bad.base}/feed")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    # the server's own pieces are counted too
    assert peak < 4 * LIMITS.max_bytes


def test_after_too_many_requests_no_source_asks_that_host_again_until_the_time_is_over(
    sqlite_store: Store, tmp_path: Path
) -> None:
    refusing = saying("", "Retry-After: 600", status="429 Too Many Requests")
    newsroom = newsroom_of(sqlite_store, tmp_path)
    with misbehaving(refusing) as bad:
        add(newsroom, "one", f"{bad.base}/a")
        add(newsroom, "two", f"{bad.base}/b")
        visits = {visit.key: visit.error for visit in collect_each(newsroom, NOW, ["one", "two"])}
        assert len(bad.asked) == 1
    assert sorted("暂缓访问" in error for error in visits.values()) == [False, True]
    assert any("约 10 分钟后" in error for error in visits.values())
