"""Writing and checking the append-only, hash-chained log."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, col, select

from content_store.advisory import Lock, hold
from content_store.tables import LogEntry

GENESIS = "0" * 64


def append(
    session: Session,
    *,
    at: datetime,
    subject: str,
    subject_id: int,
    act: str,
    actor: str,
    why: str = "",
    detail: dict[str, Any] | None = None,
) -> LogEntry:
    """One more row, chained to the last. Part of the caller's transaction, so log and change stand or fall together."""
    _one_writer(session)
    previous = session.exec(select(LogEntry.hash).order_by(col(LogEntry.id).desc()).limit(1)).first() or GENESIS
    entry = LogEntry(
        at=at.astimezone(UTC),
        subject=subject,
        subject_id=subject_id,
        act=act,
        actor=actor,
        why=why,
        detail=detail or {},
        previous=previous,
        hash="",
    )
    entry.hash = digest(entry)
    session.add(entry)
    session.flush()
    return entry


def of(session: Session, subject: str, subject_id: int) -> list[LogEntry]:
    """The history of one thing, oldest first."""
    query = select(LogEntry).where(LogEntry.subject == subject, LogEntry.subject_id == subject_id)
    return list(session.exec(query.order_by(col(LogEntry.id))))


def first_broken(session: Session) -> int | None:
    """Id of the first row that does not fit the chain, None where the whole log is sound."""
    previous = GENESIS
    for entry in session.exec(select(LogEntry).order_by(col(LogEntry.id))):
        if entry.previous != previous or entry.hash != digest(entry):
            return entry.id
        previous = entry.hash
    return None


def digest(entry: LogEntry) -> str:
    """SHA-256 over everything in the row but its id and its hash."""
    body = [
        entry.at.astimezone(UTC).isoformat(),
        entry.subject,
        entry.subject_id,
        entry.act,
        entry.actor,
        entry.why,
        entry.detail,
        entry.previous,
    ]
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _one_writer(session: Session) -> None:
    # SQLite's write transaction is exclusive already; on PostgreSQL two writers would chain to the same row
    hold(session.connection(), Lock.LOG)
