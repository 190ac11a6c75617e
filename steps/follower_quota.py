"""How many posts an account may send to its followers in a day or a month, planned with. Asks no platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.channels.codes import BEIJING
from connectors.errors import ConnectorError
from content_store import deliveries
from content_store.tables import Account
from steps.newsroom import Newsroom

_LONGEST_SPAN = timedelta(days=31)


@dataclass(frozen=True)
class Sends:
    """How many posts that notify followers are out, and wait, in the present day or month, of how many that may be."""

    used: int
    planned: int
    most: int
    span_name: str


def sends(newsroom: Newsroom, account: Account, now: datetime) -> Sends | None:
    """None where nobody is notified."""
    quota = _quota(newsroom, account)
    if quota is None:
        return None
    most, span = quota
    near = [line.delivery for line in _near(newsroom, account, now)]
    mine = [row for row in near if _span(row.live_at or row.accepted_at or row.due_at, span) == _span(now, span)]
    out = sum(row.live_at is not None or row.accepted_at is not None for row in mine)
    return Sends(out, len(mine) - out, most, "每天" if span == "day" else "每月")


def over_quota(newsroom: Newsroom, account: Account, story_id: int, due_at: datetime) -> str:
    """What a person should know before planning this story for that time (Chinese); empty where it fits."""
    quota = _quota(newsroom, account)
    if quota is None:
        return ""
    most, span = quota
    near = _near(newsroom, account, due_at)
    planned = sum(
        line.story_id != story_id and _span(line.delivery.due_at, span) == _span(due_at, span) for line in near
    )
    if planned < most:
        return ""
    when = "同一天" if span == "day" else "同一个月"
    return (
        f"账号“{account.name}”{when}最多群发 {most} 篇，已有 {planned} 篇，再排的要等次数恢复，或按账号设置不通知粉丝。"
    )


def _quota(newsroom: Newsroom, account: Account) -> tuple[int, str] | None:
    try:
        return newsroom.channel(account).capabilities.notifies_most
    except ConnectorError:
        return None


def _near(newsroom: Newsroom, account: Account, at: datetime) -> list[deliveries.Line]:
    assert account.id is not None
    with newsroom.store.reading() as session:
        return deliveries.of_accounts(session, [account.id], since=at - _LONGEST_SPAN, until=at + _LONGEST_SPAN)


def _span(at: datetime, span: str) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%d" if span == "day" else "%Y-%m")
