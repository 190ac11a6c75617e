"""The headline of a page whose own title begins with the site, and lines that only look like an author's."""

from __future__ import annotations

import json

import pytest

from connectors.extraction import Extracted, extract

FIRST = "寒潮到来之前，先把水管包好，再看看窗缝有没有漏风，老人和孩子出门多穿一件，不要在风口久站。"
SECOND = "夜里气温降到零下二十度以下时，车要停在背风的地方，第二天先热车五分钟再上路，慢一点开。"
TITLE = "寒潮来了水管怎么包"


def read(page_title: str, content: str = f"<p>{FIRST}</p><p>{SECOND}</p>", *, head: str = "") -> Extracted:
    return extract(
        f"<html><head><title>{page_title}</title>{head}</head><body><div class=content>{content}</div></body></html>",
        "http://www.example.cn/a/1.html",
    )


@pytest.mark.parametrize(
    "page_title",
    [
        f"松江科普网_{TITLE}",
        f"松江科普网 - {TITLE}",
        f"松江县科技馆 | {TITLE}",
        f"松江科普网-科学生活-{TITLE}",
        f"{TITLE}_松江科普网",
        f"{TITLE}_科学生活_松江县科技馆",
    ],
)
def test_the_name_of_the_site_is_no_part_of_the_headline_wherever_it_stands(page_title: str) -> None:
    assert read(page_title).title == TITLE


def test_a_site_whose_name_is_no_common_one_is_known_by_what_the_page_states() -> None:
    named = '<meta property="og:site_name" content="松江知道">'
    assert read(f"松江知道 | {TITLE}", head=named).title == TITLE
    assert read(f"松江知道 | {TITLE}").title == f"松江知道 | {TITLE}"


def test_a_headline_that_ends_like_the_name_of_an_office_stays_before_its_column() -> None:
    assert read("走进省疾控中心_科普园地").title == "走进省疾控中心"


@pytest.mark.parametrize("line", ["作者：鲁迅的科学观", "作者：一个被忘记的工种", "作者：这支笔的主人"])
def test_a_heading_about_an_author_is_text(line: str) -> None:
    found = read("鲁迅的科学观_松江科普网", f"<p>{line}</p><p>{FIRST}</p><p>{SECOND}</p>")
    assert found.text.splitlines()[0] == line
    assert found.author != "鲁迅的科学观"


@pytest.mark.parametrize("line", ["作者：张小明", "作者：松江县气象局", "作者：欧阳文"])
def test_a_line_with_the_author_is_not(line: str) -> None:
    assert read(TITLE, f"<p>{line}</p><p>{FIRST}</p><p>{SECOND}</p>").text == f"{FIRST}\n{SECOND}"


def test_characters_that_nobody_sees_break_no_headline_that_stands_in_a_script() -> None:
    stored = json.dumps({"title": "寒潮\u200b来了\ufeff水管怎么包", "content": f"<p>{FIRST}</p><p>{SECOND}</p>" * 2})
    found = extract(f"<html><body><div id=app></div><script>window.__STATE__ = {stored}</script></body></html>")
    assert found.title == TITLE
