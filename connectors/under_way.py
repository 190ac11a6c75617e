"""Which visits of this process are under way: rounds may overlap, so that a slow source holds up nobody but itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Lock


class UnderWay:
    """Shared by all rounds of one process; safe between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._visited: set[int] = set()
        self._begun: dict[int, datetime] = {}
        self._alone: set[str] = set()

    def begin(self, source_id: int, round_at: datetime | None) -> bool:
        """False where the source is being visited, or was visited by a round that began later. `round_at`: None for who
        asks for exactly this source."""
        with self._lock:
            later = round_at is not None and self._begun.get(source_id, round_at) > round_at
            if source_id in self._visited or later:
                return False
            self._visited.add(source_id)
            if round_at is not None:
                self._begun[source_id] = round_at
            return True

    def end(self, source_id: int) -> None:
        with self._lock:
            self._visited.discard(source_id)

    @contextmanager
    def alone(self, what: str) -> Iterator[bool]:
        """Whether nobody else is at it; whoever is not alone leaves it to the other."""
        with self._lock:
            mine = what not in self._alone
            self._alone.add(what)
        try:
            yield mine
        finally:
            if mine:
                with self._lock:
                    self._alone.discard(what)
