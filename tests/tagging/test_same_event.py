"""Whether two texts are reports of one event: in other words yes, of another day, place or figure no."""

from __future__ import annotations

import pytest

from tagging import Tagger
from tagging.same_event import is_same_event, likeness, outline, unpacked

FIRE = (
    "松花湖游船起火无人伤亡",
    "11月20日下午，吉林市松花湖一艘观光游船机舱起火，船上32名游客全部转移上岸。消防部门称起火原因是电线老化。",
)
FIRE_TOLD_AGAIN = (
    "观光船机舱冒烟，32名游客获救",
    "记者从吉林市消防部门获悉，20日在松花湖上行驶的一艘观光游船突然起火，32名游客被转移到岸上，没有人受伤。",
)
FISH = ("松花湖冬捕开网", "11月25日，吉林市松花湖冬捕开网，第一网捕得鲜鱼八万斤，两岸挤满了来看热闹的游客。")
PATTERN = (
    "{place}通报流感监测情况",
    "11月{day}日0时至24时，{place}流感监测哨点医院报告流感样病例{number}例，新增聚集性疫情{more}起，流行毒株以甲型为主。",
)


def told(place: str, size: str, moment: str) -> tuple[str, str]:
    return (
        f"{place}发生{size}级地震",
        f"据中国地震台网测定，{moment}在{place}发生{size}级地震，震源深度10千米，震中附近居民震感明显。",
    )


def told_again(place: str, size: str, moment: str) -> tuple[str, str]:
    return (
        f"{place}{size}级地震：居民震感明显，暂无伤亡报告",
        f"记者获悉，{moment}{place}发生{size}级地震，震源深度10千米，震中附近居民震感明显，当地已派人前往查看。",
    )


def warned(place: str, hazard: str, colour: str, act: str = "发布") -> tuple[str, str]:
    return (
        f"{place}{act}{hazard}{colour}预警",
        f"{place}气象台{act}{hazard}{colour}预警信号：预计未来24小时内有{hazard}天气，请城区和乡镇的居民注意防范，老人和孩子减少外出。",
    )


def like(tagger: Tagger, one: tuple[str, str], other: tuple[str, str]) -> bool:
    return is_same_event(tagger.outline(*one), tagger.outline(*other))


def daily(place: str, day: int, number: int, more: int) -> tuple[str, str]:
    title, text = (part.format(place=place, day=day, number=number, more=more) for part in PATTERN)
    return title, text


def test_two_reports_of_one_event_in_other_words_belong_together(tagger: Tagger) -> None:
    assert like(tagger, FIRE, FIRE_TOLD_AGAIN)
    assert like(tagger, FIRE_TOLD_AGAIN, FIRE)


def test_another_event_at_the_same_place_is_another_one(tagger: Tagger) -> None:
    assert not like(tagger, FIRE, FISH)


@pytest.mark.parametrize(
    ("what", "other"),
    [
        ("the next day", daily("吉林", 21, 310, 2)),
        ("another province", daily("辽宁", 20, 310, 2)),
        ("other figures", daily("吉林", 20, 288, 5)),
    ],
)
def test_a_daily_report_is_told_from_one_of(tagger: Tagger, what: str, other: tuple[str, str]) -> None:
    first = daily("吉林", 20, 310, 2)
    assert like(tagger, first, first)
    assert likeness(tagger.outline(*first), tagger.outline(*other)) > 0.55, "by words alone they would be joined"
    assert not like(tagger, first, other), what


QUAKE = ("松原市宁江区", "4.3", "26日23时14分")


@pytest.mark.parametrize(
    ("what", "other"),
    [
        ("a stronger one", told_again("松原市宁江区", "5.1", "27日02时40分")),
        ("a stronger one, with no word of when", told_again("松原市宁江区", "5.1", "")),
        ("as strong a one, hours later", told_again("松原市宁江区", "4.3", "27日06时05分")),
    ],
)
def test_another_quake_at_the_same_place_is_another_event(tagger: Tagger, what: str, other: tuple[str, str]) -> None:
    first = told(*QUAKE)
    assert likeness(tagger.outline(*first), tagger.outline(*other)) > 0.55, "by words alone they would be joined"
    assert not like(tagger, first, other), what


@pytest.mark.parametrize(
    "other",
    [
        told_again(*QUAKE),
        told_again("松原市宁江区", "4.1", "26日23时14分"),
        told_again("松原市宁江区", "4.3", "昨日深夜"),
    ],
)
def test_a_quake_told_again_or_measured_anew_is_the_same_event(tagger: Tagger, other: tuple[str, str]) -> None:
    assert like(tagger, told(*QUAKE), other)


@pytest.mark.parametrize(
    "other",
    [
        warned("长春市", "寒潮", "橙色"),
        warned("长春市", "大风", "黄色"),
        warned("四平市", "寒潮", "黄色"),
        warned("长春市", "寒潮", "黄色", "解除"),
    ],
)
def test_another_warning_of_one_pattern_is_another_event(tagger: Tagger, other: tuple[str, str]) -> None:
    """Or the orange one would lie hidden under the yellow one of the morning."""
    first = warned("长春市", "寒潮", "黄色")
    assert like(tagger, first, first)
    assert not like(tagger, first, other)


def test_one_accident_of_which_a_city_and_its_province_report_is_one_event(tagger: Tagger) -> None:
    title, text = FIRE_TOLD_AGAIN
    assert like(tagger, (FIRE[0], f"吉林市通报：{FIRE[1]}"), (title, f"吉林省通报：{text}"))


def test_a_day_that_a_later_report_adds_does_not_part_it_from_the_first(tagger: Tagger) -> None:
    title, text = FIRE_TOLD_AGAIN
    assert like(tagger, FIRE, (title, f"{text}22日，游船公司致歉。"))


def test_texts_in_the_older_script_and_with_wide_digits_are_read_alike(tagger: Tagger) -> None:
    title, text = FIRE
    wide = text.replace("11月20日", "１１月２０日").replace("游船", "遊船").replace("电线", "電線")
    assert likeness(tagger.outline(*FIRE), tagger.outline(title, wide)) > 0.95


@pytest.mark.parametrize("lead", ["", told(*QUAKE)[1], "台风“桦加沙”在南海。"])
def test_an_outline_survives_packing_and_is_small(tagger: Tagger, lead: str) -> None:
    made = tagger.outline(FIRE[0], lead + FIRE[1] * 50)
    packed = made.packed()
    again = unpacked(packed)
    assert again is not None
    assert again.packed() == packed
    assert again.keys == made.keys
    assert again.quake == made.quake
    assert is_same_event(again, made)
    assert len(packed) <= 570
    assert unpacked(b"\x00" + packed[1:]) is None
    assert unpacked(b"") is None


@pytest.mark.parametrize("text", ["", " \n", "的了和", "1 2 3", "\ud800\U0001f600", "30日" * 5000])
def test_texts_that_say_nothing_are_like_nothing(tagger: Tagger, text: str) -> None:
    empty = tagger.outline("", text)
    assert not is_same_event(empty, empty)
    assert not is_same_event(empty, tagger.outline(*FIRE))


def test_outlines_do_not_depend_on_the_process() -> None:
    made = outline("松花湖 游船", ["松花湖", "游船"], lambda word: 4.0)
    assert made.words.tolist() == sorted(made.words.tolist())
    assert made.packed().hex() == (
        outline("松花湖 游船", ("松花湖", "游船"), {"松花湖": 4.0, "游船": 4.0}.__getitem__).packed().hex()
    )
