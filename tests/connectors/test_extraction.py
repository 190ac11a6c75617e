"""Reading an article out of a page: charset, text, title, date, names, pictures, and nothing that runs."""

from __future__ import annotations

import time
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.extraction import BEIJING, Extracted, extract, kind_of_file
from connectors.extraction.charset import decode
from connectors.extraction.dates import date_of_url, parse_date
from connectors.extraction.names import author_in, is_chinese_name, source_in
from connectors.extraction.sanitise import sanitise

TEXT = "长白山天池火山监测站今天公布了观测结果：地震活动处于背景水平，山体形变也在正常范围内，专家说不必担心。"
TRADITIONAL = "這個發現說明，電腦與人體之間還有許多問題沒有解決，時間會給出答案，實驗仍在進行。"


def page(body: str, head: str = "", title: str = "天池火山活跃吗_科普频道_示例网") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


ARTICLE = page(
    "<div class='nav'><a href='/'>首页</a><a href='/kp'>科普</a></div><h1>天池火山活跃吗</h1>"
    "<div class='info'>2026年11月20日 08:30　来源：吉林日报　作者：李明　点击：12 次</div>"
    f"<div id='zoom'><p>　　{TEXT}</p><h3>监测网怎样工作</h3><p>　　{TEXT}{TEXT}</p>"
    "<p><img src='/grey.gif' data-src='/p/1.jpg' alt='台站'></p><p>（责任编辑：陈静）</p></div>"
    "<div class='rel'><h4>相关阅读</h4><p>另一篇文章讲的是完全不同的事情，句子很长，标点也很多，但它不是正文。</p></div>"
    "<div class='footer'>版权所有 示例网，未经授权，不得转载。</div>"
)


def test_an_article_is_read_whole() -> None:
    found = extract(ARTICLE, "http://kx.example/a/1.html")
    assert found.title == "天池火山活跃吗"
    assert found.author == "李明"
    assert found.source_name == "吉林日报"
    assert found.published_at == datetime(2026, 11, 20, 8, 30, tzinfo=BEIJING)
    assert found.text == f"{TEXT}\n监测网怎样工作\n{TEXT}{TEXT}"
    assert [picture.url for picture in found.images] == ["http://kx.example/p/1.jpg"]
    assert '<img src="http://kx.example/p/1.jpg" alt="台站">' in found.html
    assert "相关阅读" not in found.html
    assert "责任编辑" not in found.html
    assert found.language == "zh"


@pytest.mark.parametrize(
    ("encoding", "declared", "header", "text"),
    [
        ("gb18030", "gb2312", "", TEXT),
        ("gb18030", "", "", TEXT),
        ("gb18030", "utf-8", "text/html; charset=utf-8", TEXT),
        ("gb18030", "iso-8859-1", "iso-8859-1", TEXT),
        ("utf-8", "gb2312", "gbk", TEXT),
        ("utf-8-sig", "gb2312", "", TEXT),
        ("utf-16", "", "", TEXT),
        ("utf-16-le", "utf-8", "", TEXT),
        ("big5", "big5", "", TRADITIONAL),
        ("big5", "", "", TRADITIONAL),
        ("big5", "gb2312", "", TRADITIONAL),
    ],
)
def test_the_bytes_have_the_last_word_on_the_charset(encoding: str, declared: str, header: str, text: str) -> None:
    head = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    body = page(f"<div><p>{text}</p></div>", head, title=text[:8]).encode(encoding)
    assert extract(body, header_charset=header).text == text


def test_a_page_with_a_few_broken_characters_is_still_read() -> None:
    body = page(f"<p>{TEXT * 4}</p>").encode()
    broken = body[:400] + b"\xff\xfe" + body[402:]
    assert decode(broken).charset == "utf-8"


@pytest.mark.parametrize(
    "joint", ["=1 ", " ", "='<b>' \" ", " < ", "/"], ids=["values", "names", "quotes", "marks", "slashes"]
)
def test_a_flood_of_attributes_costs_nothing_and_hides_nothing(joint: str) -> None:
    begun = time.process_time()
    found = extract(page(f"<p {joint.join(f'a{n}' for n in range(100_000))}>{TEXT}</p><p>{TEXT}</p>"))
    assert TEXT in found.text
    assert time.process_time() - begun < 5  # hours without the guard


