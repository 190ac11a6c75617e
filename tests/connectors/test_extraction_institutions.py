"""Sites whose pages are all called by the name of an institution, and headlines that only end like such a name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.extraction import extract
from connectors.extraction.institutions import ends_like_one, tells
from connectors.http import HttpClient
from connectors.sources.webpage import WebPage, WebPageSettings
from tests.loopback import Site

NAMES = [
    "松江县科技馆",
    "江城自然博物馆",
    "江城市第一人民医院",
    "省淡水水产研究所",
    "江城市气象学会",
    "江城师范大学",
    "江城市第二实验学校",
    "松江县第三中学",
    "松江县人民政府",
    "江城植物园",
    "江城市机关幼儿园",
    "江城市疾病预防控制中心",
    "松江县气象局",
    "松江水文站",
    "中国科学院江城分院",
    "江城市科学技术协会",
    "江城市消防救援支队",
    "松江县卫健委",
    "江城市图书馆（新馆）",
    "江城天文台",
    "江城科普网",
]
HEADLINES = [
    "市民走进省科技馆",
    "三千学子考入江城大学",
    "省政府成立防汛指挥部",
    "专家团队进驻县人民医院",
    "流感患儿挤满儿童医院",
    "科普大篷车开进乡村学校",
    "万只候鸟飞抵湿地公园",
    "消防演练走进机关幼儿园",
    "百名教授联名致信市政府",
    "谁在守护县气象局",
    "台风过后再访水文站",
    "心脏病患者为何挤满医院",
    "我们为什么需要科技馆",
    "两院士做客市科普中心",
    "春天里的植物园",
    "孩子们爱上社区图书馆",
    "我省新增两家重点实验室",
]
BARE = ["防空警报响彻校园", "大熊猫回家动物园", "太空种子安家农科院", "高三学生圆梦江城大学", "无人机送药直达卫生院"]
"""Headlines without any word that tells them from a name."""
HEADLINE = "秋冬交替时节怎样给老屋的水管保暖"
FIRST = "寒潮到来之前，先把水管包好，再看看窗缝有没有漏风，老人和孩子出门多穿一件，不要在风口久站。"
SECOND = "夜里气温降到零下二十度以下时，车要停在背风的地方，第二天先热车五分钟再上路，慢一点开。"
MENU = (
    "<ul><li><a href=/a>本馆概况</a></li><li><a href=/b>新闻动态</a></li><li><a href=/c>科普园地</a></li></ul>"
    "<div>当前位置：<a href=/>首页</a> &gt; <a href=/b>新闻动态</a></div>"
)
NOW = datetime(2026, 11, 26, tzinfo=UTC)


def page(title: str, shown: str = "") -> str:
    return (
        f"<html><head><title>{title}</title></head><body>{shown}<div>发布时间：2026-11-20 来源：本站</div>"
        f"<div class=content><p>{FIRST}</p><p>{SECOND}</p></div><div>版权所有 {title}</div></body></html>"
    )


def test_names_end_like_institutions_and_tell_nothing_of_them() -> None:
    assert [name for name in NAMES if not ends_like_one(name) or tells(name)] == []
    assert [headline for headline in HEADLINES if not tells(headline)] == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "shown",
    [
        "<h1>{headline}</h1>",
        "<h1>{name}</h1>{menu}<h2>{headline}</h2>",
        "<h1><a href=/>{name}</a></h1>{menu}<div class=tt>{headline}</div>",
        "<div>{name}</div>{menu}<h3>{headline}</h3>",
        "<div>{name}欢迎您</div>{menu}<p><b>{headline}</b></p>",
        "<h2>新闻动态</h2><p><b>{headline}</b></p>",
        "<h1>{name}</h1><div><a href=/>首页</a> <a href=/b>新闻动态</a> <a href=/c>通知公告</a></div><div>{headline}</div>",
    ],
)
def test_the_name_of_an_institution_gives_way_to_the_headline_that_its_page_shows(name: str, shown: str) -> None:
    assert extract(page(name, shown.format(name=name, menu=MENU, headline=HEADLINE))).title == HEADLINE


@pytest.mark.parametrize("name", NAMES)
def test_what_the_page_states_to_machines_goes_before_the_name_that_it_shows(name: str) -> None:
    shown = f"<h1>{name}</h1>{MENU}<meta name=ArticleTitle content='{HEADLINE}'>"
    assert extract(page(name, shown)).title == HEADLINE


@pytest.mark.parametrize("title", ["科普江城·江城市科协主办", "江城市科学技术协会 江城科普", "江城市人民医院 心内科"])
def test_a_title_that_shares_nothing_with_the_heading_above_the_text_gives_way_to_it(title: str) -> None:
    assert extract(page(title, f"{MENU}<h1>{HEADLINE}</h1>")).title == HEADLINE
    assert extract(page(title, f"<h1>{HEADLINE}</h1>{MENU}")).title == title


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_an_institution_behind_a_headline_is_the_sites(name: str) -> None:
    assert extract(page(f"{HEADLINE}-{name}")).title == HEADLINE


@pytest.mark.parametrize("title", ["全国科普日活动纪实 | 市民走进省科技馆", "大国重器 | 江城市第二实验学校"])
def test_the_second_half_of_a_headline_stays(title: str) -> None:
    assert extract(page(title)).title == title


@pytest.mark.parametrize("headline", [*HEADLINES, *BARE])
@pytest.mark.parametrize(
    "shown",
    [
        "<h1>{}</h1>",
        "{menu}<h1>{}</h1>",
        "<h1>松江县科技馆</h1>{menu}<h2>{}</h2>",
        "<h1>{}</h1><h2>——全国科普日活动侧记</h2>",
        "<h2>科技新闻</h2><div class=tt>{}</div>",
        "{menu}<p><b>{}</b></p><div>字号：大 中 小</div>",
        "<h1>{}</h1><div>本馆宣传部供稿</div>",
    ],
)
def test_a_headline_that_ends_like_an_institution_stays_where_the_page_shows_it(headline: str, shown: str) -> None:
    found = extract(page(headline, shown.format(headline, menu=MENU)))
    assert (found.title, found.untitled) == (headline, False)


@pytest.mark.parametrize("headline", HEADLINES)
@pytest.mark.parametrize("shown", ["", MENU, "<h1>松江县科技馆</h1>" + MENU, "<div>科普园地</div>"])
def test_a_headline_that_tells_something_stays_though_the_page_shows_it_nowhere(headline: str, shown: str) -> None:
    assert extract(page(headline, shown)).title == headline


@pytest.mark.parametrize("name", [*NAMES, *HEADLINES, *BARE])
def test_a_title_that_is_all_there_is_stays(name: str) -> None:
    assert extract(page(name, MENU)).title == name


# ---------------------------------------------------------------- the link on the listing


def taken(site: Site, title: str, shown: str, link: str, selector: str = "") -> str:
    site.put("/n/1.html", page(title, shown))
    listing = site.put("/list/", f"<html><title>{title}</title><ul><li><a href=/n/1.html>{link}</a></li></ul></html>")
    source = WebPage(WebPageSettings(url=listing, title=selector), HttpClient(now=lambda: NOW))
    return source.parse(source.fetch(None)).items[0].title


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shown", ["", MENU, "<h1>{}</h1>" + MENU, "<div>{}</div>" + MENU])
def test_without_a_headline_on_the_page_its_link_on_the_listing_has_it(site: Site, name: str, shown: str) -> None:
    assert taken(site, name, shown.format(name), HEADLINE) == HEADLINE


@pytest.mark.parametrize("headline", [*HEADLINES, *BARE])
@pytest.mark.parametrize("shown", ["<h1>{}</h1>", MENU + "<p><b>{}</b></p>"])
def test_a_headline_that_the_page_shows_goes_before_the_link_on_the_listing(
    site: Site, headline: str, shown: str
) -> None:
    assert taken(site, headline, shown.format(headline), HEADLINE) == headline


@pytest.mark.parametrize("headline", HEADLINES)
def test_a_headline_that_tells_something_goes_before_the_link_on_the_listing(site: Site, headline: str) -> None:
    assert taken(site, headline, "", f"[图文]{headline}，这是第一次") == headline


def test_a_link_that_says_less_than_the_title_does_not_take_its_place(site: Site) -> None:
    assert (
        taken(site, "松江县科技馆新馆开放预约服务中心", "", "科技馆新馆开放预约服务")
        == "松江县科技馆新馆开放预约服务中心"
    )


def test_what_a_selector_finds_goes_before_the_link_on_the_listing(site: Site) -> None:
    shown = "<h1>松江县科技馆</h1>" + MENU + "<span class=k>冬天</span>"
    assert taken(site, "松江县科技馆", shown, HEADLINE, ".k") == "冬天"
