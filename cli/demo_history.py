"""Two weeks that never were: sample stories taken through the real steps with the clock set back, so that the desk has
live posts, figures and a ranking to show. The stand-ins' clock is moved along and left at the present."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import requests

from config.settings import Settings
from content_store import accounts, deliveries
from content_store import stories as stories_store
from content_store.tables import Account, DeliveryState, ReviewStep, Verdict
from flows import plain
from steps import by_hand, review, stories
from steps.adapt import PACKED
from steps.measure import measure
from steps.newsroom import Newsroom
from steps.posts import package_of
from steps.publish import poll_accepted, publish_due
from steps.schedule import plan

LOCAL = ZoneInfo("Asia/Shanghai")
DAYS = 13
"""How far back the history begins."""
REVIEWS = ((ReviewStep.FIRST, "chushen"), (ReviewStep.SECOND, "fushen"), (ReviewStep.FINAL, "zhongshen"))


VIDEO_DAYS = 3
"""Every third story has a video, for Douyin and Kuaishou."""
UPLOADED, LEFT_LYING = {12, 10, 8, 3}, {6, 1}
"""Days back on which packages are handed over: those whose link came back, and those that still wait."""
ON_THE_PHONE, NOT_YET_SCANNED = 3, 1
"""Days back on which Douyin gets the story: published by hand, and still waiting for somebody to scan it."""
AHEAD = (timedelta(hours=3), timedelta(days=1))
"""When the stories are due that still wait in the queue."""


class Sandbox:
    """The stand-ins' hidden hand: their clock, and the phone of somebody who publishes."""

    def __init__(self, base: str) -> None:
        self.base = base

    def set(self, at: datetime) -> None:
        self._post("clock", {"now": at.isoformat()})

    def publish_on_phone(self, schema: str, open_id: str) -> str:
        """Returns the work's number."""
        return str(self._post("douyin/open", {"schema": schema, "open_id": open_id})["video_id"])

    def _post(self, path: str, body: dict[str, str]) -> Any:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(f"{self.base}/_sandbox/{path}", json=body, timeout=10)
        answer.raise_for_status()
        return answer.json()


def make_history(newsroom: Newsroom, chosen: Settings, base: str, staff: dict[str, int], now: datetime) -> None:
    """One story a day goes to the accounts; each morning yesterday's figures are read; last week is ranked."""
    clock = Sandbox(base)
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
        _plan_ahead(newsroom, base, materials, staff, now)
        plain.measure_yesterday(newsroom, chosen, now)
        plain.rank_last_week(newsroom, chosen, now)
    finally:
        warnings.disabled = False
        clock.set(now)


def _plan_ahead(newsroom: Newsroom, base: str, materials: Iterator[int], staff: dict[str, int], now: datetime) -> None:
    """Stories that wait in the queue for today and tomorrow."""
    for wait, article in zip(AHEAD, materials, strict=False):
        story = _approved(newsroom, article, staff, now, _video(base, 0))
        chosen = [row.id for row in _accounts(newsroom, VIDEO_DAYS) if row.id is not None]
        plan(newsroom, story, chosen, due_at=now + wait, by=staff["bianji"], now=now)


def _publish_one(
    newsroom: Newsroom, clock: Sandbox, article: int, staff: dict[str, int], at: datetime, day: int
) -> None:
    story = _approved(newsroom, article, staff, at, _video(clock.base, day))
    chosen = [row.id for row in _accounts(newsroom, day) if row.id is not None]
    plan(newsroom, story, chosen, due_at=at, by=staff["bianji"], now=at)
    for minutes in (1, 5, 20):
        moment = at + timedelta(minutes=minutes)
        clock.set(moment)
        there = dataclasses.replace(newsroom, now=lambda at=moment: at)
        publish_due(there, moment)
        if minutes == 1:
            _finish_by_hand(there, clock, story, staff["bianji"], day)
        poll_accepted(there, moment)


def _approved(newsroom: Newsroom, article: int, staff: dict[str, int], at: datetime, video: str) -> int:
    """A story from the article that passed its three reviews."""
    story = stories.make_from_article(newsroom, article, by=staff["bianji"], now=at)
    fields = {"ai_use": "none", "video_url": video}
    stories.edit(newsroom, story, fields, based_on=1, by=staff["bianji"], now=at)
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
    return story


def _video(base: str, day: int) -> str:
    return f"{base}/sites/videos/day{day}.mp4" if day % VIDEO_DAYS == 0 or day == NOT_YET_SCANNED else ""


def _finish_by_hand(newsroom: Newsroom, sandbox: Sandbox, story: int, by: int, day: int) -> None:
    """What people do on the platforms: the phone that scans Douyin's code, the links of uploaded packages."""
    now = newsroom.now()
    with newsroom.store.reading() as session:
        waiting = deliveries.listed(session, story_id=story, states=(DeliveryState.HANDED_OVER,))
    for line in waiting:
        number, platform = line.delivery.id or 0, line.account.platform
        if platform == "douyin" and day == ON_THE_PHONE:
            with newsroom.store.reading() as session:
                known = accounts.credentials(session, line.account.id or 0, newsroom.vault)
            work = sandbox.publish_on_phone(by_hand.show_hand_off(newsroom, number, now, by), known["open_id"])
            # nobody calls back while the demonstration is set up: the person registers the link
            by_hand.register_live(newsroom, number, f"{line.account.settings['public_url']}/video/{work}", by, now)
        elif platform in PACKED and day in UPLOADED:
            package_of(newsroom, number, by=by)
            page = f"{line.account.settings['public_url']}/?{platform}={number}"
            by_hand.register_live(newsroom, number, page, by, now)


def _accounts(newsroom: Newsroom, day: int) -> list[Account]:
    """The province's accounts every day, the others in turn; where people finish, only on the days for it."""
    with newsroom.store.reading() as session:
        able = [row for row in accounts.listed(session, enabled_only=True) if _has_its_day(row, day)]
    return [row for number, row in enumerate(able) if row.area == "220000" or (number + day) % 3 == 0]


def _has_its_day(account: Account, day: int) -> bool:
    if account.platform == "douyin":
        return account.area == "220000" and day in (ON_THE_PHONE, NOT_YET_SCANNED)
    return account.platform not in PACKED or day in UPLOADED | LEFT_LYING


def _materials(newsroom: Newsroom) -> Iterator[int]:
    """Science pieces of sources that allow it, one of each cluster, those with pictures; none that is a story already.

    So a first start that was killed in the middle goes on with the pieces that are left.
    """
    with newsroom.store.reading() as session:
        found = [
            n
            for n in stories_store.materials(session, limit=DAYS + len(AHEAD))
            if not stories_store.made_from(session, n)
        ]
    yield from found
