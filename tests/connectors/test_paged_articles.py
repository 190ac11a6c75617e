"""An article that a site cuts into pages is read as one, over real sockets, and says so where a page could not be had."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Cursor, FetchedItem
from connectors.http import HttpClient
from connectors.sources.paged import MOST_BYTES, MOST_PAGES
from connectors.sources.visiting import MOST_OF_A_VISIT
from connectors.sources.webpage import WebPage, WebPageSettings
from tests.loopback import Site

NOW = datetime(2026, 11, 26, 0, 0, tzinfo=UTC)
TITLE = "雾凇是怎样形成的，看这几页就懂了"
SENTENCES = [
    f"第{number}天清晨，气象台的值班员又到江边去看了一看，记下温度是零下{number + 11}度，风从西北方吹来。"
    for number in range(1, 31)
]


def name(number: int) -> str:
    return "/n/a.html" if number == 1 else f"/n/a_{number}.html"


def page(number: int, pages: int, *, pictures: bool = False) -> str:
    numbers = "".join(
        f"<a href='{name(each)}'>{each}</a>" if each != number else f"<span>{each}</span>"
        for each in range(1, pages + 1)
    )
    following = f"<a href='{name(number + 1)}'>下一页</a>" if number < pages else ""
    picture = f"<img src='/p/{number}.jpg'>" if pictures else ""
    text = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES[2 * number - 2 : 2 * number])
    return (
        f"<html><head><title>{TITLE}_示例网</title></head><body><h1>{TITLE}</h1><p>2026-11-20 来源：示例网</p>"
        f"<div class=content>{text}{picture}<div class=pages>{numbers}{following}</div></div></body></html>"
    )


def put(site: Site, pages: int, *, but: Sequence[int] = (), pictures: bool = False) -> WebPageSettings:
    for number in range(1, pages + 1):
        if number not in but:
            site.put(name(number), page(number, pages, pictures=pictures))
    return WebPageSettings(url=site.put("/list/", f"<a href='{name(1)}'>{TITLE}</a>"))


def taken(
    settings: WebPageSettings, cursor: Cursor | None = None, now: datetime = NOW
) -> tuple[list[FetchedItem], Cursor]:
    source = WebPage(settings, HttpClient(now=lambda: now))
    seen = source.fetch(cursor)
    parsed = source.parse(seen)
    assert not parsed.bad
    return list(parsed.items), seen.cursor


@pytest.mark.parametrize("pages", [2, 3, 5])
def test_all_pages_are_one_article(site: Site, pages: int) -> None:
    [item], _ = taken(put(site, pages, pictures=True))
    assert item.text.splitlines() == SENTENCES[: 2 * pages]
    assert [picture.url for picture in item.pictures] == [f"{site.base}/p/{n}.jpg" for n in range(1, pages + 1)]
    assert (item.title, item.url) == (TITLE, f"{site.base}{name(1)}")
    assert item.html.count("<div>") == 1
    assert "原文共" not in item.html


def test_pages_of_pictures_alone_are_kept_each(site: Site) -> None:
    settings = put(site, 3, pictures=True)
    for number in (2, 3):
        site.put(name(number), re.sub(r"<p>第.*?</p>", "", page(number, 3, pictures=True)))
    [item], _ = taken(settings)
    assert [picture.url for picture in item.pictures] == [f"{site.base}/p/{n}.jpg" for n in (1, 2, 3)]


def test_what_a_selector_names_is_taken_from_every_page(site: Site) -> None:
    settings = put(site, 3).model_copy(update={"body": ".content p"})
    assert taken(settings)[0][0].text.splitlines() == SENTENCES[:6]


def test_a_page_that_cannot_be_had_ends_the_article_and_it_says_so(site: Site) -> None:
    settings = put(site, 4, but=[3])
    [item], cursor = taken(settings)
    assert item.text.splitlines() == SENTENCES[:4]
    assert item.html.endswith("<p>（原文共 4 页，这里不是全文，其余各页请看原文。）</p></div>")
    site.put(name(3), page(3, 4))
    [whole], _ = taken(settings, cursor, NOW + timedelta(hours=2))
    assert whole.text.splitlines() == SENTENCES[:8], "the next look at the article brings the rest"
    assert whole.external_id == item.external_id


@pytest.mark.parametrize("body", [b"%PDF-1.4\n%\xe2\xe3", b"", b"<html><body></body></html>"])
def test_a_page_that_says_nothing_is_none_and_the_article_says_that_it_goes_on(site: Site, body: bytes) -> None:
    settings = put(site, 2)
    site.put(name(2), body)
    [item], _ = taken(settings)
    assert item.text.splitlines() == SENTENCES[:2]
    assert "原文共 2 页" in item.html


def test_what_the_robots_file_forbids_is_not_read_though_the_first_page_may_be(site: Site) -> None:
    settings = put(site, 2)
    site.put("/robots.txt", f"User-agent: *\nDisallow: {name(2)}\n")
    [item], _ = taken(settings)
    assert item.text.splitlines() == SENTENCES[:2]
    assert site.times(name(2)) == 0


def test_a_very_long_article_is_read_so_far_and_says_so(site: Site) -> None:
    [item], _ = taken(put(site, MOST_PAGES + 3))
    assert item.text.splitlines() == SENTENCES[: 2 * MOST_PAGES]
    assert f"原文共 {MOST_PAGES + 3} 页" in item.html


def test_a_site_that_answers_every_number_with_its_first_page_gives_it_once(site: Site) -> None:
    settings = put(site, 3)
    for number in (2, 3):
        site.put(name(number), page(1, 3))
    [item], _ = taken(settings)
    assert item.text.splitlines() == SENTENCES[:2]


def test_a_page_that_was_moved_is_asked_for_once(site: Site) -> None:
    settings = put(site, 2)
    site.put("/moved.html", page(2, 2))
    site.put(name(2), "", status=301, headers={"Location": "/moved.html"})
    [item], _ = taken(settings)
    assert item.text.splitlines() == SENTENCES[:4]
    assert [path for path, *_ in site.asked].count("/moved.html") == 1


def test_pages_that_lead_round_in_a_circle_or_to_another_host_are_not_followed(site: Site) -> None:
    settings = put(site, 2)
    site.put(name(2), page(2, 2).replace("</body>", f"<div class=content><a href='{name(1)}'>下一页</a></div></body>"))
    assert taken(settings)[0][0].text.splitlines() == SENTENCES[:4]
    site.put(name(1), page(1, 2).replace(f"href='{name(2)}'", "href='http://127.0.0.9:9/n/a_2.html'"))
    [item], _ = taken(settings)
    assert item.text.splitlines() == SENTENCES[:2]


# ---------------------------------------------------------------- what is no further page


SIDEBAR = "<div class=side>" + "".join(f"<p>{sentence}</p>" for sentence in SENTENCES[20:30]) + "</div>"


def beside(body: str) -> str:
    """With a column of text beside the article that is much longer than a last page."""
    return body.replace("</body>", f"{SIDEBAR}</body>")


def last(content: str) -> str:
    return re.sub(r"<div class=content>.*?</div>", lambda _: f"<div class=content>{content}", page(2, 2))


@pytest.mark.parametrize(
    ("content", "text", "pictures"),
    [
        ("<p>愿大家都平安过冬。</p>", ["愿大家都平安过冬。"], 0),
        ("<p>（完）</p>", [], 0),
        ("<p><img src='/p/last.jpg'></p>", [], 1),
    ],
)
def test_a_short_last_page_is_read_where_the_text_stood_before(
    site: Site, content: str, text: list[str], pictures: int
) -> None:
    settings = put(site, 2)
    site.put(name(1), beside(page(1, 2)))
    site.put(name(2), beside(last(content)))
    [item], _ = taken(settings)
    assert [line for line in item.text.splitlines() if line != "（完）"] == SENTENCES[:2] + text
    assert len(item.pictures) == pictures


HOME = f"<html><head><title>示例网</title></head><body><a href='{name(1)}'>{TITLE}</a>{SIDEBAR}</body></html>"
MISSING = "<html><head><title>页面不存在_示例网</title></head><body><div class=content><p>您访问的页面不存在，请检查网址是否正确，或者返回首页。</p></div></body></html>"
LOG_IN = "<html><head><title>用户登录</title></head><body><div class=content><p>请先登录，再阅读全文。登录之后可以继续阅读。</p></div></body></html>"


@pytest.mark.parametrize("answer", [HOME, MISSING, LOG_IN])
@pytest.mark.parametrize("moved", [True, False])
def test_what_is_answered_instead_of_a_page_is_not_joined_and_the_article_says_that_it_goes_on(
    site: Site, answer: str, moved: bool
) -> None:
    settings = put(site, 2)
    site.put("/", answer)
    site.put(name(2), "" if moved else answer, **({"status": 302, "headers": {"Location": "/"}} if moved else {}))
    [item], _ = taken(settings)
    assert item.text.splitlines() == SENTENCES[:2]
    assert "原文共 2 页" in item.html


def test_a_lead_and_a_statement_on_every_page_are_read_once(site: Site) -> None:
    settings = put(site, 3)
    lead, end = (
        "核心提示：雾凇俗称树挂，是吉林冬天的奇景。",
        "专家最后提醒大家，本期内容由三位专家共同审定，请放心阅读。",
    )
    for number in (1, 2, 3):
        body = page(number, 3).replace("<div class=content>", f"<div class=content><p>{lead}</p>")
        site.put(name(number), body.replace("<div class=pages>", f"<p>{end}</p><div class=pages>"))
    [item], _ = taken(settings)
    assert item.text.splitlines() == [lead, *SENTENCES[:6], end]
    assert (item.html.count(lead), item.html.count(end)) == (1, 1)
    assert item.html.index(lead) < item.html.index(SENTENCES[0]) < item.html.index(SENTENCES[5]) < item.html.index(end)


def test_a_first_page_answered_for_every_number_with_another_count_of_readers_is_read_once(site: Site) -> None:
    settings = put(site, 3)
    for number in (1, 2, 3):
        counted = f"<div class=content><p>这篇文章已经有{number * 37}位读者读过，谢谢大家。</p>"
        site.put(name(number), page(1, 3).replace("<div class=content>", counted))
    [item], _ = taken(settings)
    assert item.text.splitlines()[-2:] == SENTENCES[:2]
    assert len(item.text.splitlines()) == 3


def test_pictures_under_the_same_words_are_kept_each(site: Site) -> None:
    settings = put(site, 3)
    for number in (1, 2, 3):
        site.put(
            name(number),
            re.sub(r"零下\d+度|第\d+天", "", page(1, 3)).replace(
                "<div class=pages>", f"<img src='/p/{number}.jpg'><div class=pages>"
            ),
        )
    [item], _ = taken(settings)
    assert [picture.url for picture in item.pictures] == [f"{site.base}/p/{n}.jpg" for n in (1, 2, 3)]
    assert len(item.text.splitlines()) == 2
    assert item.html.count("<img") == 3


def test_an_author_who_signs_the_last_page_is_the_author(site: Site) -> None:
    settings = put(site, 2)
    site.put(name(2), page(2, 2).replace("<div class=pages>", "<p>（作者：王晓明）</p><div class=pages>"))
    assert taken(settings)[0][0].author == "王晓明"


# ---------------------------------------------------------------- the pagers of many systems


def with_pager(number: int, pager: str, at: str = "/n/a.html") -> str:
    body = re.sub(r"<div class=pages>.*?</div>", lambda _: f"<div class=pages>{pager}</div>", page(number, 2))
    return body.replace("/n/a.html", at)


@pytest.mark.parametrize(
    ("first", "second", "pager"),
    [
        ("/n/a.html", "/n/a_2.html", "<a href='a_2.html'>下一页</a>"),
        ("/n/a.html", "/n/a_1.html", "<a href='a_1.html'>下一页</a>"),
        ("/n/a.html", "/n/a-2.html", "<a href='a-2.html'>后一页</a>"),
        ("/n/a_1.html", "/n/a_2.html", "<a href='a_2.html'>下一页</a>"),
        ("/n/a.html", "/n/a.html?page=2", "<a href='?page=2'>下一页</a>"),
        ("/n/a?id=7", "/n/a?id=7&page=2", "<a href='/n/a?id=7&amp;page=2'>Next</a>"),
        ("/n/a/", "/n/a/2", "<a href='/n/a/2'>下一页</a>"),
        ("/n/a/index.html", "/n/a/index_2.html", "<a href='index_2.html'>下一页</a>"),
        ("/n/a.html", "/n/a_2.html", "<span>1</span><a href='a_2.html'>2</a>"),
        ("/n/a.html", "/n/a_2.html", "<b>1</b> <a href='a_2.html'>[2]</a> <a href='a_2.html'>&raquo;</a>"),
        ("/n/a.html", "/n/a_2.html", "<b>1</b> <a href='a_2.html'>2</a> <a href='a_2.html'>&gt;</a>"),
        ("/n/a.html", "/n/a_2.html", "共2页 第1页 <a href='a_2.html'>下一页</a> <a href='a_2.html'>尾页</a>"),
        ("/n/a.html", "/n/a_2.html", "<a href='a_2.html'><img src='/next.gif' alt='下一页'></a>"),
        (
            "/n/a.html",
            "/n/a_2.html",
            "<select><option value='a.html'>第1页</option><option value='a_2.html'>第2页</option></select>",
        ),
        (
            "/n/t20261120_12.html",
            "/n/t20261120_12_1.html",
            "<script>createPageHTML(2, 0, 't20261120_12', 'html');</script>",
        ),
        (
            "/n/t20261120_12.html",
            "/n/t20261120_12_1.html",
            '<SCRIPT>var x=1;createPageHTML(2,0,"t20261120_12","html",10)</SCRIPT>',
        ),
        ("/n/1.html", "/n/2.html", "<span>1</span><a href='2.html'>2</a><a href='2.html'>下一页</a>"),
    ],
)
def test_the_pagers_of_many_systems_are_followed(site: Site, first: str, second: str, pager: str) -> None:
    site.put(first, with_pager(1, pager, first))
    site.put(second, with_pager(2, "<a href='javascript:;'>上一页</a>"))
    settings = WebPageSettings(url=site.put("/list/", f"<a href='{first}'>{TITLE}</a>"))
    [item], _ = taken(settings)
    assert item.text.splitlines() == SENTENCES[:4]
    assert "原文共" not in item.html


@pytest.mark.parametrize(
    "pager",
    [
        "共2页 第1页",
        "第1页/共2页 <a href='javascript:next()'>下一页</a>",
        "当前第 1/2 页 <a href='#' onclick='go(2)'>下一页</a>",
    ],
)
def test_a_pager_that_leads_nowhere_is_no_text_but_the_article_says_that_it_goes_on(site: Site, pager: str) -> None:
    site.put(name(1), with_pager(1, pager))
    settings = WebPageSettings(url=site.put("/list/", f"<a href='{name(1)}'>{TITLE}</a>"))
    [item], _ = taken(settings)
    assert item.text.splitlines() == SENTENCES[:2]
    assert "原文共 2 页" in item.html


@pytest.mark.parametrize(
    "pager",
    [
        "<a href='/n/b.html'>下一页</a>",
        "<a href='2.html'>下一页</a>",
        "<a href='/photos?page=2'>2</a><a href='/photos?page=2'>下一页</a>",
        "<a href='#p=2'>2</a><a href='#p=2'>下一页</a>",
        "<a href='?page=2' class=x>2</a><a href='/n/a.html'>上一页</a>".replace("class=x", "class=comment"),
        "<script>createPageHTML(20, 0, 'index', 'html');</script>",
        "<p>全书共2页，第1页写的是雾凇，第2页写的是雪。</p>",
    ],
)
def test_a_pager_of_something_else_is_not_followed(site: Site, pager: str) -> None:
    if "comment" in pager:
        pager = f"<div class=comments>{pager}</div>"
    site.put("/n/a.html", with_pager(1, pager))
    for path in ("/n/b.html", "/n/2.html", "/photos?page=2", "/n/a.html?page=2", "/n/index_1.html"):
        site.put(path, with_pager(2, ""))
    settings = WebPageSettings(url=site.put("/list/", f"<a href='/n/a.html'>{TITLE}</a>"))
    [item], _ = taken(settings)
    assert item.text.splitlines()[:2] == SENTENCES[:2]
    assert SENTENCES[2] not in item.text
    assert "原文共" not in item.html


# ---------------------------------------------------------------- how much is kept in memory


def test_an_article_takes_so_many_bytes_and_says_so(site: Site) -> None:
    settings = put(site, 4)
    padding = f"<!--{'x' * 5_000_000}-->"
    for number in (1, 2, 3, 4):
        site.put(name(number), page(number, 4).replace("</body>", padding + "</body>"))
    source = WebPage(settings, HttpClient(now=lambda: NOW))
    seen = source.fetch(None)
    assert sum(len(part.body) for part in (*seen.parts, *seen.parts[0].parts)) <= MOST_BYTES
    [item] = source.parse(seen).items
    assert item.text.splitlines() == SENTENCES[:4]
    assert "原文共 4 页" in item.html


def test_a_visit_takes_so_many_bytes_and_the_rest_comes_with_the_next(site: Site) -> None:
    padding = f"<!--{'x' * 9_000_000}-->"
    titles = [f"第{number}篇：雾凇是怎样形成的，看完就懂了" for number in range(8)]
    for number, title in enumerate(titles):
        site.put(f"/m/{number}.html", page(1, 1).replace(TITLE, title).replace("</body>", padding + "</body>"))
    links = "".join(f"<p><a href='/m/{number}.html'>{title}</a></p>" for number, title in enumerate(titles))
    settings = WebPageSettings(url=site.put("/list/", links))
    found: set[str] = set()
    cursor = None
    for hours in (0, 1):
        source = WebPage(settings, HttpClient(now=lambda hours=hours: NOW + timedelta(minutes=hours)))
        seen = source.fetch(cursor)
        assert sum(len(part.body) for part in seen.parts) <= MOST_OF_A_VISIT + 10_000_000
        found |= {item.title for item in source.parse(seen).items}
        cursor = seen.cursor
    assert found == set(titles)
