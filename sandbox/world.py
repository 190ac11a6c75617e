"""One world: its memory, its clock, its seed, and the things that happen by themselves when their time has come."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from sandbox.clock import Clock
from sandbox.figures import between
from sandbox.store import Doc, Store, Tx

Job = Callable[["World", Tx, float, Doc], None]
"""What happens when its time has come: world, transaction, the moment it was due, its data."""

DEFAULT_SETTINGS = {"job_seconds": [2.0, 6.0], "push_seconds": 0.2, "retry_seconds": 5.0}
"""How long a platform works on a job; how soon it calls back; how long it waits before it calls back again."""


class World:
    """`state_path` ":memory:" keeps nothing. Seed, clock and settings of an existing state win over the arguments."""

    def __init__(
        self,
        state_path: str,
        seed: int,
        start_time: float | None = None,
        settings: Doc | None = None,
        jobs: Mapping[str, Job] | None = None,
    ) -> None:
        self.store = Store(state_path)
        self.clock = Clock()
        self.seed = seed
        self.base = "http://127.0.0.1"
        self.jobs = dict(jobs or {})
        self.settings: Doc = dict(DEFAULT_SETTINGS)
        self.is_new = self._remember(start_time, settings or {})

    def _remember(self, start_time: float | None, settings: Doc) -> bool:
        with self.store.tx(0.0, self.seed) as tx:
            known = tx.meta("seed")
            if known is not None:
                self.seed = int(known)
                self.clock.offset = float(tx.meta("offset") or 0.0)
                self.settings |= json.loads(tx.meta("settings") or "{}")
            elif start_time is not None:
                self.clock.set(start_time)
            self.settings |= settings
            tx.set_meta("seed", str(self.seed))
            tx.set_meta("offset", repr(self.clock.offset))
            tx.set_meta("settings", json.dumps(self.settings))
        return known is None

    @contextmanager
    def tx(self) -> Iterator[Tx]:
        """A transaction before which everything that is due has happened."""
        with self.store.tx(self.clock.now(), self.seed) as tx:
            self._settle(tx)
            yield tx

    def _settle(self, tx: Tx) -> None:
        while due := tx.take_due_job():
            kind, moment, data = due
            self.jobs[kind](self, tx, moment, data)

    def set_clock(self, moment: float) -> None:
        self.clock.set(moment)
        with self.tx() as tx:
            tx.set_meta("offset", repr(self.clock.offset))

    def change_settings(self, changes: Doc) -> None:
        self.settings |= changes
        with self.tx() as tx:
            tx.set_meta("settings", json.dumps(self.settings))

    def job_seconds(self, *what: object) -> float:
        low, high = self.settings["job_seconds"]
        return between(low, high, self.seed, *what)
