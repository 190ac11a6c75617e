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
    usual = "惯例的日子，以科技部、中央宣传部、中国科协公布的为准"
    assert f"2026-05-16 至 05-23  全国科技活动周（还有 6 天；{usual}）" in told
    assert "2026-05-12 至 05-13  全国防灾减灾日（还有 2 天）" in told
    assert "全国低碳日：日期还没有公布（每年由国家发展改革委、生态环境部公布，多在 5、6、7 月）" in told
    days(within=0, on=datetime(2026, 5, 17, tzinfo=UTC), as_json=False)
    assert any("全国科技活动周（正在进行；" in line for line in capsys.readouterr().out.splitlines())


def test_a_day_that_is_set_each_year_has_no_date_before_it_is_announced(capsys: pytest.CaptureFixture[str]) -> None:
    days(within=10, on=datetime(2026, 9, 14, tzinfo=UTC), as_json=True)
    told = {line["key"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert (told["innovation_week"]["date"], told["innovation_week"]["set_by"]) == (None, "国家发展改革委")
    assert (told["cyber_security"]["date"], told["cyber_security"]["usual"]) == ("2026-09-21", True)
    assert (told["ozone"]["date"], told["ozone"]["usual"]) == ("2026-09-16", False)


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
