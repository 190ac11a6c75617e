"""Ctrl-C in a long piece of work: it ends between two steps, never in the midst of writing one down."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stops_between() -> Iterator[Callable[[], None]]:
    """Gives a function to be called after each step, which raises KeyboardInterrupt once somebody has pressed Ctrl-C; pressed
    twice, it is raised at once. An interrupt in the midst of a library's work would be told with that library's inner parts."""
    pressed = False

    def press(_number: int, _frame: FrameType | None) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True

    def may_stop() -> None:
        if pressed:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, press)
    try:
        yield may_stop
    finally:
        signal.signal(signal.SIGINT, before)
