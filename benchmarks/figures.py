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
}
"""Name → "module:function"; the function takes a Setting and yields Figures."""


@dataclass(frozen=True)
class Setting:
    """What a benchmark is run with. `data` is the folder of real pages and texts; it may be absent."""

    data: Path
    seed: int = 1


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


class PeerMissing(Exception):
    """A peer or the data is not there; the sentence says how to get it."""


Benchmark = Callable[[Setting], Iterator[Figure]]


def benchmark(name: str) -> Benchmark:
    """The benchmark of that name. Raises KeyError for an unknown one."""
    module, _, function = BENCHMARKS[name].partition(":")
    found: Benchmark = getattr(import_module(module), function)
    return found
