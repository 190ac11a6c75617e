"""Measuring: ask every account's platform for its figures and write them down, each time as new snapshots.

No transaction is open while the network is waited for. What is written is never changed: later figures are more rows.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from connectors.base import Channel, Figures
from connectors.errors import ConnectorError
from content_store import accounts, queue, readings
from content_store.readings import LivePost
from content_store.tables import Account
from ranking.weeks import BEIJING
from steps.delivery_rules import WORK_IDS
from steps.newsroom import Newsroom

Counts = dict[str, Any]
"""accounts, posts (asked for), readings (written), unread (posts the platform said nothing about), failed (a list)."""

FOLLOWED_DAYS = 30
"""Platforms with daily series end them 30 days after publication; snapshots of others hardly change by then."""

CAUGHT_UP_DAYS = 6
"""How many earlier days are asked for again where they have no reading: Douyin's shortest series has seven days."""

_log = logging.getLogger(__name__)


def measure(newsroom: Newsroom, day: date, now: datetime) -> Counts:
    """Figures of `day` for every live post of the last FOLLOWED_DAYS and every account that can be measured.

    Days before it that were missed are asked for again where the platform keeps a daily series.
    An account that fails is one line in `failed` with its reason; what it gave before failing is kept.
    """
    counts: Counts = {"day": day.isoformat(), "accounts": 0, "posts": 0, "readings": 0, "unread": 0, "failed": []}
    with newsroom.store.reading() as session:
        listed = accounts.listed(session, enabled_only=True)
    for account in listed:
        try:
            channel = newsroom.channel(account)
        except ConnectorError as error:
            _failed(counts, account, error.message)
            continue
        if channel.capabilities.metrics in {"snapshot", "daily"}:
            _measure_account(newsroom, account, channel, day, counts)
    return counts


def for_date(figures: Figures, day: date) -> date:
    """The day a snapshot counts for: what the platform said, else the day before it was taken.

    A running total taken today is at the latest yesterday's figure; asked for a day long past, it is still not that day's.
    """
    if figures.for_date is not None:
        return figures.for_date
    return max(day, figures.taken_at.astimezone(BEIJING).date() - timedelta(days=1))


def _measure_account(newsroom: Newsroom, account: Account, channel: Channel, day: date, counts: Counts) -> None:
    counts["accounts"] += 1
    try:
        _read_posts(newsroom, account, channel, day, counts)
        _read_own(newsroom, account, channel, day, counts)
        for earlier, also_posts in _missed(newsroom, account, channel, day):
            if also_posts:
                _read_posts(newsroom, account, channel, earlier, counts, late=True)
            _read_own(newsroom, account, channel, earlier, counts, late=True)
    except ConnectorError as error:
        _failed(counts, account, error.message)
    except Exception:
        # a defect in one adapter must not cost the others their day: it cannot be asked for again later
        _log.exception("measuring account %s failed", account.key)
        _failed(counts, account, "程序出错，读数没有取到；请把日志交给维护人员。")


def _missed(newsroom: Newsroom, account: Account, channel: Channel, day: date) -> list[tuple[date, bool]]:
    """Earlier days without a reading of the account, and whether its posts have none either.

    A round never ran, or the platform did not have its figures ready in time. Only where it keeps a daily series.
    """
    if channel.capabilities.metrics != "daily" or account.id is None:
        return []
    days = [day - timedelta(days=number) for number in range(CAUGHT_UP_DAYS, 0, -1)]
    with newsroom.store.reading() as session:
        of_posts, own = readings.days_read(session, account.id, since=days[0], until=day)
    return [(earlier, earlier not in of_posts) for earlier in days if earlier not in own]


def _read_posts(
    newsroom: Newsroom, account: Account, channel: Channel, day: date, counts: Counts, *, late: bool = False
) -> None:
    asked = {str(post.delivery.id): _known(post) for post in _posts(newsroom, account, day)}
    if not asked:
        return
    found = [figures for figures in channel.post_figures(asked, day) if figures.external_id in asked]
    if late:
        # a running total of today says nothing about a day gone by
        found = [figures for figures in found if figures.for_date == day]
    else:
        counts["posts"] += len(asked)
        left_out = asked.keys() - {figures.external_id for figures in found}
        counts["unread"] += len(left_out)
        if channel.capabilities.metrics == "snapshot":
            _look_again(newsroom, [int(key) for key in sorted(left_out) if _has_number(asked[key])])
    _keep(newsroom, account, found, day, counts)


def _has_number(known: Mapping[str, str]) -> bool:
    """Whether the platform was asked for this very post. One that a person registered may have no number."""
    return any(known.get(name) for name in WORK_IDS)


def _look_again(newsroom: Newsroom, delivery_ids: Iterable[int]) -> None:
    """Posts that running totals leave out may have been removed since: the next round asks for each, and that decides."""
    with newsroom.store.session() as session:
        for delivery_id in delivery_ids:
            queue.look_at_live(session, delivery_id, now=newsroom.now())


def _read_own(
    newsroom: Newsroom, account: Account, channel: Channel, day: date, counts: Counts, *, late: bool = False
) -> None:
    own = channel.account_figures(day)
    if own is not None and (not late or own.for_date == day):
        _keep(newsroom, account, [own], day, counts)


def _posts(newsroom: Newsroom, account: Account, day: date) -> list[LivePost]:
    end = datetime.combine(day + timedelta(days=1), time.min, BEIJING)
    with newsroom.store.reading() as session:
        return readings.live_posts(session, since=end - timedelta(days=FOLLOWED_DAYS), until=end, account_id=account.id)


def _known(post: LivePost) -> Mapping[str, str]:
    """The platform's ids of a post, and the local date on which it came out."""
    ids = {name: str(value) for name, value in (post.receipt.external_ids if post.receipt else {}).items()}
    live_at = post.delivery.live_at
    return ids | ({"published_on": live_at.astimezone(BEIJING).date().isoformat()} if live_at else {})


def _keep(newsroom: Newsroom, account: Account, found: Iterable[Figures], day: date, counts: Counts) -> None:
    with newsroom.store.session() as session:
        for figures in found:
            readings.add(session, _row(account, figures, day))
            counts["readings"] += 1


def _row(account: Account, figures: Figures, day: date) -> dict[str, Any]:
    names = ("reads", "likes", "looks", "shares", "comments", "favourites", "followers", "new_followers")
    return {
        "account_id": account.id,
        "delivery_id": int(figures.external_id) if figures.of == "post" else None,
        "taken_at": figures.taken_at,
        "for_date": for_date(figures, day),
        "input_kind": figures.input_kind,
        "final": figures.final,
        "raw": figures.raw,
        **{name: getattr(figures, name) for name in names},
    }


def _failed(counts: Counts, account: Account, reason: str) -> None:
    counts["failed"].append({"account": account.key, "name": account.name, "reason": reason})
