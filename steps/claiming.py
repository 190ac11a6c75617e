"""Claiming rows of the queue: which one next, on which thread, and what is needed to work on it.

A row is worked on by whoever holds its lease; what is done with it is steps.publish.
"""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session

from content_store import log, queue, stories
from content_store.tables import Account, Delivery, Lane, Post
from content_store.tables import DeliveryState as State
from steps import delivery_rules as rules
from steps.calling_off import call_off_row
from steps.journal import LEASE, StoredJournal, lost_calls
from steps.late_rules import said_late, too_late
from steps.newsroom import Newsroom
from steps.preparing import REMEDY_HELD, WHY_HELD
from steps.settling import settle
from steps.standing import event_now
from steps.stories import DROPPED
from steps.workers import is_gone

THREADS = 16
"""Calls to platforms are mostly waiting; one slow account must not hold up the others."""
EMERGENCY_THREADS = 24
"""Enough for every account of a province at once: nobody waits for the answer another account gets."""
LOOK_AGAIN_SECONDS = 0.25
"""How often a round looks for new rows while it waits for answers."""
PER_ACCOUNT = 3
"""Rows of one account under way at once: a platform that is slow to answer must not hold every thread."""


@dataclass(frozen=True)
class Work:
    """A claimed row with everything that is needed while no transaction is open."""

    delivery_id: int
    state: State
    urgent: bool
    """Of the emergency lane."""
    account: Account
    post: Post
    tries: int
    polls: int
    was_live: bool
    since: datetime
    """When it was accepted or handed over; for an unknown one, when the lost call was begun."""
    journal: StoredJournal
    next_try_at: datetime | None = None
    """As it was claimed: who wants it looked at meanwhile sets another."""
    last_code: str = ""
    """What the platform answered last time, where that was a refusal."""


Act = Callable[[Work], State | None]
"""Does the work; returns what the row became, None where it was somebody else's by then."""


@dataclass
class Round:
    """Up to `limit` rows of these states, each at most once; at each claim the emergency lane comes first.

    What becomes due while calls are under way is begun without waiting for their answers. With a `lane`, only rows of that
    lane, and as many of one account at once as there are.
    """

    newsroom: Newsroom
    states: Collection[State]
    now: datetime
    worker: str
    limit: int
    lease: timedelta = LEASE
    gives_way: bool = False
    """Ends early as soon as an emergency post waits to be sent."""
    lane: Lane | None = None
    threads: int = THREADS
    _seen: list[int] = field(default_factory=list)
    _begun: float = field(default_factory=time.monotonic)

    def run(self, act: Act) -> Counter[str]:
        """How many rows ended in which state."""
        counts: Counter[str] = Counter()
        if not self._due(self.states, self.lane):
            return counts
        busy: dict[Future[State | None], int] = {}
        with ThreadPoolExecutor(self.threads) as pool:
            while True:
                while len(busy) < self.threads and (found := self._next(self._full(busy))) is not None:
                    if isinstance(found, Work):
                        busy[pool.submit(act, found)] = found.post.account_id
                    else:
                        counts[str(found)] += 1
                if not busy:
                    return counts
                ended, _ = wait(busy, timeout=LOOK_AGAIN_SECONDS, return_when=FIRST_COMPLETED)
                counts.update(str(state) for each in ended if (state := each.result()) is not None)
                for each in ended:
                    del busy[each]

    def _full(self, busy: Mapping[Future[State | None], int]) -> list[int]:
        """Accounts of which no more is begun just now."""
        if self.lane is not None:
            return []
        return [account for account, number in Counter(busy.values()).items() if number >= PER_ACCOUNT]

    def _moment(self) -> datetime:
        """`now`, moved on: what becomes due while a long round runs is not kept waiting for its end."""
        return self.now + timedelta(seconds=time.monotonic() - self._begun)

    def _due(
        self,
        states: Collection[State],
        lane: Lane | None = None,
        not_ids: Collection[int] = (),
        not_accounts: Collection[int] = (),
    ) -> bool:
        with self.newsroom.store.reading() as session:
            return queue.any_due(
                session, states, now=self._moment(), lane=lane, not_ids=not_ids, not_accounts=not_accounts
            )

    def _next(self, full: Collection[int]) -> Work | State | None:
        """The next row; a state where it was settled without any call; None where nothing is to be begun."""
        if len(self._seen) >= self.limit or (self.gives_way and self._due((State.QUEUED,), Lane.EMERGENCY)):
            return None
        if not self._due(self.states, self.lane, not_ids=self._seen, not_accounts=full):
            # asked without a lock first: nobody has to wait for a look that finds nothing
            return None
        owner = new_owner(self.worker)
        with self.newsroom.store.session() as session:
            at = self.newsroom.now()
            row = queue.claim(
                session,
                self.states,
                owner=owner,
                now=self._moment(),
                lease_now=at,
                until=at + self.lease,
                not_ids=tuple(self._seen),
                not_accounts=full,
                lane=self.lane,
            )
            if row is None or row.id is None:
                return None
            self._seen.append(row.id)
            return begun(session, row, owner, self.newsroom, self.now, self.lease) or State(row.state)


