"""平台代码: what each platform's codes mean and what to do, and codes that nobody has listed yet."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from desk import words
from desk.access import needs
from desk.answers import page
from desk.parts import NewsroomDep
from steps.platform_codes import CLASS_NAMES, Row, rows, unlisted

router = APIRouter(prefix="/accounts/codes")


@router.get("")
@needs()
def listing(request: Request, newsroom: NewsroomDep, platform: str = "", q: str = "") -> Response:
    found, wanted = rows(), q.strip()
    known = [name for name in words.PLATFORMS if any(row.platform == name for row in found)]
    chosen = platform if platform in known else ""
    shown = [row for row in found if not chosen or row.platform == chosen]
    if wanted:
        shown = [row for row in shown if _fits(row, wanted)]
    return page(
        request,
        "system/codes.html",
        found=shown,
        known=known,
        platform=chosen,
        q=wanted,
        kinds=CLASS_NAMES,
        unlisted=[row for row in unlisted(newsroom) if not chosen or row.platform == chosen],
    )


def _fits(row: Row, wanted: str) -> bool:
    """The code itself, or words of what is said about it."""
    said = f"{row.cause}{row.remedy}{row.of}{CLASS_NAMES[row.kind]}".lower()
    return wanted == row.code or wanted.lower() in said
