"""How many posts an account may send to its followers in a day or a month, planned with. Asks no platform."""

from __future__ import annotations

from datetime import datetime, timedelta

from connectors.channels.codes import BEIJING
from connectors.errors import ConnectorError
from content_store import deliveries
from content_store.tables import Account
from steps.newsroom import Newsroom

_LONGEST_SPAN = timedelta(days=31)


def over_quota(newsroom: Newsroom, account: Account, story_id: int, due_at: datetime) -> str:
    """What a person should know before planning this story for that time (Chinese); empty where it fits."""
    try:
        quota = newsroom.channel(account).capabilities.notifies_most
    except ConnectorError:
        return ""
    if quota is None or account.id is None:
        return ""
    most, span = quota
    with newsroom.store.reading() as session:
        near = deliveries.of_accounts(session, [account.id], since=due_at - _LONGEST_SPAN, until=due_at + _LONGEST_SPAN)
    planned = sum(
        line.story_id != story_id and _span(line.delivery.due_at, span) == _span(due_at, span) for line in near
    )
    if planned < most:
        return ""
    when = "同一天" if span == "day" else "同一个月"
    return (
        f"账号“{account.name}”{when}最多群发 {most} 篇，已有 {planned} 篇，再排的要等次数恢复，或按账号设置不通知粉丝。"
    )


def _span(at: datetime, span: str) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%d" if span == "day" else "%Y-%m")
