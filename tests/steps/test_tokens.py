"""Tokens shared between processes: one refresh at a time, and no waiting for the dead."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from connectors.base import Token
from connectors.errors import RetryLater
from content_store import accounts, running
from content_store.database import Store
from content_store.vault import Vault
from steps import tokens
from steps.account_fields import app_of
from steps.newsroom import Newsroom
from steps.tokens import StoredTokens, ends_soon
from steps.workers import place


@pytest.fixture
def shelf(newsroom: Newsroom, now: datetime) -> StoredTokens:
    with newsroom.store.session() as session:
        account = accounts.put(session, "wx", {"platform": "wechat"}, now=now)
        assert account.id is not None
    return StoredTokens(newsroom.store, newsroom.vault, account.id, newsroom.now)


def test_a_token_is_kept_given_back_and_dropped_only_while_it_is_still_this_one(
    shelf: StoredTokens, now: datetime
) -> None:
    token = Token(value="geheim", expires_at=now + timedelta(hours=2))
    shelf.put("access", token)
    assert shelf.get("access") == token
    shelf.drop("access", "another")
    assert shelf.get("access") == token
    shelf.drop("access", "geheim")
    assert shelf.get("access") is None


def test_a_token_of_another_app_is_neither_used_nor_dropped(
    newsroom: Newsroom, shelf: StoredTokens, now: datetime
) -> None:
    mine, other = (StoredTokens(newsroom.store, newsroom.vault, 1, newsroom.now, app) for app in ("mine", "other"))
    shelf.put("refresh", Token(value="old", expires_at=now))
    assert mine.get("refresh") == Token(value="old", expires_at=now), "stored before apps were noted"
    mine.put("access", Token(value="geheim", expires_at=now))
    assert other.get("access") is None
    other.drop("access", "geheim")
    assert mine.get("access") == Token(value="geheim", expires_at=now)
    other.put("access", Token(value="neu", expires_at=now))
    assert mine.get("access") is None
    assert other.get("access") == Token(value="neu", expires_at=now)


@pytest.mark.parametrize(
    ("platform", "name"),
    [("wechat", "appid"), ("weibo", "app_key"), ("douyin", "client_key"), ("kuaishou", "app_id")],
)
def test_the_keys_of_every_platform_tell_whose_tokens_an_account_may_use(platform: str, name: str) -> None:
    first = app_of(platform, {name: "one", "appsecret": "a"})
    assert first == app_of(platform, {name: "one", "appsecret": "b"})
    assert first != app_of(platform, {name: "two", "appsecret": "a"})
    assert first != app_of("toutiao", {name: "one"})


def test_only_one_refreshes_at_a_time(shelf: StoredTokens) -> None:
    inside, most = [], []

    def refresh() -> None:
        with shelf.refreshing("access"):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.02)
            inside.pop()

    threads = [threading.Thread(target=refresh) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 5


def test_nobody_waits_for_a_refresh_that_was_killed(newsroom: Newsroom, shelf: StoredTokens) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    with newsroom.store.session() as session:
        owner, at = f"{place()}:{dead.pid}:1", running.clock(session)
        running.take_lease(session, "token:1:access", owner=owner, now=at, until=at + timedelta(minutes=1))
    with shelf.refreshing("access"):
        pass


def test_whoever_waits_too_long_for_a_living_one_comes_back_later(
    newsroom: Newsroom, shelf: StoredTokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "REFRESH_SECONDS", 0.2)
    with newsroom.store.session() as session:
        owner, at = f"{place()}:{os.getpid()}:1", running.clock(session)
        running.take_lease(session, "token:1:access", owner=owner, now=at, until=at + timedelta(minutes=1))
    with pytest.raises(RetryLater, match="稍后"), shelf.refreshing("access"):
        pass


def test_a_machine_whose_clock_is_ahead_waits_for_whoever_refreshes(
    newsroom: Newsroom, shelf: StoredTokens, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = StoredTokens(newsroom.store, newsroom.vault, 1, lambda: now + timedelta(minutes=10))
    came_in: list[bool] = []

    def elsewhere() -> None:
        try:
            with ahead.refreshing("access"):
                came_in.append(True)
        except RetryLater:
            came_in.append(False)

    with shelf.refreshing("access"):
        monkeypatch.setattr(tokens, "REFRESH_SECONDS", 0.2)
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert came_in == [False]


def test_a_token_ends_only_while_no_other_stands_in_its_place(
    newsroom: Newsroom, shelf: StoredTokens, now: datetime
) -> None:
    assert shelf.end("refresh", "from the consent page"), "one that is not on the shelf yet"
    assert shelf.get("refresh") == Token(value="from the consent page", expires_at=now)
    fresh = Token(value="neu", expires_at=now + timedelta(days=9))
    shelf.put("refresh", fresh)
    assert not shelf.end("refresh", "from the consent page")
    assert shelf.get("refresh") == fresh
    other = StoredTokens(newsroom.store, newsroom.vault, 1, newsroom.now, "another app")
    other.put("refresh", fresh)
    assert not StoredTokens(newsroom.store, newsroom.vault, 1, newsroom.now, "mine").end("refresh", "neu")
    assert other.get("refresh") == fresh
    assert other.end("refresh", "neu")
    assert other.get("refresh") == Token(value="neu", expires_at=now)


def refreshes(url: str, key: bytes, log: str, started: Any) -> None:
    """A process of its own: gets the token, and refreshes it where it is not there yet."""
    shelf = StoredTokens(Store(url), Vault(key), 1, lambda: datetime.now(UTC))
    started.wait(30)
    if shelf.get("access") is None:
        with shelf.refreshing("access"):
            if shelf.get("access") is None:
                with open(log, "a") as file:
                    file.write(f"{os.getpid()} asks\n")
                time.sleep(0.2)
                value = Token(value=f"token-{os.getpid()}", expires_at=datetime.now(UTC) + timedelta(hours=2))
                shelf.put("access", value)
    kept = shelf.get("access")
    with open(log, "a") as file:
        file.write(f"uses {kept.value if kept else ''}\n")


def test_among_processes_one_refreshes_and_all_use_what_it_stored(
    sqlite_url: str, tmp_path: Path, now: datetime
) -> None:
    key, log = Fernet.generate_key(), tmp_path / "log"
    store = Store(sqlite_url)
    with store.session() as session:
        accounts.put(session, "wx", {"platform": "wechat"}, now=now)
    store.close()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["steps.tokens"])
    started = context.Event()
    processes = [context.Process(target=refreshes, args=(sqlite_url, key, str(log), started)) for _ in range(4)]
    for process in processes:
        process.start()
    started.set()
    for process in processes:
        process.join(30)
    assert [process.exitcode for process in processes] == [0] * 4
    lines = log.read_text().splitlines()
    asked = [line.split()[0] for line in lines if line.endswith("asks")]
    assert len(asked) == 1, lines
    assert [line for line in lines if line.startswith("uses")] == [f"uses token-{asked[0]}"] * 4


def test_nothing_never_takes_the_place_of_a_token(shelf: StoredTokens, now: datetime) -> None:
    kept = Token(value="geheim", expires_at=now + timedelta(hours=2))
    shelf.put("access", kept)
    shelf.put("access", Token(value="", expires_at=now + timedelta(days=9)))
    assert shelf.get("access") == kept


@pytest.mark.parametrize(
    ("days", "tone", "words"),
    [
        (30, "soft", ""),
        (7.5, "soft", ""),
        (6.9, "warn", "授权还有 6 天到期，请安排重新授权。"),
        (2.9, "warn", "授权还有 2 天到期，请尽快重新授权。"),
        (0.9, "bad", "授权不到 1 天就到期，请马上重新授权。"),
        (-0.1, "bad", "授权已到期，请重新授权。"),
    ],
)
def test_the_end_of_a_consent_is_warned_of_seven_three_and_one_day_ahead(
    now: datetime, days: float, tone: str, words: str
) -> None:
    assert ends_soon(now + timedelta(days=days), now) == (tone, words)
