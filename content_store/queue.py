"""The queue's own queries: claiming by lease, attempts before and after each call, receipts.

Nothing here decides what a row becomes; that is steps.delivery_rules.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, or_, update
from sqlmodel import Session, col, select

from content_store.tables import Account, Attempt, Delivery, DeliveryState, Lane, Receipt

UNSETTLED = ("open", "unknown")
"""Attempts whose effect nobody knows."""
_PERHAPS_THERE = (*UNSETTLED, "done")
"""Attempts that may have left something at the platform."""


class LeaseLost(Exception):
    """Somebody else works on this row now: whatever the caller was about to do, it must not."""


def claim(
    session: Session,
    states: Collection[DeliveryState],
    *,
    owner: str,
    now: datetime,
    lease_now: datetime,
    until: datetime,
    not_ids: Collection[int] = (),
    not_accounts: Collection[int] = (),
    lane: Lane | None = None,
) -> Delivery | None:
    """The next row of these states whose time has come by `now`, leased to `owner`; None where there is none.

    Emergency before normal before bulk, then by time. `lease_now` is the clock that leases are measured by. A row is ours
    only if the UPDATE changed exactly one.
    """
    session.flush()
    session.expire_all()
    for each in (lane,) if lane is not None else Lane:
        # one lane after the other: its rows are read from the index in their order
        query = _due(select(Delivery), states, now, each, not_ids, not_accounts).where(_lease_free(lease_now))
        query = query.order_by(col(Delivery.ready_at), col(Delivery.id)).limit(1)
        row: Delivery | None = session.exec(query.with_for_update(skip_locked=True, of=Delivery)).first()
        if row is None or row.id is None:
            continue
        if not _lease(session, row.id, row.state, owner=owner, now=lease_now, until=until):
            return None
        session.refresh(row)
        return row
    return None


def any_due(
    session: Session,
    states: Collection[DeliveryState],
    *,
    now: datetime,
    lane: Lane | None = None,
    not_ids: Collection[int] = (),
    not_accounts: Collection[int] = (),
) -> bool:
    """Whether a round of these states is worth its threads; leased rows count."""
    lanes = (lane,) if lane is not None else Lane
    return any(
        session.exec(_due(select(Delivery.id), states, now, each, not_ids, not_accounts).limit(1)).first() is not None
        for each in lanes
    )


def _due(
    query: Any,
    states: Collection[DeliveryState],
    now: datetime,
    lane: Lane,
    not_ids: Collection[int],
    not_accounts: Collection[int],
) -> Any:
    query = query.join(Account, col(Account.id) == col(Delivery.account_id)).where(
        col(Delivery.lane) == int(lane),
        col(Delivery.ready_at) <= now,
        col(Delivery.state).in_(list(states)),
        # looking up and withdrawing go on for a stopped account; sending does not
        or_(
            col(Delivery.state) != DeliveryState.QUEUED,
            and_(col(Account.enabled).is_(True), col(Account.stopped_reason) == ""),
        ),
    )
    if not_accounts:
        query = query.where(col(Delivery.account_id).not_in(list(not_accounts)))
    return query.where(col(Delivery.id).not_in(list(not_ids))) if not_ids else query


def _lease(session: Session, delivery_id: int, state: str, *, owner: str, now: datetime, until: datetime) -> bool:
    taken = session.connection().execute(
        update(Delivery)
        .where(col(Delivery.id) == delivery_id, col(Delivery.state) == state, _lease_free(now))
        .values(lease_owner=owner, lease_until=until)
    )
    return taken.rowcount == 1


def _lease_free(now: datetime) -> Any:
    return or_(col(Delivery.lease_until).is_(None), col(Delivery.lease_until) <= now)


def claim_this(session: Session, delivery_id: int, *, owner: str, now: datetime, until: datetime) -> Delivery | None:
    """This row, leased to `owner`; None where somebody else holds it."""
    row = session.get(Delivery, delivery_id, with_for_update=True)
    if row is None or not _lease(session, delivery_id, row.state, owner=owner, now=now, until=until):
        return None
    session.refresh(row)
    return row


def owners(session: Session, *, now: datetime) -> list[str]:
    """Who holds a lease that has not run out."""
    return list(session.exec(select(Delivery.lease_owner).where(col(Delivery.lease_until) > now).distinct()))


def end_leases(session: Session, owners: Collection[str], *, now: datetime) -> None:
    """These owners' leases have run out: whoever comes next may take up their rows."""
    session.flush()
    held = update(Delivery).where(col(Delivery.lease_owner).in_(list(owners)), col(Delivery.lease_until) > now)
    session.connection().execute(held.values(lease_until=now))
    session.expire_all()


