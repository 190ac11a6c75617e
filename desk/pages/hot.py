"""热点: the topics of all hot lists as one list, beside what we have on them; rumours apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from content_store import inbox, sources, tags
from content_store.inbox import Line, Wanted
from desk import words
from desk.access import needs
from desk.answers import page
from desk.parts import NewsroomDep, ReadingDep
from steps.errors import Missing
from steps.hot import HotNow, hot_board, keys_of
from steps.hot_lists import HOT_FOR, MOST_LINES
from steps.newsroom import Newsroom

router = APIRouter(prefix="/hot")
PER_PAGE = 50
LONGEST = 300
"""Characters of a topic."""
ARTICLES = 20
WORDS = 8
VIEWS: dict[str, tuple[str, Callable[[HotNow], bool]]] = {
    "": ("全部", lambda each: True),
    "science": ("有科学角度", lambda each: each.has_science),
    "stock": ("已有素材或稿件", lambda each: each.has_stock),
    "rumour": ("辟谣线索", lambda each: bool(each.signs)),
}
"""What can be looked at, by its key in the address."""


@router.get("")
@needs()
def listing(
    request: Request, newsroom: NewsroomDep, session: ReadingDep, show: str = "", q: str = "", number: int = 1
) -> Response:
    show, number = show if show in VIEWS else "", max(1, min(number, 100))
    board = hot_board(newsroom, newsroom.now())
    named = [each for each in board.topics if _says(each, q)]
    found = [each for each in named if VIEWS[show][1](each)]
    chosen = {"show": show, "q": q}
    return page(
        request,
        "planning/hot.html",
        found=found[(number - 1) * PER_PAGE : number * PER_PAGE],
        board=board,
        views={key: (name, sum(map(fits, named))) for key, (name, fits) in VIEWS.items()},
        chosen=chosen,
        link=_links(chosen),
        number=number,
        has_more=len(found) > number * PER_PAGE,
        lists=_names(session),
        has_lists=any(row.kind == "hotlist" for row in sources.listed(session)),
        most=MOST_LINES,
        TRENDS=words.TRENDS,
    )


@router.get("/topic")
@needs()
def show(request: Request, newsroom: NewsroomDep, session: ReadingDep, name: str = "") -> Response:
    """A topic has no number: its name is its address, in any wording of a list that has it."""
    found = hot_board(newsroom, newsroom.now()).called(name[:LONGEST])
    if found is None:
        raise Missing("这个话题已经不在各家热榜上了，请返回热点列表。")
    wordings = [line.topic for line in found.topic.lines]
    return page(
        request,
        "planning/topic.html",
        each=found,
        rows=tags.lines_of_topic(session, wordings, since=newsroom.now() - HOT_FOR),
        articles=_articles(session, found),
        searches=_words(newsroom, found),
        lists=_names(session),
        heat=words.heat,
        TRENDS=words.TRENDS,
    )


def _says(each: HotNow, q: str) -> bool:
    asked = q.lower().split()
    return not asked or any(all(word in line.topic.lower() for word in asked) for line in each.topic.lines)


def _articles(session: Session, each: HotNow) -> list[Line]:
    found = {
        line.id: line
        for key in keys_of(each.topic)
        for line in inbox.listed(session, Wanted(theme="hot", key=key), limit=ARTICLES)
    }
    return sorted(found.values(), key=lambda line: line.at, reverse=True)[:ARTICLES]


def _words(newsroom: Newsroom, each: HotNow) -> list[str]:
    """Words of the topic to look for in what was collected, in the order in which they stand there."""
    name = each.topic.name
    found = {word for word in newsroom.tagger.topic_words(each.topic.lines[0]) if len(word) > 1}
    return sorted(found, key=lambda word: (name.find(word) < 0, name.find(word), word))[:WORDS]


def _names(session: Session) -> dict[str, str]:
    """What a list is called, by its key."""
    return {row.key: row.name for row in sources.listed(session)}


def _links(chosen: dict[str, str]) -> Callable[..., str]:
    def link(number: int = 1, **changed: str) -> str:
        values: dict[str, Any] = {**chosen, **changed, "number": number if number > 1 else ""}
        asked = urlencode({name: value for name, value in values.items() if value})
        return f"/hot?{asked}" if asked else "/hot"

    return link
