"""素材: the list of what was collected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from content_store import accounts, inbox, kinds, sources, tags
from desk import bodies, words
from desk.access import needs
from desk.answers import fragment, page, redirect
from desk.health import troubles
from desk.pages.articles import others_of
from desk.parts import NewsroomDep, Number, ReadingDep
from steps.clocks import standing
from steps.consents import ending
from steps.errors import Missing
from steps.theme_days import next_days

router = APIRouter()
PER_PAGE = 40
DAYS = {"1": "今天", "3": "近三天", "7": "近一周", "30": "近一月", "all": "全部"}
FILTERS = ("q", "theme", "key", "area", "audience", "kind", "source", "days")
THEME_ORDER = ("emergency", "hot", "local", "audience", "day")


@router.get("/")
@needs()
def home(request: Request) -> Response:
    return redirect(request, "/articles")


@router.get("/articles")
@needs()
def listing(
    request: Request,
    newsroom: NewsroomDep,
    session: ReadingDep,
    q: str = "",
    theme: str = "",
    key: str = "",
    area: str = "",
    audience: str = "",
    kind: str = "",
    source: str = "",
    days: str = "7",
    number: int = 1,
) -> Response:
    chosen = dict(zip(FILTERS, (q, theme, key, area, audience, kind, source, days), strict=True))
    now, number = newsroom.now(), max(1, min(number, 500))
    known = sources.listed(session)
    wanted = inbox.Wanted(
        since=now - timedelta(days=int(days)) if days in DAYS and days != "all" else None,
        words=q,
        theme=theme if theme in words.THEMES else "",
        key=key,
        area=area,
        audience=audience,
        kind=kind,
        source_id=next((row.id for row in known if row.key == source), -1) if source else None,
    )
    found = inbox.listed(session, wanted, limit=PER_PAGE + 1, offset=(number - 1) * PER_PAGE)
    lines, has_more = found[:PER_PAGE], len(found) > PER_PAGE
    ids = [line.id for line in lines]
    return page(
        request,
        "articles/list.html",
        lines=lines,
        tags=_by_theme(tags.of_articles(session, ids)),
        used=inbox.with_stories(session, ids),
        formed=kinds.of_people(session, ids),
        chosen=chosen,
        keys=tags.counts(session, theme)[:60] if theme in words.THEMES else [],
        audiences=tags.counts(session, "audience"),
        sources=known,
        troubles=troubles(known, now),
        consents=ending(newsroom, accounts.listed(session, enabled_only=True), now),
        clocks=standing(session, now),
        days=DAYS,
        number=number,
        has_more=has_more,
        link=_links(chosen),
        hits=bodies.with_hits,
        coming=next_days(newsroom, now),
    )


@router.get("/articles/{article_id}/others")
@needs()
def others(request: Request, session: ReadingDep, article_id: Number) -> Response:
    """The other articles of the cluster, unfolded under the row."""
    found = inbox.article(session, article_id)
    if found is None or found[0].cluster_id is None:
        raise Missing("这条素材已不存在，请刷新列表。")
    return fragment(request, "articles/others.html", others=others_of(session, found[0]))


def _links(chosen: dict[str, str]) -> Callable[..., str]:
    """Addresses of the list with some of the filters changed; a page number belongs to exactly one choice."""

    def link(number: int = 1, **changed: str) -> str:
        values: dict[str, Any] = {**chosen, **changed, "number": number if number > 1 else ""}
        if "theme" in changed:
            values["key"] = changed.get("key", "")
        return "/articles?" + urlencode({name: value for name, value in values.items() if value and value != ""})

    return link


def _by_theme(found: dict[int, list[Any]]) -> dict[int, list[Any]]:
    return {
        number: sorted(
            rows, key=lambda tag: (THEME_ORDER.index(tag.theme) if tag.theme in THEME_ORDER else 9, -tag.score)
        )
        for number, rows in found.items()
    }