def test_a_broken_base_address_is_passed_over() -> None:
    body = page(f"<p>{TEXT}<img src='/a.jpg' width=600 height=400></p>", '<base href="http://[bad">')
    found = extract(body, "http://a.example/1.html")
    assert [picture.url for picture in found.images] == ["http://a.example/a.jpg"]


def test_a_long_script_before_the_text_does_not_hide_its_charset() -> None:
    body = page(f"<script>{'var x = 1;' * 80_000}</script><p>{TEXT}</p>").encode("gb18030")
    assert TEXT in decode(body).text


def test_a_passage_in_another_charset_garbles_only_itself() -> None:
    whole = page(f"<p>{TEXT * 4}</p><p>%</p><p>{TEXT}</p>").encode()
    found = decode(whole.replace(b"%", "寒潮来了怎么办，请看科普吉林的解答和提示".encode("gb18030")))
    assert (found.charset, found.text.count(TEXT)) == ("utf-8", 5)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026年11月20日 08:30", "2026-11-20 08:30"),
        ("２０２６年１１月２０日８时３０分", "2026-11-20 08:30"),
        ("发布时间:2026-11-2008:30:05", "2026-11-20 08:30"),
        ("2026/1/5", "2026-01-05 00:00"),
        ("2026.01.05 下午3:07", "2026-01-05 15:07"),
        ("2026年1月5日晚8时", "2026-01-05 20:00"),
        ("2026年1月5日8时间", "2026-01-05 00:00"),
        ("2026-11-20T00:30:00Z", "2026-11-20 08:30"),
        ("二〇二六年十一月二十日", "2026-11-20 00:00"),
        ("Fri, 20 Nov 2026 00:30:00 GMT", "2026-11-20 08:30"),
        ("Nov 20, 2026 12:05 AM", "2026-11-20 00:05"),
        ("9/17/2004 5:54:13 AM", "2004-09-17 05:54"),
        ("1795134600", "2026-11-20 08:30"),
        ("1795134600000", "2026-11-20 08:30"),
        ("20261120083000", "2026-11-20 08:30"),
    ],
)
def test_dates_are_read_as_beijing_time_unless_they_say_otherwise(written: str, meant: str) -> None:
    moment = parse_date(written)
    assert moment is not None
    assert moment.at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") == meant


@pytest.mark.parametrize("written", ["", "2026-13-01", "2026年2月30日", "电话 0431-88901234", "第 20 届", "1.2.3"])
def test_what_is_no_date_is_none(written: str) -> None:
    assert parse_date(written) is None


def test_the_day_stands_in_many_addresses() -> None:
    for url in ("/2026-11/20/c_1.htm", "/202611/t20261120_1.html", "/n1/2026/1120/c1-2.html", "/a/20261120/x.shtml"):
        moment = date_of_url("http://a.example" + url)
        assert moment is not None, url
        assert moment.at.astimezone(BEIJING).date().isoformat() == "2026-11-20"
    assert date_of_url("http://a.example/id/12345678.html") is None


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("作者：李明 王芳", "李明 王芳"),
        ("来源：吉林日报 作者：欧阳修远", "欧阳修远"),
        ("本报讯（记者 樊亮 张明超）", "樊亮 张明超"),
        ("文/周宁", "周宁"),
        ("新京报记者 彭冲 山东冠县报道", "彭冲"),
        ("过一个平安、祥和、温馨的节日。（常书香 马丹阳 ）", "常书香 马丹阳"),
        ("作者：新华社", ""),
        ("记者了解到，今年雨水偏多", ""),
        ("来源：网络（资料图片）", ""),
    ],
)
def test_writers_are_found_and_others_are_not_taken_for_them(line: str, names: str) -> None:
    assert author_in([line]) == names


def test_editors_are_named_only_where_asked_for() -> None:
    assert author_in(["（责任编辑：刘林源）"]) == ""
    assert author_in(["（责任编辑：刘林源）"], editors=True) == "刘林源"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("2026-11-20 来源：吉林日报 作者：李明", "吉林日报"),
        ("来源： 中国青年报 【打印】", "中国青年报"),
        ("稿源:新华网2026-11-20", "新华网"),
        ("转自《科普时报》", "科普时报"),
        ("图片来源：视觉中国", ""),
        ("松花江的来源是天池", ""),
    ],
)
def test_the_source_line_gives_the_name_alone(line: str, name: str) -> None:
    assert source_in([line]) == name


