"""预览: a story version in a phone, once for each kind of account."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from content_store import accounts, stories
from content_store.tables import Account, StoryVersion
from desk import previews, words
from desk.access import needs
from desk.answers import fragment, page
from desk.parts import NewsroomDep, Number, ReadingDep
from steps.errors import Missing
from steps.posts import changes
from steps.stories import standing

router = APIRouter(prefix="/stories")
# the frame shows a channel's own inline styles; it runs no script and loads pictures from here only
FRAME_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; "
    "form-action 'none'; sandbox"
)


@router.get("/{story_id}/preview")
@needs()
def preview_page(
    request: Request, newsroom: NewsroomDep, session: ReadingDep, story_id: Number, account: str = ""
) -> Response:
    story, version = standing(session, story_id)
    known = by_platform(accounts.listed(session, enabled_only=True))
    shown = _one_of_each_platform(known, account)
    return page(
        request,
        "stories/preview.html",
        story=story,
        version=version,
        shown=shown,
        known=known,
        chosen=account,
        troubles={each.id: previews.troubles(newsroom, version, each) for each in known},
        changes={each.id: changes(newsroom, version, each) for each in known},
    )


@router.get("/{story_id}/versions/{number}/as/{account_key}")
@needs()
def frame(
    request: Request, newsroom: NewsroomDep, session: ReadingDep, story_id: Number, number: Number, account_key: str
) -> Response:
    """The inside of the phone."""
    account = accounts.by_key(session, account_key)
    version = _version(session, story_id, number)
    if account is None:
        raise Missing("没有这个账号，请返回预览页。")
    answer = fragment(request, "stories/frame.html", version=version, **previews.shown(newsroom, version, account))
    answer.headers["Content-Security-Policy"] = FRAME_POLICY
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def _version(session: Session, story_id: int, number: int) -> StoryVersion:
    found = next((row for row in stories.versions(session, story_id) if row.number == number), None)
    if found is None:
        raise Missing("没有这个版本，请返回稿件页。")
    return found


def by_platform(known: Sequence[Account]) -> list[Account]:
    """In the order in which the desk always names the platforms."""
    order = list(words.PLATFORMS)
    return sorted(known, key=lambda account: order.index(account.platform) if account.platform in order else 99)


def _one_of_each_platform(known: list[Account], chosen: str) -> list[Account]:
    """The chosen account, or the first of each platform: accounts of one platform look alike."""
    if chosen:
        return [account for account in known if account.key == chosen]
    first: dict[str, Account] = {}
    for account in known:
        first.setdefault(account.platform, account)
    return list(first.values())
