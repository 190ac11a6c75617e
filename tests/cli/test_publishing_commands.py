"""kepu account, publish, deliveries and withdraw against the stand-ins, as a person or a script would use them."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kepu_command import Command

from config.settings import load
from connectors.channels.wechat.channel import WeChat
from content_store import accounts, deliveries, stories
from content_store.tables import DeliveryState, Lane
from flows.opening import open_newsroom
from sandbox.serve import in_thread
from steps.accounts import the_account
from steps.adapt import form_of

ACCOUNTS = """
[[account]]
key = "weibo"
platform = "weibo"
name = "科普吉林"
[account.settings]
base_url = "{base}/weibo"
bound_domain = "127.0.0.1"
[account.credentials]
app_key = "1234500000"
app_secret = "fake-secret-weibo"
access_token = "fake-token-weibo-7700000001"
uid = "7700000001"

[[account]]
key = "stale"
platform = "weibo"
name = "过期"
[account.settings]
base_url = "{base}/weibo"
bound_domain = "127.0.0.1"
[account.credentials]
app_key = "1234500000"
app_secret = "fake-secret-weibo"
access_token = "fake-token-nobody"
uid = "7700000002"
"""


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with in_thread(seed=3) as address:
        yield address


def queued(home: Path, key: str) -> int:
    room = open_newsroom(load(home))
    account, now = the_account(room, key), room.now()
    assert account.id is not None
    with room.store.session() as session:
        fields = {"title": "雪天出行", "short_text": "减速慢行。", "body_html": "<p>慢行</p>", "ai_use": "none"}
        version = stories.add(session, fields=fields, by=None, now=now)
        assert version.id is not None
        marker = deliveries.new_marker()
        row = deliveries.add(
            session,
            version_id=version.id,
            account_id=account.id,
            marker=marker,
            form=form_of(version, account, marker=marker, site_url=room.site_url),
            fingerprint="",
            state=DeliveryState.QUEUED,
            lane=Lane.NORMAL,
            due_at=now,
            by=None,
            now=now,
        )
        assert row.id is not None
        return row.id


def test_a_delivery_goes_out_and_back_by_commands_alone(base: str, kepu: Command, tmp_path: Path) -> None:
    file = tmp_path / "accounts.toml"
    file.write_text(ACCOUNTS)
    assert kepu("account", "add", "--file", str(file), "--base", base)[0] == 0
    assert [row["key"] for row in kepu.json("account", "list")] == ["stale", "weibo"]
    assert kepu.json("account", "check", "weibo")["ok"]
    code, out, err = kepu("account", "check", "stale", "--json")
    assert code == 1
    assert not json.loads(out)["ok"]
    assert "重新授权" in err
    delivery = queued(kepu.home, "weibo")
    assert kepu.json("publish", "--once")["accepted"] == 1
    shown = kepu.json("deliveries", "--state", "accepted")
    assert [row["id"] for row in shown] == [delivery]
    assert "fake-token" not in json.dumps(shown)
    assert kepu.json("withdraw", str(delivery))["state"] == "withdrawn"
    assert kepu.json("deliveries", "--state", "live") == []


@pytest.mark.parametrize(
    "words",
    [
        ["withdraw", "7"],
        ["withdraw", "9" * 30],
        ["withdraw", "0"],
        ["deliveries", "--state", "nowhere"],
        ["account", "check", "none"],
    ],
)
def test_wrong_use_is_one_sentence(kepu: Command, words: list[str]) -> None:
    code, out, err = kepu(*words)
    assert code == 1
    assert out == ""
    assert err.count("\n") == 1
    assert "。" in err


@pytest.mark.parametrize("number", ["7", "9" * 30])
def test_withdrawing_what_is_not_there_points_to_the_list_of_the_command_line(kepu: Command, number: str) -> None:
    assert f"没有编号为 {number} 的投递，请用 kepu deliveries" in kepu("withdraw", number)[2]


def test_secrets_come_from_the_environment_and_are_never_shown(kepu: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEPU_ACCOUNT_SECRETS", '{"appid": "wx1", "appsecret": "topsecret"}')
    code, out, err = kepu("account", "add", "gzh", "--platform", "wechat", "--setting", "open_comments=true")
    assert code == 0
    listed = json.dumps(kepu.json("account", "list"))
    assert "topsecret" not in out + err + listed
    assert '"open_comments": true' in listed
    room = open_newsroom(load(kepu.home))
    assert room.channel(the_account(room, "gzh")).name == "wechat"


def test_an_account_that_is_entered_again_as_another_one_asks_with_a_token_of_its_own(
    base: str, kepu: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def entered(appid: str, secret: str) -> tuple[int, str, str]:
        monkeypatch.setenv("KEPU_ACCOUNT_SECRETS", json.dumps({"appid": appid, "appsecret": secret}))
        return kepu("account", "add", "gzh", "--platform", "wechat", "--setting", f"base_url={base}/wechat")

    assert entered("wxsandboxjilin", "fake-secret-wechat-jilin")[0] == 0
    room = open_newsroom(load(kepu.home))
    jilin = room.channel(the_account(room, "gzh"))
    assert kepu.json("account", "check", "gzh")["ok"]
    assert entered("wxsandboxchangchun", "fake-secret-wechat-changchun")[0] == 0
    # a call that was under way while the keys changed stores the old one's token afterwards
    assert isinstance(jilin, WeChat)
    jilin._api._fetch_token()
    asked_before = asked(base)
    assert kepu.json("account", "check", "gzh")["ok"]
    assert {row["account"] for row in asked(base)[len(asked_before) :]} == {"wxsandboxchangchun"}
    queued(kepu.home, "gzh")
    code, _, err = entered("wxsandboxjilin", "fake-secret-wechat-jilin")
    assert code == 1
    assert "要换号请另加账号" in err
    assert entered("wxsandboxchangchun", "fake-secret-wechat-changchun")[0] == 0


def asked(base: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"{base}/_sandbox/calls?platform=wechat&path=/cgi-bin/draft/count") as answer:
        return list(json.loads(answer.read()))


def test_a_key_that_is_null_takes_the_place_of_none_and_one_that_is_no_text_is_refused(
    kepu: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def entered(**keys: Any) -> tuple[int, str, str]:
        monkeypatch.setenv("KEPU_ACCOUNT_SECRETS", json.dumps(keys))
        return kepu("account", "add", "gzh", "--platform", "wechat")

    assert entered(appid="wx1", appsecret="topsecret", callback_token=None)[0] == 0
    assert entered(appid=None, appsecret=None)[0] == 0
    code, _, err = entered(appid={"wx1": "wx2"})
    assert code == 1
    assert "一段文字" in err
    room = open_newsroom(load(kepu.home))
    with room.store.reading() as session:
        kept = accounts.credentials(session, the_account(room, "gzh").id or 0, room.vault)
    assert kept == {"appid": "wx1", "appsecret": "topsecret"}


def test_an_account_of_another_platform_keeps_none_of_its_old_keys(
    kepu: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEPU_ACCOUNT_SECRETS", '{"appid": "wx1", "appsecret": "topsecret"}')
    assert kepu("account", "add", "gzh", "--platform", "wechat")[0] == 0
    monkeypatch.delenv("KEPU_ACCOUNT_SECRETS")
    assert kepu("account", "add", "gzh", "--platform", "kepuchina", "--mode", "manual") == (
        0,
        "",
        "已登记账号 gzh。可用 kepu account check gzh 检测。\n",
    )
