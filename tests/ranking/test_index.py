"""The worked numbers of every formula, its edges, and the properties an honest index has."""

from __future__ import annotations

import json
import math
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranking.figures import FiguresError, PostRow, needed, read_figures, sum_up
from ranking.formulas import Formula, FormulaError, Formulas, read_formulas
from ranking.index import IndexValue, evaluate

ROOT = Path(__file__).parents[2]
DATA = tomllib.loads((ROOT / "config" / "indices.toml").read_text(encoding="utf-8"))
FORMULAS = read_formulas(DATA)
PUBLISHED = ROOT.parent / "shared" / "data" / "indices" / "wci_published.json"

WEEK = {
    "days": 7,
    "articles": 14,
    "reads": 42000,
    "looks": 210,
    "likes": 420,
    "shares": 1050,
    "headline_reads": 28000,
    "headline_looks": 140,
    "headline_likes": 280,
    "headline_shares": 700,
    "max_reads": 9000,
    "max_looks": 45,
    "max_likes": 90,
    "max_shares": 225,
}
V2_EXAMPLE = {"R": 10000, "R_over_n": 100, "Rmax": 300, "Z": 4000, "Z_over_n": 40, "Zmax": 60}


def compute(index: str, version: str, data: dict[str, Any]) -> IndexValue:
    formula = FORMULAS.find(index, version)
    return evaluate(formula, read_figures(data, formula))


def for_formula(data: dict[str, Any], formula: Formula) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name in needed(formula)}


@pytest.mark.parametrize(
    ("version", "parts", "inner", "value"),
    [
        ("14.2", (8.084416, 7.391883, 7.679258, 8.489676), 7.945919, 757.651618),
        ("14.2-no-shares", (8.292285, 7.599678, 7.887090, 8.697570), 8.153772, 797.808040),
        ("13.0", (8.250796, 7.558288, 7.845650, 8.656047), 7.962025, 633.938404),
    ],
)
def test_the_worked_week_comes_out_in_every_wci_version(
    version: str, parts: tuple[float, ...], inner: float, value: float
) -> None:
    result = compute("wci", version, WEEK)
    assert [part.value for part in result.parts] == pytest.approx(parts, abs=1e-6)
    assert result.inner == pytest.approx(inner, abs=1e-6)
    assert result.value == pytest.approx(value, abs=1e-6)
    assert result.complete


def test_the_published_example_of_wci_2_comes_out() -> None:
    result = compute("wci", "2.0", V2_EXAMPLE)
    assert [part.value for part in result.parts] == pytest.approx([6.617047, 5.605458], abs=1e-6)
    assert result.value == pytest.approx(411.487508, abs=1e-6)


def test_the_published_file_agrees() -> None:
    if not PUBLISHED.exists():
        pytest.skip("shared/data is not beside this repository")
    example = json.loads(PUBLISHED.read_text(encoding="utf-8"))["exact"][0]
    result = compute("wci", "2.0", example["inputs"])
    assert result.value == pytest.approx(example["expected"], abs=1e-6)
    assert result.inner == pytest.approx(example["intermediate"]["sum"], abs=1e-8)


def test_bci_in_both_forms_comes_out() -> None:
    full = compute(
        "bci",
        "9.0",
        dict(zip(("X1", "X2", "X3", "X4", "X5", "X6", "X7"), (20, 15, 300, 120, 250, 100, 900), strict=True)),
    )
    assert [part.value for part in full.parts] == pytest.approx([2.854169, 5.316074], abs=1e-6)
    assert full.value == pytest.approx(771.790881, abs=1e-6)
    short = compute("bci", "short", {"posts": 20, "reposts": 300, "comments": 120, "likes": 900})
    assert short.value == pytest.approx(809.342974, abs=1e-6)


def test_dci_comes_out() -> None:
    data = {"works": 7, "likes": 5000, "comments": 300, "shares": 400, "new_followers": 150, "followers": 20000}
    result = compute("dci", "1", data)
    assert [part.value for part in result.parts] == pytest.approx([2.079442, 6.316810, 9.366049], abs=1e-6)
    assert result.value == pytest.approx(631.996657, abs=1e-6)


