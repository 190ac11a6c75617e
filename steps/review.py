"""The three reviews (三审): fixed order, three different people, bound to the text's hash.

A story that two people released in an emergency gets them afterwards, by the same rules; it stays `released`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from content_store import events, log, reviews, stories
from content_store.tables import Review, ReviewStep, Story, StoryVersion, User, Verdict
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom
from steps.stories import standing

ORDER = (ReviewStep.FIRST, ReviewStep.SECOND, ReviewStep.FINAL)
STEP_NAMES = {
    ReviewStep.FIRST: "初审",
    ReviewStep.SECOND: "复审",
    ReviewStep.FINAL: "终审",
    ReviewStep.EXPERT: "专家审",
}
REVIEWABLE = ("in_review", "released")
"""Statuses of a story in which verdicts are given."""
ROLE_FOR = {ReviewStep.FIRST: "reviewer1", ReviewStep.SECOND: "reviewer2", ReviewStep.FINAL: "reviewer3"}


@dataclass(frozen=True)
class Standing:
    """How far a version has come."""

    next_step: ReviewStep | None
    """None: all three are passed, or it was rejected."""
    rejected: bool
    approved: bool


def standing_of(reviews: Sequence[Review], content_hash: str) -> Standing:
    """Reads the reviews of one version; only those bound to this hash count. Pure."""
    counting = [review for review in reviews if review.content_hash == content_hash]
    if any(review.verdict == Verdict.REJECTED for review in counting):
        return Standing(next_step=None, rejected=True, approved=False)
    passed = {review.step for review in counting}
    for step in ORDER:
        if step not in passed:
            return Standing(next_step=step, rejected=False, approved=False)
    return Standing(next_step=None, rejected=False, approved=True)


def objection(
    *,
    step: ReviewStep,
    standing: Standing,
    roles: Iterable[str],
    reviewer: int,
    editors: Collection[int],
    before: Iterable[int],
) -> str | None:
    """Why this person may not give this verdict now; None where he may. Pure. Administrators are no exception.

    `editors`: everybody who wrote part of this text since it last passed; a colleague's last comma changes nothing.
    """
    if standing.next_step is None:
        return "这个版本的审签已经结束，如需修改请先编辑出新版本。"
    if step != standing.next_step:
        return f"现在应进行{STEP_NAMES[standing.next_step]}，请按初审、复审、终审的顺序审签。"
    if ROLE_FOR[step] not in set(roles):
        return f"您没有{STEP_NAMES[step]}权限，请由有权限的同事审签。"
    if reviewer in editors:
        return "不能审签自己修改过的稿件，请由其他同事审签。"
    if reviewer in set(before):
        return "三审须由三位不同的人完成，您已审过这个版本。"
    return None


def submit(newsroom: Newsroom, story_id: int, *, by: int, now: datetime) -> None:
    """Sends the newest version to review."""
    with newsroom.store.session() as session:
        story, version = standing(session, story_id)
        if story.status not in ("editing", "rejected"):
            raise Refused("这篇稿件不在编辑状态，无需再次送审。")
        if story.status == "rejected":
            raise Refused("这个版本已被退回，请修改后再送审。")
        if not version.ai_use:
            raise Refused("请先填写“AI 使用情况”再送审。")
        if not version.body_html.strip():
            raise Refused("正文还是空的，请写好正文再送审。")
        story.status, story.updated_at = "in_review", now
        _note(session, story_id, version.number, "submitted", by, now)


def give(
    newsroom: Newsroom,
    story_id: int,
    *,
    step: ReviewStep,
    verdict: Verdict,
    reason: str,
    content_hash: str,
    by: int,
    now: datetime,
) -> Standing:
    """One verdict on the text the reviewer saw (`content_hash`). Raises Refused."""
    if verdict == Verdict.REJECTED and not reason.strip():
        raise Refused("退回稿件请写明理由。")
    try:
        with newsroom.store.session() as session:
            story, version = standing(session, story_id)
            if story.status not in REVIEWABLE:
                raise Refused("这篇稿件不在审签中，请刷新页面看最新状态。")
            if version.content_hash != content_hash:
                raise Refused("您打开后稿件又被修改过，请刷新并重新看过再审签。")
            after = _record(session, version, step, verdict, reason.strip(), by, now)
            _note(session, story_id, version.number, f"{step}:{verdict}", by, now, reason)
            _follow(session, story, after, by, now)
            return after
    except IntegrityError as error:
        raise Refused("刚有同事完成了这一步审签，请刷新页面看最新状态。") from error


def _follow(session: Session, story: Story, after: Standing, by: int, now: datetime) -> None:
    """What the verdict makes of the story. One that is out already stays released, and owes its reviews no longer."""
    story.updated_at = now
    if story.status != "released":
        if after.rejected or after.approved:
            story.status = "rejected" if after.rejected else "approved"
    elif after.approved and story.event_id is not None:
        for task in events.follow_ups_of(session, story.event_id):
            if task.kind == "full_review" and task.story_id == story.id and task.done_at is None:
                task.done_at, task.done_by, task.note = now, by, "三审已补齐。"


def _record(
    session: Session, version: StoryVersion, step: ReviewStep, verdict: Verdict, reason: str, by: int, now: datetime
) -> Standing:
    reviewer = session.get(User, by)
    if reviewer is None or version.id is None:
        raise Missing("找不到审签人，请重新登录。")
    given = stories.reviews_of(session, version.id)
    refused = objection(
        step=step,
        standing=standing_of(given, version.content_hash),
        roles=reviewer.roles,
        reviewer=by,
        editors=reviews.editors_of(session, [version.story_id]).get(version.story_id, set()),
        before=[review.reviewer_id for review in given],
    )
    if refused:
        raise Refused(refused)
    review = Review(
        story_version_id=version.id,
        content_hash=version.content_hash,
        step=step,
        verdict=verdict,
        reason=reason,
        reviewer_id=by,
        editor_id=version.edited_by,
        created_at=now,
    )
    session.add(review)
    return standing_of([*given, review], version.content_hash)


def _note(session: Session, story_id: int, number: int, act: str, by: int, now: datetime, why: str = "") -> None:
    user = session.get(User, by)
    log.append(
        session,
        at=now,
        subject="story",
        subject_id=story_id,
        act=act,
        actor=user.display_name if user else str(by),
        why=why,
        detail={"version": number},
    )
