"""Asking the outside while somebody waits at a page: the page answers in time, whatever the other side does."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Thread
from typing import TypeVar

from steps.errors import Refused

Found = TypeVar("Found")
_places = BoundedSemaphore(6)
"""So many questions to the outside at once; a slow site cannot take all threads of the desk."""


class TakesLonger(Exception):
    """The time is over; the work goes on by itself and ends as it ends."""


def within(seconds: float, work: Callable[[], Found]) -> Found:
    """What the work returns or raises, if that comes in time. Raises TakesLonger, or Refused where too many wait already."""
    if not _places.acquire(blocking=False):
        raise Refused("同时试采的人太多，请过一会儿再试。")
    answers: SimpleQueue[tuple[Found | None, BaseException | None]] = SimpleQueue()

    def run() -> None:
        try:
            answers.put((work(), None))
        except BaseException as error:
            answers.put((None, error))
        finally:
            _places.release()

    # a daemon: a visit that hangs does not keep the desk from closing
    Thread(target=run, name="desk-outside", daemon=True).start()
    try:
        found, error = answers.get(timeout=seconds)
    except Empty:
        raise TakesLonger from None
    if error is not None:
        raise error
    return found  # type: ignore[return-value]  # without an error there is what the work returned
