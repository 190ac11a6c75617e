"""A newsroom with posts that are out, and a channel that answers what a test tells it: for measuring and ranking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from connectors.base import Capabilities, Channel, Figures
from connectors.errors import NeedsPerson
from content_store import accounts, deliveries, readings, stories
from content_store.tables import Account, Delivery, DeliveryState, Lane, Receipt
from steps.newsroom import Newsroom


@dataclass
class TellingChannel:
    """Answers with what it was given; keeps what it was asked."""

    metrics: str = "daily"
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Delivery id → the fields of its Figures."""
    own: dict[str, Any] | None = None
    series: dict[date, int] = field(default_factory=dict)
    """Day → followers, where the account has a daily series; also the reads of each of `posts` on that day."""
    post_error: Exception | None = None
    own_error: Exception | None = None
    asked: list[tuple[dict[str, dict[str, str]], date]] = field(default_factory=list)

    name = "telling"

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities.model_validate({"mode": "direct", "metrics": self.metrics})

    def post_figures(self, posts: Mapping[str, Mapping[str, str]], day: date) -> list[Figures]:
        self.asked.append(({key: dict(known) for key, known in posts.items()}, day))
        if self.post_error:
            raise self.post_error
        told = {key: self._of_day(values, day, "reads") for key, values in self.posts.items()}
        return [Figures.model_validate({"of": "post", "external_id": key} | values) for key, values in told.items()]

    def account_figures(self, day: date) -> Figures | None:
        if self.own_error:
            raise self.own_error
        if self.own is None or (self.series and day not in self.series):
            return None
        return Figures.model_validate({"of": "account"} | self._of_day(self.own, day, "followers"))

    def _of_day(self, values: dict[str, Any], day: date, name: str) -> dict[str, Any]:
        return values | {"for_date": day, name: self.series[day]} if day in self.series else values


@dataclass(frozen=True)
class TellingNewsroom(Newsroom):
    """A newsroom whose channels are TellingChannels, by the account's key."""

    channels: dict[str, TellingChannel] = field(default_factory=dict)

    def channel(self, account: Account, *, urgent: bool = False) -> Channel:
        if account.key not in self.channels:
            raise NeedsPerson(f"账号“{account.name}”的密钥没有填，请在设置中补上。")
        return self.channels[account.key]  # type: ignore[return-value]  # it has what measuring asks for


def telling(newsroom: Newsroom, **channels: TellingChannel) -> TellingNewsroom:
    return TellingNewsroom(
        store=newsroom.store,
        media=newsroom.media,
        vault=newsroom.vault,
        lexicon_files=newsroom.lexicon_files,
        site_url=newsroom.site_url,
        now=newsroom.now,
        channels=channels,
    )


def an_account(session: Session, key: str, *, platform: str = "wechat", now: datetime, **more: Any) -> int:
    row = accounts.put(session, key, {"platform": platform, "name": key.upper(), "unit": "某科协"} | more, now=now)
    assert row.id is not None
    return row.id


def a_story(session: Session, title: str, *, now: datetime, **more: Any) -> int:
    """A story; returns the id of its version."""
    version = stories.add(session, fields={"title": title}, by=None, now=now, **more)
    assert version.id is not None
    return version.id


def a_live_post(
    session: Session,
    version_id: int,
    account_id: int,
    live_at: datetime | None,
    *,
    state: DeliveryState = DeliveryState.LIVE,
    ids: dict[str, str] | None = None,
) -> int:
    """A delivery that is out; returns its id."""
    marker = f"m{version_id}a{account_id}"
    moment = live_at or datetime(2026, 11, 1).astimezone()
    row: Delivery = deliveries.add(
        session,
        version_id=version_id,
        account_id=account_id,
        marker=marker,
        form={},
        fingerprint="",
        state=state,
        lane=Lane.NORMAL,
        due_at=moment,
        by=None,
        now=moment,
    )
    assert row.id is not None
    row.live_at = live_at
    session.add(Receipt(delivery_id=row.id, external_ids=ids or {}, state=state, updated_at=moment))
    session.flush()
    return row.id


def a_reading(
    session: Session, account_id: int, delivery_id: int | None, taken_at: datetime, for_date: date, **figures: Any
) -> int:
    values = {
        "account_id": account_id,
        "delivery_id": delivery_id,
        "taken_at": taken_at,
        "for_date": for_date,
        "input_kind": "api_persons",
    }
    row = readings.add(session, values | figures)
    assert row.id is not None
    return row.id
