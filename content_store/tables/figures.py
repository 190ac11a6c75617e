"""Readings and the frozen reports made from them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from content_store.tables import columns


class Reading(SQLModel, table=True):
    """读数: figures of a post or an account at a time. A snapshot: never overwritten. A missing figure is NULL."""

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = columns.ref("account.id")
    delivery_id: int | None = columns.ref("delivery.id", required=False)
    """None: figures of the account itself."""
    taken_at: datetime = columns.moment(index=True)
    for_date: date | None = Field(default=None, index=True)
    input_kind: str = Field(max_length=16)
    """public_count, api_persons, hand_entry."""
    reads: int | None = None
    likes: int | None = None
    looks: int | None = None
    shares: int | None = None
    comments: int | None = None
    favourites: int | None = None
    followers: int | None = None
    new_followers: int | None = None
    final: bool = True
    raw: dict[str, Any] = columns.json()


class Report(SQLModel, table=True):
    """榜单: a frozen weekly ranking. A change makes a new revision; an old one stays."""

    __table_args__ = (UniqueConstraint("week", "revision", name="uq_report_week_revision"),)

    id: int | None = Field(default=None, primary_key=True)
    week: str = Field(max_length=8, index=True)
    revision: int
    formulas: list[Any] = columns.json(list)
    body: dict[str, Any] = columns.json()
    body_hash: str = Field(max_length=64)
    reading_ids: list[int] = columns.json(list)
    """The readings it was made from, so that it can be made again bit for bit."""
    changes: list[Any] = columns.json(list)
    frozen_at: datetime = columns.moment()
    frozen_by: int | None = columns.ref("user.id", required=False, index=False)
