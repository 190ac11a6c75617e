"""An article that is a table or a list itself keeps its rows, cells and items in the HTML and in the text."""

from __future__ import annotations

import pytest

from connectors.extraction import Extracted, extract

FIRST = "入冬以后，松花江畔的雾凇一天比一天浓，气象台的值班员每天清晨都要到江边去看一看，记下温度和风向。"
SECOND = "专家介绍，雾凇并不是冰，也不是雪，它是过冷的水滴碰到物体后冻结而成的，风小的时候最容易出现。"
THIRD = "想看雾凇的人最好在日出前后到江边去，那时气温最低，风也最小，枝条上的冰晶还没有被太阳晒落下来。"


def read(content: str, title: str = "雾凇是怎样形成的") -> Extracted:
    return extract(
        f"<html><head><title>{title}</title></head><body><div><a href=/>首页</a></div><h1>{title}</h1>{content}</body></html>",
        "http://www.example.cn/a/1.html",
    )


def row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


RUMOURS = row("谣言", "真相") + row("雾凇就是霜。", FIRST) + row("雾凇就是雪。", SECOND)


def test_an_article_that_is_one_table_keeps_its_rows_and_cells() -> None:
    found = read(f"<div class=content><table border=1>{RUMOURS}</table></div>")
    assert (
        f"<table><tbody><tr><td>谣言</td><td>真相</td></tr><tr><td>雾凇就是霜。</td><td>{FIRST}</td></tr>" in found.html
    )
    assert found.text.startswith("谣言\n真相\n雾凇就是霜。\n")


def test_the_first_cell_of_a_table_is_no_label_above_a_text() -> None:
    days = "".join(row(f"11月{day}日 08:00", "松原", "3.1") for day in range(10, 16))
    found = read(f"<div class=content><table>{row('时间', '地点', '震级')}{days}</table></div>", "近期地震目录")
    assert found.text.startswith("时间\n地点\n震级\n11月10日 08:00\n")
    assert "<td>时间</td><td>地点</td>" in found.html


def test_the_head_of_a_table_belongs_to_it() -> None:
    days = "".join(row(f"11月2{day}日 8:00", "长春市") for day in range(4))
    found = read(
        "<div class=content><table><thead><tr><th>时间</th><th>地点</th></tr></thead>"
        f"<tbody>{days}</tbody></table></div>",
        "停电公告",
    )
    assert found.text.startswith("时间\n地点\n11月20日 8:00\n")
    assert "<thead><tr><th>时间</th><th>地点</th></tr></thead>" in found.html


def test_paragraphs_in_the_rows_of_an_old_page_stay_apart() -> None:
    found = read(f"<table>{row(FIRST)}{row(SECOND)}{row(THIRD)}</table>")
    assert [found.html.count(f"<p>{each}</p>") for each in (FIRST, SECOND, THIRD)] == [1, 1, 1]
    assert "<t" not in found.html


def test_a_table_of_data_in_the_cell_of_an_old_page_stays_one() -> None:
    found = read(f"<table><tr><td>{FIRST}<br><table>{RUMOURS}</table><br>{SECOND}</td><td><br></td></tr></table>")
    assert "<tr><td>谣言</td><td>真相</td></tr>" in found.html


def test_a_list_that_is_the_article_stays_one() -> None:
    items = f"<li>{FIRST}</li><li>{SECOND}</li><li>{THIRD}</li>"
    assert read(f"<ul class=content>{items}</ul>").html == f"<div><ul>{items}</ul></div>"


def test_questions_and_answers_of_a_list_that_is_the_article_stay_so() -> None:
    items = f"<dt>是冰吗？</dt><dd>{FIRST}</dd><dt>是雪吗？</dt><dd>{SECOND}</dd><dt>何时去看？</dt><dd>{THIRD}</dd>"
    assert read(f"<dl class=content>{items}</dl>").html == f"<div><dl>{items}</dl></div>"


def test_a_headline_in_the_first_row_is_no_part_of_the_text() -> None:
    found = read(f"<table>{row('雾凇是怎样形成的', '')}{row('第一天', FIRST)}{row('第二天', SECOND)}</table>")
    assert found.text == f"第一天\n{FIRST}\n第二天\n{SECOND}"
    assert found.html.startswith("<div><table>")


def test_a_picture_and_its_words_in_a_small_table_stay_in_their_order() -> None:
    found = read(f"<div class=content><p>{FIRST}</p><table>{row('江边雾凇')}</table><p>{SECOND}</p></div>")
    assert f"<p>{FIRST}</p>" in found.html
    assert found.html.index("江边雾凇") < found.html.index(SECOND)


