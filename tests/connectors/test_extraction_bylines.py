"""Who signed a page, on what day, and under which headline, where a page does not say so in the plain way."""

from __future__ import annotations

from datetime import datetime

import pytest

from connectors.extraction import BEIJING, Extracted, extract
from connectors.extraction.dates import parse_date
from connectors.extraction.names import author_in, is_person

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=BEIJING)
FIRST = "入冬以后，松花江畔的雾凇一天比一天浓，气象台的值班员每天清晨都要到江边去看一看，记下温度和风向。"
SECOND = "专家介绍，雾凇并不是冰，也不是雪，它是过冷的水滴碰到物体后冻结而成的，风小的时候最容易出现。"


def read(
    info: str = "", *, title: str = "雾凇是怎样形成的", heading: str = "", end: str = "", below: str = ""
) -> Extracted:
    return extract(
        f"<html><head><title>{title}</title></head><body><h1>{heading or title}</h1><div>{info}</div>"
        f"<div class=content><p>{FIRST}</p><p>{SECOND}</p>{end}</div>{below}</body></html>",
        now=NOW,
    )


def day(found: Extracted) -> str:
    return found.published_at.astimezone(BEIJING).strftime("%Y-%m-%d") if found.published_at else ""


# ---------------------------------------------------------------- days


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("其它内容 十一月 6th, 2009", "2009-11-06"),
        ("十二月 21, 2014 下午 3:05", "2014-12-21"),
        ("一月 1st, 2020", "2020-01-01"),
    ],
)
def test_a_month_in_chinese_may_stand_before_an_english_day(written: str, expected: str) -> None:
    moment = parse_date(written)
    assert moment
    assert moment.at.astimezone(BEIJING).strftime("%Y-%m-%d") == expected
    assert day(read(f"<p>{written}</p>")) == expected


@pytest.mark.parametrize(
    "boxes",
    [
        "<div>21</div><div>2024年02月</div>",
        "<b></b><p>2024-02</p><p>21日</p>",
        "<div>2024</div><div>02/21</div>",
        "<span>21</span><em>2024-02</em>",
        "<span>21</span><span>2024.02</span>",
        "<b>21</b>/2024.02",
        "<p>21/2024.02</p>",
        "<span>02-21</span> <span>2024</span>",
        "<i>2024</i><i>02-21</i><span>浏览</span><span>25</span>",
    ],
)
def test_a_day_may_stand_beside_its_month_or_year_in_a_box_of_its_own(boxes: str) -> None:
    later = "<h3>相关推荐</h3><ul><li><a href=a>江边又见雾凇</a><time>2025年06月26日</time></li></ul>"
    assert day(read(f"{boxes}<div>分享</div>", below=later)) == "2024-02-21"


def test_how_many_pieces_a_month_has_in_an_archive_is_no_day() -> None:
    archive = "<ul><li><a href=a>2004年12月</a> (1)</li><li><a href=b>2005年1月</a> (5)</li></ul>"
    assert day(read(f"{archive}<p>2024-02-21 10:00</p>")) == "2024-02-21"


def test_a_number_beside_a_month_far_from_the_text_is_no_day() -> None:
    menu = "".join(f"<p>栏目{number}</p>" for number in range(20))
    assert day(read(f"<div>21</div><div>2024年02月</div>{menu}")) != "2024-02-21"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("2026年11月26日地震速报", "2026-11-26"),
        ("吉林省2026年11月25日疫情通报", "2026-11-25"),
        ("1976年7月28日唐山大地震亲历者的回忆", ""),
        ("2026年12月20日天气预报", ""),
        ("2026年11月1日至2026年11月20日病虫害周报", ""),
    ],
)
def test_a_bulletin_without_another_date_is_of_the_day_in_its_headline(title: str, expected: str) -> None:
    assert day(read(title=title)) == expected


def test_the_line_below_the_headline_goes_before_the_day_in_it() -> None:
    assert day(read("发布时间：2026-11-25 09:00", title="2026年11月24日地震速报")) == "2026-11-25"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("时间：11月26日", "2026-11-26"),
        ("时间：11月25日", "2026-11-25"),
        ("时间：11月27日", ""),
        ("时间：12月3日", ""),
        ("时间：12月20日", "2025-12-20"),
    ],
)
def test_a_day_without_a_year_is_past_or_a_year_ago_but_tomorrow_is_neither(written: str, expected: str) -> None:
    assert day(read(f"<p>{written}</p>")) == expected


def test_the_day_of_publishing_goes_before_that_of_signing_on_its_line() -> None:
    line = "索引号：0131 发文机关：某某科协 成文日期：2026年11月20日 发布日期：2026年11月25日"
    assert day(read(f"<p>{line}</p>")) == "2026-11-25"


# ---------------------------------------------------------------- people


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2020-10-04 15:05聯合報 記者林宸安／即時報導", "林宸安"),
        ("〔記者巫其安／台北報導〕", "巫其安"),
        ("上報快訊／范姜佳安 2020年03月12日 20:19:00", "范姜佳安"),
        ("（羅安）", "羅安"),
        ("作者：某某大学历史学院郭安", "郭安"),
        ("来源：某某新闻 2017-02-26 作者：吉林省气象台李安", "李安"),
        ("作者：中国科学院大学", ""),
        ("来源：某某之家作者：骑安责编：骑安", "骑安"),
        ("作者：李安来源：某某网", "李安"),
    ],
)
def test_people_are_named_in_the_ways_of_papers(line: str, expected: str) -> None:
    assert author_in([line]) == expected


