"""What readers see: the full text behind a short post. No log-in, nothing but the text."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from content_store import deliveries, stories
from content_store.tables import Story, StoryVersion
from desk import bodies
from desk.access import public
from desk.answers import render
from desk.parts import NewsroomDep, Number, ReadingDep
from steps.adapt import AI_LINES

router = APIRouter()


@router.get("/s/{story_id}")
@public()
def full_text(request: Request, session: ReadingDep, newsroom: NewsroomDep, story_id: Number, m: str = "") -> Response:
    """The newest version that went out; `m` is the mark of the post that led here."""
    version = for_readers(session, story_id, marker=m, now=newsroom.now())
    if version is None:
        return HTMLResponse(render(request, "readers/gone.html"), status_code=404)
    html = render(
        request,
        "readers/story.html",
        version=version,
        body=bodies.shown(version.body_html),
        ai_line=AI_LINES.get(version.ai_use, ""),
    )
    return HTMLResponse(html, headers={"Cache-Control": "public, max-age=60", "Referrer-Policy": "no-referrer"})


def for_readers(session: Session, story_id: int, *, marker: str, now: datetime) -> StoryVersion | None:
    """The version readers may see: the newest that is out, or being sent; None where there is none (any more)."""
    story = session.get(Story, story_id)
    if story is None or story.kind == "pack":
        return None
    ids = {delivery.story_version_id for delivery in deliveries.for_readers(session, story_id, marker=marker, now=now)}
    return next((version for version in stories.versions(session, story_id) if version.id in ids), None)
