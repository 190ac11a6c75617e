"""Regular expressions of what reads answers from outside: none may take longer than its text is long, whoever wrote the text.

For every pattern texts are made from its own parts: each part again and again, after what comes before it, with an end that
does not fit. Where two ways lead through such a text, the engine tries both at every step.
"""

from __future__ import annotations

import re
import re._constants as kinds  # type: ignore[import-untyped]  # how Python itself takes patterns apart
import re._parser as parser  # type: ignore[import-untyped]  # the same
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from connectors.extraction import extract
from connectors.extraction.dates import dates_in, parse_date
from connectors.extraction.phrases import is_furniture
from connectors.extraction.recent import recent

ROOT = Path(__file__).parents[2]
ROOMS = ("connectors", "connectors/sources", "connectors/extraction", "tagging")
LONG = 20_000
SECONDS = 0.5
"""Of this process's own time, for one text; a pattern that needs each character once takes a hundredth of it."""
MISFIT = "\x00"
OUR_OWN_FILES = frozenset({"tagging.reading", "tagging.lexicon"})
"""Modules whose patterns read nothing from outside."""
SHORT = {
    "connectors.sources.alarm_list._TITLE": 120,
    "connectors.sources.naming._BETWEEN": 500,
    "connectors.extraction.tails._CALLED_TO": 80,
    **dict.fromkeys(
        [f"connectors.extraction.pictures.{each}" for each in ("_SIGN", "_SIGN_DRAWN", "_SIGN_ANYWHERE")]
        + [f"connectors.extraction.pictures._BY_ENDING{each}" for each in ("", "1", "2")],
        255,
    ),
    "connectors.sources.word_file._ONLY_DATE": 60,
    "connectors.sources.word_file._CAPTION": 100,
    "connectors.sources.word_file._COPY": 255,
}
"""Characters of what a pattern is given, where that is cut before."""
EXTRACTION = "connectors.extraction."
LINES = tuple(f"{EXTRACTION}{each}." for each in ("dates", "names", "recent", "tails", "threads", "times", "titles"))
"""Modules that are given single lines, in which no blank follows a blank."""
_REPEATS = {kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT}


class TooSlow(Exception):
    """More of the processor than one text is worth."""


def patterns() -> Iterator[tuple[str, re.Pattern[str], bool]]:
    """The name, the pattern, and whether it is only ever held against the beginning of a text."""
    for room in ROOMS:
        for file in sorted((ROOT / room).glob("*.py")):
            name = ".".join((*Path(room).parts, file.stem))
            if file.stem == "__init__" or name in OUR_OWN_FILES:
                continue
            source = file.read_text()
            for held, value in vars(import_module(name)).items():
                for number, found in enumerate(_compiled(value)):
                    yield f"{name}.{held}{number or ''}", found, _only_matched(source, held)


def _only_matched(source: str, held: str) -> bool:
    ways = set(re.findall(rf"\b{held}\.(\w+)\(", source))
    if f"in {held}.values()" in source:
        ways = set(re.findall(r"\bpattern\.(\w+)\(", source))
    return bool(ways) and ways <= {"match", "fullmatch"}


def _compiled(value: Any) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _compiled(each)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _compiled(each)


