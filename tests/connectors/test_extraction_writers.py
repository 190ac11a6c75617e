"""Who wrote a page where departments, photographers, several reporters or nobody in particular stand beside the names."""

from __future__ import annotations

import pytest

from connectors.extraction import Extracted, extract
from connectors.extraction.names import author_in, is_person

FIRST = "入冬以后，松花江畔的雾凇一天比一天浓，气象台的值班员每天清晨都要到江边去看一看，记下温度和风向。"
SECOND = "专家介绍，雾凇并不是冰，也不是雪，它是过冷的水滴碰到物体后冻结而成的，风小的时候最容易出现。"
TITLE = "雾凇是怎样形成的"


def read(info: str = "", end: str = "", *, above: str = "", below: str = "") -> Extracted:
    return extract(
        f"<html><head><title>{TITLE}</title></head><body>{above}<h1>{TITLE}</h1><div>{info}</div>"
        f"<div class=content><p>{FIRST}</p><p>{SECOND}</p>{end}</div>{below}</body></html>"
    )


@pytest.mark.parametrize(
    "end",
    [
        "<p>作者：李春梅</p>",
        "<p>（作者：李春梅）</p>",
        "<p>（作者李春梅系江城市气象局高级工程师）</p>",
        "<p><a href=1.html>上一页</a> <a href=1.html>1</a> 2</p><p>作者：李春梅</p>",
        "<p>作者：李春梅</p><p><a href=1.html>上一页</a> <a href=1.html>1</a> 2</p><p>责任编辑：张强</p>",
    ],
)
def test_an_author_below_the_text_is_found(end: str) -> None:
    assert read(end=end).author == "李春梅"


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("文/张三丰 图/李四光", "张三丰"),
        ("图/李四光 文/张三丰", "张三丰"),
        ("（文/张三丰 图/李四光）", "张三丰"),
        ("文｜张三丰 图｜李四光", "张三丰"),
        ("文字：张三丰 图片：李四光", "张三丰"),
        ("撰文/张三丰 摄影/李四光", "张三丰"),
        ("插画：李四光 撰文：张三丰", "张三丰"),
        ("张三丰/文 李四光/图", "张三丰"),
        ("记者 张三丰/文 李四光/图", "张三丰"),
        ("文/张三丰、刘明 图/李四光、赵强", "张三丰 刘明"),
        ("文/记者 张三丰 通讯员 王春梅 图/记者 李四光", "张三丰 王春梅"),
        ("图/李四光 作者：张三丰", "张三丰"),
        ("记者 张三丰 摄影 李四光", "张三丰"),
        ("图/李四光", ""),
        ("摄影：李四光", ""),
        ("新华社记者李四光摄", ""),
        ("图：李四光 编辑：管理员", ""),
        ("图：李四光 编辑：王五一", "王五一"),
        ("文/图 张三丰", "张三丰"),
        ("图/文：张三丰", "张三丰"),
        ("图、文/张三丰", "张三丰"),
        ("图文/张三丰", "张三丰"),
        ("摄影/文字：张三丰", "张三丰"),
    ],
)
def test_who_took_the_photographs_is_neither_author_nor_editor(line: str, author: str) -> None:
    assert read(f"<p>{line}</p>").author == author
    assert read(end=f"<p>{line}</p>").author == author


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("供稿单位：江城市气象局", "江城市气象局"),
        ("供稿单位：儿科 发布时间：2026-11-20", "儿科"),
        ("投稿单位：江城市中医院 供稿人：李春梅", "江城市中医院"),
        ("供稿：江城市气象局", "江城市气象局"),
        ("来源：江城日报 供稿单位：江城市气象局", "江城日报"),
        ("来源：本站 供稿单位：江城市气象局", "江城市气象局"),
        ("供稿：宣传科", ""),
        ("供稿：李春梅", ""),
        ("供稿单位：管理员", ""),
        ("供稿单位：李春梅", ""),
    ],
)
def test_who_sent_a_piece_in_is_its_source(line: str, source: str) -> None:
    assert read(f"<p>{line}</p>").source_name == source
    assert read(end=f"<p>{line}</p>").source_name == source


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("作者：消化内科 王春梅", "王春梅"),
        ("作者：消化内科 王某某", "王某某"),
        ("作者：消化内科王春梅", "王春梅"),
        ("作者：儿科医生张强", "张强"),
        ("作者：急诊科护士 刘明", "刘明"),
        ("作者：王春梅（消化内科）", "王春梅"),
        ("作者：张强 宣传科", "张强"),
        ("作者：宣传科/张强", "张强"),
        ("作者：江城市人民医院 心内科 主任医师 张强", "张强"),
        ("作者：江城市气象局 张强", "张强"),
        ("供稿：宣传科 张某", "张某"),
        ("供稿：心内科 张强 刘明", "张强 刘明"),
        ("供稿人：宣传科 张强 审核：刘明", "张强"),
        ("文/宣传科 张强", "张强"),
        ("记者：应急办 张强", "张强"),
        ("（儿科 李某）", "李某"),
        ("（儿科 李春梅 张强）", "李春梅 张强"),
        ("（江城市人民医院 儿科 李春梅）", "李春梅"),
        ("（儿科李春梅）", "李春梅"),
        ("（宣传科 张强 供稿）", "张强"),
        ("作者：王登科", "王登科"),
        ("作者：李科", "李科"),
        ("作者：罗科苏盈", "罗科苏盈"),
        ("（内科 高血压）", ""),
        ("（内科康复）", ""),
        ("（儿科 周一）", ""),
        ("（儿科 周一门诊）", ""),
        ("（江城大学高级）", ""),
        ("（急诊科 安全用药）", ""),
    ],
)
def test_where_somebody_works_is_no_part_of_the_name(line: str, author: str) -> None:
    assert author_in([line]) == author


