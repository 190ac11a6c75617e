"""What an event leads to: prepared posts while it stands; once it has changed or ended, unsent posts held back and a task
for every post that is out.

`answer_event` may run at any time and any number of times: it looks at the rows and adds what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from content_store import accounts, events
from content_store.tables import Delivery, DeliveryState
from steps import in_hand
from steps.delivery_rules import Next
from steps.held_posts import note_refusals
from steps.newsroom import Newsroom
from steps.preparing import ACTOR, REMEDY_HELD, UNSENT, WHY_HELD, Answer, filled_from, material_changed, prepare
from steps.settling import settle
from steps.standing import EventNow, event_now
from steps.threads import State

OUT = frozenset(
    {
        DeliveryState.SENDING,
        DeliveryState.ACCEPTED,
        DeliveryState.LIVE,
        DeliveryState.UNKNOWN,
        DeliveryState.NEEDS_PERSON,
        DeliveryState.HANDED_OVER,
        DeliveryState.WITHDRAWING,
    }
)
"""States in which readers may see the post, or soon will."""
NOT_SENT = "这一条没有发出，无需处理。"
MARK_WITHIN = timedelta(hours=1)
UPDATE_WITHIN = timedelta(minutes=30)


def answer_event(newsroom: Newsroom, event_id: int, now: datetime) -> Answer:
    """Brings stories, deliveries and tasks in line with the event as it stands. Raises Missing."""
    answer = Answer()
    with newsroom.store.session() as session:
        events.lock_threads(session)
        view = event_now(session, event_id, now)
        rows = events.locked_deliveries(session, event_id)
        _note_expiry(view)
        if view.stands:
            prepare(session, newsroom, view, rows, answer, now)
            _ask_for_updates(session, newsroom, view, rows, answer, now)
        else:
            _hold_back(session, view, rows, answer, now)
            _ask_for_marks(session, view, rows, answer, now)
    for delivery_id in answer.new_delivery_ids:
        note_refusals(newsroom, delivery_id, now, ACTOR)
    return answer


def _note_expiry(view: EventNow) -> None:
    """Time alone ends it, or an Update gives it more."""
    event = view.event
    if view.state is State.EXPIRED and event.end_kind != State.EXPIRED:
        event.end_kind, event.ended_at = State.EXPIRED, event.expires_at
    elif view.stands and event.end_kind == State.EXPIRED:
        event.end_kind, event.ended_at = "", None


def _ask_for_updates(
    session: Session, newsroom: Newsroom, view: EventNow, rows: Sequence[Delivery], answer: Answer, now: datetime
) -> None:
    """A task for each post that says another level, area or hazard than the event has now, and a word on each that
    waits for a person."""
    event, since, names = view.event, filled_from(session, view), _names(session, rows)
    what = f"预警已变为{event.area_text}{event.hazard_name}{newsroom.hazards.colour(event.level)}"
    stories = {row.id: story_id for row, _, story_id in events.deliveries_of(session, event.id or 0)}
    for row in rows:
        alert_id = since.get(row.story_version_id) or since.get(-stories.get(row.id, 0))
        called_off = row.id in answer.withdrawn_ids
        changed = alert_id is not None and material_changed(view, alert_id)
        answer.changes += _tell_hands(row, in_hand.CHANGED if changed else "")
        if not changed or not (row.state in OUT or called_off):
            continue
        asked = _or_give_up(row, "更新或补发") or f"请更新或补发“{names[row.account_id]}”上的内容。"
        values = _task(view, row, "update_post", f"{what}，{asked}", now)
        values |= {"alert_id": view.thread.current.id if view.thread else None, "due_at": now + UPDATE_WITHIN}
        values |= _nothing_to_do(now) if called_off else {}
        answer.changes += events.add_follow_up(session, values)


def _hold_back(session: Session, view: EventNow, rows: Sequence[Delivery], answer: Answer, now: datetime) -> None:
    why = next(reason for reason, end in WHY_HELD.items() if end == view.state)
    for row in rows:
        if row.state in UNSENT and row.reason != why:
            settle(session, row, Next(DeliveryState.HELD, reason=why, remedy=REMEDY_HELD), now=now, actor=ACTOR)
            answer.changes += 1
        answer.changes += _tell_hands(row, in_hand.OVER[view.state])


def _tell_hands(row: Delivery, why: str) -> bool:
    """Says on a post that waits for a person why he should leave it; empty where nothing speaks against it (any more).
    The queue goes on asking whether it is out. True where something changed."""
    if row.state != DeliveryState.HANDED_OVER or row.reason == why or not (why or row.reason in in_hand.REMEDIES):
        return False
    row.reason, row.remedy = why, in_hand.REMEDIES.get(why, "")
    return True


def _or_give_up(row: Delivery, what: str) -> str:
    """Whether a person has published it already, only he knows."""
    return f"如已在手机上发布，请{what}；没有发布请放弃这一条。" if row.state == DeliveryState.HANDED_OVER else ""


def _ask_for_marks(session: Session, view: EventNow, rows: Sequence[Delivery], answer: Answer, now: datetime) -> None:
    """One task for each delivery that was released. Where nothing was sent it is done already, and opens again if that
    post goes out after all. A post of an alert that merely ran out says itself until when it held."""
    if view.state is State.EXPIRED:
        return
    released = _released(session, view)
    names, ended = _names(session, rows), "已解除" if view.state is State.CANCELLED else "已被取代"
    known = {
        task.delivery_id: task
        for task in events.follow_ups_of(session, view.event.id or 0)
        if task.kind == "mark_ended"
    }
    for row in rows:
        out, task = row.state in OUT, known.get(row.id)
        if task is None and (out or (row.id in released and row.state != DeliveryState.WITHDRAWN)):
            asked = _or_give_up(row, f"注明预警{ended}") or f"请在“{names[row.account_id]}”已发的内容上注明。"
            what = f"{view.event.hazard_name}预警{ended}，{asked}"
            values = _task(view, row, "mark_ended", what, now)
            values |= {"alert_id": view.ending.id if view.ending else None, "due_at": now + MARK_WITHIN}
            answer.changes += events.add_follow_up(session, values | ({} if out else _nothing_to_do(now)))
        elif task is not None and out and task.done_at is not None and task.done_by is None:
            task.done_at, task.note, task.due_at = None, "", now + MARK_WITHIN
            answer.changes += 1
    _close_updates(session, view, now)


def _released(session: Session, view: EventNow) -> set[int | None]:
    """Deliveries whose story two people put out."""
    stories = {story.id for story, _ in events.stories_of(session, view.event.id or 0) if story.status == "released"}
    return {row.id for row, _, story_id in events.deliveries_of(session, view.event.id or 0) if story_id in stories}


def _close_updates(session: Session, view: EventNow, now: datetime) -> None:
    for task in events.follow_ups_of(session, view.event.id or 0):
        if task.kind == "update_post" and task.done_at is None:
            task.done_at, task.note = now, "事件已结束，改为注明预警已结束。"


def _task(view: EventNow, row: Delivery, kind: str, what: str, now: datetime) -> dict[str, Any]:
    return {"event_id": view.event.id, "delivery_id": row.id, "kind": kind, "what": what, "created_at": now}


def _nothing_to_do(now: datetime) -> dict[str, Any]:
    return {"done_at": now, "note": NOT_SENT}


def _names(session: Session, rows: Sequence[Delivery]) -> Mapping[int, str]:
    found = accounts.with_ids(session, [row.account_id for row in rows])
    return {key: account.name for key, account in found.items()}
