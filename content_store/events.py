"""Alerts, the events they form, and what was made from them: stories, deliveries, releases, follow-ups."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session, and_, col, func, or_, select, tuple_

from content_store.advisory import Lock, hold
from content_store.tables import (
    Account,
    Alert,
    AlertReference,
    Delivery,
    DeliveryState,
    Event,
    Filling,
    FollowUp,
    Pack,
    Release,
    Story,
    StoryVersion,
)

Key = tuple[str, str]
"""Sender and identifier."""
Reference = tuple[str, str, datetime]


def alert_by_key(session: Session, sender: str, identifier: str) -> Alert | None:
    return session.exec(select(Alert).where(Alert.sender == sender, Alert.identifier == identifier)).first()


def add_alert(session: Session, values: dict[str, Any], references: Iterable[Reference]) -> Alert:
    """Keeps a message as it came. Raises IntegrityError where it is known already."""
    named = list(dict.fromkeys(references))
    alert = Alert(**values, references=[[sender, identifier, sent.isoformat()] for sender, identifier, sent in named])
    session.add(alert)
    session.flush()
    assert alert.id is not None
    for sender, identifier, sent in named:
        session.add(AlertReference(alert_id=alert.id, sender=sender, identifier=identifier, sent=sent))
    session.flush()
    return alert


def connected(session: Session, alert: Alert) -> list[Alert]:
    """The alert and every public, actual one that is tied to it by references, however many steps away, and the
    members of the events these belong to."""
    found: dict[int, Alert] = {}
    fresh = [alert]
    while fresh:
        for row in fresh:
            if row.id is not None:
                found[row.id] = row
        fresh = [row for row in _neighbours(session, fresh) if row.id not in found]
    return [found[key] for key in sorted(found)]


def _neighbours(session: Session, alerts: list[Alert]) -> list[Alert]:
    keys = {(row.sender, row.identifier) for row in alerts}
    keys |= {(sender, identifier) for row in alerts for sender, identifier, _ in row.references}
    naming = select(AlertReference.alert_id).where(
        tuple_(col(AlertReference.sender), col(AlertReference.identifier)).in_(list(keys))
    )
    query = select(Alert).where(
        Alert.status == "Actual",
        Alert.scope == "Public",
        col(Alert.msg_type).in_(("Alert", "Update", "Cancel")),
        or_(
            tuple_(col(Alert.sender), col(Alert.identifier)).in_(list(keys)),
            col(Alert.id).in_(naming),
            col(Alert.event_id).in_({row.event_id for row in alerts if row.event_id is not None}),
        ),
    )
    return list(session.exec(query))


def lock_threads(session: Session) -> None:
    """One thread is woven at a time: two messages of one event may arrive at once."""
    hold(session.connection(), Lock.THREADS)


def add_event(session: Session, values: dict[str, Any]) -> Event:
    event = Event(**values)
    session.add(event)
    session.flush()
    return event


def listed(session: Session, *, limit: int = 50) -> list[Event]:
    """Newest first."""
    return list(session.exec(select(Event).order_by(col(Event.opened_at).desc(), col(Event.id).desc()).limit(limit)))


def to_look_after(
    session: Session, *, now: datetime, since: datetime, out: Collection[str], held_back: Collection[str]
) -> list[int]:
    """Events in which something waits to be done: time ran out; no story was made yet; after an end, posts that are not
    held back for one of the reasons `held_back`, or that are `out` without an open or finished task. Only those that
    stood after `since`."""
    deliveries = select(Delivery.id).where(col(Delivery.event_id) == col(Event.id))
    settled = select(FollowUp.id).where(
        col(FollowUp.delivery_id) == col(Delivery.id),
        FollowUp.kind == "mark_ended",
        or_(col(FollowUp.done_at).is_(None), col(FollowUp.done_by).is_not(None)),
    )
    unsent = deliveries.where(
        or_(
            Delivery.state == DeliveryState.QUEUED,
            and_(Delivery.state == DeliveryState.HELD, col(Delivery.reason).not_in(list(held_back))),
        )
    )
    unmarked = deliveries.where(col(Delivery.state).in_(list(out)), ~settled.exists())
    query = select(Event.id).where(
        or_(
            and_(Event.end_kind == "", col(Event.expires_at) <= now),
            and_(
                Event.end_kind == "",
                col(Event.opened_at) >= since,
                ~select(Story.id).where(col(Story.event_id) == col(Event.id)).exists(),
            ),
            and_(Event.end_kind != "", col(Event.ended_at) >= since, unsent.exists()),
            and_(col(Event.end_kind).in_(("cancelled", "superseded")), col(Event.ended_at) >= since, unmarked.exists()),
        )
    )
    return [found for found in session.exec(query.order_by(col(Event.id))) if found is not None]


def alerts_of(session: Session, event_id: int) -> list[Alert]:
    """By time of sending."""
    query = select(Alert).where(Alert.event_id == event_id).order_by(col(Alert.sent), col(Alert.id))
    return list(session.exec(query))


def alerts_naming(session: Session, alerts: Collection[Alert]) -> list[Alert]:
    """Messages of no event which refer to one of these: what a person has to decide."""
    keys = [(row.sender, row.identifier) for row in alerts]
    query = (
        select(Alert)
        .join(AlertReference, col(AlertReference.alert_id) == col(Alert.id))
        .where(
            col(Alert.event_id).is_(None),
            Alert.status == "Actual",
            Alert.scope == "Public",
            tuple_(col(AlertReference.sender), col(AlertReference.identifier)).in_(keys),
        )
        .distinct()
        .order_by(col(Alert.id))
    )
    return list(session.exec(query)) if keys else []


def alerts_without_event(session: Session, *, limit: int = 50) -> list[Alert]:
    """Newest first."""
    query = (
        select(Alert).where(col(Alert.event_id).is_(None)).order_by(col(Alert.received_at).desc(), col(Alert.id).desc())
    )
    return list(session.exec(query.limit(limit)))


def stories_of(session: Session, event_id: int) -> list[tuple[Story, StoryVersion]]:
    """The event's stories with their newest version, oldest first."""
    query = (
        select(Story, StoryVersion)
        .where(Story.event_id == event_id, StoryVersion.story_id == Story.id, StoryVersion.number == Story.current)
        .order_by(col(Story.id))
    )
    return list(session.exec(query))


