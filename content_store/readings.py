"""Readings: snapshots of figures, added and never changed, and the posts they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, func, select

from content_store.tables import Delivery, DeliveryState, Reading, Receipt, StoryVersion


@dataclass(frozen=True)
class LivePost:
    """A delivery whose post is out, with the text it carries and what the platform gave back."""

    delivery: Delivery
    version: StoryVersion
    receipt: Receipt | None


def add(session: Session, values: dict[str, Any]) -> Reading:
    """One more snapshot."""
    reading = Reading(**values)
    session.add(reading)
    session.flush()
    return reading


def live_posts(session: Session, *, since: datetime, until: datetime, account_id: int | None = None) -> list[LivePost]:
    """Posts that came out in [since, until) and are still there, in order of delivery."""
    query = (
        select(Delivery, StoryVersion, Receipt)
        .join(StoryVersion, col(StoryVersion.id) == col(Delivery.story_version_id))
        .outerjoin(Receipt, col(Receipt.delivery_id) == col(Delivery.id))
        .where(col(Delivery.state) == DeliveryState.LIVE, col(Delivery.live_at) >= since, col(Delivery.live_at) < until)
        .order_by(col(Delivery.id))
    )
    if account_id is not None:
        query = query.where(col(Delivery.account_id) == account_id)
    return [LivePost(delivery, version, receipt) for delivery, version, receipt in session.exec(query)]


def last_of_posts(session: Session, delivery_ids: Iterable[int], *, until: date) -> dict[int, Reading]:
    """Delivery id → its reading of the latest day up to `until`; of one day the one taken last."""
    place = func.row_number().over(
        partition_by=col(Reading.delivery_id),
        order_by=(col(Reading.for_date).desc(), col(Reading.taken_at).desc(), col(Reading.id).desc()),
    )
    numbered = (
        select(col(Reading.id), place.label("place"))
        .where(col(Reading.delivery_id).in_(set(delivery_ids)), col(Reading.for_date) <= until)
        .subquery()
    )
    query = select(Reading).join(numbered, numbered.c.id == col(Reading.id)).where(numbered.c.place == 1)
    return {reading.delivery_id: reading for reading in session.exec(query) if reading.delivery_id is not None}


def of_account_days(session: Session, *, since: date, until: date) -> dict[int, list[Reading]]:
    """Account id → the last reading of the account itself for each day in [since, until], in order of days."""
    place = func.row_number().over(
        partition_by=(col(Reading.account_id), col(Reading.for_date)),
        order_by=(col(Reading.taken_at).desc(), col(Reading.id).desc()),
    )
    numbered = (
        select(col(Reading.id), place.label("place"))
        .where(col(Reading.delivery_id).is_(None), col(Reading.for_date) >= since, col(Reading.for_date) <= until)
        .subquery()
    )
    query = (
        select(Reading)
        .join(numbered, numbered.c.id == col(Reading.id))
        .where(numbered.c.place == 1)
        .order_by(col(Reading.account_id), col(Reading.for_date))
    )
    found: dict[int, list[Reading]] = {}
    for reading in session.exec(query):
        found.setdefault(reading.account_id, []).append(reading)
    return found


def days_read(session: Session, account_id: int, *, since: date, until: date) -> tuple[set[date], set[date]]:
    """Days in [since, until] that have a reading of one of the account's posts, and those with one of the account."""
    query = (
        select(col(Reading.for_date), col(Reading.delivery_id).is_(None))
        .where(Reading.account_id == account_id, col(Reading.for_date) >= since, col(Reading.for_date) <= until)
        .distinct()
    )
    rows = [(day, own) for day, own in session.exec(query) if day is not None]
    return {day for day, own in rows if not own}, {day for day, own in rows if own}


def with_ids(session: Session, ids: Iterable[int]) -> dict[int, Reading]:
    query = select(Reading).where(col(Reading.id).in_(set(ids)))
    return {reading.id: reading for reading in session.exec(query) if reading.id is not None}


def of_post(session: Session, delivery_id: int) -> list[Reading]:
    """All snapshots of a post, oldest first."""
    query = select(Reading).where(Reading.delivery_id == delivery_id)
    return list(session.exec(query.order_by(col(Reading.taken_at), col(Reading.id))))
