"""`kepu alert` and `kepu pack`: one clear answer for every input, JSON for programs, lines for people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from cli.main import COMMANDS, _add, app
from content_store import people
from content_store.database import Store
from content_store.migrate import migrate

ALERT = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier><sender>s</sender>
<sent>2026-11-26T12:00:00+08:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
<info><language>zh-CN</language><category>Met</category><event>寒潮</event><urgency>Expected</urgency>
<severity>Severe</severity><certainty>Likely</certainty><expires>2026-11-27T12:00:00+08:00</expires>
<senderName>吉林省气象台</senderName><headline>吉林省气象台发布寒潮橙色预警信号</headline>
<area><areaDesc>长春市</areaDesc><geocode><valueName>GB/T 2260</valueName><value>220100</value></geocode></area>
</info></alert>"""
AT = ("--at", "2026-11-26T12:00:30+08:00")
ROLES = {"bj": ["editor"], "cs": ["reviewer1"], "fs": ["reviewer2"], "zs": ["reviewer3"]}


@pytest.fixture(scope="module", autouse=True)
def _commands() -> None:
    for name in ("alert", "pack"):
        if name in COMMANDS and name not in {command.name for command in app.registered_commands}:
            _add(name)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with people who may write and review."""
    folder = tmp_path / "home"
    folder.mkdir()
    store = Store(f"sqlite:///{folder / 'kepu.db'}")
    migrate(store)
    from datetime import UTC, datetime

    with store.session() as session:
        for name, roles in ROLES.items():
            people.add(
                session,
                name=name,
                display_name=name,
                password_hash="x",
                roles=roles,
                now=datetime(2026, 1, 1, tzinfo=UTC),
            )
    store.close()
    return folder


def kepu(home: Path, *words: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["--home", str(home), *words], input=given)


def file_of(home: Path, text: str) -> str:
    path = home / "alert.xml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def answer(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_an_alert_is_answered_in_json_and_a_second_time_says_so(home: Path) -> None:
    assert kepu(home, "pack", "load", "--reviewed-by", "cs,fs,zs").exit_code == 0
    path = file_of(home, ALERT.format(identifier="1"))
    first = answer(kepu(home, "alert", path, *AT, "--json"))
    assert first["event"]["state"] == "active"
    assert (first["event"]["hazard"], first["event"]["level"], first["event"]["areas"]) == (
        "cold_wave",
        "orange",
        ["220100"],
    )
    assert first["packs"][0]["pack"] == "cold_wave-before-severe"
    assert not first["duplicate"]
    assert first["event"]["clock"]["t1"] == 0
    again = answer(kepu(home, "alert", path, *AT, "--json"))
    assert again == first | {"duplicate": True}
    lines = kepu(home, "alert", path, *AT).stdout
    assert "已经收到过" in lines
    assert "寒潮橙色" in lines


def test_standard_input_serves_as_well(home: Path) -> None:
    found = answer(kepu(home, "alert", "-", *AT, "--json", given=ALERT.format(identifier="2").encode()))
    assert found["event"]["hazard_name"] == "寒潮"
    assert "没有可用的科普包" in found["holes"][0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<alert", "不是完整的 XML"),
        ("<rss/>", "没有 CAP 预警"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + ALERT.format(identifier="&x;"), "DTD"),
        (ALERT.format(identifier="1").replace("<status>Actual</status>", ""), "status"),
        (ALERT.format(identifier="1").replace("Actual", "Real"), "status"),
        (ALERT.format(identifier="1").replace("cap:1.2", "something"), "没有 CAP 预警"),
    ],
)
def test_what_is_no_alert_fails_with_one_sentence(home: Path, text: str, said: str) -> None:
    result = kepu(home, "alert", file_of(home, text), "--json")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert said in str(result.exception)
    assert "\n" not in str(result.exception)


def test_a_missing_file_and_a_bad_time_fail_with_one_sentence(home: Path) -> None:
    assert "读不了" in str(kepu(home, "alert", str(home / "none.xml")).exception)
    path = file_of(home, ALERT.format(identifier="3"))
    assert "看不懂时间" in str(kepu(home, "alert", path, "--at", "明天").exception)


def test_packs_wait_for_review_unless_it_was_held_on_paper(home: Path) -> None:
    loaded = kepu(home, "pack", "load")
    assert "等待三审" in loaded.stderr
    assert {line["reason"] for line in answer(kepu(home, "pack", "list", "--json"))} == {"还没有通过三审。"}
    kepu(home, "pack", "load", "--reviewed-by", "cs、fs、zs")
    assert any(line["usable"] for line in answer(kepu(home, "pack", "list", "--json")))
    assert "用户 nobody" in str(kepu(home, "pack", "load", "--by", "nobody").exception)
    assert "三个人" in str(kepu(home, "pack", "load", "--reviewed-by", "cs").exception)


def test_names_may_be_parted_by_a_chinese_comma(home: Path) -> None:
    kepu(home, "pack", "load", "--reviewed-by", "cs，fs，zs")
    assert any(line["usable"] for line in answer(kepu(home, "pack", "list", "--json")))


def test_reviewers_without_the_right_are_refused(home: Path) -> None:
    result = kepu(home, "pack", "load", "--reviewed-by", "zs,fs,cs")
    assert "没有初审权限" in str(result.exception)


def test_the_coverage_names_holes(home: Path) -> None:
    found = answer(kepu(home, "pack", "check", "--json"))
    cold = next(row for row in found["rows"] if row["hazard"] == "cold_wave")
    assert cold["holes"] == ["blue", "yellow", "orange", "red"]
    kepu(home, "pack", "load", "--reviewed-by", "cs,fs,zs")
    found = answer(kepu(home, "pack", "check", "--json"))
    cold = next(row for row in found["rows"] if row["hazard"] == "cold_wave")
    assert cold["holes"] == []
    assert cold["packs"]["red"]
    assert "寒潮低温" in kepu(home, "pack", "check").stdout
