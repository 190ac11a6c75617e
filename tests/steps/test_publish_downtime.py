"""A platform that is down for a day, and a day on which nothing of ours ran: replayed, nothing lost, nothing twice, all visible."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from queue_parts import Clock, FakeChannel, Platform, a_delivery, a_newsroom, an_account, the

from config.files import FOLDER, entries
from connectors.base import ErrorClass, Outcome, Refusal
from connectors.errors import OutcomeUnknown, RetryLater
from content_store import deliveries, log
from content_store.database import Store
from content_store.tables import DeliveryState as State
from content_store.tables import Lane
from steps import by_hand
from steps.late_rules import LaneEntry, LateRule, late_rules, said_late
from steps.newsroom import Newsroom
from steps.publish import poll_accepted, publish_due

MINUTE = timedelta(minutes=1)
NOT_ASKED = Outcome(
    state="unknown", refusal=Refusal(kind=ErrorClass.RETRYABLE, cause="暂时连不上。", remedy="系统会自动再试。")
)


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
def platform(clock: Clock) -> Platform:
    return Platform(clock)


@pytest.fixture
def room(sqlite_store: Store, tmp_path: Path, clock: Clock, platform: Platform) -> Newsroom:
    return a_newsroom(sqlite_store, tmp_path, clock, platform)


def rounds(room: Newsroom, clock: Clock, *, every: float = 5, **span: float) -> None:
    """A round every so many minutes."""
    end = clock.at + timedelta(**span)
    while clock.at < end:
        publish_due(room, clock.now())
        poll_accepted(room, clock.now())
        clock.advance(minutes=every)


def states(room: Newsroom, rows: list[int]) -> Counter[str]:
    return Counter(the(room, row).state for row in rows)


def record(room: Newsroom, row: int) -> list[tuple[str, str]]:
    with room.store.reading() as session:
        return [(entry.act, entry.why) for entry in log.of(session, "delivery", row)]


def test_a_platform_down_for_a_day_loses_and_doubles_nothing(
    room: Newsroom, clock: Clock, platform: Platform, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    """The first posts meet a line that answers nothing after the effect, the others one that is refused before it."""
    account, share, up = an_account(room), platform.share, [False]

    def down(marker: str) -> dict[str, str]:
        if up[0]:
            return share(marker)
        if marker.startswith("lost"):
            share(marker)
            raise OutcomeUnknown("没有答复。")
        raise RetryLater("暂时连不上。")

    def asked(look: Any) -> Any:
        return lambda *about: look(*about) if up[0] else NOT_ASKED

    monkeypatch.setattr(platform, "share", down)
    monkeypatch.setattr(FakeChannel, "look_up", asked(FakeChannel.look_up))
    lost = [a_delivery(room, account, f"lost{n}") for n in range(3)]
    planned = [a_delivery(room, account, f"day{n}", due=now + n * timedelta(hours=3)) for n in range(8)]
    rounds(room, clock, every=60, hours=23)
    seen = states(room, [*lost, *planned])
    assert State.LIVE not in seen
    assert State.FAILED not in seen
    assert all(the(room, row).reason for row in [*lost, *planned[:7]]), "what does not go out says why"
    up[0] = True
    rounds(room, clock, every=40, hours=6)
    for row in [row for row in [*lost, *planned] if the(room, row).state == State.NEEDS_PERSON]:
        by_hand.resend(room, row, None, clock.now())
    rounds(room, clock, every=40, hours=2)
    assert states(room, [*lost, *planned]) == {State.LIVE: 11}
    assert set(platform.public.values()) == {1}
    with room.store.reading() as session:
        assert log.first_broken(session) is None


def test_after_a_day_in_which_nothing_ran_each_late_post_follows_the_rule_of_its_lane(
    room: Newsroom, clock: Clock, platform: Platform, now: datetime
) -> None:
    rules = {
        Lane.EMERGENCY: LateRule(after=timedelta(hours=2), then="ask"),
        Lane.NORMAL: LateRule(after=timedelta(hours=12), then="send"),
        Lane.BULK: LateRule(after=timedelta(hours=12), then="drop"),
    }
    room = replace(room, late=rules)
    account = an_account(room)
    hours = {
        lane: [
            a_delivery(room, account, f"{lane.name}{n}", lane=lane, due=now + timedelta(hours=n))
            for n in range(0, 24, 3)
        ]
        for lane in Lane
    }
    clock.advance(hours=24)
    rounds(room, clock, hours=1)
    assert states(room, hours[Lane.EMERGENCY]) == {State.NEEDS_PERSON: 8}
    assert states(room, hours[Lane.NORMAL]) == {State.LIVE: 8}
    assert states(room, hours[Lane.BULK]) == {State.WITHDRAWN: 4, State.LIVE: 4}
    assert set(platform.public.values()) == {1}
    for lane, state in ((Lane.EMERGENCY, State.NEEDS_PERSON), (Lane.BULK, State.WITHDRAWN)):
        for row in (row for row in hours[lane] if the(room, row).state == state):
            assert the(room, row).reason.startswith("已错过预定时间")
            assert record(room, row)[-1] == (state, the(room, row).reason), "never silently"
    assert record(room, hours[Lane.NORMAL][0])[0] == (State.SENDING, "比预定时间晚 24 小时才发送。")
    late = deliveries.Late(clock.now() - 5 * MINUTE, "已错过预定时间")
    with room.store.reading() as session:
        assert deliveries.number_late(session, late) == 12
    first = next(row for row in hours[Lane.EMERGENCY] if the(room, row).state == State.NEEDS_PERSON)
    by_hand.resend(room, first, None, clock.now())
    rounds(room, clock, minutes=15)
    assert the(room, first).state == State.LIVE


def test_the_rules_that_ship_name_every_lane_and_drop_nothing() -> None:
    shipped = late_rules(entries(FOLDER / "lanes.toml", "lane", LaneEntry))
    assert set(shipped) == set(Lane)
    assert {rule.then for rule in shipped.values()} == {"ask"}


@pytest.mark.parametrize(("minutes", "words"), [(4, ""), (5, "晚 5 分钟"), (119, "晚 119 分钟"), (120, "晚 2 小时")])
def test_a_post_begun_late_says_so(now: datetime, minutes: int, words: str) -> None:
    told = said_late(now - minutes * MINUTE, now)
    assert words in told
    assert bool(words) == bool(told)


def test_a_lane_without_a_rule_of_its_own_asks(room: Newsroom, clock: Clock) -> None:
    late = a_delivery(room, an_account(room), "old", due=clock.now() - timedelta(days=2))
    rounds(replace(room, late={}), clock, minutes=5)
    assert the(room, late).state == State.NEEDS_PERSON
