"""The tasks that alerts and releases leave behind, and the look after events whose state changes by itself."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlmodel import Session

from content_store import events, log, stories
from content_store.tables import Delivery, FollowUp, User
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom
from steps.preparing import WHY_HELD
from steps.response import OUT, answer_event
from steps.review import standing_of
from steps.stories import standing

logger = logging.getLogger(__name__)

KIND_NAMES = {"update_post": "更新内容", "mark_ended": "注明已结束", "full_review": "补齐审核"}
GIVEN_UP = "这一条没有发布，已放弃。"
LOOK_BACK = timedelta(days=3)
"""How long after its end an event is still looked after: a late delivery goes out within this time or never."""


def finish(newsroom: Newsroom, follow_up_id: int, *, by: int, note: str, now: datetime) -> None:
    """Somebody did it. Raises Refused where it is done already, and for a full review that is not held: that task is
    done by its third verdict, or, once the text was rejected, by a note on what was done about it."""
    with newsroom.store.session() as session:
        task = session.get(FollowUp, follow_up_id, with_for_update=True)
        person = session.get(User, by)
        if task is None:
            raise Missing("这项任务已不存在，请刷新列表。")
        if person is None:
            raise Missing("找不到办理人，请重新登录。")
        if task.done_at is not None:
            raise Refused("这项任务已经办结，无需再办。")
        missing = _missing_review(session, task, note)
        if missing:
            raise Refused(missing)
        task.done_at, task.done_by, task.note = now, by, note.strip()
        log.append(
            session,
            at=now,
            subject="event",
            subject_id=task.event_id,
            act=f"done:{task.kind}",
            actor=person.display_name,
            why=task.note,
            detail={"follow_up": task.id, "delivery": task.delivery_id},
        )


def _missing_review(session: Session, task: FollowUp, note: str) -> str:
    """Why a full review cannot be called done by hand; empty where it can, and for all other tasks."""
    if task.kind != "full_review" or task.story_id is None:
        return ""
    _story, version = standing(session, task.story_id)
    where = standing_of(stories.reviews_of(session, version.id or 0), version.content_hash)
    if where.approved or (where.rejected and note.strip()):
        return ""
    if where.rejected:
        return "这篇应急稿补审时被退回，请写明怎样处理的（如已撤回、已更正），再点“完成”。"
    return "三审还没有补齐，请先由三位同事在稿件页审签；终审通过后，这项任务自动办结。"


def close_given_up(session: Session, row: Delivery, now: datetime) -> None:
    """A post that waited for a person and was not published needs no word on the platform. Nobody is named as having
    done it, so that the task opens again if the post turns up there after all."""
    for task in events.follow_ups_of(session, row.event_id) if row.event_id is not None else ():
        if task.delivery_id == row.id and task.done_at is None:
            task.done_at, task.note = now, GIVEN_UP


def keep_up(newsroom: Newsroom, now: datetime) -> int:
    """For every publishing round: what an ended event left unsent is held back, posts that went out late get their task,
    an answer that was cut off or met no pack is tried again. Returns how many things were changed."""
    with newsroom.store.reading() as session:
        ids = events.to_look_after(session, now=now, since=now - LOOK_BACK, out=OUT, held_back=WHY_HELD)
    return sum(_changes(newsroom, event_id, now) for event_id in ids)


def _changes(newsroom: Newsroom, event_id: int, now: datetime) -> int:
    try:
        return answer_event(newsroom, event_id, now).changes
    except Exception:
        # one event that cannot be answered may stop neither the others nor the publishing round
        logger.exception("event %s could not be brought in line", event_id)
        return 0
