"""What becomes of a post that is later than planned, by the rule of its lane. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from content_store.tables import DeliveryState as State
from content_store.tables import Lane
from steps.delivery_rules import Next

LATE = {Lane.EMERGENCY: timedelta(hours=2), Lane.NORMAL: timedelta(hours=24), Lane.BULK: timedelta(hours=72)}
"""A post whose time passed so long ago (the system was down) is shown to a person instead of being sent, where nothing else
is set for its lane."""
LATE_MINUTES = 5
"""A post begun so much later than planned says so in its record."""


class LateRule(BaseModel):
    """What is done with a post of a lane that is later than `after`: sent all the same, shown to a person, or dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after: timedelta
    then: Literal["send", "ask", "drop"] = "ask"


class LaneEntry(BaseModel):
    """One line of config/lanes.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lane: Literal["emergency", "normal", "bulk"]
    late_hours: float = Field(gt=0)
    then: Literal["send", "ask", "drop"]


def late_rules(entries: Iterable[LaneEntry]) -> dict[Lane, LateRule]:
    return {Lane[one.lane.upper()]: LateRule(after=timedelta(hours=one.late_hours), then=one.then) for one in entries}


def too_late(
    lane: int,
    due_at: datetime,
    again_at: datetime | None,
    now: datetime,
    late: Mapping[Lane, LateRule] | None = None,
    *,
    begun: bool = False,
) -> Next | None:
    """What becomes of a post that is too late by the rule of its lane; None where it is sent.

    `again_at`: for one that was tried or had to wait, when it was to be tried again; what was tried in time may end late.
    `begun`: something of it is at the platform already, so that only a look there may end it.
    """
    rule = (late or {}).get(Lane(lane)) or LateRule(after=LATE[Lane(lane)])
    if rule.then == "send" or now - max(due_at, again_at or due_at) <= rule.after:
        return None
    if begun:
        remedy = "请在平台上核对：已发出就登记链接；没有发出，仍要发就点“重新发送”，不发就点“放弃”。"
        return Next(State.NEEDS_PERSON, reason="已错过预定时间太久，没有接着发送。", remedy=remedy)
    if rule.then == "drop":
        return Next(State.WITHDRAWN, reason="已错过预定时间太久，按这一类的规定不再发送。")
    return Next(
        State.NEEDS_PERSON,
        reason="已错过预定时间太久，没有自动发送。",
        remedy="请确认内容没有过时：仍要发就点“重新发送”，不发就点“放弃”。",
    )


def said_late(due_at: datetime, now: datetime) -> str:
    """For the record of a post that is begun late (Chinese); empty where it is on time."""
    minutes = int((now - due_at).total_seconds() // 60)
    if minutes < LATE_MINUTES:
        return ""
    return f"比预定时间晚 {minutes} 分钟才发送。" if minutes < 120 else f"比预定时间晚 {minutes // 60} 小时才发送。"
