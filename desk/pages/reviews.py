"""审签: my queue, and reading the exact text that a verdict is bound to."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from content_store import people, reviews, stories
from content_store.tables import Article, ReviewStep, Source, Verdict
from desk import bodies
from desk.access import REVIEWERS, needs
from desk.answers import page, redirect
from desk.changes import difference, words_of
from desk.pages.stories import review_steps
from desk.parts import FormWords, NewsroomDep, Number, ReadingDep, VisitorDep
from steps import review
from steps.errors import Refused
from steps.review_queue import queue_for
from steps.stories import standing

router = APIRouter(prefix="/reviews")


@router.get("")
@needs()
def queue(request: Request, session: ReadingDep, visitor: VisitorDep) -> Response:
    everything = queue_for(session, user_id=visitor.id, roles=visitor.roles)
    ids = [each.waiting.version.edited_by for each in everything]
    ids += [given.reviewer_id for each in everything for given in each.waiting.reviews]
    return page(
        request,
        "reviews/list.html",
        mine=[each for each in everything if each.objection is None],
        others=[each for each in everything if each.objection is not None],
        names=people.with_ids(session, ids),
        done=reviews.given_by(session, visitor.id, limit=15),
        steps_of=lambda each: review_steps(
            each.waiting.reviews, review.standing_of(each.waiting.reviews, each.waiting.version.content_hash)
        ),
    )


@router.get("/{story_id}")
@needs(*REVIEWERS)
def read(request: Request, session: ReadingDep, visitor: VisitorDep, story_id: Number) -> Response:
    story, version = standing(session, story_id)
    assert version.id is not None
    given = stories.reviews_of(session, version.id)
    where = review.standing_of(given, version.content_hash)
    editors = reviews.editors_of(session, [story_id]).get(story_id, set())
    against = _objection(visitor.id, visitor.roles, where, editors, [each.reviewer_id for each in given])
    article = session.get(Article, story.article_id) if story.article_id is not None else None
    earlier = [row for row in stories.versions(session, story_id) if row.number < version.number]
    return page(
        request,
        "reviews/read.html",
        story=story,
        version=version,
        body=bodies.shown(version.body_html),
        steps=review_steps(given, where),
        step=where.next_step,
        objection=against if story.status in review.REVIEWABLE else "这篇稿件不在审签中。",
        names=people.with_ids(session, [version.edited_by, *(each.reviewer_id for each in given)]),
        article=article,
        source=session.get(Source, article.source_id) if article else None,
        earlier=earlier[:1],
        change=difference(words_of(earlier[0].body_html), words_of(version.body_html)) if earlier else None,
    )


@router.post("/{story_id}")
@needs(*REVIEWERS)
def give(
    request: Request,
    newsroom: NewsroomDep,
    visitor: VisitorDep,
    story_id: Number,
    step: Annotated[ReviewStep, Form()],
    verdict: Annotated[Verdict, Form()],
    content_hash: Annotated[str, Form()],
    reason: FormWords = "",
) -> Response:
    try:
        after = review.give(
            newsroom,
            story_id,
            step=step,
            verdict=verdict,
            reason=reason[:2000],
            content_hash=content_hash,
            by=visitor.id,
            now=newsroom.now(),
        )
    except Refused as error:
        return redirect(request, f"/reviews/{story_id}", said=str(error), tone="bad")
    with newsroom.store.reading() as session:
        out = standing(session, story_id)[0].status == "released"
    return redirect(request, "/reviews", said=_said(review.STEP_NAMES[step], after, out))


def _said(name: str, after: review.Standing, out: bool) -> str:
    """What happens next. `out`: it was released in an emergency and is reviewed afterwards."""
    if after.rejected and out:
        return f"{name}已退回。这篇应急稿已经发出，请撤回或更正，并在“后续任务”中写明处理结果。"
    if after.rejected:
        return f"{name}已退回，编辑会看到您写的理由。"
    if not after.approved:
        return f"{name}已通过，等待下一审。"
    return "三审已补齐，补审任务已办结。" if out else "三审全部通过，可以排期发布。"


def _objection(
    user_id: int, roles: frozenset[str], where: review.Standing, editors: set[int], before: list[int]
) -> str | None:
    step = where.next_step or ReviewStep.FINAL
    return review.objection(step=step, standing=where, roles=roles, reviewer=user_id, editors=editors, before=before)