def texts(pattern: re.Pattern[str], length: int) -> Iterator[str]:
    """Each beginning of the pattern again and again, and each repeated part after the shortest text that leads to it."""
    source = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    for before, pump in _pumps(list(parser.parse(source, pattern.flags & ~re.DEBUG)), "", pattern):
        if pump:
            text = before + pump * (length // len(pump))
            yield text + MISFIT
            yield text


def _pumps(nodes: list[Any], before: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    said = ""
    for kind, value in nodes:
        if kind in _REPEATS:
            for sample in islice(_samples(list(value[2])), 12):
                yield before + said, sample
                # a piece of what is repeated, long enough to be read in several ways
                yield before + said, sample * 2 + MISFIT
            yield from _pumps(list(value[2]), before + said, pattern)
        elif kind is kinds.SUBPATTERN:
            yield from _pumps(list(value[-1]), before + said, pattern)
        elif kind is kinds.ATOMIC_GROUP:
            yield from _pumps(list(value), before + said, pattern)
        elif kind is kinds.BRANCH:
            for branch in value[1]:
                yield from _pumps(list(branch), before + said, pattern)
        said += next(_samples([(kind, value)]), "")
        if not before:
            yield "", said


def _samples(nodes: list[Any]) -> Iterator[str]:
    """Texts that the parts stand for, the shortest of repeated ones, one for each branch."""
    if not nodes:
        yield ""
        return
    for first in _sample(*nodes[0]):
        for rest in islice(_samples(nodes[1:]), 4):
            yield first + rest


def _sample(kind: Any, value: Any) -> Iterator[str]:
    if kind is kinds.LITERAL:
        yield chr(value)
    elif kind is kinds.NOT_LITERAL:
        yield "a" if value != ord("a") else "b"
    elif kind is kinds.ANY:
        yield "a"
    elif kind is kinds.IN:
        yield from _of_set(value)
    elif kind in _REPEATS:
        least = max(int(value[0]), 1) if value[1] is kinds.MAXREPEAT else int(value[0])
        for sample in islice(_samples(list(value[2])), 4):
            yield sample * least
    elif kind is kinds.SUBPATTERN:
        yield from _samples(list(value[-1]))
    elif kind is kinds.ATOMIC_GROUP:
        yield from _samples(list(value))
    elif kind is kinds.BRANCH:
        for branch in value[1]:
            yield from _samples(list(branch))
    else:
        yield ""


def _of_set(members: list[Any]) -> Iterator[str]:
    if members[0][0] is kinds.NEGATE:
        shut = {chr(value) for kind, value in members[1:] if kind is kinds.LITERAL}
        yield next((each for each in "a 1天;" if each not in shut), "a")
        return
    for kind, value in members[:6]:
        if kind is kinds.LITERAL:
            yield chr(value)
        elif kind is kinds.RANGE:
            yield chr(value[0])
        elif kind is kinds.CATEGORY:
            yield {kinds.CATEGORY_DIGIT: "1", kinds.CATEGORY_SPACE: " "}.get(value, "a")


@contextmanager
def within(seconds: float) -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def slow_text(
    pattern: re.Pattern[Any], *, matched: bool = False, longest: int = LONG, line: bool = False
) -> str | None:
    """The beginning of a text that the pattern does not come to an end with; with `line`, blanks are single."""
    made = (re.sub(r"\s+", " ", each) if line else each for each in texts(pattern, max(longest, LONG)))
    for text in dict.fromkeys(each[:longest] for each in made):
        subject = text.encode("utf-8") if isinstance(pattern.pattern, bytes) else text
        try:
            with within(SECONDS):
                pattern.match(subject)
                pattern.fullmatch(subject)
                if not matched:
                    pattern.findall(subject)
        except TooSlow:
            return text[:40]
    return None


@pytest.mark.parametrize(("name", "pattern", "matched"), [pytest.param(*each, id=each[0]) for each in patterns()])
def test_no_pattern_takes_longer_than_its_text_is_long(name: str, pattern: re.Pattern[str], matched: bool) -> None:
    longest, line = SHORT.get(name, LONG), name.startswith(LINES)
    assert slow_text(pattern, matched=matched, longest=longest, line=line) is None


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (parse_date, "2026-01-01" + " " * LONG + "x"),
        (dates_in, "January 1 2026" + " " * LONG + "x"),
        (lambda text: recent(text, datetime(2026, 11, 26, tzinfo=UTC), None), "1" + " " * LONG + "x"),
        (is_furniture, "大中小" * 19 + "x"),
        (is_furniture, "微博分享返回首页QQ空间" * 5 + "x"),
        (lambda text: extract(f"<p>短</p><script>{text}</script>"), 'var a="";' + "a" * LONG * 5),
        (lambda text: extract(text.encode()), "<meta charset=" + " " * 3 * LONG),
        (extract, "<p>雾凇并不是冰，也不是雪，它是水滴冻结而成的。</p>" * 5 + "<ul><li>a" * 300 + "<li>推荐" * 4000),
    ],
)
def test_what_is_read_out_of_a_page_is_read_in_time(read: Callable[[str], object], text: str) -> None:
    # other threads of the tests count too
    with within(4 * SECONDS):
        read(text)


@pytest.mark.parametrize("bad", [r"(?:\s|<!--.*?-->)*<root", r"(a+)+b", r"<t>(.*?)</t>", r"\s*x"])
def test_a_pattern_with_two_ways_through_a_text_is_found(bad: str) -> None:
    # the square of a longer text is too slow on any machine
    assert slow_text(re.compile(bad, re.S), longest=4 * LONG) is not None
