"""账号: how each account is doing, and how long it has been silent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from connectors.errors import ConnectorError
from content_store import accounts, deliveries, log
from content_store.tables import Account
from desk.access import needs
from desk.answers import page, redirect
from desk.pages.previews import by_platform
from desk.pages.schedule import able
from desk.parts import NewsroomDep, ReadingDep, VisitorDep
from steps.errors import Missing
from steps.newsroom import Newsroom

router = APIRouter(prefix="/accounts")


@dataclass(frozen=True)
class Line:
    """An account in the list. `silence`: tone and words; the words are empty while all is well."""

    row: Account
    last: datetime | None
    silence: tuple[str, str]
    able: str


@router.get("")
@needs()
def listing(request: Request, newsroom: NewsroomDep, session: ReadingDep) -> Response:
    now = newsroom.now()
    last = deliveries.last_out(session)
    found = [_line(newsroom, row, last.get(row.id or 0), now) for row in by_platform(accounts.listed(session))]
    return page(request, "system/accounts.html", found=found)


@router.post("/{key}/check")
@needs("admin", "scheduler")
def check(request: Request, newsroom: NewsroomDep, session: ReadingDep, key: str) -> Response:
    """Asks the platform whether the credentials work; changes nothing there."""
    account = accounts.by_key(session, key)
    if account is None:
        raise Missing("没有这个账号，请刷新列表。")
    try:
        outcome = newsroom.channel(account).check()
    except ConnectorError as error:
        return redirect(request, "/accounts", said=f"“{account.name}”自检：{error.message}", tone="bad")
    if outcome.state == "done":
        return redirect(request, "/accounts", said=f"“{account.name}”自检通过，密钥有效。")
    why = f"{outcome.refusal.cause}{outcome.refusal.remedy}" if outcome.refusal else "平台没有答复，请稍后再试。"
    return redirect(request, "/accounts", said=f"“{account.name}”自检未通过：{why}", tone="bad")


@router.post("/{key}/go-on")
@needs("admin")
def go_on(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, key: str) -> Response:
    """A person has put right what stopped the account."""
    with newsroom.store.session() as session:
        account = _account(accounts.by_key(session, key))
        assert account.id is not None
        accounts.go_on(session, account.id)
        log.append(
            session,
            at=newsroom.now(),
            subject="account",
            subject_id=account.id,
            act="went_on",
            actor=visitor.display_name,
        )
    return redirect(request, "/accounts", said=f"“{account.name}”已恢复，排队的内容会继续发出。")


@router.post("/{key}/enabled")
@needs("admin")
def enable(
    request: Request, newsroom: NewsroomDep, visitor: VisitorDep, key: str, enabled: Annotated[bool, Form()]
) -> Response:
    with newsroom.store.session() as session:
        account = _account(accounts.by_key(session, key))
        assert account.id is not None
        account.enabled = enabled
        act = "enabled" if enabled else "disabled"
        log.append(
            session,
            at=newsroom.now(),
            subject="account",
            subject_id=account.id,
            act=act,
            actor=visitor.display_name,
        )
    return redirect(request, "/accounts", said=f"“{account.name}”已{'启用' if enabled else '停用'}。")


def _line(newsroom: Newsroom, row: Account, last: datetime | None, now: datetime) -> Line:
    days = max(0, (now - (last or row.created_at)).days)
    return Line(row, last, silence(days), able(newsroom, row))


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
