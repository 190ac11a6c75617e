"""The automatic and the official report of a quake, and what follows them, are one event; another quake is another."""

from __future__ import annotations

import pytest

from tagging import Tagger
from tagging.same_event import is_same_event

Report = tuple[str, str]

AUTOMATIC: Report = (
    "自动测定：11月20日08时15分吉林松原市宁江区附近发生4.0级左右地震",
    "中国地震台网自动测定：11月20日08时15分在吉林松原市宁江区附近（北纬45.27度，东经124.71度）发生4.0级左右地震，最终结果以正式速报为准。",
)
OFFICIAL: Report = (
    "吉林松原市宁江区发生4.2级地震",
    "中国地震台网正式测定：11月20日08时15分在吉林松原市宁江区（北纬45.30度，东经124.66度）发生4.2级地震，震源深度8千米。",
)
SAME = [
    (AUTOMATIC, OFFICIAL),
    (
        OFFICIAL,
        (
            "松原4.2级地震：长春震感明显，暂未接到伤亡报告",
            "记者从吉林省地震局了解到，11月20日08时15分，松原市宁江区发生4.2级地震。地震发生后，省地震局启动应急响应，派出现场工作队。截至10时，没有接到人员伤亡和房屋倒塌的报告，铁路部门对部分列车限速运行。",
        ),
    ),
    (
        OFFICIAL,
        (
            "震后1小时，吉林油田生产未受影响",
            "11月20日8时15分，吉林松原市宁江区发生4.2级地震。吉林油田随即组织巡检，井口和管道完好，生产没有受到影响。",
        ),
    ),
    (
        (
            "四川宜宾市珙县发生3.1级地震",
            "中国地震台网正式测定：5月3日22时40分在四川宜宾市珙县（北纬28.21度，东经104.86度）发生3.1级地震，震源深度10千米。",
        ),
        (
            "四川宜宾市兴文县附近发生3.0级左右地震",
            "中国地震台网自动测定：5月3日22时40分在四川宜宾市兴文县附近（北纬28.24度，东经104.91度）发生3.0级左右地震，最终结果以正式速报为准。",
        ),
    ),
    (
        (
            "新疆阿克苏地区乌什县发生7.1级地震",
            "中国地震台网正式测定：1月23日2时9分在新疆阿克苏地区乌什县（北纬41.26度，东经78.63度）发生7.1级地震，震源深度22千米。",
        ),
        (
            "新疆乌什县附近发生7.0级左右地震",
            "据中国地震台网自动测定，1月23日02时09分在新疆阿克苏地区乌什县附近（北纬41.20度，东经78.60度）发生7.0级左右地震，最终结果以正式速报为准。",
        ),
    ),
    (
        (
            "台湾花莲县海域发生6.3级地震",
            "中国地震台网正式测定：4月23日02时32分在台湾花莲县海域（北纬23.81度，东经121.74度）发生6.3级地震，震源深度10公里。",
        ),
        (
            "福建多地震感强烈",
            "4月23日02时32分在台湾花莲县海域发生6.3级地震，福州、厦门、泉州等地有强烈震感，网友说吊灯晃了半分钟。福建省地震局表示，这次地震不会引发海啸。",
        ),
    ),
]
OTHER = [
    # an aftershock of the same hour
    (
        OFFICIAL,
        ("吉林松原市宁江区发生3.1级地震", "中国地震台网正式测定：11月20日08时52分在吉林松原市宁江区（北纬45.30度，东经124.66度）发生3.1级地震，震源深度8千米。"),
    ),
    # the same hour and minute of another day
    (
        OFFICIAL,
        ("吉林松原市宁江区发生3.6级地震", "中国地震台网正式测定：11月22日08时15分在吉林松原市宁江区（北纬45.28度，东经124.70度）发生3.6级地震，震源深度9千米。"),
    ),
    # another place in the same minute
    (
        OFFICIAL,
        ("四川宜宾市珙县发生3.1级地震", "中国地震台网正式测定：11月20日08时15分在四川宜宾市珙县（北纬28.21度，东经104.86度）发生3.1级地震，震源深度10千米。"),
    ),
    # an aftershock that tells of the quake before it
    (
        OFFICIAL,
        ("松原再发生3.3级余震", "中国地震台网正式测定：11月20日21时07分在吉林松原市宁江区（北纬45.29度，东经124.69度）发生3.3级地震，震源深度9千米。此前，11月20日08时15分当地发生4.2级地震。"),
    ),
    # two quakes of one pattern in one minute of two days
    (
        ("云南大理州漾濞县发生3.0级地震", "中国地震台网正式测定：5月21日21时21分在云南大理州漾濞县（北纬25.63度，东经99.92度）发生3.0级地震，震源深度10千米。"),
        ("云南大理州漾濞县发生5.6级地震", "中国地震台网正式测定：5月21日21时48分在云南大理州漾濞县（北纬25.67度，东经99.87度）发生5.6级地震，震源深度8千米。"),
    ),
    # what explains, and names no quake's hour
    (
        OFFICIAL,
        ("地震来了该怎么躲？专家支招", "地震时不要乘电梯，不要跳楼，就近躲在结实的桌子下面。松原市宁江区曾在2018年发生5.7级地震，专家建议家中备好应急包。"),
    ),
]  # fmt: skip


def joined(tagger: Tagger, one: Report, other: Report) -> bool:
    return is_same_event(tagger.outline(*one), tagger.outline(*other))


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_quake_measured_again_or_told_on_is_one_event(tagger: Tagger, one: Report, other: Report) -> None:
    assert joined(tagger, one, other)
    assert joined(tagger, other, one)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_another_quake_is_another_event(tagger: Tagger, one: Report, other: Report) -> None:
    assert not joined(tagger, one, other)
    assert not joined(tagger, other, one)
