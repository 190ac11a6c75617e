"""Articles of official accounts over real sockets: what is asked, what is not asked again, and when to stop asking."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from connectors.errors import RetryLater
from connectors.extraction.charset import decode
from connectors.http import HttpClient
from connectors.sources.wechat_article import WeChatArticle, WeChatArticleSettings
from connectors.sources.wechat_page import read
from tests.loopback import serving

AT = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
QUESTION = "<html><body><h2>环境异常</h2><p>完成验证后即可继续访问</p></body></html>"


def article(title: str) -> str:
    return f"""<html><body><h1 id="activity-name">{title}</h1><div id="js_content"><p>{title}的正文。</p></div>
    <script>var ct = "1764050400"; var nickname = "科普";</script></body></html>"""


def source(url: str, **settings: object) -> WeChatArticle:
    checked = WeChatArticleSettings.model_validate({"url": url} | settings)
    return WeChatArticle(checked, HttpClient(now=lambda: AT))


def test_the_articles_of_a_list_are_taken_once_and_the_list_is_asked_again() -> None:
    with serving() as site:
        first, second = site.put("/s/first", article("甲")), site.put("/s/second", article("乙"))
        listing = site.put("/list.txt", f"县里的公众号：{first}#rd，还有 {second}。\n{first}")
        kind = source(listing)
        page = kind.fetch(None)
        assert [item.title for item in kind.parse(page).items] == ["甲", "乙"]
        site.put("/list.txt", f"{site.put('/s/third', article('丙'))} {first}")
        later = kind.fetch(page.cursor)
        assert [item.title for item in kind.parse(later).items] == ["丙"]
        assert site.times("/s/first") == 1


def test_once_a_person_is_asked_for_nothing_more_is_asked_and_the_rest_comes_later() -> None:
    with serving() as site:
        links = [site.put(f"/s/{number}", QUESTION if number else article("甲")) for number in range(4)]
        kind = source(site.put("/list", " ".join(links)))
        page = kind.fetch(None)
        parsed = kind.parse(page)
        assert [item.title for item in parsed.items] == ["甲"]
        assert ["验证" in bad.reason for bad in parsed.bad] == [True]
        assert [site.times(f"/s/{number}") for number in range(4)] == [1, 1, 0, 0]
        assert page.cursor["pending"]
        assert page.cursor["seen"] == [links[0]]


def test_an_article_behind_a_question_leaves_the_source_alone_for_hours() -> None:
    with serving() as site, pytest.raises(RetryLater, match="验证") as caught:
        source(site.put("/s/one", QUESTION)).fetch(None)
    assert caught.value.after is not None
    assert caught.value.after >= 3600


def test_an_article_that_quotes_the_notice_is_an_article() -> None:
    with serving() as site:
        kind = source(site.put("/s/one", article("打开网页说“环境异常”，该内容已被发布者删除，怎么办")))
        assert len(kind.parse(kind.fetch(None)).items) == 1


def test_further_articles_must_be_articles() -> None:
    with pytest.raises(ValidationError, match="不是公众号文章的网址"):
        source("https://mp.weixin.qq.com/s/a", articles=["https://example.org/news/1"])


def test_real_pages_give_time_account_and_pictures(shared_data: Path) -> None:
    pages = sorted((shared_data / "extraction" / "gne_pages" / "tests" / "wechat").glob("*.html"))
    assert pages
    for file in pages:
        found = read(decode(file.read_bytes()).text, "https://mp.weixin.qq.com/s/x")
        assert found.account
        assert found.title
        assert found.published_at
        assert len(found.text) > 1000
        assert found.identity.startswith("wechat:")
        assert found.pictures
        assert all("/0?wx_fmt=" in picture.url for picture in found.pictures)


FRAME = (
    '<div class="rich_media_content"><p>长白山科普</p><h1>雾凇</h1><p>,</p></div>'
    "<script>var e = {nickname: 'data-miniprogram-nickname', text: {content_noencode: 'content_noencode.DATA'}};</script>"
)
SENTENCE = "入冬以后，松花江畔的雾凇一天比一天浓。"
WORDS = "今天的雾凇特别好看，江边的树都白了。\\x0a\\x0a要看就得起早，太阳一出来\\x22它们\\x22就落了。"


def test_a_text_share_is_what_was_shared_and_not_the_frame_around_it() -> None:
    script = (
        "<script>window.cgiDataNew = { nick_name: JsDecode('长白山科普'), title: JsDecode('雾凇'), picture_page_info_list: [],"
        f" text_page_info: {{ content: JsDecode('{WORDS}') }}, content_noencode: JsDecode('{WORDS}'), ct: '1764050400' * 1 }};</script>"
    )
    found = read(f"<html><body>{FRAME}{script}</body></html>", "https://mp.weixin.qq.com/s/abc")
    assert found.account == "长白山科普"
    assert found.title == "雾凇"
    assert found.text == '今天的雾凇特别好看，江边的树都白了。\n要看就得起早，太阳一出来"它们"就落了。'


def test_an_account_is_what_is_said_of_the_page_and_not_what_its_programs_call_one() -> None:
    said = '<script>var nickname = htmlDecode("长白山科普");</script>'
    found = read(
        f'<html><body><div id="js_content"><p>{SENTENCE}</p></div>{FRAME}{said}</body></html>',
        "https://mp.weixin.qq.com/s/abc",
    )
    assert found.account == "长白山科普"
    assert found.text == SENTENCE
