"""Tasks about deliveries: what is open, what was done and by whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, or_, select

from content_store.tables import Account, Delivery, DeliveryState, Receipt, StoryVersion, Task, TaskKind

OUT = (DeliveryState.LIVE, DeliveryState.ACCEPTED, DeliveryState.HANDED_OVER, DeliveryState.UNKNOWN)
"""States in which a post stands on the platform, or may at any moment."""


@dataclass(frozen=True)
class Line:
    """A task with what a list of them shows."""

    task: Task
    delivery: Delivery
    account: Account
    title: str
    story_id: int
    version: int
    url: str


def open_one(
    session: Session, delivery_id: int, kind: TaskKind, *, why: str, by: int | None, now: datetime
) -> Task | None:
    """None where such a task is open already. The row of the delivery must be locked."""
    if is_open(session, delivery_id, kind):
        return None
    task = Task(kind=kind, delivery_id=delivery_id, why=why, opened_at=now, opened_by=by)
    session.add(task)
    session.flush()
    return task


def open_of(session: Session, delivery_id: int) -> list[Task]:
    query = select(Task).where(Task.delivery_id == delivery_id, col(Task.done_at).is_(None))
    return list(session.exec(query.order_by(col(Task.id))))


def is_open(session: Session, delivery_id: int, kind: TaskKind) -> bool:
    return any(task.kind == kind for task in open_of(session, delivery_id))


def of_delivery(session: Session, delivery_id: int) -> list[Task]:
    """Oldest first."""
    return list(session.exec(select(Task).where(Task.delivery_id == delivery_id).order_by(col(Task.id))))


def listed(session: Session, *, done: bool = False, limit: int = 200) -> list[Line]:
    """Open ones oldest first; done ones newest first."""
    query = _lines()
    if done:
        query = query.where(col(Task.done_at).is_not(None)).order_by(col(Task.done_at).desc(), col(Task.id).desc())
    else:
        query = query.where(col(Task.done_at).is_(None)).order_by(col(Task.id))
    return [_line(*row) for row in session.exec(query.limit(limit))]


def number_open(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Task).where(col(Task.done_at).is_(None))).one()


def still_out(session: Session, story_id: int) -> list[Delivery]:
    """The story's deliveries, of all versions, that readers have or may have; locked until the transaction ends."""
    out = or_(
        col(Delivery.state).in_(OUT),
        (col(Delivery.state) == DeliveryState.NEEDS_PERSON)
        & or_(col(Delivery.live_at).is_not(None), col(Delivery.accepted_at).is_not(None)),
    )
    query = (
        select(Delivery)
        .join(StoryVersion, col(StoryVersion.id) == col(Delivery.story_version_id))
        .where(StoryVersion.story_id == story_id, out)
        .order_by(col(Delivery.id))
        .with_for_update(of=Delivery)
    )
    return list(session.exec(query))


def with_open(session: Session, delivery_ids: Iterable[int]) -> set[int]:
    """Those of these deliveries about which something is to be done."""
    query = select(Task.delivery_id).where(col(Task.delivery_id).in_(list(delivery_ids)), col(Task.done_at).is_(None))
    return set(session.exec(query))


def _lines() -> Any:
    return (
        select(
            Task, Delivery, Account, StoryVersion.title, StoryVersion.story_id, StoryVersion.number, Receipt.public_url
        )  # type: ignore[call-overload]  # more columns than the overloads know
        .join(Delivery, col(Delivery.id) == col(Task.delivery_id))
        .join(Account, col(Account.id) == col(Delivery.account_id))
        .join(StoryVersion, col(StoryVersion.id) == col(Delivery.story_version_id))
        .outerjoin(Receipt, col(Receipt.delivery_id) == col(Delivery.id))
    )


def _line(
    task: Task, delivery: Delivery, account: Account, title: str, story_id: int, version: int, url: str | None
) -> Line:
    return Line(task, delivery, account, title, story_id, version, url or "")
