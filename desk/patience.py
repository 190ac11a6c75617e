"""Asking the outside while somebody waits at a page: the page answers in time, whatever the other side does."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
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
    answer: Future[Found] = Future()

    def run() -> None:
        try:
            answer.set_result(work())
        except BaseException as error:
            answer.set_exception(error)
        finally:
            _places.release()

    # a daemon: a visit that hangs does not keep the desk from closing
    Thread(target=run, name="desk-outside", daemon=True).start()
    if not wait([answer], timeout=seconds).done:
        raise TakesLonger
    return answer.result()
