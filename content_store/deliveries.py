"""Deliveries as people look at them and plan them. Claiming and sending them is content_store.queue."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, and_, col, func, or_, select

from content_store.counts import for_a_person
from content_store.tables import Account, Delivery, DeliveryState, Post, Receipt, StoryVersion

MARKER_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
MARKER_LENGTH = 10
FOR_READERS = (
    DeliveryState.SENDING,
    DeliveryState.ACCEPTED,
    DeliveryState.LIVE,
    DeliveryState.HANDED_OVER,
    DeliveryState.UNKNOWN,
)
"""States in which readers may have the post already, or at any moment."""
OPEN = (DeliveryState.HELD, DeliveryState.QUEUED, DeliveryState.NEEDS_PERSON, *FOR_READERS)
"""Everything that was not called off or refused."""


@dataclass(frozen=True)
class Line:
    """A delivery with what a list of them shows."""

    delivery: Delivery
    account: Account
    title: str
    story_id: int
    version: int
    receipt: Receipt | None

    @property
    def stalled(self) -> str:
        """Why it waits although its time may have come (Chinese): its account sends nothing now. Empty otherwise."""
        if self.delivery.state not in (DeliveryState.QUEUED, DeliveryState.HELD):
            return ""
        if not self.account.enabled:
            return "账号已停用，启用之前不会发出。"
        return f"账号已暂停：{self.account.stopped_reason}" if self.account.stopped_reason else ""

    @property
    def url(self) -> str:
        return self.receipt.public_url if self.receipt else ""


@dataclass(frozen=True)
class Said:
    """What an account sends or sent: enough to tell whether another text says the same."""

    account_id: int
    version_id: int
    story_id: int
    number: int
    title: str
    body_html: str
    content_hash: str
    fingerprint: str


@dataclass(frozen=True)
class Late:
    """What still waits though it was due before this time, and what was stopped for a reason that begins so."""

    due_before: datetime
    reason: str


def new_marker() -> str:
    """Letters that nobody confuses; unique by chance and by the database."""
    return "".join(secrets.choice(MARKER_LETTERS) for _ in range(MARKER_LENGTH))


def add(
    session: Session,
    *,
    version_id: int,
    account_id: int,
    marker: str,
    form: dict[str, Any],
    fingerprint: str,
    state: DeliveryState,
    lane: int,
    due_at: datetime,
    by: int | None,
    now: datetime,
    event_id: int | None = None,
) -> Delivery:
    """The post and its place in the queue. Raises IntegrityError where this version already has one for this account."""
    post = Post(
        story_version_id=version_id,
        account_id=account_id,
        marker=marker,
        form=form,
        fingerprint=fingerprint,
        created_at=now,
    )
    session.add(post)
    session.flush()
    assert post.id is not None
    delivery = Delivery(
        post_id=post.id,
        story_version_id=version_id,
        account_id=account_id,
        event_id=event_id,
        lane=lane,
        state=state,
        due_at=due_at,
        created_by=by,
        created_at=now,
    )
    session.add(delivery)
    session.flush()
    return delivery


def plan_again(
    session: Session,
    row: Delivery,
    *,
    form: dict[str, Any],
    fingerprint: str,
    lane: int,
    due_at: datetime,
    by: int | None,
) -> None:
    """What was cancelled waits again, for its new time and in the form that the account has by now."""
    post = session.get(Post, row.post_id)
    assert post is not None
    post.form, post.fingerprint = form, fingerprint
    row.state, row.lane, row.due_at, row.created_by = DeliveryState.QUEUED, lane, due_at, by
    row.next_try_at, row.reason, row.remedy = None, "", ""
    session.flush()


def listed(
    session: Session,
    *,
    states: Iterable[str] = (),
    for_person: bool = False,
    late: Late | None = None,
    account_id: int | None = None,
    story_id: int | None = None,
    soonest_first: bool = False,
    limit: int = 100,
    offset: int = 0,
) -> list[Line]:
    """The latest first, or what comes next first (`soonest_first`). `for_person`: only what needs somebody."""
    query = _lines()
    if late is not None:
        query = query.where(_is_late(late))
    if for_person:
        query = query.where(for_a_person())
    wanted = list(states)
    if wanted:
        query = query.where(col(Delivery.state).in_(wanted))
    if account_id is not None:
        query = query.where(Delivery.account_id == account_id)
    if story_id is not None:
        query = query.where(StoryVersion.story_id == story_id)
    due, number = col(Delivery.due_at), col(Delivery.id)
    query = query.order_by(*((due, number) if soonest_first else (due.desc(), number.desc())))
    return [_line(*row) for row in session.exec(query.limit(limit).offset(offset))]


def one(session: Session, delivery_id: int) -> Line | None:
    row = session.exec(_lines().where(Delivery.id == delivery_id)).first()
    return None if row is None else _line(*row)


def number_late(session: Session, late: Late) -> int:
    return session.exec(select(func.count()).select_from(Delivery).where(_is_late(late))).one()


def _is_late(late: Late) -> Any:
    waits = and_(
        col(Delivery.state) == DeliveryState.QUEUED, col(Delivery.tries) == 0, col(Delivery.due_at) <= late.due_before
    )
    stopped = and_(
        col(Delivery.state).in_((DeliveryState.NEEDS_PERSON, DeliveryState.WITHDRAWN)),
        col(Delivery.reason).startswith(late.reason),
    )
    return or_(waits, stopped)


def count_by_state(session: Session) -> dict[str, int]:
    return dict(session.exec(select(Delivery.state, func.count()).group_by(col(Delivery.state))).all())


def of_version(session: Session, version_id: int) -> dict[int, Delivery]:
    """Account id → the delivery of this version to it."""
    query = select(Delivery).where(Delivery.story_version_id == version_id)
    return {row.account_id: row for row in session.exec(query)}


def of_accounts(
    session: Session, account_ids: Iterable[int], *, since: datetime, until: datetime, limit: int | None = None
) -> list[Line]:
    """Open deliveries of these accounts with a time between the two, in order of time."""
    query = _lines().where(
        col(Delivery.account_id).in_(list(account_ids)),
        col(Delivery.state).in_(OPEN),
        Delivery.due_at >= since,
        Delivery.due_at <= until,
    )
    return [_line(*row) for row in session.exec(query.order_by(col(Delivery.due_at), col(Delivery.id)).limit(limit))]


def queued(session: Session, account_ids: Iterable[int], *, until: datetime) -> list[Delivery]:
    """What waits in the queue of these accounts and is due before then, in order of time."""
    query = select(Delivery).where(
        col(Delivery.account_id).in_(list(account_ids)),
        col(Delivery.state) == DeliveryState.QUEUED,
        col(Delivery.due_at) < until,
    )
    return list(session.exec(query.order_by(col(Delivery.due_at), col(Delivery.id))))


def said_on(session: Session, account_ids: Iterable[int], *, since: datetime, limit: int) -> list[Said]:
    """What these accounts send or sent since then, newest first; without what was called off or refused."""
    query = (
        select(  # type: ignore[call-overload]  # more columns than the overloads know
            Delivery.account_id,
            StoryVersion.id,
            StoryVersion.story_id,
            StoryVersion.number,
            StoryVersion.title,
            StoryVersion.body_html,
            StoryVersion.content_hash,
            Post.fingerprint,
        )
        .join(StoryVersion, col(StoryVersion.id) == col(Delivery.story_version_id))
        .join(Post, col(Post.id) == col(Delivery.post_id))
        .where(col(Delivery.account_id).in_(list(account_ids)), col(Delivery.state).in_(OPEN), Delivery.due_at >= since)
        .order_by(col(Delivery.due_at).desc(), col(Delivery.id).desc())
    )
    return [Said(*row) for row in session.exec(query.limit(limit))]


def at_addresses_with(session: Session, part: str, *, platform: str, other_than: int) -> list[tuple[int, str]]:
    """Other deliveries to this platform that are out under an address which holds `part`, each with the address."""
    query = (
        select(Receipt.delivery_id, Receipt.public_url)
        .join(Delivery, col(Delivery.id) == col(Receipt.delivery_id))
        .join(Account, col(Account.id) == col(Delivery.account_id))
        .where(Account.platform == platform, Delivery.id != other_than, col(Delivery.state) == DeliveryState.LIVE)
        .where(col(Receipt.public_url) != "", col(Receipt.public_url).contains(part, autoescape=True))
        .order_by(col(Receipt.delivery_id))
    )
    return list(session.exec(query).all())


def forget_address(session: Session, delivery_id: int) -> None:
    """What stood there was taken down, and the post begins anew."""
    row = session.exec(select(Receipt).where(Receipt.delivery_id == delivery_id)).first()
    if row is not None:
        row.public_url = ""


def any_of(session: Session, account_id: int) -> bool:
    """Whether anything was ever planned for this account."""
    return session.exec(select(Delivery.id).where(Delivery.account_id == account_id).limit(1)).first() is not None


def last_out(session: Session) -> dict[int, datetime]:
    """Account id → when its last post came out."""
    at = func.max(func.coalesce(Delivery.live_at, Delivery.accepted_at))
    query = (
        select(Delivery.account_id, at)
        .where(col(Delivery.state).in_((DeliveryState.LIVE, DeliveryState.ACCEPTED, DeliveryState.WITHDRAWN)))
        .where(or_(col(Delivery.live_at).is_not(None), col(Delivery.accepted_at).is_not(None)))
        .group_by(col(Delivery.account_id))
    )
    return {account_id: moment for account_id, moment in session.exec(query) if moment is not None}


def oldest_due(session: Session, now: datetime) -> datetime | None:
    """Since when the longest waiting delivery is due; None where nothing waits."""
    query = select(func.min(Delivery.due_at)).where(Delivery.state == DeliveryState.QUEUED, Delivery.due_at <= now)
    return session.exec(query).one()


def for_readers(session: Session, story_id: int, *, marker: str, now: datetime) -> list[Delivery]:
    """The story's deliveries whose readers may follow the link to the full text.

    Those that are out or may be, and the due one that `marker` belongs to: a platform looks at the link before it takes
    the post. What only waits, and what stopped before it was out, shows nothing.
    """
    out = or_(col(Delivery.accepted_at).is_not(None), col(Delivery.live_at).is_not(None))
    query = (
        select(Delivery)
        .join(StoryVersion, col(StoryVersion.id) == col(Delivery.story_version_id))
        .join(Post, col(Post.id) == col(Delivery.post_id))
        .where(StoryVersion.story_id == story_id)
        .where(
            or_(
                col(Delivery.state).in_(FOR_READERS),
                and_(col(Delivery.state) == DeliveryState.NEEDS_PERSON, out),
                and_(
                    col(Delivery.state) == DeliveryState.QUEUED,
                    col(Delivery.due_at) <= now,
                    col(Post.marker) == marker,
                ),
            )
        )
    )
    return list(session.exec(query))


def _lines() -> Any:
    return (
        select(Delivery, Account, StoryVersion.title, StoryVersion.story_id, StoryVersion.number, Receipt)  # type: ignore[call-overload]  # more columns than the overloads know
        .join(Account, col(Account.id) == col(Delivery.account_id))
        .join(StoryVersion, col(StoryVersion.id) == col(Delivery.story_version_id))
        .outerjoin(Receipt, col(Receipt.delivery_id) == col(Delivery.id))
    )


def _line(
    delivery: Delivery, account: Account, title: str, story_id: int, version: int, receipt: Receipt | None
) -> Line:
    return Line(delivery, account, title, story_id, version, receipt)
