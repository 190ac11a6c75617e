"""The day that stands with a link in the many shapes of listings, over real sockets; days of other things are none."""

from __future__ import annotations

import pytest

from connectors.extraction import BEIJING
from connectors.http import HttpClient
from connectors.sources.webpage import WebPage, WebPageSettings
from tests.connectors.test_extraction_days import NOW, TITLES, articles, taken
from tests.loopback import Site

A = "<a href='/n/{n}.html'>{title}</a>"
DAYS = ["11-21", "11-22", "11-23"]


def listing(row: str, apart: str = "") -> str:
    return apart.join(row.replace("{a}", A).format(n=n, title=title) for n, title in enumerate(TITLES, 1))


@pytest.mark.parametrize(
    ("around", "row"),
    [
        ("<ul>{}</ul>", "<li>{a} (11/2{n})</li>"),
        ("<ul>{}</ul>", "<li>11月2{n}日 {a}</li>"),
        ("<ul>{}</ul>", "<li>{a}<i>2026.11.2{n}</i></li>"),
        ("<ul>{}</ul>", "<li>{a}<span>2026112{n}</span></li>"),
        ("<ul>{}</ul>", "<li>{a}<span>[26-11-2{n}]</span></li>"),
        ("<ul>{}</ul>", "<li>{a}<span>26/11/2{n}</span></li>"),
        ("<ul>{}</ul>", "<li>{a}<span>2{n}</span><span>2026-11</span></li>"),
        ("<ul>{}</ul>", "<li><a href='/n/{n}.html'><span>2026-11-2{n}</span>{title}</a></li>"),
        ("<ul>{}</ul>", "<li><a href='/n/{n}.html'>{title} 2026-11-2{n}</a></li>"),
        ("<ul>{}</ul>", "<li><a href='/n/{n}.html'>{title}（11-2{n}）</a></li>"),
        ("<ul>{}</ul>", "<li>{a}<time datetime='2026-11-2{n}T08:00:00+08:00'>上周</time></li>"),
        ("<ul>{}</ul>", "<li>{a}<p>来源：江城日报　时间：2026-11-2{n}　点击：20261</p></li>"),
        ("<ul>{}</ul>", "<li>{a}<em>发布时间：2026-11-2{n}</em><em>更新时间：2026-11-25</em></li>"),
        ("<ul>{}</ul>", "<li><h3>{a}</h3><p>雾凇并不是冰也不是雪，风小的时候最容易出现，清晨最好看。 2026-11-2{n}</p></li>"),
        ("<ul>{}</ul>", "<li><h3>{a}</h3><p>雾凇并不是冰也不是雪，风小的时候最容易出现……（2026年11月2{n}日）</p></li>"),
        ("<ul>{}</ul>", "<li><h3>{a}</h3><p>雾凇并不是冰也不是雪，风小的时候最容易出现……[<a href='/n/{n}.html'>详细</a>] 11-2{n}</p></li>"),
        ("<table>{}</table>", "<tr><td>{n}</td><td>{a}</td><td>市科协</td><td>2026-11-2{n}</td></tr>"),
        ("<dl>{}</dl>", "<dt>{a}</dt><dd>2026-11-2{n}</dd>"),
        ("<dl>{}</dl>", "<dd>2026-11-2{n}</dd><dt>{a}</dt>"),
        ("<div>{}</div>", "<p>{a}</p><p>2026-11-2{n}</p>"),
        ("<div>{}</div>", "<h3>{a}</h3><p>雾凇并不是冰也不是雪，风小的时候最容易出现，清晨最好看。</p><p>2026-11-2{n}</p>"),
        ("<div>{}</div>", "<div class=date>2026-11-2{n}</div><div class=title>{a}</div>"),
        ("<td>{}</td>", "{a}<br>2026-11-2{n}<br>"),
        ("<td>{}</td>", "2026-11-2{n}<br>{a}<br>"),
        ("<dl>{}</dl>", "<dt>{a}</dt><dd>雾凇并不是冰也不是雪，风小的时候最容易出现。</dd><dd>2026-11-2{n}</dd>"),
        ("<table>{}</table>", "<tr><td>{a}</td></tr><tr><td>日期：2026-11-2{n} 点击：12</td></tr>"),
        ("<ul>{}</ul>", "<li>{a} 11-2{n}</li>"),
        ("<ul>{}</ul>", "<li>{a}<em>26/11/2{n} 08:30</em></li>"),
        ("<ul>{}</ul>", "<li>{a}<em>(11.2{n})</em></li>"),
        ("<ul>{}</ul>", "<li><div><b>2{n}</b><span>11月</span></div>{a}</li>"),
        ("<ul>{}</ul>", "<li><div><b>2{n}</b><span>十一月</span></div>{a}</li>"),
        ("<ul>{}</ul>", "<li><div><b>Nov</b><span>2{n}</span></div>{a}</li>"),
        ("<ul>{}</ul>", "<li><i>Nov</i><i>2{n}</i><i>2026</i>{a}</li>"),
        ("<ul>{}</ul>", "<li>{a}<i>11月2{n}日（周六）</i></li>"),
        ("<h3>十一月</h3><ul>{}</ul>", "<li>{a}<i>2{n}日</i></li>"),
        ("<ul>{}</ul>", "<li>{a}<i>时间：</i><i>11-2{n}</i></li>"),
        ("<ul>{}</ul>", "<li>{a}<div>李明 / 11-2{n} / 阅读 123</div></li>"),
        ("<ul>{}</ul>", "<li>{a}<div>江城日报 11月2{n}日</div></li>"),
        ("<ul>{}</ul>", "<li>{a}<p>[2026-11-2{n}] 雾凇并不是冰也不是雪，风小的时候最容易出现。</p></li>"),
        ("<ul>{}</ul>", "<li>{a}<p>发布时间：2026-11-2{n}　摘要：雾凇并不是冰也不是雪，风小的时候最容易出现。</p></li>"),
        ("<ul>{}</ul>", "<li>{a}<i><b>2026</b>-<b>11</b>-<b>2{n}</b></i></li>"),
        ("<ul>{}</ul>", "<li>{a}<i><b>2026</b>年<b>11</b>月<b>2{n}</b>日</i></li>"),
        ("<h3>2026 年 11 月（4）</h3><ul>{}</ul>", "<li>2{n}日: {a} <em>(3)</em></li>"),
        ("<ul>{}</ul>", "<li><a href='/n/{n}.html' title='标题：{title}&#10;发布时间：2026-11-2{n}'>{title}</a></li>"),
        ("<h2>2026年</h2><ul>{}</ul>", "<li>{a}<span>11-2{n}</span></li>"),
        ("<h2>2026年11月</h2><ul>{}</ul>", "<li>{a}<span>2{n}日</span></li>"),
    ],
)  # fmt: skip
def test_the_day_with_a_link_is_found_in_each_shape(site: Site, around: str, row: str) -> None:
    articles(site)
    assert taken(site, around.format(listing(row)))[0] == DAYS


