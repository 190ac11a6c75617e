"""How soon a due delivery is taken up while very many wait, how many a second go out, and what one costs.

The stand-ins run in a process of their own. The queue is looked at as the clock does it, once a second.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from benchmarks.figures import Figure, Setting
from benchmarks.publish_stage import room_of
from content_store import accounts, deliveries, stories
from content_store.migrate import migrate
from content_store.tables import Account, Delivery, Lane, Post, StoryVersion
from content_store.tables import DeliveryState as State
from steps.adapt import form_of
from steps.newsroom import Newsroom, utcnow
from steps.publish import publish_due

WAITING = 100_000
RATE, SECONDS = 50, 20
ACCOUNTS = 50
LOOK_SECONDS = 1.0


def run(setting: Setting, *, waiting: int = WAITING, seconds: int = SECONDS) -> Iterator[Figure]:
    """Short posts at a steady rate, each due at a moment of its own, among many that are due later."""
    with tempfile.TemporaryDirectory() as folder, _stand_ins() as base:
        room = room_of(Path(folder), utcnow)
        migrate(room.store)
        rows = _accounts(room, base)
        _fill(room, rows, waiting)
        begin = utcnow() + timedelta(seconds=3)
        _plan(room, rows, begin, seconds)
        used = _publish(room, begin, seconds)
        yield from _figures(room, waiting, seconds, used)


def _figures(room: Newsroom, waiting: int, seconds: int, used: float) -> Iterator[Figure]:
    wanted = RATE * seconds
    with room.store.reading() as session:
        sent = deliveries.listed(session, states=[State.ACCEPTED, State.LIVE], limit=wanted + 1)
    late = sorted(
        (line.delivery.sending_at - line.delivery.due_at).total_seconds() for line in sent if line.delivery.sending_at
    )
    taken = [line.delivery.accepted_at for line in sent if line.delivery.accepted_at]
    lasted = (max(taken) - min(line.delivery.due_at for line in sent)).total_seconds()
    yield Figure("等候的投递", waiting, "条")
    yield Figure(
        "每秒被平台接受",
        len(sent) / lasted,
        "条",
        wanted=f"≥ {RATE * 0.95:.1f}",
        reached=len(sent) / lasted >= RATE * 0.95,
    )
    yield Figure("没有发出的", wanted - len(sent), "条", wanted="0", reached=len(sent) == wanted)
    yield Figure("到点至认领：中位数", late[len(late) // 2], "秒")
    yield Figure("到点至认领：最长", late[-1], "秒", wanted="≤ 1", reached=late[-1] <= 1.0)
    cost = used * 1000 / max(len(sent), 1)
    yield Figure("每条的 CPU（含队列）", cost, "毫秒", wanted="< 20", reached=cost < 20)


def _publish(room: Newsroom, begin: datetime, seconds: int) -> float:
    """Looks once a second until nothing is due any more. Returns the processor time used."""
    end = begin + timedelta(seconds=seconds)
    while utcnow() < begin:
        time.sleep(0.01)
    used = time.process_time()
    while True:
        looked = time.monotonic()
        counts = publish_due(room, utcnow())
        if utcnow() > end and not counts:
            return time.process_time() - used
        time.sleep(max(0.0, LOOK_SECONDS - (time.monotonic() - looked)))


@contextmanager
def _stand_ins() -> Iterator[str]:
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--quiet", "--with-parent"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            yield str(json.loads(server.stdout.readline())["url"])
        finally:
            server.terminate()


def _accounts(room: Newsroom, base: str) -> list[Account]:
    joined = [
        {
            "platform": "weibo",
            "uid": f"99{number:08}",
            "app_key": "1",
            "app_secret": "fake-secret",
            "access_token": f"fake-token-{number}",
            "name": "测速",
            "bound_domains": ["127.0.0.1"],
            "calls_per_day": 10**6,
            "posts_per_hour": 10**6,
        }
        for number in range(ACCOUNTS)
    ]
    requests.post(f"{base}/_sandbox/accounts", json=joined, timeout=30).raise_for_status()
    names = ("app_key", "app_secret", "access_token", "uid")
    with room.store.session() as session:
        rows = []
        for number, one in enumerate(joined):
            settings = {"base_url": f"{base}/weibo", "bound_domain": "127.0.0.1"}
            row = accounts.put(
                session, f"a{number}", {"platform": "weibo", "name": "a", "settings": settings}, now=utcnow()
            )
            assert row.id is not None
            accounts.keep_credentials(session, row.id, {name: one[name] for name in names}, room.vault, now=utcnow())
            rows.append(row)
    return rows


def _plan(room: Newsroom, rows: list[Account], begin: datetime, seconds: int) -> None:
    """One delivery every fiftieth of a second, the accounts in turn."""
    with room.store.session() as session:
        for number in range(RATE * seconds):
            if number % len(rows) == 0:
                version = _story(session, f"冰面能站人吗 {number}")
            account = rows[number % len(rows)]
            marker = deliveries.new_marker()
            form = form_of(version, account, marker=marker, site_url=room.site_url)
            assert version.id is not None
            assert account.id is not None
            deliveries.add(
                session,
                version_id=version.id,
                account_id=account.id,
                marker=marker,
                form=form,
                fingerprint="",
                state=State.QUEUED,
                lane=Lane.NORMAL,
                due_at=begin + timedelta(seconds=number / RATE),
                by=None,
                now=begin,
            )


def _story(session: Any, title: str) -> StoryVersion:
    return stories.add(
        session,
        fields={"title": title, "short_text": f"{title}：一句话。", "body_html": "<p>文</p>"},
        by=None,
        now=utcnow(),
    )


def _fill(room: Newsroom, rows: list[Account], waiting: int) -> None:
    """As many deliveries that are due from tomorrow on."""
    tomorrow = utcnow() + timedelta(days=1)
    with room.store.session() as session:
        for start in range(0, waiting, len(rows)):
            version = _story(session, f"以后再发 {start}")
            assert version.id is not None
            posts = [
                Post(
                    story_version_id=version.id,
                    account_id=row.id or 0,
                    marker=f"w{start + place}",
                    form={},
                    created_at=tomorrow,
                )
                for place, row in enumerate(rows)
            ]
            session.add_all(posts)
            session.flush()
            session.add_all(
                Delivery(
                    post_id=post.id or 0,
                    story_version_id=version.id,
                    account_id=post.account_id,
                    state=State.QUEUED,
                    due_at=tomorrow + timedelta(seconds=start),
                    created_at=tomorrow,
                )
                for post in posts
            )
