"""数据与榜单: figures of what is out, and the frozen weekly rankings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from content_store import accounts, people, readings, reports
from content_store.tables import Reading
from content_store.tables import Report as FrozenReport
from desk import words
from desk.access import needs
from desk.answers import page, redirect
from desk.parts import NewsroomDep, Number, ReadingDep, SettingsDep, VisitorDep
from ranking.cells import made_line, sheets, summary, week_title
from ranking.document import document
from ranking.page import page as printed
from ranking.page import shown
from ranking.report import Report
from ranking.weeks import WeekError, week_of
from ranking.workbook import workbook
from steps.errors import Missing, Refused
from steps.rank import rank_week

router = APIRouter()
DAYS = 14
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FILES: dict[str, tuple[str, Callable[[Report], bytes]]] = {
    "xlsx": (XLSX, workbook),
    "docx": (DOCX, document),
    "html": ("text/html; charset=utf-8", lambda report: printed(report).encode()),
}
# the printed page carries its own style sheet and nothing else
PRINT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@router.get("/reports")
@needs()
def listing(request: Request, newsroom: NewsroomDep, settings: SettingsDep, session: ReadingDep) -> Response:
    now = newsroom.now()
    found = reports.listed(session)
    return page(
        request,
        "reports/list.html",
        found=found,
        names=people.with_ids(session, [row.frozen_by for row in found]),
        last_week=week_of((now - timedelta(days=7)).astimezone(words.LOCAL).date()),
        posts=_posts(session, now),
        known={row.id: row for row in accounts.listed(session)},
        days=DAYS,
        can_make=settings.ranking_rules is not None,
    )


@router.get("/reports/{week}")
@needs()
def show(request: Request, session: ReadingDep, week: str, revision: Number | None = None, sheet: int = 0) -> Response:
    row = _report(session, week, revision)
    report = Report.model_validate(row.body)
    tables = sheets(report)
    return page(
        request,
        "reports/show.html",
        row=row,
        report=report,
        tables=tables,
        sheet=min(max(sheet, 0), len(tables) - 1),
        title=week_title(report),
        made=made_line(report),
        summary=summary(report),
        shown=shown,
        revisions=reports.revisions(session, week),
    )


@router.get("/reports/{week}/file/{kind}")
@needs()
def file(session: ReadingDep, week: str, kind: str, revision: Number | None = None) -> Response:
    row = _report(session, week, revision)
    if kind not in FILES:
        raise Missing("没有这种格式，请从榜单页下载。")
    mime, make = FILES[kind]
    name = f"kepu-{row.week}-r{row.revision}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if kind == "html":
        headers = {"Content-Security-Policy": PRINT_POLICY}
    return Response(make(Report.model_validate(row.body)), media_type=mime, headers=headers)


@router.post("/reports/{week}")
@needs("analyst")
def make(request: Request, newsroom: NewsroomDep, settings: SettingsDep, visitor: VisitorDep, week: str) -> Response:
    """Freezes the week, or a new revision where figures or rules changed since."""
    if settings.ranking_rules is None:
        raise Refused("这里没有载入榜单公式，请用 kepu rank 生成。")
    try:
        rank_week(newsroom, week, newsroom.now(), settings.ranking_rules, visitor.id)
    except WeekError as error:
        raise Refused(str(error)) from error
    return redirect(request, f"/reports/{week}", said="榜单已生成；数据没有变化时不会产生新的定稿。")


def _report(session: Session, week: str, revision: int | None) -> FrozenReport:
    found = reports.revision(session, week, revision) if revision else reports.latest(session, week)
    if found is None:
        raise Missing("没有这一周的榜单，请从列表中选择。")
    return found


def _posts(session: Session, now: Any) -> list[dict[str, Any]]:
    """Posts of the last days with their newest figures, most read first; unknown figures last."""
    live = readings.live_posts(session, since=now - timedelta(days=DAYS), until=now + timedelta(minutes=1))
    ids = [post.delivery.id for post in live if post.delivery.id is not None]
    newest = readings.last_of_posts(session, ids, until=now.astimezone(words.LOCAL).date())
    found = [{"post": post, "reading": newest.get(post.delivery.id or 0)} for post in live]
    return sorted(found, key=lambda each: _reads(each["reading"]), reverse=True)


def _reads(reading: Reading | None) -> int:
    return -1 if reading is None or reading.reads is None else reading.reads
