"""What an address is, told from its answer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.base import RawPage
from connectors.errors import FormatChanged
from connectors.sources.detection import Guess, guess

AT = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


def looked(body: str | bytes, url: str = "https://example.org/x") -> Guess:
    content = body.encode() if isinstance(body, str) else body
    return guess(RawPage(url=url, status=200, body=content, fetched_at=AT))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('<?xml version="1.0"?><rss version="2.0"><channel/></rss>', "rss"),
        ('\ufeff\n<!-- made by x -->\n<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"/>', "rss"),
        ('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF>', "rss"),
        ('{"version":"https://jsonfeed.org/version/1.1","title":"x","items":[]}', "rss"),
        ('<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>', "sitemap"),
        ("<sitemapindex></sitemapindex>", "sitemap"),
        ('<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>1</identifier></alert>', "cap"),
        (
            '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link type="application/cap+xml" href="a"/></entry></feed>',
            "cap",
        ),
        ('{"msg":"success","code":0,"data":{"page":{"list":[{"alertid":"1","title":"x"}]}}}', "cap"),
        ('{"status":"success","id":"weibo","updatedTime":1,"items":[{"id":"a","title":"a"}]}', "hotlist"),
        ('{"code":200,"name":"weibo","title":"微博","total":1,"data":[{"id":1,"title":"a","hot":3}]}', "hotlist"),
        ('{"result":{"list":[{"biaoti":"a"}]}}', "json_api"),
        ("<!DOCTYPE html><html><body><a href=/1>甲</a></body></html>", "webpage"),
        ("<p>没有 html 标签的网页</p>", "webpage"),
    ],
)
def test_the_shape_of_an_answer_tells_its_kind(body: str, kind: str) -> None:
    found = looked(body)
    assert (found.kind, found.url) == (kind, "https://example.org/x")
    assert found.why.endswith("。")


def test_the_fields_of_an_interface_are_proposed_by_their_names_also_where_it_is_wrapped_in_a_call() -> None:
    found = looked('\ufeffcallback({"data":{"list":[{"biaoti":"天池","url":"/1","pubDate":"2026-11-26"}]}});')
    assert found.kind == "json_api"
    assert found.settings == {"items": "data.list", "title": "biaoti", "link": "url", "date": "pubDate"}


def test_a_page_that_declares_a_feed_is_proposed_as_that_feed_but_never_as_the_feed_of_its_comments() -> None:
    page = """<html><head>
      <link rel="alternate" type="application/rss+xml" title="评论" href="/comments/feed/">
      <link rel="alternate" type="application/atom+xml" title="全部文章" href="../atom.xml">
    </head><body></body></html>"""
    found = looked(page, "https://example.org/blog/")
    assert (found.kind, found.url) == ("rss", "https://example.org/atom.xml")
    assert "订阅源" in found.why


def test_a_declared_feed_that_leads_nowhere_is_passed_over() -> None:
    page = '<html><head><link rel="alternate" type="application/rss+xml" href="javascript:alert(1)"></head></html>'
    assert looked(page).kind == "webpage"


def test_an_article_of_an_official_account_is_known_by_its_host_and_by_its_markup() -> None:
    assert looked("<html><body>x</body></html>", "https://mp.weixin.qq.com/s/abc").kind == "wechat_article"
    copied = '<html><body><div id="js_article" class="rich_media"><div id="js_content">x</div></div></body></html>'
    assert looked(copied).kind == "wechat_article"
    album = looked("<html></html>", "https://mp.weixin.qq.com/mp/appmsgalbum?album_id=1&__biz=x")
    assert "合集" in album.why


@pytest.mark.parametrize(
    ("body", "said"), [(b"%PDF-1.7 ...", "PDF"), (b" \n ", "空白"), (b'{"a": [1,', "JSON 不完整"), (b"", "空白")]
)
def test_what_is_nothing_to_collect_from_is_refused_in_one_sentence(body: bytes, said: str) -> None:
    with pytest.raises(FormatChanged, match=said):
        looked(body)


def test_a_feed_in_another_charset_is_known_all_the_same() -> None:
    feed = '<?xml version="1.0" encoding="gbk"?><rss><channel><title>科普</title></channel></rss>'
    assert looked(feed.encode("gb18030")).kind == "rss"
    assert looked(feed.encode("utf-16")).kind == "rss"


def test_what_tells_the_kind_may_stand_behind_a_long_script() -> None:
    script = f"<script>{'x' * 500_000}</script>"
    link = '<link rel="alternate" type="application/rss+xml" title="天池" href="/feed.xml">'
    page = f"<html><head>{script}{link}</head><body><p>雾凇</p></body></html>"
    assert looked(page.encode("gb18030")).url == "https://example.org/feed.xml"
