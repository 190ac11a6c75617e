"""A round of the queue: take up what died, send, withdraw, look up what is unknown, and ask what became of it.

Running it twice, late, or on two machines at once does no harm: every row is claimed by a lease, and no transaction is
open during a network call.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session

from connectors.base import Channel, ErrorClass, Outcome, Post, Refusal
from connectors.channels.codes import outcome_of
from connectors.errors import ConnectorError
from content_store import queue
from content_store.database import StoreError, though_busy
from content_store.tables import DeliveryState as State
from content_store.tables import Lane
from steps import delivery_rules as rules
from steps.claiming import EMERGENCY_THREADS, Round, Work, begun, new_owner, take_up
from steps.delivery_rules import Next
from steps.journal import LEASE
from steps.newsroom import Newsroom
from steps.posts import stored_post
from steps.quotas import poll_spacing
from steps.settling import settle
from steps.workers import worker_name

logger = logging.getLogger(__name__)

Counts = dict[str, int]


def publish_due(
    newsroom: Newsroom, now: datetime, worker: str = "", limit: int = 100, *, lease: timedelta = LEASE
) -> Counts:
    """Everything that is due, the emergency lane first. Returns how many rows ended in which state."""
    worker = worker or worker_name()
    counts = take_up(newsroom, now, worker)
    return dict(counts + Round(newsroom, _SENT, now, worker, limit, lease).run(lambda work: _act(newsroom, work)))


def publish_emergency(newsroom: Newsroom, now: datetime, worker: str = "", limit: int = 1000) -> Counts:
    """The emergency lane alone, sending and asking, on threads of its own: it never waits for a platform that is slow to
    answer others.

    Goes on as long as one of its own calls is under way, and begins what is released meanwhile.
    """
    worker, lane = worker or worker_name(), Lane.EMERGENCY
    counts = take_up(newsroom, now, worker)
    urgent = Round(newsroom, (*_SENT, *_ASKED), now, worker, limit, lane=lane, threads=EMERGENCY_THREADS)
    return dict(counts + urgent.run(lambda work: _act(newsroom, work)))


def anything_due(newsroom: Newsroom, now: datetime) -> bool:
    """Whether `publish_due` has anything to send, look up or withdraw."""
    with newsroom.store.reading() as session:
        return queue.any_due(session, _SENT, now=now)


def emergency_waits(newsroom: Newsroom, now: datetime) -> bool:
    """Whether `publish_emergency` has anything to do."""
    with newsroom.store.reading() as session:
        return queue.any_due(session, (*_SENT, *_ASKED), now=now, lane=Lane.EMERGENCY)


def poll_accepted(
    newsroom: Newsroom, now: datetime, worker: str = "", limit: int = 200, *, lease: timedelta = LEASE
) -> Counts:
    """Asks what became of accepted and handed-over posts whose time has come, and of live ones a call-back spoke of.

    Gives way to an emergency post that waits: the round after this one sends it.
    """
    asking = Round(newsroom, _ASKED, now, worker or worker_name(), limit, lease, gives_way=True)
    return dict(asking.run(lambda work: _act(newsroom, work)))


def act_on(newsroom: Newsroom, delivery_id: int, now: datetime, worker: str = "") -> State | None:
    """Looks up, polls or withdraws this one row at once, due or not; sending keeps to its time.

    None where another worker holds the row or nothing is to be done.
    """
    at, owner = newsroom.now(), new_owner(worker or worker_name())
    with newsroom.store.session() as session:
        row = queue.claim_this(session, delivery_id, owner=owner, now=at, until=at + LEASE)
        if row is None:
            return None
        if row.state not in _AT_ONCE:
            queue.release(row)
            return None
        work = begun(session, row, owner, newsroom, now)
    return None if work is None else _act(newsroom, work)


_SENT = (State.QUEUED, State.WITHDRAWING, State.UNKNOWN)
_ASKED = (State.ACCEPTED, State.HANDED_OVER, State.LIVE)
"""What became of it is asked at the platform when its time has come."""
_AT_ONCE = {State.UNKNOWN, State.WITHDRAWING, State.ACCEPTED, State.HANDED_OVER, State.LIVE}


def _act(newsroom: Newsroom, work: Work) -> State | None:
    try:
        return _ACTS[work.state](newsroom, work)
    except StoreError as error:
        # what became of it could not be written down: its lease runs out, and it is taken up and looked up
        logger.warning("delivery %s: %s", work.delivery_id, error)
        return None


def _send(newsroom: Newsroom, work: Work) -> State | None:
    if work.journal.open:
        # a lost call that was never looked up: sending now could double it
        return _end(newsroom, work, rules.after_death(True, tries=work.tries, now=newsroom.now()), None)
    outcome = _asked(newsroom, work, lambda channel, post: channel.publish(post, work.journal))
    if outcome is None:
        return None
    spread = rules.spread_of(work.delivery_id, work.tries)
    met_before = bool(outcome.raw_code) and outcome.raw_code == work.last_code
    next_ = rules.after_publish(outcome, tries=work.tries, now=newsroom.now(), spread=spread, met_before=met_before)
    return _end(newsroom, work, next_, outcome)


def _look_up(newsroom: Newsroom, work: Work) -> State | None:
    outcome = _asked(newsroom, work, lambda channel, post: channel.look_up(post, work.journal))
    if outcome is None:
        return None
    return _end(
        newsroom, work, rules.after_look_up(outcome, since=work.since, now=newsroom.now(), tries=work.tries), outcome
    )


def _withdraw(newsroom: Newsroom, work: Work) -> State | None:
    outcome = _asked(
        newsroom, work, lambda channel, post: channel.withdraw(work.journal.known, work.journal), post=False
    )
    if outcome is None:
        return None
    known = {**work.journal.known, **outcome.external_ids}
    proven = rules.is_proof_of_absence(known, was_live=work.was_live, lost=bool(work.journal.open))
    next_ = rules.after_withdraw(outcome, tries=work.polls + 1, now=newsroom.now(), proven=proven)
    return _end(newsroom, work, next_, outcome)


def _poll(newsroom: Newsroom, work: Work) -> State | None:
    outcome = _asked(newsroom, work, lambda channel, post: channel.poll(work.journal.known), post=False)
    if outcome is None:
        return None
    now = newsroom.now()
    next_ = rules.after_poll(work.state, outcome, polls=work.polls + 1, since=work.since, now=now)
    if next_.state is State.ACCEPTED and not work.urgent:
        next_ = rules.not_before(next_, poll_spacing(newsroom.store, work.account, newsroom.quotas, now), now)
    return _end(newsroom, work, next_, outcome)


_ACTS: dict[State, Callable[[Newsroom, Work], State | None]] = {
    State.SENDING: _send,
    State.UNKNOWN: _look_up,
    State.WITHDRAWING: _withdraw,
    State.ACCEPTED: _poll,
    State.HANDED_OVER: _poll,
    State.LIVE: _poll,
}


def _asked(
    newsroom: Newsroom, work: Work, ask: Callable[[Channel, Post], Outcome], *, post: bool = True
) -> Outcome | None:
    """What the channel answers. None where the row is no longer ours. A defect of ours stops this row, not the round."""
    try:
        whole = stored_post(newsroom, work.post) if post else Post(marker=work.post.marker)
        return ask(newsroom.channel(work.account, urgent=work.urgent), whole)
    except queue.LeaseLost:
        logger.warning("delivery %s was taken over by another worker", work.delivery_id)
        return None
    except ConnectorError as error:
        return _not_done(work, outcome_of(error, newsroom.now()))
    except StoreError as error:
        logger.warning("delivery %s: %s", work.delivery_id, error)
        cause, remedy = "数据库正忙或不可用，这一步没有做完。", "系统会自动再试，先核对再发，无需处理。"
        refusal = Refusal(kind=ErrorClass.RETRYABLE, cause=cause, remedy=remedy)
        return _not_done(work, Outcome(state="failed", refusal=refusal, raw_message=str(error)))
    except Exception:
        logger.exception("delivery %s: a defect", work.delivery_id)
        cause, remedy = "程序出错，这一条没有继续处理。", "请联系管理员查看日志，修复后再点“重新发送”。"
        return _not_done(work, Outcome(state="failed", refusal=_refusal(cause, remedy)))


def _refusal(cause: str, remedy: str) -> Refusal:
    return Refusal(kind=ErrorClass.NEEDS_HUMAN, cause=cause, remedy=remedy)


def _not_done(work: Work, outcome: Outcome) -> Outcome:
    """A failure outside the adapter's own words: it says nothing about a post that may be out already."""
    if work.state is State.UNKNOWN or work.journal.open:
        return outcome.model_copy(update={"state": "unknown"})
    if work.state in (State.ACCEPTED, State.HANDED_OVER, State.LIVE):
        return outcome.model_copy(update={"state": "accepted"})
    return outcome


