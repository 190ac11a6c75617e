"""次数: what each account may still ask of its platform, what is planned, and when it is full again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from content_store import accounts
from content_store.tables import Account
from desk.access import needs
from desk.answers import page
from desk.pages.previews import by_platform
from desk.parts import NewsroomDep, ReadingDep
from steps.follower_quota import Sends, sends
from steps.newsroom import Newsroom
from steps.quota_outlook import AccountOutlook, Outlook, outlook

router = APIRouter(prefix="/accounts/quotas")
LOUD = ("bad", "warn", "good")


@dataclass(frozen=True)
class Panel:
    """One account's quotas as a page shows them. `quiet`: nothing used, nothing planned."""

    account: Account
    shown: Sequence[Outlook]
    quiet: Sequence[Outlook]
    sends: Sends | None
    trouble: str
    tone: str

    @property
    def tightest(self) -> Outlook | None:
        """Of what is used or planned, the one with the least room."""
        return min(self.shown, key=lambda each: each.free / max(each.quota.count, 1), default=None)

    @property
    def empty(self) -> bool:
        """Nothing is counted here."""
        return not (self.shown or self.quiet or self.sends or self.trouble)


@router.get("")
@needs()
def listing(request: Request, newsroom: NewsroomDep, session: ReadingDep) -> Response:
    """All accounts, those nearest to their limits first."""
    now = newsroom.now()
    panels = [panel(newsroom, row, now) for row in by_platform(accounts.listed(session, enabled_only=True))]
    order = (*LOUD, "plain")
    return page(
        request,
        "system/quotas.html",
        panels=sorted((each for each in panels if not each.empty), key=lambda each: order.index(each.tone)),
        uncounted=[each.account for each in panels if each.empty],
    )


def panel(newsroom: Newsroom, account: Account, now: datetime) -> Panel:
    found = outlook(newsroom, account, now)
    told = sends(newsroom, account, now)
    return Panel(
        account,
        [each for each in found.quotas if each.tone in LOUD],
        [each for each in found.quotas if each.tone not in LOUD],
        told,
        found.trouble,
        _tone(found, told),
    )


def _tone(found: AccountOutlook, told: Sends | None) -> str:
    if told is not None and told.used + told.planned > told.most:
        return "bad"
    return found.tone
