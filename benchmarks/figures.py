"""What a benchmark yields: one figure of ours, the peer's beside it, and what we want to reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

BENCHMARKS: dict[str, str] = {
    "extract": "benchmarks.extraction:run",
    "tag": "benchmarks.tagging:run",
    "hot": "benchmarks.hot:run",
    "tag-quality": "benchmarks.tagging_quality:run",
    "dedupe": "benchmarks.sameness:run",
    "feeds": "benchmarks.feeds:run",
    "publish": "benchmarks.publish:run",
    "downtime": "benchmarks.downtime:run",
    "publish-speed": "benchmarks.publish_speed:run",
    "round": "benchmarks.round:run",
}
"""Name → "module:function"; the function takes a Setting and yields Figures, or Tables where counts say more."""


@dataclass(frozen=True)
class Setting:
    """What a benchmark is run with. `data` is the folder of real pages and texts; it may be absent."""

    data: Path
    seed: int = 1
    runs: int | None = None
    """How many runs, where a benchmark is made of runs; None: as many as it has by itself."""
    first: int = 0
    """The number of the first run: with `runs` 1, one run is repeated."""
    each: bool = False
    """Whether tables have a row for every single thing, instead of one for every set."""


@dataclass(frozen=True)
class Figure:
    """One line of the table. `peer` names whose figure `theirs` is; without one, only the bar `wanted` counts.

    `reached` says whether ours reaches `wanted`; None where nothing is wanted.
    """

    what: str
    ours: float
    unit: str = ""
    peer: str = ""
    theirs: float | None = None
    wanted: str = ""
    reached: bool | None = None


@dataclass(frozen=True)
class Table:
    """Counts beside each other."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]


class PeerMissing(Exception):
    """A peer or the data is not there; the sentence says how to get it."""


Benchmark = Callable[[Setting], Iterator[Figure | Table]]


def benchmark(name: str) -> Benchmark:
    """The benchmark of that name. Raises KeyError for an unknown one."""
    module, _, function = BENCHMARKS[name].partition(":")
    found: Benchmark = getattr(import_module(module), function)
    return found
