"""Stories, their versions and reviews."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from content_store.tables import Article, ArticlePicture, Cluster, Delivery, Event, Review, Source, Story, StoryVersion

TEXT_FIELDS = (
    "title",
    "digest",
    "body_html",
    "short_text",
    "video_title",
    "video_url",
    "author",
    "source_line",
    "ai_use",
    "cover_sha256",
)
"""What an editor can change, and what a review is bound to."""


def content_hash(fields: dict[str, Any]) -> str:
    """SHA-256 over TEXT_FIELDS: the text that a review approves."""
    body = {name: fields.get(name) or "" for name in TEXT_FIELDS}
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def add(
    session: Session,
    *,
    fields: dict[str, Any],
    by: int | None,
    now: datetime,
    article_id: int | None = None,
    kind: str = "story",
    area: str = "",
    event_id: int | None = None,
) -> StoryVersion:
    """A new story with its first version."""
    story = Story(
        article_id=article_id, kind=kind, area=area, event_id=event_id, created_by=by, created_at=now, updated_at=now
    )
    session.add(story)
    session.flush()
    assert story.id is not None
    return add_version(session, story.id, fields=fields, by=by, now=now)


def add_version(
    session: Session, story_id: int, *, fields: dict[str, Any], by: int | None, now: datetime
) -> StoryVersion:
    """A new version of the text; the story goes back to editing, and reviews of older versions count no more."""
    story = session.get(Story, story_id, with_for_update=True)
    assert story is not None
    kept: dict[str, Any] = {name: fields[name] for name in TEXT_FIELDS if fields.get(name) is not None}
    kept["cover_sha256"] = kept.get("cover_sha256") or None
    version = StoryVersion(
        story_id=story_id,
        number=story.current + 1,
        content_hash=content_hash(kept),
        edited_by=by,
        created_at=now,
        **kept,
    )
    session.add(version)
    story.current = version.number
    story.status = "editing"
    story.updated_at = now
    session.flush()
    return version


def current_version(session: Session, story_id: int) -> StoryVersion | None:
    return session.exec(
        select(StoryVersion).where(StoryVersion.story_id == story_id).order_by(col(StoryVersion.number).desc()).limit(1)
    ).first()


def versions(session: Session, story_id: int) -> list[StoryVersion]:
    """Newest first."""
    query = select(StoryVersion).where(StoryVersion.story_id == story_id)
    return list(session.exec(query.order_by(col(StoryVersion.number).desc())))


def of_version(session: Session, version_id: int) -> Story | None:
    """The story that a version belongs to, as it stands now."""
    query = select(Story).join(StoryVersion, col(StoryVersion.story_id) == col(Story.id))
    return session.exec(query.where(StoryVersion.id == version_id).execution_options(populate_existing=True)).first()


def deliveries_of(session: Session, story_id: int, *, locked: bool = False) -> list[tuple[Delivery, int]]:
    """The deliveries of all versions, each with its version's number, oldest first. `locked` until the transaction ends,
    so that none is sent while it is being called off."""
    query = (
        select(Delivery, StoryVersion.number)
        .join(StoryVersion, col(StoryVersion.id) == col(Delivery.story_version_id))
        .where(StoryVersion.story_id == story_id)
        .order_by(col(Delivery.id))
    )
    if locked:
        query = query.with_for_update(of=Delivery).execution_options(populate_existing=True)
    return list(session.exec(query))


def reviews_of(session: Session, version_id: int) -> list[Review]:
    """Oldest first."""
    query = select(Review).where(Review.story_version_id == version_id)
    return list(session.exec(query.order_by(col(Review.id))))


def listed(
    session: Session, *, statuses: Iterable[str] = (), kinds: Iterable[str] = ("story", "emergency"), limit: int = 200
) -> list[tuple[Story, StoryVersion]]:
    """Stories with their newest version, last touched first."""
    query = select(Story, StoryVersion).where(
        StoryVersion.story_id == Story.id, StoryVersion.number == Story.current, col(Story.kind).in_(list(kinds))
    )
    wanted = list(statuses)
    if wanted:
        query = query.where(col(Story.status).in_(wanted))
    return list(session.exec(query.order_by(col(Story.updated_at).desc(), col(Story.id).desc()).limit(limit)))


def count_by_status(session: Session) -> dict[str, int]:
    query = select(Story.status, func.count()).where(Story.kind != "pack").group_by(Story.status)
    return dict(session.exec(query).all())


def of_ended_events(session: Session, story_ids: Iterable[int | None]) -> set[int | None]:
    """Those of these stories whose event is over."""
    query = select(Story.id).join(Event, col(Event.id) == col(Story.event_id))
    ids = [story_id for story_id in story_ids if story_id is not None]
    return set(session.exec(query.where(col(Story.id).in_(ids), Event.end_kind != "")))


def made_from(session: Session, article_id: int) -> list[Story]:
    return list(session.exec(select(Story).where(Story.article_id == article_id)))


def just_made(session: Session, article_id: int, *, by: int, since: datetime) -> int | None:
    """The story that this person made from the article since then and still edits; the newest of several."""
    query = (
        select(Story.id)
        .where(Story.article_id == article_id, Story.created_by == by, Story.created_at >= since)
        .where(Story.status == "editing")
    )
    return session.exec(query.order_by(col(Story.id).desc()).limit(1)).first()


def materials(session: Session, *, limit: int) -> list[int]:
    """Ids of articles fit for a story: science, with pictures, of a source that may be reprinted; one of each cluster."""
    query = (
        select(Article.id)
        .join(Source, col(Source.id) == Article.source_id)
        .join(Cluster, col(Cluster.id) == Article.cluster_id)
        .where(Article.kind == "science", Source.reprint != "forbidden", col(Cluster.top_article_id) == Article.id)
        .where(select(ArticlePicture.id).where(ArticlePicture.article_id == Article.id).exists())
        .order_by(col(Article.published_at), col(Article.id))
    )
    return [number for number in session.exec(query.limit(limit)) if number is not None]