def test_a_paper_named_as_author_in_traditional_characters_is_no_person() -> None:
    assert not any(map(is_person, ["經濟日報", "中央氣象廳", "聯合新聞", "某某大學"]))


# ---------------------------------------------------------------- headlines


def test_the_name_of_an_office_is_no_headline_though_the_headline_begins_with_it() -> None:
    headline = "某某省淡水水产研究所召开干部职工大会"
    found = extract(
        "<html><head><title>某某省淡水水产研究所</title></head><body><div><a href=/>首页</a></div>"
        f"<div>{headline}</div><div>21</div><div>2024年02月</div>"
        f"<div class=content><p>{FIRST}</p><p>{SECOND}</p></div></body></html>",
        now=NOW,
    )
    assert found.title == headline


def test_what_a_page_title_adds_from_the_text_is_left_out() -> None:
    about = "有人分不清它们。其实一看就明白，往下读就知道两者差在哪"
    found = read(title=f"雾凇与雨凇的亲密关系{about} - 某站", heading="雾凇与雨凇的亲密关系")
    assert found.title == "雾凇与雨凇的亲密关系"


def test_the_first_half_of_a_headline_is_completed_by_the_page_title() -> None:
    assert (
        read(title="松花江畔雾凇正浓游客纷至沓来", heading="松花江畔雾凇正浓").title == "松花江畔雾凇正浓游客纷至沓来"
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("来源：江城日报 作者：李 明 王 强", "李明 王强"),
        ("□本报记者 杨 仑", "杨仑"),
        ("作者：李\u3000明", "李明"),
        ("记者/张磊 编辑/李四 2026-11-25", "张磊"),
        ("作者：李明\u3000科普作者", "李明"),
        ("作者：李明 江城大学教授", "李明"),
        ("作者：科普作者 李明", "李明"),
        ("作者：Dr. Jane Smith", "Dr. Jane Smith"),
        ("作者：李明 王一多", "李明 王一多"),
        ("图 文 李明", ""),
    ],
)
def test_names_are_read_whole_and_without_what_stands_beside_them(line: str, expected: str) -> None:
    assert author_in([line]) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("来源：综合自央视新闻、江城日报", "央视新闻、江城日报"),
        ("来源：整理自江城日报", "江城日报"),
        ("来源：综合", ""),
    ],
)
def test_what_a_piece_was_gathered_from_is_its_source(line: str, expected: str) -> None:
    assert read(f"<p>{line}</p>").source_name == expected


# ---------------------------------------------------------------- headlines that no heading shows

MENU = "<div><a href=/>首页</a><a href=/a>新闻</a><a href=/b>科普</a></div>"
LONG_TITLE = "松花江畔的雾凇是怎样一夜之间形成的"
NAME_OF_SITE = "江城科普网"


def headline(title: str, shown: str) -> str:
    return extract(
        f"<html><head><title>{title}</title></head><body>{MENU}{shown}<div class=content><p>{FIRST}</p><p>{SECOND}</p></div>"
        "</body></html>",
        now=NOW,
    ).title


def test_the_words_of_a_menu_are_no_headline() -> None:
    assert headline("", "") == ""
    assert headline("江城科协代表大会召开 新闻中心 江城科学技术协会", "<h1></h1>").startswith("江城科协代表大会召开")


@pytest.mark.parametrize("paper", ["江科协发〔2026〕12号", "（2026）3号", "江科发[2026]第7号"])
def test_the_number_of_a_paper_is_no_headline(paper: str) -> None:
    shown = f"<h4>{LONG_TITLE}</h4><p>{paper}</p>"
    assert headline("江城科协-通知公告", shown) == LONG_TITLE


@pytest.mark.parametrize("title", [NAME_OF_SITE, f"{LONG_TITLE}_{NAME_OF_SITE}"])
@pytest.mark.parametrize("look", ["<font size=5><b>{}</b></font>", "<strong>{}</strong>"])
def test_a_headline_in_two_lines_is_one(title: str, look: str) -> None:
    shown = "<p align=center>" + look.format(f"{LONG_TITLE[:8]}<br>{LONG_TITLE[8:]}") + "</p>"
    assert headline(title, shown) == LONG_TITLE


def test_the_line_of_publishing_is_no_second_half_of_a_headline() -> None:
    assert headline(NAME_OF_SITE, f"<p>{LONG_TITLE}<br>2026-11-20 10:00</p>") == LONG_TITLE
    assert headline(NAME_OF_SITE, f"<p><b>{LONG_TITLE}<br>2026-11-20 10:00</b></p>") == LONG_TITLE


@pytest.mark.parametrize(
    ("end", "author"),
    [
        ("<p>心内科 李春梅 主任医师</p>", "李春梅"),
        ("<p>市农科院玉米所 赵国庆 研究员</p><p>2026年11月20日</p>", "赵国庆"),
        ("<p>心内科 门诊时间 主任医师</p>", ""),
    ],
)
def test_who_signs_below_a_text_with_place_and_title_wrote_it(end: str, author: str) -> None:
    assert read(end=end).author == author


def test_an_english_by_line_is_no_part_of_the_text() -> None:
    found = read(info="<p>By Li Na</p>")
    assert (found.author, found.text) == ("Li Na", f"{FIRST}\n{SECOND}")
