"""Alerts, the events they form, packs that answer them, releases and follow-ups."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from content_store.tables import columns


class Event(SQLModel, table=True):
    """事件: the thread that alerts form by their references."""

    id: int | None = Field(default=None, primary_key=True)
    hazard: str = Field(max_length=30, index=True)
    hazard_name: str = Field(default="", max_length=40)
    level: str = Field(default="", max_length=10)
    """blue, yellow, orange, red or empty."""
    title: str = columns.long_text()
    sender_name: str = Field(default="")
    areas: list[str] = columns.json(list)
    """GB/T 2260 codes."""
    area_text: str = columns.long_text()
    opened_at: datetime = columns.moment(index=True)
    """When the first message was received: T0 of the clock."""
    expires_at: datetime | None = columns.moment(required=False)
    ended_at: datetime | None = columns.moment(required=False)
    end_kind: str = Field(default="", max_length=12)
    """cancelled, superseded, expired; three different ends."""
    ended_by: int | None = columns.ref("user.id", required=False, index=False)
    """The person who ended it by hand; None where a message or the time did."""


class Alert(SQLModel, table=True):
    """预警: one CAP message, kept as it came."""

    __table_args__ = (UniqueConstraint("sender", "identifier", name="uq_alert_sender_identifier"),)

    id: int | None = Field(default=None, primary_key=True)
    event_id: int | None = columns.ref("event.id", required=False)
    identifier: str = Field(max_length=200)
    sender: str = Field(max_length=200)
    sent: datetime = columns.moment()
    status: str = Field(max_length=12)
    msg_type: str = Field(max_length=10)
    scope: str = Field(max_length=12)
    references: list[Any] = columns.json(list)
    """[[sender, identifier, sent], …]"""
    hazard: str = Field(default="", max_length=30)
    hazard_name: str = Field(default="", max_length=40)
    """As the message calls it."""
    level: str = Field(default="", max_length=10)
    action: str = Field(default="", max_length=10)
    """issue, continue, upgrade, downgrade, cancel, test."""
    sender_name: str = Field(default="")
    headline: str = columns.long_text()
    description: str = columns.long_text()
    instruction: str = columns.long_text()
    areas: list[str] = columns.json(list)
    area_text: str = columns.long_text()
    effective: datetime | None = columns.moment(required=False)
    expires: datetime | None = columns.moment(required=False)
    expires_is_own: bool = False
    """The message named no end; this one is our own default."""
    received_at: datetime = columns.moment(index=True)
    notes: list[str] = columns.json(list)
    """What a person should look at: unknown level for this hazard, dangling reference, odd times … (Chinese)."""
    place_notes: list[str] = columns.json(list)
    """What its references leave open; written anew whenever another message of the thread arrives (Chinese)."""
    raw_xml: str = columns.long_text()


class AlertReference(SQLModel, table=True):
    """One message that an alert names, so that both can be joined whichever arrives first."""

    __table_args__ = (Index("ix_alert_reference_named", "identifier", "sender"),)

    id: int | None = Field(default=None, primary_key=True)
    alert_id: int = columns.ref("alert.id", cascade=True)
    sender: str = Field(max_length=200)
    identifier: str = Field(max_length=200)
    sent: datetime = columns.moment()


class Pack(SQLModel, table=True):
    """应急科普包: a pre-reviewed story template for hazard × level × phase × audience."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=80)
    name: str = Field(max_length=120)
    hazard: str = Field(max_length=30, index=True)
    levels: list[str] = columns.json(list)
    """Empty: all."""
    phase: str = Field(default="before", max_length=8)
    audience: str = Field(default="", max_length=20)
    """Empty: everybody."""
    story_id: int = columns.ref("story.id")
    story_version_id: int = columns.ref("storyversion.id")
    """The reviewed version; a newer one of the story counts only after its own review."""
    expires_on: date
    enabled: bool = True


class Filling(SQLModel, table=True):
    """Which pack and which alert an emergency story's version was filled from."""

    id: int | None = Field(default=None, primary_key=True)
    story_version_id: int = columns.ref("storyversion.id")
    event_id: int = columns.ref("event.id")
    alert_id: int = columns.ref("alert.id")
    pack_id: int = columns.ref("pack.id")
    pack_version_id: int = columns.ref("storyversion.id", index=False)
    """The reviewed text of the pack."""
    filled_at: datetime = columns.moment()


class Release(SQLModel, table=True):
    """One of the two named releases of an emergency story."""

    __table_args__ = (UniqueConstraint("story_version_id", "user_id", name="uq_release_version_user"),)

    id: int | None = Field(default=None, primary_key=True)
    story_version_id: int = columns.ref("storyversion.id")
    content_hash: str = Field(max_length=64)
    event_id: int = columns.ref("event.id")
    user_id: int = columns.ref("user.id")
    released_at: datetime = columns.moment()


def _once(name: str, column: str, kind: str) -> Index:
    """One task of this kind for one thing, whatever caused it."""
    only = text(f"kind = '{kind}'")
    return Index(name, column, unique=True, sqlite_where=only, postgresql_where=only)


class FollowUp(SQLModel, table=True):
    """A task that an alert's change of state, or an emergency release, leaves behind."""

    __table_args__ = (
        UniqueConstraint("event_id", "alert_id", "delivery_id", "kind", name="uq_follow_up"),
        _once("uq_follow_up_ended", "delivery_id", "mark_ended"),
        _once("uq_follow_up_review", "story_id", "full_review"),
    )

    id: int | None = Field(default=None, primary_key=True)
    event_id: int = columns.ref("event.id")
    alert_id: int | None = columns.ref("alert.id", required=False)
    delivery_id: int | None = columns.ref("delivery.id", required=False)
    story_id: int | None = columns.ref("story.id", required=False)
    """For a full_review."""
    kind: str = Field(max_length=16)
    """update_post, mark_ended, full_review."""
    what: str = columns.long_text()
    due_at: datetime | None = columns.moment(required=False)
    created_at: datetime = columns.moment()
    done_at: datetime | None = columns.moment(required=False, index=True)
    done_by: int | None = columns.ref("user.id", required=False, index=False)
    note: str = columns.long_text()
