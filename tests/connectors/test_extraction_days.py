"""Which days on a page and on the listing before it are those of publishing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from loopback import Site

from connectors.base import Cursor
from connectors.extraction import BEIJING, extract
from connectors.extraction.dates import parse_date
from connectors.http import HttpClient
from connectors.sources.webpage import WebPage, WebPageSettings

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
FIRST = "入冬以后，松花江畔的雾凇一天比一天浓，气象台的值班员每天清晨都要到江边去看一看，记下温度和风向。"
SECOND = "专家介绍，雾凇并不是冰，也不是雪，它是过冷的水滴碰到物体后冻结而成的，风小的时候最容易出现。"
TITLES = ("雾凇是怎样一夜之间形成的", "看雾凇要在风小的清晨去", "江边的值班员记下温度和风向")
LONG_AGO = "据了解，2008年1月10日江面第一次全线结冰。"


def page(*lines: str, title: str = TITLES[0], above: str = "", below: str = "") -> str:
    text = "".join(f"<p>{line}</p>" for line in lines)
    return (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{above}"
        f"<div class=content>{text}</div>{below}</body></html>"
    )


def day(html: str, listed: str = "") -> str:
    found = extract(html, now=NOW, listed=parse_date(listed)).published_at
    return found.astimezone(BEIJING).strftime("%Y-%m-%d") if found else ""


@pytest.mark.parametrize(
    "told",
    [
        "1998年6月12日，松花江发大水，沿岸的人至今记得那一夜的雨声。",
        LONG_AGO,
        "2026年11月28日，江边将举办雾凇节。",
        "2003年10月15日江边建起第一座气象站",
        "1998年6月，松花江发大水。",
    ],
)
def test_a_sentence_of_long_ago_or_of_tomorrow_is_no_day_of_publishing(told: str) -> None:
    assert day(page(told, FIRST, SECOND)) == ""
    assert day(page(FIRST, SECOND, told)) == ""
    assert day(page(FIRST, SECOND, above=f"<p>{told}</p>")) == ""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("吉林市气象台　2019年11月20日", "2019-11-20"),
        ("2019年11月20日", "2019-11-20"),
        ("新华社长春2019年11月20日电，松花江畔出现雾凇。", "2019-11-20"),
        ("2026年11月20日，江边出现雾凇。", "2026-11-20"),
    ],
)
def test_a_signature_a_dateline_and_a_sentence_of_these_days_still_are(line: str, expected: str) -> None:
    assert day(page(FIRST, SECOND, line)) == expected


HAPPENED = "2026年11月18日，江边出现雾凇。"


@pytest.mark.parametrize(
    "told",
    [
        HAPPENED,
        "自2026年10月15日起，全市供热。",
        "从2026年11月1日起，江边禁止烧烤",
        "会议于2026年11月10日召开",
        "讲座将于2026年11月25日举行",
        "活动于2026年11月22日上午9时开始",
        "2026年11月25日在市科技馆举行",
        "2026年11月1日至11月15日",
        "2026年11月1日—15日，江边禁止烧烤",
        "请于2026年11月25日前报名",
        "一、活动时间：2026年11月25日",
        "截至2026年11月18日，培训1200人次。",
    ],
)
@pytest.mark.parametrize(
    "signature", [("市科协", "2026年11月20日"), ("市气象台 2026.11.20",), ("二〇二六年十一月二十日",)]
)
def test_the_day_of_a_signature_goes_before_one_that_a_line_tells_of(told: str, signature: tuple[str, ...]) -> None:
    assert day(page(told, FIRST, SECOND, *signature)) == "2026-11-20"
    assert day(page(FIRST, told, SECOND, *signature)) == "2026-11-20"
    assert day(page(FIRST, SECOND, *signature, above=f"<p>{told}</p>")) == "2026-11-20"
    assert day(page(told, FIRST, SECOND, below="".join(f"<div>{line}</div>" for line in signature))) == "2026-11-20"


@pytest.mark.parametrize(
    "last",
    [
        ("市科协办公室2026年11月20日印发",),
        (f"{SECOND}（市气象台 2026年11月20日）",),
        ("（原载于2026年11月20日《江城日报》）",),
        ("摘自2026年11月20日江城日报",),
        ("本文由市科协于2026年11月20日在江城论坛发表。",),
        ("来自江城日报 2026年11月20日",),
        ("市科协", "2026年11月20日", "（活动将于2026年11月25日举行）"),
        ("市科协", "2026年11月20日", "附件：活动安排（2026年11月25日）"),
        ("图片摄于2026年11月15日", "市科协", "2026年11月20日"),
    ],
)
def test_whoever_signs_in_whatever_way_says_the_day(last: tuple[str, ...]) -> None:
    assert day(page(HAPPENED, FIRST, SECOND, *last)) == "2026-11-20"


@pytest.mark.parametrize(
    "when",
    [
        ("时间：2026年11月25日　地点：市科技馆",),
        ("一、时间：2026年11月25日", "二、地点：市科技馆"),
        ("一、活动时间", "2026年11月25日上午9:00"),
    ],
)
def test_the_time_of_what_has_a_place_is_no_time_of_publishing(when: tuple[str, ...]) -> None:
    assert day(page(*when, FIRST, SECOND)) == ""
    assert day(page(*when, FIRST, SECOND, "市科协", "2026年11月20日")) == "2026-11-20"


@pytest.mark.parametrize(
    "told", ["讲座将于11月25日举行", "11月25日起施行", "2026年11月1日起施行", "2026年11月25日前报名"]
)
def test_a_day_that_something_begins_on_is_none_even_where_a_page_has_no_other(told: str) -> None:
    assert day(page(FIRST, SECOND, above=f"<p>{told}</p>")) == ""


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        ("2026-11-20 - 15:30", "2026-11-20"),
        ("2026-11-20 · 江城晚报新闻中心", "2026-11-20"),
        ("2026年11月20日（京港台时间）", "2026-11-20"),
        ("2026年11月20日 江城晚报新闻中心", "2026-11-20"),
    ],
)
def test_a_day_with_who_publishes_above_the_text_goes_before_its_last_lines(above: str, expected: str) -> None:
    assert day(page(FIRST, SECOND, "江边", "2026年11月10日", above=f"<p>{above}</p>")) == expected


@pytest.mark.parametrize(
    "below",
    [
        "<div>网站建设日期 2012-03-04</div>",
        "<div class=foot>最后更新 2019-05-06</div>",
        "<ul><li><a href=/1>江边结冰</a><span>2026-10-01</span></li><li><a href=/2>江边起雾</a><span>2026-10-02</span></li></ul>",
        "<div><a href=/1>江边结冰</a> 2026-10-01<br><a href=/2>江边起雾</a> 2026-10-02</div>",
        "<a href=/1><p>江边结冰</p><p>2026-10-01</p></a><a href=/2><p>江边起雾</p><p>2026-10-02</p></a>",
    ],
)
def test_days_of_the_site_and_of_other_articles_are_not_this_ones(below: str) -> None:
    assert day(page(FIRST, SECOND, below=below)) == ""


def test_one_line_with_a_link_and_a_day_below_the_text_may_be_its_own() -> None:
    assert day(page(FIRST, SECOND, below="<p><a href=/>江城日报</a> 2026-10-01</p>")) == "2026-10-01"


def test_what_the_listing_says_goes_after_the_page_and_before_what_its_text_tells_of() -> None:
    assert day(page(FIRST, SECOND), "2026-11-21") == "2026-11-21"
    assert day(page("2026年11月20日，江边出现雾凇。", FIRST, SECOND), "2026-11-21") == "2026-11-21"
    assert day(page(FIRST, SECOND, above="<p>发布时间：2026-11-19</p>"), "2026-11-21") == "2026-11-19"
    assert day(page(FIRST, SECOND), "2027-11-21") == ""


def test_a_clock_in_the_text_on_the_day_of_the_listing_makes_it_exact() -> None:
    found = extract(page("2026-11-21 09:15", FIRST, SECOND), now=NOW, listed=parse_date("2026-11-21"))
    assert found.published_at == datetime(2026, 11, 21, 1, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "unset", ["1970-01-01 08:00:00", "1970-01-01", "0001-01-01T00:00:00", "0000-00-00 00:00:00", "1900-01-01"]
)
def test_a_time_that_nobody_gave_is_no_day_of_publishing(unset: str) -> None:
    said = f"<head><meta name=publishdate content='{unset}'></head>"
    assert day(said + page(FIRST, SECOND, above=f"<p>发布时间：{unset}</p>")) == ""
    assert day(said + page(FIRST, SECOND, above="<p>来源：江城日报 2026-11-20</p>")) == "2026-11-20"
    assert day(said + page(FIRST, SECOND), "2026-11-21") == "2026-11-21"


# ---------------------------------------------------------------- listings


def rows(row: str) -> str:
    return "<ul>" + "".join(row.format(n=n, title=title) for n, title in enumerate(TITLES, 1)) + "</ul>"


def taken(site: Site, listing: str, now: datetime = NOW, cursor: Cursor | None = None) -> tuple[list[str], Cursor]:
    """The days of what a visit brings, and the cursor after it."""
    url = site.put("/list/", f"<html><body>{listing}</body></html>")
    source = WebPage(WebPageSettings(url=url), HttpClient(now=lambda: now))
    seen = source.fetch(cursor)
    items = source.parse(seen).items
    return [
        at.astimezone(BEIJING).strftime("%m-%d") if (at := item.published_at) else "" for item in items
    ], seen.cursor


def articles(site: Site, *more: str) -> None:
    for number, title in enumerate(TITLES, 1):
        site.put(f"/n/{number}.html", page(FIRST, LONG_AGO, SECOND, *more, title=title))


@pytest.mark.parametrize(
    "row",
    [
        "<li><a href='/n/{n}.html'>{title}</a><span>2026-11-2{n}</span></li>",
        "<li><span>[11-2{n}]</span><a href='/n/{n}.html'>{title}</a></li>",
        "<li><p><b>2{n}</b><i>2026-11</i></p><h3><a href='/n/{n}.html'>{title}</a></h3><p>江边：2019-01-0{n}起看雾凇要趁早</p></li>",
        "<a href='/n/{n}.html'><div>{title}</div><div>来源：江城日报 2026-11-2{n}</div></a>",
        "<div><a href='/n/{n}.html'><img src=/p.jpg></a><div><a href='/n/{n}.html'>{title}</a></div><em>2026年11月2{n}日</em></div>",
        "<tr><td><a href='/n/{n}.html'>{title}</a></td><td><a href=/c>要闻</a></td><td>2026/11/2{n}</td></tr>",
    ],
)
def test_the_day_beside_a_link_is_that_of_an_article_without_one(site: Site, row: str) -> None:
    articles(site)
    assert taken(site, rows(row))[0] == ["11-21", "11-22", "11-23"]


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("<head><base href='/n/'></head>", "<li><a href='{n}.html'>{title}</a></li>"),
        ("<head><base target=_blank><base href='../'></head>", "<li><a href='n/{n}.html'>{title}</a></li>"),
        ("", r"<li><a href='\n\{n}.html'>{title}</a></li>"),
        ("", "<li><a href='/n/{n}.html' title='{title}'>雾凇…</a></li>"),
    ],
)
def test_the_links_of_a_listing_are_those_that_a_browser_follows(site: Site, head: str, row: str) -> None:
    articles(site)
    assert len(taken(site, head + rows(row))[0]) == len(TITLES)


def test_pictures_of_a_selected_body_are_seen_from_the_base_of_their_page(site: Site) -> None:
    listing = site.put("/list/", f"<a href='/n/1.html'>{TITLES[0]}</a>")
    site.put(
        "/n/1.html",
        f"<head><base href='/files/'></head><h1>{TITLES[0]}</h1><div id=b><p>{FIRST}</p><img src='1.jpg'></div>",
    )
    source = WebPage(WebPageSettings(url=listing, body="#b"), HttpClient(now=lambda: NOW))
    (item,) = source.parse(source.fetch(None)).items
    assert [picture.url for picture in item.pictures] == [f"{site.base}/files/1.jpg"]


@pytest.mark.parametrize(
    ("row", "apart"),
    [
        ("<a href='/n/{n}.html'>{title}</a> 2026-11-2{n}", "<br>"),
        ("2026-11-2{n} <a href='/n/{n}.html'>{title}</a>", "<br/>"),
        ("· <b><a href='/n/{n}.html'>{title}</a></b> <font>[11-2{n}]</font>", "<br><br>"),
        ("<a href='/n/{n}.html'>{title}</a><span>2026/11/2{n}</span>", "<hr>"),
    ],
)
def test_rows_that_only_breaks_part_have_each_their_own_day(site: Site, row: str, apart: str) -> None:
    articles(site)
    written = apart.join(row.format(n=n, title=title) for n, title in enumerate(TITLES, start=1))
    assert taken(site, f"<table><tr><td>{written}</td></tr></table>")[0] == ["11-21", "11-22", "11-23"]


def test_a_day_beside_several_headlines_is_nobodys(site: Site) -> None:
    articles(site)
    assert taken(site, "<p>2026-11-21</p>" + rows("<li><a href='/n/{n}.html'>{title}</a></li>"))[0] == ["", "", ""]


def test_an_article_looked_at_again_keeps_the_day_of_its_listing(site: Site) -> None:
    articles(site)
    listing = rows("<li><a href='/n/{n}.html'>{title}</a><span>2026-11-2{n}</span></li>")
    _, cursor = taken(site, listing)
    articles(site, "更正：风向记错了一次。")
    assert taken(site, listing, NOW + timedelta(hours=2), cursor)[0] == ["11-21", "11-22", "11-23"]
