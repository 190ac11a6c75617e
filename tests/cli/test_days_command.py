"""`kepu days`, and hot lists as they are brought by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from cli.days import days
from cli.tag import read_hotlist


def test_the_theme_days_of_the_next_weeks_are_told_with_the_days_left(capsys: pytest.CaptureFixture[str]) -> None:
    days(within=15, on=datetime(2026, 5, 10, tzinfo=UTC), as_json=False)
    told = capsys.readouterr().out.splitlines()
    assert "2026-05-16 至 05-23  全国科技活动周（还有 6 天）" in told
    days(within=0, on=datetime(2026, 5, 17, tzinfo=UTC), as_json=False)
    assert any("全国科技活动周（正在进行）" in line for line in capsys.readouterr().out.splitlines())


def test_a_quiet_month_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    days(within=0, on=datetime(2026, 2, 25, tzinfo=UTC), as_json=False)
    assert capsys.readouterr().out == "今后 0 天没有登记的主题日。\n"


@pytest.mark.parametrize("outside", [{}, {"code": 200}, {"other": [1, 2, 3, 4]}])
def test_the_list_of_a_platforms_answer_is_found_where_it_stands(outside: dict[str, object]) -> None:
    answer = outside | {"data": {"realtime": [{"word": "查干湖冬捕"}, {"word": "流感高发"}]}}
    assert [topic.topic for topic in read_hotlist(json.dumps(answer).encode())] == ["查干湖冬捕", "流感高发"]


def test_odd_ranks_and_halves_of_characters_harm_nothing() -> None:
    entries = [{"topic": "查干湖\ud800冬捕", "rank": 10**26}, {"topic": "\ud800"}, {"topic": "流感", "rank": -1}]
    found = read_hotlist(json.dumps(entries).encode())
    assert [(topic.topic, topic.rank) for topic in found] == [("查干湖冬捕", 1), ("流感", 3)]
