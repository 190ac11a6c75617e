"""The HTTP client of the sources, robots.txt, and links that must not be followed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from loopback import Site, serving

from connectors.errors import ConnectorError, NeedsPerson, RetryLater
from connectors.http import HttpClient, HttpLimits
from connectors.sources.addresses import canonical
from connectors.sources.robots import read_robots
from connectors.sources.visiting import Visitor

RULES = """
User-agent: *
Disallow: /

User-agent: other
User-agent: kepu   # ours
Disallow: /private
Allow: /private/open
Disallow: /*.pdf$
Disallow: /搜索
Disallow:
"""


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture
def http() -> HttpClient:
    limits = HttpLimits(connect_seconds=1, read_seconds=1, total_seconds=2, max_bytes=10_000)
    return HttpClient(limits, now=lambda: datetime(2026, 11, 26, tzinfo=UTC))


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/private", False),
        ("/private/x", False),
        ("/private/open/1", True),
        ("/a/b.pdf", False),
        ("/a/b.pdf?x=1", True),
        ("/搜索?q=1", False),
        ("/%E6%90%9C%E7%B4%A2", False),
    ],
)
def test_the_longest_rule_of_our_group_decides(path: str, allowed: bool) -> None:
    assert read_robots(RULES).allows(f"http://a.example{path}") is allowed


def test_without_rules_for_us_those_for_everybody_hold() -> None:
    assert not read_robots("User-agent: *\nDisallow: /x").allows("http://a.example/x/1")
    assert read_robots("<html>没有这个网页</html>").allows("http://a.example/x")


def test_a_forbidden_page_is_not_fetched_and_says_why(site: Site, http: HttpClient) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /no")
    visitor = Visitor(http, site.put("/list", ""), "*/*")
    assert "robots.txt" in str(visitor.part(site.put("/no/1", "x")).error)
    assert visitor.part(site.put("/yes/1", "好")).body.decode() == "好"
    assert site.times("/no/1") == 0
    assert site.times("/robots.txt") == 1


def test_a_feed_from_outside_cannot_lead_us_into_our_own_network(site: Site, http: HttpClient) -> None:
    visitor = Visitor(http, "http://feed.example/rss", "*/*")
    for link in (
        site.put("/admin", "密码"),
        "http://169.254.169.254/latest",
        "http://[::1]/",
        "http://localhost/",
        "http://10.0.0.1/",
    ):
        assert "内部网络" in str(visitor.part(link).error), link
    assert site.asked == []


def test_nor_can_a_redirect(site: Site, http: HttpClient) -> None:
    site.put("/inside", "密码")
    inner = site.base.replace("127.0.0.1", "localhost") + "/inside"
    start = site.put("/go", "", status=302, headers={"Location": inner})
    with pytest.raises(NeedsPerson, match="内部网络"):
        http.fetch(start)
    assert site.times("/inside") == 0
    assert http.fetch(inner).body.decode() == "密码"


@pytest.mark.parametrize(
    ("reply", "error", "said"),
    [
        ({"body": b"x" * 20_000}, NeedsPerson, "9 KB"),
        ({"body": b"x", "truncated": True}, RetryLater, "没有给出完整答复"),
        ({"body": b"", "status": 302, "headers": {"Location": "/loop"}}, NeedsPerson, "跳转次数过多"),
        ({"body": b"", "status": 429, "headers": {"Retry-After": "120"}}, RetryLater, "429"),
        ({"body": b"", "status": 410}, NeedsPerson, "410"),
        ({"body": b"no gzip at all", "headers": {"Content-Encoding": "gzip"}}, RetryLater, "没有给出完整答复"),
    ],
)
def test_a_bad_answer_says_what_to_do(
    site: Site, http: HttpClient, reply: dict[str, object], error: type[ConnectorError], said: str
) -> None:
    with pytest.raises(error) as caught:
        http.fetch(site.put("/loop", **reply))  # type: ignore[arg-type]  # the cases above name the fields
    assert said in caught.value.message
    if isinstance(caught.value, RetryLater) and said == "429":
        assert caught.value.after == 120


@pytest.mark.parametrize("url", ["not a url", "ftp://a.example/x", "http://", "http://[::1", "javascript:alert(1)"])
def test_a_wrong_address_is_for_a_person(http: HttpClient, url: str) -> None:
    with pytest.raises(NeedsPerson):
        http.fetch(url)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.a.cn/x/", "https://a.cn/x?utm_source=wechat&from=timeline#top"),
        ("http://a.cn:80/%E7%A7%91", "http://A.cn/科"),
        ("https://a.cn/s?b=2&a=1", "https://a.cn/s?a=1&b=2"),
    ],
)
def test_two_spellings_of_one_address_are_equal(one: str, other: str) -> None:
    assert canonical(one) == canonical(other) != ""


def test_other_pages_stay_other_pages() -> None:
    assert canonical("http://a.cn/x?id=1") != canonical("http://a.cn/x?id=2")
    assert canonical("urn:x:1") == canonical("http://[::1") == canonical("") == ""
