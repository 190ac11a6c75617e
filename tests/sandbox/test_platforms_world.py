"""The world itself: its memory, its clock, its faults, its discretion."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from platform_clients import QUICK, Control, Douyin, Wechat, Weibo, code_of, receiver, until

from cli.opening import CommandFailed
from cli.sandbox import sandbox
from sandbox.clock import parse_moment
from sandbox.faults import Rule, fires_now
from sandbox.figures import followers, growth, heat, split
from sandbox.serve import in_thread

NOON = parse_moment("2026-11-20T12:00:00+08:00")
ROOT = Path(__file__).parent.parent.parent
SUBMIT = "/cgi-bin/freepublish/submit"


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with in_thread(seed=7, start_time=NOON, settings=QUICK) as address:
        yield address


@pytest.fixture
def wx(base: str) -> Iterator[Wechat]:
    one = Wechat(base)
    yield one
    one.control.faults()


# ---------------------------------------------------------------- faults


def attempt(wx: Wechat, media_id: str, timeout: float = 5.0) -> Any:
    query = {"access_token": wx.token}
    body = json.dumps({"media_id": media_id})
    return requests.post(f"{wx.root}{SUBMIT}", params=query, data=body, timeout=timeout)


def public(wx: Wechat) -> int:
    return len(wx.control.ledger(account=wx.appid))


def test_a_time_out_after_the_effect_keeps_the_effect(wx: Wechat) -> None:
    media_id = wx.draft()
    wx.control.faults({"kind": "timeout_after_effect", "platform": "wechat", "path": SUBMIT, "nth": 1, "seconds": 20})
    with pytest.raises(requests.Timeout):
        attempt(wx, media_id, timeout=0.3)
    until(lambda: public(wx) == 1)


def test_a_reset_comes_before_or_after_the_effect(wx: Wechat) -> None:
    media_id = wx.draft()
    wx.control.faults({"kind": "reset_before_effect", "path": SUBMIT, "times": 1})
    with pytest.raises(requests.ConnectionError):
        attempt(wx, media_id)
    time.sleep(0.3)
    assert public(wx) == 0
    wx.control.faults({"kind": "reset_after_effect", "path": SUBMIT, "times": 1})
    with pytest.raises(requests.ConnectionError):
        attempt(wx, media_id)
    until(lambda: public(wx) == 1)


def test_a_500_comes_before_or_after_the_effect(wx: Wechat) -> None:
    media_id = wx.draft()
    wx.control.faults({"kind": "http_500_before", "path": SUBMIT, "times": 1})
    assert attempt(wx, media_id).status_code == 500
    time.sleep(0.3)
    assert public(wx) == 0
    wx.control.faults({"kind": "http_500_after", "path": SUBMIT, "times": 1})
    assert attempt(wx, media_id).status_code == 500
    until(lambda: public(wx) == 1)


def test_a_half_answer_is_no_json_and_a_slow_one_is_slow(wx: Wechat) -> None:
    wx.cover()
    wx.control.faults({"kind": "wrong_json", "path": "/cgi-bin/draft/count"})
    answer = requests.get(f"{wx.root}/cgi-bin/draft/count", params={"access_token": wx.token}, timeout=5)
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"line 1 column"):
        json.loads(answer.content)
    wx.control.faults({"kind": "slow", "path": "/cgi-bin/draft/count", "seconds": 0.4})
    begun = time.monotonic()
    assert wx.call("/cgi-bin/draft/count", method="GET") == {"total_count": 0}
    assert time.monotonic() - begun >= 0.4


def test_a_token_may_run_out_at_any_call(base: str, wx: Wechat) -> None:
    wx.cover()
    wx.control.faults({"kind": "expired_token", "times": 1, "path": "/cgi-bin/draft/count"})
    assert wx.call("/cgi-bin/draft/count", method="GET")["errcode"] == 42001
    old, wx.token = wx.token, ""
    assert wx.call("/cgi-bin/draft/count", method="GET") == {"total_count": 0}
    assert wx.token != old
    wx.control.faults({"kind": "expired_token", "platform": "weibo"})
    assert code_of(Weibo(base).raw("GET", "/2/account/get_uid.json")) == (403, 21327)
    wx.control.faults({"kind": "expired_token", "platform": "douyin"})
    assert Douyin(base).call("GET", "/api/douyin/v1/video/video_list/")["extra"]["error_code"] == 28001008


def test_any_code_may_be_answered_to_one_account(base: str, wx: Wechat) -> None:
    wx.control.faults({"kind": "error", "code": 53503, "path": SUBMIT, "account": wx.appid})
    assert wx.call(SUBMIT, {"media_id": wx.draft()})["errcode"] == 53503
    assert Wechat(base).submit()["errcode"] == 0
    assert public(wx) == 0
    weibo = Weibo(base)
    wx.control.faults({"kind": "error", "code": 20021, "platform": "weibo"})
    assert code_of(weibo.share(weibo.text())) == (400, 20021)


def test_events_may_be_lost_doubled_and_overtaken(wx: Wechat) -> None:
    event = {"platform": "wechat", "event": "PUBLISHJOBFINISH", "account": wx.appid}
    with receiver() as hook:
        wx.control.post("/callbacks", {"platform": "wechat", "key": wx.appid, "url": hook.url, "token": "t"})
        wx.control.faults(
            {"kind": "drop_event", "nth": 1, **event},
            {"kind": "duplicate_event", "nth": 2, **event},
            {"kind": "reorder", "nth": 3, "seconds": 0.8, **event},
        )
        jobs = []
        for _ in range(4):
            jobs.append(str(wx.published()[0]["publish_id"]))
        until(lambda: len(hook.posts()) == 4)
        order = [next(job for job in jobs if job.encode() in post.body) for post in hook.posts()]
    assert order == [jobs[1], jobs[1], jobs[3], jobs[2]]


def test_a_script_that_nobody_understands_is_refused(base: str) -> None:
    control = Control(base)
    for rule in ({"kind": "earthquake"}, {"kind": "slow", "unknown": 1}, {"kind": "drop_event"}):
        control.post("/faults", [rule], status=422)
    assert control.get("/faults") == []


@given(st.integers(1, 500), st.integers(0, 50), st.integers(0, 99))
def test_a_rule_fires_by_count_limit_and_chance(seen: int, fired: int, seed: int) -> None:
    assert fires_now(Rule(kind="slow"), seen, fired, seed)
    assert fires_now(Rule(kind="slow", nth=[3, 5]), seen, fired, seed) == (seen in (3, 5))
    assert fires_now(Rule(kind="slow", every=4), seen, fired, seed) == (seen % 4 == 0)
    assert fires_now(Rule(kind="slow", times=2), seen, fired, seed) == (fired < 2)
    assert not fires_now(Rule(kind="slow", probability=0), seen, fired, seed)


def test_chance_depends_on_the_seed_alone() -> None:
    rule = Rule(kind="slow", probability=0.3)
    hits = [[fires_now(rule, seen, 0, seed) for seen in range(1, 1001)] for seed in (1, 1, 2)]
    assert hits[0] == hits[1] != hits[2]
    assert 230 < sum(hits[0]) < 370


# ---------------------------------------------------------------- accounts


def test_accounts_with_unknown_fields_are_refused_whole(base: str) -> None:
    control = Control(base)
    good = {"platform": "wechat", "appid": "wxgood01", "secret": "fake", "name": "好"}
    before = len(control.get("/accounts"))
    for bad in (good | {"colour": "red"}, good | {"platform": "myspace"}, {"platform": "wechat", "name": "x"}):
        control.post("/accounts", [good, bad], status=422)
    assert len(control.get("/accounts")) == before


def test_front_page_and_health_answer(base: str) -> None:
    assert "沙盘" in requests.get(base, timeout=5).text
    assert Control(base).get("/health")["seed"] == 7


# ---------------------------------------------------------------- figures


@given(st.floats(0, 1e8), st.floats(0, 1e8), st.floats(0.1, 5))
def test_growth_never_falls_and_stops_after_thirty_days(first: float, second: float, tau: float) -> None:
    low, high = sorted((first, second))
    assert 0 <= growth(low, tau) <= growth(high, tau) <= 1
    assert growth(31 * 86_400, tau) == growth(365 * 86_400, tau)


@given(st.integers(0, 10**7), st.integers())
def test_parts_of_a_split_add_up(amount: int, seed: int) -> None:
    parts = split(amount, ["a", "b", "c"], seed)
    assert sum(share for _, share in parts) == amount
    assert all(share > 0 for _, share in parts)


def test_emergencies_are_read_more_and_accounts_grow() -> None:
    assert heat("暴雨红色预警避险指南") > heat("博物馆的恐龙") == 1.0
    assert followers(1, "a", 10_000, 60 * 86_400) > 10_000
    assert followers(1, "a", 10_000, 5e6) == followers(1, "a", 10_000, 5e6)


def test_two_worlds_of_one_seed_show_the_same_figures() -> None:
    def figures(seed: int) -> Any:
        account = {"platform": "weibo", "uid": "42", "app_key": "1", "app_secret": "fake", "name": "同"}
        account |= {"access_token": "fake-weibo-same", "bound_domains": ["kepu.example"]}
        with in_thread(seed=seed, start_time=NOON, settings=QUICK) as address:
            Control(address).post("/accounts", account)
            wb = Weibo(address)
            wb.uid, wb.token = "42", "fake-weibo-same"
            post = wb.share("雷电 https://kepu.example/1").json()["idstr"]
            wb.control.post("/clock", {"now": "2026-11-25T00:00:00+08:00"})
            return wb.raw("GET", "/2/statuses/count.json", params={"ids": post}).json()

    assert figures(3) == figures(3) != figures(4)


# ---------------------------------------------------------------- memory and process


class Process:
    """The stand-ins as a program of their own."""

    def __init__(self, *arguments: str, program: tuple[str, ...] = ("-m", "sandbox")) -> None:
        command = [sys.executable, *program, "--port", "0", *arguments]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = json.loads(self.process.stdout.readline())["url"]

    def kill(self, number: int = signal.SIGKILL) -> str:
        self.process.send_signal(number)
        return self.process.communicate(timeout=10)[1]


def test_a_killed_world_knows_everything_again_and_logs_no_secret(tmp_path: Path) -> None:
    script = tmp_path / "faults.json"
    script.write_text(json.dumps([{"kind": "http_500_before", "path": "/cgi-bin/draft/count", "nth": 2}]))
    arguments = ("--state", str(tmp_path / "world.sqlite"), "--faults", str(script), "--seed", "5")
    first = Process(*arguments)
    Control(first.url).post("/settings", QUICK)
    Control(first.url).post("/clock", {"now": "2027-01-05T12:00:00"})
    wx, wb, dy = Wechat(first.url), Weibo(first.url), Douyin(first.url)
    media_id = wx.draft()
    wx.published(title="留下来")
    post = wb.posted()
    dy.open(dy.schema())
    until(lambda: len(Control(first.url).ledger()) == 3)
    assert wx.call("/cgi-bin/draft/count", method="GET") == {"total_count": 1}
    log = first.kill()
    assert "POST /wechat/cgi-bin/draft/add 200" in log
    for secret in (wx.token, wx.secret, wb.token, dy.token, dy.secret, "access_token", "signature"):
        assert secret not in log
    second = Process(*arguments)
    try:
        wx.control.base, wx.root = second.url, f"{second.url}/wechat"
        assert wx.control.get("/clock")["now"].startswith("2027-01-05T12:00")
        rows = wx.control.ledger()
        assert [row["platform"] for row in rows] == ["wechat", "weibo", "douyin"]
        assert rows[0]["url"].startswith(second.url)
        assert requests.get(rows[0]["url"], timeout=5).status_code == 200
        assert wx.call("/cgi-bin/draft/get", {"media_id": media_id})["news_item"]
        with pytest.raises(AssertionError):
            wx.call("/cgi-bin/draft/count", method="GET")
        wb.root = f"{second.url}/weibo"
        assert code_of(wb.share(post["text"])) == (400, 20019)
    finally:
        second.kill()


def test_a_world_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    starter = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'sandbox', '--port', '0', '--with-parent'],"
        " stdout=subprocess.PIPE, text=True)\n"
        "print(child.pid, child.stdout.readline(), flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", starter], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child, told = parent.stdout.readline().split(maxsplit=1)
    assert requests.get(json.loads(told)["url"], timeout=5).status_code == 200
    parent.kill()
    parent.communicate(timeout=10)

    def is_gone() -> bool:
        try:
            os.kill(int(child), 0)
        except ProcessLookupError:
            return True
        return Path(f"/proc/{child}/stat").read_text().split()[2] == "Z"

    until(is_gone)


def test_the_command_starts_it_and_ends_it(tmp_path: Path) -> None:
    command = ("-c", "import typer; from cli.sandbox import sandbox; typer.run(sandbox)", "--json")
    started = Process("--state", str(tmp_path / "w.sqlite"), program=command)
    assert Control(started.url).get("/health")["ok"]
    started.kill(signal.SIGINT)
    assert (tmp_path / "w.sqlite").is_file()


def test_the_command_says_in_one_sentence_what_is_wrong(tmp_path: Path) -> None:
    script = tmp_path / "faults.json"
    script.write_text('[{"kind": "earthquake"}]')
    with pytest.raises(CommandFailed, match="故障脚本"):
        sandbox(port=0, faults=script)
    with pytest.raises(CommandFailed, match="时间"):
        sandbox(port=0, start_time="yesterday")


def test_the_log_of_a_running_world_names_no_query(base: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="sandbox.access"):
        wx = Wechat(base)
        wx.call("/cgi-bin/draft/count", method="GET")
        until(lambda: "draft/count" in caplog.text)
    assert wx.token not in caplog.text
    assert "?" not in caplog.text
    calls = Control(base).get("/calls", path="/cgi-bin/draft/count")
    assert calls[-1]["account"] == wx.appid
    assert wx.token not in json.dumps(calls)
