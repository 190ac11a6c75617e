"""排期: choosing accounts and a time for an approved story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from connectors.errors import ConnectorError
from content_store import accounts, deliveries
from content_store.tables import Account, Delivery, StoryVersion
from desk import words
from desk.access import needs
from desk.answers import fragment, page, redirect
from desk.pages.previews import by_platform
from desk.parts import FormDep, NewsroomDep, Number, ReadingDep, VisitorDep, whole_number
from desk.previews import Trouble, troubles
from steps import schedule
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom

router = APIRouter(prefix="/stories")


@dataclass(frozen=True)
class Choice:
    """An account as it can be chosen for this story."""

    account: Account
    able: str
    """What the channel can do, in a few words."""
    troubles: Sequence[Trouble]
    known: Delivery | None
    cancelled: bool
    """Nothing of the known one was ever sent: it may be planned anew."""

    @property
    def possible(self) -> bool:
        return not self.troubles and (self.known is None or self.cancelled)


@router.get("/{story_id}/schedule")
@needs("scheduler", "duty")
def form(request: Request, newsroom: NewsroomDep, session: ReadingDep, story_id: Number) -> Response:
    story, version = schedule.approved(session, story_id)
    assert version.id is not None
    known = deliveries.of_version(session, version.id)
    cancelled = schedule.cancelled(session, known.values())
    groups: dict[str, list[Choice]] = {}
    for account in by_platform(accounts.listed(session, enabled_only=True)):
        groups.setdefault(account.platform, []).append(_choice(newsroom, version, account, known, cancelled))
    return page(
        request,
        "deliveries/schedule.html",
        story=story,
        version=version,
        groups=groups,
        planned=deliveries.listed(session, story_id=story_id),
        soon=words.form_time(newsroom.now() + timedelta(hours=1)),
        earliest=words.form_time(newsroom.now()),
    )


@router.post("/{story_id}/schedule/warnings")
@needs("scheduler", "duty")
def warn(request: Request, newsroom: NewsroomDep, session: ReadingDep, form: FormDep, story_id: Number) -> Response:
    """What to know about the present choice, and what would be refused; asked each time it changes."""
    now = newsroom.now()
    chosen = _chosen(form)
    known = accounts.with_ids(session, chosen)
    refused, found = _against(known, len(set(map(str, form.getlist("account"))))), []
    try:
        due_at = _due_at(form, now)
        if due_at - now > schedule.FURTHEST:
            refused.append(schedule.TOO_FAR)
        elif chosen:
            found = schedule.warnings(newsroom, story_id, chosen, due_at=due_at, now=now)
    except Missing:
        raise
    except Refused as error:
        refused.append(str(error))
    number = len(known)
    return fragment(request, "deliveries/warnings.html", found=found, refused=refused, number=number)


@router.post("/{story_id}/schedule")
@needs("scheduler", "duty")
def plan(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, form: FormDep, story_id: Number) -> Response:
    now = newsroom.now()
    try:
        done = schedule.plan(newsroom, story_id, _chosen(form), due_at=_due_at(form, now), by=visitor.id, now=now)
    except Refused as error:
        return redirect(request, f"/stories/{story_id}/schedule", said=str(error), tone="bad")
    said = f"已排入 {len(done.delivery_ids)} 个账号。"
    if done.refused:
        said += "未排入：" + "；".join(f"{name}（{why}）" for name, why in done.refused)
    return redirect(request, f"/deliveries?story={story_id}", said=said, tone="bad" if done.refused else "good")


def _choice(
    newsroom: Newsroom, version: StoryVersion, account: Account, known: dict[int, Delivery], cancelled: set[int]
) -> Choice:
    row = known.get(account.id or 0)
    again = row is not None and row.id in cancelled
    return Choice(account, able(newsroom, account), troubles(newsroom, version, account), row, again)


def _against(known: dict[int, Account], asked: int) -> list[str]:
    """Why some of the accounts asked for could not be planned. Pure."""
    found = [f"账号“{each.name}”已停用，请先在“账号”中启用。" for each in known.values() if not each.enabled]
    return found if len(known) == asked else ["所选账号已不存在，请刷新页面重新选择。", *found]


def able(newsroom: Newsroom, account: Account) -> str:
    """What this account's channel can do, in a few Chinese words."""
    try:
        can = newsroom.channel(account).capabilities
    except ConnectorError:
        return "设置有误，请联系管理员"
    kinds = [name for name, has in (("图文", can.article), ("短文", can.short_text), ("视频", can.video)) if has]
    said = ["、".join(kinds)] if kinds else []
    said += [words.MODES.get(can.mode, can.mode)] if can.mode != "direct" else []
    said += ["群发，粉丝会收到通知"] if can.notifies else []
    said += (
        ["只发表，粉丝不会收到通知"]
        if account.platform == "wechat" and can.mode == "direct" and not can.notifies
        else []
    )
    said += [] if can.can_withdraw else ["不能自动撤回"]
    return " · ".join(said)


def _chosen(form: FormData) -> list[int]:
    return [number for value in form.getlist("account") if (number := whole_number(value))]


def _due_at(form: Any, now: datetime) -> datetime:
    if form.get("at") != "time":
        return now
    due = words.from_form_time(str(form.get("due_at") or ""))
    if due is None:
        raise Refused("请填写正确的发布时间，或选择“立即”。")
    return due
