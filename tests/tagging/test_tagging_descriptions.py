"""Events told by what happened, without the hazard's official name."""

from __future__ import annotations

import pytest

from tagging import TaggedText, Tagger


@pytest.mark.parametrize(
    ("hazard", "text"),
    [
        ("flood", "江水漫过了堤顶，武警连夜垒起子堤，下游三个村的群众转移到了学校。"),
        ("snowstorm", "雪下了一天一夜，积了四十厘米，高速封闭。"),
        ("cold_wave", "气温一夜掉了十五度，果园的花全冻蔫了。"),
        ("wind", "楼顶的铁皮被刮下来，砸坏四辆车，当时阵风达到十级。"),
        ("drought", "两个月没下透雨，玉米叶子打了卷，镇里组织打井浇地。"),
        ("fire", "三楼厨房窗户往外冒黑烟，消防员架梯救下一对老夫妻。"),
        ("traffic_accident", "一辆面包车冲出护栏翻进沟里，车上六人全部送医。"),
        ("building_collapse", "正在拆的旧厂房半边塌下来，两个工人压在下面。"),
        ("drowning", "两个孩子在江边玩滑到深水区，路过的大爷跳下去救起一个。"),
        ("gas_co", "烧炭取暖没开窗，夫妻俩昏睡不醒，邻居破门送医。"),
        ("public_security", "音乐节散场时人群拥挤，有人倒地，多人被踩伤。"),
    ],
)
def test_a_hazard_is_found_without_its_name(tagger: Tagger, hazard: str, text: str) -> None:
    tags = tagger.tag(TaggedText("1", "", text)).emergency
    assert tags
    assert tags[0].key == hazard
    assert tags[0].evidence


@pytest.mark.parametrize(
    "text",
    [
        "朋友圈炸了，玻璃心们集体破防。",
        "改装避震器之后，过弯更稳。",
        "这部剧的结局让人泪水淹没枕头，群里炸了锅。",
        "他登上火星探测任务的名单，家里人给他烧纸船玩。",
        "改革进入深水区，跳水救市不是办法。",
    ],
)
def test_the_same_words_elsewhere_are_no_emergency(tagger: Tagger, text: str) -> None:
    assert tagger.tag(TaggedText("1", "", text)).emergency == ()


def test_advice_is_before_a_hazard_although_it_speaks_of_rescue(tagger: Tagger) -> None:
    text = "高楼着火怎么逃生？先用手背试门温，门烫就别开，用湿毛巾堵门缝，到阳台呼救等待消防救援；被困时不要跳楼。"
    result = tagger.tag(TaggedText("1", "高楼着火，先摸门再开门", text))
    assert (result.kind, result.emergency[0].phase) == ("science", "before")
