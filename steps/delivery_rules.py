"""What a delivery becomes next: the states, the moves between them, and the decision after each outcome. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from connectors.base import ErrorClass, Outcome
from content_store.tables import Delivery
from content_store.tables import DeliveryState as State

MOVES: dict[State, frozenset[State]] = {
    State.HELD: frozenset({State.QUEUED, State.NEEDS_PERSON, State.WITHDRAWING, State.WITHDRAWN}),
    State.QUEUED: frozenset({State.SENDING, State.HELD, State.NEEDS_PERSON, State.WITHDRAWING, State.WITHDRAWN}),
    State.SENDING: frozenset(
        {
            State.QUEUED,
            State.ACCEPTED,
            State.LIVE,
            State.FAILED,
            State.UNKNOWN,
            State.NEEDS_PERSON,
            State.HANDED_OVER,
        }
    ),
    State.ACCEPTED: frozenset({State.LIVE, State.FAILED, State.UNKNOWN, State.NEEDS_PERSON, State.WITHDRAWING}),
    State.HANDED_OVER: frozenset(
        {State.ACCEPTED, State.LIVE, State.FAILED, State.NEEDS_PERSON, State.WITHDRAWING, State.WITHDRAWN}
    ),
    State.UNKNOWN: frozenset(
        {State.QUEUED, State.ACCEPTED, State.LIVE, State.FAILED, State.HANDED_OVER, State.NEEDS_PERSON}
    ),
    State.FAILED: frozenset({State.QUEUED, State.LIVE, State.NEEDS_PERSON, State.WITHDRAWING, State.WITHDRAWN}),
    State.NEEDS_PERSON: frozenset(
        {State.QUEUED, State.LIVE, State.ACCEPTED, State.HANDED_OVER, State.WITHDRAWING, State.WITHDRAWN}
    ),
    State.LIVE: frozenset({State.WITHDRAWING, State.WITHDRAWN, State.NEEDS_PERSON}),
    State.WITHDRAWING: frozenset({State.WITHDRAWN, State.NEEDS_PERSON}),
    # a hand-off that was called off, and is confirmed in the app all the same; a person sends it once more, and says why
    State.WITHDRAWN: frozenset({State.NEEDS_PERSON, State.QUEUED}),
}
"""Staying in a state is always allowed and is no move."""

STATE_NAMES = {
    State.HELD: "待定",
    State.QUEUED: "排队中",
    State.SENDING: "发送中",
    State.ACCEPTED: "平台处理中",
    State.LIVE: "已发布",
    State.FAILED: "发布失败",
    State.UNKNOWN: "结果待核对",
    State.NEEDS_PERSON: "需要人工处理",
    State.HANDED_OVER: "待人工完成",
    State.WITHDRAWING: "撤回中",
    State.WITHDRAWN: "已撤回",
}

TRIES_MAX = 5
POLL_STEPS = (30, 60, 120, 300, 600, 1800)
"""Seconds between questions about an accepted post: a new WeChat account may ask 100 times a day for all its posts."""
HAND_STEPS = (60, 300, 600, 1800, 3600, 7200)
"""As POLL_STEPS, for posts that wait for a person; people press 立即核对 when they are in a hurry."""
LOST_AT_ONCE, LOST_MOST_SECONDS = 2, 1800.0
"""So many lost calls without effect are made again at once; then the waits grow up to the other."""
WAIT_FOR_PLATFORM = timedelta(hours=24)
WAIT_FOR_PERSON = timedelta(hours=48)
VISIBLE_WITHIN = timedelta(minutes=10)
WORK_IDS = ("article_id", "msg_id", "status_id", "photo_id", "item_id", "video_id")
"""Under these names the platforms' numbers of a public work are known."""

_K = ErrorClass
_WAITING_HELPS = {_K.RETRYABLE, _K.RATE, _K.QUOTA, _K.AUTH_REFRESH}
_ACCOUNT = {_K.AUTH_REAUTH, _K.PERMISSION}
_FINAL = {_K.CONTENT_REJECTED, _K.VALIDATION, _K.PERMANENT, _K.NOT_FOUND}


_OUT = {State.ACCEPTED, State.LIVE, State.HANDED_OVER}
_UNDER_WAY = {State.SENDING, State.UNKNOWN, *_OUT}
CALLED_OFF = "发出前已取消。"


