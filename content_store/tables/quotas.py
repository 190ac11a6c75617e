"""How often each account asked each interface of its platform, per window of time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from content_store.tables import columns


class QuotaUse(SQLModel, table=True):
    """额度用量: one row per account, interface and window that has been used."""

    __table_args__ = (UniqueConstraint("account_id", "interface", "span", "begins_at", name="uq_quota_use"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = columns.ref("account.id")
    interface: str = Field(max_length=60)
    span: str = Field(max_length=8)
    """minute, hour, day or month; they begin as clocks in Beijing do."""
    begins_at: datetime = columns.moment()
    used: int = 0
