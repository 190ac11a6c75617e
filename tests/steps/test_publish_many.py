"""Very many rows wait, and one slow account among others: the next due one is found at once, nobody holds every thread."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from queue_parts import Clock, Platform, a_delivery, a_newsroom, an_account, the
from sqlalchemy import text
from sqlmodel import select

from content_store import queue
from content_store.database import Store
from content_store.tables import Delivery, Lane
from content_store.tables import DeliveryState as State
from content_store.tables.deliveries import ready
from steps import claiming
from steps.newsroom import Newsroom
from steps.publish import publish_due


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
def room(store: Store, tmp_path: Path, clock: Clock) -> Newsroom:
    return a_newsroom(store, tmp_path, clock, Platform(clock))


def test_when_a_row_is_worked_on_next_follows_its_state_and_its_times(now: datetime) -> None:
    later, soon = now + timedelta(hours=1), now + timedelta(minutes=1)
    assert ready(State.QUEUED, now, None) == now
    assert ready(State.QUEUED, now, soon) == soon
    assert ready(State.QUEUED, later, soon) == later
    assert ready(State.LIVE, now, None) is None
    assert ready(State.LIVE, now, soon) == soon
    assert all(ready(state, now, soon) is None for state in (State.HELD, State.FAILED, State.NEEDS_PERSON))
    assert ready(State.SENDING, now, soon) is None


def test_parking_and_asking_at_once_move_the_time_that_claims_go_by(room: Newsroom, now: datetime) -> None:
    account = an_account(room)
    first, later = a_delivery(room, account, "aa"), a_delivery(room, account, "bb", due=now + timedelta(days=2))
    lost = a_delivery(room, account, "cc", state=State.UNKNOWN)
    with room.store.session() as session:
        queue.park(session, account, now + timedelta(hours=1), lane=Lane.NORMAL)
        queue.look_now(session, account, {State.UNKNOWN}, now=now + timedelta(seconds=5))
    assert the(room, first).ready_at == now + timedelta(hours=1)
    assert the(room, later).ready_at == now + timedelta(days=2)
    assert the(room, lost).ready_at == now + timedelta(seconds=5)
    with room.store.reading() as session:
        for row in session.exec(select(Delivery)):
            assert row.ready_at == ready(row.state, row.due_at, row.next_try_at)


def test_the_next_due_row_is_read_from_the_index(sqlite_store: Store, now: datetime) -> None:
    with sqlite_store.reading() as session:
        query = queue._due(select(Delivery.id), [State.QUEUED, State.UNKNOWN], now, Lane.NORMAL, (7, 9), (3,))
        query = query.order_by(Delivery.ready_at, Delivery.id).limit(1)
        told = str(query.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
        plan = [row[3] for row in session.connection().execute(text(f"EXPLAIN QUERY PLAN {told}"))]
    assert any("ix_delivery_ready (lane=? AND ready_at<?)" in step for step in plan), plan
    assert not any("TEMP B-TREE" in step for step in plan), plan


def test_an_account_whose_platform_is_slow_leaves_threads_for_the_others(
    sqlite_store: Store, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = Platform(clock)
    room = a_newsroom(sqlite_store, tmp_path, clock, platform)
    monkeypatch.setattr(claiming, "THREADS", 4)
    answer, slow = threading.Event(), an_account(room, "slow")
    share = platform.share

    def waits(marker: str) -> dict[str, str]:
        if marker.startswith("slow"):
            answer.wait(10)
        return share(marker)

    monkeypatch.setattr(platform, "share", waits)
    hanging = [a_delivery(room, slow, f"slow{number}") for number in range(6)]
    other = a_delivery(room, an_account(room, "other"), "quick")
    late: list[int] = []
    round_ = threading.Thread(target=publish_due, args=(room, room.now()))
    round_.start()
    try:
        assert until(lambda: the(room, other).state == State.ACCEPTED)
        assert sum(the(room, row).state == State.SENDING for row in hanging) == claiming.PER_ACCOUNT
        # what becomes due meanwhile does not wait for the slow answers either
        late.append(a_delivery(room, an_account(room, "other"), "late"))
        assert until(lambda: the(room, late[0]).state == State.ACCEPTED)
    finally:
        answer.set()
        round_.join(10)
    assert all(the(room, row).state == State.ACCEPTED for row in (*hanging, other, *late))


def until(condition: object, seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    assert callable(condition)
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(condition())
