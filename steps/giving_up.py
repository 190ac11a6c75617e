"""Giving up: it will not be sent, and no draft of it stays at the platform.

What goes on by itself is stopped before the platform is asked: a process that dies half-way leaves a row that waits for a
person and says so, whether its draft is deleted by then or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from connectors.base import Discards, Outcome
from connectors.channels.codes import outcome_of
from connectors.errors import ConnectorError, NeedsPerson
from connectors.registry import channel_class
from content_store import queue
from content_store.tables import Account, Delivery, TaskKind
from content_store.tables import DeliveryState as State
from steps.asking import hands_on, looked_up
from steps.delivery_rules import Next
from steps.errors import Refused
from steps.follow_ups import close_given_up
from steps.newsroom import Newsroom
from steps.presses import NEVER_OUT, changed, held_for, only
from steps.settling import settle
from steps.tasks import open_task

DELETE_DRAFT = "请登录公众平台，在草稿箱里删除这一篇，再点“登记为已撤回”。"
GIVING_UP = "有人放弃了这一条，平台上的草稿还没有核对完。"
PRESS_AGAIN = "请再点一次“放弃”，系统会先核对，草稿还在就删掉。"
_OUT_THERE = "平台上已经有这一条"
_MAY_BE_OUT = (State.FAILED, State.NEEDS_PERSON, State.HANDED_OVER)
"""States in which something of it may be public without our knowing."""
_CHOOSE = "要撤下请点“撤回”，要保留请等系统核对或登记链接。"


@dataclass(frozen=True)
class _Before:
    """What the row was when it was stopped."""

    state: State
    reason: str
    remedy: str
    hand_off: str


def give_up(newsroom: Newsroom, delivery_id: int, by: int | None, now: datetime) -> State:
    """It will not be sent. A draft of it is deleted at the platform; where that fails, it is a person's task.

    Raises Refused, also where its draft was published already. Where no drafts are left, what turns out to be public
    becomes live.
    """
    before = _stopped(newsroom, delivery_id, by, now)
    if before is None:
        return _without_a_draft(newsroom, delivery_id, by, now)
    left = _discarded(newsroom, delivery_id, now)
    if left.state in ("done", "accepted"):
        _goes_on(newsroom, delivery_id, before, by, now)
        raise Refused(f"{_OUT_THERE}，不能放弃：{_CHOOSE}")

    def act(session: Session, row: Delivery, actor: str) -> None:
        if not _is_stopped(row):
            raise Refused("刚才有人处理过这一条，请刷新后再试。")
        if before.state is State.HANDED_OVER:
            close_given_up(session, row, now)
        if left.state != "absent":
            why, remedy = _still_there(left)
            settle(session, row, Next(State.NEEDS_PERSON, reason=why, remedy=remedy), now=now, actor=actor)
            open_task(session, row, TaskKind.WITHDRAW, remedy, by, now)
            return
        reason = "由人放弃，平台上没有留下草稿。"
        settle(session, row, Next(State.WITHDRAWN, reason=reason), now=now, actor=actor)

    return changed(newsroom, delivery_id, by, act, now)


def _stopped(newsroom: Newsroom, delivery_id: int, by: int | None, now: datetime) -> _Before | None:
    """The row waits for a person until the platform has answered; None where it can have left no draft there.

    Raises Refused.
    """
    found: list[_Before] = []

    def act(session: Session, row: Delivery, actor: str) -> None:
        _may_give_up(row)
        account = session.get_one(Account, row.account_id)
        if _leaves_drafts(account.platform) and queue.something_there(session, delivery_id):
            found.append(_Before(State(row.state), row.reason, row.remedy, row.hand_off))
            stop = Next(State.NEEDS_PERSON, reason=GIVING_UP, remedy=PRESS_AGAIN)
            settle(session, row, stop, now=now, actor=actor)

    changed(newsroom, delivery_id, by, act, now)
    return found[0] if found else None


def _goes_on(newsroom: Newsroom, delivery_id: int, before: _Before, by: int | None, now: datetime) -> None:
    """It is out there, and nothing was deleted: what waited for a person on the platform is looked at now, anything else
    is a person's question."""

    def act(session: Session, row: Delivery, actor: str) -> None:
        if not _is_stopped(row):
            return
        if before.state is State.HANDED_OVER:
            again = Next(before.state, now, before.reason, before.remedy, hand_off=before.hand_off)
        else:
            again = Next(State.NEEDS_PERSON, reason=f"{_OUT_THERE}，没有放弃。", remedy=_CHOOSE)
        settle(session, row, again, now=now, actor=actor)

    changed(newsroom, delivery_id, by, act, now)


