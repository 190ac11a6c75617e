"""主题日: what the calendar brings next, and what is in stock for it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from desk.access import needs
from desk.answers import page
from desk.parts import NewsroomDep
from steps.theme_days import WITHIN, coming_days, open_dates, searches, stocks

router = APIRouter(prefix="/days")
REACHES = (WITHIN, 60, 90)
"""Days ahead that one can choose."""


@router.get("")
@needs()
def listing(request: Request, newsroom: NewsroomDep, within: int = WITHIN) -> Response:
    within = within if within in REACHES else WITHIN
    found = coming_days(newsroom, newsroom.now(), within)
    return page(
        request,
        "planning/days.html",
        within=within,
        reaches=REACHES,
        stocks=stocks(newsroom, found),
        open_dates=open_dates(newsroom, newsroom.now(), within),
        searches=searches,
    )
