"""Days that stand in pieces, as calendars show them: 25 beside 2026-11, 11-25 beside 2026."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from connectors.extraction.blocks import Run, plain, visible_text
from connectors.extraction.dates import Moment, parse_date

_DAY_ALONE = re.compile(r"(0?[1-9]|[12]\d|3[01])日?")
_YEAR_MONTH = re.compile(r"((?:19|20)\d\d)\s*[-/.年]\s*(1[0-2]|0?[1-9])月?")
_MONTH_DAY = re.compile(r"(1[0-2]|0?[1-9])\s*[-/.月]\s*(3[01]|[12]\d|0?[1-9])日?")
_YEAR_ALONE = re.compile(r"((?:19|20)\d\d)年?")
_BORDER = re.compile(r"\s+|(?<=\d)[/|](?=(?:19|20)\d\d(?!\d))")
_EDGES = " /|·,"


def days_in_boxes(texts: list[str]) -> Iterator[Moment]:
    """The days that neighbours among these texts make together, in their order."""
    for one, other in pairwise(_parts(texts)):
        for first, second in ((one, other), (other, one)):
            if (written := _together(first, second)) and (moment := parse_date(written)):
                yield moment


def boxes_of(runs: list[Run]) -> list[str]:
    """The texts of the elements that lines are made of."""
    return [str((element.tail if tail else element.text) or "") for run in runs for element, tail in run.pieces]


def _parts(texts: list[str]) -> list[str]:
    parts = (part.strip(_EDGES) for text in texts for part in _BORDER.split(plain(visible_text(text))))
    return [part for part in parts if part]


def _together(first: str, second: str) -> str:
    if (day := _DAY_ALONE.fullmatch(first)) and (month := _YEAR_MONTH.fullmatch(second)):
        return f"{month[1]}-{month[2]}-{day[1]}"
    if (date := _MONTH_DAY.fullmatch(first)) and (year := _YEAR_ALONE.fullmatch(second)):
        return f"{year[1]}-{date[1]}-{date[2]}"
    return ""
