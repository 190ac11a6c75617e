"""账号: how each account is doing, and how long it has been silent."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from connectors.base import Outcome
from connectors.errors import ConnectorError
from content_store import accounts, deliveries, log
from content_store.tables import Account, DeliveryState
from desk import words
from desk.access import Visitor, needs
from desk.answers import page, redirect
from desk.pages.previews import by_platform
from desk.pages.quotas import panel
from desk.pages.schedule import able
from desk.parts import NewsroomDep, ReadingDep, VisitorDep
from steps.accounts import can_consent, check_account, consent_ends_at, consent_url, finish_consent, the_account
from steps.adding_accounts import by_hand
from steps.consents import WARNED, ending
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom
from steps.tokens import ends_soon

router = APIRouter(prefix="/accounts")
COMING = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.ACCEPTED, DeliveryState.HANDED_OVER)
SHOWN = 8
ACTS = {
    "added": "添加",
    "changed": "修改",
    "enabled": "启用",
    "disabled": "停用",
    "stopped": "暂停",
    "works": "检查通过，恢复",
    "went_on": "由人恢复",
    WARNED: "授权到期提醒",
}
"""What the log says of an account, by its act."""
BACK = "/accounts/consent"
"""Where every platform sends the account's owner back to; it is registered there as the app's redirect address."""


@dataclass(frozen=True)
class Line:
    """An account in the list. `silence`, `consent`: tone and words; the words are empty while there is nothing to say."""

    row: Account
    last: datetime | None
    silence: tuple[str, str]
    able: str
    consents: bool
    consent: tuple[str, str]


@router.get("")
@needs()
def listing(request: Request, newsroom: NewsroomDep, session: ReadingDep) -> Response:
    now = newsroom.now()
    last = deliveries.last_out(session)
    found = [_line(newsroom, row, last.get(row.id or 0), now) for row in by_platform(accounts.listed(session))]
    return page(
        request, "system/accounts.html", found=found, consents=ending(newsroom, [each.row for each in found], now)
    )


@router.post("/{key}/check")
@needs("admin", "scheduler")
def check(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, key: str) -> Response:
    """Asks the platform whether the account works; one that was stopped and works goes on."""
    account = the_account(newsroom, key)
    outcome = check_account(newsroom, key, newsroom.now(), by=visitor.id)
    said, tone = checked_words(newsroom, account, outcome)
    return redirect(request, _from_where(request, key), said=said, tone=tone)


def checked_words(newsroom: Newsroom, account: Account, outcome: Outcome) -> tuple[str, str]:
    """What a check found, in plain words, and its tone."""
    if outcome.state != "done":
        why = f"{outcome.refusal.cause}{outcome.refusal.remedy}" if outcome.refusal else "平台没有答复，请稍后再试。"
        return f"“{account.name}”检查未通过：{why}", "bad"
    said = f"“{account.name}”检查通过：平台认可密钥，可以发布。"
    if by_hand(newsroom, account):
        said = f"“{account.name}”没有接口可以检测：设置完整，排期后由人上传。"
    ends = consent_ends_at(newsroom, account)
    said += f"授权到 {words.when(ends, newsroom.now())} 为止。" if ends else ""
    return said + ("账号已恢复，排队的内容会继续发出。" if account.stopped_reason else ""), "good"


@router.get("/{key}/consent")
@needs("admin", "scheduler")
def ask_consent(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, key: str) -> Response:
    """To the platform's page where the account's owner consents."""
    try:
        url = consent_url(newsroom, key, redirect_uri=_back(newsroom), state=consent_state(visitor, key))
    except (Refused, ConnectorError) as error:
        return redirect(request, f"/accounts/{key}", said=str(error), tone="bad")
    return RedirectResponse(url, status_code=303)


@router.get("/consent")
@needs("admin", "scheduler")
def consented(
    request: Request, newsroom: NewsroomDep, visitor: VisitorDep, code: str = "", state: str = ""
) -> Response:
    """The way back from the platform: with a code, or without one where the owner said no."""
    key = state.partition(":")[0]
    if not hmac.compare_digest(state.encode(), consent_state(visitor, key).encode()):
        return redirect(
            request, f"/accounts/{key}", said="这次授权不是从您的登录发起的，请在账号页重新点“授权”。", tone="bad"
        )
    if not code:
        return redirect(request, f"/accounts/{key}", said="没有完成授权，请在账号页重新点“授权”。", tone="bad")
    try:
        finish_consent(newsroom, key, code=code, redirect_uri=_back(newsroom), now=newsroom.now(), by=visitor.id)
    except (Refused, ConnectorError) as error:
        return redirect(request, f"/accounts/{key}", said=f"授权没有成功：{error}", tone="bad")
    return redirect(request, f"/accounts/{key}", said="授权成功，排队的内容会继续发出。")


def consent_state(visitor: Visitor, key: str) -> str:
    """What goes to the platform and back: the account's key, sealed with this log-in's own secret."""
    return f"{key}:{hmac.new(visitor.csrf.encode(), f'consent:{key}'.encode(), sha256).hexdigest()}"


@router.get("/{key}")
@needs()
def show(request: Request, newsroom: NewsroomDep, session: ReadingDep, key: str) -> Response:
    """One account: how it is doing, what it may still ask, and what people did with it."""
    row, now = _account(accounts.by_key(session, key)), newsroom.now()
    assert row.id is not None
    return page(
        request,
        "system/account.html",
        each=_line(newsroom, row, deliveries.last_out(session).get(row.id), now),
        panel=panel(newsroom, row, now),
        coming=deliveries.listed(session, states=COMING, account_id=row.id, soonest_first=True, limit=SHOWN),
        history=log.of(session, "account", row.id),
        acts=ACTS,
    )


@router.post("/{key}/go-on")
@needs("admin", "scheduler")
def go_on(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, key: str) -> Response:
    """A person has put right what stopped the account."""
    with newsroom.store.session() as session:
        account = _account(accounts.by_key(session, key))
        assert account.id is not None
        accounts.go_on(session, account.id)
        _note(session, newsroom, account, "went_on", visitor)
    return redirect(request, _from_where(request, key), said=f"“{account.name}”已恢复，排队的内容会继续发出。")


@router.post("/{key}/enabled")
@needs("admin")
def enable(
    request: Request, newsroom: NewsroomDep, visitor: VisitorDep, key: str, enabled: Annotated[bool, Form()]
) -> Response:
    with newsroom.store.session() as session:
        account = _account(accounts.by_key(session, key))
        account.enabled = enabled
        _note(session, newsroom, account, "enabled" if enabled else "disabled", visitor)
    return redirect(request, _from_where(request, key), said=f"“{account.name}”已{'启用' if enabled else '停用'}。")


def _from_where(request: Request, key: str) -> str:
    """Back to the list where the button stood there, else to the account's page."""
    return "/accounts" if urlsplit(request.headers.get("referer", "")).path == "/accounts" else f"/accounts/{key}"


