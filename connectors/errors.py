"""What can go wrong outside, named for what one does next.

ConnectorError            the connector's name and a sentence for the desk; the foreign exception stays chained
├─ RetryLater             network, 5xx, 429             → come back after `after` seconds
│  └─ OutOfTime           the visit as a whole was long → what was read is kept, the rest comes at the next visit
├─ NeedsPerson            401/403, quota, refused text  → no retry; shown on the desk
│  └─ NotAsked            an address inside our network → nothing was sent
├─ FormatChanged          the answer has another shape  → no retry; keep the raw page, it is the next recording
└─ OutcomeUnknown         time-out or 5xx while writing → never resend; look it up or ask a person
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connectors.base import RawPage


class ConnectorError(Exception):
    """Base of every failure outside. `message` is Chinese and says what is wrong and what to do."""

    def __init__(self, message: str, *, connector: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.connector = connector
        self.status: int | None = None
        """Of HTTP, where the answer itself was the failure."""


class RetryLater(ConnectorError):
    """Nothing was lost; the same call may work later. `after` is in seconds (None: the caller's own rhythm)."""

    def __init__(self, message: str, *, connector: str = "", after: float | None = None) -> None:
        super().__init__(message, connector=connector)
        self.after = after


class OutOfTime(RetryLater):
    """A visit used up its time: the page was not asked for, which says nothing about it."""


class NeedsPerson(ConnectorError):
    """Repeating cannot help: a right, a quota or the text itself needs somebody."""


class NotAsked(NeedsPerson):
    """An address that must not be asked; nothing was sent to anybody."""


class FormatChanged(ConnectorError):
    """The answer is not of the shape this connector knows; `page` is that answer, where it is at hand."""

    def __init__(self, message: str, *, connector: str = "", page: RawPage | None = None) -> None:
        super().__init__(message, connector=connector)
        self.page = page


class OutcomeUnknown(ConnectorError):
    """A writing call may or may not have had its effect."""


@contextmanager
def keeping(page: RawPage) -> Iterator[None]:
    """Gives a FormatChanged the page that it is about."""
    try:
        yield
    except FormatChanged as error:
        error.page = error.page or page
        raise
