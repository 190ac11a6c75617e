"""How much of everything waits: the numbers beside the desk's navigation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, and_, col, func, or_, select

from content_store.tables import Account, Article, Delivery, DeliveryState, Event, FollowUp, Source, Story, Task

FOR_A_PERSON = (
    DeliveryState.FAILED,
    DeliveryState.UNKNOWN,
    DeliveryState.NEEDS_PERSON,
    DeliveryState.HANDED_OVER,
)
"""Delivery states in which nothing happens until somebody acts."""
FAILING = 3
"""A source that failed this often in a row is worth a look."""


def stalled() -> Any:
    """Which deliveries wait in the queue of an account that sends nothing until somebody acts."""
    still = select(Account.id).where(or_(col(Account.enabled).is_(False), col(Account.stopped_reason) != ""))
    return and_(col(Delivery.state) == DeliveryState.QUEUED, col(Delivery.account_id).in_(still))


def for_a_person() -> Any:
    """Which deliveries go nowhere until somebody acts."""
    return or_(col(Delivery.state).in_(FOR_A_PERSON), stalled())


def deliveries_for_a_person(session: Session) -> int:
    return _number(session, Delivery, for_a_person())


def waiting(session: Session, *, now: datetime) -> dict[str, int]:
    """Articles of the last day, stories in work, deliveries for a person, standing events, open tasks and follow-ups,
    stopped accounts, failing sources."""
    return {
        "articles": _number(session, Article, col(Article.collected_at) >= now - timedelta(days=1)),
        "stories": _number(session, Story, col(Story.status).in_(("editing", "rejected")), Story.kind == "story"),
        "deliveries": deliveries_for_a_person(session),
        "events": _number(
            session,
            Event,
            col(Event.ended_at).is_(None),
            or_(col(Event.expires_at).is_(None), col(Event.expires_at) > now),
        ),
        "tasks": _number(session, Task, col(Task.done_at).is_(None)),
        "follow_ups": _number(session, FollowUp, col(FollowUp.done_at).is_(None)),
        "accounts": _number(session, Account, Account.stopped_reason != "", col(Account.enabled).is_(True)),
        "sources": _number(session, Source, Source.failures >= FAILING, col(Source.enabled).is_(True)),
    }


def _number(session: Session, table: Any, *conditions: Any) -> int:
    return session.exec(select(func.count()).select_from(table).where(*conditions)).one()


def articles_stored(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Article)).one()
