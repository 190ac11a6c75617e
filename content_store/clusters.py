"""Clusters (同题) and what finds them: signatures, their look-up keys, and the articles that may be the same piece."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, text
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, delete, func, or_, select, update

from content_store.numbering import take
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


Signed = tuple[int, int, bytes, Sequence[int]]
"""Article, version, packed signature, keys."""


def keep_signatures(session: Session, signed: Sequence[Signed]) -> None:
    """What articles are compared by, in place of what they had."""
    ids = [number for number, *_ in signed]
    if not ids:
        return
    for table in (Band, ArticleSignature):
        session.exec(delete(table).where(col(table.article_id).in_(ids)))
    add_signatures(session, signed)


def add_signatures(session: Session, signed: Sequence[Signed]) -> None:
    """The same for articles that had none."""
    if not signed:
        return
    rows = [{"article_id": number, "version": version, "packed": packed} for number, version, packed, _ in signed]
    session.connection().execute(insert(ArticleSignature), rows)
    keys = [(key, number) for number, _, _, keys in signed for key in keys]
    if keys:
        # as the driver takes them: there are so many that anything else would cost more than all the rest
        connection = session.connection()
        connection.exec_driver_sql(_ADD_KEYS[connection.dialect.name], sorted(keys))


def alike(session: Session, asked: Sequence[tuple[Sequence[int], Sequence[int]]]) -> list[list[Alike]]:
    """For the keys of each piece asked about the articles that may be the same, most shared keys first, then the others named.

    One question for all: a batch has hundreds of keys, and few of them are known.
    """
    under = _under_keys(session, {key for keys, _ in asked for key in keys})
    wanted = []
    for keys, others in asked:
        shared = Counter(number for key in keys for number in under.get(key, ()))
        most = sorted(shared.items(), key=lambda each: (-each[1], each[0]))[:CANDIDATES]
        wanted.append(list(dict.fromkeys([*(number for number, _ in most), *others])))
    rows = _compared_by(session, {number for numbers in wanted for number in numbers})
    return [[rows[number] for number in numbers if number in rows] for numbers in wanted]


def _under_keys(session: Session, keys: Collection[int]) -> dict[int, list[int]]:
    """Of each key the newest articles: short walks at the end of its own stretch of the index."""
    found: dict[int, list[int]] = {}
    if keys:
        connection = session.connection()
        many = list(keys)
        values = many if connection.dialect.name == "postgresql" else json.dumps(many)
        for key, number in connection.execute(_NEWEST_UNDER[connection.dialect.name], {"keys": values}):
            found.setdefault(key, []).append(number)
    return found


def _compared_by(session: Session, numbers: Collection[int]) -> dict[int, Alike]:
    if not numbers:
        return {}
    found: Iterable[Any] = session.connection().execute(_COMPARED_BY, {"numbers": list(numbers)})
    return {row[0]: Alike(*row) for row in found}


_ADD_KEYS = {
    "sqlite": "INSERT INTO band (key, article_id) VALUES (?, ?)",
    "postgresql": "INSERT INTO band (key, article_id) VALUES (%s, %s)",
}
_NEWEST = (
    "SELECT b.key, b.article_id FROM {} AS k CROSS JOIN band AS b WHERE b.key = k.value AND b.article_id >= coalesce("
    f"(SELECT f.article_id FROM band AS f WHERE f.key = k.value ORDER BY f.article_id DESC LIMIT 1 OFFSET {PER_KEY - 1}), 0)"
)
_NEWEST_UNDER = {
    "sqlite": text(_NEWEST.format("json_each(:keys)")),
    "postgresql": text(_NEWEST.format("unnest(CAST(:keys AS bigint[]))").replace("AS k", "AS k(value)", 1)),
}
_COMPARED_BY = (
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
    .where(col(Article.id).in_(bindparam("numbers", expanding=True)))
)


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


def found(session: Session, tops: Sequence[int], *, now: datetime) -> list[int]:
    """A cluster of its own for each of these articles, which are written after it; the clusters' ids."""
    numbers = take(session, Cluster, len(tops))
    if numbers:
        rows = [
            {"id": number, "created_at": now, "size": 1, "top_article_id": top}
            for number, top in zip(numbers, tops, strict=True)
        ]
        session.connection().execute(insert(Cluster), rows)
    return numbers


