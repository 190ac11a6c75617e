"""Ctrl-C waits for the end of a step."""

from __future__ import annotations

import signal

import pytest

from cli.stopping import stops_between


def test_a_press_waits_for_the_end_of_the_step_and_a_second_one_does_not() -> None:
    before = signal.getsignal(signal.SIGINT)
    with stops_between() as may_stop:
        may_stop()
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            may_stop()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_what_nobody_stops_goes_on() -> None:
    with stops_between() as may_stop:
        may_stop()
