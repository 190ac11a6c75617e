"""系统: what runs, what waits, and whether the record is sound."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from content_store import accounts, deliveries, log, running, sources
from content_store.database import StoreError
from content_store.migrate import current_revision
from desk import words
from desk.access import needs, public
from desk.answers import page
from desk.health import troubles
from desk.parts import NewsroomDep, ReadingDep, SettingsDep
from steps.clocks import standing
from steps.consents import ending

router = APIRouter()
CLOCK = "clock"


@router.get("/system")
@needs()
def show(request: Request, newsroom: NewsroomDep, settings: SettingsDep, session: ReadingDep) -> Response:
    now = newsroom.now()
    clock = running.lease(session, CLOCK)
    with newsroom.store.engine.connect() as connection:
        revision = current_revision(connection)
    oldest = deliveries.oldest_due(session, now)
    return page(
        request,
        "system/system.html",
        runs={flow: running.last_runs(session, flow, 6) for flow in words.FLOWS},
        clock=clock if clock is not None and clock.until > now else None,
        prefect=bool(settings.prefect_api) and settings.prefect_answers(settings.prefect_api),
        revision=revision,
        database="SQLite" if newsroom.store.is_sqlite else "PostgreSQL",
        queue=deliveries.count_by_state(session),
        troubles=troubles(sources.listed(session), now),
        consents=ending(newsroom, accounts.listed(session, enabled_only=True), now),
        queue_age=now - oldest if oldest else None,
        clocks=standing(session, now),
    )


@router.post("/system/check-log")
@needs("admin")
def check_log(request: Request, session: ReadingDep) -> Response:
    """Reads the whole log and says whether anybody changed it."""
    return page(request, "system/log.html", broken=log.first_broken(session))


@router.get("/healthz")
@public()
def healthz(newsroom: NewsroomDep) -> Response:
    """For whoever watches the service: 200 while the store answers."""
    try:
        newsroom.store.ping()
    except StoreError:
        return JSONResponse({"ok": False}, status_code=503)
    return JSONResponse({"ok": True})