def is_cancelled(row: Delivery) -> bool:
    """Whether it was taken out of the queue before anything of it was sent, or published by a person. Pure."""
    return row.state == State.WITHDRAWN and row.sending_at is None and row.live_at is None


class ForbiddenMove(ValueError):
    """A defect: no rule leads from the one state to the other."""


@dataclass(frozen=True)
class Next:
    """What the row becomes. `next_try_at` None: nothing happens until a person acts."""

    state: State
    next_try_at: datetime | None = None
    reason: str = ""
    remedy: str = ""
    hand_off: str = ""
    stops_account: bool = False
    parks_account_until: datetime | None = None
    """The account's other queued posts would meet the same refusal until then."""
    settled: bool = False
    """The lost calls were looked up and had no effect: they may be made again."""
    ids: dict[str, str] = field(default_factory=dict)


def move(old: State, new: State) -> State:
    """`new`, if the rules allow the move. Raises ForbiddenMove."""
    if new != old and new not in MOVES[old]:
        raise ForbiddenMove(f"{old} -> {new}")
    return new


def after_publish(
    outcome: Outcome, *, tries: int, now: datetime, spread: float = 0.0, met_before: bool = False
) -> Next:
    """`tries`: how often it was sent, this time included; `spread` 0…1 keeps many rows from coming back at once;
    `met_before`: the try before this one ended with the same code."""
    ids = outcome.external_ids
    if outcome.state == "done":
        return Next(State.LIVE, ids=ids)
    if outcome.state == "accepted":
        return Next(State.ACCEPTED, _in(now, outcome.retry_after or POLL_STEPS[0]), ids=ids)
    if outcome.state == "pending_user":
        return Next(State.HANDED_OVER, _in(now, HAND_STEPS[0]), hand_off=outcome.hand_off, ids=ids)
    if outcome.state == "failed":
        if met_before and outcome.then_after is not None:
            outcome = outcome.model_copy(update={"retry_after": outcome.then_after})
        return _refused(outcome, tries, now, spread)
    return _unknown(outcome, now)


def after_look_up(outcome: Outcome, *, since: datetime, now: datetime, tries: int = 1) -> Next:
    """`since`: when the lost call was begun; `tries`: how often it was sent."""
    if outcome.state == "absent":
        # a platform that loses one call after the other is not asked the same every minute of its bad day
        wait = 0.0 if tries <= LOST_AT_ONCE else min(60.0 * 2 ** min(tries - LOST_AT_ONCE - 1, 10), LOST_MOST_SECONDS)
        return Next(State.QUEUED, _in(now, wait), settled=True, ids=outcome.external_ids)
    if outcome.state == "unknown" and now - since > WAIT_FOR_PLATFORM and not _asks_for_person(outcome):
        return Next(
            State.NEEDS_PERSON,
            reason="一直无法核对是否已发出。",
            remedy="请在平台上核对：已发出就登记链接，没有就点“重新发送”。",
        )
    if outcome.state == "failed" and not _waiting_helps(outcome):
        return _refused(outcome, TRIES_MAX, now, 0.0)
    if outcome.state in ("failed", "unknown"):
        return _unknown(outcome, now)
    return after_publish(outcome, tries=TRIES_MAX, now=now)


def after_poll(old: State, outcome: Outcome, *, polls: int, since: datetime, now: datetime) -> Next:
    """`since`: when the platform took it, or when it was handed over."""
    if outcome.state == "done":
        return Next(State.LIVE, ids=outcome.external_ids)
    if outcome.state == "absent" or (old is State.LIVE and outcome.state == "failed"):
        return _vanished(old, outcome, since, now)
    if outcome.state == "failed" and not _waiting_helps(outcome):
        return _refused(outcome, TRIES_MAX, now, 0.0)
    if old is State.LIVE:
        # not readable just now: asked again, and live until shown otherwise
        return Next(State.LIVE, _in(now, outcome.retry_after or POLL_STEPS[-1]))
    if old is State.HANDED_OVER and outcome.state == "pending_user":
        return _still_handed_over(polls, since, now)
    return _still_accepted(old, outcome, polls, since, now)


def not_before(next_: Next, seconds: float, now: datetime) -> Next:
    """The same, but tried again in so many seconds at the earliest."""
    earliest = _in(now, seconds)
    return next_ if next_.next_try_at is None else replace(next_, next_try_at=max(next_.next_try_at, earliest))