def test_negative_new_followers_count_as_none_gained() -> None:
    data = {"articles": 7, "likes": 5000, "comments": 300, "shares": 400, "followers": 20000}
    lost = compute("dci", "1", {**data, "new_followers": -35})
    none = compute("dci", "1", {**data, "new_followers": 0})
    assert lost.value == none.value
    assert lost.complete


def test_any_other_negative_figure_is_refused() -> None:
    with pytest.raises(FiguresError, match=r"点赞.*不能是负数"):
        compute("wci", "14.2", {**WEEK, "likes": -1})
    with pytest.raises(FiguresError, match=r"粉丝.*不能是负数"):
        compute("dci", "1", {"followers": -1})


def posts(*reads: int, headline: bool | None = False) -> list[PostRow]:
    return [PostRow(figures={"reads": n, "looks": 1, "likes": 2, "shares": 3}, headline=headline) for n in reads]


def wci(rows: list[PostRow], days: int = 7) -> IndexValue:
    formula = FORMULAS.find("wci", "14.2")
    return evaluate(formula, sum_up(rows, {}, days, formula.cap))


def test_a_single_article_counts_at_most_100001_reads() -> None:
    assert wci(posts(250_000)).value == wci(posts(100_001)).value
    assert wci(posts(100_001)).value != wci(posts(100_000)).value
    summed = sum_up(posts(250_000, 7), {}, 7, {"reads": 100_001})
    assert summed.get("reads") == 100_008
    assert summed.get("max_reads") == 100_001


def test_the_cap_holds_for_sums_given_as_they_are_where_they_are_one_article() -> None:
    formula = FORMULAS.find("wci", "14.2")
    many = read_figures({**WEEK, "reads": 557_459, "max_reads": 300_000}, formula)
    assert (many.get("reads"), many.get("max_reads")) == (557_459, 100_001)
    one = read_figures({"days": 7, "articles": 1, "reads": 300_000, "headline_reads": 300_000}, formula)
    assert (one.get("reads"), one.get("headline_reads")) == (100_001, 100_001)


def test_a_week_without_articles_is_zero_and_complete() -> None:
    result = wci([])
    assert result.value == 0
    assert result.complete


def test_without_a_headline_only_the_headline_part_is_zero() -> None:
    without = wci(posts(500, 700))
    with_one = wci([*posts(500), *posts(700, headline=True)])
    assert without.parts[2].value == 0
    assert without.complete
    assert with_one.parts[2].value > 0
    assert [part.value for part in without.parts if part.key != "H"] == [
        part.value for part in with_one.parts if part.key != "H"
    ]


def test_a_single_article_is_its_own_average_headline_and_peak() -> None:
    result = wci(posts(900, headline=True), days=1)
    assert len({part.value for part in result.parts}) == 1


def test_missing_is_not_zero() -> None:
    known = {name: value for name, value in WEEK.items() if not name.endswith("shares")}
    missing, zero = (
        compute("wci", "14.2", known),
        compute("wci", "14.2", {**known, "shares": 0, "headline_shares": 0, "max_shares": 0}),
    )
    assert missing.missing == ("转发", "头条转发", "单篇最高转发")
    assert not missing.complete
    assert zero.complete
    assert missing.value == zero.value, "what is unknown adds nothing: a lower bound, marked as such"


def test_one_post_without_a_figure_marks_the_index_and_says_how_many() -> None:
    rows = [*posts(500, 700), PostRow(figures={"reads": 300, "looks": 1, "likes": 1, "shares": None}, headline=False)]
    result = wci(rows)
    assert result.missing == ("转发（1 篇）", "单篇最高转发（1 篇）")


def test_an_unknown_headline_position_marks_the_headline_part() -> None:
    result = wci(posts(500, 700, headline=None))
    assert "头条阅读" in result.missing
    assert result.parts[2].value == 0


def test_nothing_known_gives_no_index_at_all() -> None:
    result = compute("wci", "14.2", {"days": 7, "articles": 3})
    assert result.value is None
    assert not result.complete


def test_a_period_of_no_days_is_refused() -> None:
    with pytest.raises(FiguresError, match="天数"):
        compute("wci", "14.2", {**WEEK, "days": 0})


