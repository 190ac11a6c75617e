"""A platform with a tiny vocabulary, and a newsroom that publishes to it: what the tests of the queue share."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from connectors.base import (
    Capabilities,
    Channel,
    ErrorClass,
    Figures,
    Journal,
    Outcome,
    PlatformEvent,
    Post,
    Refusal,
)
from connectors.channels.codes import CodeTable, Refused, outcome_of
from connectors.errors import ConnectorError, OutcomeUnknown
from content_store import accounts, queue, stories
from content_store.database import Store
from content_store.media import MediaFolder
from content_store.tables import Account, Delivery, DeliveryState, Lane
from content_store.tables import Post as PostRow
from content_store.vault import Vault
from steps.newsroom import Newsroom

CODES = CodeTable(
    "假平台",
    [
        ("busy", ErrorClass.RATE, "太忙。", "等一等。"),
        ("hour", ErrorClass.RATE, "这一小时的用完了。", "等一等。"),
        ("no", ErrorClass.CONTENT_REJECTED, "不行。", "改一改。"),
        ("login", ErrorClass.AUTH_REAUTH, "没登录。", "去登录。"),
    ],
)
SETTLES = timedelta(minutes=3)


class Died(BaseException):
    """The process ends here."""


@dataclass
class Platform:
    """What is public, by marker, and what goes wrong next."""

    clock: Clock
    public: dict[str, int] = field(default_factory=dict)
    taken_down: set[str] = field(default_factory=set)
    sent: list[str] = field(default_factory=list)
    mishaps: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next_mishap(self) -> str:
        with self.lock:
            return self.mishaps.pop(0) if self.mishaps else ""

    def share(self, marker: str) -> dict[str, str]:
        mishap = self.next_mishap()
        if mishap == "die_before":
            raise Died
        if mishap in ("busy", "hour", "no", "login"):
            raise CODES.refused(mishap, "no")
        if mishap == "lost_before":
            raise OutcomeUnknown("没有答复。")
        with self.lock:
            self.public[marker] = self.public.get(marker, 0) + 1
            self.sent.append(marker)
        if mishap == "lost_after":
            raise OutcomeUnknown("没有答复。")
        if mishap == "die_after":
            raise Died
        if mishap == "defect":
            raise ZeroDivisionError
        return {"status_id": f"id-{marker}"}

    def shows(self, marker: str) -> bool:
        return self.public.get(marker, 0) > 0 and marker not in self.taken_down


@dataclass
class Clock:
    at: datetime

    def now(self) -> datetime:
        return self.at

    def advance(self, **span: float) -> None:
        self.at += timedelta(**span)


class FakeChannel:
    """Fits connectors.base.Channel."""

    name = "fake"

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(mode="direct", short_text=True, can_withdraw=True)

    def check(self) -> Outcome:
        return Outcome(state="done")

    def problems(self, post: Post) -> list[Refusal]:
        return []

    def publish(self, post: Post, journal: Journal) -> Outcome:
        if "status_id" in journal.known:
            return Outcome(state="accepted", external_ids=dict(journal.known), retry_after=5)
        try:
            journal.call("share", "f", lambda: self._platform.share(post.marker))
        except ConnectorError as error:
            return self._timed(outcome_of(error, self._platform.clock.now()))
        return Outcome(state="accepted", external_ids=dict(journal.known), retry_after=5)

    def _timed(self, outcome: Outcome) -> Outcome:
        """A limit by the hour, which the next hour does not lift where it was the day's."""
        hours = {"retry_after": 1800.0, "then_after": 40_000.0} if outcome.raw_code == "hour" else {}
        return outcome.model_copy(update=hours)

    def look_up(self, post: Post, journal: Journal) -> Outcome:
        begun = journal.open.get("share")
        if self._platform.shows(post.marker):
            return Outcome(
                state="done", external_ids={"status_id": f"id-{post.marker}"}, public_url=f"http://x/{post.marker}"
            )
        if begun is None:
            return Outcome(state="absent")
        left = (begun + SETTLES - self._platform.clock.now()).total_seconds()
        return Outcome(state="unknown", retry_after=left) if left > 0 else Outcome(state="absent")

    def poll(self, known: Mapping[str, str]) -> Outcome:
        if not self._platform.shows(known["marker"]):
            return Outcome(state="absent")
        return Outcome(state="done", external_ids=dict(known), public_url=f"http://x/{known['marker']}")

    def withdraw(self, known: Mapping[str, str], journal: Journal) -> Outcome:
        if not self._platform.shows(known["marker"]):
            return Outcome(state="absent")

        def act() -> dict[str, str]:
            mishap = self._platform.next_mishap()
            if mishap == "busy":
                raise CODES.refused("busy", "")
            self._platform.taken_down.add(known["marker"])
            if mishap == "lost_after":
                raise OutcomeUnknown("没有答复。")
            return {}

        try:
            journal.call("destroy", "f", act)
        except (Refused, OutcomeUnknown) as error:
            return outcome_of(error, self._platform.clock.now())
        return Outcome(state="absent")

    def post_figures(self, posts: Mapping[str, Mapping[str, str]], day: date) -> list[Figures]:
        return []

    def account_figures(self, day: date) -> Figures | None:
        return None

    def event(self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> PlatformEvent | None:
        if query.get("signature") != "good":
            return None
        return PlatformEvent(key="k", kind="done", external_ids={"publish_id": query["id"]})


@dataclass(frozen=True)
class FakeNewsroom(Newsroom):
    platform: Platform | None = None

    def channel(self, account: Account, *, urgent: bool = False) -> Channel:
        assert self.platform is not None
        return FakeChannel(self.platform)


def a_newsroom(store: Store, folder: Path, clock: Clock, platform: Platform | None = None, **more: Any) -> Newsroom:
    kind = FakeNewsroom if platform is not None else Newsroom
    values: dict[str, Any] = {
        "store": store,
        "media": MediaFolder(folder / "media"),
        "vault": Vault(Fernet.generate_key()),
        "lexicon_files": {},
        "site_url": "http://127.0.0.1",
        "now": clock.now,
    }
    return kind(**values | more | ({"platform": platform} if platform is not None else {}))


def an_account(newsroom: Newsroom, key: str = "fake", platform: str = "weibo", **values: Any) -> int:
    with newsroom.store.session() as session:
        row = accounts.put(session, key, {"platform": platform, "name": key} | values, now=newsroom.now())
        assert row.id is not None
        return row.id


def a_delivery(
    newsroom: Newsroom,
    account: int,
    marker: str,
    *,
    lane: Lane = Lane.NORMAL,
    due: datetime | None = None,
    form: dict[str, Any] | None = None,
    state: DeliveryState = DeliveryState.QUEUED,
) -> int:
    now = newsroom.now()
    with newsroom.store.session() as session:
        version = stories.add(session, fields={"title": marker, "body_html": "<p>文</p>"}, by=None, now=now)
        assert version.id is not None
        post = PostRow(
            story_version_id=version.id,
            account_id=account,
            marker=marker,
            form={"marker": marker, "title": marker, "text": marker} | (form or {}),
            created_at=now,
        )
        session.add(post)
        session.flush()
        assert post.id is not None
        row = Delivery(
            post_id=post.id,
            story_version_id=version.id,
            account_id=account,
            lane=lane,
            state=state,
            due_at=due or now,
            created_at=now,
        )
        session.add(row)
        session.flush()
        assert row.id is not None
        return row.id


def the(newsroom: Newsroom, delivery: int) -> Delivery:
    with newsroom.store.reading() as session:
        row = session.get(Delivery, delivery)
        assert row is not None
        return row


def receipt_of(newsroom: Newsroom, delivery: int) -> Any:
    with newsroom.store.reading() as session:
        return queue.receipt(session, delivery)