@pytest.mark.parametrize(
    "nobody",
    [
        "管理员",
        "网站管理员",
        "超级管理员",
        "系统管理员",
        "admin",
        "Administrator",
        "root",
        "应急办",
        "局办",
        "党办",
        "办公室",
        "本站",
        "本网",
        "本馆",
        "发布员",
        "信息员",
        "编辑部",
        "小编",
        "本网编辑",
        "宣传科",
        "儿科",
        "口腔科",
        "康复科",
        "安全科",
        "计划财务处",
        "通讯组",
        "江城应急",
        "江城科普",
        "高血压",
    ],
)
def test_offices_and_accounts_of_the_site_are_nobodys_names(nobody: str) -> None:
    assert not is_person(nobody)
    for label in ("作者", "发布者", "供稿", "记者", "编辑", "责任编辑"):
        assert read(f"<p>{label}：{nobody} 2026-11-20</p>").author == ""


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("记者 张三丰 李四光 通讯员 王春梅", "张三丰 李四光 王春梅"),
        ("记者：张三丰 李四光 通讯员：王春梅", "张三丰 李四光 王春梅"),
        ("本报记者张三丰、李四光", "张三丰 李四光"),
        ("（本报记者 张三丰 实习生 王春梅）", "张三丰 王春梅"),
        ("（记者张三丰 见习记者李四光）", "张三丰 李四光"),
        ("全媒体记者 张三丰 李四光 通讯员 王春梅 刘明 编辑 赵强", "张三丰 李四光 王春梅 刘明"),
        ("■ 本报记者 张三丰 ■ 通讯员 王春梅", "张三丰 王春梅"),
        ("记者在现场看到", ""),
        ("记者 从市气象局获悉", ""),
    ],
)
def test_all_reporters_are_named_in_their_order(line: str, author: str) -> None:
    assert author_in([line]) == author


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("<a href=/1>李春梅</a> <time>2026-11-20</time>", "李春梅"),
        ("<a href=/1>李春梅</a> · <time datetime=2026-11-20>3小时前</time>", "李春梅"),
        ("<a href=/c/1>科普</a> <a href=/1>李春梅</a> <time>2026-11-20</time>", "李春梅"),
        ("<span>李春梅</span> <span>2026年11月20日</span>", "李春梅"),
        ("<a href=/author/1>李梅</a> <time>2026-11-20</time>", "李梅"),
        ("<a href=/1>李梅</a> <time>2026-11-20</time>", ""),
        ("<a href=/c/1>高考</a> <time>2026-11-20</time>", ""),
        ("<a href=/c/1>程序员</a> <time>2026-11-20</time>", ""),
        ("<a href=/c/1>马拉松</a> <time>2026-11-20</time>", ""),
        ("<a href=/c/1>陈列馆</a> <time>2026-11-20</time>", ""),
        ("<a href=/author/1>管理员</a> <time>2026-11-20</time>", ""),
        ("<a href=/1>李春梅</a> <a href=/2>张国强</a> <time>2026-11-20</time>", ""),
    ],
)
def test_a_name_before_the_day_next_to_the_headline_is_the_authors(line: str, author: str) -> None:
    assert read(line).author == author


def test_a_name_before_a_day_elsewhere_on_the_page_is_not() -> None:
    line = "<div><a href=/author/1>李春梅</a> <time>2026-11-20</time></div>"
    assert read(below=f"<h3>相关新闻</h3>{line}").author == ""
    assert read(above=f"{line}<ul><li><a href=/>首页</a></li><li><a href=/b>新闻动态</a></li></ul>").author == ""