def not_after(next_: Next, asked: datetime | None) -> Next:
    """The same, but looked at again by `asked`, where it is in a state in which looking tells anything."""
    if asked is None or next_.state not in (State.UNKNOWN, *_OUT):
        return next_
    return replace(next_, next_try_at=asked if next_.next_try_at is None else min(next_.next_try_at, asked))


def is_proof_of_absence(known: Mapping[str, str], *, was_live: bool, lost: bool) -> bool:
    """Whether the platform's "not there" speaks of this very work.

    A work that was public, or that a lost call may have made, is gone only if the platform was asked by its number.
    """
    return not (was_live or lost) or any(known.get(name) for name in WORK_IDS)


def after_withdraw(outcome: Outcome, *, tries: int, now: datetime, proven: bool) -> Next:
    """`tries`: how often it was tried, this time included. `proven`: whether "absent" may be believed."""
    if outcome.state == "absent" and not proven:
        reason = "平台没有给出这一条的编号，系统查不到它是否还在。"
        return Next(State.NEEDS_PERSON, reason=reason, remedy="请在平台上核对并删除，再点“登记为已撤回”。")
    if outcome.state == "absent":
        return Next(State.WITHDRAWN, ids=outcome.external_ids)
    if outcome.state == "pending_user":
        return _person(outcome, "只能由人在平台上删除。", "请在平台上删除后，点“登记为已撤回”。")
    kind = outcome.refusal.kind if outcome.refusal else None
    if tries >= TRIES_MAX or (kind is not None and kind not in _WAITING_HELPS):
        person = _person(outcome, "多次撤回都没有成功。", "请在平台上删除后，点“登记为已撤回”。")
        return replace(person, stops_account=kind is _K.AUTH_REAUTH)
    wait = outcome.retry_after or 60.0 * 2 ** (tries - 1)
    reason, remedy = (outcome.refusal.cause, outcome.refusal.remedy) if outcome.refusal else ("", "")
    return Next(State.WITHDRAWING, _in(now, wait), reason, remedy)


def as_wished(old: State, new: State, *, something_there: bool, now: datetime) -> Next | None:
    """What becomes of a row that somebody wants taken back, once it is known what became of it; None where it is not, or
    where withdrawing it was tried already. `something_there`: something of it may be at the platform, a draft or a post."""
    if old not in _UNDER_WAY or new in (State.SENDING, State.UNKNOWN, State.WITHDRAWING, State.WITHDRAWN):
        return None
    if new is State.NEEDS_PERSON and old not in (State.SENDING, State.UNKNOWN):
        return None
    if new in _OUT or something_there:
        return Next(State.WITHDRAWING, now)
    return Next(State.WITHDRAWN, reason=CALLED_OFF)


def after_death(has_open_calls: bool, *, tries: int, now: datetime) -> Next:
    """A row in `sending` whose worker is gone. One that was at hand each time a worker died may have killed them."""
    if has_open_calls:
        return Next(State.UNKNOWN, now, reason="发送途中程序中断，正在核对是否已发出。")
    if tries >= TRIES_MAX:
        remedy = "请联系管理员查看日志，处理后再点“重新发送”。"
        return Next(State.NEEDS_PERSON, reason="发送途中程序多次中断，已停下。", remedy=remedy)
    return Next(State.QUEUED, now)


def spread_of(delivery_id: int, tries: int) -> float:
    """A number from 0 to 1, the same each time for the same row and try."""
    return hashlib.sha256(f"{delivery_id}:{tries}".encode()).digest()[0] / 255


def _refused(outcome: Outcome, tries: int, now: datetime, spread: float) -> Next:
    refusal = outcome.refusal
    if refusal is None:
        return _person(outcome, "平台没有说明原因。", "请在平台上核对后再处理。")
    if refusal.kind is _K.DUPLICATE:
        return Next(State.UNKNOWN, now, refusal.cause, refusal.remedy, ids=outcome.external_ids)
    if refusal.kind in _WAITING_HELPS:
        return _again(outcome, refusal.kind, tries, now, spread)
    if refusal.kind in _FINAL:
        return Next(State.FAILED, None, refusal.cause, refusal.remedy, ids=outcome.external_ids)
    stops = refusal.kind in _ACCOUNT and bool(outcome.raw_code)
    return Next(State.NEEDS_PERSON, None, refusal.cause, refusal.remedy, stops_account=stops, ids=outcome.external_ids)


