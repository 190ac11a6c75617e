"""A clock of ours that is off: noted once a day and platform, for whoever looks at the desk."""

from __future__ import annotations

import logging
import socket
from datetime import datetime, timedelta

from sqlmodel import Session

from connectors.clock import ClockWatch, words
from content_store import notices
from content_store.database import Store, StoreError

logger = logging.getLogger(__name__)
STANDS = timedelta(hours=36)
"""A notice of a day; what was not told again since then is over, or the machine is gone."""
_MACHINE = socket.gethostname()[:60]


def watch(store: Store) -> ClockWatch:
    """Compares our clock with the platforms' and keeps what it finds."""

    def tell(platform: str, minutes: int, now: datetime) -> None:
        try:
            with store.session() as session:
                notices.note_clock(session, _MACHINE, platform, minutes=minutes, now=now)
        except StoreError as error:
            # a notice may not stop what is being sent
            logger.warning("clock notice not kept: %s", error)

    return ClockWatch(tell)


def standing(session: Session, now: datetime) -> list[str]:
    """One sentence (Chinese) for each clock that is off, for the desk."""
    found = notices.clocks_off(session, since=now - STANDS)
    several = len({each.machine for each in found}) > 1
    return [words(each.platform, each.minutes, machine=each.machine if several else "") for each in found]
