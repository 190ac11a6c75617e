"""A publishing process that can be killed at any moment, and the newsroom it works for."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Event
from pathlib import Path

from connectors.http import HttpLimits
from content_store.database import Store
from content_store.media import MediaFolder
from content_store.vault import Vault, key_from
from steps.newsroom import Newsroom
from steps.publish import poll_accepted, publish_due


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


def work(home: str, offset: float, started: Event) -> None:
    room = room_of(Path(home), offset)
    started.set()
    while True:
        publish_due(room, room.now())
        poll_accepted(room, room.now())
        time.sleep(0.01)
