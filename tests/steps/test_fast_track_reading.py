"""What an alert warns of and where: hazard, level, action and areas, read by the tables in config/."""

from __future__ import annotations

import pytest
from fast_track_sample import cap, hazards, lexicons

from connectors.cap import parse
from steps.alert_areas import affected, names_in, read_areas
from steps.hazards import OTHER, HazardTable, read_warning
from tagging.areas import AREAS, ELSEWHERE, Areas, load_areas


@pytest.fixture(scope="module")
def areas() -> Areas:
    return load_areas(lexicons()[AREAS], lexicons()[ELSEWHERE])


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        ("吉林省气象台2026年11月26日5时30分发布寒潮橙色预警信号", ("cold_wave", "寒潮", "orange", "issue")),
        ("永吉县气象台发布道路冰雪蓝色预警信号", ("road_ice", "道路冰雪", "blue", "issue")),
        ("某市气象台发布道路结冰黄色预警信号", ("road_ice", "道路结冰", "yellow", "issue")),
        ("吉林省气象台将暴雪黄色预警信号升级为橙色", ("snowstorm", "暴雪", "orange", "upgrade")),
        ("长春市气象台升级发布暴雨橙色预警信号", ("rainstorm", "暴雨", "orange", "upgrade")),
        ("将大风橙色预警信号变更为大风黄色预警信号", ("wind", "大风", "yellow", "downgrade")),
        ("解除寒潮橙色预警,变更为寒潮红色预警", ("cold_wave", "寒潮", "red", "upgrade")),
        ("松原市气象台继续发布大雾黄色预警信号", ("fog_haze", "大雾", "yellow", "continue")),
        ("吉林省气象台解除寒潮红色预警信号", ("cold_wave", "寒潮", "red", "cancel")),
        ("长春市气象台发布解除暴雪蓝色预警信号", ("snowstorm", "暴雪", "blue", "cancel")),
        ("江苏省张家港市发布雷暴大风黄色预警", ("hail_thunder", "雷暴大风", "yellow", "issue")),
        ("吉林省发布森林草原火险红色预警", ("forest_fire", "森林草原火险", "red", "issue")),
        ("东城区气象台发布暴雨蓝色预警[IV/一般]", ("rainstorm", "暴雨", "blue", "issue")),
        ("吉林省水文局发布Ⅱ级山洪灾害气象预警", ("flood", "山洪灾害气象", "orange", "issue")),
    ],
)
def test_headlines_say_hazard_level_and_action(headline: str, expected: tuple[str, str, str, str]) -> None:
    found = read_warning(hazards(), parse(cap(headline=headline, event="")))
    assert (found.hazard, found.name, found.level, found.action) == expected


def test_a_known_pair_has_no_note_and_jilins_blue_road_ice_is_known() -> None:
    for headline in ("发布寒潮橙色预警信号", "永吉县气象台发布道路冰雪蓝色预警信号"):
        assert read_warning(hazards(), parse(cap(headline=headline))).notes == ()


def test_an_unknown_pair_is_taken_and_marked() -> None:
    found = read_warning(hazards(), parse(cap(headline="发布霜冻红色预警信号", event="霜冻")))
    assert (found.name, found.level) == ("霜冻", "red")
    assert "霜冻红色预警" in found.notes[0]


def test_an_unknown_hazard_keeps_its_name_and_is_marked() -> None:
    found = read_warning(hazards(), parse(cap(headline="发布天外来物橙色预警", event="")))
    assert (found.hazard, found.name, found.level) == (OTHER, "天外来物", "orange")
    assert "天外来物" in found.notes[0]


def test_code_and_colour_parameter_serve_where_the_headline_is_silent() -> None:
    extra = "<parameter><valueName>awareness_level</valueName><value>3; orange; Severe</value></parameter>"
    found = read_warning(hazards(), parse(cap(headline="预警信息", event="11B17", extra=extra)))
    assert (found.hazard, found.name, found.level) == ("fog_haze", "大雾", "orange")


def test_a_level_guessed_from_the_severity_is_marked() -> None:
    found = read_warning(hazards(), parse(cap(headline="发布寒潮预警信号")))
    assert found.level == "orange"
    assert "推定" in found.notes[0]


def test_words_and_parameters_that_disagree_are_marked_and_the_words_win() -> None:
    extra = "<parameter><valueName>预警颜色</valueName><value>蓝色</value></parameter>"
    found = read_warning(hazards(), parse(cap(extra=extra)))
    assert found.level == "orange"
    assert "蓝色" in found.notes[0]


def test_the_table_refuses_a_signal_of_no_hazard() -> None:
    with pytest.raises(ValueError, match="没有列在"):
        HazardTable.model_validate({"signal": [{"name": "暴雪", "hazard": "snow"}]})


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("吉林省", ["220000"]),
        ("吉林省长春市、四平市", ["220100", "220300"]),
        ("白城、松原、长春、四平、辽源、吉林", ["220800", "220700", "220100", "220300", "220400", "220200"]),
        ("吉林市永吉县", ["220221"]),
        ("长春市朝阳区", ["220104"]),
        ("北京市朝阳区", []),
        ("辽宁省朝阳市", []),
        ("公主岭市", ["220184"]),
        ("吉林省西部", ["220000"]),
        ("", []),
    ],
)
def test_names_become_codes(areas: Areas, text: str, codes: list[str]) -> None:
    assert list(names_in(areas, text)) == codes


def test_geocodes_win_over_names_and_old_ones_become_todays(areas: Areas) -> None:
    message = parse(cap(areas={"长春市": "220381000000", "外省": "210100"}))
    assert read_areas(areas, message).codes == ("220184",)


def test_without_geocodes_the_sender_says_where(areas: Areas) -> None:
    assert read_areas(areas, parse(cap(areas={"我省大部": ""}))).codes == ("220000",)


def test_an_area_elsewhere_is_not_ours(areas: Areas) -> None:
    found = read_areas(areas, parse(cap(areas={"沈阳市": "210100"})))
    assert (found.codes, found.text) == ((), "沈阳市")


def test_codes_of_other_systems_are_no_geocodes_of_ours(areas: Areas) -> None:
    assert read_areas(areas, parse(cap(areas={"长春市": "006109"}))).codes == ("220100",)


@pytest.mark.parametrize(
    ("account", "event", "touched"),
    [
        ("220000", ["220221"], True),
        ("220200", ["220221"], True),
        ("220221", ["220221"], True),
        ("220221", ["220200"], True),
        ("220221", ["220000"], True),
        ("220100", ["220221"], False),
        ("220222", ["220221"], False),
        ("", ["220000"], False),
        ("220000", [], False),
    ],
)
def test_accounts_hear_of_what_touches_their_area(account: str, event: list[str], touched: bool) -> None:
    assert affected(account, event) is touched


def test_blocks_of_one_language_share_their_areas(areas: Areas) -> None:
    first = cap(areas={"长春市": "220100"}).decode()
    second = cap(areas={"吉林市": "220200"}).decode()
    block = second[second.index("<info>") : second.index("</alert>")]
    english = block.replace("zh-CN", "en-US").replace("220200", "220300")
    message = parse(first.replace("</alert>", block + english + "</alert>").encode())
    assert read_areas(areas, message).codes == ("220100", "220200")
