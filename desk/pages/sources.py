"""来源: where content comes from, and how it is doing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from content_store import log, sources
from content_store.counts import FAILING
from content_store.tables import Source
from desk.access import needs
from desk.answers import page, redirect
from desk.parts import NewsroomDep, ReadingDep, VisitorDep
from steps.errors import Missing

router = APIRouter(prefix="/sources")
QUIET_FACTOR = 20
"""A source without anything new for so many of its rhythms, and at least three days, has fallen quiet."""


@router.get("")
@needs()
def listing(request: Request, newsroom: NewsroomDep, session: ReadingDep) -> Response:
    now = newsroom.now()
    found = [(row, health(row, now)) for row in sources.listed(session)]
    order = {"bad": 0, "warn": 1, "good": 2, "plain": 3}
    return page(request, "system/sources.html", found=sorted(found, key=lambda each: order[each[1][0]]))


@router.post("/{key}/enabled")
@needs("admin")
def enable(
    request: Request, newsroom: NewsroomDep, visitor: VisitorDep, key: str, enabled: Annotated[bool, Form()]
) -> Response:
    now = newsroom.now()
    with newsroom.store.session() as session:
        row = sources.by_key(session, key)
        if row is None or row.id is None:
            raise Missing("没有这个来源，请刷新列表。")
        row.enabled = enabled
        if enabled:
            row.next_at = now
        act = "enabled" if enabled else "disabled"
        log.append(session, at=now, subject="source", subject_id=row.id, act=act, actor=visitor.display_name)
    return redirect(request, "/sources", said="来源已启用，下一轮就会采集。" if enabled else "来源已停用。")


def health(row: Source, now: datetime) -> tuple[str, str]:
    """Tone and Chinese words for how a source is doing. Pure."""
    if not row.enabled:
        return "plain", "已停用"
    if row.failures >= FAILING:
        return "bad", f"连续失败 {row.failures} 次"
    if row.failures:
        return "warn", f"上次失败，将重试（第 {row.failures} 次）"
    if row.last_ok_at is None:
        return "plain", "尚未采集"
    quiet = max(timedelta(minutes=row.rhythm_minutes) * QUIET_FACTOR, timedelta(days=3))
    if now - (row.last_new_at or row.created_at) > quiet:
        return "warn", "很久没有新内容"
    return "good", "正常"
