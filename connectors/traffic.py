"""What all that read from outside share in one process: open connections, whose turn it is at a host, what robots.txt said, our clock, which visits are under way."""

from __future__ import annotations

from connectors.clock import ClockWatch
from connectors.network import Wire
from connectors.sources.robots import RobotsMemory
from connectors.turns import Turns
from connectors.under_way import UnderWay


class Traffic:
    """Made once and handed to every HttpClient that reads; safe to share between threads."""

    def __init__(self, turns: Turns | None = None, clock: ClockWatch | None = None) -> None:
        self.wire = Wire()
        self.turns = turns or Turns()
        self.robots = RobotsMemory()
        self.clock = clock or ClockWatch()
        self.under_way = UnderWay()
