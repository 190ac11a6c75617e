"""周历: what goes out on each account in the coming seven days."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from content_store import deliveries
from desk.access import needs
from desk.answers import page
from desk.pages.deliveries import late_ones
from desk.pages.previews import by_platform
from desk.parts import NewsroomDep, ReadingDep
from steps.schedule import FURTHEST
from steps.week_plan import DAYS, MOST, day_of, week

router = APIRouter(prefix="/deliveries/week")
BACK = timedelta(days=365)
"""So far back one can leaf."""


@router.get("")
@needs()
def listing(request: Request, newsroom: NewsroomDep, session: ReadingDep, first: str = "") -> Response:
    """Seven days from `first` (2026-11-26) on, in Beijing; from today on where it is left out or is no day."""
    now = newsroom.now()
    today = day_of(now)
    begins = _day(first, now)
    found = week(newsroom, begins, now)
    order = {row.id: number for number, row in enumerate(by_platform([each.account for each in found.rows]))}
    return page(
        request,
        "deliveries/week.html",
        week=found,
        rows=sorted(found.rows, key=lambda row: order[row.account.id]),
        idle=by_platform(found.idle),
        today=today,
        most=MOST,
        late=deliveries.number_late(session, late_ones(now)),
        before=begins - timedelta(days=DAYS),
        after=begins + timedelta(days=DAYS),
    )


def _day(said: str, now: datetime) -> date:
    today = day_of(now)
    try:
        wanted = date.fromisoformat(said)
    except ValueError:
        return today
    return min(max(wanted, today - BACK), today + FURTHEST)
