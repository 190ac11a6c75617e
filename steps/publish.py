"""A round of the queue: take up what died, look up what is unknown, withdraw, send, and ask what became of it.

Running it twice, late, or on two machines at once does no harm: every row is claimed by a lease, and no transaction is
open during a network call.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
from collections import Counter
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from connectors.base import Channel, ErrorClass, Outcome, Post, Refusal
from connectors.channels.codes import outcome_of
from connectors.errors import ConnectorError
from content_store import log, queue
from content_store.tables import Account, Delivery
from content_store.tables import DeliveryState as State
from content_store.tables import Post as PostRow
from steps import delivery_rules as rules
from steps.delivery_rules import Next
from steps.journal import LEASE, StoredJournal, lost_calls
from steps.newsroom import Newsroom
from steps.posts import stored_post
from steps.settling import settle

logger = logging.getLogger(__name__)

THREADS = 4
WORKER = f"{socket.gethostname()}:{os.getpid()}"
Counts = dict[str, int]


def publish_due(
    newsroom: Newsroom, now: datetime, worker: str = WORKER, limit: int = 100, *, lease: timedelta = LEASE
) -> Counts:
    """Everything that is due, the emergency lane first. Returns how many rows ended in which state."""
    counts = _take_up(newsroom, now, worker)
    for states, act in (((State.UNKNOWN,), _look_up), ((State.WITHDRAWING,), _withdraw), ((State.QUEUED,), _send)):
        counts += _round(newsroom, states, act, now=now, worker=worker, limit=limit, lease=lease)
    return dict(counts)


def poll_accepted(
    newsroom: Newsroom, now: datetime, worker: str = WORKER, limit: int = 200, *, lease: timedelta = LEASE
) -> Counts:
    """Asks what became of accepted and handed-over posts whose time has come, and of live ones a call-back spoke of."""
    states = (State.ACCEPTED, State.HANDED_OVER, State.LIVE)
    return dict(_round(newsroom, states, _poll, now=now, worker=worker, limit=limit, lease=lease))


def act_on(newsroom: Newsroom, delivery_id: int, now: datetime, worker: str = WORKER) -> State | None:
    """Looks up, polls or withdraws this one row at once, due or not; sending keeps to its time.

    None where another worker holds the row or nothing is to be done.
    """
    owner = new_owner(worker)
    with newsroom.store.session() as session:
        row = queue.claim_this(session, delivery_id, owner=owner, now=newsroom.now(), until=newsroom.now() + LEASE)
        act = _AT_ONCE.get(State(row.state)) if row is not None else None
        if row is None or act is None:
            if row is not None:
                queue.release(row)
            return None
        work = _taken(session, row, owner, LEASE, newsroom, now)
    return State(row.state) if work is None else act(newsroom, work)


@dataclass(frozen=True)
class Work:
    """A claimed row with everything that is needed while no transaction is open."""

    delivery_id: int
    state: State
    account: Account
    post: PostRow
    tries: int
    polls: int
    since: datetime
    """When it was accepted or handed over; for an unknown one, when the lost call was begun."""
    journal: StoredJournal


Act = Callable[[Newsroom, Work], State | None]


# ---------------------------------------------------------------- claiming


def _take_up(newsroom: Newsroom, now: datetime, worker: str) -> Counter[str]:
    """Rows whose worker died while sending: with an open call they are looked up, without one they are sent again."""
    counts: Counter[str] = Counter()
    with newsroom.store.reading() as session:
        dead = queue.abandoned(session, now=newsroom.now())
    for delivery_id in dead:
        with newsroom.store.session() as session:
            owner = new_owner(worker)
            row = queue.claim_this(session, delivery_id, owner=owner, now=newsroom.now(), until=newsroom.now() + LEASE)
            if row is None or row.state != State.SENDING:
                continue
            has_open = bool(lost_calls(queue.attempts(session, delivery_id)))
            settle(session, row, rules.after_death(has_open, now=now), now=newsroom.now(), actor=worker)
            counts["taken_up"] += 1
    return counts


def _round(
    newsroom: Newsroom,
    states: Collection[State],
    act: Act,
    *,
    now: datetime,
    worker: str,
    limit: int,
    lease: timedelta,
) -> Counter[str]:
    """Up to `limit` rows, on a few threads; each row at most once."""
    seen: list[int] = []

    def run(_: int) -> Counter[str]:
        counts: Counter[str] = Counter()
        owner = new_owner(worker)
        while len(seen) < limit:
            work = _claim(newsroom, states, owner, now, lease, seen)
            if work is None:
                break
            ended = act(newsroom, work) if isinstance(work, Work) else work
            if ended is not None:
                counts[str(ended)] += 1
        return counts

    if not _any_due(newsroom, states, now):
        return Counter()
    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(run, range(THREADS)), Counter())


def _any_due(newsroom: Newsroom, states: Collection[State], now: datetime) -> bool:
    with newsroom.store.reading() as session:
        return queue.any_due(session, states, now=now)


def _claim(
    newsroom: Newsroom, states: Collection[State], owner: str, now: datetime, lease: timedelta, seen: list[int]
) -> Work | State | None:
    """The next row; a state where the row was settled without any call; None where nothing is due."""
    with newsroom.store.session() as session:
        at = newsroom.now()
        row = queue.claim(session, states, owner=owner, now=now, lease_now=at, until=at + lease, not_ids=tuple(seen))
        if row is None or row.id is None:
            return None
        seen.append(row.id)
        work = _taken(session, row, owner, lease, newsroom, now)
        return State(row.state) if work is None else work


def _taken(
    session: Session, row: Delivery, owner: str, lease: timedelta, newsroom: Newsroom, now: datetime
) -> Work | None:
    """What is needed to work on a claimed row; a queued one becomes `sending`. None where it was settled at once."""
    assert row.id is not None
    if row.state == State.QUEUED:
        late = rules.too_late(row.lane, row.due_at, row.tries, now)
        if late is not None:
            settle(session, row, late, now=newsroom.now(), actor=owner)
            return None
        _begin_sending(session, row, owner, newsroom.now())
    account, post, journal = recalled(session, row, owner, newsroom, lease)
    since = min(journal.open.values(), default=None) if row.state == State.UNKNOWN else row.accepted_at
    return Work(
        delivery_id=row.id,
        state=State(row.state),
        account=account,
        post=post,
        tries=row.tries,
        polls=row.polls,
        since=since or row.sending_at or row.created_at,
        journal=journal,
    )


def recalled(
    session: Session, row: Delivery, owner: str, newsroom: Newsroom, lease: timedelta = LEASE
) -> tuple[Account, PostRow, StoredJournal]:
    """The row's account and post, and the journal of what was done for it before."""
    assert row.id is not None
    account, post = session.get(Account, row.account_id), session.get(PostRow, row.post_id)
    assert account is not None
    assert post is not None
    journal = StoredJournal(newsroom.store, row.id, owner, post.marker, newsroom.now, lease)
    journal.recall(queue.attempts(session, row.id), queue.receipt(session, row.id))
    return account, post, journal


