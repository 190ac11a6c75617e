"""What waits in the queue will not be sent: nothing of it stays at the platform either."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from content_store import queue
from content_store.tables import Delivery, TaskKind
from content_store.tables import DeliveryState as State
from steps.delivery_rules import Next
from steps.settling import settle
from steps.tasks import open_task


def call_off_row(
    session: Session, row: Delivery, why: str, *, actor: str, now: datetime, by: int | None = None
) -> None:
    """Called off at once; what an earlier try left at the platform, such as a draft that anybody might publish there, is
    taken away first, and a task stays open until that is proved, as for any other that is taken back."""
    assert row.id is not None
    if not queue.something_there(session, row.id):
        settle(session, row, Next(State.WITHDRAWN, reason=why), now=now, actor=actor)
        return
    open_task(session, row, TaskKind.WITHDRAW, why, by, now, actor=actor)
    settle(session, row, Next(State.WITHDRAWING, now, why), now=now, actor=actor)
