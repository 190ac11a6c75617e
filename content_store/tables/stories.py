"""Stories and their reviews."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from content_store.tables import columns


class ReviewStep(StrEnum):
    FIRST = "first"
    SECOND = "second"
    FINAL = "final"
    EXPERT = "expert"


class Verdict(StrEnum):
    PASSED = "passed"
    REJECTED = "rejected"


class Story(SQLModel, table=True):
    """稿件: what editors write and review. Its text lives in versions."""

    id: int | None = Field(default=None, primary_key=True)
    article_id: int | None = columns.ref("article.id", required=False)
    """The article it was made from, if any."""
    kind: str = Field(default="story", max_length=12)
    """story, pack (the template of an emergency pack), emergency (a pack filled from an alert)."""
    area: str = Field(default="", max_length=12)
    current: int = 0
    """Number of the newest version."""
    status: str = Field(default="editing", max_length=12, index=True)
    """editing, in_review, rejected, approved, released (emergency short form), dropped."""
    event_id: int | None = columns.ref("event.id", required=False)
    created_by: int | None = columns.ref("user.id", required=False, index=False)
    created_at: datetime = columns.moment()
    updated_at: datetime = columns.moment(index=True)


class StoryVersion(SQLModel, table=True):
    """One state of a story's text. Never changed: an edit makes a new one, and reviews of the old one are void."""

    __table_args__ = (UniqueConstraint("story_id", "number", name="uq_version_story_number"),)

    id: int | None = Field(default=None, primary_key=True)
    story_id: int = columns.ref("story.id", cascade=True)
    number: int
    title: str = columns.long_text()
    digest: str = columns.long_text()
    body_html: str = columns.long_text()
    short_text: str = columns.long_text()
    """For short posts; empty: made from title and digest."""
    video_title: str = Field(default="")
    video_url: str = columns.long_text()
    author: str = Field(default="")
    source_line: str = Field(default="")
    ai_use: str = Field(default="", max_length=10)
    """none, assist, generated; may not be empty at publishing."""
    cover_sha256: str | None = columns.ref("media.sha256", required=False)
    content_hash: str = Field(max_length=64, index=True)
    edited_by: int | None = columns.ref("user.id", required=False, index=False)
    created_at: datetime = columns.moment()


class Review(SQLModel, table=True):
    """审签: one person's verdict on one version, bound to its hash.

    In the database: one person gives one verdict per version, one pass per step, and nobody passes his own text.
    """

    __table_args__ = (
        UniqueConstraint("story_version_id", "reviewer_id", name="uq_review_version_reviewer"),
        Index(
            "uq_review_version_step_passed",
            "story_version_id",
            "step",
            unique=True,
            sqlite_where=text("verdict = 'passed'"),
            postgresql_where=text("verdict = 'passed'"),
        ),
        CheckConstraint("editor_id IS NULL OR reviewer_id <> editor_id", name="ck_review_not_own_text"),
    )

    id: int | None = Field(default=None, primary_key=True)
    story_version_id: int = columns.ref("storyversion.id", cascade=True)
    content_hash: str = Field(max_length=64)
    step: str = Field(max_length=8)
    verdict: str = Field(max_length=8)
    reason: str = columns.long_text()
    reviewer_id: int = columns.ref("user.id")
    editor_id: int | None = columns.ref("user.id", required=False, index=False)
    created_at: datetime = columns.moment()