def test_places_and_organisations_are_no_names() -> None:
    assert is_chinese_name("王頔")
    assert not is_chinese_name("吉林省")
    assert not is_chinese_name("新华社")


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<svg onload=alert(1)>",
        "<p style='background:url(javascript:alert(1))'>x</p>",
        "<iframe src='http://evil.example'></iframe>",
        "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
        "<img src='data:text/html;base64,PHNjcmlwdD4='>",
    ],
)
def test_nothing_that_runs_survives(evil: str) -> None:
    for html in (
        sanitise(evil),
        extract(page(f"<div><p>{TEXT}</p>{evil}<p>{TEXT}</p></div>"), "http://a.example/").html,
    ):
        lowered = html.lower()
        assert not any(
            word in lowered for word in ("script", "onerror", "onload", "style=", "iframe", "data:", "<svg", "<math")
        )


def test_a_picture_is_taken_from_where_the_page_hides_it() -> None:
    body = (
        "<p><img src='data:image/gif;base64,R0' data-original='//img.example/a.jpg'></p>"
        "<p><img srcset='/s.jpg 320w, /l.jpg 1280w'></p><p><img src='/icon_share.png' width='16'></p>"
    )
    found = extract(page(f"<div><p>{TEXT}</p>{body}<p>{TEXT}</p></div>"), "https://a.example/x/")
    assert [picture.url for picture in found.images] == ["https://img.example/a.jpg", "https://a.example/l.jpg"]


def pictures(body: str) -> list[str]:
    found = extract(page(f"<div><p>{TEXT}</p><p>{body}</p><p>{TEXT}</p></div>"), "https://a.example/x/")
    return [picture.url.removeprefix("https://a.example") for picture in found.images]


@pytest.mark.parametrize(
    "picture",
    [
        "src='/up/1.jpg' alt='居民扫码领取消费券'",
        "src='/up/1.jpg' title='新品牌logo发布'",
        "src='/up/1.jpg' alt='扫描电子显微镜下的花粉'",
        "src='/up/share-bike.jpg'",
        "src='/up/default_2026.jpg'",
        "src='/up/catalogo1.jpg'",
        "src='/up/icon-mountain.png' width=800",
        "src='/up/buttonwood-tree.jpg'",
    ],
)
def test_a_photograph_may_bear_a_word_that_signs_bear(picture: str) -> None:
    assert len(pictures(f"<img {picture}>")) == 1


@pytest.mark.parametrize(
    "picture",
    [
        "src='/up/share.jpg'",
        "src='/up/share_weixin.jpg'",
        "src='/up/icon-home.png'",
        "src='/up/site_logo.png'",
        "src='/up/noavatar_middle.gif'",
        "src='/up/default.jpg' width=600",
        "src='/up/loading.gif' width=600",
        "src='/up/weixin_qrcode.jpg' width=258",
        "src='/up/1.jpg' width=258 alt='扫描下方二维码'",
        "src='/up/1.jpg' alt='江城科普微信公众号'",
        "src='/up/1.jpg' alt='江城日报logo'",
        "src='/up/1.jpg' class='qrcode'",
    ],
)
def test_signs_codes_and_place_holders_are_no_pictures(picture: str) -> None:
    assert pictures(f"<img {picture}>") == []


@pytest.mark.parametrize(
    "picture",
    [
        "src='/up/1.jpg' data-url='https://a.example/page.html'",
        "src='/up/1.jpg' data-url='/news/1'",
        "src='/up/1.jpg' original='true' file='1'",
        "src='/up/1.jpg' data-original='0'",
        "src='/up/1.jpg' v-lazy='item.cover'",
        "src='/up/1.jpg' data-src='{{ item.url }}/1.jpg'",
        "src='/l.gif' lay-src='/up/1.jpg'",
        "src='/l.gif' real_src='/up/1.jpg'",
        "src='/l.gif' v-lazy='/up/1.jpg'",
        "src='/l.gif' data-ks-lazyload='/up/1.jpg'",
        "src='/l.gif' data-lazy-srcset='/up/s.jpg 300w, /up/1.jpg 900w'",
        r"src='\up\1.jpg'",
    ],
)
def test_of_the_attributes_of_a_picture_the_one_with_its_address_counts(picture: str) -> None:
    assert pictures(f"<img {picture}>") == ["/up/1.jpg"]


