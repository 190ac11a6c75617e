"""Clusters (同题) and what finds them: signatures, their look-up keys, and the articles that may be the same piece."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import TextClause, insert, text
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, delete, func, or_, select, update

from content_store.tables import Article, ArticleSignature, Band, Cluster, Source

CANDIDATES = 20
PER_KEY = 30
"""Of the articles under one key, the newest: what stands under each page of a site is under one key thousands of times."""


@dataclass(frozen=True)
class Alike:
    """An article that may be the same piece, with what it is compared by."""

    id: int
    title: str
    canonical_url: str
    cluster_id: int | None
    packed: bytes
    trust: int


def keep_signatures(session: Session, signed: Sequence[tuple[int, int, bytes, Sequence[int]]]) -> None:
    """(article, version, packed signature, keys) of articles, in place of those they had."""
    ids = [number for number, *_ in signed]
    if not ids:
        return
    for table in (Band, ArticleSignature):
        session.exec(delete(table).where(col(table.article_id).in_(ids)))
    rows = [{"article_id": number, "version": version, "packed": packed} for number, version, packed, _ in signed]
    session.connection().execute(insert(ArticleSignature), rows)
    keys = [{"article_id": number, "key": key} for number, _, _, keys in signed for key in keys]
    if keys:
        # as plain rows: objects would cost more than all the rest
        session.connection().execute(insert(Band), keys)


def alike(session: Session, article_id: int, keys: Sequence[int], others: Sequence[int]) -> list[Alike]:
    """Earlier articles that may be the same piece, most shared keys first, then `others`.

    `article_id` 0 stands for one that is not stored, so that all others are earlier.
    """
    ids = [*_under_keys(session, article_id, keys), *others]
    wanted = list(dict.fromkeys(ids))
    query = (
        columns_of(
            col(Article.id),
            col(Article.title),
            col(Article.canonical_url),
            col(Article.cluster_id),
            col(ArticleSignature.packed),
            col(Source.trust),
        )
        .join(ArticleSignature, col(ArticleSignature.article_id) == col(Article.id))
        .join(Source, col(Source.id) == col(Article.source_id))
        .where(col(Article.id).in_(wanted))
    )
    found: Sequence[Any] = session.connection().execute(query).all() if wanted else []
    rows: dict[int, Alike] = {row[0]: Alike(*row) for row in found}
    return [rows[number] for number in wanted if number in rows]


def _under_keys(session: Session, article_id: int, keys: Sequence[int]) -> list[int]:
    if not keys:
        return []
    values = {f"k{place}": key for place, key in enumerate(keys)} | {"own": article_id or 1 << 62}
    found = Counter(session.connection().execute(_newest_under(len(keys)), values).scalars())
    return [number for number, _ in sorted(found.items(), key=lambda each: (-each[1], each[0]))[:CANDIDATES]]


@lru_cache(maxsize=64)
def _newest_under(number: int) -> TextClause:
    """One question for all keys: each is a short walk at the end of its own stretch of the index."""
    one = "SELECT * FROM (SELECT article_id FROM band WHERE key = :k{} AND article_id < :own ORDER BY article_id DESC LIMIT {}) AS b{}"
    return text(" UNION ALL ".join(one.format(place, PER_KEY, place) for place in range(number)))


def under_addresses(session: Session, canonical_urls: Sequence[str]) -> dict[str, list[int]]:
    """The articles under each of these canonical addresses, oldest first."""
    wanted = {url for url in canonical_urls if url}
    found: dict[str, list[int]] = {}
    if wanted:
        query = select(Article.canonical_url, Article.id).where(col(Article.canonical_url).in_(wanted))
        for url, number in session.exec(query.order_by(col(Article.id))):
            found.setdefault(url, []).append(number or 0)
    return found


def unsigned(session: Session, version: int, *, limit: int) -> list[Article]:
    """Articles without a signature of this version, newest first."""
    query = (
        select(Article)
        .join(ArticleSignature, col(ArticleSignature.article_id) == col(Article.id), isouter=True)
        .where(or_(col(ArticleSignature.version).is_(None), ArticleSignature.version != version))
    )
    return list(session.exec(query.order_by(col(Article.id).desc()).limit(limit)))


def found_clusters(session: Session, articles: Sequence[Article], *, now: datetime) -> None:
    """A cluster of its own for each article that resembles nothing."""
    if not articles:
        return
    rows = [{"created_at": now, "top_article_id": article.id, "size": 1} for article in articles]
    made = session.connection().execute(insert(Cluster).returning(col(Cluster.id), sort_by_parameter_order=True), rows)
    for article, number in zip(articles, made.scalars(), strict=True):
        article.cluster_id = number


def join_cluster(
    session: Session, article: Article, other: int, cluster: int, similarity: float, *, becomes_top: bool
) -> None:
    """Puts the article into the cluster of the piece it repeats."""
    article.cluster_id, article.duplicate_of, article.similarity = cluster, other, similarity
    session.flush()
    size = select(func.count()).where(Article.cluster_id == cluster).scalar_subquery()
    values = {"size": size} | ({"top_article_id": article.id} if becomes_top else {})
    session.exec(update(Cluster).where(col(Cluster.id) == cluster).values(**values))