def test_both_published_notations_of_wci_give_the_same_index() -> None:
    letters = {"d": 7, "n": 14, "R": 42000, "Rt": 28000, "Rmax": 9000}
    first = letters | {
        "K": 210,
        "Kt": 140,
        "Kmax": 45,
        "Z": 420,
        "Zt": 280,
        "Zmax": 90,
        "S": 1050,
        "St": 700,
        "Smax": 225,
    }
    second = letters | {
        "Z": 210,
        "Zt": 140,
        "Zmax": 45,
        "L": 420,
        "Lt": 280,
        "Lmax": 90,
        "RE": 1050,
        "REt": 700,
        "REmax": 225,
    }
    groups = {
        "days": 7,
        "articles": 14,
        "total": {"reads": 42000, "looks": 210, "likes": 420, "shares": 1050},
        "headline": {"reads": 28000, "looks": 140, "likes": 280, "shares": 700},
        "max": {"reads": 9000, "looks": 45, "likes": 90, "shares": 225},
    }
    for data in (first, second, groups):
        assert compute("wci", "14.2", data).value == compute("wci", "14.2", WEEK).value


def test_a_letter_that_means_two_things_is_refused_rather_than_guessed() -> None:
    with pytest.raises(FiguresError, match="含义不同"):
        compute("wci", "14.2", {"d": 7, "n": 14, "R": 42000, "Z": 210})


@pytest.mark.parametrize("bad", [True, "12", math.nan, math.inf, [1], 10**400, -(10**400), 1e300])
def test_what_is_not_a_number_is_refused(bad: object) -> None:
    with pytest.raises(FiguresError):
        compute("wci", "14.2", {**WEEK, "reads": bad})


@pytest.mark.parametrize("name", ["days", "articles"])
def test_a_period_too_short_to_divide_by_is_refused(name: str) -> None:
    with pytest.raises(FiguresError, match="天数和发布数"):
        compute("wci", "14.2", {**WEEK, name: 1e-320})


@pytest.mark.parametrize("bad", [{"reads": 10**400}, {"reads": 1, "headline": "yes"}, {"reads": 1, "original": [1]}])
def test_a_post_with_impossible_values_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(FiguresError, match="第 2 项"):
        compute("wci", "14.2", {"days": 7, "articles": [{"reads": 1}, bad]})


def test_an_unknown_name_is_refused_and_the_known_ones_are_told() -> None:
    with pytest.raises(FiguresError, match=r"readz.*reads、days"):
        compute("wci", "14.2", {**WEEK, "readz": 1})


# ---------------------------------------------------------------- properties


figure = st.integers(min_value=0, max_value=10**7)


@st.composite
def case(draw: st.DrawFn) -> tuple[Formula, dict[str, Any]]:
    formula = draw(st.sampled_from(FORMULAS.formulas))
    data = {name: draw(figure) for name in needed(formula)}
    return formula, data | {name: draw(st.integers(1, 40)) for name in ("days", "articles") if name in data}


@settings(max_examples=150)
@given(case(), st.data(), st.integers(1, 10**6))
def test_an_index_never_falls_when_one_figure_rises(
    drawn: tuple[Formula, dict[str, Any]], data: st.DataObject, more: int
) -> None:
    formula, figures = drawn
    name = data.draw(st.sampled_from([name for name in needed(formula) if name not in {"days", "articles"}]))
    before = evaluate(formula, read_figures(figures, formula)).value
    after = evaluate(formula, read_figures({**figures, name: figures[name] + more}, formula)).value
    assert before is not None
    assert after is not None
    assert after >= before


@pytest.mark.parametrize("formula", FORMULAS.formulas, ids=lambda formula: formula.key)
def test_no_figures_at_all_give_zero(formula: Formula) -> None:
    zeros = dict.fromkeys(needed(formula), 0) | ({"days": 7} if "days" in needed(formula) else {})
    assert evaluate(formula, read_figures(zeros, formula)).value == 0