def _without_a_draft(newsroom: Newsroom, delivery_id: int, by: int | None, now: datetime) -> State:
    """What a lost call made, or what is known by its number, may be public: the platform is asked first."""
    with newsroom.store.reading() as session:
        row = session.get(Delivery, delivery_id)
        before = hands_on(session, row)
        # one that waits in the queue again may have been sent by a process that died
        asked = row is not None and (row.state in _MAY_BE_OUT or queue.something_there(session, delivery_id))
    found = looked_up(newsroom, delivery_id) if asked else Outcome(state="absent")

    def act(session: Session, row: Delivery, actor: str) -> None:
        _may_give_up(row)
        if hands_on(session, row) != before:
            raise Refused("刚才有人处理过这一条，请刷新后再试。")
        if found.state in ("done", "accepted"):
            _is_out(session, row, found, actor, now)
            return
        if row.state == State.HANDED_OVER:
            if _told_of(session, row.id or 0):
                raise Refused("平台刚报告这一条已发布，不能放弃：要撤下请点“撤回”，要保留请等系统核对。")
            close_given_up(session, row, now)
        settle(session, row, Next(State.WITHDRAWN, reason="由人放弃。"), now=now, actor=actor)

    return changed(newsroom, delivery_id, by, act, now)


def _is_out(session: Session, row: Delivery, found: Outcome, actor: str, now: datetime) -> None:
    """It is not given up: what is public is live, whatever was thought of it. Raises Refused, also where the queue finds
    that out by itself."""
    if row.state not in _MAY_BE_OUT:
        raise Refused(f"{_OUT_THERE}，不能放弃：{_CHOOSE}")
    if found.state == "accepted" and row.state == State.FAILED:
        raise Refused("平台还在处理这一条，请稍后再看。")
    live = found.state == "done"
    next_ = Next(State.LIVE if live else State.ACCEPTED, None if live else now, ids=found.external_ids)
    settle(session, row, next_, now=now, actor=actor, outcome=found)


def _is_stopped(row: Delivery) -> bool:
    """Nobody has worked on it since `_stopped`."""
    return row.state == State.NEEDS_PERSON and row.reason == GIVING_UP


def _leaves_drafts(platform: str) -> bool:
    try:
        return hasattr(channel_class(platform), "discard")
    except NeedsPerson:
        return False


def _told_of(session: Session, delivery_id: int) -> bool:
    """Whether a call-back named the work that was made from a hand-off."""
    known = queue.receipt(session, delivery_id)
    return known is not None and any(known.external_ids.get(name) for name in ("item_id", "video_id"))


def _still_there(left: Outcome) -> tuple[str, str]:
    """Why it is not over yet, and what to do."""
    if left.state == "pending_user" and left.refusal is not None:
        return f"已放弃，但{left.refusal.cause}", left.refusal.remedy
    return f"已放弃，但草稿没有删掉：{left.refusal.cause if left.refusal else '平台没有答复。'}", DELETE_DRAFT


def _may_give_up(row: Delivery) -> None:
    only(row, {*NEVER_OUT, State.NEEDS_PERSON, State.HANDED_OVER}, "放弃")
    if row.state == State.NEEDS_PERSON and row.live_at is not None:
        raise Refused("这一条上过线，不能放弃：已经删除的点“登记为已撤回”，仍在线上的登记链接。")


def _discarded(newsroom: Newsroom, delivery_id: int, now: datetime) -> Outcome:
    """What became of the drafts it may have left at the platform. Raises Refused."""
    with held_for(newsroom, delivery_id, "give-up", lambda _session, row: _is_stopped(row)) as held:
        if held is None:
            raise Refused("刚才有人处理过这一条，请刷新后再试。")
        account, _, journal = held
        try:
            channel = newsroom.channel(account)
            assert isinstance(channel, Discards)
            return channel.discard(journal.known, journal)
        except ConnectorError as error:
            return outcome_of(error, now)
