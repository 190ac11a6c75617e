"""Articles of several pages in the shapes that Chinese publishing systems give them, over real sockets."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest

from connectors.base import FetchedItem
from connectors.extraction.paging import may_go_on
from connectors.http import HttpClient
from connectors.sources.webpage import WebPage, WebPageSettings
from tests.connectors.test_paged_articles import NOW, SENTENCES, SIDEBAR, TITLE
from tests.loopback import Site

FILES = ["/n/a.html", "/n/a_2.html", "/n/a_3.html"]
Text = Callable[[int], str]


def links(paths: Sequence[str], number: int, following: str = "下一页") -> str:
    shown = [f"<b>{n}</b>" if n == number else f"<a href='{path}'>{n}</a>" for n, path in enumerate(paths, 1)]
    return " ".join([*shown, f"<a href='{paths[number]}'>{following}</a>" if number < len(paths) else ""])


def said(number: int) -> list[str]:
    return SENTENCES[3 * number - 3 : 3 * number]


def built(
    number: int,
    pager: str,
    *,
    title: str = TITLE,
    headline: str = "",
    box: str = "class=content",
    text: str = "",
    outside: str = "",
    head: str = "",
) -> str:
    body = text or "".join(f"<p>{sentence}</p>" for sentence in said(number))
    return (
        f"<html><head><title>{title}_示例网</title>{head}</head><body><div class=main><h1>{headline or title}</h1>"
        f"<p>2026-11-20 09:00 来源：示例网</p><div {box}>{body}{pager}</div>{outside}</div></body></html>"
    )


def taken(site: Site, pages: dict[str, str | bytes], link: str = "") -> FetchedItem:
    for path, body in pages.items():
        site.put(path, body)
    listing = site.put("/list/", f"<a href='{(link or next(iter(pages))).replace('&', '&amp;')}'>{TITLE}</a>")
    source = WebPage(WebPageSettings(url=listing, item="a"), HttpClient(now=lambda: NOW))
    parsed = source.parse(source.fetch(None))
    assert not parsed.bad
    return parsed.items[0]


def assert_whole(item: FetchedItem, lines: Sequence[str]) -> None:
    assert item.text.splitlines() == list(lines)
    assert "原文共" not in item.html
    shown = re.sub(r"<[^>]+>", "", item.html)
    assert [shown.count(line) for line in dict.fromkeys(lines)] == [lines.count(line) for line in dict.fromkeys(lines)]


@pytest.mark.parametrize(
    "paths",
    [
        ["/kp/123.jhtml", "/kp/123_2.jhtml", "/kp/123_3.jhtml"],
        ["/show-12-34-1.html", "/show-12-34-2.html", "/show-12-34-3.html"],
        ["/2026/11/wusong/", "/2026/11/wusong/2/", "/2026/11/wusong/3/"],
        ["/archives/1234.html", "/archives/1234.html/2", "/archives/1234.html/3"],
        ["/?p=34", "/?p=34&page=2", "/?p=34&page=3"],
        ["/portal.php?mod=view&aid=12", "/portal.php?mod=view&aid=12&page=2", "/portal.php?mod=view&aid=12&page=3"],
        ["/e/ShowInfo.php?classid=1&id=2", "/e/ShowInfo.php?classid=1&id=2&page=1", "/e/ShowInfo.php?classid=1&id=2&page=2"],
        ["/n1/2026/1120/c1001-40366666.html", "/n1/2026/1120/c1001-40366666-2.html", "/n1/2026/1120/c1001-40366666-3.html"],
        ["/n/a/", "/n/a/p2.html", "/n/a/p3.html"],
        ["/n/a.html", "/n/a-page-2.html", "/n/a-page-3.html"],
        ["/n/a.html", "/n/a_page_2.html", "/n/a_page_3.html"],
        ["/n/a.html", "/n/a.html?pages=2", "/n/a.html?pages=3"],
        ["/n/a.html?utm_source=rss", "/n/a_2.html", "/n/a_3.html"],
        ["/n/%E9%9B%BE.html", "/n/%E9%9B%BE_2.html", "/n/%E9%9B%BE_3.html"],
    ],
)  # fmt: skip
@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_addresses_of_many_systems(site: Site, paths: list[str], charset: str) -> None:
    written = [path.replace("%E9%9B%BE", "雾").replace("&", "&amp;") for path in paths]
    pages = {
        path: built(n, f"<div class=pages>{links(written, n)}</div>").encode(charset) for n, path in enumerate(paths, 1)
    }
    assert_whole(taken(site, dict(pages)), SENTENCES[:9])


@pytest.mark.parametrize(
    "pager",
    [
        lambda n: f"<ul class=pagelist><li><a>共3页: </a></li><li>{links(FILES, n)}</li></ul>",
        lambda n: f"<p class=page-links>Pages: {links(FILES, n, '')}</p>",
        lambda n: f"<div>{links(FILES, n)}<label><input name=page size=2 value={n}><span> / 3 页</span></label></div>",
        lambda n: (
            f"<div>[<a href='{FILES[0]}'>首页</a>] [<a href='{FILES[n % 3]}'>下页</a>] [<a href='{FILES[2]}'>末页</a>] 页次：{n}/3</div>"
        ),
        lambda n: f"<div>{links(FILES, n, '&gt;&gt;')}</div>",
        lambda n: f"<script>createPageHTML('page_div',3, {n},'a','html',30);</script>",
    ],
)
def test_pagers_of_many_systems_leave_nothing_in_the_text(site: Site, pager: Text) -> None:
    assert_whole(taken(site, {path: built(n, pager(n)) for n, path in enumerate(FILES, 1)}), SENTENCES[:9])


def test_a_pager_of_trs_that_counts_from_nought_by_variables(site: Site) -> None:
    paths = ["/t20261120_12.html", "/t20261120_12_1.html", "/t20261120_12_2.html"]
    call = "<script>var currentPage={};var countPage = 3;createPageHTML(countPage,currentPage,'t20261120_12','html');</script>"
    assert_whole(taken(site, {path: built(n + 1, call.format(n)) for n, path in enumerate(paths)}), SENTENCES[:9])


@pytest.mark.parametrize("base", ["<base href='/'>", "<base href='/n/'>", "<base target=_blank>"])
def test_a_page_with_a_base_is_followed(site: Site, base: str) -> None:
    pages = {path: built(n, f"<div>{links(FILES, n)}</div>", head=base) for n, path in enumerate(FILES, 1)}
    assert_whole(taken(site, dict(pages)), SENTENCES[:9])


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        (lambda n: TITLE + (f"({n})" if n > 1 else ""), lambda n: ""),
        (lambda n: f"{TITLE}（{n}/3）", lambda n: ""),
        (lambda n: f"{TITLE} 第{n}页", lambda n: ""),
        (lambda n: f"第{'一二三'[n - 1]}页：{TITLE if n == 1 else '雾凇的分布'}", lambda n: ""),
        (lambda n: TITLE if n == 1 else "雾凇的分布", lambda n: TITLE),
        (lambda n: TITLE if n == 1 else f"{TITLE}：雾凇的分布", lambda n: TITLE if n == 1 else "雾凇的分布"),
    ],
)
def test_titles_that_differ_by_page(site: Site, title: Text, headline: Text) -> None:
    pages = {
        path: built(n, f"<div>{links(FILES, n)}</div>", title=title(n), headline=headline(n))
        for n, path in enumerate(FILES, 1)
    }
    assert taken(site, dict(pages)).text.splitlines() == SENTENCES[:9]


@pytest.mark.parametrize(
    "box",
    [
        lambda n: f"id=page{n} class=content",
        lambda n: f"class='content p{n}'",
        lambda n: "class='content first'" if n == 1 else "class=content",
    ],
)
def test_names_of_boxes_that_differ_by_page(site: Site, box: Text) -> None:
    pages = {path: built(n, f"<div>{links(FILES, n)}</div>", box=box(n)) for n, path in enumerate(FILES, 1)}
    assert_whole(taken(site, dict(pages)), SENTENCES[:9])


@pytest.mark.parametrize(
    "around", ["{}", "<div class=pages>{}</div>", "<p align=center>{}</p>", "<ul><li>{}</li></ul>"]
)
@pytest.mark.parametrize("caption", [True, False])
def test_a_gallery_of_one_picture_a_page_keeps_them_all(site: Site, around: str, caption: bool) -> None:
    pages = {}
    for n, path in enumerate(FILES, 1):
        picture = f"<p align=center><a href='{FILES[n % 3]}'><img src='/img/{n}.jpg' width=600></a></p>"
        text = picture + (f"<p>{SENTENCES[n]}</p>" if caption else "")
        pages[path] = built(n, around.format(links(FILES, n, "下一张")), text=text)
    item = taken(site, dict(pages))
    assert [picture.url for picture in item.pictures] == [f"{site.base}/img/{n}.jpg" for n in (1, 2, 3)]
    assert item.html.count("<img") == 3
    if caption:
        assert_whole(item, SENTENCES[1:4])


# ---------------------------------------------------------------- what is there twice

LEAD = "核心提示：雾凇俗称树挂，是吉林冬天的奇景，今年的雾凇比往年来得更早，也更加壮观，市民纷纷到江边观赏拍照留念。"
END = "专家最后提醒大家，本期内容由三位专家共同审定，请放心阅读，如有不适请及时到当地正规医院就诊。"
LAST = "愿大家都平安过冬，来年再见。"


def joined(site: Site, texts: Sequence[Sequence[str]], above: str = "") -> FetchedItem:
    pages = {
        path: built(n, f"<div>{links(FILES, n)}</div>", text=above + "".join(f"<p>{line}</p>" for line in texts[n - 1]))
        for n, path in enumerate(FILES, 1)
    }
    return taken(site, dict(pages))


def test_a_short_last_page_between_a_lead_and_a_statement_is_kept(site: Site) -> None:
    item = joined(site, [[LEAD, *said(1), END], [LEAD, *said(2), END], [LEAD, LAST, END]])
    assert_whole(item, [LEAD, *SENTENCES[:6], LAST, END])


@pytest.mark.parametrize(("first", "last"), [("【原料】", ""), ("注意事项", ""), ("", "雪落江面静无声。")])
def test_the_heading_of_each_part_and_a_refrain_are_kept_each(site: Site, first: str, last: str) -> None:
    texts = [[line for line in (first, *said(n), last) if line] for n in (1, 2, 3)]
    assert joined(site, texts).text.splitlines() == [line for text in texts for line in text]


def test_a_page_that_begins_with_the_end_of_the_one_before_says_it_once(site: Site) -> None:
    assert_whole(joined(site, [SENTENCES[0:3], SENTENCES[2:5], SENTENCES[4:7]]), SENTENCES[:7])


def test_a_picture_on_every_page_is_shown_once(site: Site) -> None:
    item = joined(site, [said(1), said(2), said(3)], above="<p><img src='/img/banner.jpg' width=600></p>")
    assert_whole(item, SENTENCES[:9])
    assert (len(item.pictures), item.html.count("<img")) == (1, 1)


def test_lines_of_code_on_every_page_are_shown_once(site: Site) -> None:
    code = "<pre>温度 = 零下二十度，风速 = 每秒一米\n湿度 = 百分之九十五，能见度 = 两千米</pre>"
    item = joined(site, [said(1), said(2), said(3)], above=code)
    assert item.text.count("能见度") == item.html.count("能见度") == 1


# ---------------------------------------------------------------- links with numbers that lead to no page of the article


@pytest.mark.parametrize(
    "below",
    [
        "<div class=pl><h3>网友评论</h3><p>不错</p><a href='?page=2'>2</a><a href='?page=2'>下一页</a></div>",
        "<div class=rec><h3>推荐阅读</h3><a href='?page=2'>2</a><a href='?page=2'>下一页</a></div>",
        "<table class=cal><tr><td>1</td><td><a href='?p=2'>2</a></td><td><a href='?p=3'>3</a></td></tr></table>",
    ],
)
def test_an_article_that_is_shown_again_is_whole(site: Site, below: str) -> None:
    pages = {path: built(1, "", outside=below) for path in ("/n/a.html", "/n/a.html?page=2", "/n/a.html?p=2")}
    assert_whole(taken(site, dict(pages)), SENTENCES[:3])


def test_the_next_article_under_the_next_number_is_no_page_of_this_one(site: Site) -> None:
    other = built(2, "", title="长白山天池的水怪到底是什么")
    item = taken(
        site, {"/n/art_12.html": built(1, "<div><a href='art_13.html'>下一页</a></div>"), "/n/art_13.html": other}
    )
    assert_whole(item, SENTENCES[:3])


def test_a_first_page_answered_for_one_in_the_middle_leaves_no_hole(site: Site) -> None:
    pages = {path: built(n, f"<div>共3页 {links(FILES, n)}</div>") for n, path in enumerate(FILES, 1)}
    item = taken(site, dict(pages) | {FILES[1]: pages[FILES[0]]})
    assert item.text.splitlines() == SENTENCES[:3]
    assert "原文共 3 页" in item.html


def test_a_column_beside_a_short_last_page_is_not_joined(site: Site) -> None:
    pages = {path: built(n, f"<div>{links(FILES, n)}</div>", outside=SIDEBAR) for n, path in enumerate(FILES[:2], 1)}
    pages[FILES[2]] = built(3, "", text=f"<p>{LAST}</p>", outside=SIDEBAR)
    assert_whole(taken(site, dict(pages)), [*SENTENCES[:6], LAST])


@pytest.mark.parametrize(
    "path", ["/tq/202611_{}.html", "/tq/2026-11-{}.html", "/tq/2026-11/{}.html", "/tq/2026/11/{}/"]
)
def test_a_strip_of_days_below_a_bulletin_leads_to_other_bulletins(site: Site, path: str) -> None:
    strip = " ".join(f"<a href='{path.format(day)}'>{day}</a>" for day in range(20, 28))
    pages = {path.format(day): built(day - 19, f"<div>{strip}</div>") for day in range(20, 23)}
    assert_whole(taken(site, dict(pages)), SENTENCES[:3])


def test_what_templates_leave_behind_in_a_picture_harms_nobody(site: Site) -> None:
    left = "".join(f"<p><img src='/img/{n}.jpg' {mark}></p>" for n, mark in enumerate(("{{lazy}}", "{$w}", "{a=1")))
    item = taken(site, {"/n/a.html": built(1, left)})
    assert item.text.splitlines() == SENTENCES[:3]
    assert len(item.pictures) == 3


def test_a_call_of_the_pager_with_odd_digits_is_none(site: Site) -> None:
    assert_whole(taken(site, {"/n/a.html": built(1, "<script>createPageHTML(²,0,'a','html')</script>")}), SENTENCES[:3])


# ---------------------------------------------------------------- which pages are looked at twice


@pytest.mark.parametrize(
    ("url", "body", "may"),
    [
        ("http://a.example/n/a.html", "<a href='a_2.html'>", True),
        ("http://a.example/n/a_1.html", "<a href='/n/a_2.html'>", True),
        ("http://a.example/n/a.html", "<a href='?page=2'>", True),
        ("http://a.example/n/a/", "<a href='2'>", True),
        ("http://a.example/n/index.html", "<a href='index_2.html'>", True),
        ("http://a.example/n/1.html", "<a href='2.html'>", True),
        ("http://a.example/n/%E9%9B%BE.html", "<a href='雾_2.html'>", True),
        ("http://a.example/t20261120_12.html", "<script>createPageHTML(2,0,'t20261120_12','html')", True),
        ("http://a.example/n/a.html", "<p>2026-11-20 09:00</p><a href='/2026/11/20/b.html'><img src='/u/b_1.jpg'>", False),
        ("http://a.example/n/a.html", "<a href='b_2.html'>下一篇</a> 下一页 &gt;</a>", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_only_a_page_that_holds_its_own_address_with_a_number_is(url: str, body: str, may: bool, charset: str) -> None:
    assert may_go_on(body.encode(charset), url) is may
