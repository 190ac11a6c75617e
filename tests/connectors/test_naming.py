"""What a page or a feed is called when somebody adds it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.base import RawPage
from connectors.sources.naming import LONGEST, name_of

HTML = "<!doctype html><html><head>{head}<title>{title}</title></head><body></body></html>"


def named(body: str | bytes, content_type: str = "text/html") -> str:
    content = body.encode() if isinstance(body, str) else body
    headers = {"content-type": content_type}
    return name_of(
        RawPage(url="http://a.example/", status=200, body=content, headers=headers, fetched_at=datetime.now(UTC))
    )


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("科普动态_长春市科学技术协会", "长春市科学技术协会·科普动态"),
        ("吉林省科学技术厅 - 工作动态", "吉林省科学技术厅·工作动态"),
        ("首页-吉林省气象局", "吉林省气象局"),
        ("健康科普 | 松江健康网", "松江健康网·健康科普"),
        ("松江健康网健康科普_松江健康网", "松江健康网健康科普"),
        ("COVID-19 防护", "COVID-19 防护"),
        ("", ""),
    ],
)
def test_a_page_is_named_after_who_publishes_it_and_the_column(title: str, name: str) -> None:
    assert named(HTML.format(head="", title=title)) == name


def test_a_page_that_says_its_sites_name_is_believed() -> None:
    head = '<meta property="og:site_name" content="北山观察">'
    assert named(HTML.format(head=head, title="冬季星空")) == "北山观察·冬季星空"


def test_feeds_are_named_by_their_own_title() -> None:
    rss = "<?xml version='1.0'?><rss><channel><title><![CDATA[冰雪 &amp; 科普]]></title><item><title>一</title></item></channel></rss>"
    assert named(rss, "application/rss+xml") == "冰雪 & 科普"
    assert (
        named('<feed xmlns="x"><title type="html">&lt;b&gt;黑土&lt;/b&gt;农事</title></feed>', "text/xml") == "黑土农事"
    )
    assert named('{"version": "https://jsonfeed.org/version/1.1", "title": "北纬43度星空"}', "application/json") == (
        "北纬43度星空"
    )


def test_an_old_charset_is_read() -> None:
    page = HTML.format(head='<meta charset="gb2312">', title="气象科普_松江气象局").encode("gb2312")
    assert named(page) == "松江气象局·气象科普"


@pytest.mark.parametrize("body", ["", "{", "[1]", '{"title": 5}', "<rss/>", "\x00\x01", "<title>", b"\xff\xfe\x00"])
def test_what_calls_itself_nothing_has_no_name(body: str | bytes) -> None:
    assert named(body) == ""


def test_no_name_is_longer_than_a_line() -> None:
    assert len(named(HTML.format(head="", title="雪" * 500))) == LONGEST
