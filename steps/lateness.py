"""Posts whose time passed while the system or their account stood still: what becomes of them, and what became of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from content_store.tables import Delivery, Lane
from content_store.tables import DeliveryState as State
from steps.late_rules import LateRule, too_late

GRACE = timedelta(minutes=5)
"""A queue that is worked on leaves nothing behind for so long."""
MISSED = "已错过预定时间"
"""How the reason of what was not sent by itself begins."""


def is_late(row: Delivery, now: datetime) -> bool:
    """Still waiting although its time is over, or stopped because of that."""
    waits = row.state == State.QUEUED and not row.tries and row.due_at <= now - GRACE
    return waits or (row.state in (State.NEEDS_PERSON, State.WITHDRAWN) and row.reason.startswith(MISSED))


def outlook(row: Delivery, now: datetime, late: Mapping[Lane, LateRule] | None = None) -> str:
    """What the rule of its lane does with a late one that still waits (Chinese); empty for any other."""
    if row.state != State.QUEUED or not is_late(row, now):
        return ""
    instead = too_late(row.lane, row.due_at, row.next_try_at, now, late)
    if instead is None:
        return "已过预定时间，恢复后照常发送。"
    if instead.state is State.WITHDRAWN:
        return "已过预定时间太久，恢复后不再发送，会列在“错过时间”里。"
    return "已过预定时间太久，恢复后不会自动发送，会先问人。"