def fillings_of(session: Session, event_id: int) -> list[tuple[Filling, Pack, StoryVersion]]:
    """What was filled for the event, oldest first: the filling, its pack, the version that came of it."""
    query = (
        select(Filling, Pack, StoryVersion)
        .where(Filling.event_id == event_id, Pack.id == Filling.pack_id, StoryVersion.id == Filling.story_version_id)
        .order_by(col(Filling.id))
    )
    return list(session.exec(query))


def add_filling(session: Session, values: dict[str, Any]) -> Filling:
    filling = Filling(**values)
    session.add(filling)
    session.flush()
    return filling


def pack_version_of(session: Session, version_id: int) -> int | None:
    """The reviewed text of the pack that an emergency story's version was filled from."""
    return session.exec(select(Filling.pack_version_id).where(Filling.story_version_id == version_id)).first()


def deliveries_of(session: Session, event_id: int) -> list[tuple[Delivery, Account, int]]:
    """The event's deliveries with account and story id, by account and age."""
    query = (
        select(Delivery, Account, StoryVersion.story_id)
        .where(
            Delivery.event_id == event_id,
            Account.id == Delivery.account_id,
            StoryVersion.id == Delivery.story_version_id,
        )
        .order_by(col(Account.area), col(Account.platform), col(Account.key), col(Delivery.id))
    )
    return list(session.exec(query))


def locked_deliveries(session: Session, event_id: int) -> list[Delivery]:
    """The event's deliveries, locked until the transaction ends, so that none is sent while it is being held back."""
    query = select(Delivery).where(Delivery.event_id == event_id).order_by(col(Delivery.id)).with_for_update()
    return list(session.exec(query.execution_options(populate_existing=True)))


def releases_of(session: Session, event_id: int) -> list[Release]:
    """Oldest first."""
    return list(session.exec(select(Release).where(Release.event_id == event_id).order_by(col(Release.id))))


def releases_of_version(session: Session, version_id: int) -> list[Release]:
    """Oldest first."""
    return list(session.exec(select(Release).where(Release.story_version_id == version_id).order_by(col(Release.id))))


def add_follow_up(session: Session, values: dict[str, Any]) -> bool:
    """Adds a task unless it is there: one mark_ended per delivery, one full_review per story, one update_post per
    delivery and alert. True where it is new."""
    same = select(FollowUp).where(FollowUp.kind == values["kind"])
    for name in ("delivery_id", "story_id"):
        same = same.where(getattr(FollowUp, name) == values.get(name))
    if values["kind"] == "update_post":
        same = same.where(FollowUp.alert_id == values.get("alert_id"))
    if session.exec(same).first() is not None:
        return False
    session.add(FollowUp(**values))
    session.flush()
    return True


def follow_ups_of(session: Session, event_id: int) -> list[FollowUp]:
    """Oldest first."""
    return list(session.exec(select(FollowUp).where(FollowUp.event_id == event_id).order_by(col(FollowUp.id))))


def open_follow_ups(session: Session, *, limit: int = 200) -> list[FollowUp]:
    """What is due first comes first; tasks without a date follow by age."""
    query = select(FollowUp).where(col(FollowUp.done_at).is_(None))
    # "is null" sorts false before true on both databases
    order = (col(FollowUp.due_at).is_(None), col(FollowUp.due_at), col(FollowUp.id))
    return list(session.exec(query.order_by(*order).limit(limit)))


def open_follow_up_counts(session: Session) -> dict[int, int]:
    """Event id → tasks that wait."""
    query = (
        select(FollowUp.event_id, func.count()).where(col(FollowUp.done_at).is_(None)).group_by(col(FollowUp.event_id))
    )
    return dict(session.exec(query).all())