@pytest.mark.parametrize(
    "row",
    [
        "<li>{a}<span>截至2026-11-25</span><span>发布：2026-11-2{n}</span></li>",
        "<li>{a}<span>活动时间：2026-11-25</span><span>2026-11-2{n}</span></li>",
        "<li>{a}<span>报名截止 2026-11-25</span> <span>发布日期 2026-11-2{n}</span></li>",
        "<li>{a}<p>讲座时间：2026年11月25日 发布时间：2026年11月2{n}日</p></li>",
        "<li>{a}<i>活动时间：</i><i>2026-11-25</i><i>发布时间：</i><i>2026-11-2{n}</i></li>",
        "<li>{a}<i>最后回复：2026-11-26</i><i>2026-11-2{n}</i></li>",
        "<li>{a}<i>成文日期</i><i>2026-11-15</i><i>发布日期</i><i>2026-11-2{n}</i></li>",
        "<li>{a}<p>时间：2026年11月25日 14:00</p><p>地点：市科技馆</p><em>2026-11-2{n}</em></li>",
        "<li>{a}<p>2026年11月10日上午，市科协在江边举行科普活动，百余人参加。</p><em>11-2{n}</em></li>",
    ],
)
def test_of_several_days_in_a_row_that_of_publishing_counts(site: Site, row: str) -> None:
    articles(site)
    assert taken(site, f"<ul>{listing(row)}</ul>")[0] == DAYS


@pytest.mark.parametrize(
    "row",
    [
        "<li>{a}<span>报名截止：2026-11-2{n}</span></li>",
        "<li>{a}<span>截止日期：2026-11-2{n}</span></li>",
        "<li>{a}<span>会议时间 2026-11-2{n}</span></li>",
        "<li>{a}<span>举办时间：11月2{n}日</span></li>",
        "<li>{a}<span>2026-11-2{n}至2026-11-30</span></li>",
        "<li>{a}<i>报名截止时间</i><i>2026-11-2{n}</i></li>",
        "<li>{a}<span>展览时间：2026-11-2{n}</span></li>",
        "<li>{a}<span>生效日期 2026-11-2{n}</span></li>",
        "<li>{a}<span>（2026-11-2{n}截止）</span></li>",
        "<li>{a}<span>2026年11月2{n}日前报名</span></li>",
        "<li>{a}<span>11月2{n}日起</span></li>",
        "<li>{a}<!-- 2026-11-2{n} --><style>/* 2026-11-2{n} */</style></li>",
        "<li>{a}<span>评分 8.5</span></li>",
        "<li>{a}<span>2{n}</span><span>Marketing</span></li>",
        "<li>{a}<span>¥11.2{n}</span></li>",
        "<li>{a}<span>阅读 1121</span></li>",
        "<li>{a}<span>编号 2026{n}</span></li>",
        "<li>{a}<p>2019年1月1{n}日起看雾凇要趁早</p></li>",
    ],
)
def test_a_day_of_something_else_is_none(site: Site, row: str) -> None:
    articles(site)
    assert taken(site, f"<ul>{listing(row)}</ul>")[0] == ["", "", ""]


