"""The queue on a real store, against a small platform that loses answers and kills processes."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from queue_parts import Clock, Died, FakeChannel, Platform, a_delivery, a_newsroom, an_account, receipt_of, the
from sqlmodel import select

from connectors.base import Outcome
from content_store import accounts, deliveries, log, queue, stories, tasks
from content_store.database import Store
from content_store.tables import Account, Attempt, Delivery, Lane, StoryVersion
from content_store.tables import DeliveryState as State
from steps import by_hand, giving_up, resending
from steps.callbacks import receive_event
from steps.errors import Refused
from steps.newsroom import Newsroom
from steps.publish import act_on, emergency_waits, poll_accepted, publish_due, publish_emergency
from steps.workers import place, worker_name

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def platform(clock: Clock) -> Platform:
    return Platform(clock)


@pytest.fixture
def newsroom(sqlite_store: Store, tmp_path: Path, clock: Clock, platform: Platform) -> Newsroom:
    return a_newsroom(sqlite_store, tmp_path, clock, platform)


@pytest.fixture
def both(store: Store, tmp_path: Path, clock: Clock, platform: Platform) -> Newsroom:
    """For what the two databases do differently: locks, and looking into JSON."""
    return a_newsroom(store, tmp_path, clock, platform)


@pytest.fixture
def one(newsroom: Newsroom) -> int:
    return a_delivery(newsroom, an_account(newsroom), "kpone")


def step(newsroom: Newsroom) -> None:
    publish_due(newsroom, newsroom.now(), worker="w")
    poll_accepted(newsroom, newsroom.now(), worker="w")


def settle(newsroom: Newsroom, clock: Clock, minutes: int) -> None:
    for _ in range(minutes):
        step(newsroom)
        clock.advance(minutes=1)


def test_a_due_delivery_is_accepted_then_read_back_and_live(newsroom: Newsroom, clock: Clock, one: int) -> None:
    assert publish_due(newsroom, newsroom.now(), worker="w") == {"accepted": 1}
    row = the(newsroom, one)
    assert (row.state, row.lease_owner, row.live_at) == (State.ACCEPTED, "", None)
    assert poll_accepted(newsroom, newsroom.now(), worker="w") == {}, "not before its time"
    clock.advance(seconds=6)
    assert poll_accepted(newsroom, newsroom.now(), worker="w") == {"live": 1}
    row = the(newsroom, one)
    assert row.live_at == clock.now()
    receipt = receipt_of(newsroom, one)
    assert receipt.public_url == "http://x/kpone"
    assert receipt.external_ids["published_on"] == "2026-11-26"
    assert receipt.external_ids["status_id"] == "id-kpone"


def test_every_change_is_one_row_of_a_sound_log(newsroom: Newsroom, clock: Clock, one: int) -> None:
    settle(newsroom, clock, 2)
    by_hand.withdraw(newsroom, one, None, newsroom.now())
    settle(newsroom, clock, 2)
    with newsroom.store.reading() as session:
        acts = [entry.act for entry in log.of(session, "delivery", one)]
        assert log.first_broken(session) is None
    assert acts == ["sending", "accepted", "live", "withdrawing", "withdrawn"]


def test_the_emergency_lane_goes_first_and_the_future_waits(
    newsroom: Newsroom, platform: Platform, clock: Clock
) -> None:
    account = an_account(newsroom)
    a_delivery(newsroom, account, "kpbulk", lane=Lane.BULK, due=NOW - timedelta(hours=2))
    a_delivery(newsroom, account, "kpnormal", due=NOW - timedelta(hours=1))
    a_delivery(newsroom, account, "kpemergency", lane=Lane.EMERGENCY)
    later = a_delivery(newsroom, account, "kplater", due=NOW + timedelta(hours=1))
    claimed = []
    with newsroom.store.session() as session:
        while row := queue.claim(
            session, [State.QUEUED], owner="w", now=NOW, lease_now=NOW, until=NOW + timedelta(minutes=2)
        ):
            claimed.append(row.lane)
    assert claimed == [Lane.EMERGENCY, Lane.NORMAL, Lane.BULK]
    assert the(newsroom, later).state == State.QUEUED


def test_asking_gives_way_to_an_emergency_that_waits(newsroom: Newsroom, platform: Platform, clock: Clock) -> None:
    account = an_account(newsroom)
    asked = a_delivery(newsroom, account, "kpasked")
    step(newsroom)
    clock.advance(seconds=6)
    a_delivery(newsroom, account, "kpurgent", lane=Lane.EMERGENCY)
    assert poll_accepted(newsroom, newsroom.now(), worker="w") == {}
    publish_due(newsroom, newsroom.now(), worker="w")
    assert poll_accepted(newsroom, newsroom.now(), worker="w") == {"live": 1}
    assert the(newsroom, asked).state == State.LIVE


def test_an_emergency_goes_before_older_look_ups(newsroom: Newsroom, platform: Platform, clock: Clock) -> None:
    account = an_account(newsroom)
    platform.mishaps = ["lost_before"]
    a_delivery(newsroom, account, "kplost")
    step(newsroom)
    clock.advance(minutes=1)
    urgent = a_delivery(newsroom, account, "kpurgent", lane=Lane.EMERGENCY)
    states = [State.QUEUED, State.WITHDRAWING, State.UNKNOWN]
    with newsroom.store.session() as session:
        until = clock.now() + timedelta(minutes=2)
        first = queue.claim(session, states, owner="w", now=clock.now(), lease_now=clock.now(), until=until)
        assert first is not None
        assert first.id == urgent


def test_one_row_is_never_claimed_twice_by_many_workers(both: Newsroom, platform: Platform) -> None:
    account = an_account(both)
    for number in range(12):
        a_delivery(both, account, f"kp{number:03}")
    gate = threading.Barrier(3)

    def work(name: int) -> dict[str, int]:
        gate.wait()
        return publish_due(both, both.now(), worker=f"w{name}")

    with ThreadPoolExecutor(3) as pool:
        counts = list(pool.map(work, range(3)))
    assert sum(found.get("accepted", 0) for found in counts) == 12
    assert sorted(platform.sent) == sorted(set(platform.sent))


def test_the_emergency_job_and_the_round_beside_it_send_each_row_once(both: Newsroom, platform: Platform) -> None:
    account = an_account(both)
    lanes = [Lane.EMERGENCY, Lane.NORMAL]
    rows = {lane: [a_delivery(both, account, f"kp{lane}{each}", lane=lane) for each in range(8)] for lane in lanes}
    gate = threading.Barrier(3)

    def work(rounds: Callable[[Newsroom, datetime], dict[str, int]]) -> int:
        gate.wait()
        return rounds(both, both.now()).get("accepted", 0)

    with ThreadPoolExecutor(3) as pool:
        counts = list(pool.map(work, [publish_emergency, publish_due, publish_emergency]))
    assert sum(counts) == 16
    assert sorted(platform.sent) == sorted(set(platform.sent))
    assert {the(both, row).state for row in rows[Lane.NORMAL] + rows[Lane.EMERGENCY]} == {State.ACCEPTED}


def test_the_emergency_job_leaves_the_other_lanes_alone(newsroom: Newsroom, one: int) -> None:
    urgent = a_delivery(newsroom, an_account(newsroom), "kpurgent", lane=Lane.EMERGENCY)
    assert emergency_waits(newsroom, newsroom.now())
    assert publish_emergency(newsroom, newsroom.now()) == {"accepted": 1}
    assert not emergency_waits(newsroom, newsroom.now())
    assert [the(newsroom, row).state for row in (urgent, one)] == [State.ACCEPTED, State.QUEUED]


def test_the_emergency_job_also_asks_what_became_of_its_posts(newsroom: Newsroom, clock: Clock) -> None:
    urgent = a_delivery(newsroom, an_account(newsroom), "kpurgent", lane=Lane.EMERGENCY)
    publish_emergency(newsroom, newsroom.now())
    clock.advance(seconds=6)
    assert emergency_waits(newsroom, newsroom.now())
    assert publish_emergency(newsroom, newsroom.now()) == {"live": 1}
    assert the(newsroom, urgent).state == State.LIVE


def of_a_process_that_is_gone() -> str:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return f"{place()}:{process.pid}/1f"


@pytest.mark.parametrize("has_open_call", [True, False])
def test_rows_of_a_killed_process_of_this_machine_do_not_wait_for_the_lease(
    both: Newsroom, has_open_call: bool
) -> None:
    now, owner = both.now(), of_a_process_that_is_gone()
    killed, running, elsewhere = (a_delivery(both, an_account(both), f"kp{name}") for name in "abc")
    owners = {killed: owner, running: f"{worker_name()}/1f", elsewhere: f"another-host:{owner.split(':')[1]}"}
    with both.store.session() as session:
        for delivery, held_by in owners.items():
            row = session.get(Delivery, delivery)
            assert row is not None
            row.state, row.lease_owner, row.lease_until = State.SENDING, held_by, now + timedelta(minutes=2)
        if has_open_call:
            session.add(Attempt(delivery_id=killed, call="share", fingerprint="f", started_at=now, external_ids={}))
    publish_due(both, now)
    assert the(both, killed).state == (State.UNKNOWN if has_open_call else State.ACCEPTED)
    assert {the(both, other).state for other in (running, elsewhere)} == {State.SENDING}


@pytest.mark.parametrize("mishap", ["lost_after", "lost_before"])
def test_a_lost_answer_is_looked_up_and_never_blindly_repeated(
    newsroom: Newsroom, clock: Clock, platform: Platform, one: int, mishap: str
) -> None:
    platform.mishaps = [mishap]
    step(newsroom)
    assert the(newsroom, one).state == State.UNKNOWN
    clock.advance(seconds=31)
    step(newsroom)
    assert the(newsroom, one).state == (State.LIVE if mishap == "lost_after" else State.UNKNOWN)
    settle(newsroom, clock, 6)
    assert the(newsroom, one).state == State.LIVE
    assert platform.public == {"kpone": 1}
    with newsroom.store.reading() as session:
        outcomes = [attempt.outcome for attempt in session.exec(select(Attempt).order_by(Attempt.id))]  # type: ignore[arg-type]
    assert outcomes == (["done"] if mishap == "lost_after" else ["absent", "done"])


@pytest.mark.parametrize("mishap", ["die_before", "die_after"])
def test_a_dead_workers_row_is_taken_up_after_its_lease_and_looked_up(
    newsroom: Newsroom, clock: Clock, platform: Platform, mishap: str
) -> None:
    one = a_delivery(newsroom, an_account(newsroom), "kpone")
    platform.mishaps = [mishap]
    with pytest.raises(Died):
        step(newsroom)
    step(newsroom)
    assert the(newsroom, one).state == State.SENDING, "the lease still stands: nobody touches it"
    clock.advance(seconds=121)
    assert publish_due(newsroom, newsroom.now(), worker="w")["taken_up"] == 1
    settle(newsroom, clock, 6)
    assert the(newsroom, one).state == State.LIVE
    assert platform.public == {"kpone": 1}


def test_a_slow_worker_that_lost_its_lease_makes_no_call(newsroom: Newsroom, clock: Clock, platform: Platform) -> None:
    delivery = a_delivery(newsroom, an_account(newsroom), "kpslow")
    with newsroom.store.session() as session:
        until = NOW + timedelta(seconds=120)
        assert queue.claim(session, [State.QUEUED], owner="slow", now=NOW, lease_now=NOW, until=until) is not None
    clock.advance(seconds=130)
    step(newsroom)
    with newsroom.store.session() as session, pytest.raises(queue.LeaseLost):
        queue.begin_attempt(
            session,
            delivery,
            owner="slow",
            call="share",
            fingerprint="f",
            marker="m",
            now=clock.now(),
            until=clock.now(),
        )
    assert platform.public == {"kpslow": 1}


def test_a_defect_of_ours_stops_one_row_not_the_round(newsroom: Newsroom, clock: Clock, platform: Platform) -> None:
    account = an_account(newsroom)
    rows = [a_delivery(newsroom, account, f"kp{number}") for number in range(3)]
    platform.mishaps = ["defect"]
    step(newsroom)
    states = sorted(the(newsroom, row).state for row in rows)
    assert states.count(State.ACCEPTED) == 2
    broken = next(row for row in rows if the(newsroom, row).state != State.ACCEPTED)
    assert the(newsroom, broken).state == State.NEEDS_PERSON
    assert "程序出错" in the(newsroom, broken).reason
    assert by_hand.resend(newsroom, broken, None, newsroom.now()) == State.LIVE, "it was out: found, not sent again"
    assert set(platform.public.values()) == {1}


def test_a_refused_text_fails_and_a_refused_login_stops_the_account(
    newsroom: Newsroom, clock: Clock, platform: Platform
) -> None:
    account = an_account(newsroom)
    first = a_delivery(newsroom, account, "kpfirst")
    platform.mishaps = ["no"]
    step(newsroom)
    row = the(newsroom, first)
    assert (row.state, row.reason, row.remedy) == (State.FAILED, "不行。", "改一改。")
    second = a_delivery(newsroom, account, "kpsecond")
    platform.mishaps = ["login"]
    step(newsroom)
    assert the(newsroom, second).state == State.NEEDS_PERSON
    third = a_delivery(newsroom, account, "kpthird")
    step(newsroom)
    assert the(newsroom, third).state == State.QUEUED, "a stopped account sends nothing"
    with newsroom.store.session() as session:
        stopped = session.get(Account, account)
        assert stopped is not None
        assert "没登录" in stopped.stopped_reason
        accounts.go_on(session, account)
    step(newsroom)
    assert the(newsroom, third).state == State.ACCEPTED


def test_a_rate_limit_parks_the_whole_account(both: Newsroom, clock: Clock, platform: Platform) -> None:
    account = an_account(both)
    rows = [a_delivery(both, account, f"kp{number}", due=NOW - timedelta(minutes=9 - number)) for number in range(9)]
    platform.mishaps = ["busy"] * 4
    step(both)
    assert len(platform.sent) <= 4, "threads that were on their way may still send; the others wait"
    settle(both, clock, 10)
    assert {the(both, row).state for row in rows} == {State.LIVE}
    assert set(platform.public.values()) == {1}


def test_only_the_same_limit_met_again_waits_for_the_day(both: Newsroom, clock: Clock, platform: Platform) -> None:
    delivery = a_delivery(both, an_account(both), "kpaaa00002")
    waits = []
    for mishap in ("busy", "hour", "hour"):
        platform.mishaps = [mishap]
        publish_due(both, clock.now(), worker="w")
        row = the(both, delivery)
        assert row.next_try_at is not None
        waits.append(round((row.next_try_at - clock.now()).total_seconds()))
        clock.at = row.next_try_at + timedelta(seconds=1)
    assert [wait // 1000 for wait in waits] == [0, 1, 40], waits
    publish_due(both, clock.now(), worker="w")
    assert the(both, delivery).state == State.ACCEPTED


def test_what_is_far_too_late_waits_for_a_person(newsroom: Newsroom, clock: Clock, platform: Platform) -> None:
    late = a_delivery(newsroom, an_account(newsroom), "kplate", due=NOW - timedelta(days=2))
    step(newsroom)
    assert the(newsroom, late).state == State.NEEDS_PERSON
    assert platform.public == {}
    by_hand.resend(newsroom, late, None, newsroom.now())
    settle(newsroom, clock, 2)
    assert the(newsroom, late).state == State.LIVE


def test_what_vanished_is_sent_anew_only_when_a_person_says_so(
    newsroom: Newsroom, clock: Clock, platform: Platform, one: int
) -> None:
    step(newsroom)
    platform.taken_down.add("kpone")
    settle(newsroom, clock, 15)
    assert the(newsroom, one).state == State.NEEDS_PERSON
    assert platform.public == {"kpone": 1}
    assert by_hand.resend(newsroom, one, None, newsroom.now()) == State.QUEUED
    platform.taken_down.clear()
    settle(newsroom, clock, 2)
    assert the(newsroom, one).state == State.LIVE
    assert platform.public == {"kpone": 2}
    assert by_hand.withdraw(newsroom, one, None, newsroom.now()) == State.WITHDRAWING


def test_withdrawing_is_proved_and_repeated_after_a_lost_answer(
    newsroom: Newsroom, clock: Clock, platform: Platform, one: int
) -> None:
    settle(newsroom, clock, 2)
    platform.mishaps = ["busy", "lost_after"]
    assert by_hand.withdraw(newsroom, one, None, newsroom.now()) == State.WITHDRAWING
    settle(newsroom, clock, 8)
    assert the(newsroom, one).state == State.WITHDRAWN
    assert not platform.shows("kpone")


def test_what_was_never_sent_is_called_off_at_once(
    newsroom: Newsroom, clock: Clock, platform: Platform, one: int
) -> None:
    assert by_hand.withdraw(newsroom, one, None, newsroom.now()) == State.WITHDRAWN
    with pytest.raises(Refused, match="已经撤下"):
        by_hand.withdraw(newsroom, one, None, newsroom.now())
    settle(newsroom, clock, 2)
    assert platform.public == {}
    with pytest.raises(Refused):
        by_hand.resend(newsroom, one, None, newsroom.now())


def test_an_older_version_is_not_sent_again_beside_a_newer_one(newsroom: Newsroom, one: int) -> None:
    with newsroom.store.session() as session:
        row = session.get(Delivery, one)
        assert row is not None
        row.state = State.FAILED
        first = session.get(StoryVersion, row.story_version_id)
        assert first is not None
        newer = stories.add_version(session, first.story_id, fields={"title": "新版"}, by=None, now=newsroom.now())
        assert newer.id is not None
        deliveries.add(
            session,
            version_id=newer.id,
            account_id=row.account_id,
            marker="kpnewer",
            form={"marker": "kpnewer"},
            fingerprint="",
            state=State.LIVE,
            lane=Lane.NORMAL,
            due_at=newsroom.now(),
            by=None,
            now=newsroom.now(),
            event_id=None,
        )
    with pytest.raises(Refused, match="第 2 版"):
        by_hand.resend(newsroom, one, None, newsroom.now())


def test_what_is_looked_up_cannot_be_given_up(newsroom: Newsroom, platform: Platform, one: int) -> None:
    platform.mishaps = ["lost_before"]
    step(newsroom)
    with pytest.raises(Refused):
        by_hand.give_up(newsroom, one, None, newsroom.now())


@pytest.mark.parametrize(
    ("mishap", "then"), [("lost_after", State.LIVE), ("lost_before", State.WITHDRAWN)], ids=["public", "not there"]
)
def test_what_is_given_up_is_asked_for_first_and_live_where_it_is_public(
    both: Newsroom, clock: Clock, platform: Platform, mishap: str, then: State
) -> None:
    one = a_delivery(both, an_account(both), "kpone")
    platform.mishaps = [mishap]
    publish_due(both, both.now(), worker="w")
    with both.store.session() as session:
        session.get_one(Delivery, one).state = State.NEEDS_PERSON
    if mishap == "lost_before":
        with pytest.raises(Refused, match="还无法核对"):
            by_hand.give_up(both, one, None, both.now())
        clock.advance(minutes=4)
    assert by_hand.give_up(both, one, None, both.now()) == then
    assert the(both, one).state == then
    assert platform.shows("kpone") == (then is State.LIVE)


def test_what_a_process_sent_before_it_died_is_not_given_up_while_it_waits_in_the_queue_again(
    both: Newsroom, clock: Clock, platform: Platform
) -> None:
    one = a_delivery(both, an_account(both), "kpone")
    publish_due(both, both.now(), worker="w")
    with both.store.session() as session:
        session.get_one(Delivery, one).state = State.QUEUED
    with pytest.raises(Refused, match="平台上已经有这一条"):
        by_hand.give_up(both, one, None, both.now())
    settle(both, clock, 3)
    assert the(both, one).state == State.LIVE
    assert platform.shows("kpone")


def test_giving_up_does_not_trust_a_look_made_before_somebody_else_sent_it(
    newsroom: Newsroom, platform: Platform, one: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with newsroom.store.session() as session:
        session.get_one(Delivery, one).state = State.FAILED
    look = giving_up.looked_up

    def looked_up_slowly(*arguments: Any) -> Any:
        found = look(*arguments)
        by_hand.resend(newsroom, one, None, newsroom.now())
        return found

    monkeypatch.setattr(giving_up, "looked_up", looked_up_slowly)
    with pytest.raises(Refused, match="刚才有人处理过"):
        by_hand.give_up(newsroom, one, None, newsroom.now())
    assert the(newsroom, one).state == State.QUEUED


@pytest.mark.parametrize("state", list(State))
def test_a_page_that_is_out_of_date_cancels_only_what_was_not_sent(newsroom: Newsroom, one: int, state: State) -> None:
    with newsroom.store.session() as session:
        session.get_one(Delivery, one).state = state
    if state in (State.HELD, State.QUEUED, State.FAILED):
        assert by_hand.cancel(newsroom, one, None, newsroom.now()) == State.WITHDRAWN
        return
    with pytest.raises(Refused, match="不能取消发布"):
        by_hand.cancel(newsroom, one, None, newsroom.now())
    assert the(newsroom, one).state == state
    assert open_tasks(newsroom, one) == []


def open_tasks(newsroom: Newsroom, delivery: int) -> list[str]:
    with newsroom.store.reading() as session:
        return [task.kind for task in tasks.open_of(session, delivery)]


@pytest.mark.parametrize("mishap", ["lost_before", "lost_after"])
def test_a_wish_to_take_back_what_nobody_knows_of_is_kept_until_it_is_known(
    both: Newsroom, clock: Clock, platform: Platform, mishap: str
) -> None:
    one = a_delivery(both, an_account(both), "kpone")
    platform.mishaps = [mishap]
    step(both)
    assert by_hand.withdraw(both, one, None, both.now(), "写错了") == State.UNKNOWN
    assert open_tasks(both, one) == ["withdraw"]
    assert by_hand.withdraw(both, one, None, both.now()) == State.UNKNOWN
    settle(both, clock, 8)
    assert the(both, one).state == State.WITHDRAWN
    assert platform.public == ({"kpone": 1} if mishap == "lost_after" else {}), "never sent after the wish"
    assert not platform.shows("kpone")
    assert open_tasks(both, one) == []


@pytest.mark.parametrize("mishap", ["", "busy", "no", "lost_before", "lost_after", "defect"])
def test_a_wish_while_it_is_being_sent_is_kept(
    both: Newsroom, clock: Clock, platform: Platform, monkeypatch: pytest.MonkeyPatch, mishap: str
) -> None:
    one = a_delivery(both, an_account(both), "kpone")
    answers = [mishap]

    def meanwhile() -> str:
        if answers:
            assert by_hand.withdraw(both, one, None, both.now()) == State.SENDING
        return answers.pop() if answers else ""

    monkeypatch.setattr(platform, "next_mishap", meanwhile)
    settle(both, clock, 12)
    row = the(both, one)
    # after a defect of ours nothing tells the work's number, so that a person has the last word
    assert row.state == (State.NEEDS_PERSON if mishap == "defect" else State.WITHDRAWN), row.reason
    assert not platform.shows("kpone")
    assert sum(platform.public.values()) <= 1
    assert open_tasks(both, one) == (["withdraw"] if mishap == "defect" else [])


@pytest.mark.parametrize("mishap", ["die_before", "die_after"])
def test_a_wish_on_a_dead_workers_row_is_kept(
    newsroom: Newsroom, clock: Clock, platform: Platform, one: int, mishap: str
) -> None:
    platform.mishaps = [mishap]
    with pytest.raises(Died):
        step(newsroom)
    assert by_hand.withdraw(newsroom, one, None, newsroom.now()) == State.SENDING
    clock.advance(seconds=121)
    settle(newsroom, clock, 8)
    assert the(newsroom, one).state == State.WITHDRAWN
    assert not platform.shows("kpone")


def test_who_sends_again_after_all_is_not_taken_back(newsroom: Newsroom, clock: Clock, platform: Platform) -> None:
    one = a_delivery(newsroom, an_account(newsroom), "kpone")
    platform.mishaps = ["lost_after"]
    step(newsroom)
    by_hand.withdraw(newsroom, one, None, newsroom.now())
    platform.mishaps = ["busy"] * 5
    settle(newsroom, clock, 60)
    assert the(newsroom, one).state == State.NEEDS_PERSON, "withdrawing was refused again and again"
    assert by_hand.resend(newsroom, one, None, newsroom.now()) == State.LIVE
    assert open_tasks(newsroom, one) == []
    settle(newsroom, clock, 8)
    assert the(newsroom, one).state == State.LIVE
    assert platform.shows("kpone")


def test_a_link_registered_by_hand_makes_it_live(
    newsroom: Newsroom, clock: Clock, platform: Platform, one: int
) -> None:
    platform.mishaps = ["no"]
    step(newsroom)
    with pytest.raises(Refused, match="链接"):
        by_hand.register_live(newsroom, one, "javascript:alert(1)", None, newsroom.now())
    url = "https://weibo.com/7700000001/Mabc"
    assert by_hand.register_live(newsroom, one, f" {url} ", None, newsroom.now()) == State.LIVE
    assert receipt_of(newsroom, one).public_url == url
    assert the(newsroom, one).reason == "由人登记，未核对。"
    assert by_hand.register_withdrawn(newsroom, one, None, newsroom.now()) == State.WITHDRAWN


def test_the_number_in_a_douyin_link_is_kept_for_its_figures(newsroom: Newsroom) -> None:
    one = a_delivery(newsroom, an_account(newsroom, platform="douyin"), "kpone", state=State.NEEDS_PERSON)
    by_hand.register_live(newsroom, one, "https://www.douyin.com/video/7123456789", None, newsroom.now())
    assert receipt_of(newsroom, one).external_ids["video_id"] == "7123456789"


def test_a_callback_only_makes_the_queue_look_at_once(both: Newsroom, clock: Clock, platform: Platform) -> None:
    one = a_delivery(both, an_account(both), "kpone")
    step(both)
    with both.store.session() as session:
        attempt = session.exec(select(Attempt)).one()
        attempt.external_ids = {**attempt.external_ids, "publish_id": "77"}
    query = {"signature": "good", "id": "77"}
    assert receive_event(both, "fake", {"signature": "forged", "id": "77"}, {}, b"", clock.now()) is None
    assert receive_event(both, "nobody", query, {}, b"", clock.now()) is None
    assert receive_event(both, "fake", query, {}, b"", clock.now()) == "success"
    assert the(both, one).state == State.ACCEPTED, "a call-back changes no state"
    assert poll_accepted(both, both.now(), worker="w") == {"live": 1}, "without waiting for its time"
    platform.taken_down.add("kpone")
    assert receive_event(both, "fake", query, {}, b"", clock.now()) == "success"
    assert the(both, one).state == State.LIVE


@pytest.mark.parametrize(("state", "then"), [("accepted", State.ACCEPTED), ("done", State.LIVE)])
def test_a_callback_that_comes_while_the_platform_is_asked_is_not_lost(
    both: Newsroom, clock: Clock, platform: Platform, monkeypatch: pytest.MonkeyPatch, state: str, then: State
) -> None:
    one = a_delivery(both, an_account(both), "kpone")
    publish_due(both, both.now(), worker="w")
    with both.store.session() as session:
        attempt = session.exec(select(Attempt)).one()
        attempt.external_ids = {**attempt.external_ids, "publish_id": "77"}
    told = []

    def poll(_channel: FakeChannel, known: dict[str, str]) -> Outcome:
        """What is answered now was so before the call-back came."""
        told.append(receive_event(both, "fake", {"signature": "good", "id": "77"}, {}, b"", clock.now()))
        return Outcome.model_validate({"state": state, "external_ids": dict(known), "retry_after": 3600})

    monkeypatch.setattr(FakeChannel, "poll", poll)
    clock.advance(minutes=1)
    poll_accepted(both, both.now(), worker="w")
    assert told == ["success"]
    assert the(both, one).state == then
    monkeypatch.undo()
    platform.taken_down.add("kpone")
    clock.advance(minutes=11)
    assert poll_accepted(both, both.now(), worker="w") == {"needs_person": 1}, "looked at again, before its hour"


def test_a_single_row_can_be_looked_at_at_once_but_not_sent_early(newsroom: Newsroom, clock: Clock, one: int) -> None:
    early = a_delivery(newsroom, an_account(newsroom, "other"), "kpearly", due=NOW + timedelta(hours=5))
    assert act_on(newsroom, early, newsroom.now()) is None
    assert the(newsroom, early).state == State.QUEUED
    step(newsroom)
    assert act_on(newsroom, one, newsroom.now()) == State.LIVE


def test_nothing_hangs_without_a_next_time(both: Newsroom, clock: Clock, platform: Platform) -> None:
    account = an_account(both)
    for number in range(8):
        a_delivery(both, account, f"kp{number}")
    platform.mishaps = ["lost_before", "busy", "lost_after", "no"]
    for _ in range(4):
        step(both)
        with both.store.reading() as session:
            for row in session.exec(select(Delivery)):
                waiting = row.state in (State.UNKNOWN, State.ACCEPTED, State.WITHDRAWING)
                assert not waiting or row.next_try_at is not None
        clock.advance(minutes=1)


def test_a_registered_link_is_not_called_taken_down_where_the_platform_cannot_be_asked_about_it(
    newsroom: Newsroom, clock: Clock, platform: Platform, one: int
) -> None:
    platform.mishaps = ["no"]
    settle(newsroom, clock, 2)
    with newsroom.store.session() as session:
        row = session.get_one(Delivery, one)
        row.state, row.live_at = State.LIVE, clock.now()
    by_hand.withdraw(newsroom, one, None, newsroom.now())
    settle(newsroom, clock, 2)
    row = the(newsroom, one)
    assert (row.state, row.remedy) == (State.NEEDS_PERSON, "请在平台上核对并删除，再点“登记为已撤回”。")


def test_sending_again_does_not_trust_a_look_made_before_somebody_else_sent_it(
    newsroom: Newsroom, clock: Clock, platform: Platform, one: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with newsroom.store.session() as session:
        session.get_one(Delivery, one).state = State.FAILED
    look = resending.looked_up

    def looked_up_slowly(*arguments: Any) -> Any:
        found = look(*arguments)
        monkeypatch.setattr(resending, "looked_up", look)
        by_hand.resend(newsroom, one, None, newsroom.now())
        settle(newsroom, clock, 1)
        with newsroom.store.session() as session:
            session.get_one(Delivery, one).state = State.FAILED
        return found

    monkeypatch.setattr(resending, "looked_up", looked_up_slowly)
    with pytest.raises(Refused, match="刚才有人处理过"):
        by_hand.resend(newsroom, one, None, newsroom.now())
    settle(newsroom, clock, 3)
    assert platform.public == {"kpone": 1}
