"""Places: the same value shares a place, the next is skipped, names stand in a fixed order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

Row = TypeVar("Row")

DECIMALS = 6
"""Values are compared as they are kept in a report, so that a tie there is a tie in rank."""


def kept(value: float) -> float:
    """A value as a report keeps it: the last bits of a logarithm differ between machines, six decimals do not."""
    return round(value, DECIMALS)


def ranked(
    rows: Iterable[Row], value: Callable[[Row], float], name: Callable[[Row], tuple[str, ...]]
) -> list[tuple[int, Row]]:
    """Highest first: 1, 2, 2, 4. Rows of one place stand in the order of `name` (code points, the same everywhere)."""
    ordered = sorted(rows, key=lambda row: (-value(row), name(row)))
    places: list[tuple[int, Row]] = []
    for position, row in enumerate(ordered, start=1):
        same = places and value(places[-1][1]) == value(row)
        places.append((places[-1][0] if same else position, row))
    return places
