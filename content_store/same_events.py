"""Reports of one event in one cluster: what is to be compared, what it may be compared with, and how clusters are joined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import TextClause, and_, text
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, delete, func, or_, select, update

from content_store.tables import Article, EventReport, EventWord

CANDIDATES = 20
PER_KEY = 30
"""Of the reports with one word, the newest."""


class Piece(NamedTuple):
    """An article that was not compared yet."""

    id: int
    title: str
    text: str
    at: datetime
    """When it was published, or collected where the source does not say."""
    collected_at: datetime
    cluster_id: int


class Opened(NamedTuple):
    """A report that opened an event."""

    id: int
    packed: bytes
    at: datetime
    cluster_id: int


def due(session: Session, version: int, *, since: datetime, chars: int, limit: int) -> list[Piece]:
    """Articles of the recent days that were not compared by this version, earliest first. Reprints follow their original.

    They are locked: a second machine passes over them.
    """
    query = (
        _pieces(chars)
        .outerjoin(EventReport, col(EventReport.article_id) == col(Article.id))
        .where(
            col(Article.collected_at) >= since,
            col(Article.duplicate_of).is_(None),
            col(Article.cluster_id).is_not(None),
            col(Article.placed_at).is_(None),
            or_(
                col(EventReport.version).is_(None),
                and_(col(EventReport.version) != version, col(EventReport.opened_by).is_(None)),
            ),
        )
        .order_by(col(Article.id))
        .limit(limit)
        .with_for_update(of=Article, skip_locked=True)
    )
    found: Sequence[Any] = session.connection().execute(query).all()
    return [Piece(*row) for row in found]


def _pieces(chars: int) -> Any:
    """Articles as `Piece` has them."""
    written = func.coalesce(func.nullif(Article.text, ""), Article.summary)
    return columns_of(
        col(Article.id),
        col(Article.title),
        func.substr(written, 1, chars),
        func.coalesce(Article.published_at, Article.collected_at),
        col(Article.collected_at),
        col(Article.cluster_id),
    )


def opened(session: Session, keys: Sequence[int]) -> list[Opened]:
    """Reports that share rare words and opened an event, those that share most first."""
    if not keys:
        return []
    asked = _newest_with(len(keys))
    found = Counter(session.connection().execute(asked, {f"k{n}": key for n, key in enumerate(keys)}).scalars())
    wanted = [number for number, _ in sorted(found.items(), key=lambda each: (-each[1], each[0]))[:CANDIDATES]]
    query = (
        columns_of(
            col(EventReport.article_id),
            col(EventReport.packed),
            func.coalesce(Article.published_at, Article.collected_at),
            col(Article.cluster_id),
        )
        .join(Article, col(Article.id) == col(EventReport.article_id))
        .where(col(EventReport.article_id).in_(wanted), col(Article.cluster_id).is_not(None))
    )
    found_rows: Sequence[Any] = session.connection().execute(query).all() if wanted else []
    rows = {row[0]: Opened(*row) for row in found_rows}
    return [rows[number] for number in wanted if number in rows]


def nearest(session: Session, article: Article, *, within: timedelta, chars: int, limit: int) -> list[Piece]:
    """Articles of other clusters that were published nearest to this one, up to `limit` before it and as many after it.

    By the time of collecting where its source does not say when it was published.
    """
    clock = col(Article.published_at if article.published_at else Article.collected_at)
    at = article.published_at or article.collected_at
    before = and_(clock <= at, clock >= at - within), clock.desc()
    after = and_(clock > at, clock <= at + within), clock
    found: list[Piece] = []
    for near, order in (before, after):
        query = _pieces(chars).where(near, col(Article.cluster_id) != article.cluster_id)
        query = query.order_by(order, col(Article.id)).limit(limit)
        found += [Piece(*row) for row in session.connection().execute(query)]
    return found


@lru_cache(maxsize=16)
def _newest_with(number: int) -> TextClause:
    """One question for all words: each is a short walk at the end of its own stretch of the index."""
    one = "SELECT * FROM (SELECT article_id FROM eventword WHERE key = :k{} ORDER BY article_id DESC LIMIT {}) AS w{}"
    return text(" UNION ALL ".join(one.format(place, PER_KEY, place) for place in range(number)))


def open_event(session: Session, piece: Piece, version: int, packed: bytes, keys: Sequence[int]) -> None:
    """The article resembles no earlier report; later ones may be put beside it."""
    _forget(session, [piece.id])
    session.add(_report(piece, version, packed))
    session.flush()
    session.add_all([EventWord(key=key, article_id=piece.id) for key in keys])
    session.flush()


def join_event(session: Session, piece: Piece, version: int, to: Opened, likeness: float) -> None:
    """Puts the article, with its reprints, into the cluster of the report that opened the event."""
    _forget(session, [piece.id])
    session.add(_report(piece, version, b"", opened_by=to.id, likeness=likeness))
    if piece.cluster_id != to.cluster_id:
        # the emptied cluster's row stays: a reprint that is being stored at this moment may point to it
        for column in (col(Article.cluster_id), col(Article.parted_from)):
            session.exec(update(Article).where(column == piece.cluster_id).values({column: to.cluster_id}))
    session.flush()


def parted(session: Session, one: int, other: int) -> bool:
    """Whether a person took an article of one of these clusters out of the other."""
    pairs = or_(
        and_(col(Article.cluster_id) == one, col(Article.parted_from) == other),
        and_(col(Article.cluster_id) == other, col(Article.parted_from) == one),
    )
    return session.exec(select(Article.id).where(pairs).limit(1)).first() is not None


def forget_one(session: Session, number: int) -> None:
    """An article whose text is another now: it is compared anew."""
    _forget(session, [number])


def _report(
    piece: Piece, version: int, packed: bytes, *, opened_by: int | None = None, likeness: float | None = None
) -> EventReport:
    return EventReport(
        article_id=piece.id,
        version=version,
        packed=packed,
        collected_at=piece.collected_at,
        opened_by=opened_by,
        likeness=likeness,
    )


def forget(session: Session, *, before: datetime) -> None:
    """Reports that opened an event some days ago: nothing new is put beside them."""
    old = select(EventReport.article_id).where(EventReport.collected_at < before, col(EventReport.opened_by).is_(None))
    _forget(session, list(session.exec(old)))


def _forget(session: Session, numbers: Sequence[int]) -> None:
    for start in range(0, len(numbers), 500):
        part = numbers[start : start + 500]
        for table in (EventWord, EventReport):
            session.exec(delete(table).where(col(table.article_id).in_(part)))
