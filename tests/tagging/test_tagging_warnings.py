"""Official warnings: hazard, colour, action and phase."""

from __future__ import annotations

import pytest

from tagging import TaggedText, Tagger

WARNINGS = [
    ("吉林省气象台12月3日5时20分发布寒潮橙色预警信号", "cold_wave", "orange", "issue", "before"),
    ("延吉市气象台继续发布大雾黄色预警信号", "fog_haze", "yellow", "continue", "before"),
    ("白城市气象台将沙尘暴蓝色预警信号升级为沙尘暴黄色预警信号", "sandstorm", "yellow", "upgrade", "before"),
    ("暴雪红色预警降级为暴雪橙色预警", "snowstorm", "orange", "downgrade", "before"),
    ("大风黄色预警信号变更为大风蓝色预警信号", "wind", "blue", "downgrade", "before"),
    ("暴雨蓝色预警升级为黄色", "rainstorm", "yellow", "upgrade", "before"),
    ("通化县气象台解除雷电黄色预警信号", "hail_thunder", "yellow", "cancel", "after"),
    ("道路结冰黄色预警信号解除", "road_ice", "yellow", "cancel", "after"),
    ("永吉县气象台发布道路冰雪蓝色预警信号", "road_ice", "blue", "issue", "before"),
    ("省林业和草原局发布森林火险红色预警", "forest_fire", "red", "issue", "before"),
    ("水利部门与气象局联合发布橙色山洪灾害气象预警，请注意防范山洪", "flood", "orange", "issue", "before"),
    ("长春市发布重污染天气橙色预警", "fog_haze", "orange", "issue", "before"),
    ("这是一条测试信息。四平市气象台发布高温橙色预警信号", "heat", "orange", "test", "before"),
    ("霜冻蓝色预警信号生效中", "cold_wave", "blue", "issue", "before"),
    ("发布暴雪红色预警信号，原发布的暴雪橙色预警信号同时解除", "snowstorm", "red", "upgrade", "before"),
    ("发布暴雪黄色预警信号，此前发布的暴雪橙色预警信号同时解除", "snowstorm", "yellow", "downgrade", "before"),
    ("解除暴雪橙色预警信号，发布暴雪黄色预警信号", "snowstorm", "yellow", "downgrade", "before"),
    ("暴雨黄色预警尚未解除，请继续防范", "rainstorm", "yellow", "continue", "before"),
    ("发布暴雨红色预警信号，全市中小学原定防灾演练取消", "rainstorm", "red", "issue", "before"),
    ("发布暴雨红色预警信号，本条为测试信息", "rainstorm", "red", "test", "before"),
]


@pytest.mark.parametrize(("text", "hazard", "level", "action", "phase"), WARNINGS)
def test_a_warning_is_read_with_its_level_and_action(
    tagger: Tagger, text: str, hazard: str, level: str, action: str, phase: str
) -> None:
    tags = [tag for tag in tagger.tag(TaggedText("1", "", text)).emergency if tag.key == hazard]
    assert [(tag.level, tag.action, tag.phase) for tag in tags] == [(level, action, phase)]


@pytest.mark.parametrize("text", [text for text, *_ in WARNINGS])
def test_a_text_that_is_only_a_warning_is_an_alert(tagger: Tagger, text: str) -> None:
    assert tagger.tag(TaggedText("1", text, "")).kind == "alert"


def test_two_warnings_in_one_sentence_are_two_hazards(tagger: Tagger) -> None:
    tags = tagger.tag(TaggedText("1", "", "松原市气象台发布雷电黄色、暴雨蓝色预警信号")).emergency
    assert {(tag.key, tag.level) for tag in tags} == {("hail_thunder", "yellow"), ("rainstorm", "blue")}


def test_a_report_that_mentions_a_warning_in_passing_is_no_alert(tagger: Tagger) -> None:
    text = "记者昨日走进省气象台，看预报员怎样工作。" * 30 + "去年他们发布过暴雨红色预警。"
    assert tagger.tag(TaggedText("1", "走进气象台", text)).kind != "alert"


def test_our_county_is_the_county_of_the_sender(tagger: Tagger) -> None:
    text = "预计未来24小时我县有暴雪，请注意防范。"
    by_name = tagger.tag(TaggedText("1", "", text, source_name="安图县气象台"))
    by_code = tagger.tag(TaggedText("1", "", text, source_area="222426"))
    unknown = tagger.tag(TaggedText("1", "", text))
    assert [tag.code for tag in by_name.local] == [tag.code for tag in by_code.local] == ["222426"]
    assert unknown.local == ()


def test_an_old_code_of_the_sender_is_read_as_todays(tagger: Tagger) -> None:
    result = tagger.tag(TaggedText("1", "", "我区将出现大风天气。", source_area="220181"))
    assert [tag.code for tag in result.local] == ["220113"]


def test_the_whole_province_is_the_senders_province(tagger: Tagger) -> None:
    result = tagger.tag(TaggedText("1", "全省无新增病例", "", source_name="吉林卫健委"))
    assert [tag.code for tag in result.local] == ["220000"]
    assert tagger.tag(TaggedText("1", "全省无新增病例", "", source_name="湖北卫健委")).local == ()


def test_a_warning_of_what_is_there_already_is_during(tagger: Tagger) -> None:
    text = "洮南市气象台发布干旱橙色预警信号：我市已连续40天无有效降水，预计干旱仍将持续。"
    assert tagger.tag(TaggedText("1", "洮南市气象台发布干旱橙色预警", text)).emergency[0].phase == "during"


def test_an_ended_warning_is_after_whatever_the_verb(tagger: Tagger) -> None:
    for verb in ("解除", "终止", "撤销"):
        tag = tagger.tag(TaggedText("1", "", f"靖宇县气象台{verb}暴雨黄色预警信号。")).emergency[0]
        assert (tag.action, tag.phase) == ("cancel", "after")


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("敦化市变更发布暴雨红色预警", "敦化市气象台7月28日3时12分将暴雨橙色预警信号变更为暴雨红色预警信号。"),
        ("暴雨预警更新：红色", "长春市气象台将暴雨橙色预警信号升级为暴雨红色预警信号。"),
    ],
)
def test_a_headline_of_a_change_does_not_hide_which_way_it_goes(tagger: Tagger, title: str, text: str) -> None:
    [tag] = tagger.tag(TaggedText("1", title, text)).emergency
    assert (tag.key, tag.level, tag.action) == ("rainstorm", "red", "upgrade")
