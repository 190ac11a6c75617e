"""Owners' consents that end soon: shown on the desk all the time, and told once at each step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from content_store import accounts, log
from content_store.tables import Account
from steps.accounts import consent_ends_at
from steps.newsroom import Newsroom
from steps.tokens import ends_soon, step_of

WARNED = "consent_warned"
"""In the log: the end of this account's consent was told at this step."""


@dataclass(frozen=True)
class Ending:
    """A consent that ends within a week, or is over. `step`: 7, 3, 1 or 0."""

    account: Account
    ends: datetime
    step: int
    tone: Literal["soft", "warn", "bad"]
    said: str


def ending(newsroom: Newsroom, rows: Iterable[Account], now: datetime) -> list[Ending]:
    """Those of enabled accounts, the nearest first. Asks nobody."""
    found = []
    for row in rows:
        ends = consent_ends_at(newsroom, row) if row.enabled else None
        step = step_of(ends, now) if ends is not None else None
        if ends is not None and step is not None:
            found.append(Ending(row, ends, step, *ends_soon(ends, now)))
    return sorted(found, key=lambda each: each.ends)


def warn_once(newsroom: Newsroom, now: datetime) -> Sequence[Ending]:
    """Writes to each account's log that its consent ends, once for each step of each consent; returns what is new."""
    with newsroom.store.reading() as session:
        near = ending(newsroom, accounts.listed(session, enabled_only=True), now)
    return [each for each in near if _warned(newsroom, each, now)]


def _warned(newsroom: Newsroom, each: Ending, now: datetime) -> bool:
    """Whether this step is told only now."""
    assert each.account.id is not None
    with newsroom.store.session() as session:
        if _is_told(session, each):
            return False
        log.append(
            session,
            at=now,
            subject="account",
            subject_id=each.account.id,
            act=WARNED,
            actor="system",
            why=each.said,
            detail={"ends": each.ends.isoformat(), "step": each.step},
        )
    return True


def _is_told(session: Session, each: Ending) -> bool:
    assert each.account.id is not None
    mark = {"ends": each.ends.isoformat(), "step": each.step}
    return any(entry.act == WARNED and entry.detail == mark for entry in log.of(session, "account", each.account.id))
