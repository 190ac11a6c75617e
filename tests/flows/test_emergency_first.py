"""An emergency begins at once while a platform keeps every other post waiting: the real clock, over real HTTP."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from config.settings import load
from content_store import accounts, deliveries, stories
from content_store.migrate import migrate
from content_store.tables import Delivery, Lane
from content_store.tables import DeliveryState as State
from flows.clock import Clock
from flows.opening import open_newsroom
from flows.plain import emergency
from sandbox.serve import in_thread
from steps.claiming import PER_ACCOUNT
from steps.newsroom import Newsroom

SLOW_SECONDS = 5.0
HANGS = 4.0
NORMAL, URGENT = 18, 12


@pytest.fixture
def platforms() -> Iterator[str]:
    with in_thread(seed=3) as base:
        yield base


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    monkeypatch.delenv("KEPU_HOME", raising=False)
    newsroom = open_newsroom(load(tmp_path))
    migrate(newsroom.store)
    return newsroom


def control(base: str, path: str, body: Any) -> None:
    request = urllib.request.Request(
        f"{base}/_sandbox{path}", data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=20).close()


def fill(room: Newsroom, base: str, lane: Lane, number: int) -> None:
    """So many posts on Weibo, all due now, the same platform and account for every lane."""
    now = room.now()
    secrets = {"app_key": "1234500000", "app_secret": "fake-secret-weibo", "uid": "7700000001"}
    secrets["access_token"] = "fake-token-weibo-7700000001"
    with room.store.session() as session:
        settings = {"base_url": f"{base}/weibo", "bound_domain": "127.0.0.1"}
        values = {"platform": "weibo", "name": "科普吉林", "settings": settings}
        account = accounts.put(session, "weibo-jilin", values, now=now)
        assert account.id is not None
        accounts.keep_credentials(session, account.id, secrets, room.vault, now=now)
        for each in range(number):
            title = f"{lane.name} {each}"
            version = stories.add(session, fields={"title": title, "body_html": "<p>文</p>"}, by=None, now=now)
            assert version.id is not None
            marker = deliveries.new_marker()
            deliveries.add(
                session,
                version_id=version.id,
                account_id=account.id,
                marker=marker,
                form={"marker": marker, "title": title, "text": f"{title} http://127.0.0.1/s/{each}?m={marker}"},
                fingerprint="",
                state=State.QUEUED,
                lane=lane,
                due_at=now,
                by=None,
                now=now,
            )


def begun(room: Newsroom, lane: Lane) -> list[datetime]:
    with room.store.reading() as session:
        rows = session.exec(select(Delivery).where(Delivery.lane == lane))
        return [row.sending_at for row in rows if row.sending_at is not None]


def until(condition: Any, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return bool(condition())


def test_emergencies_begin_while_every_normal_post_still_hangs(room: Newsroom, platforms: str) -> None:
    slow = {"kind": "slow", "platform": "weibo", "path": "/2/statuses/share.json", "seconds": SLOW_SECONDS}
    control(platforms, "/faults", [slow])
    fill(room, platforms, Lane.NORMAL, NORMAL)
    stop = threading.Event()
    # as shipped: the schedule beside the code
    ticking = threading.Thread(target=Clock(load(room.media.folder.parent), room).run, args=(stop,))
    ticking.start()
    try:
        assert until(lambda: len(begun(room, Lane.NORMAL)) >= PER_ACCOUNT, 8), "no normal post ever hung"
        fill(room, platforms, Lane.EMERGENCY, URGENT)
        assert until(lambda: len(begun(room, Lane.EMERGENCY)) == URGENT, SLOW_SECONDS)
        assert len(begun(room, Lane.NORMAL)) < NORMAL, "the normal posts were answered meanwhile: a lame test"
        first_answer = min(begun(room, Lane.NORMAL)) + timedelta(seconds=SLOW_SECONDS)
        assert max(begun(room, Lane.EMERGENCY)) < first_answer
    finally:
        control(platforms, "/faults", [])
        stop.set()
        ticking.join(10)


def test_a_second_release_does_not_wait_for_the_first_ones_slow_answers(room: Newsroom, platforms: str) -> None:
    control(platforms, "/faults", [{"kind": "slow", "platform": "weibo", "path": "/2/*", "seconds": HANGS}])
    fill(room, platforms, Lane.EMERGENCY, 1)
    round_ = threading.Thread(target=emergency, args=(room, load(room.media.folder.parent), room.now()))
    round_.start()
    assert until(lambda: len(begun(room, Lane.EMERGENCY)) == 1, 2)
    fill(room, platforms, Lane.EMERGENCY, 1)
    assert until(lambda: len(begun(room, Lane.EMERGENCY)) == 2, HANGS)
    first, second = sorted(begun(room, Lane.EMERGENCY))
    assert second - first < timedelta(seconds=HANGS)
    round_.join(20)
