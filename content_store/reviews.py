"""Reviews across stories: what is under review, and with which verdicts so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from content_store.tables import Review, Story, StoryVersion


@dataclass(frozen=True)
class UnderReview:
    story: Story
    version: StoryVersion
    reviews: list[Review] = field(default_factory=list)
    """Of this version, oldest first."""


def under_review(session: Session) -> list[UnderReview]:
    """Stories in review with their newest version, longest waiting first."""
    query = (
        select(Story, StoryVersion)
        .where(StoryVersion.story_id == Story.id, StoryVersion.number == Story.current, Story.status == "in_review")
        .order_by(col(Story.updated_at), col(Story.id))
    )
    found = {version.id: UnderReview(story, version) for story, version in session.exec(query)}
    given = select(Review).where(col(Review.story_version_id).in_(list(found))).order_by(col(Review.id))
    for review in session.exec(given):
        found[review.story_version_id].reviews.append(review)
    return list(found.values())


def given_by(session: Session, reviewer_id: int, *, limit: int = 30) -> list[tuple[Review, StoryVersion]]:
    """A person's own verdicts with the version they were about, newest first."""
    query = (
        select(Review, StoryVersion)
        .where(Review.reviewer_id == reviewer_id, StoryVersion.id == Review.story_version_id)
        .order_by(col(Review.id).desc())
        .limit(limit)
    )
    return [(review, version) for review, version in session.exec(query)]
