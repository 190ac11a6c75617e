"""Writing down what a delivery became: state, times, receipt, log and lease in one transaction."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from connectors.base import Outcome
from content_store import accounts, log, queue, tasks
from content_store.tables import Account, Delivery, DeliveryState, TaskKind
from steps import in_hand
from steps.delivery_rules import Next, as_wished, move
from steps.tasks import SYSTEM_SAW, KeptProof, taken_down

BEIJING = ZoneInfo("Asia/Shanghai")
_SETTLED_AS_DONE = {DeliveryState.LIVE, DeliveryState.ACCEPTED, DeliveryState.HANDED_OVER, DeliveryState.WITHDRAWN}


def settle(
    session: Session, row: Delivery, next_: Next, *, now: datetime, actor: str, outcome: Outcome | None = None
) -> None:
    """The row becomes `next_` and its lease ends. Raises ForbiddenMove for what the rules do not allow."""
    assert row.id is not None
    old = DeliveryState(row.state)
    new = move(old, next_.state)
    row.state, row.next_try_at = new, next_.next_try_at
    if not (old is new is DeliveryState.HANDED_OVER and row.reason in in_hand.REMEDIES):
        row.reason, row.remedy = next_.reason, next_.remedy
    row.hand_off = next_.hand_off or (row.hand_off if new is DeliveryState.HANDED_OVER else "")
    queue.release(row)
    if new is not old:
        row.polls = 0
        _note_time(row, new, now)
        log.append(
            session,
            at=now,
            subject="delivery",
            subject_id=row.id,
            act=new,
            actor=actor,
            why=next_.reason,
            detail={"from": old},
        )
    _receipt(session, row, next_, now, outcome)
    if new is DeliveryState.WITHDRAWN is not old:
        kept = KeptProof(note=next_.reason or SYSTEM_SAW)
        taken_down(session, row, kept, by=None, now=now, actor=actor)
    if next_.settled or new in _SETTLED_AS_DONE:
        queue.settle_attempts(session, row.id, outcome="absent" if next_.settled else "done", now=now)
    if next_.stops_account:
        _stop(session, row, next_, now)
    if next_.parks_account_until is not None:
        queue.park(session, row.account_id, next_.parks_account_until, lane=row.lane)
    _keep_wish(session, row, old, now=now, actor=actor)


def _keep_wish(session: Session, row: Delivery, old: DeliveryState, *, now: datetime, actor: str) -> None:
    """Somebody wanted it taken back while nobody knew where it was: the open task is that wish."""
    assert row.id is not None
    if not tasks.is_open(session, row.id, TaskKind.WITHDRAW):
        return
    there = queue.something_there(session, row.id)
    wished = as_wished(old, DeliveryState(row.state), something_there=there, now=now)
    if wished is not None:
        settle(session, row, wished, now=now, actor=actor)


def _note_time(row: Delivery, new: DeliveryState, now: datetime) -> None:
    if new is DeliveryState.ACCEPTED and row.accepted_at is None:
        row.accepted_at = now
    elif new is DeliveryState.LIVE and row.live_at is None:
        row.accepted_at, row.live_at = row.accepted_at or now, now


def _receipt(session: Session, row: Delivery, next_: Next, now: datetime, outcome: Outcome | None) -> None:
    if outcome is None and not next_.ids:
        return
    assert row.id is not None
    ids = dict(next_.ids)
    if row.live_at is not None:
        # the figures are asked for by the day of publication, as the platforms count days
        ids.setdefault("published_on", row.live_at.astimezone(BEIJING).date().isoformat())
    queue.keep_receipt(
        session,
        row.id,
        state=row.state,
        now=now,
        external_ids=ids,
        public_url=outcome.public_url if outcome else "",
        raw_code=outcome.raw_code if outcome else "",
        raw_message=outcome.raw_message if outcome else "",
    )


def _stop(session: Session, row: Delivery, next_: Next, now: datetime) -> None:
    account = session.get(Account, row.account_id)
    assert account is not None
    if account.stopped_reason:
        return
    log.append(
        session,
        at=now,
        subject="account",
        subject_id=row.account_id,
        act="stopped",
        actor="queue",
        why=next_.reason,
    )
    accounts.stop(session, row.account_id, f"{next_.reason}{next_.remedy}")
