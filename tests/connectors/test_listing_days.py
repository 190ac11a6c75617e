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
        "<li>{a}<span>阅读 1121</span></li>",
        "<li>{a}<span>编号 2026{n}</span></li>",
        "<li>{a}<p>2019年1月1{n}日起看雾凇要趁早</p></li>",
    ],
)
def test_a_day_of_something_else_is_none(site: Site, row: str) -> None:
    articles(site)
    assert taken(site, f"<ul>{listing(row)}</ul>")[0] == ["", "", ""]


def test_rows_under_the_heading_of_a_year_are_of_that_year(site: Site) -> None:
    articles(site)
    row = listing("<li>{a}<span>11-2{n}</span></li>")
    url = site.put("/list/", f"<h2>2024年</h2><ul>{row}</ul>")
    source = WebPage(WebPageSettings(url=url), HttpClient(now=lambda: NOW))
    days = [item.published_at for item in source.parse(source.fetch(None)).items]
    assert [at.astimezone(BEIJING).strftime("%Y-%m-%d") for at in days if at] == [f"2024-{day}" for day in DAYS]


def test_a_day_both_above_and_below_flat_rows_is_nobodys(site: Site) -> None:
    articles(site)
    assert taken(site, f"<div><p>2026-11-20</p>{listing('<p>{a}</p>')}<p>更新 2026-11-25</p></div>")[0] == ["", "", ""]
