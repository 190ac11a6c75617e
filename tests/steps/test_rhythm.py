"""When a source is looked at again, and when its silence is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from steps.rhythm import (
    EMERGENCY,
    EMERGENCY_LONGEST,
    LONGEST,
    REMEMBERED,
    SHORTEST,
    interval,
    is_quiet,
    moments,
    pause,
    remembered,
    spread,
)

NOW = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
times = st.lists(st.integers(0, 400_000).map(lambda minutes: NOW - timedelta(minutes=minutes)), max_size=30)


def every(gap: timedelta, number: int = 12, until: datetime = NOW) -> list[datetime]:
    return [until - gap * back for back in range(number)]


def test_a_source_is_watched_as_closely_as_it_posts() -> None:
    def wait(gap: timedelta) -> timedelta:
        return interval("rss", HOUR, adaptive=True, news=every(gap), now=NOW)

    assert wait(timedelta(minutes=6)) == SHORTEST
    assert wait(HOUR * 6) == HOUR * 2
    assert wait(DAY * 9) == LONGEST


def test_what_a_person_set_holds_until_the_rhythm_is_known_and_for_good_where_it_is_fixed() -> None:
    assert interval("rss", HOUR * 2, adaptive=True, news=every(DAY, 3), now=NOW) == HOUR * 2
    assert interval("rss", HOUR * 2, adaptive=False, news=every(DAY), now=NOW) == HOUR * 2


def test_warnings_are_asked_for_every_minute_whatever_was_set() -> None:
    assert interval("cap", DAY, adaptive=False, news=every(DAY * 9), now=NOW) == EMERGENCY
    assert spread(EMERGENCY, 0.0) == EMERGENCY
    assert max(pause("cap", EMERGENCY, n, None, 1.0) for n in range(1, 40)) == EMERGENCY_LONGEST


def test_the_pause_grows_with_failures_ends_and_respects_what_the_server_asks() -> None:
    pauses = [pause("rss", HOUR / 2, n, None, 0.5) for n in range(1, 40)]
    assert pauses[0] == HOUR / 2
    assert all(a <= b for a, b in pairwise(pauses))
    assert pauses[-1] == DAY
    assert pause("rss", HOUR / 2, 1, 10**9, 0.5) == DAY
    assert pause("rss", DAY * 7, 3, None, 0.5) == DAY * 7, "a weekly source does not fail its way to more visits"


@given(st.integers(1, 20_000), st.integers(1, 60), st.integers(0, 86_400), st.floats(0, 1))
def test_nobody_is_asked_sooner_than_it_asked_for(minutes: int, failures: int, asked: int, chance: float) -> None:
    for kind in ("rss", "cap"):
        assert pause(kind, timedelta(minutes=minutes), failures, asked, chance) >= timedelta(seconds=asked)


def test_a_source_that_stopped_is_asked_ever_more_seldom() -> None:
    news = every(timedelta(minutes=6))
    waits = [interval("rss", HOUR, adaptive=True, news=news, now=NOW + DAY * days) for days in (0, 1, 10, 400)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (SHORTEST, LONGEST)


@given(times, st.integers(1, 20_000))
def test_the_interval_stays_within_its_bounds(news: list[datetime], minutes: int) -> None:
    wait = interval("rss", timedelta(minutes=minutes), adaptive=True, news=news, now=NOW)
    assert SHORTEST <= wait <= LONGEST
    assert all(SHORTEST <= spread(wait, chance) <= LONGEST for chance in (0.0, 0.5, 1.0))


@given(st.integers(1, 3000), st.floats(0, 1))
def test_visits_are_spread_by_a_tenth_at_most(minutes: int, chance: float) -> None:
    wait = timedelta(minutes=minutes)
    assert wait * 0.9 - timedelta(seconds=1) <= spread(wait, chance) <= wait * 1.1 + timedelta(seconds=1)


def test_silence_is_measured_by_what_the_source_is_used_to() -> None:
    hourly, weekly = every(HOUR, until=NOW - DAY * 2), every(DAY * 7, until=NOW - DAY * 10)
    assert is_quiet("rss", HOUR, hourly, hourly[0], NOW)
    assert not is_quiet("rss", HOUR, weekly, weekly[0], NOW)
    assert is_quiet("rss", HOUR, weekly, weekly[0], NOW + DAY * 20)


def test_of_a_source_hardly_known_silence_is_told_late_and_of_a_silent_kind_never() -> None:
    assert not is_quiet("rss", HOUR, [], NOW - DAY * 2, NOW)
    assert is_quiet("rss", HOUR, [], NOW - DAY * 4, NOW)
    assert not is_quiet("cap", HOUR, [], NOW - DAY * 400, NOW)


@given(times)
def test_only_the_newest_times_are_remembered_and_read_back_as_they_were(news: list[datetime]) -> None:
    kept: list[str] = []
    for each in news:
        kept = remembered(kept, each)
    assert moments(kept) == news[-REMEMBERED:]
