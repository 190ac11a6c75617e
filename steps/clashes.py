"""What a person should know before planning: too close in time, or said before, on the same account. Nothing of it forbids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from sqlmodel import Session

from content_store import deliveries
from content_store.deliveries import Line, Said
from content_store.tables import Account, StoryVersion
from steps.adapt import SAMPLE_MARKER, fingerprint_of, form_of, plain
from tagging.sameness import Signature, is_same, signature

APART_MINUTES = 30
"""Between two posts of one account, unless its setting `apart_minutes` says otherwise."""
SAME_CONTENT = timedelta(days=30)
_SHORTEST = 60
"""Characters below which two texts are alike by chance."""
COMPARED = 300
"""Posts of the accounts in question that a text is compared with, the newest."""


def clashes(
    session: Session,
    version: StoryVersion,
    chosen: Sequence[Account],
    *,
    due_at: datetime,
    now: datetime,
    site_url: str,
) -> list[str]:
    """Chinese sentences, by account."""
    ids = [account.id for account in chosen if account.id is not None]
    widest = timedelta(minutes=max((apart(account) for account in chosen), default=0))
    near = deliveries.of_accounts(session, ids, since=due_at - widest, until=due_at + widest)
    said = deliveries.said_on(session, ids, since=now - SAME_CONTENT, limit=COMPARED)
    found = [_near_words(line, due_at) for line in near if line.story_id != version.story_id and _close(line, due_at)]
    for account in chosen:
        own = [row for row in said if row.account_id == account.id]
        found += _same_words(account, version, own, site_url)
    return found


def apart(account: Account) -> int:
    """Minutes; a setting that is no number counts as the usual."""
    said = account.settings.get("apart_minutes", APART_MINUTES)
    return said if isinstance(said, int) and said >= 0 else APART_MINUTES


def alike(mine: Said, other: Said) -> str:
    """In what the two are alike on one account (Chinese); empty where they are not. Versions of one story resemble each
    other by nature: only what the account would send unchanged is told of them."""
    if other.version_id == mine.version_id:
        return ""
    if other.fingerprint == mine.fingerprint:
        return "一字不差"
    if other.story_id == mine.story_id:
        return ""
    if other.content_hash == mine.content_hash or other.title == mine.title:
        return "标题或内容相同"
    return "内容几乎相同" if _nearly(mine, other) else ""


def gap(one: datetime, other: datetime) -> str:
    """How far apart two times are, in Chinese."""
    minutes = int(abs(one - other).total_seconds() // 60)
    return f"只隔 {minutes} 分钟" if minutes else "同一时间"


def _close(line: Line, due_at: datetime) -> bool:
    return abs(line.delivery.due_at - due_at) < timedelta(minutes=apart(line.account))


def _near_words(line: Line, due_at: datetime) -> str:
    there = f"账号“{line.account.name}”在前后 {apart(line.account)} 分钟内还有《{line.title[:20]}》"
    return f"{there}（{gap(line.delivery.due_at, due_at)}）。"


def _same_words(account: Account, version: StoryVersion, said: Iterable[Said], site_url: str) -> list[str]:
    mine = Said(
        account_id=account.id or 0,
        version_id=version.id or 0,
        story_id=version.story_id,
        number=version.number,
        title=version.title,
        body_html=version.body_html,
        content_hash=version.content_hash,
        fingerprint=fingerprint_of(form_of(version, account, marker=SAMPLE_MARKER, site_url=site_url)),
    )
    found: dict[int, str] = {}
    for row in said:
        what = alike(mine, row)
        if what:
            words = f"账号“{account.name}”一个月内已有{what}的《{row.title[:20]}》"
            found.setdefault(
                row.story_id, words + (f"（第 {row.number} 版）。" if row.story_id == version.story_id else "。")
            )
    return list(found.values())


def _nearly(mine: Said, other: Said) -> bool:
    one, two = _signed(mine.title, mine.body_html), _signed(other.title, other.body_html)
    return one is not None and two is not None and is_same(one, two)


@lru_cache(maxsize=1024)
def _signed(title: str, body: str) -> Signature | None:
    """None where the text is so short that others are like it by chance."""
    text = plain(body)
    return signature(title, text) if len(text) >= _SHORTEST else None