def begun(
    session: Session, row: Delivery, owner: str, newsroom: Newsroom, now: datetime, lease: timedelta = LEASE
) -> Work | None:
    """What is needed to work on a claimed row; a queued one becomes `sending`. None where it was settled at once."""
    assert row.id is not None
    if row.state == State.QUEUED:
        if _is_dropped(session, row):
            call_off_row(session, row, DROPPED, actor=owner, now=newsroom.now())
            return None
        instead = _over(session, row, now) or _late(session, row, newsroom, now)
        if instead is not None:
            settle(session, row, instead, now=newsroom.now(), actor=owner)
            return None
        _begin_sending(session, row, owner, newsroom.now())
    account, post, journal = recalled(session, row, owner, newsroom, lease)
    since = min(journal.open.values(), default=None) if row.state == State.UNKNOWN else row.accepted_at
    known = queue.receipt(session, row.id)
    return Work(
        delivery_id=row.id,
        state=State(row.state),
        urgent=row.lane == Lane.EMERGENCY,
        account=account,
        post=post,
        tries=row.tries,
        polls=row.polls,
        since=since or row.sending_at or row.created_at,
        was_live=row.live_at is not None,
        journal=journal,
        next_try_at=row.next_try_at,
        last_code=known.raw_code if known is not None else "",
    )


def _is_dropped(session: Session, row: Delivery) -> bool:
    """A story that was given up goes nowhere, however its row came to be due."""
    story = stories.of_version(session, row.story_version_id)
    return story is not None and story.status == "dropped"


def _late(session: Session, row: Delivery, newsroom: Newsroom, now: datetime) -> rules.Next | None:
    """What the rule of its lane makes of a late one; what is at the platform already is never simply dropped."""
    assert row.id is not None
    late = too_late(row.lane, row.due_at, row.next_try_at, now, newsroom.late)
    if late is None:
        return None
    begun = queue.something_there(session, row.id)
    return too_late(row.lane, row.due_at, row.next_try_at, now, newsroom.late, begun=begun)


def _over(session: Session, row: Delivery, now: datetime) -> rules.Next | None:
    """A warning that is over is held, whoever queued it, as the answer to the alert holds the others."""
    view = event_now(session, row.event_id, now) if row.event_id is not None else None
    if view is None or view.stands:
        return None
    why = next(reason for reason, end in WHY_HELD.items() if end == view.state)
    return rules.Next(State.HELD, reason=why, remedy=REMEDY_HELD)


def recalled(
    session: Session, row: Delivery, owner: str, newsroom: Newsroom, lease: timedelta = LEASE
) -> tuple[Account, Post, StoredJournal]:
    """The row's account and post, and the journal of what was done for it before."""
    assert row.id is not None
    account, post = session.get(Account, row.account_id), session.get(Post, row.post_id)
    assert account is not None
    assert post is not None
    journal = StoredJournal(newsroom.store, row.id, owner, post.marker, newsroom.now, lease)
    journal.recall(queue.attempts(session, row.id), queue.receipt(session, row.id))
    return account, post, journal


def take_up(newsroom: Newsroom, now: datetime, worker: str) -> Counter[str]:
    """Rows whose worker died while sending: with an open call they are looked up, without one they are sent again.

    Leases end by their time; those of a process of this machine that is gone end at once.
    """
    counts: Counter[str] = Counter()
    _end_leases_of_the_dead(newsroom)
    with newsroom.store.reading() as session:
        dead = queue.abandoned(session, now=newsroom.now())
    for delivery_id in dead:
        with newsroom.store.session() as session:
            at, owner = newsroom.now(), new_owner(worker)
            row = queue.claim_this(session, delivery_id, owner=owner, now=at, until=at + LEASE)
            if row is None:
                continue
            if row.state != State.SENDING:
                queue.release(row)
                continue
            has_open = bool(lost_calls(queue.attempts(session, delivery_id)))
            settle(session, row, rules.after_death(has_open, tries=row.tries, now=now), now=at, actor=worker)
            counts["taken_up"] += 1
    return counts


def _end_leases_of_the_dead(newsroom: Newsroom) -> None:
    with newsroom.store.reading() as session:
        gone = [owner for owner in queue.owners(session, now=newsroom.now()) if is_gone(owner)]
    if gone:
        with newsroom.store.session() as session:
            queue.end_leases(session, gone, now=newsroom.now())


def new_owner(worker: str) -> str:
    """A name for one lease, never used twice."""
    return f"{worker[:60]}/{secrets.token_hex(4)}"


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
        why=said_late(row.due_at, now) if row.tries == 1 else "",
        detail={"from": State.QUEUED, "try": row.tries},
    )
