"""The clock of an event: how long after the alert each step happened, from the rows alone. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from content_store.tables import Account, Delivery, DeliveryState, Release

LABELS = {"t0": "收到预警", "t1": "备好科普稿", "t2": "第一人签发", "t3": "第二人签发"}


@dataclass(frozen=True)
class Moment:
    """`seconds` since T0; both None where it has not happened."""

    name: str
    label: str
    at: datetime | None
    seconds: float | None


@dataclass(frozen=True)
class AccountMoments:
    delivery_id: int
    account_name: str
    platform: str
    state: str
    sent: Moment
    accepted: Moment
    live: Moment


@dataclass(frozen=True)
class Timeline:
    """The clock of an event. `steps` are t0 to t3 as Moments."""

    t0: datetime
    t1: datetime | None
    t2: datetime | None
    t3: datetime | None
    steps: tuple[Moment, ...]
    accounts: tuple[AccountMoments, ...]


def clock_of(
    opened_at: datetime,
    filled: Sequence[datetime],
    releases: Sequence[Release],
    rows: Sequence[tuple[Delivery, Account, int]],
) -> Timeline:
    """T0 to T3 and each account's way, from the rows. Pure. T2 and T3 are of the version that was first released by two."""
    by_version: dict[int, list[datetime]] = {}
    for release in releases:
        by_version.setdefault(release.story_version_id, []).append(release.released_at)
    done = sorted((sorted(times)[:2] for times in by_version.values() if len(times) > 1), key=lambda pair: pair[1])
    first = done[0][0] if done else min((release.released_at for release in releases), default=None)
    second = done[0][1] if done else None
    times = {"t0": opened_at, "t1": min(filled, default=None), "t2": first, "t3": second}
    shown = tuple(_account_moments(*row, opened_at) for row in rows if row[0].state != DeliveryState.WITHDRAWN)
    return Timeline(
        t0=opened_at,
        t1=times["t1"],
        t2=first,
        t3=second,
        steps=tuple(_moment(name, LABELS[name], at, opened_at) for name, at in times.items()),
        accounts=shown,
    )


def _account_moments(row: Delivery, account: Account, _story_id: int, t0: datetime) -> AccountMoments:
    assert row.id is not None
    return AccountMoments(
        delivery_id=row.id,
        account_name=account.name,
        platform=account.platform,
        state=row.state,
        sent=_moment("sent", "开始发送", row.sending_at, t0),
        accepted=_moment("accepted", "平台已收", row.accepted_at, t0),
        live=_moment("live", "已上线", row.live_at, t0),
    )


def _moment(name: str, label: str, at: datetime | None, t0: datetime) -> Moment:
    return Moment(name, label, at, (at - t0).total_seconds() if at is not None else None)
