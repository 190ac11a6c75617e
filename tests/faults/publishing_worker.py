"""Processes that can be killed at any moment, one that publishes and one that gives up, and the newsroom they work for."""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from connectors.channels.wechat.channel import WeChat
from connectors.channels.wechat.drafts import Drafts
from connectors.http import HttpLimits
from content_store.database import Store
from content_store.media import MediaFolder
from content_store.vault import Vault, key_from
from steps import by_hand
from steps.newsroom import Newsroom
from steps.publish import poll_accepted, publish_due

JUMP = 130.0
"""Seconds that pass between one process and the next: longer than a lease."""


def room_of(home: Path, offset: float) -> Newsroom:
    """`offset`: seconds by which this newsroom's clock is ahead of the machine's."""
    return Newsroom(
        store=Store(f"sqlite:///{home / 'kepu.db'}"),
        media=MediaFolder(home / "media"),
        vault=Vault(key_from(home / "secret.key")),
        lexicon_files={},
        site_url="http://127.0.0.1",
        http_limits=HttpLimits(read_seconds=3.0),
        now=lambda: datetime.now(UTC) + timedelta(seconds=offset),
    )


class Run:
    """One world of stand-ins, one home, and the clock that both share."""

    def __init__(self, base: str, home: Path) -> None:
        self.base, self.home, self.offset = base, home, 0.0

    @property
    def room(self) -> Newsroom:
        return room_of(self.home, self.offset)

    def control(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.base}/_sandbox{path}", data=data, headers=headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())

    def jump(self, seconds: float = JUMP) -> None:
        self.offset += seconds
        self.control("/clock", {"advance_seconds": seconds})


def work(home: str, offset: float, started: Event) -> None:
    room = room_of(Path(home), offset)
    started.set()
    while True:
        publish_due(room, room.now())
        poll_accepted(room, room.now())
        time.sleep(0.01)


def give_up(home: str, offset: float, delivery: int, dies: str) -> None:
    """Somebody presses 放弃, and the process kills itself on the way."""
    deletes, discards = Drafts._delete, WeChat.discard

    def dies_before(*_about: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def dies_without_the_answer(*about: Any) -> None:
        deletes(*about)
        os.kill(os.getpid(), signal.SIGKILL)

    def dies_with_the_answer(*about: Any) -> None:
        discards(*about)
        os.kill(os.getpid(), signal.SIGKILL)

    if dies == "before the draft is deleted":
        Drafts._delete = dies_before  # type: ignore[assignment]
    elif dies == "before the deletion is noted":
        Drafts._delete = dies_without_the_answer  # type: ignore[assignment]
    else:
        WeChat.discard = dies_with_the_answer  # type: ignore[assignment]
    room = room_of(Path(home), offset)
    by_hand.give_up(room, delivery, None, room.now())
