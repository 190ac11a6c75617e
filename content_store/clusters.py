"""Clusters (同题): articles that may be the same piece, and the clusters they are put into."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from content_store.tables import Article, Band, Cluster

CANDIDATES = 20


def alike(session: Session, article_id: int, bands: Sequence[str], canonical_url: str) -> list[Article]:
    """Articles that may be the same piece, most shared bands first: with the same address, or sharing a band."""
    found: dict[int, Article] = {}
    if canonical_url:
        same = select(Article).where(
            Article.canonical_url == canonical_url, Article.id != article_id, col(Article.cluster_id).is_not(None)
        )
        found |= {
            article.id: article for article in session.exec(same.order_by(col(Article.id)).limit(3)) if article.id
        }
    if bands:
        shared = (
            select(Band.article_id)
            .where(col(Band.key).in_(bands), Band.article_id != article_id)
            .group_by(col(Band.article_id))
            .order_by(func.count().desc(), col(Band.article_id))
            .limit(CANDIDATES)
        )
        ids = list(session.exec(shared))
        rows = {
            row.id: row
            for row in session.exec(
                select(Article).where(col(Article.id).in_(ids), col(Article.cluster_id).is_not(None))
            )
        }
        found |= {number: rows[number] for number in ids if number in rows and number not in found}
    return list(found.values())


def found_cluster(session: Session, article: Article, *, now: datetime) -> None:
    """A cluster of its own for an article that resembles nothing."""
    cluster = Cluster(created_at=now, top_article_id=article.id)
    session.add(cluster)
    session.flush()
    article.cluster_id = cluster.id
    session.flush()


def join_cluster(session: Session, article: Article, other: Article, similarity: float, *, becomes_top: bool) -> None:
    """Puts the article into the cluster of the piece it repeats."""
    assert other.cluster_id is not None
    article.cluster_id, article.duplicate_of, article.similarity = other.cluster_id, other.id, similarity
    session.flush()
    cluster = session.get(Cluster, other.cluster_id)
    assert cluster is not None
    cluster.size = session.exec(select(func.count()).where(Article.cluster_id == cluster.id)).one()
    if becomes_top:
        cluster.top_article_id = article.id
    session.flush()
