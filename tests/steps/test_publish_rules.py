"""What a delivery becomes next, as pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import ErrorClass, Outcome, Refusal
from content_store.tables import DeliveryState as State
from content_store.tables import Lane
from steps.delivery_rules import (
    MOVES,
    POLL_STEPS,
    STATE_NAMES,
    TRIES_MAX,
    ForbiddenMove,
    Next,
    after_death,
    after_look_up,
    after_poll,
    after_publish,
    after_withdraw,
    is_proof_of_absence,
    move,
    spread_of,
)
from steps.late_rules import LATE, LateRule, too_late

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


def refused(kind: ErrorClass, **more: object) -> Outcome:
    refusal = Refusal(kind=kind, cause="因为。", remedy="去做。")
    return Outcome.model_validate({"state": "failed", "refusal": refusal, "raw_code": "1"} | more)


outcomes = st.builds(
    Outcome,
    state=st.sampled_from(["done", "accepted", "pending_user", "absent", "failed", "unknown"]),
    retry_after=st.none() | st.floats(0, 90_000),
    refusal=st.none()
    | st.builds(Refusal, kind=st.sampled_from(ErrorClass), cause=st.just("因。"), remedy=st.just("做。")),
    raw_code=st.sampled_from(["", "1"]),
    hand_off=st.just("snssdk1128://x"),
)
tries = st.integers(1, 12)
ages = st.timedeltas(timedelta(0), timedelta(days=4))


def sound(old: State, next_: Next) -> None:
    assert move(old, next_.state) is next_.state
    if next_.state in (State.FAILED, State.NEEDS_PERSON):
        assert next_.reason, "a person must be told why"
        assert next_.remedy, "and what to do"
        assert next_.next_try_at is None
    if next_.state in (State.QUEUED, State.UNKNOWN, State.ACCEPTED, State.HANDED_OVER, State.WITHDRAWING):
        assert next_.next_try_at is not None, "nothing may hang"
        assert NOW <= next_.next_try_at <= NOW + timedelta(days=2)


@given(outcomes, tries, st.floats(0, 1))
def test_every_outcome_of_sending_leads_somewhere_sound(outcome: Outcome, tried: int, spread: float) -> None:
    sound(State.SENDING, after_publish(outcome, tries=tried, now=NOW, spread=spread))


@given(outcomes, ages)
def test_every_outcome_of_a_look_up_leads_somewhere_sound(outcome: Outcome, age: timedelta) -> None:
    next_ = after_look_up(outcome, since=NOW - age, now=NOW)
    sound(State.UNKNOWN, next_)
    if next_.state is State.QUEUED:
        assert outcome.state == "absent", "sent again only if it is surely not there"
        assert next_.settled


@given(st.sampled_from([State.ACCEPTED, State.HANDED_OVER, State.LIVE]), outcomes, st.integers(1, 40), ages)
def test_every_outcome_of_a_poll_leads_somewhere_sound(
    old: State, outcome: Outcome, polls: int, age: timedelta
) -> None:
    next_ = after_poll(old, outcome, polls=polls, since=NOW - age, now=NOW)
    assert next_.state is not State.QUEUED, "a post that was taken is never sent again by a poll"
    if old is not State.LIVE or next_.state is not State.LIVE:
        sound(old, next_)


def test_a_question_that_could_not_be_asked_is_asked_again_and_decides_nothing() -> None:
    refusal = Refusal(kind=ErrorClass.NEEDS_HUMAN, cause="平台拒绝了请求。", remedy="请检查网络。")
    outcome = Outcome(state="unknown", refusal=refusal, not_asked=True)
    again = after_look_up(outcome, since=NOW, now=NOW)
    assert (again.state, again.next_try_at) == (State.UNKNOWN, NOW + timedelta(minutes=5))
    given_up = after_look_up(outcome, since=NOW - timedelta(hours=25), now=NOW)
    assert (given_up.state, given_up.reason) == (State.NEEDS_PERSON, "一直无法核对是否已发出。")


@settings(max_examples=300)
@given(outcomes, tries, st.booleans())
def test_every_outcome_of_a_withdrawal_leads_somewhere_sound(outcome: Outcome, tried: int, proven: bool) -> None:
    next_ = after_withdraw(outcome, tries=tried, now=NOW, proven=proven)
    sound(State.WITHDRAWING, next_)
    assert (next_.state is State.WITHDRAWN) == (outcome.state == "absent" and proven), "withdrawn only with proof"


@pytest.mark.parametrize(("was_live", "lost"), [(True, False), (False, True), (True, True)])
def test_a_work_that_may_be_public_is_gone_only_where_it_was_asked_for_by_its_number(
    was_live: bool, lost: bool
) -> None:
    assert not is_proof_of_absence({"marker": "m1", "draft_media_id": "d"}, was_live=was_live, lost=lost)
    assert is_proof_of_absence({"status_id": "1"}, was_live=was_live, lost=lost)
    assert is_proof_of_absence({}, was_live=False, lost=False)


def test_only_an_answer_that_was_read_back_makes_it_live() -> None:
    for kind in ("accepted", "pending_user", "absent", "failed", "unknown"):
        outcome = Outcome.model_validate({"state": kind})
        assert after_publish(outcome, tries=1, now=NOW).state is not State.LIVE
        assert after_look_up(outcome, since=NOW, now=NOW).state is not State.LIVE
        assert after_poll(State.ACCEPTED, outcome, polls=1, since=NOW, now=NOW).state is not State.LIVE


def test_retries_grow_and_end_with_a_person() -> None:
    waits = []
    for tried in range(1, TRIES_MAX):
        next_ = after_publish(refused(ErrorClass.RETRYABLE), tries=tried, now=NOW)
        assert next_.next_try_at is not None
        waits.append(next_.next_try_at - NOW)
    assert waits == sorted(waits)
    assert waits[-1] > 4 * waits[0]
    assert after_publish(refused(ErrorClass.RETRYABLE), tries=TRIES_MAX, now=NOW).state is State.NEEDS_PERSON


def test_a_used_up_quota_parks_the_account_and_never_runs_out_of_tries() -> None:
    next_ = after_publish(refused(ErrorClass.QUOTA, retry_after=7200), tries=50, now=NOW)
    assert next_.state is State.QUEUED
    assert next_.parks_account_until is not None
    assert next_.parks_account_until >= NOW + timedelta(hours=2)


def test_a_limit_that_was_met_again_waits_for_its_own_next_period() -> None:
    hours = {"retry_after": 1800, "then_after": 1800}
    hour_then_day = {"retry_after": 1800, "then_after": 12 * 3600}
    for limit, again in ((hours, 1800), (hour_then_day, 12 * 3600)):
        for tried in (1, 2, 50):
            first = after_publish(refused(ErrorClass.RATE, **limit), tries=tried, now=NOW)
            assert first.next_try_at == NOW + timedelta(seconds=1800), (
                "another reason may have used up the tries before"
            )
            second = after_publish(refused(ErrorClass.RATE, **limit), tries=tried, now=NOW, met_before=True)
            assert second.next_try_at == NOW + timedelta(seconds=again)


def test_a_long_wait_whose_period_nobody_knows_is_no_day_and_ends_with_a_person() -> None:
    again = after_publish(refused(ErrorClass.RATE, retry_after=1800), tries=3, now=NOW, met_before=True)
    assert again.next_try_at == NOW + timedelta(seconds=1800)
    assert (
        after_publish(refused(ErrorClass.RATE, retry_after=1800), tries=TRIES_MAX, now=NOW).state is State.NEEDS_PERSON
    )


def test_a_call_that_is_lost_again_and_again_is_made_ever_more_rarely() -> None:
    waits = []
    for tried in range(1, 12):
        next_ = after_look_up(Outcome(state="absent"), since=NOW, now=NOW, tries=tried)
        assert next_.next_try_at is not None
        waits.append((next_.next_try_at - NOW).total_seconds())
    assert waits[:4] == [0, 0, 60, 120]
    assert waits[-1] == 1800


def test_a_refused_login_stops_the_account_and_a_refused_text_does_not() -> None:
    assert after_publish(refused(ErrorClass.AUTH_REAUTH), tries=1, now=NOW).stops_account
    rejected = after_publish(refused(ErrorClass.CONTENT_REJECTED), tries=1, now=NOW)
    assert rejected.state is State.FAILED
    assert not rejected.stops_account


def test_the_platforms_own_duplicate_is_looked_up_not_resent() -> None:
    assert after_publish(refused(ErrorClass.DUPLICATE), tries=1, now=NOW).state is State.UNKNOWN


def test_polls_are_sparse() -> None:
    asked, at = 0, NOW
    while at < NOW + timedelta(hours=1):
        asked += 1
        next_ = after_poll(State.ACCEPTED, Outcome(state="accepted"), polls=asked, since=NOW, now=at)
        assert next_.next_try_at is not None
        at = next_.next_try_at
    assert asked <= 8
    assert POLL_STEPS[0] == 30


def test_a_question_that_could_not_be_asked_leaves_a_hand_off_with_its_person() -> None:
    outcome = refused(ErrorClass.RETRYABLE, state="accepted")
    assert after_poll(State.HANDED_OVER, outcome, polls=1, since=NOW, now=NOW).state is State.HANDED_OVER


def test_a_post_that_vanishes_after_it_was_live_needs_a_person() -> None:
    for kind in ("absent", "failed"):
        outcome = Outcome.model_validate({"state": kind})
        assert after_poll(State.LIVE, outcome, polls=1, since=NOW, now=NOW).state is State.NEEDS_PERSON


def test_a_dead_workers_row_is_looked_up_only_where_a_call_was_begun() -> None:
    assert after_death(True, tries=9, now=NOW).state is State.UNKNOWN
    assert after_death(False, tries=1, now=NOW).state is State.QUEUED


def test_a_row_that_workers_die_of_again_and_again_stops_with_a_person() -> None:
    stopped = after_death(False, tries=5, now=NOW)
    assert (stopped.state, stopped.next_try_at) == (State.NEEDS_PERSON, None)


@pytest.mark.parametrize("lane", list(Lane))
def test_a_post_missed_by_long_is_shown_to_a_person_instead_of_being_sent(lane: Lane) -> None:
    due = NOW - LATE[lane]
    assert too_late(lane, due, None, NOW) is None
    late = too_late(lane, due - timedelta(seconds=1), None, NOW)
    assert late is not None
    assert late.state is State.NEEDS_PERSON
    long_ago = due - timedelta(days=3)
    assert too_late(lane, long_ago, NOW - timedelta(minutes=5), NOW) is None, "tried in time, it may end late"
    begun = too_late(lane, long_ago, None, NOW, {lane: LateRule(after=LATE[lane], then="drop")}, begun=True)
    assert begun is not None
    assert begun.state is State.NEEDS_PERSON, "what is at the platform already is not dropped unseen"
    assert too_late(lane, long_ago, due - timedelta(days=2), NOW) == late, (
        "a standstill after the first try counts as well"
    )


def test_forbidden_moves_are_refused_and_every_state_has_a_name() -> None:
    with pytest.raises(ForbiddenMove):
        move(State.UNKNOWN, State.SENDING)
    with pytest.raises(ForbiddenMove):
        move(State.WITHDRAWN, State.LIVE)
    assert set(MOVES) == set(State) == set(STATE_NAMES)


def test_spread_is_the_same_each_time_and_between_0_and_1() -> None:
    assert spread_of(7, 2) == spread_of(7, 2) != spread_of(8, 2)
    assert all(0 <= spread_of(row, 1) <= 1 for row in range(100))
