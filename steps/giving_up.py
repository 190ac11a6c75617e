"""Giving up: it will not be sent, and no draft of it stays at the platform."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from connectors.base import Discards, Outcome
from connectors.channels.codes import outcome_of
from connectors.errors import ConnectorError
from content_store import queue
from content_store.tables import Delivery, TaskKind
from content_store.tables import DeliveryState as State
from steps.delivery_rules import Next
from steps.errors import Refused
from steps.follow_ups import close_given_up
from steps.newsroom import Newsroom
from steps.presses import NEVER_OUT, changed, held_for, only
from steps.settling import settle
from steps.tasks import open_task

DELETE_DRAFT = "请登录公众平台，在草稿箱里删除这一篇，再点“登记为已撤回”。"


def give_up(newsroom: Newsroom, delivery_id: int, by: int | None, now: datetime) -> State:
    """It will not be sent. A draft of it is deleted at the platform; where that fails, it is a person's task.

    Raises Refused, also where it is public already.
    """
    left = _discarded(newsroom, delivery_id, now)
    if left is not None and left.state in ("done", "accepted"):
        raise Refused("平台上已经有这一条，不能放弃：要撤下请点“撤回”，要保留请等系统核对或登记链接。")

    def act(session: Session, row: Delivery, actor: str) -> None:
        _may_give_up(row)
        if row.state == State.HANDED_OVER:
            if _told_of(session, delivery_id):
                raise Refused("平台刚报告这一条已发布，不能放弃：要撤下请点“撤回”，要保留请等系统核对。")
            close_given_up(session, row, now)
        if left is not None and left.state != "absent":
            why, remedy = _still_there(left)
            settle(session, row, Next(State.NEEDS_PERSON, reason=why, remedy=remedy), now=now, actor=actor)
            open_task(session, row, TaskKind.WITHDRAW, remedy, by, now)
            return
        reason = "由人放弃。" if left is None else "由人放弃，平台上没有留下草稿。"
        settle(session, row, Next(State.WITHDRAWN, reason=reason), now=now, actor=actor)

    return changed(newsroom, delivery_id, by, act, now)


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


def _discarded(newsroom: Newsroom, delivery_id: int, now: datetime) -> Outcome | None:
    """What became of the drafts it may have left at the platform; None where there can be none. Raises Refused."""

    def ready(session: Session, row: Delivery) -> bool:
        _may_give_up(row)
        return queue.something_there(session, delivery_id)

    with held_for(newsroom, delivery_id, "give-up", ready) as held:
        if held is None:
            return None
        account, _, journal = held
        try:
            channel = newsroom.channel(account)
            found = channel.discard(journal.known, journal) if isinstance(channel, Discards) else None
        except ConnectorError as error:
            found = outcome_of(error, now)
    if found is not None and found.state == "done":
        with newsroom.store.session() as session:
            # what it is from now on, the next look tells
            queue.look_now(session, account.id or 0, {State.HANDED_OVER}, now=now)
    return found
