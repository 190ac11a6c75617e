"""来源: where content comes from, how it is doing, and its settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from connectors.errors import ConnectorError
from content_store import inbox, log, source_figures, sources, tags
from content_store.source_figures import Figures
from content_store.tables import Source
from desk import health
from desk.access import needs
from desk.answers import page, redirect
from desk.figures import bars
from desk.health import DAYS, Health
from desk.parts import NewsroomDep, ReadingDep, VisitorDep
from desk.patience import TakesLonger, within
from steps.adding_sources import remove
from steps.collect import Counts, collect_source
from steps.errors import Missing

router = APIRouter(prefix="/sources")
PATIENCE = 5.0
"""Seconds that somebody waits for a visit; after that the page is shown and looks by itself until the visit is over."""
LONGEST_VISIT = timedelta(minutes=10)
RECENT = 8
TOPICS = 20
FILTERS = ("q", "state", "kind", "area", "reprint")


@dataclass(frozen=True)
class Shown:
    """A source as the list shows it."""

    row: Source
    health: Health
    figures: Figures


@router.get("")
@needs()
def listing(
    request: Request,
    newsroom: NewsroomDep,
    session: ReadingDep,
    q: str = "",
    state: str = "",
    kind: str = "",
    area: str = "",
    reprint: str = "",
) -> Response:
    now = newsroom.now()
    chosen = dict(zip(FILTERS, (q, state, kind, area, reprint), strict=True))
    figures = source_figures.by_source(session, since=now - timedelta(days=DAYS))
    every = [
        Shown(row, health.health(row, now), figures.get(row.id or 0, Figures())) for row in sources.listed(session)
    ]
    return page(
        request,
        "system/sources.html",
        found=sorted(
            (each for each in every if fits(each, chosen)), key=lambda each: (each.health.rank, each.row.name)
        ),
        total=len(every),
        states=_counted(every),
        kinds=sorted({each.row.kind for each in every}),
        areas_used=sorted({each.row.area for each in every if each.row.area}),
        chosen=chosen,
        link=_links(chosen),
        STATES=health.STATES,
        rhythm=health.rhythm,
    )


@router.get("/{key}")
@needs()
def show(
    request: Request, newsroom: NewsroomDep, session: ReadingDep, key: str, since_visit: int | None = None
) -> Response:
    """`since_visit`: a visit was begun then (Unix seconds) and may still go on."""
    row, now = _wanted(sources.by_key(session, key)), newsroom.now()
    assert row.id is not None
    since = now - timedelta(days=DAYS)
    days = health.per_day(source_figures.collected_at(session, row.id, since=since), now)
    return page(
        request,
        "system/source.html",
        row=row,
        visiting=is_visiting(row, since_visit, now),
        since_visit=since_visit,
        health=health.health(row, now),
        figures=source_figures.by_source(session, since=since, source_id=row.id).get(row.id, Figures()),
        days=days,
        bars=bars([number for _day, number in days]),
        articles=inbox.listed(session, inbox.Wanted(source_id=row.id), limit=RECENT),
        topics=tags.topics_of_list(session, row.key, limit=TOPICS) if row.kind == "hotlist" else [],
        past=health.past(log.of(session, "source", row.id)),
        rhythm=health.rhythm,
    )


@router.post("/{key}/collect")
@needs("editor", "admin")
def collect(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, key: str) -> Response:
    """One visit now. What takes longer than anybody waits goes on by itself."""
    with newsroom.store.session() as session:
        row, now = _wanted(sources.by_key(session, key)), newsroom.now()
        number, place = row.id or 0, f"/sources/{row.key}"
        log.append(session, at=now, subject="source", subject_id=number, act="visited", actor=visitor.display_name)
    try:
        counts = within(PATIENCE, lambda: collect_source(newsroom, number, now))
    except TakesLonger:
        return redirect(request, f"{place}?since_visit={int(now.timestamp())}")
    except ConnectorError as error:
        return redirect(request, place, said=error.message, tone="bad")
    return redirect(request, place, said=visited(counts))


@router.post("/{key}/enabled")
@needs("admin")
def enable(
    request: Request, newsroom: NewsroomDep, visitor: VisitorDep, key: str, enabled: Annotated[bool, Form()]
) -> Response:
    now = newsroom.now()
    with newsroom.store.session() as session:
        row = _wanted(sources.by_key(session, key))
        assert row.id is not None
        row.enabled = enabled
        if enabled:
            row.next_at = now
        act = "enabled" if enabled else "disabled"
        log.append(session, at=now, subject="source", subject_id=row.id, act=act, actor=visitor.display_name)
    said = "来源已启用，下一轮就会采集。" if enabled else "来源已停用，收到过的素材都保留。"
    return redirect(request, f"/sources/{key}", said=said)


@router.post("/{key}/remove")
@needs("admin")
def take_away(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, key: str) -> Response:
    if remove(newsroom, key, by=visitor.display_name, now=newsroom.now()):
        return redirect(request, "/sources", said="来源已移除。")
    return redirect(request, f"/sources/{key}", said="这个来源已有素材，不能移除，已改为停用；素材都保留。")


def fits(each: Shown, chosen: dict[str, str]) -> bool:
    """Whether a source is one of those asked for. Pure."""
    row = each.row
    said = f"{row.name} {row.key} {row.url}".lower()
    return (
        all(word in said for word in chosen["q"].lower().split())
        and chosen["state"] in ("", each.health.state)
        and chosen["kind"] in ("", row.kind)
        and chosen["area"] in ("", row.area)
        and chosen["reprint"] in ("", row.reprint)
    )


def is_visiting(row: Source, since: int | None, now: datetime) -> bool:
    """Whether a visit that was begun then is not over yet. Pure."""
    if since is None or not 0 <= now.timestamp() - since < LONGEST_VISIT.total_seconds():
        return False
    return row.last_tried_at is None or int(row.last_tried_at.timestamp()) < since


def visited(counts: Counts) -> str:
    """What a visit brought, in a sentence. Pure."""
    if not any(counts.values()):
        return "采集完成：对方没有新内容。"
    named = (("new", "新增"), ("revised", "更新"), ("same", "没有变化"), ("bad", "读不懂"))
    return "采集完成：" + "，".join(f"{said} {counts[name]} 篇" for name, said in named if counts.get(name)) + "。"


def _wanted(row: Source | None) -> Source:
    if row is None:
        raise Missing("没有这个来源，可能已被移除，请返回列表刷新。")
    return row


def _counted(every: list[Shown]) -> dict[str, int]:
    return {state: sum(each.health.state == state for each in every) for state in health.STATES}


def _links(chosen: dict[str, str]) -> Callable[..., str]:
    def link(**changed: str) -> str:
        asked = urlencode({name: value for name, value in (chosen | changed).items() if value})
        return f"/sources?{asked}" if asked else "/sources"

    return link
