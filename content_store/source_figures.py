"""What came from each source: how much, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from content_store.tables import Article


@dataclass(frozen=True)
class Figures:
    """Articles of one source."""

    total: int = 0
    recent: int = 0
    """Collected since the moment that was asked for."""


def by_source(session: Session, *, since: datetime, source_id: int | None = None) -> dict[int, Figures]:
    """Of all sources that have articles, or of one of them."""
    # two counts, each from its own index: one over both would read every article there is
    every = select(Article.source_id, func.count()).group_by(col(Article.source_id))
    recent = every.where(col(Article.collected_at) >= since)
    if source_id is not None:
        every, recent = (query.where(Article.source_id == source_id) for query in (every, recent))
    newer = dict(session.exec(recent).all())
    return {number: Figures(total, newer.get(number, 0)) for number, total in session.exec(every)}


def collected_at(session: Session, source_id: int, *, since: datetime, limit: int = 20_000) -> list[datetime]:
    """When the source's articles came in."""
    query = select(Article.collected_at).where(Article.source_id == source_id, col(Article.collected_at) >= since)
    return list(session.exec(query.order_by(col(Article.collected_at).desc()).limit(limit)))
