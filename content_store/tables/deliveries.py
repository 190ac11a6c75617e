"""The queue: posts, deliveries, attempts, receipts."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint, event
from sqlmodel import Field, SQLModel

from content_store.tables import columns


class DeliveryState(StrEnum):
    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    LIVE = "live"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NEEDS_PERSON = "needs_person"
    HANDED_OVER = "handed_over"
    WITHDRAWING = "withdrawing"
    WITHDRAWN = "withdrawn"


class Lane(IntEnum):
    """Smaller goes first."""

    EMERGENCY = 0
    NORMAL = 1
    BULK = 2


class Post(SQLModel, table=True):
    """发布件: a story version in the form of one account's channel."""

    __table_args__ = (UniqueConstraint("story_version_id", "account_id", name="uq_post_version_account"),)

    id: int | None = Field(default=None, primary_key=True)
    story_version_id: int = columns.ref("storyversion.id")
    account_id: int = columns.ref("account.id")
    marker: str = Field(unique=True, max_length=40)
    form: dict[str, Any] = columns.json()
    """Fields of connectors.base.Post; pictures by their SHA-256."""
    fingerprint: str = Field(default="", max_length=64)
    created_at: datetime = columns.moment()


class Delivery(SQLModel, table=True):
    """投递: this post, to this account, at this time, in this lane."""

    __table_args__ = (
        UniqueConstraint("story_version_id", "account_id", name="uq_delivery_version_account"),
        Index("ix_delivery_ready", "lane", "ready_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = columns.ref("post.id")
    story_version_id: int = columns.ref("storyversion.id")
    account_id: int = columns.ref("account.id")
    event_id: int | None = columns.ref("event.id", required=False)
    lane: int = Field(default=Lane.NORMAL)
    state: str = Field(default=DeliveryState.HELD, max_length=14, index=True)
    due_at: datetime = columns.moment(index=True)
    next_try_at: datetime | None = columns.moment(required=False)
    ready_at: datetime | None = columns.moment(required=False)
    """When the queue works on it next, as `ready` says; follows the three columns by itself."""
    tries: int = 0
    polls: int = 0
    lease_owner: str = Field(default="", max_length=80)
    lease_until: datetime | None = columns.moment(required=False, index=True)
    reason: str = columns.long_text()
    remedy: str = columns.long_text()
    hand_off: str = columns.long_text()
    created_by: int | None = columns.ref("user.id", required=False, index=False)
    created_at: datetime = columns.moment()
    sending_at: datetime | None = columns.moment(required=False)
    accepted_at: datetime | None = columns.moment(required=False)
    live_at: datetime | None = columns.moment(required=False)


def ready(state: str, due_at: datetime, next_try_at: datetime | None) -> datetime | None:
    """When the queue works on a row next; None where nothing happens until somebody acts. Pure.

    One column in place of three conditions: among very many rows that wait, the next one is read from the index.
    """
    if state not in _WORKED_ON or (state == DeliveryState.LIVE and next_try_at is None):
        return None
    return due_at if next_try_at is None else max(due_at, next_try_at)


_WORKED_ON = {
    DeliveryState.QUEUED,
    DeliveryState.WITHDRAWING,
    DeliveryState.UNKNOWN,
    DeliveryState.ACCEPTED,
    DeliveryState.HANDED_OVER,
    DeliveryState.LIVE,
}
"""A live post is looked at again only when a call-back asked for it."""


@event.listens_for(Delivery, "before_insert")
@event.listens_for(Delivery, "before_update")
def _follow(_mapper: Any, _connection: Any, row: Delivery) -> None:
    row.ready_at = ready(row.state, row.due_at, row.next_try_at)


class Attempt(SQLModel, table=True):
    """尝试: one call that changes something at the platform; committed before it is made, closed after."""

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int = columns.ref("delivery.id")
    call: str = Field(max_length=60)
    fingerprint: str = Field(max_length=64)
    marker: str = Field(default="", max_length=40)
    started_at: datetime = columns.moment()
    closed_at: datetime | None = columns.moment(required=False)
    outcome: str = Field(default="open", max_length=12)
    """open, done, failed, unknown, absent (looked up: had no effect), forgotten (its effect is gone)."""
    external_ids: dict[str, Any] = columns.json()
    raw_code: str = Field(default="", max_length=40)
    raw_message: str = columns.long_text()


class Receipt(SQLModel, table=True):
    """回执: what the platform gave back for a delivery."""

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int = Field(unique=True, foreign_key="delivery.id")
    external_ids: dict[str, Any] = columns.json()
    public_url: str = columns.long_text()
    state: str = Field(max_length=14)
    raw_code: str = Field(default="", max_length=40)
    raw_message: str = columns.long_text()
    updated_at: datetime = columns.moment()
