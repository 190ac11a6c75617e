"""The append-only, hash-chained log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from content_store.tables import columns


class LogEntry(SQLModel, table=True):
    """One change of something that must be answered for. `hash` covers this row and the hash before it."""

    __table_args__ = (Index("ix_log_subject", "subject", "subject_id"),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = columns.moment()
    subject: str = Field(max_length=20)
    """delivery, story, event, account, user, report …"""
    subject_id: int
    act: str = Field(max_length=40)
    """For deliveries: the new state."""
    actor: str = Field(default="", max_length=60)
    why: str = columns.long_text()
    detail: dict[str, Any] = columns.json()
    previous: str = Field(max_length=64)
    hash: str = Field(unique=True, max_length=64)
