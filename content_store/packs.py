"""Packs and the versions of their texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlmodel import Session, col, select

from content_store.tables import Pack, Review, StoryVersion

SETTABLE = ("name", "hazard", "levels", "phase", "audience", "expires_on", "enabled")


def by_key(session: Session, key: str) -> Pack | None:
    return session.exec(select(Pack).where(Pack.key == key)).first()


def by_story(session: Session, story_id: int) -> Pack | None:
    return session.exec(select(Pack).where(Pack.story_id == story_id)).first()


def listed(session: Session, *, hazard: str = "") -> list[Pack]:
    query = select(Pack).order_by(col(Pack.hazard), col(Pack.key))
    return list(session.exec(query.where(Pack.hazard == hazard) if hazard else query))


def put(session: Session, key: str, values: dict[str, Any], *, story_id: int, story_version_id: int) -> Pack:
    """Adds the pack or changes what it is for."""
    pack = by_key(session, key) or Pack(key=key, story_id=story_id, **values, story_version_id=story_version_id)
    for name in SETTABLE:
        if name in values:
            setattr(pack, name, values[name])
    pack.story_version_id = story_version_id
    session.add(pack)
    session.flush()
    return pack


def texts(session: Session, packs: Iterable[Pack]) -> dict[int, list[tuple[StoryVersion, list[Review]]]]:
    """Pack id → the versions of its story with their reviews, newest version first."""
    stories = {pack.story_id: pack.id for pack in packs if pack.id is not None}
    found: dict[int, list[tuple[StoryVersion, list[Review]]]] = {pack_id: [] for pack_id in stories.values()}
    reviews: dict[int, list[Review]] = {}
    query = (
        select(StoryVersion)
        .where(col(StoryVersion.story_id).in_(list(stories)))
        .order_by(col(StoryVersion.number).desc())
    )
    for version in session.exec(query):
        if version.id is not None:
            reviews[version.id] = []
            found[stories[version.story_id]].append((version, reviews[version.id]))
    for review in session.exec(select(Review).where(col(Review.story_version_id).in_(list(reviews)))):
        reviews[review.story_version_id].append(review)
    return found