def rows(first: int, row: str) -> str:
    """The rows of articles from that number on; of the first of three one, of the second two."""
    chosen = list(enumerate(TITLES, 1))[first - 1 : 1 if first == 1 else None]
    return "".join(row.replace("{a}", A).format(n=n, title=title) for n, title in chosen)


@pytest.mark.parametrize(
    "columns",
    ["<th>标题</th><th>截止日期</th><th>发布日期</th>", "<td>活动名称</td><td>活动时间</td><td>发布</td>"],
)
def test_the_first_row_of_a_table_says_which_of_two_days_is_of_publishing(site: Site, columns: str) -> None:
    articles(site)
    row = listing("<tr><td>{a}</td><td>2026-11-25</td><td>2026-11-2{n}</td></tr>")
    assert taken(site, f"<table><tr>{columns}</tr>{row}</table>")[0] == DAYS


def test_a_column_of_lectures_holds_no_day_of_publishing(site: Site) -> None:
    articles(site)
    row = listing("<tr><td>{a}</td><td>2026-11-2{n}</td></tr>")
    assert taken(site, f"<table><tr><th>题目</th><th>讲座时间</th></tr>{row}</table>")[0] == ["", "", ""]


@pytest.mark.parametrize(
    "around",
    [
        "<h2>2024年</h2><ul>{}</ul>",
        "<h2>2024年科普动态</h2><ul>{}</ul>",
        "<div><b>2024年</b></div><div><ul>{}</ul></div>",
        "<h2>2024年</h2><h3>11月</h3><ul>{}</ul>",
        "<div><p>2024年</p>{}</div>",
    ],
)
@pytest.mark.parametrize("row", ["<li>{a}<span>11-2{n}</span></li>", "<p>11月2{n}日 {a}</p>"])
def test_rows_under_the_heading_of_a_year_are_of_that_year(site: Site, around: str, row: str) -> None:
    articles(site)
    assert whole_days(site, around.format(listing(row))) == [f"2024-{day}" for day in DAYS]


def whole_days(site: Site, html: str) -> list[str]:
    source = WebPage(WebPageSettings(url=site.put("/list/", html)), HttpClient(now=lambda: NOW))
    days = [item.published_at for item in source.parse(source.fetch(None)).items]
    return [at.astimezone(BEIJING).strftime("%Y-%m-%d") if at else "" for at in days]


@pytest.mark.parametrize("row", ["<li><i>2{n}</i>{a}</li>", "<li><i>2{n}日</i>{a}</li>"])
def test_each_month_has_its_own_rows(site: Site, row: str) -> None:
    articles(site)
    html = f"<h3>2026年10月</h3><ul>{rows(1, row)}</ul><h3>2025年11月</h3><ul>{rows(2, row)}</ul>"
    assert whole_days(site, html) == ["2026-10-21", "2025-11-22", "2025-11-23"]


def test_numbers_of_rows_under_a_month_are_no_days(site: Site) -> None:
    articles(site)
    row = listing("<tr><td>{n}</td><td>{a}</td></tr>")
    assert taken(site, f"<h3>2026年11月</h3><table>{row}</table>")[0] == ["", "", ""]


@pytest.mark.parametrize(
    ("day", "row"),
    [
        ("<h3>2026年11月{day}日</h3><ul>{rows}</ul>", "<li>{a}</li>"),
        ("<h4>11月{day}日 星期五</h4>{rows}", "<p>{a}</p>"),
        ("<dt>2026-11-{day}</dt>{rows}", "<dd>{a}</dd>"),
    ],
)
def test_a_day_may_stand_as_a_heading_above_several_rows(site: Site, day: str, row: str) -> None:
    articles(site)
    html = day.format(day=21, rows=rows(1, row)) + day.format(day=22, rows=rows(2, row))
    assert taken(site, f"<dl>{html}</dl>")[0] == ["11-21", "11-22", "11-22"]


def test_a_day_below_several_rows_is_nobodys(site: Site) -> None:
    articles(site)
    html = f"<ul>{rows(2, '<li>{a}</li>')}</ul><p>2026-11-21</p><ul>{rows(1, '<li>{a}</li>')}</ul><p>2026-11-22</p>"
    assert taken(site, html)[0][:2] == ["", ""]


def test_a_day_below_the_last_of_flat_rows_alone_is_none_of_its_own(site: Site) -> None:
    articles(site)
    assert taken(site, f"<div>{listing('<p>{a}</p>')}<p>版权所有 2026-11-01</p></div>")[0] == ["", "", ""]
    assert taken(site, f"<div><p>2026-11-20</p>{listing('<p>{a}</p>')}</div>")[0] == ["", "", ""]


def test_a_day_both_above_and_below_flat_rows_is_nobodys(site: Site) -> None:
    articles(site)
    assert taken(site, f"<div><p>2026-11-20</p>{listing('<p>{a}</p>')}<p>更新 2026-11-25</p></div>")[0] == ["", "", ""]
