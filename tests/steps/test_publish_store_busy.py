"""A store that is busy for a while, while a post goes out: nothing is lost, doubled, or made a person's work by it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from queue_parts import Clock, FakeChannel, Platform, a_delivery, a_newsroom, an_account, the

from connectors.base import Journal, Outcome, Post
from content_store.database import Store
from content_store.tables import DeliveryState as State
from steps.newsroom import Newsroom
from steps.publish import poll_accepted, publish_due


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 26, 4, 0, tzinfo=UTC))


@pytest.fixture
def platform(clock: Clock) -> Platform:
    return Platform(clock)


@pytest.fixture
def newsroom(sqlite_url: str, tmp_path: Path, clock: Clock, platform: Platform) -> Iterator[Newsroom]:
    store = Store(sqlite_url, busy_seconds=0.05)
    yield a_newsroom(store, tmp_path, clock, platform)
    store.close()


@contextmanager
def another_writer(newsroom: Newsroom) -> Iterator[sqlite3.Connection]:
    path = newsroom.store.url.removeprefix("sqlite:///")
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    yield connection
    connection.close()


@pytest.mark.parametrize("frees", ["when the platform has been asked", "only after the round"])
@pytest.mark.parametrize("locks", ["before the call", "after it had its effect"])
def test_a_post_goes_out_once_though_the_store_is_busy_meanwhile(
    newsroom: Newsroom, clock: Clock, platform: Platform, monkeypatch: pytest.MonkeyPatch, locks: str, frees: str
) -> None:
    one = a_delivery(newsroom, an_account(newsroom), "kpbusy")
    share, publish = platform.share, FakeChannel.publish
    with another_writer(newsroom) as writer:

        def shared(marker: str) -> dict[str, str]:
            ids = share(marker)
            if not writer.in_transaction:
                writer.execute("BEGIN IMMEDIATE")
            return ids

        def published(channel: FakeChannel, post: Post, journal: Journal) -> Outcome:
            if locks == "before the call":
                writer.execute("BEGIN IMMEDIATE")
            try:
                return publish(channel, post, journal)
            finally:
                if frees == "when the platform has been asked":
                    writer.execute("ROLLBACK")

        monkeypatch.setattr(platform, "share", shared if locks != "before the call" else share)
        monkeypatch.setattr(FakeChannel, "publish", published)
        publish_due(newsroom, newsroom.now(), worker="w")
        if writer.in_transaction:
            writer.execute("ROLLBACK")
        monkeypatch.undo()
    assert the(newsroom, one).state in (State.QUEUED, State.SENDING, State.UNKNOWN)
    for _ in range(8):
        clock.advance(minutes=3)
        publish_due(newsroom, newsroom.now(), worker="w")
        poll_accepted(newsroom, newsroom.now(), worker="w")
    assert the(newsroom, one).state == State.LIVE
    assert platform.public == {"kpbusy": 1}


def test_what_the_platform_answered_is_written_down_as_soon_as_the_store_is_free(
    newsroom: Newsroom, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = a_delivery(newsroom, an_account(newsroom), "kpshort")
    share, session = platform.share, Store.session
    with another_writer(newsroom) as writer:
        tries: list[int] = []

        @contextmanager
        def counted(store: Store) -> Iterator[object]:
            if writer.in_transaction:
                tries.append(1)
            if len(tries) == 2:
                writer.execute("ROLLBACK")
                tries.clear()
            with session(store) as opened:
                yield opened

        def shared(marker: str) -> dict[str, str]:
            ids = share(marker)
            writer.execute("BEGIN IMMEDIATE")
            return ids

        monkeypatch.setattr(platform, "share", shared)
        monkeypatch.setattr(Store, "session", counted)
        assert publish_due(newsroom, newsroom.now(), worker="w") == {"accepted": 1}
        monkeypatch.undo()
    assert the(newsroom, one).state == State.ACCEPTED
