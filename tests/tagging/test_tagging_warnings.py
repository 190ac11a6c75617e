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


ONLY_TOLD = [
    "辽源市气象局澄清：今晨并没有发布过大风红色预警",
    "气象台明确：今夜不具备发布寒潮橙色预警的条件",
    "有人在业主群里说市里发了暴雨红色预警，社区回应没这回事",
    "朋友圈流传的“通化将停课三天、发布暴雪红色预警”截图系P图，请勿转发",
    "2017年7月永吉洪灾时，当地先后发布了三次暴雨红色预警",
    "上半年全省累计发布大风蓝色预警信号217次，比上年多四成",
    "他值了二十年班，亲手签发过四十多条暴雪预警",
    "假如深夜收到山洪红色预警，应当怎样带老人撤离？",
    "若气象部门发布高温红色预警，企业应当停工",
    "按照规定，暴雪红色预警发布后应停课",
    "受寒潮蓝色预警影响，白菜价格涨了两毛",
    "因道路冰雪橙色预警，二十条公交线路停运",
    "大雾橙色预警让高速封了六个小时，司机老赵在服务区吃了三碗面",
    "高温红色预警下，环卫工人的作息改了",
    "暴雪橙色预警信号是什么意思？",
    "沙尘暴黄色预警代表能见度小于1000米",
    "县里给每个村配了山洪预警喇叭",
    "华为手机在哪里打开地震预警",
    "长春开展暴雨预警叫应机制培训",
    "预计后天傍晚前后有可能启动洪水蓝色预警",
    "“暴雨红色预警”登上热搜",
    "别把高温黄色预警不当回事",
    "气象台没说要发暴雨红色预警，别瞎传",
    "截至今晚八点，没有任何部门发布洪水红色预警",
    "截图里的“台风红色预警”是两年前的",
    "收到过雷电橙色预警的人都知道那种紧张",
    "十年间，全县只发布过两次暴雨红色预警",
    "一张大雾红色预警，让新娘在高速口等了五小时",
    "高温橙色预警生效期间，工地午间停工",
    "倘若发布大风红色预警，幼儿园怎么放学",
    "暴雪橙色预警和暴雪红色预警，你分得清吗",
    "地震预警能提前几天知道地震吗？",
    "山洪预警设备进村入户",
    "森林火险预警旗升起来了",
    "新版气象灾害预警信号6月起实施，新增霾红色预警",
    "本周可能再发寒潮蓝色预警，市民可提前备好厚衣",
    "霜冻预警要不要信？老农有话说",
    "她把暴雨红色预警设成了手机铃声",
    "明天会不会有暴雪红色预警",
    "小学生作文：《暴雨红色预警那天》",
    "红色预警 一部关于台风的纪录片",
]


@pytest.mark.parametrize("text", ONLY_TOLD)
def test_a_text_that_only_speaks_of_a_warning_is_neither_an_alert_nor_an_action(tagger: Tagger, text: str) -> None:
    for title, body in ((text, ""), ("", text)):
        result = tagger.tag(TaggedText("1", title, body))
        assert (result.kind != "alert", {(tag.level, tag.action) for tag in result.emergency} <= {(None, None)}) == (
            True,
            True,
        )


STANDING = [
    "受强冷空气影响，靖宇县气象台11月5日16时发布寒潮蓝色预警信号",
    "由于降雨持续，汪清县气象台发布暴雨橙色预警",
    "根据《气象灾害预警信号发布与传播办法》，临江市气象台8月1日发布暴雨蓝色预警信号。",
    "大雾红色预警！能见度不足50米，能不出门就不出门",
    "延吉市气象台发布冰雹橙色预警信号，如果您在户外，请尽快躲避",
    "梅河口市气象台发布道路冰雪黄色预警信号，请司机听到广播后减速",
    "注意！暴雪橙色预警请减少外出",
    "暴雪红色预警持续！长春今天仍有大雪",
    "洮北区大风蓝色预警【Ⅳ级/一般】",
    "江源区地质灾害气象风险预警（黄色）",
    "双阳区气象台发布暴雨黄色预警信号 请注意防范",
    "伊通县：霜冻蓝色预警",
    "出门记得带伞，长春发布暴雨蓝色预警",
    "过去6小时德惠降水已达52毫米，德惠市气象台发布暴雨橙色预警信号",
    "本次降雪过程较强，抚松县气象台发布暴雪橙色预警",
    "阵风8级以上！白城发布大风黄色预警",
    "24小时降水量将达50毫米以上，通化市发布暴雨蓝色预警",
    "水位超过警戒，松原市水文局发布洪水黄色预警",
    "吉林科普转发：吉林市气象台发布雷电黄色预警",
    "较去年同期偏早，长岭县气象台发布霜冻蓝色预警",
    "请以官方渠道为准，不信谣不传谣。九台区气象台发布暴雪蓝色预警信号",
    "入冬以来首场大雪将至，敦化市气象台发布暴雪黄色预警信号，请做好防范",
    "发布暴雨黄色预警信号 如何防范请看下文",
    "今年首个高温橙色预警发布，白城明天37℃",
    "白山市应急管理局：暴雨红色预警已启动，请勿前往河道",
    "收听广播的司机请注意，长春绕城高速大雾红色预警",
    "如非必要请不要外出！延吉发布暴雪红色预警",
    "蛟河市人工影响天气中心提醒 冰雹橙色预警",
    "预计降温幅度大于10℃，伊通县气象台发布寒潮蓝色预警，如有变化将及时更新",
]


