"""The journal of one delivery: each call that changes something outside is committed here before it is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from connectors.channels.codes import Refused
from connectors.errors import ConnectorError, OutcomeUnknown
from connectors.failures import scrub
from content_store import queue
from content_store.database import Store, though_busy
from content_store.tables import Attempt, Receipt

LEASE = timedelta(seconds=120)
"""Longer than any single call may take; each call prolongs it."""


@dataclass
class StoredJournal:
    """Fits connectors.base.Journal. Raises queue.LeaseLost instead of making a call for a row it no longer holds."""

    store: Store
    delivery_id: int
    owner: str
    marker: str
    now: Callable[[], datetime]
    lease: timedelta = LEASE
    _known: dict[str, str] = field(default_factory=dict)
    _open: dict[str, datetime] = field(default_factory=dict)

    def recall(self, attempts: list[Attempt], receipt: Receipt | None) -> None:
        """What earlier calls left behind."""
        self._known, self._open = known_ids(attempts, receipt), lost_calls(attempts)
        self._known.setdefault("marker", self.marker)

    @property
    def known(self) -> Mapping[str, str]:
        return self._known

    @property
    def open(self) -> Mapping[str, datetime]:
        return self._open

    def call(self, name: str, fingerprint: str, act: Callable[[], dict[str, str]]) -> dict[str, str]:
        begun = self.now()
        with self.store.session() as session:
            attempt = queue.begin_attempt(
                session,
                self.delivery_id,
                owner=self.owner,
                call=name,
                fingerprint=fingerprint[:64],
                marker=self.marker,
                now=begun,
                until=begun + self.lease,
            )
        self._open[name] = begun
        try:
            ids = act()
        except OutcomeUnknown as error:
            self._closed(attempt, "unknown", message=error.message)
            raise
        except ConnectorError as error:
            code, said = (error.code, error.raw) if isinstance(error, Refused) else ("", error.message)
            self._closed(attempt, "failed", code=code, message=said)
            del self._open[name]
            raise
        # any other exception is a defect of ours: the attempt stays open, so that the row is looked up
        self._closed(attempt, "done", ids=ids)
        del self._open[name]
        self._known |= ids
        return ids

    def _closed(self, attempt: int, outcome: str, **said: Any) -> None:
        """What the platform answered is not asked for again only because the store was busy."""
        though_busy(lambda: self._close(attempt, outcome, **said))

    def _close(
        self, attempt: int, outcome: str, *, ids: dict[str, str] | None = None, code: str = "", message: str = ""
    ) -> None:
        with self.store.session() as session:
            queue.close_attempt(
                session,
                attempt,
                outcome=outcome,
                now=self.now(),
                external_ids=ids,
                raw_code=code,
                raw_message=scrub(message),
            )


def known_ids(attempts: list[Attempt], receipt: Receipt | None) -> dict[str, str]:
    """The ids that are known; what the calls themselves gave back counts before what was gathered later."""
    known = dict(receipt.external_ids) if receipt is not None else {}
    for attempt in attempts:
        if attempt.outcome == "done":
            known |= attempt.external_ids
    return {name: str(value) for name, value in known.items()}


def lost_calls(attempts: list[Attempt]) -> dict[str, datetime]:
    """Calls whose effect nobody knows, with the time of the last."""
    return {attempt.call: attempt.started_at for attempt in attempts if attempt.outcome in queue.UNSETTLED}
