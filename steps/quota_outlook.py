"""Quotas looked at ahead: what is used, what waiting posts will take, and whether one more still fits. Asks no platform."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from connectors.errors import ConnectorError, NeedsPerson
from content_store import deliveries, stories
from content_store.tables import Account, Delivery, Lane, Story
from steps.newsroom import Newsroom
from steps.quotas import BEIJING, Left, Quota, quotas_of, what_is_left, window


@dataclass(frozen=True)
class Outlook:
    """A quota of one account in its present window. `planned`: calls that posts due within it will still take."""

    left: Left
    planned: int
    urgent: int
    """Of `planned`, the emergency lane's, which may take the reserve."""

    @property
    def quota(self) -> Quota:
        return self.left.quota

    @property
    def free(self) -> int:
        """What is left for other lanes once the planned posts are out."""
        return max(self.left.left_for_all - (self.planned - self.urgent), 0)

    @property
    def over(self) -> int:
        """So many planned calls must wait for the next window."""
        others = max(self.planned - self.urgent - self.left.left_for_all, 0)
        return max(others, self.planned - self.left.left)

    @property
    def tone(self) -> str:
        """bad: used up or beyond; warn: less than a fifth is free; plain: nothing used; good otherwise."""
        usable = self.quota.count - self.quota.reserve
        if self.over or not self.left.left_for_all:
            return "bad"
        if self.free * 5 < usable:
            return "warn"
        return "good" if self.left.used or self.planned else "plain"

    def share(self, number: int) -> int:
        """Per cent of the whole, for a bar."""
        return min(100, round(100 * number / self.quota.count)) if self.quota.count else 100


@dataclass(frozen=True)
class AccountOutlook:
    """All quotas of one account; `trouble` (Chinese) instead of them where its settings are wrong."""

    account: Account
    quotas: Sequence[Outlook]
    trouble: str = ""

    @property
    def tone(self) -> str:
        """The worst of its quotas'."""
        if self.trouble:
            return "bad"
        tones = {each.tone for each in self.quotas}
        return next((tone for tone in ("bad", "warn", "good") if tone in tones), "plain")


def outlook(newsroom: Newsroom, account: Account, now: datetime) -> AccountOutlook:
    """How the account's quotas stand, and what is planned in the present window of each."""
    try:
        left = what_is_left(newsroom.store, account, newsroom.quotas, now)
    except NeedsPerson as error:
        return AccountOutlook(account, (), error.message)
    if not left:
        return AccountOutlook(account, ())
    with newsroom.store.reading() as session:
        waiting = _waiting(session, account, until=max(each.refills_at for each in left))
    return AccountOutlook(account, [_with_plans(account, each, waiting) for each in left])


def _with_plans(account: Account, left: Left, waiting: Sequence[Delivery]) -> Outlook:
    due = [row for row in waiting if row.due_at < left.refills_at]
    calls = calls_per_post(account, left.quota)
    return Outlook(left, len(due) * calls, sum(row.lane == Lane.EMERGENCY for row in due) * calls)


def beyond_quotas(newsroom: Newsroom, account: Account, story_id: int, due_at: datetime, now: datetime) -> list[str]:
    """What a person should know before planning this story for that time (Chinese): one sentence for each quota that
    the posts planned for the same hour, day or month use up. Empty where it fits."""
    try:
        known = [
            quota for quota in quotas_of(account, newsroom.quotas) if quota.count and calls_per_post(account, quota)
        ]
    except ConnectorError:
        return []
    if not known:
        return []
    at = max(due_at, now)
    left = {each.quota: each for each in what_is_left(newsroom.store, account, newsroom.quotas, now)}
    with newsroom.store.reading() as session:
        until = max(window(quota.span, at)[1] for quota in known)
        waiting = _waiting(session, account, until=until)
        story = session.get(Story, story_id)
        own = {row.id for row, _number in stories.deliveries_of(session, story_id)}
    urgent = story is not None and story.kind == "emergency"
    # an older version of the same story is called off once this one is planned
    others = [row for row in waiting if row.id not in own]
    told = (_told(account, quota, left[quota], others, at, now, urgent=urgent) for quota in known)
    return [words for words in told if words]


def _told(
    account: Account,
    quota: Quota,
    left: Left,
    waiting: Iterable[Delivery],
    at: datetime,
    now: datetime,
    *,
    urgent: bool,
) -> str:
    begins, ends = window(quota.span, at)
    present = begins <= now
    used = left.used if present else 0
    # what is overdue goes out in the present window
    due = sum((present or row.due_at >= begins) and row.due_at < ends for row in waiting)
    calls = calls_per_post(account, quota)
    most = quota.count if urgent else quota.count - quota.reserve
    if used + (due + 1) * calls <= most:
        return ""
    local = ends.astimezone(BEIJING)
    kept = f"（另留 {quota.reserve} 次给应急）" if quota.reserve and not urgent else ""
    already = "、".join(
        words for words in (f"已用 {used} 次" if used else "", f"已排 {due} 条" if due else "") if words
    )
    return (
        f"账号“{account.name}”的“{quota.name}”{left.span_name} {most} 次{kept}，"
        f"{already or '一条就超过'}，这一条要等 {local.month} 月 {local.day} 日 {local:%H:%M} 次数恢复后才发得出去，建议换个时间。"
    )


def calls_per_post(account: Account, quota: Quota) -> int:
    """Calls that one post of this account takes."""
    return quota.per_post if not quota.modes or account.mode in quota.modes else 0


def _waiting(session: Session, account: Account, *, until: datetime) -> list[Delivery]:
    assert account.id is not None
    return deliveries.queued(session, [account.id], until=until)
