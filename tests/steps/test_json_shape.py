"""An unknown JSON answer: its lists and fields are shown, and what is what is told by names and by content."""

from __future__ import annotations

import pytest

from steps.json_shape import paging, proposed, shape

PIECES = [
    {
        "bt": f"冬天的松花江为什么不结冰（{number}）",
        "dz": f"/kp/2026/{number}.html",
        "fb": f"2026-11-2{number} 08:30:00",
        "nr": "<p>上游水库放出的水有四摄氏度。</p>",
        "tp": [{"src": f"https://img.example/{number}.jpg"}],
        "lm": {"mc": "科普"},
        "zan": number,
    }
    for number in range(1, 6)
]
ANSWER = {"code": 0, "data": {"rows": PIECES, "tags": [{"id": 1}, {"id": 2}]}}


def test_fields_with_names_that_say_nothing_are_told_by_what_stands_in_them() -> None:
    found = proposed(ANSWER, "https://a.example/api?page=1&size=20")
    assert found == {
        "items": "data.rows",
        "title": "bt",
        "link": "dz",
        "date": "fb",
        "body": "nr",
        "pictures": "tp.0.src",
        "page_param": "page",
        "first_page": 1,
    }


def test_names_come_before_content_and_content_fills_the_rest() -> None:
    named = [{"title": piece["bt"], **piece} for piece in PIECES]
    found = proposed({"list": named}, "https://a.example/api")
    assert (found["items"], found["title"], found["link"], found["date"]) == ("list", "title", "dz", "fb")


@pytest.mark.parametrize(
    "said", [{}, [], {"code": 1}, [1, 2], {"data": [{"a": 1}, {"a": 2}]}, {"data": [{}]}, "x", None]
)
def test_what_holds_no_articles_gives_no_proposal(said: object) -> None:
    assert proposed(said, "https://a.example/api") == {}


def test_a_group_of_fields_is_no_text_and_a_summary_no_title() -> None:
    grouped = [
        {"title": piece["bt"], "laiyuan": {"mc": "北纬43度星空"}, "jj": f"{number}：{'上游的水库冬天也放水。' * 3}"}
        for number, piece in enumerate(PIECES)
    ]
    found = proposed(grouped, "https://a.example/")
    assert found == {"items": "", "title": "title", "source": "laiyuan.mc", "summary": "jj"}
    untold = [{"bt": each["title"], "jj": each["jj"], "dz": f"/{number}"} for number, each in enumerate(grouped)]
    found = proposed(untold, "https://a.example/")
    assert (found["title"], found["summary"]) == ("bt", "jj")


def test_the_lists_and_the_fields_of_one_are_shown_with_examples() -> None:
    found = shape(ANSWER)
    assert (found.items, found.lists) == ("data.rows", (("data.rows", 5), ("data.tags", 2)))
    samples = {each.path: each.sample for each in found.fields}
    assert samples["bt"] == "冬天的松花江为什么不结冰（1）"
    assert samples["lm.mc"] == "科普"
    assert samples["tp.0.src"] == "https://img.example/1.jpg"
    assert [each.path for each in shape(ANSWER, "data.tags").fields] == ["id"]
    assert shape(ANSWER, "nothing").items == "data.rows"
    assert shape({"a": 1}).lists == ()


def test_an_answer_that_is_the_list_itself_has_an_empty_path() -> None:
    assert proposed(PIECES, "https://a.example/")["items"] == ""
    assert shape(PIECES).lists == (("", 5),)


def test_a_field_that_says_the_same_everywhere_is_neither_title_nor_address() -> None:
    same = [{"lanmu": "科普知识栏目", "home": "https://a.example/", **piece} for piece in PIECES]
    found = proposed(same, "https://a.example/")
    assert (found["title"], found["link"]) == ("bt", "dz")


def test_an_endless_answer_is_looked_at_in_part() -> None:
    deep: dict[str, object] = {"x": 1}
    for _ in range(200):
        deep = {"inner": deep}
    wide = [{f"field{number}": "a" * 10_000 for number in range(500)} for _ in range(300)]
    assert proposed(deep, "https://a.example/") == {}
    found = shape(wide)
    assert len(found.fields) <= 40
    assert all(len(each.sample) <= 60 for each in found.fields)


@pytest.mark.parametrize(
    ("query", "turns"),
    [
        ("page=1", {"page_param": "page", "first_page": 1}),
        ("pageNo=0&pageSize=20", {"page_param": "pageNo", "first_page": 0}),
        ("offset=0&limit=20", {"page_param": "offset", "first_page": 0, "page_step": 20}),
        ("offset=0", {}),
        ("channel=12&page=last", {}),
        ("", {}),
    ],
)
def test_how_pages_are_turned_is_told_by_the_address(query: str, turns: dict[str, object]) -> None:
    assert paging(f"https://a.example/api?{query}") == turns
