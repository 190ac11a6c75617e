"""robots.txt (RFC 9309), read by protego: may a page be visited, and how fast. Nothing here touches a network."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from urllib.parse import urlsplit

from protego import Protego

AGENT = "kepu"
MOST_BYTES = 500 * 1024
"""Of a robots.txt that are read (RFC 9309 §2.5)."""
LIFETIME = timedelta(hours=12)
"""RFC 9309 §2.4 allows a day."""
UNREACHABLE = timedelta(minutes=10)
"""After which a robots.txt that could not be had is asked for again."""
GRACE = timedelta(hours=24)
"""How long the last known rules hold where a robots.txt cannot be had any more."""
_MOST_KEPT = 2000


@dataclass(frozen=True)
class Robots:
    """The rules of one host that hold for us. `reachable` is False where nobody could tell us any."""

    rules: Protego | None = None
    reachable: bool = True
    etag: str = ""
    last_modified: str = ""

    def allows(self, url: str) -> bool:
        """The longest matching pattern decides, Allow before Disallow at equal length. Unreachable rules allow nothing."""
        if self.rules is None:
            return self.reachable
        return bool(self.rules.can_fetch(url, AGENT))

    @property
    def crawl_delay(self) -> float:
        """Seconds between two pages that the host asks for, 0 where it asks for none."""
        return (self.rules.crawl_delay(AGENT) or 0.0) if self.rules else 0.0


def read_robots(text: str, *, etag: str = "", last_modified: str = "") -> Robots:
    """The rules of the groups that name us, else of those for everybody; an empty Disallow forbids nothing."""
    return Robots(Protego.parse(text.lstrip("\ufeff")), etag=etag, last_modified=last_modified)


@dataclass(frozen=True)
class _Kept:
    robots: Robots
    read_at: datetime
    ask_again_at: datetime


class RobotsMemory:
    """What was read, per scheme, host and port; shared between threads, and never older than its lifetime."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, place: str, now: datetime) -> Robots | None:
        """None: to be asked for."""
        with self._lock:
            kept = self._kept.get(place)
        return kept.robots if kept is not None and kept.read_at <= now < kept.ask_again_at else None

    def last(self, place: str) -> Robots:
        """What was read last, however old: its validators make the next question a conditional one."""
        with self._lock:
            kept = self._kept.get(place)
        return kept.robots if kept is not None else Robots()

    def put(self, place: str, robots: Robots, now: datetime) -> Robots:
        self._put(place, _Kept(robots, now, now + LIFETIME))
        return robots

    def could_not_ask(self, place: str, now: datetime) -> Robots:
        """The last known rules for a day, then none: everything is forbidden until the host answers again."""
        with self._lock:
            kept = self._kept.get(place)
        if kept is not None and kept.robots.reachable and now - kept.read_at < GRACE:
            self._put(place, _Kept(kept.robots, kept.read_at, now + UNREACHABLE))
            return kept.robots
        self._put(place, _Kept(Robots(reachable=False), now, now + UNREACHABLE))
        return Robots(reachable=False)

    def _put(self, place: str, kept: _Kept) -> None:
        with self._lock:
            self._kept[place] = kept
            self._kept.move_to_end(place)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)


def place_of_rules(url: str) -> str:
    """Scheme, host and port: what one robots.txt holds for."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"
