"""The HTTP client of the sources, robots.txt, and links that must not be followed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from loopback import Site

from connectors.errors import ConnectorError, NeedsPerson, RetryLater
from connectors.http import HttpClient, HttpLimits
from connectors.sources.addresses import canonical
from connectors.sources.revisiting import AGAIN
from connectors.sources.robots import read_robots
from connectors.sources.visiting import Visitor
from connectors.traffic import Traffic
from connectors.turns import Turns

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


NOW = datetime(2026, 11, 26, tzinfo=UTC)
LIMITS = HttpLimits(connect_seconds=1, read_seconds=1, total_seconds=2, max_bytes=10_000)


@pytest.fixture
def http() -> HttpClient:
    return HttpClient(LIMITS, now=lambda: NOW)


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


def welcome(site: Site, *, at: datetime = NOW, traffic: Traffic | None = None) -> Visitor:
    http = HttpClient(LIMITS, now=lambda: at, traffic=traffic)
    return Visitor(http, site.base + "/list", "*/*")


@pytest.mark.parametrize(
    ("status", "allowed"),
    [(404, True), (401, True), (400, True), (418, True), (500, False), (503, False), (429, False)],
)
def test_no_rules_forbid_nothing_and_rules_that_cannot_be_had_everything(
    site: Site, status: int, allowed: bool
) -> None:
    site.put("/robots.txt", "", status=status)
    part = welcome(site).part(site.put("/page", "好"))
    assert (part.error is None) is allowed
    assert allowed or AGAIN in part.cursor


def test_rules_are_read_once_for_all_visits_and_after_half_a_day_conditionally(site: Site) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /no")
    traffic, page = Traffic(), site.put("/page", "好")
    for hours in (0, 1, 11, 13, 14):
        assert welcome(site, at=NOW + timedelta(hours=hours), traffic=traffic).part(page).error is None
    assert [etag != "" for path, etag in site.asked if path == "/robots.txt"] == [False, True]
    assert welcome(site, at=NOW + timedelta(hours=15), traffic=traffic).part(site.put("/no", "x")).error


def test_the_last_known_rules_hold_for_a_day_where_the_host_fails_later(site: Site) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /no")
    traffic, page = Traffic(), site.put("/page", "好")

    def at(hours: float) -> bool:
        return welcome(site, at=NOW + timedelta(hours=hours), traffic=traffic).part(page).error is None

    assert at(0)
    site.put("/robots.txt", "", status=500)
    assert [at(13), at(23), at(25)] == [True, True, False]
    site.put("/robots.txt", "")
    assert at(26)


def test_a_robots_txt_without_end_is_cut_and_what_came_before_holds(site: Site) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /no\n" + "# x\n" * 1_000_000)
    http = HttpClient(now=lambda: NOW)
    assert "robots.txt" in str(Visitor(http, site.base, "*/*").part(site.put("/no", "x")).error)


def test_the_pace_that_a_robots_txt_asks_for_is_kept(site: Site) -> None:
    slept: list[float] = []
    site.put("/robots.txt", "User-agent: *\nCrawl-delay: 3")
    visitor = welcome(site, traffic=Traffic(Turns(clock=lambda: 0.0, sleep=slept.append)))
    for number in range(3):
        visitor.part(site.put(f"/{number}", "好"))
    assert slept == [3, 3]


def test_a_redirect_to_a_forbidden_page_is_not_followed(site: Site, http: HttpClient) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /no")
    start = site.put("/go", "", status=302, headers={"Location": "/no/1"})
    assert "robots.txt" in str(Visitor(http, site.base, "*/*").part(start).error)
    assert site.times("/no/1") == 0


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