@pytest.mark.parametrize(
    "address", ["/mmbiz/abc/640?wx_fmt=png", "/v2-abc_r", "/showimage.aspx?id=5", "/tos/a~noop.image?x=1"]
)
def test_an_address_of_a_picture_may_have_no_ending(address: str) -> None:
    assert pictures(f"<img src='/l.gif' data-src='{address}'>") == [address]


def test_what_stands_behind_a_question_mark_keeps_its_backslashes() -> None:
    assert pictures(r"<img src='/up\1.jpg?a=\b'>") == [r"/up/1.jpg?a=\b"]


@pytest.mark.parametrize("html", ["", "   ", "<", "<html></html>", "\x00\x00", "<p>", "<!-- -->", b"\x03\x04"])
def test_a_page_without_an_article_gives_empty_fields(html: str | bytes) -> None:
    assert extract(html).text in ("", "<")


@settings(max_examples=120)
@given(
    st.lists(
        st.sampled_from(
            [
                "<div>",
                "</div>",
                "<p>",
                "</p>",
                "<table><tr><td>",
                "<br>",
                "<a href='/x'>",
                "</a>",
                TEXT,
                "上一页",
                "<script>",
                "&nbsp;",
                "<b",
                "\x00",
            ]
        ),
        max_size=40,
    )
)
def test_malformed_pages_never_crash_it(pieces: list[str]) -> None:
    extract("".join(pieces), "http://a.example/")


@pytest.mark.parametrize(
    ("opening", "closing", "times"),
    [
        ("<span>", "</span>", 5_000),
        ("<div class='x'>", "</div>", 20_000),
        ("<table><tr><td>", "</td></tr></table>", 3_000),
        ("<ul><li>", "</li></ul>", 3_000),
        ("<div>", "", 5_000),
    ],
)
def test_text_is_found_however_deep_it_stands(opening: str, closing: str, times: int) -> None:
    assert extract(page(opening * times + f"<p>{TEXT}</p>" + closing * times)).text == TEXT


def test_text_behind_a_deep_pit_is_found_too_and_its_lines_stay_lines() -> None:
    pit = "<div>" * 5_000 + f"<div>{TEXT}</div><div>第二段：{TEXT}</div>" + "</div>" * 5_000
    assert extract(page(f"{pit}<p>第三段：{TEXT}</p>")).text == f"{TEXT}\n第二段：{TEXT}\n第三段：{TEXT}"


@pytest.mark.parametrize("piece", ["<a", "<script", "<!--", "</div>", "<textarea>"])
def test_a_page_made_to_be_slow_is_not(piece: str) -> None:
    started = time.monotonic()
    extract("<div>" * 3_000 + piece * 50_000)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.7\n1 0 obj", "PDF"),
        (b"\n%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "图片"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "图片"),
        (b"GIF89a\x01\x00", "图片"),
        (b"PK\x03\x04\x14\x00", "Office"),
        (bytes(range(256)) * 20, "二进制"),
        ("\x00\x01\x02<p>", "二进制"),
        ("%PDF-1.7", "PDF"),
    ],
)
def test_a_file_that_is_no_page_is_named_and_gives_no_text(body: bytes | str, kind: str) -> None:
    assert kind in kind_of_file(body)
    assert extract(body) == Extracted()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_no_page_is_taken_for_a_file(encoding: str) -> None:
    text = f"<p>{TRADITIONAL * 9}</p>"
    assert kind_of_file(text.encode(encoding)) == ""
    assert extract(text.encode(encoding)).text == TRADITIONAL * 9
    assert kind_of_file(f"<p>{TEXT}\x00\x01</p>") == "", "a slip"


def test_deep_and_large_pages_are_read_in_time() -> None:
    started = time.monotonic()
    deep = extract("<div>" * 1500 + f"<p>{TEXT}</p>" + "</div>" * 1500)
    wide = extract(page("".join(f"<p>{TEXT}</p>" for _ in range(4000))))
    assert deep.text == TEXT
    assert wide.text.count(TEXT) == 4000
    assert time.monotonic() - started < 8