def _back(newsroom: Newsroom) -> str:
    return newsroom.site_url.rstrip("/") + BACK


def _line(newsroom: Newsroom, row: Account, last: datetime | None, now: datetime) -> Line:
    days = max(0, (now - (last or row.created_at)).days)
    return Line(
        row,
        last,
        silence(days),
        able(newsroom, row),
        consents=can_consent(newsroom, row),
        consent=consent_words(consent_ends_at(newsroom, row), now),
    )


def consent_words(ends: datetime | None, now: datetime) -> tuple[str, str]:
    """Tone and words for when the owner's consent ends. Pure."""
    if ends is None:
        return "good", ""
    tone, warning = ends_soon(ends, now)
    return tone, warning or f"授权到 {words.when(ends, now)} 为止"


def silence(days: int) -> tuple[str, str]:
    """Tone and words for the days without a post; inspections fail an account after 14. Pure."""
    if days >= 14:
        return "bad", f"已 {days} 天未更新，超过 14 天的检查红线"
    if days >= 12:
        return "bad", f"已 {days} 天未更新，14 天即不合格"
    if days >= 10:
        return "warn", f"已 {days} 天未更新"
    if days >= 7:
        return "warn", f"已 {days} 天未更新，请安排内容"
    return "good", ""


def _account(found: Account | None) -> Account:
    if found is None:
        raise Missing("没有这个账号，请刷新列表。")
    return found


def _note(session: Session, newsroom: Newsroom, account: Account, act: str, visitor: Visitor) -> None:
    assert account.id is not None
    actor = visitor.display_name
    log.append(session, at=newsroom.now(), subject="account", subject_id=account.id, act=act, actor=actor)