def packed_of(session: Session, number: int) -> bytes:
    """What the article is compared by; empty where it has nothing."""
    row = session.get(ArticleSignature, number)
    return row.packed if row is not None else b""


def locked(session: Session, articles: Iterable[int]) -> dict[int, Article]:
    """Those of these articles that there are, locked with their clusters, always in one order: whoever comes second sees what the first has written."""
    query = select(Article).where(col(Article.id).in_(list(articles))).order_by(col(Article.id)).with_for_update()
    found = list(session.exec(query.execution_options(populate_existing=True)))
    of = sorted({article.cluster_id for article in found if article.cluster_id is not None})
    session.exec(select(Cluster.id).where(col(Cluster.id).in_(of)).order_by(col(Cluster.id)).with_for_update()).all()
    return {article.id: article for article in found if article.id is not None}


def leave(session: Session, article: Article, *, now: datetime) -> int:
    """The article gets a cluster of its own, and repeats nothing any more; the cluster it left.

    What repeated it stays behind: with what it repeated, else with the first of themselves.
    """
    assert article.id is not None
    (own,) = found(session, [article.id], now=now)
    return move(session, article, own)


def move(session: Session, article: Article, cluster: int, *, repeats: int | None = None) -> int:
    """Puts one article into a cluster, which may repeat an article there; the cluster it left. Sizes are not counted yet."""
    assert article.cluster_id is not None
    old, repeated = article.cluster_id, article.duplicate_of
    heirs = list(session.exec(select(Article.id).where(Article.duplicate_of == article.id).order_by(col(Article.id))))
    article.cluster_id, article.duplicate_of, article.similarity = cluster, repeats, None
    session.flush()
    if heirs and repeated is None:
        repeated, heirs = heirs[0], heirs[1:]
        session.exec(update(Article).where(col(Article.id) == repeated).values(duplicate_of=None, similarity=None))
    session.exec(update(Article).where(col(Article.id).in_(heirs)).values(duplicate_of=repeated))
    return old


def relatives(session: Session, article: Article) -> list[bytes]:
    """What those are compared by that the article repeats, or that repeat it."""
    query = select(ArticleSignature.packed).join(Article, col(Article.id) == col(ArticleSignature.article_id))
    kin = or_(col(Article.duplicate_of) == article.id, col(Article.id) == article.duplicate_of)
    return list(session.exec(query.where(kin)))


@dataclass(frozen=True)
class Member:
    """What decides which article of a cluster is shown first."""

    id: int
    trust: int
    source_name: str
    """The 来源 line of the page."""
    source_title: str
    """What our source is called."""
    published_at: datetime | None
    chars: int


def members(session: Session, numbers: Collection[int]) -> list[tuple[int, Member]]:
    """The articles of these clusters, each with its cluster."""
    query = (
        columns_of(
            col(Article.cluster_id),
            col(Article.id),
            col(Source.trust),
            col(Article.source_name),
            col(Source.name),
            col(Article.published_at),
            func.length(Article.text),
        )
        .join(Source, col(Source.id) == col(Article.source_id))
        .where(col(Article.cluster_id).in_(numbers))
    )
    found: Iterable[Any] = session.connection().execute(query) if numbers else ()
    return [(cluster, Member(*rest)) for cluster, *rest in found]


def settled(session: Session, made: Mapping[int, tuple[int, int | None]]) -> None:
    """Writes size and first article of each of these clusters."""
    for number, (size, top) in made.items():
        session.exec(update(Cluster).where(col(Cluster.id) == number).values(size=size, top_article_id=top))