@settings(max_examples=100)
@given(case(), st.data())
def test_a_missing_figure_never_gives_more_than_any_known_one(
    drawn: tuple[Formula, dict[str, Any]], data: st.DataObject
) -> None:
    formula, figures = drawn
    name = data.draw(st.sampled_from([name for name in needed(formula) if name not in {"days", "articles"}]))
    without = evaluate(formula, read_figures({key: value for key, value in figures.items() if key != name}, formula))
    full = evaluate(formula, read_figures(figures, formula))
    assert not without.complete
    assert full.value is not None
    assert without.value is None or without.value <= full.value


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 300_000), st.sampled_from([True, False])), max_size=12), st.randoms())
def test_the_order_of_the_posts_does_not_matter(rows: list[tuple[int, bool]], random: Any) -> None:
    listed = [PostRow(figures={"reads": n, "looks": n // 9, "likes": n // 7, "shares": 1}, headline=h) for n, h in rows]
    shuffled = listed[:]
    random.shuffle(shuffled)
    assert wci(listed) == wci(shuffled)


# ---------------------------------------------------------------- formulas as data


def test_versions_are_found_as_people_write_them() -> None:
    for name in ("14.2", "V14.2", "v14.2 "):
        assert FORMULAS.find("WCI", name).version == "14.2"
    assert FORMULAS.find("bci", "full").version == "9.0"
    assert FORMULAS.find("wci").version == "14.2"


def test_an_unknown_index_or_version_is_told_with_what_there_is() -> None:
    with pytest.raises(FormulaError, match=r"14\.2、14\.2-no-shares、13\.0、2\.0"):
        FORMULAS.find("wci", "12")
    with pytest.raises(FormulaError, match="wci、bci、dci"):
        FORMULAS.find("kci")


def test_platforms_without_a_public_formula_have_no_index() -> None:
    assert FORMULAS.of_platform("kuaishou") is None
    assert FORMULAS.of_platform("toutiao") is None
    found = FORMULAS.of_platform("wechat")
    assert found is not None
    assert found.key == "wci/14.2"


def broken(**changes: Any) -> dict[str, Any]:
    formula = {
        "id": "x", "version": "1", "name": "某指数", "publisher": "某", "source": "某页", "certainty": "solid",
        "scale": 1, "power": 1, "parts": [{"key": "A", "name": "甲", "weight": 1, "terms": [{"figure": "reads", "weight": 1}]}],
    }  # fmt: skip
    return {"formula": [formula | changes]}


def test_weights_that_do_not_add_up_are_refused_before_anything_is_ranked() -> None:
    parts = [{"key": "A", "name": "甲", "weight": 0.9, "terms": [{"figure": "reads", "weight": 1}]}]
    with pytest.raises(FormulaError, match=r"各部分的权重之和是 0\.9"):
        read_formulas(broken(parts=parts))
    with pytest.raises(FormulaError, match=r"甲的权重之和是 0\.5"):
        read_formulas(
            broken(parts=[{"key": "A", "name": "甲", "weight": 1, "terms": [{"figure": "reads", "weight": 0.5}]}])
        )


def test_a_version_written_twice_and_a_platform_without_its_formula_are_refused() -> None:
    twice = broken()
    with pytest.raises(FormulaError, match="写了两次"):
        read_formulas({"formula": twice["formula"] * 2})
    with pytest.raises(FormulaError, match="没有版本"):
        read_formulas({**broken(), "platforms": {"wechat": "x/2"}})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "至少写一个"),
        ({"formula": []}, "至少写一个"),
        ({"formula": {"id": "x"}}, "双方括号"),
        ({"formula": 1}, "双方括号"),
        ({"formula": [1]}, "第 1 个"),
        ({"formulas": [], **broken()}, "“formulas”"),
        ({**broken(), "platforms": 5}, r"\[platforms\]"),
        ({**broken(), "platforms": {"wechat": 5}}, r"\[platforms\]"),
    ],
)
def test_formulas_of_another_shape_are_refused_and_the_shape_is_told(data: dict[str, Any], said: str) -> None:
    with pytest.raises(FormulaError, match=said):
        read_formulas(data)


def test_every_formula_says_where_it_comes_from() -> None:
    assert isinstance(FORMULAS, Formulas)
    for formula in FORMULAS.formulas:
        assert formula.source
        assert formula.publisher
        assert formula.name
