"""When to look at a source again, and when its silence is worth a person's look. Pure.

A source is watched as closely as it posts: what it brought so far tells how long it usually stays silent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=24)
EMERGENCY = timedelta(minutes=1)
EMERGENCY_LONGEST = timedelta(minutes=5)
"""A source of warnings that fails is asked again at least so often."""
EMERGENCY_KINDS = frozenset({"cap"})
SILENT_KINDS = frozenset({"cap", "word", "wechat_article"})
"""Kinds without a rhythm of their own: warnings come when they come, pieces when somebody sends them."""
LOOKS_PER_GAP = 3
SILENCE_SHARE = 10
"""A silence of so many usual ones begins to count as the usual one."""
KNOWN_FROM = 4
"""So many times must a source have brought something new before its rhythm is known."""
REMEMBERED = 20
JITTER = 0.1
QUIET_GAPS = 3
QUIET_RHYTHMS = 20
QUIET_LEAST, QUIET_LEAST_UNKNOWN = timedelta(days=1), timedelta(days=3)


def gaps(news: Sequence[datetime]) -> list[timedelta]:
    """The silences between the times at which something new came, shortest first; empty while too little is known."""
    moments = sorted(set(news))
    if len(moments) < KNOWN_FROM:
        return []
    return sorted(later - earlier for earlier, later in pairwise(moments))


def interval(kind: str, rhythm: timedelta, *, adaptive: bool, news: Sequence[datetime], now: datetime) -> timedelta:
    """How long to leave a source alone that answers. `rhythm` is what a person set: the start, or all where not `adaptive`.

    A silence that lasts counts too, so that a source which stopped is asked ever more seldom.
    """
    if kind in EMERGENCY_KINDS:
        return EMERGENCY
    if not adaptive:
        return rhythm
    known = gaps(news)
    if not known:
        return _bounded(rhythm)
    usual = max(known[len(known) // 2], (now - max(news)) / SILENCE_SHARE)
    return _bounded(usual / LOOKS_PER_GAP)


def spread(wait: timedelta, chance: float) -> timedelta:
    """The same, up to a tenth shorter or longer, so that sources added together do not stay together. `chance`: 0 … 1.

    What is within the bounds stays within them; a minute stays a minute.
    """
    if wait <= EMERGENCY:
        return wait
    moved = wait * (1 - JITTER + 2 * JITTER * chance)
    return _bounded(moved) if SHORTEST <= wait <= LONGEST else moved


def pause(kind: str, wait: timedelta, failures: int, asked: float | None, chance: float) -> timedelta:
    """How long to leave a source alone after its n-th failure in a row; `asked` are the seconds it asked for itself, and
    it is never asked sooner (unless it asked for more than a day).

    It doubles and ends: no source is ever switched off by its failures.
    """
    urgent = kind in EMERGENCY_KINDS
    longest = EMERGENCY_LONGEST if urgent else max(LONGEST, wait)
    grown: timedelta = min(wait * (1 << min(failures - 1, 12)), longest)
    return max(grown if urgent else spread(grown, chance), min(timedelta(seconds=asked or 0), LONGEST))


def _bounded(wait: timedelta) -> timedelta:
    return min(max(wait, SHORTEST), LONGEST)


def is_quiet(kind: str, rhythm: timedelta, news: Sequence[datetime], since: datetime, now: datetime) -> bool:
    """Whether nothing new has come for much longer than this source is used to. `since`: the last time something did."""
    if kind in SILENT_KINDS:
        return False
    known = gaps(news)
    if known:
        usual = known[(len(known) - 1) * 9 // 10]
        return now - since > max(usual * QUIET_GAPS, QUIET_LEAST)
    return now - since > max(rhythm * QUIET_RHYTHMS, QUIET_LEAST_UNKNOWN)


def remembered(news: Sequence[str], now: datetime) -> list[str]:
    """The times at which something new came, as a store keeps them, with one more; the newest few."""
    return [*news, now.isoformat()][-REMEMBERED:]


def moments(news: Sequence[str]) -> list[datetime]:
    """What `remembered` keeps, as times."""
    return [datetime.fromisoformat(each) for each in news]