def _again(outcome: Outcome, kind: ErrorClass, tries: int, now: datetime, spread: float) -> Next:
    assert outcome.refusal is not None
    cause, remedy = outcome.refusal.cause, outcome.refusal.remedy
    # a quota, or a limit whose periods are known, opens again by itself, however often it was met
    if tries >= TRIES_MAX and kind is not _K.QUOTA and outcome.then_after is None:
        return Next(
            State.NEEDS_PERSON, None, f"试了 {tries} 次仍没有成功：{cause}", "请稍后点“重新发送”，或到平台上核对账号。"
        )
    backoff = 30.0 * 2 ** min(tries, TRIES_MAX)
    wait = max(outcome.retry_after or 0.0, 0.0) or backoff
    at = _in(now, wait + spread * min(wait, 60.0) / 2)
    parks = at if kind in (_K.RATE, _K.QUOTA) else None
    return Next(State.QUEUED, at, cause, remedy, parks_account_until=parks, ids=outcome.external_ids)


def _unknown(outcome: Outcome, now: datetime) -> Next:
    if _asks_for_person(outcome):
        return _person(outcome, "结果不明。", "请在平台上核对。")
    reason, remedy = "平台没有给出完整答复，正在核对是否已发出。", "无需处理，系统会自动核对，不会重复发送。"
    if outcome.refusal is not None:
        reason, remedy = outcome.refusal.cause, outcome.refusal.remedy
    wait = outcome.retry_after if outcome.retry_after is not None else 300.0 if outcome.not_asked else 30.0
    stops = outcome.refusal is not None and outcome.refusal.kind is _K.AUTH_REAUTH
    return Next(State.UNKNOWN, _in(now, wait), reason, remedy, stops_account=stops, ids=outcome.external_ids)


def _waiting_helps(outcome: Outcome) -> bool:
    """The question could not be asked now; that is no answer about the post."""
    return outcome.refusal is not None and outcome.refusal.kind in {*_WAITING_HELPS, _K.DUPLICATE}


def _asks_for_person(outcome: Outcome) -> bool:
    """Not where the platform could not be asked: then nobody was told to look there, and it is asked again."""
    return outcome.refusal is not None and outcome.refusal.kind is _K.NEEDS_HUMAN and not outcome.not_asked


def _vanished(old: State, outcome: Outcome, since: datetime, now: datetime) -> Next:
    if now - since < VISIBLE_WITHIN and old is State.ACCEPTED:
        return Next(State.ACCEPTED, _in(now, 60.0), ids=outcome.external_ids)
    return Next(
        State.NEEDS_PERSON,
        reason=outcome.refusal.cause if outcome.refusal else "平台上已查不到这一条，可能已被删除。",
        remedy="请在平台上核对：已被删除就登记为已撤回，仍在就登记链接。",
        ids=outcome.external_ids,
    )


def _still_handed_over(polls: int, since: datetime, now: datetime) -> Next:
    if now - since > WAIT_FOR_PERSON:
        return Next(
            State.NEEDS_PERSON,
            reason="交给人工后两天没有完成。",
            remedy="请完成发布，或登记链接，或点“放弃”。",
        )
    return Next(State.HANDED_OVER, _in(now, HAND_STEPS[min(polls, len(HAND_STEPS) - 1)]))


def _still_accepted(old: State, outcome: Outcome, polls: int, since: datetime, now: datetime) -> Next:
    if now - since > WAIT_FOR_PLATFORM:
        return _person(outcome, "平台一天都没有给出结果。", "请在平台上核对：已发出就登记链接，没有就点“重新发送”。")
    reason, remedy, stops = "", "", False
    if outcome.refusal is not None:
        reason, remedy = outcome.refusal.cause, outcome.refusal.remedy
        stops = outcome.refusal.kind is _K.AUTH_REAUTH
    wait = max(outcome.retry_after or 0.0, POLL_STEPS[min(polls, len(POLL_STEPS) - 1)])
    # a question that could not be asked says nothing about the post
    state = State.ACCEPTED if outcome.refusal is None else old
    return Next(state, _in(now, wait), reason, remedy, stops_account=stops, ids=outcome.external_ids)


def _person(outcome: Outcome, cause: str, remedy: str) -> Next:
    if outcome.refusal is not None:
        cause, remedy = outcome.refusal.cause, outcome.refusal.remedy
    return Next(State.NEEDS_PERSON, None, cause, remedy, ids=outcome.external_ids)


def _in(now: datetime, seconds: float) -> datetime:
    return now + timedelta(seconds=max(seconds, 0.0))
