"""What people must do on platforms, and the proof that it was done."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from content_store.tables import columns

_OPEN = text("done_at IS NULL")


class TaskKind(StrEnum):
    WITHDRAW = "withdraw"
    """Take the post down."""
    CORRECT = "correct"
    """Put right what stands there, or take it down."""


class Task(SQLModel, table=True):
    """待办: one thing to do about one delivery. Never deleted: done, it stays with who, when and the proof."""

    __table_args__ = (
        Index("uq_task_open", "delivery_id", "kind", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=12)
    delivery_id: int = columns.ref("delivery.id")
    why: str = columns.long_text()
    opened_at: datetime = columns.moment()
    opened_by: int | None = columns.ref("user.id", required=False, index=False)
    done_at: datetime | None = columns.moment(required=False, index=True)
    done_by: int | None = columns.ref("user.id", required=False, index=False)
    """None where the platform itself confirmed it."""
    proof_url: str = columns.long_text()
    proof_note: str = columns.long_text()
    proof_sha256: str | None = columns.ref("media.sha256", required=False, index=False)
