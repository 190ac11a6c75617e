"""What tells a text's form: weights in a file, summed over words, title and characters."""

from __future__ import annotations

from tagging import TaggedText, Tagger
from tagging.forms import FormWeights, Marks


def test_marks_add_up_each_place_by_its_number() -> None:
    weights = FormWeights(["word 记者 2.00 -1.00 -3.00", "title 怎么 -1.00 4.00 0.50", "shape always 0.50 -0.50 -1.00"])
    points = weights.points(Marks({"记者", "报道", "了", "的"}, {"怎么"}, set(), {"always": 1.0}))
    assert {form: round(value, 3) for form, value in points.items()} == {
        "news": 0.5 + 2 / 2 - 0.7,
        "science": round(-0.5 - 1 / 2 + 0.7 * 4, 3),
        "debunk": round(-1 - 3 / 2 + 0.7 * 0.5, 3),
        "other": 0.0,
    }


def test_sums_of_many_negative_weights_do_not_spill_into_the_next_form() -> None:
    lines = [f"word w{number} -30.00 30.00 -30.00" for number in range(100)]
    points = FormWeights(lines).points(Marks({f"w{number}" for number in range(100)}, set(), set(), {}))
    assert [round(points[form]) for form in ("news", "science", "debunk", "other")] == [-300, 300, -300, 0]


def test_the_words_that_decided_the_form_are_named(tagger: Tagger) -> None:
    text = "雪花由许多冰晶组成，光线在晶面上反复散射，各种颜色混在一起就成了白色。"
    result = tagger.tag(TaggedText("1", "为什么雪是白的", text))
    words = result.reasons[-1].partition("依据：")[2].split("、")
    assert result.kind == "science"
    assert len(words) == 3
    assert all(word in text for word in words)


def test_plain_reports_without_any_agency_are_news(tagger: Tagger) -> None:
    result = tagger.tag(
        TaggedText("1", "小镇图书室搬进老粮站", "粮仓刷了白墙，三千册书上了架。管理员老徐说，周末来了六十多个孩子。")
    )
    assert result.kind == "news"
