"""Reviews across stories: what is under review, and with which verdicts so far."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlmodel import Session, and_, col, func, or_, select

from content_store.tables import FollowUp, Review, ReviewStep, Story, StoryVersion, Verdict


@dataclass(frozen=True)
class UnderReview:
    story: Story
    version: StoryVersion
    reviews: list[Review] = field(default_factory=list)
    """Of this version, oldest first."""
    editors: set[int] = field(default_factory=set)
    """Who wrote what these reviews are about: see `editors_of`."""


def under_review(session: Session) -> list[UnderReview]:
    """Stories in review, and released ones whose full review is still owed, with their newest version; longest waiting
    first."""
    owed = select(FollowUp.id).where(
        FollowUp.kind == "full_review", col(FollowUp.done_at).is_(None), col(FollowUp.story_id) == col(Story.id)
    )
    query = (
        select(Story, StoryVersion)
        .where(StoryVersion.story_id == Story.id, StoryVersion.number == Story.current)
        .where(or_(Story.status == "in_review", and_(Story.status == "released", owed.exists())))
        .order_by(col(Story.updated_at), col(Story.id))
    )
    found = {version.id: UnderReview(story, version) for story, version in session.exec(query)}
    given = select(Review).where(col(Review.story_version_id).in_(list(found))).order_by(col(Review.id))
    for review in session.exec(given):
        found[review.story_version_id].reviews.append(review)
    editors = editors_of(session, [each.version.story_id for each in found.values()])
    for each in found.values():
        each.editors.update(editors.get(each.version.story_id, set()))
    return list(found.values())


def editors_of(session: Session, story_ids: Collection[int]) -> dict[int, set[int]]:
    """Story id → everybody who edited any version since the last one before the newest that passed its final review."""
    passed = (
        select(StoryVersion.story_id, func.max(StoryVersion.number))
        .join(Review, col(Review.story_version_id) == col(StoryVersion.id))
        .join(Story, col(Story.id) == col(StoryVersion.story_id))
        .where(Review.step == ReviewStep.FINAL, Review.verdict == Verdict.PASSED)
        .where(col(StoryVersion.number) < col(Story.current), col(StoryVersion.story_id).in_(list(story_ids)))
        .group_by(col(StoryVersion.story_id))
    )
    last = dict(session.exec(passed).all())
    written = select(StoryVersion.story_id, StoryVersion.number, StoryVersion.edited_by)
    found: dict[int, set[int]] = {}
    for story_id, number, editor in session.exec(written.where(col(StoryVersion.story_id).in_(list(story_ids)))):
        if editor is not None and number > last.get(story_id, 0):
            found.setdefault(story_id, set()).add(editor)
    return found


def given_by(session: Session, reviewer_id: int, *, limit: int = 30) -> list[tuple[Review, StoryVersion]]:
    """A person's own verdicts with the version they were about, newest first."""
    query = (
        select(Review, StoryVersion)
        .where(Review.reviewer_id == reviewer_id, StoryVersion.id == Review.story_version_id)
        .order_by(col(Review.id).desc())
        .limit(limit)
    )
    return [(review, version) for review, version in session.exec(query)]
