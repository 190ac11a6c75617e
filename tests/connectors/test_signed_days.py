"""A notice is dated by its signature, not by the days that its sentences tell of."""

from __future__ import annotations

import pytest

from tests.connectors.test_extraction_days import FIRST, SECOND, day, page

SIGNED = ("某某县科学技术协会", "2026年11月20日")


@pytest.mark.parametrize(
    "told",
    [
        "本通知自2026年11月1日起施行。",
        "从2026年11月10日开始，科技馆闭馆检修。",
        "定于2026年11月16日举行启动仪式",
        "2026年11月12日在县文化馆召开动员会。",
        "报名时间2026年11月5日至2026年11月25日",
        "活动于2026年11月18日上午9时举办",
        "请于2026年11月24日前报送材料。",
        "2026年11月15日，全县科普日活动启动",
    ],
)
@pytest.mark.parametrize("place", ["first", "last"])
def test_a_signature_goes_before_a_day_in_a_sentence(told: str, place: str) -> None:
    lines = [told, FIRST, SECOND] if place == "first" else [FIRST, SECOND, told]
    assert day(page(*lines, *SIGNED)) == "2026-11-20"


@pytest.mark.parametrize(
    "signed",
    [
        ("某某县科协", "2026年11月20日"),
        ("某某县科协 2026年11月20日",),
        ("某某县科协", "二〇二六年十一月二十日"),
        ("某某县气象局<br>2026年11月20日",),
        ("（某某县科协 2026年11月20日）",),
        ("某某县科协办公室", "2026.11.20", "附件：报名表"),
    ],
)
def test_a_signature_is_read_in_each_form(signed: tuple[str, ...]) -> None:
    assert day(page("2026年11月12日在县文化馆召开动员会。", FIRST, SECOND, *signed)) == "2026-11-20"


def test_what_the_page_says_of_itself_goes_before_the_signature() -> None:
    above = "<p>发布时间：2026-11-22 来源：县科协</p>"
    assert day(page(FIRST, SECOND, *SIGNED, above=above)) == "2026-11-22"


def test_a_text_that_ends_with_the_day_of_what_will_be_has_no_signature() -> None:
    assert day(page(FIRST, SECOND, "讲座时间：", "2026年11月26日")) in ("", "2026-11-26")
    assert day(page(FIRST, SECOND, "活动自2026年11月1日开始。"), "2026-11-21") == "2026-11-21"
