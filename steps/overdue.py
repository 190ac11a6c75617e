"""Packages that were handed over and never came back: nobody registered a link. Reminded of after three working days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import chinese_calendar
from sqlmodel import Session

from connectors.errors import NeedsPerson
from connectors.registry import channel_class
from content_store import deliveries, log
from content_store.deliveries import Line
from content_store.tables import Delivery
from content_store.tables import DeliveryState as State
from steps.newsroom import Newsroom
from steps.settling import BEIJING

WORKING_DAYS = 3
REMINDED = "reminded"
"""In the log: the missing link of this delivery was reminded of."""
WAITING = (State.HANDED_OVER, State.NEEDS_PERSON)
_MOST = 300
_TIRED = "交给人工后"
"""How the reason begins with which the queue gives up waiting for a person (steps.delivery_rules)."""


def is_working_day(day: date) -> bool:
    """By the State Council's calendar, shifted weekends included; of a year it has not published yet, Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # the library's word for a year that is not in its calendar
        return day.weekday() < 5


def working_days(since: datetime, now: datetime, works: Callable[[date], bool] = is_working_day) -> int:
    """Whole working days in Beijing that ended after `since`, today not counted. Pure for a given `works`."""
    first, today = since.astimezone(BEIJING).date(), now.astimezone(BEIJING).date()
    days = (first + timedelta(days=number) for number in range(1, (today - first).days + 1))
    return sum(works(day) for day in days)


def by_package(platform: str) -> bool:
    """Whether accounts of this platform are given packages (connectors.base.Packs)."""
    try:
        return hasattr(channel_class(platform), "package")
    except NeedsPerson:
        return False


def is_package(line: Line) -> bool:
    """Whether somebody was given a package for it, and the link has not come back."""
    row = line.delivery
    # after two days the queue asks for a person; the package is still the same
    waits = row.state == State.HANDED_OVER or (row.state == State.NEEDS_PERSON and row.reason.startswith(_TIRED))
    return waits and row.live_at is None and by_package(line.account.platform)


def reminder(row: Delivery, now: datetime) -> str:
    """What to say of a package that waits too long (Chinese); empty before."""
    if row.sending_at is None:
        return ""
    days = working_days(row.sending_at, now)
    if days < WORKING_DAYS:
        return ""
    return f"资料包交出已 {days} 个工作日，还没有人登记链接。请问清是否已上传、审核到哪一步；已公开就登记链接，没有上传就点“放弃”。"


def overdue(session: Session, now: datetime) -> list[Line]:
    """Packages that wait too long, the oldest first."""
    waiting = deliveries.listed(session, states=WAITING, limit=_MOST, soonest_first=True)
    return [line for line in waiting if is_package(line) and reminder(line.delivery, now)]


def remind_once(newsroom: Newsroom, now: datetime) -> int:
    """Writes one reminder to the log of each package that waits too long; returns how many are new."""
    with newsroom.store.reading() as session:
        late = overdue(session, now)
    return sum(_reminded(newsroom, line, now) for line in late)


def _reminded(newsroom: Newsroom, line: Line, now: datetime) -> bool:
    row = line.delivery
    assert row.id is not None
    with newsroom.store.session() as session:
        earlier = [entry.at for entry in log.of(session, "delivery", row.id) if entry.act == REMINDED]
        if row.sending_at is None or any(at >= row.sending_at for at in earlier):
            return False
        why = reminder(row, now)
        log.append(session, at=now, subject="delivery", subject_id=row.id, act=REMINDED, actor="system", why=why)
    return True
