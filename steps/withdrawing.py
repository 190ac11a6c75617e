"""Taking a post back: called off where it was never sent, withdrawn where it may be out."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from content_store import queue
from content_store.tables import Delivery, TaskKind
from content_store.tables import DeliveryState as State
from steps.delivery_rules import CALLED_OFF, Next
from steps.errors import Refused
from steps.newsroom import Newsroom
from steps.presses import NEVER_OUT, at_work, changed, only
from steps.settling import settle
from steps.tasks import open_task


def cancel(
    newsroom: Newsroom, delivery_id: int, by: int | None, now: datetime, *, due_at: datetime | None = None
) -> State:
    """Called off before it was sent. Raises Refused for anything else, and where it is not planned for `due_at` any more: a
    page that is out of date must neither take a live post down nor undo what a colleague planned."""
    return _taken_back(newsroom, delivery_id, by, now, "", unsent_only=True, due_at=due_at)


def withdraw(newsroom: Newsroom, delivery_id: int, by: int | None, now: datetime, why: str = "") -> State:
    """Takes it back: what was never sent is called off at once, what may be out, or left a draft there, is withdrawn in the
    next round, and a task stays open until that is proved.

    What is being sent or looked up keeps its state, and the task is the wish: once it is known what became of it, it is
    withdrawn or not sent (`delivery_rules.as_wished`). Returns the new state. Raises Refused where it was withdrawn before.
    """
    return _taken_back(newsroom, delivery_id, by, now, why)


def _taken_back(
    newsroom: Newsroom,
    delivery_id: int,
    by: int | None,
    now: datetime,
    why: str,
    *,
    unsent_only: bool = False,
    due_at: datetime | None = None,
) -> State:
    def act(session: Session, row: Delivery, actor: str) -> None:
        state = State(row.state)
        if unsent_only:
            only(row, NEVER_OUT, "取消发布")
            if due_at is not None and row.due_at != due_at:
                raise Refused("这一条刚刚改了发布时间，请刷新后再决定。")
        if state is State.WITHDRAWN:
            raise Refused("这一条已经撤下，无需再撤。")
        if state is State.WITHDRAWING:
            return
        if state in NEVER_OUT and not queue.something_there(session, delivery_id):
            settle(session, row, Next(State.WITHDRAWN, reason=CALLED_OFF), now=now, actor=actor)
            return
        open_task(session, row, TaskKind.WITHDRAW, why.strip(), by, now)
        if at_work(newsroom, row) or state is State.SENDING:
            return
        if state is State.UNKNOWN:
            row.next_try_at = now
            return
        settle(session, row, Next(State.WITHDRAWING, now), now=now, actor=actor)

    return changed(newsroom, delivery_id, by, act, now, at_work_too=True)
