"""Sending again what failed, stopped or was taken down: looked up first, never sent twice."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from connectors.base import Outcome
from content_store import deliveries, stories
from content_store.tables import Delivery, StoryVersion
from content_store.tables import DeliveryState as State
from steps.asking import hands_on, looked_up
from steps.delivery_rules import Next
from steps.errors import Refused
from steps.newsroom import Newsroom
from steps.presses import changed, only, refuse_if_over
from steps.settling import settle
from steps.tasks import no_longer_wished


def resend(newsroom: Newsroom, delivery_id: int, by: int | None, now: datetime, why: str = "") -> State:
    """Sends a failed or stopped delivery again, or, with a reason, one that was taken down. What may be out already is
    looked up first and never sent twice.

    Raises Refused where it cannot be looked up just now.
    """
    with newsroom.store.reading() as session:
        before = hands_on(session, session.get(Delivery, delivery_id))
    found = looked_up(newsroom, delivery_id)

    def act(session: Session, row: Delivery, actor: str) -> None:
        only(row, {State.FAILED, State.NEEDS_PERSON, State.WITHDRAWN}, "重新发送")
        newer = _newer_version(session, row)
        if newer is not None:
            raise Refused(f"第 {newer} 版已排给或发到这个账号，旧版不能再发，请放弃这一条。")
        was_down = row.state == State.WITHDRAWN
        if found.state == "pending_user" and row.live_at is not None and not was_down:
            raise Refused("这一条登记过已发布，系统查不到它还在不在：先在平台上删除并登记为已撤回，再重新发送。")
        if hands_on(session, row) != before:
            raise Refused("刚才有人处理过这一条，请刷新后再试。")
        if was_down:
            _may_go_out_again(session, row, found, why, now)
        elif found.state not in ("done", "accepted"):
            refuse_if_over(session, row, now)
        no_longer_wished(session, row, "由人改为重新发送。", by=by, now=now, actor=actor)
        if found.state in ("done", "accepted"):
            state = State.LIVE if found.state == "done" else State.ACCEPTED
            if row.state == State.FAILED and state is State.ACCEPTED:
                raise Refused("平台还在处理这一条，请稍后再看。")
            next_ = Next(state, None if state is State.LIVE else now, ids=found.external_ids)
            settle(session, row, next_, now=now, actor=actor, outcome=found)
            return
        reason = f"撤回后重新发送：{why.strip()}" if was_down else ""
        next_ = Next(State.QUEUED, now, reason, settled=True, ids=found.external_ids)
        settle(session, row, next_, now=now, actor=actor)
        # a fresh start: the old times would make it late or overdue at once
        row.due_at, row.tries, row.sending_at, row.accepted_at, row.live_at = now, 0, None, None, None
        if was_down:
            deliveries.forget_address(session, delivery_id)

    return changed(newsroom, delivery_id, by, act, now)


def _may_go_out_again(session: Session, row: Delivery, found: Outcome, why: str, now: datetime) -> None:
    """Raises Refused."""
    if not why.strip():
        raise Refused("请写明为什么重新发送，原因会记入经过。")
    if found.state in ("done", "accepted"):
        raise Refused("平台上还能查到这一条，没有撤下，请先在平台上删除。")
    story = stories.of_version(session, row.story_version_id)
    if story is None or story.status not in ("approved", "released"):
        raise Refused("稿件已作废、被退回或正在修改，不能再发，请先走完审签。")
    refuse_if_over(session, row, now)


def _newer_version(session: Session, row: Delivery) -> int | None:
    """The number of a newer version of the same story that stands on the same account, or waits for it."""
    version = session.get(StoryVersion, row.story_version_id)
    if version is None:
        return None
    gone = {State.WITHDRAWN, State.FAILED}
    rows = stories.deliveries_of(session, version.story_id)
    newer = [
        number
        for other, number in rows
        if other.account_id == row.account_id and number > version.number and other.state not in gone
    ]
    return max(newer, default=None)
