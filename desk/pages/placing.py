"""同题: taking an article out of its cluster, and finding the one that it belongs beside."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from content_store import inbox
from desk import bodies
from desk.access import needs
from desk.answers import page, redirect
from desk.parts import FormWords, NewsroomDep, Number, ReadingDep, VisitorDep
from steps import likely_same, placing
from steps.errors import Missing, Refused

router = APIRouter(prefix="/articles")


@router.get("/{article_id}/together")
@needs("editor")
def beside(request: Request, newsroom: NewsroomDep, session: ReadingDep, article_id: Number, q: str = "") -> Response:
    """What the article may be put beside: the likeliest, or what fits the words that were typed."""
    found = inbox.article(session, article_id)
    if found is None:
        raise Missing("这条素材已不存在，请返回列表刷新。")
    article, said = found[0], " ".join(q.split())[:200]
    lines = likely_same.searched(session, article, said) if said else likely_same.likeliest(newsroom, session, article)
    return page(
        request,
        "articles/together.html",
        article=article,
        said=said,
        lines=lines,
        most=likely_same.FOUND,
        days=likely_same.SEARCHED.days,
        hits=bodies.with_hits,
    )


@router.post("/{article_id}/apart")
@needs("editor")
def take_apart(
    request: Request,
    newsroom: NewsroomDep,
    visitor: VisitorDep,
    article_id: Number,
    seen_from: Annotated[Number | None, Form()] = None,
) -> Response:
    """`seen_from`: the article on whose page this one was listed."""
    placing.take_out(newsroom, article_id, by=visitor.display_name, now=newsroom.now())
    return redirect(request, f"/articles/{seen_from or article_id}", said="已移出同题，以后的采集不会再归进来。")


@router.post("/{article_id}/together")
@needs("editor")
def put_together(
    request: Request, newsroom: NewsroomDep, visitor: VisitorDep, article_id: Number, beside: FormWords
) -> Response:
    """`beside`: number or address of the other article."""
    other = placing.number_in(beside)
    if other is None:
        raise Refused("请填另一条素材的编号，或它在本系统里的网址。")
    placing.put_in(newsroom, article_id, other, by=visitor.display_name, now=newsroom.now())
    return redirect(request, f"/articles/{article_id}", said="已归入同题。")