# ---------------------------------------------------------------- a text in several boxes

FOURTH = "雾凇也叫树挂，一年里能看到六十多天，当地人说，夜看雾、晨看挂、待到近午赏落花，说的就是它的一天。"
FIFTH = "到江边去要穿防滑的鞋，不要站到冰面上去，也不要折断树枝，拍照的时候请注意脚下的台阶和来往的车辆。"
ALL = [FIRST, SECOND, THIRD, FOURTH, FIFTH]
ADVERT = "<div class=ad><a href=/x>点击查看保暖内衣专场限时优惠</a></div>"


def paragraphs(lines: list[str]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


@pytest.mark.parametrize("between", ["", ADVERT, "<div class=ad><img src=/ad.jpg></div>"])
@pytest.mark.parametrize("first", [1, 2, 4])
@pytest.mark.parametrize("name", ["content", "text", "x1"])
def test_a_text_that_an_advert_cuts_in_two_stays_whole(name: str, first: int, between: str) -> None:
    boxes = [f"<div class={name}>{paragraphs(part)}</div>" for part in (ALL[:first], ALL[first:])]
    assert read(f"<div class=main>{boxes[0]}{between}{boxes[1]}</div>").text.splitlines() == ALL


def test_a_first_paragraph_beside_the_box_of_the_others_is_text() -> None:
    found = read(f"<div class=txt><p>{FIRST}</p><div class=content>{paragraphs(ALL[1:])}</div></div>")
    assert found.text.splitlines() == ALL


@pytest.mark.parametrize("box", ["content", "x1"])
def test_a_first_sentence_that_stands_bare_before_the_box_of_the_others_is_text(box: str) -> None:
    assert read(f"{FIRST}<div class={box}>{paragraphs(ALL[1:])}</div>").text.splitlines() == ALL
    found = read(f"当前位置：首页 > 科普<div class={box}>{paragraphs(ALL)}</div>")
    assert found.text.splitlines() == ALL


def test_lines_about_the_text_beside_its_box_are_not() -> None:
    found = read(
        f"<div class=txt><p>发布时间：2026-11-20 来源：某某网，作者：张明</p><div class=content>{paragraphs(ALL)}</div>"
        "<p>声明：本文来自网络，不代表本站观点，如有侵权请联系我们删除。</p></div>"
    )
    assert found.text.splitlines() == ALL


# ---------------------------------------------------------------- pictures that stand in no element of their own


@pytest.mark.parametrize(
    "box",
    [
        '<div style="width:600px;height:400px;background-image:url(/u/wusong.jpg)"></div>',
        "<div style=\"background: url('/u/wusong.jpg') center / cover no-repeat\"> </div>",
        '<figure><span style="background-image:url(/u/wusong.jpg);background-size:contain"></span></figure>',
        '<div class=pic style="background-image:url(/u/wusong.jpg)"></div>',
    ],
)
def test_a_picture_shown_as_the_background_of_an_empty_box_is_kept(box: str) -> None:
    found = read(f"<div class=content><p>{FIRST}</p>{box}<p>{SECOND}</p></div>")
    assert [picture.url for picture in found.images] == ["http://www.example.cn/u/wusong.jpg"]
    assert found.html.index(FIRST) < found.html.index("wusong.jpg") < found.html.index(SECOND)


@pytest.mark.parametrize(
    "box",
    [
        '<div style="height:400px;background:url(/u/line.png) repeat-x"></div>',
        '<div style="height:20px;background:url(/u/dot.jpg)"></div>',
        '<div class=line style="background-image:url(/u/line.png)"></div>',
        '<div class=head style="background-image:url(/u/page-bg.jpg)"></div>',
        f'<div style="height:400px;background:url(/u/paper.jpg)">{THIRD}</div>',
    ],
)
def test_a_background_that_only_adorns_is_not(box: str) -> None:
    assert not read(f"<div class=content><p>{FIRST}</p>{box}<p>{SECOND}</p></div>").images


@pytest.mark.parametrize("words", ["", "<p>江边雾凇（张明 摄）</p>"])
def test_a_page_of_pictures_alone_gives_them(words: str) -> None:
    found = read(f'<div class=content><img src="/u/1.jpg"><img src="/u/2.jpg">{words}</div>')
    assert [picture.url for picture in found.images] == [f"http://www.example.cn/u/{n}.jpg" for n in (1, 2)]
    assert found.text == ("江边雾凇（张明 摄）" if words else "")
