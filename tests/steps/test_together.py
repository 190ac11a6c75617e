"""Work of several threads that is done in one go."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from steps.together import Together


class Slowly:
    """Doubles numbers; begins and goes on when it is told to, and keeps what it was given at a time."""

    def __init__(self) -> None:
        self.begun, self.go = Event(), Event()
        self.given: list[list[int]] = []

    def __call__(self, numbers: list[int]) -> list[int]:
        self.given.append(numbers)
        self.begun.set()
        assert self.go.wait(10)
        if 13 in numbers:
            raise ValueError("13")
        return [2 * number for number in numbers]


def test_what_comes_meanwhile_is_done_in_one_go_and_each_gets_its_own_result() -> None:
    work = Slowly()
    together = Together(work)
    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(together.do, 1)
        assert work.begun.wait(10)
        others = [pool.submit(together.do, number) for number in range(2, 7)]
        while len(together._waiting) < 5:
            pass
        work.go.set()
        assert [future.result(10) for future in (first, *others)] == [2, 4, 6, 8, 10, 12]
    assert [sorted(given) for given in work.given] == [[1], [2, 3, 4, 5, 6]]


def test_what_is_wrong_with_one_is_told_to_nobody_else_and_the_next_are_served() -> None:
    work = Slowly()
    together = Together(work)
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(together.do, 1)
        assert work.begun.wait(10)
        wrong, right = (pool.submit(together.do, number) for number in (13, 14))
        while len(together._waiting) < 2:
            pass
        work.go.set()
        assert first.result(10) == 2
        with pytest.raises(ValueError, match="13"):
            wrong.result(10)
        assert right.result(10) == 28
    assert together.do(21) == 42
