"""How many posts an account may send to its followers in a day or a month, planned with. Asks no platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.channels.codes import BEIJING
from connectors.errors import ConnectorError
from content_store import deliveries, queue
from content_store.tables import Account
from steps.newsroom import Newsroom

_LONGEST_SPAN = timedelta(days=31)
_NAMES = {"day": "每天", "month": "每月"}


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
    mine = _in_span(newsroom, account, now, span)
    return Sends(_used(newsroom, account, mine, now, span), sum(not _is_out(line) for line in mine), most, _NAMES[span])


def over_quota(newsroom: Newsroom, account: Account, story_id: int, due_at: datetime) -> str:
    """What a person should know before planning this story for that time (Chinese); empty where it fits."""
    quota = _quota(newsroom, account)
    if quota is None:
        return ""
    most, span = quota
    mine = _in_span(newsroom, account, due_at, span)
    waiting = sum(line.story_id != story_id and not _is_out(line) for line in mine)
    planned = _used(newsroom, account, mine, due_at, span) + waiting
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


def _in_span(newsroom: Newsroom, account: Account, at: datetime, span: str) -> list[deliveries.Line]:
    """The account's open deliveries of the day or month of `at`."""
    assert account.id is not None
    with newsroom.store.reading() as session:
        near = deliveries.of_accounts(session, [account.id], since=at - _LONGEST_SPAN, until=at + _LONGEST_SPAN)
    return [line for line in near if _span(_time_of(line), span) == _span(at, span)]


def _used(newsroom: Newsroom, account: Account, mine: list[deliveries.Line], at: datetime, span: str) -> int:
    """What was mass sent stays used, whatever became of it since; what a person registered may have been mass sent."""
    assert account.id is not None
    with newsroom.store.reading() as session:
        calls = queue.had_effect(session, account.id, "mass_send", since=at - _LONGEST_SPAN)
    sent = {
        str(call.external_ids.get("msg_id") or call.id): call.delivery_id
        for call in calls
        if _span(call.started_at, span) == _span(at, span)
    }
    by_hand = [line for line in mine if _is_out(line) and _tells(line) and line.delivery.id not in sent.values()]
    return len(sent) + len(by_hand)


def _time_of(line: deliveries.Line) -> datetime:
    row = line.delivery
    return row.live_at or row.accepted_at or row.due_at


def _is_out(line: deliveries.Line) -> bool:
    return line.delivery.live_at is not None or line.delivery.accepted_at is not None


def _tells(line: deliveries.Line) -> bool:
    """Whether what is out may have told followers: not what we know to be published without a word to them."""
    known = line.receipt.external_ids if line.receipt is not None else {}
    return not ("publish_id" in known or "article_id" in known)


def _span(at: datetime, span: str) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%d" if span == "day" else "%Y-%m")
