"""How a person's press on a delivery is carried out: the row locked or leased, and refused where it does not fit."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator
from datetime import datetime

from sqlmodel import Session

from content_store import queue
from content_store.tables import Account, Delivery, Post, User
from content_store.tables import DeliveryState as State
from steps.claiming import new_owner, recalled
from steps.delivery_rules import STATE_NAMES
from steps.errors import Missing, Refused
from steps.journal import LEASE, StoredJournal
from steps.newsroom import Newsroom
from steps.standing import event_now
from steps.threads import STATE_NAMES as EVENT_STATES

NEVER_OUT = frozenset({State.HELD, State.QUEUED, State.FAILED})
"""States in which it is public nowhere, and no call is under way."""


def changed(
    newsroom: Newsroom,
    delivery_id: int,
    by: int | None,
    act: Callable[[Session, Delivery, str], None],
    now: datetime,
    *,
    at_work_too: bool = False,
) -> State:
    """The state after `act`. Raises Refused where a worker holds the row, unless `at_work_too`."""
    with newsroom.store.session() as session:
        row = session.get(Delivery, delivery_id, with_for_update=True)
        if row is None:
            raise Missing("这条投递已不存在，请刷新列表。")
        if at_work(newsroom, row) and not at_work_too:
            raise Refused("这一条正在处理，请过几秒再试。")
        act(session, row, name_of(session, by))
        return State(row.state)


@contextlib.contextmanager
def held_for(
    newsroom: Newsroom, delivery_id: int, what: str, ready: Callable[[Session, Delivery], bool]
) -> Iterator[tuple[Account, Post, StoredJournal] | None]:
    """The row leased while a person's act asks the platform; None where `ready` says that nothing is to be asked.

    Raises Refused, as `ready` may, or Missing.
    """
    owner = new_owner(what)
    with newsroom.store.session() as session:
        if session.get(Delivery, delivery_id) is None:
            raise Missing("这条投递已不存在，请刷新列表。")
        row = queue.claim_this(session, delivery_id, owner=owner, now=newsroom.now(), until=newsroom.now() + LEASE)
        if row is None:
            raise Refused("这一条正在处理，请过几秒再试。")
        # an error ends the transaction, and the lease with it
        found = recalled(session, row, owner, newsroom) if ready(session, row) else None
    try:
        yield found
    finally:
        with newsroom.store.session() as session, contextlib.suppress(queue.LeaseLost):
            queue.release(queue.held_by(session, delivery_id, owner))


def at_work(newsroom: Newsroom, row: Delivery) -> bool:
    """Whether somebody holds the row's lease."""
    return row.lease_until is not None and row.lease_until > newsroom.now()


def only(row: Delivery, states: Collection[State], what: str) -> None:
    """Raises Refused in any other state; `what`: the button's word (Chinese)."""
    if row.state not in states:
        raise Refused(f"这一条现在是“{STATE_NAMES[State(row.state)]}”，不能{what}，请刷新列表。")


def refuse_if_over(session: Session, row: Delivery, now: datetime) -> None:
    """Nobody is asked to publish a warning that is over. Raises Refused."""
    view = event_now(session, row.event_id, now) if row.event_id is not None else None
    if view is not None and not view.stands:
        raise Refused(f"预警{EVENT_STATES[view.state]}，请放弃这一条；已扫码发布的请登记链接。")


def name_of(session: Session, by: int | None) -> str:
    """Who presses, as the log names them."""
    user = session.get(User, by) if by is not None else None
    return user.display_name if user is not None else "命令行"