@pytest.mark.parametrize("text", STANDING)
def test_a_warning_that_gives_causes_and_advice_is_still_issued(tagger: Tagger, text: str) -> None:
    result = tagger.tag(TaggedText("1", "", text))
    assert (result.kind, "issue" in {tag.action for tag in result.emergency}) == ("alert", True)


OTHER_VERBS = [
    ("安图县大风蓝色预警信号于17时到期，自动失效", "blue", "cancel"),
    ("通榆县气象台收回刚才误发的暴雨黄色预警", "yellow", "cancel"),
    ("前一条暴雨红色预警为误发，请广大市民不要惊慌", "red", "cancel"),
    ("大雾黄色预警结束，高速恢复通行", "yellow", "cancel"),
    ("8时起，长岭县高温橙色预警信号停止生效", "orange", "cancel"),
    ("寒潮蓝色预警有效期已满，不再延续", "blue", "cancel"),
    ("暴雨橙色预警信号：现予解除", "orange", "cancel"),
    ("停止执行重污染天气黄色预警", "yellow", "cancel"),
    ("四平市将暴雨橙色预警提级至红色", "red", "upgrade"),
    ("公主岭高温预警由橙色调整为红色", "red", "upgrade"),
    ("白城大风黄色预警上升为橙色", "orange", "upgrade"),
    ("雷电预警从蓝色变成黄色", "yellow", "upgrade"),
    ("榆树市气象台更新暴雨黄色预警信号为暴雨橙色预警信号", "orange", "upgrade"),
    ("寒潮橙色预警（由黄色升级）", "orange", "upgrade"),
    ("台风预警由橙色调低到黄色", "yellow", "downgrade"),
    ("大风预警信号从黄色调整为蓝色", "blue", "downgrade"),
    ("高温预警降到黄色", "yellow", "downgrade"),
    ("森林火险橙色预警仍在持续", "orange", "continue"),
    ("高温红色预警尚未失效，请继续做好防暑", "red", "continue"),
    ("干旱橙色预警：维持", "orange", "continue"),
    ("汪清县暴雨蓝色预警：继续有效", "blue", "continue"),
    ("抚松县气象台发布暴雨蓝色预警，请停止户外作业", "blue", "issue"),
    ("辉南县气象台发布暴雨橙色预警，取消今天的露天集市", "orange", "issue"),
    ("气温降至零下十度，通化发布道路冰雪黄色预警", "yellow", "issue"),
    ("水位升至25米，扶余市发布洪水橙色预警", "orange", "issue"),
]


@pytest.mark.parametrize(("text", "level", "action"), OTHER_VERBS)
def test_a_warning_is_ended_changed_or_kept_in_whatever_words(
    tagger: Tagger, text: str, level: str, action: str
) -> None:
    result = tagger.tag(TaggedText("1", "", text))
    assert (result.kind, {(tag.level, tag.action) for tag in result.emergency}) == ("alert", {(level, action)})


def test_an_ended_warning_and_a_standing_one_of_another_hazard_are_told_apart(tagger: Tagger) -> None:
    text = "长春市气象台解除暴雨黄色、雷电黄色预警信号，大风蓝色预警信号继续生效。"
    tags = tagger.tag(TaggedText("1", "", text)).emergency
    assert {(tag.key, tag.action) for tag in tags} == {
        ("rainstorm", "cancel"),
        ("hail_thunder", "cancel"),
        ("wind", "continue"),
    }