def _begin_sending(session: Session, row: Delivery, owner: str, now: datetime) -> None:
    assert row.id is not None
    row.state = rules.move(State(row.state), State.SENDING)
    row.tries += 1
    row.sending_at = row.sending_at or now
    log.append(
        session,
        at=now,
        subject="delivery",
        subject_id=row.id,
        act=State.SENDING,
        actor=owner,
        detail={"from": State.QUEUED, "try": row.tries},
    )


def new_owner(worker: str) -> str:
    """A name for one thread's leases, never used twice."""
    return f"{worker[:60]}/{secrets.token_hex(4)}"


# ---------------------------------------------------------------- acting


def _send(newsroom: Newsroom, work: Work) -> State | None:
    if work.journal.open:
        # a lost call that was never looked up: sending now could double it
        return _end(newsroom, work, rules.after_death(True, now=newsroom.now()), None)
    outcome = _asked(newsroom, work, lambda channel, post: channel.publish(post, work.journal))
    if outcome is None:
        return None
    spread = rules.spread_of(work.delivery_id, work.tries)
    next_ = rules.after_publish(outcome, tries=work.tries, now=newsroom.now(), spread=spread)
    return _end(newsroom, work, next_, outcome)


def _look_up(newsroom: Newsroom, work: Work) -> State | None:
    outcome = _asked(newsroom, work, lambda channel, post: channel.look_up(post, work.journal))
    if outcome is None:
        return None
    return _end(newsroom, work, rules.after_look_up(outcome, since=work.since, now=newsroom.now()), outcome)


def _withdraw(newsroom: Newsroom, work: Work) -> State | None:
    outcome = _asked(
        newsroom, work, lambda channel, post: channel.withdraw(work.journal.known, work.journal), post=False
    )
    if outcome is None:
        return None
    return _end(newsroom, work, rules.after_withdraw(outcome, tries=work.polls + 1, now=newsroom.now()), outcome)


def _poll(newsroom: Newsroom, work: Work) -> State | None:
    outcome = _asked(newsroom, work, lambda channel, post: channel.poll(work.journal.known), post=False)
    if outcome is None:
        return None
    next_ = rules.after_poll(work.state, outcome, polls=work.polls + 1, since=work.since, now=newsroom.now())
    return _end(newsroom, work, next_, outcome)


_AT_ONCE: dict[State, Act] = {
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
        return ask(newsroom.channel(work.account), whole)
    except queue.LeaseLost:
        logger.warning("delivery %s was taken over by another worker", work.delivery_id)
        return None
    except ConnectorError as error:
        return _not_done(work, outcome_of(error, newsroom.now()))
    except Exception:
        logger.exception("delivery %s: a defect", work.delivery_id)
        cause, remedy = "程序出错,这一条没有继续处理。", "请联系管理员查看日志,修复后再点“重新发送”。"
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


def _end(newsroom: Newsroom, work: Work, next_: Next, outcome: Outcome | None) -> State | None:
    with newsroom.store.session() as session:
        try:
            row = queue.held_by(session, work.delivery_id, work.journal.owner)
        except queue.LeaseLost:
            return None
        polls = row.polls + 1
        settle(session, row, next_, now=newsroom.now(), actor=work.journal.owner, outcome=outcome)
        if row.state == work.state:
            row.polls = polls
        return State(row.state)
