"""What tells a text's form: weights in a file, summed over words, title and characters."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.kind_words import examples
from benchmarks.tagging_gold import kind_only_texts, labelled_real_texts, own_texts, part_of, unseen_texts
from benchmarks.tagging_texts import text_hash
from tagging import TaggedText, Tagger
from tagging.counting import WordNumbers
from tagging.forms import FORMS, MEASURES, FormWeights, count_chars

_ALWAYS = [1.0 if measure == "always" else 0.0 for measure in MEASURES]
_NOTHING = [0.0] * len(MEASURES)


def _points(
    weights: FormWeights, texts: list[list[str]], heads: list[int], shapes: list[list[float]]
) -> list[dict[str, float]]:
    words = WordNumbers(weights.words).count(texts)
    points = weights.points(words, count_chars(["".join(text) for text in texts]), heads, shapes)
    return [{form: round(value, 3) for form, value in zip(FORMS, row, strict=True)} for row in points.tolist()]


def test_marks_add_up_each_place_by_its_number() -> None:
    weights = FormWeights(
        [
            *("word 记者 2.00 -1.00 -3.00", "title 怎么 -1.00 4.00 0.50"),
            *("char 报 1.00 0.00 0.00", "shape always 0.50 -0.50 -1.00"),
        ]
    )
    text = ["怎么", "记者", "记者", "报道"]
    told, empty = _points(weights, [text, []], [2, 0], [_ALWAYS, _NOTHING])
    assert told == {
        "news": round(0.5 + 2 / 3**0.5 - 0.7 + 0.7 / 6**0.5, 3),
        "science": round(-0.5 - 1 / 3**0.5 + 0.7 * 4, 3),
        "debunk": round(-1 - 3 / 3**0.5 + 0.7 * 0.5, 3),
        "other": 0.0,
    }
    assert set(empty.values()) == {0.0}


def test_a_text_is_weighed_alike_alone_and_among_others() -> None:
    weights = FormWeights([f"word w{number} {number}.25 -{number}.50 {number}.75" for number in range(30)])
    texts = [[f"w{number}" for number in range(start, 40)] for start in (0, 20, 39, 5)]
    alone = [_points(weights, [text], [0], [_ALWAYS])[0] for text in texts]
    assert _points(weights, texts, [0] * 4, [_ALWAYS] * 4) == alone


def test_the_words_that_decided_the_form_are_named(tagger: Tagger) -> None:
    text = "雪花由许多冰晶组成，光线在晶面上反复散射，各种颜色混在一起就成了白色。"
    title = "为什么雪是白的"
    result = tagger.tag(TaggedText("1", title, text), explain=True)
    words = result.reasons[-1].partition("依据：")[2].split("、")
    assert result.kind == "science"
    assert len(words) == 3
    assert all(word in title + text for word in words)


def test_plain_reports_without_any_agency_are_news(tagger: Tagger) -> None:
    result = tagger.tag(
        TaggedText("1", "小镇图书室搬进老粮站", "粮仓刷了白墙，三千册书上了架。管理员老徐说，周末来了六十多个孩子。")
    )
    assert result.kind == "news"


@pytest.mark.parametrize(
    ("title", "text", "kind"),
    [
        ("关于召开全体教师会议的通知", "各年级组：定于本周五下午四点在报告厅开会，请准时参加，不得请假。", "other"),
        ("转让二手烤箱", "用过三次，九成新，六十块自提，不议价，有意者私信。", "other"),
        (
            "锐评：莫让提醒成了免责声明",
            "短信发了一百条，不如敲一次门。说到底，不能只图自己省心，而不是群众安心。",
            "other",
        ),
        ("“喝汽油能驱虫”靠不住", "这一说法没有依据，喝下去会烧伤食道。", "debunk"),
    ],
    ids=["a notice", "something for sale", "a comment", "a denial"],
)
def test_notices_sales_comments_and_denials_are_told_from_reports(
    tagger: Tagger, title: str, text: str, kind: str
) -> None:
    assert tagger.tag(TaggedText("1", title, text)).kind == kind


def test_nothing_of_the_report_half_nor_of_what_was_set_apart_is_learnt(shared_data: Path) -> None:
    gold = [*own_texts(), *labelled_real_texts(shared_data), *kind_only_texts(shared_data)]
    hidden = {text_hash(text.item) for text in gold if part_of(text.id) == "report"}
    hidden |= {text_hash(text.item) for text in unseen_texts(shared_data)}
    assert len(hidden) > 800
    assert not hidden & {text_hash(item) for item, _, _ in examples(shared_data)}


@pytest.mark.parametrize(
    ("title", "text", "kind"),
    [
        ("关于举办全省科普讲解大赛的通知", "各市（州）科协：定于十二月举办大赛，请各单位派人参加。", "other"),
        ("县科协关于开展科技下乡活动的通知", "各乡镇：活动定于本月下旬开始，请提前安排。", "other"),
        ("关于拟命名科普基地名单的公示", "经评审，拟命名十个单位为科普基地，公示五天。", "other"),
        (
            "省科协印发关于加强基层科普工作的通知",
            "记者今天获悉，省科协日前印发通知，要求各地加强基层科普工作。",
            "news",
        ),
    ],
)
def test_the_paper_of_an_office_is_no_report_but_a_report_of_one_is(
    tagger: Tagger, title: str, text: str, kind: str
) -> None:
    assert tagger.tag(TaggedText("1", title, text)).kind == kind