def abandoned(session: Session, *, now: datetime) -> list[int]:
    """Rows in `sending` whose worker's lease has run out."""
    query = select(Delivery.id).where(
        Delivery.state == DeliveryState.SENDING,
        col(Delivery.lease_until).is_not(None),
        col(Delivery.lease_until) <= now,
    )
    return [found for found in session.exec(query) if found is not None]


def held_by(session: Session, delivery_id: int, owner: str) -> Delivery:
    """The row, locked, if `owner` still holds its lease. Raises LeaseLost."""
    row = session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    if row is None or row.lease_owner != owner:
        raise LeaseLost(f"delivery {delivery_id} is not held by {owner} any more")
    return row


def release(row: Delivery) -> None:
    row.lease_owner, row.lease_until = "", None


def begin_attempt(
    session: Session,
    delivery_id: int,
    *,
    owner: str,
    call: str,
    fingerprint: str,
    marker: str,
    now: datetime,
    until: datetime,
) -> int:
    """Writes down a call before it is made, and prolongs the lease. Raises LeaseLost."""
    row = held_by(session, delivery_id, owner)
    if row.lease_until is None or row.lease_until <= now:
        raise LeaseLost(f"the lease of delivery {delivery_id} has run out")
    row.lease_until = until
    attempt = Attempt(
        delivery_id=delivery_id, call=call, fingerprint=fingerprint, marker=marker, started_at=now, external_ids={}
    )
    session.add(attempt)
    session.flush()
    assert attempt.id is not None
    return attempt.id


def close_attempt(
    session: Session,
    attempt_id: int,
    *,
    outcome: str,
    now: datetime,
    external_ids: dict[str, str] | None = None,
    raw_code: str = "",
    raw_message: str = "",
) -> None:
    attempt = session.get(Attempt, attempt_id)
    assert attempt is not None
    attempt.outcome, attempt.closed_at = outcome, now
    attempt.external_ids = dict(external_ids or {})
    attempt.raw_code, attempt.raw_message = raw_code[:40], raw_message[:2000]
    session.flush()


def settle_attempts(session: Session, delivery_id: int, *, outcome: str, now: datetime) -> None:
    """The lost calls were looked up: `done` or `absent` (none had an effect)."""
    session.flush()
    session.connection().execute(
        update(Attempt)
        .where(col(Attempt.delivery_id) == delivery_id, col(Attempt.outcome).in_(UNSETTLED))
        .values(outcome=outcome, closed_at=now)
    )
    session.expire_all()


def attempts(session: Session, delivery_id: int) -> list[Attempt]:
    """Oldest first."""
    return list(session.exec(select(Attempt).where(Attempt.delivery_id == delivery_id).order_by(col(Attempt.id))))


def something_there(session: Session, delivery_id: int) -> bool:
    """Whether something of it may be at the platform: a draft, an upload, a post."""
    known = receipt(session, delivery_id)
    if known is not None and any(name != "marker" for name in known.external_ids):
        return True
    return any(attempt.outcome in _PERHAPS_THERE for attempt in attempts(session, delivery_id))


def tried(session: Session, delivery_ids: Collection[int]) -> set[int]:
    """Those for which a call was ever begun, or of which the platform or a person told something."""
    ids = list(delivery_ids)
    calls = select(Attempt.delivery_id).where(col(Attempt.delivery_id).in_(ids))
    told = select(Receipt.delivery_id).where(col(Receipt.delivery_id).in_(ids))
    return {*session.exec(calls), *session.exec(told)}


def receipt(session: Session, delivery_id: int) -> Receipt | None:
    return session.exec(select(Receipt).where(Receipt.delivery_id == delivery_id)).first()


