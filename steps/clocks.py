"""One clock for all that work on one store, and a note for whoever looks at the desk where it is off."""

from __future__ import annotations

import logging
import socket
import threading
import time
from datetime import datetime, timedelta

from sqlmodel import Session

from connectors.clock import ClockWatch, words
from content_store import notices, running
from content_store.database import Store, StoreError

logger = logging.getLogger(__name__)
ASKED_EVERY = 60.0
"""Seconds."""
STANDS = timedelta(hours=36)
"""A notice of a day; what was not told again since then is over, or the machine is gone."""
_MACHINE = socket.gethostname()[:60]


def _seconds() -> float:
    """What nobody sets, and what counts on while the machine sleeps where the system has such a clock."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class StoreClock:
    """The store's own time, whatever this machine's clock says: due times, leases and how long ago a call was made mean
    the same to all machines. Asked anew each minute; between two questions the seconds since the last are counted."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._asking = threading.Lock()
        self._read: tuple[datetime, float] | None = None
        """The store's time, and our seconds then."""

    def __call__(self) -> datetime:
        known = self._read
        if known is None or _seconds() - known[1] > ASKED_EVERY:
            known = self._ask(known)
        return known[0] + timedelta(seconds=_seconds() - known[1])

    def _ask(self, known: tuple[datetime, float] | None) -> tuple[datetime, float]:
        """One asks, and the others go on with what is known. Raises StoreError where nothing is known yet."""
        if not self._asking.acquire(blocking=known is None):
            assert known is not None
            return known
        try:
            with self._store.reading() as session:
                self._read = (running.clock(session), _seconds())
        except StoreError:
            if known is None:
                raise
            # it is asked again a minute later; till then our own seconds will do
            self._read = (known[0] + timedelta(seconds=_seconds() - known[1]), _seconds())
        finally:
            self._asking.release()
        return self._read


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
