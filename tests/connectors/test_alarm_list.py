"""Titles and entries of the alarm list: what is understood, and what becomes no message."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.base import RawPage
from connectors.cap import CapError, CapMessage, parse
from connectors.errors import FormatChanged
from connectors.sources.alarm_list import Alarm, alarms_of, as_cap, detail_of

CHANGCHUN = "22010041600000_20261126080530"


def message(title: str, identifier: str = CHANGCHUN, issued: str = "2026/11/26 08:05", detail: str = "") -> CapMessage:
    return parse(as_cap(Alarm(identifier, title, issued, "http://www.nmc.cn/publish/alarm/1.html"), detail))


def page(body: str) -> RawPage:
    return RawPage(
        url="http://www.nmc.cn/x", status=200, body=body.encode(), fetched_at=datetime(2026, 11, 26, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    ("title", "sender", "hazard", "place"),
    [
        ("吉林省长春市气象台发布暴雪黄色预警信号", "吉林省长春市气象台", "暴雪", "吉林省长春市"),
        ("吉林省白城市大安市发布寒潮蓝色预警", "吉林省白城市大安市", "寒潮", "吉林省白城市大安市"),
        ("吉林省气象台继续发布道路冰雪橙色预警信号", "吉林省气象台", "道路冰雪", "吉林省"),
        ("吉林省气象台2026年11月26日8时5分发布大风蓝色预警信号。", "吉林省气象台", "大风", "吉林省"),
        (
            "吉林省吉林市永吉县气象台更新道路冰雪蓝色预警信号",
            "吉林省吉林市永吉县气象台",
            "道路冰雪",
            "吉林省吉林市永吉县",
        ),
        ("吉林省通化市气象台变更暴雨橙色预警信号为红色", "吉林省通化市气象台", "暴雨", "吉林省通化市"),
        ("吉林省延边州气象台将大风蓝色预警信号升级为黄色", "吉林省延边州气象台", "大风", "吉林省延边州"),
        (
            "吉林省气象台与自然资源厅联合发布地质灾害气象风险黄色预警",
            "吉林省气象台与自然资源厅",
            "地质灾害气象风险",
            "吉林省",
        ),
        (
            "吉林省白山市江源区气象台发布雷电黄色预警[III级/较重]",
            "吉林省白山市江源区气象台",
            "雷电",
            "吉林省白山市江源区",
        ),
        ("国家预警信息发布中心发布暴雨红色预警", "国家预警信息发布中心", "暴雨", "国家预警信息发布中心"),
        ("河南省焦作市解放区气象台发布高温橙色预警信号", "河南省焦作市解放区气象台", "高温", "河南省焦作市解放区"),
    ],
)
def test_a_title_gives_sender_hazard_and_place(title: str, sender: str, hazard: str, place: str) -> None:
    [info] = message(title).infos
    assert (info.sender_name, info.event, info.headline, info.areas[0].desc) == (sender, hazard, title, place)


@pytest.mark.parametrize(
    "title",
    [
        "",
        "暴雨预警",
        "防空警报试鸣信息",
        "通化市今天有雪，请注意出行",
        "寒潮蓝色预警：全国多地将迎降温 局地降幅达10℃",
        "吉林省气象台发布天气预报",
        "吉林省长春市气象台发布暴雪黄色预警信号" * 10,
    ],
)
def test_a_title_that_is_no_warning_becomes_no_message(title: str) -> None:
    with pytest.raises(CapError, match="没有转发"):
        message(title)


@pytest.mark.parametrize("identifier", ["", "a b", "1,2", "<x>", "x" * 81])
def test_an_entry_without_a_usable_id_becomes_no_message(identifier: str) -> None:
    with pytest.raises(CapError, match="编号"):
        message("吉林省长春市气象台发布暴雪黄色预警信号", identifier)


@pytest.mark.parametrize("issued", ["", "昨晚", "2026/11/26", "11-26 08:05"])
def test_an_entry_whose_time_is_not_exact_becomes_no_message(issued: str) -> None:
    with pytest.raises(CapError, match="发布时间"):
        message("吉林省长春市气象台发布暴雪黄色预警信号", issued=issued)


def test_nothing_is_made_up_and_times_are_beijing_time() -> None:
    made = message("吉林省长春市气象台发布暴雪黄色预警信号", detail="预计有暴雪。\x00")
    [info] = made.infos
    assert made.sent == datetime(2026, 11, 26, 0, 5, tzinfo=UTC)
    assert (info.expires, info.severity, info.urgency, made.references) == (None, "Unknown", "Unknown", ())
    assert [(code.name, code.value) for code in info.areas[0].geocodes] == [("GB/T 2260", "220100")]
    assert message("吉林省长春市气象台发布暴雪黄色预警信号", "other-1").infos[0].areas[0].geocodes == ()


@pytest.mark.parametrize("body", ["{", "[]", '{"data": {}}', '{"data": {"page": {"list": {}}}}', '{"data": []}'])
def test_another_shape_is_said_to_be_one(body: str) -> None:
    with pytest.raises(FormatChanged):
        alarms_of(page(body))


def test_entries_of_odd_types_are_still_entries() -> None:
    found = alarms_of(page('{"data": {"page": {"list": [1, null, {"alertid": 5, "title": ["x"], "url": "/a.html"}]}}}'))
    assert [(each.identifier, each.title, each.link) for each in found] == [
        ("", "", ""),
        ("", "", ""),
        ("5", "", "http://www.nmc.cn/a.html"),
    ]


def test_the_words_of_a_page_are_those_of_the_warning_alone() -> None:
    body = (
        '<div id="title">x</div><div id="alarmtext"><p>第一段。</p></div><div id="alarmtext">第二段。</div><p>指南</p>'
    )
    assert detail_of(page(f"<html><body>{body}</body></html>")) == "第一段。\n第二段。"
    assert detail_of(page("")) == ""
