"""Tokens shared between processes: one refresh at a time, and no waiting for the dead."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta

import pytest

from connectors.base import Token
from connectors.errors import RetryLater
from content_store import accounts, running
from steps import tokens
from steps.newsroom import Newsroom
from steps.tokens import StoredTokens
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


def test_nobody_waits_for_a_refresh_that_was_killed(newsroom: Newsroom, shelf: StoredTokens, now: datetime) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    with newsroom.store.session() as session:
        owner, until = f"{place()}:{dead.pid}:1", now + timedelta(minutes=1)
        running.take_lease(session, "token:1:access", owner=owner, now=now, until=until)
    with shelf.refreshing("access"):
        pass


def test_whoever_waits_too_long_for_a_living_one_comes_back_later(
    newsroom: Newsroom, shelf: StoredTokens, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "REFRESH_SECONDS", 0.2)
    with newsroom.store.session() as session:
        owner, until = f"{place()}:{os.getpid()}:1", now + timedelta(minutes=1)
        running.take_lease(session, "token:1:access", owner=owner, now=now, until=until)
    with pytest.raises(RetryLater, match="稍后"), shelf.refreshing("access"):
        pass