def _told_meanwhile(session: Session, work: Work) -> bool:
    receipt = queue.receipt(session, work.delivery_id)
    known = receipt.external_ids if receipt is not None else {}
    return any(known.get(name) and not work.journal.known.get(name) for name in rules.WORK_IDS)


def _end(newsroom: Newsroom, work: Work, next_: Next, outcome: Outcome | None) -> State | None:
    return though_busy(lambda: _ended(newsroom, work, next_, outcome))


def _ended(newsroom: Newsroom, work: Work, next_: Next, outcome: Outcome | None) -> State | None:
    with newsroom.store.session() as session:
        try:
            row = queue.held_by(session, work.delivery_id, work.journal.owner)
        except queue.LeaseLost:
            return None
        polls = row.polls + 1
        if row.next_try_at != work.next_try_at:
            # a call-back came meanwhile, and what was asked before it may not know of it yet
            next_ = rules.not_after(next_, row.next_try_at)
        if next_.state is State.WITHDRAWN and _told_meanwhile(session, work):
            # a call-back named a work while the platform was asked whether there is one
            next_, outcome = Next(State.WITHDRAWING, newsroom.now()), None
        settle(session, row, next_, now=newsroom.now(), actor=work.journal.owner, outcome=outcome)
        if row.state == work.state:
            row.polls = polls
        return State(row.state)
