"""Whose turn it is at a host: one question at a time in the whole process, a pause between two, and silence when asked for it."""

from __future__ import annotations

import ipaddress
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from urllib.parse import urlsplit

from connectors.errors import NotAsked, RetryLater

PAUSE = 1.0
"""Seconds between the end of one answer and the next question to the same host."""
JITTER = 0.5
"""Seconds added at most, so that visits do not beat in time."""
LONGEST_CRAWL_DELAY = 10.0
"""Seconds that a robots.txt may ask for between two pages; a source that wants more is visited at this pace."""
LONGEST_SILENCE = timedelta(hours=24)
PATIENCE = 120.0
"""Seconds that a question waits for others to the same host."""
_MOST_HOSTS = 4096


@dataclass
class _Host:
    lock: Lock = field(default_factory=Lock)
    free_at: float = 0.0
    """By the clock of the turns."""
    crawl_delay: float = 0.0
    silent_until: datetime | None = None


class Turns:
    """Shared by all that read from outside; safe between threads. The clock, sleep and chance are given for tests."""

    def __init__(
        self,
        *,
        pause: float = PAUSE,
        jitter: float = JITTER,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._pause, self._jitter = pause, jitter
        self._clock, self._sleep, self._chance = clock, sleep, chance
        self._hosts: dict[str, _Host] = {}
        self._lock = Lock()

    @contextmanager
    def turn(self, url: str, now: datetime, *, at_once: bool = False) -> Iterator[None]:
        """Waits until the host may be asked, and holds others off meanwhile.

        `at_once`: without our own pause, for stand-ins on this machine. Raises RetryLater while the host wants silence.
        """
        name = place_of(url)
        host = self._host(name)
        if not host.lock.acquire(timeout=PATIENCE):
            raise RetryLater(f"{name} 正被其他来源占用，稍后会再试。")
        own = 0.0 if at_once else self._pause + self._jitter * self._chance()
        try:
            _require_heard(name, host.silent_until, now)
            wait = host.free_at - self._clock()
            if wait > 0:
                self._sleep(wait)
            yield
        except NotAsked:
            own = 0.0
            raise
        finally:
            host.free_at = self._clock() + pause_between(own, host.crawl_delay)
            host.lock.release()

    def silence(self, url: str, seconds: float, now: datetime) -> None:
        """The host asked to be left alone (Retry-After), whichever source it said so to."""
        until = now + min(timedelta(seconds=min(seconds, 1e8)), LONGEST_SILENCE)
        host = self._host(place_of(url))
        host.silent_until = max(until, host.silent_until or until)

    def slow(self, url: str, crawl_delay: float) -> None:
        """The pace that the host's robots.txt asks for."""
        self._host(place_of(url)).crawl_delay = crawl_delay

    def _host(self, name: str) -> _Host:
        with self._lock:
            if len(self._hosts) >= _MOST_HOSTS and name not in self._hosts:
                idle = self._clock() - LONGEST_CRAWL_DELAY
                self._hosts = {
                    each: host
                    for each, host in self._hosts.items()
                    if host.lock.locked() or host.silent_until or host.free_at > idle
                }
            return self._hosts.setdefault(name, _Host())


def pause_between(own: float, crawl_delay: float) -> float:
    """Seconds until the host may be asked again. Pure."""
    return max(own, min(crawl_delay, LONGEST_CRAWL_DELAY))


def place_of(url: str) -> str:
    """What counts as one host: a name with all its ports, but on this machine each port for itself. Pure."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    return f"{host}:{parts.port}" if is_this_machine(host) else host


def is_this_machine(host: str) -> bool:
    """By its spelling alone; a name that merely resolves to this machine is treated as any other. Pure."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _require_heard(name: str, silent_until: datetime | None, now: datetime) -> None:
    if silent_until is not None and now < silent_until:
        seconds = (silent_until - now).total_seconds()
        raise RetryLater(f"{name} 要求暂缓访问，约 {max(1, round(seconds / 60))} 分钟后会再试。", after=seconds)
