"""Platform tokens of one account, kept in the store and refreshed by one process at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Literal

from connectors.base import Token
from connectors.errors import RetryLater
from content_store import accounts, running
from content_store.database import Store, though_busy
from content_store.vault import Vault
from steps.workers import is_gone, worker_name

REFRESH_SECONDS = 60
"""How long one refresh may hold the others back; longer than any call may last."""


class StoredTokens:
    """Fits connectors.base.TokenShelf.

    `app`: whose keys the account has now (account_fields.app_of). What was given to another is not seen, also
    where a call that was under way while the keys changed stores it afterwards.
    """

    def __init__(self, store: Store, vault: Vault, account_id: int, now: Callable[[], datetime], app: str = "") -> None:
        self._store = store
        self._vault = vault
        self._account_id = account_id
        self._now = now
        self._app = app

    def get(self, kind: str) -> Token | None:
        with self._store.reading() as session:
            known = accounts.token(session, self._account_id, kind, self._vault, app=self._app)
        return None if known is None else Token(value=known[0], expires_at=known[1])

    def put(self, kind: str, token: Token) -> None:
        # one that works once cannot be had again
        though_busy(lambda: self._put(kind, token))

    def _put(self, kind: str, token: Token) -> None:
        with self._store.session() as session:
            ends = token.expires_at
            accounts.keep_token(session, self._account_id, kind, token.value, ends, self._vault, app=self._app)

    def end(self, kind: str, value: str) -> bool:
        with self._store.session() as session:
            now = self._now()
            return accounts.end_token(session, self._account_id, kind, value, now, self._vault, app=self._app)

    def drop(self, kind: str, value: str) -> None:
        with self._store.session() as session:
            accounts.drop_token(session, self._account_id, kind, value, self._vault, app=self._app)

    @contextmanager
    def refreshing(self, kind: str) -> Iterator[None]:
        """Holds the refresh lease; waits for whoever holds it. Raises RetryLater where that takes too long."""
        name = f"token:{self._account_id}:{kind}"
        owner = f"{worker_name()}:{threading.get_ident()}"
        self._take(name, owner)
        try:
            yield
        finally:
            with self._store.session() as session:
                running.give_up_lease(session, name, owner=owner)

    def _take(self, name: str, owner: str) -> None:
        """By the database's clock: a machine whose own is minutes ahead would not wait for anybody."""
        give_up_at = time.monotonic() + REFRESH_SECONDS
        while time.monotonic() < give_up_at:
            with self._store.session() as session:
                at = running.clock(session)
                until = at + timedelta(seconds=REFRESH_SECONDS)
                held = running.lease(session, name)
                if held is not None and is_gone(held.owner):
                    running.end_lease(session, name, owner=held.owner, now=at)
                if running.take_lease(session, name, owner=owner, now=at, until=until):
                    return
            time.sleep(0.05)
        raise RetryLater("另一个进程正在更新平台令牌，稍后会再试。", after=10)


WARNED_DAYS = (1, 3, 7)
"""Days before its end at which a consent is warned about."""


def step_of(ends: datetime, now: datetime) -> int | None:
    """Which warning a consent's end has come to: 7, 3 or 1 days ahead, 0 once it is over; None before all of them. Pure."""
    left = ends - now
    if left <= timedelta():
        return 0
    return next((days for days in WARNED_DAYS if left <= timedelta(days=days)), None)


def ends_soon(ends: datetime, now: datetime) -> tuple[Literal["soft", "warn", "bad"], str]:
    """Tone and words (Chinese) of the warnings seven, three and one day before a consent ends; no words before. Pure."""
    step, left = step_of(ends, now), (ends - now).days
    if step is None:
        return "soft", ""
    if step == 0:
        return "bad", "授权已到期，请重新授权。"
    if step == 1:
        return "bad", "授权不到 1 天就到期，请马上重新授权。"
    return "warn", f"授权还有 {left} 天到期，请{'尽快' if step == 3 else '安排'}重新授权。"
