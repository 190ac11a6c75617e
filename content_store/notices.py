"""Call-backs that were taken, and clocks that are off."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from content_store.tables import ClockNotice, SeenCallback

KEPT = timedelta(days=180)
"""Longer than any platform repeats a call-back, and than most consents last."""


def first_time(session: Session, key: str, *, now: datetime) -> bool:
    """Writes the call-back down. False where it was taken before."""
    if session.get(SeenCallback, key) is not None:
        return False
    session.exec(delete(SeenCallback).where(col(SeenCallback.seen_at) < now - KEPT))
    try:
        with session.begin_nested():
            session.add(SeenCallback(key=key, seen_at=now))
            session.flush()
    except IntegrityError:
        # another process takes the same one at this moment
        return False
    return True


def note_clock(session: Session, machine: str, platform: str, *, minutes: int, now: datetime) -> None:
    """The machine's clock is so far ahead of the platform's; 0: they agree again."""
    known = session.get(ClockNotice, (machine, platform))
    if not minutes:
        if known is not None:
            session.delete(known)
        return
    row = known or ClockNotice(machine=machine, platform=platform, minutes=minutes, told_at=now)
    row.minutes, row.told_at = minutes, now
    session.add(row)


def clocks_off(session: Session, *, since: datetime) -> list[ClockNotice]:
    """Told of since then: a clock that is off is told of every day."""
    query = select(ClockNotice).where(col(ClockNotice.told_at) >= since)
    return list(session.exec(query.order_by(col(ClockNotice.machine), col(ClockNotice.platform))))
