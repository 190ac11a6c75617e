"""Two weeks that never were: sample stories taken through the real steps with the clock set back, so that the desk has
live posts, figures and a ranking to show. The stand-ins' clock is moved along and left at the present."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import requests

from config.settings import Settings
from content_store import accounts
from content_store import stories as stories_store
from content_store.tables import Account, ReviewStep, Verdict
from flows import plain
from steps import review, stories
from steps.measure import measure
from steps.newsroom import Newsroom
from steps.publish import poll_accepted, publish_due
from steps.schedule import plan

LOCAL = ZoneInfo("Asia/Shanghai")
DAYS = 13
"""How far back the history begins."""
REVIEWS = ((ReviewStep.FIRST, "chushen"), (ReviewStep.SECOND, "fushen"), (ReviewStep.FINAL, "zhongshen"))


class SandboxClock:
    """The stand-ins' clock, moved from outside."""

    def __init__(self, base: str) -> None:
        self._base = base

    def set(self, at: datetime) -> None:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(f"{self._base}/_sandbox/clock", json={"now": at.isoformat()}, timeout=10)
        answer.raise_for_status()


def make_history(newsroom: Newsroom, chosen: Settings, base: str, staff: dict[str, int], now: datetime) -> None:
    """One story a day goes to the accounts; each morning yesterday's figures are read; last week is ranked."""
    clock = SandboxClock(base)
    materials = _materials(newsroom)
    warnings = logging.getLogger("connectors.clock")
    # our clock is wrong on purpose: nobody need be told
    warnings.disabled = True
    try:
        for day in range(DAYS, 0, -1):
            morning = datetime.combine((now - timedelta(days=day)).astimezone(LOCAL).date(), time(9, 30), LOCAL)
            clock.set(morning)
            then = dataclasses.replace(newsroom, now=lambda at=morning: at)
            measure(then, morning.date() - timedelta(days=1), morning)
            article = next(materials, None)
            if article is not None:
                _publish_one(then, clock, article, staff, morning, day)
        clock.set(now)
        plain.measure_yesterday(newsroom, chosen, now)
        plain.rank_last_week(newsroom, chosen, now)
    finally:
        warnings.disabled = False
        clock.set(now)


def _publish_one(
    newsroom: Newsroom, clock: SandboxClock, article: int, staff: dict[str, int], at: datetime, day: int
) -> None:
    story = stories.make_from_article(newsroom, article, by=staff["bianji"], now=at)
    stories.edit(newsroom, story, {"ai_use": "none"}, based_on=1, by=staff["bianji"], now=at)
    review.submit(newsroom, story, by=staff["bianji"], now=at)
    for step, name in REVIEWS:
        version = stories.standing_version(newsroom, story)
        review.give(
            newsroom,
            story,
            step=step,
            verdict=Verdict.PASSED,
            reason="",
            content_hash=version.content_hash,
            by=staff[name],
            now=at,
        )
    chosen = [row.id for row in _accounts(newsroom, day) if row.id is not None]
    plan(newsroom, story, chosen, due_at=at, by=staff["bianji"], now=at)
    for minutes in (1, 5, 20):
        moment = at + timedelta(minutes=minutes)
        clock.set(moment)
        there = dataclasses.replace(newsroom, now=lambda at=moment: at)
        publish_due(there, moment)
        poll_accepted(there, moment)


def _accounts(newsroom: Newsroom, day: int) -> list[Account]:
    """The province's accounts every day, the others in turn; Douyin needs a hand on a phone, so it has no history."""
    with newsroom.store.reading() as session:
        able = [row for row in accounts.listed(session, enabled_only=True) if row.platform != "douyin"]
    return [row for number, row in enumerate(able) if row.area == "220000" or (number + day) % 3 == 0]


def _materials(newsroom: Newsroom) -> Iterator[int]:
    """Science pieces of sources that allow it, one of each cluster, those with pictures; none that is a story already.

    So a first start that was killed in the middle goes on with the pieces that are left.
    """
    with newsroom.store.reading() as session:
        found = [n for n in stories_store.materials(session, limit=DAYS) if not stories_store.made_from(session, n)]
    yield from found
