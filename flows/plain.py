"""Each flow as a plain function: what a round of it does, without Prefect.

The clock calls these where seconds count and where Prefect is down; the Prefect flows beside this file do the same work
through the same steps. Running one twice, late, or on two machines at once does no harm.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from config.settings import Settings
from flows.opening import ranking_rules
from ranking.weeks import week_of
from steps.callbacks import look_into_doubts
from steps.clustering import sign_due
from steps.collect import collect_due, warnings_due
from steps.consents import warn_once
from steps.follow_ups import keep_up
from steps.measure import measure
from steps.newsroom import Newsroom
from steps.overdue import remind_once
from steps.pictures import fetch_waiting
from steps.publish import anything_due, emergency_waits, poll_accepted, publish_due, publish_emergency
from steps.rank import rank_week
from steps.same_event import join_due
from steps.tag import tag_due

Counts = dict[str, Any]
LOCAL = ZoneInfo("Asia/Shanghai")


def collect(newsroom: Newsroom, settings: Settings, now: datetime) -> Counts:
    """All but warnings. Rounds may overlap: of what comes after the visits, one at a time."""
    counts = collect_due(newsroom, now, warnings=False)
    with newsroom.traffic.under_way.alone("after collecting") as mine:
        if mine:
            counts |= fetch_waiting(newsroom, now)
            sign_due(newsroom)
    return counts


def warnings(newsroom: Newsroom, settings: Settings, now: datetime) -> Counts:
    """Sources of warnings alone: they wait for no other source."""
    return collect_due(newsroom, now, warnings=True)


def tag(newsroom: Newsroom, settings: Settings, now: datetime) -> Counts:
    return {**tag_due(newsroom, now), **join_due(newsroom, now, within=timedelta(days=settings.event_days))}


def publish(newsroom: Newsroom, settings: Settings, now: datetime) -> Counts:
    kept_up = keep_up(newsroom, now)
    sent = publish_due(newsroom, now)
    polled = {f"polled_{name}": number for name, number in poll_accepted(newsroom, now).items()}
    look_into_doubts(newsroom, now)
    return {"kept_up": kept_up, **sent, **polled}


def send(newsroom: Newsroom, settings: Settings, now: datetime) -> Counts:
    """What became due this second, beside `publish`, which also asks and looks after events."""
    return dict(publish_due(newsroom, now))


def emergency(newsroom: Newsroom, settings: Settings, now: datetime) -> Counts:
    """Beside `publish`, which may be waiting for slow answers."""
    return publish_emergency(newsroom, now)


def measure_yesterday(newsroom: Newsroom, settings: Settings, now: datetime) -> Counts:
    """Platforms give yesterday's figures at the latest."""
    return measure(newsroom, now.astimezone(LOCAL).date() - timedelta(days=1), now)


def rank_last_week(newsroom: Newsroom, settings: Settings, now: datetime) -> Counts:
    week = week_of(now.astimezone(LOCAL).date() - timedelta(days=7))
    return {"week": week, "report": rank_week(newsroom, week, now, ranking_rules(settings))}


def remind(newsroom: Newsroom, settings: Settings, now: datetime) -> Counts:
    """What a person has to be told once: it stays on the desk until it is done."""
    return {"consents": len(warn_once(newsroom, now)), "packages": remind_once(newsroom, now)}


ROUNDS: dict[str, Callable[[Newsroom, Settings, datetime], Counts]] = {
    "collect": collect,
    "warnings": warnings,
    "tag": tag,
    "publish": publish,
    "send": send,
    "emergency": emergency,
    "measure": measure_yesterday,
    "rank": rank_last_week,
    "remind": remind,
}

WORTH_A_ROUND: dict[str, Callable[[Newsroom, datetime], bool]] = {
    "warnings": warnings_due,
    "send": anything_due,
    "emergency": emergency_waits,
}
"""Flows that run every few seconds: a round in which nothing waits is not begun and not put on record."""
PLAIN_ONLY = frozenset(WORTH_A_ROUND)
"""Prefect takes longer to begin than these may take."""