def keep_receipt(
    session: Session,
    delivery_id: int,
    *,
    state: str,
    now: datetime,
    external_ids: dict[str, str],
    public_url: str = "",
    raw_code: str = "",
    raw_message: str = "",
) -> Receipt:
    """Adds to what is known. An id given as "" is forgotten; a known url is never replaced by nothing."""
    forgotten = {name for name, value in external_ids.items() if not value}
    if forgotten:
        _forget(session, delivery_id, forgotten)
    row = receipt(session, delivery_id) or Receipt(
        delivery_id=delivery_id, external_ids={}, state=state, updated_at=now
    )
    row.external_ids = {name: value for name, value in {**row.external_ids, **external_ids}.items() if value}
    row.public_url = public_url or row.public_url
    row.raw_code, row.raw_message = raw_code[:40], raw_message[:2000]
    row.state, row.updated_at = state, now
    session.add(row)
    session.flush()
    return row


def _forget(session: Session, delivery_id: int, names: set[str]) -> None:
    """The calls that gave these ids count no more: their effect is gone. The rows stay for whoever asks later."""
    for attempt in attempts(session, delivery_id):
        if attempt.outcome == "done" and not names.isdisjoint(attempt.external_ids):
            attempt.outcome = "forgotten"
    session.flush()


def park(session: Session, account_id: int, until: datetime, *, lane: int) -> None:
    """The account's other queued rows wait as well: they would meet the same refusal. More urgent lanes go on trying.

    Rows that another worker is claiming at this moment are passed over, so that nobody waits for anybody.
    """
    waiting = select(Delivery.id).where(
        col(Delivery.account_id) == account_id,
        col(Delivery.lane) >= int(lane),
        col(Delivery.state) == DeliveryState.QUEUED,
        or_(col(Delivery.next_try_at).is_(None), col(Delivery.next_try_at) < until),
    )
    free = list(session.exec(waiting.with_for_update(skip_locked=True)))
    later = case((col(Delivery.due_at) > until, col(Delivery.due_at)), else_=until)
    parked = update(Delivery).where(col(Delivery.id).in_(free))
    session.connection().execute(parked.values(next_try_at=until, ready_at=later))
    session.expire_all()


def by_external_id(
    session: Session, name: str, value: str, *, platform: str = "", account_id: int | None = None
) -> list[Delivery]:
    """Rows for which the platform gave back this id in any call, of one account or of all accounts of a platform."""
    query = (
        select(Delivery)
        .join(Attempt, col(Attempt.delivery_id) == col(Delivery.id))
        .join(Account, col(Account.id) == col(Delivery.account_id))
        .where(col(Attempt.external_ids)[name].as_string() == value)
        .order_by(col(Delivery.id))
        .distinct()
    )
    if platform:
        query = query.where(Account.platform == platform)
    if account_id is not None:
        query = query.where(Account.id == account_id)
    return list(session.exec(query))


def had_effect(session: Session, account_id: int, call: str, *, since: datetime) -> list[Attempt]:
    """Such calls of the account that did what they should, also those whose post was taken back since."""
    query = (
        select(Attempt)
        .join(Delivery, col(Attempt.delivery_id) == col(Delivery.id))
        .where(Delivery.account_id == account_id, Attempt.call == call, Attempt.started_at >= since)
        .where(col(Attempt.outcome).in_(("done", "forgotten")))
        .order_by(col(Attempt.id))
    )
    return list(session.exec(query))


def with_lost_call(session: Session, account_id: int, call: str) -> list[Delivery]:
    """The account's rows with such a call whose effect nobody knows."""
    query = (
        select(Delivery)
        .join(Attempt, col(Attempt.delivery_id) == col(Delivery.id))
        .where(Delivery.account_id == account_id, Attempt.call == call, col(Attempt.outcome).in_(UNSETTLED))
        .order_by(col(Delivery.id))
        .distinct()
    )
    return list(session.exec(query))


def look_now(session: Session, account_id: int, states: Collection[DeliveryState], *, now: datetime) -> int:
    """The account's rows in these states are looked at in the next round. Returns how many."""
    session.flush()
    changed = session.connection().execute(
        update(Delivery)
        .where(col(Delivery.account_id) == account_id, col(Delivery.state).in_(list(states)))
        .values(next_try_at=now, ready_at=now)
    )
    session.expire_all()
    return int(changed.rowcount)


def look_at_live(session: Session, delivery_id: int, *, now: datetime) -> None:
    """This post is asked for in the next round, if it is still taken to be out."""
    row = session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    if row is not None and row.state == DeliveryState.LIVE:
        row.next_try_at = now
