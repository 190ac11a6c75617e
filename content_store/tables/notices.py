"""What platforms told us that is to be known once: call-backs, and that a clock of ours is off."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from content_store.tables import columns


class SeenCallback(SQLModel, table=True):
    """A call-back that was taken; whoever sends it again tells nothing."""

    key: str = Field(primary_key=True, max_length=64)
    seen_at: datetime = columns.moment(index=True)


class ClockNotice(SQLModel, table=True):
    """A machine of ours whose clock and a platform's are apart; gone once they agree."""

    machine: str = Field(primary_key=True, max_length=60)
    platform: str = Field(primary_key=True, max_length=20)
    """What users call it."""
    minutes: int
    """How far our clock is ahead; negative: behind."""
    told_at: datetime = columns.moment()
