"""Looking through what was collected: the desk's list of articles, one per cluster, filtered and searched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import defer
from sqlmodel import Session, col, func, or_, select

from content_store import search
from content_store.tables import Article, Cluster, Source, Story, Tag

SNIPPET = 160


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for. Empty: everything."""

    since: datetime | None = None
    words: str = ""
    theme: str = ""
    """emergency, hot, local, audience, day."""
    key: str = ""
    """A key of that theme; areas include the areas below them."""
    area: str = ""
    audience: str = ""
    kind: str = ""
    source_id: int | None = None


@dataclass(frozen=True)
class Line:
    """An article in the list, without its text."""

    id: int
    title: str
    snippet: str
    url: str
    at: datetime
    """When it was published, or collected where the source does not say."""
    source_id: int
    source_title: str
    source_name: str
    kind: str
    revision: int
    cluster_id: int | None
    others: int
    """Articles about the same thing beside this one."""
    trust: int = 3
    duplicate_of: int | None = None
    """The article whose text this one repeats."""


def listed(session: Session, wanted: Wanted, *, limit: int, offset: int = 0) -> list[Line]:
    """Newest first, one article of each cluster: its best, or the best of those that fit."""
    best = (
        func.row_number()
        .over(
            partition_by=func.coalesce(Article.cluster_id, -col(Article.id)),
            order_by=[(col(Article.id) == Cluster.top_article_id).desc(), _at().desc(), col(Article.id)],
        )
        .label("place")
    )
    found = _fitting(select(col(Article.id).label("id"), _at().label("at"), best), session, wanted)
    ranked = found.outerjoin(Cluster, col(Cluster.id) == Article.cluster_id).subquery()
    page = (
        select(ranked.c.id)
        .where(ranked.c.place == 1)
        .order_by(ranked.c.at.desc(), ranked.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return lines_of(session, list(session.scalars(page)))


def cluster_members(session: Session, cluster_id: int, *, without: int, limit: int = 50) -> list[Line]:
    """The other articles about the same thing, earliest first."""
    found = _lines(session, Article.cluster_id == cluster_id, Article.id != without, limit=limit)
    return sorted(found, key=lambda line: (line.at, line.id))


def lines_of(session: Session, article_ids: Sequence[int]) -> list[Line]:
    """These articles as lines, in the order given; what is gone is left out."""
    lines = {line.id: line for line in _lines(session, col(Article.id).in_(article_ids))}
    return [lines[number] for number in article_ids if number in lines]


def article(session: Session, article_id: int) -> tuple[Article, Source] | None:
    query = (
        select(Article, Source)
        .where(Article.id == article_id, Source.id == Article.source_id)
        .options(defer(Article.search_text))  # type: ignore[arg-type]  # SQLModel types columns as their values
    )
    return session.exec(query).first()


def with_stories(session: Session, article_ids: Iterable[int]) -> set[int]:
    """Which of these articles already have a story made from them."""
    query = select(Story.article_id).where(col(Story.article_id).in_(list(article_ids)), Story.status != "dropped")
    return {found for found in session.exec(query) if found is not None}


def _at() -> Any:
    return func.coalesce(Article.published_at, Article.collected_at)


def _lines(session: Session, *conditions: Any, limit: int = 500) -> list[Line]:
    query = (
        select(  # type: ignore[call-overload]  # more columns than the overloads know
            Article.id,
            Article.title,
            Article.summary,
            func.substr(Article.text, 1, SNIPPET),
            Article.url,
            Article.published_at,
            Article.collected_at,
            Article.source_id,
            Source.name,
            Article.source_name,
            Article.kind,
            Article.revision,
            Article.cluster_id,
            Cluster.size,
            Source.trust,
            Article.duplicate_of,
        )
        .join(Source, col(Source.id) == Article.source_id)
        .outerjoin(Cluster, col(Cluster.id) == Article.cluster_id)
        .where(*conditions)
        .limit(limit)
    )
    return [_line(*row) for row in session.exec(query)]


def _line(
    number: int,
    title: str,
    summary: str,
    beginning: str,
    url: str,
    published_at: datetime | None,
    collected_at: datetime,
    source_id: int,
    source_title: str,
    source_name: str,
    kind: str,
    revision: int,
    cluster_id: int | None,
    size: int | None,
    trust: int,
    duplicate_of: int | None,
) -> Line:
    return Line(
        id=number,
        title=title,
        snippet=" ".join((summary or beginning).split())[:SNIPPET],
        url=url,
        at=published_at or collected_at,
        source_id=source_id,
        source_title=source_title,
        source_name=source_name,
        kind=kind,
        revision=revision,
        cluster_id=cluster_id,
        others=max(0, (size or 1) - 1),
        trust=trust,
        duplicate_of=duplicate_of,
    )


def _fitting(query: Any, session: Session, wanted: Wanted) -> Any:
    if wanted.since is not None:
        query = query.where(_at() >= wanted.since)
    if wanted.kind:
        query = query.where(Article.kind == wanted.kind)
    if wanted.source_id is not None:
        query = query.where(Article.source_id == wanted.source_id)
    if wanted.theme:
        query = query.where(_tagged(wanted.theme, wanted.key))
    if wanted.area:
        query = query.where(_tagged("local", wanted.area))
    if wanted.audience:
        query = query.where(_tagged("audience", wanted.audience))
    return _with_words(query, session, wanted.words) if wanted.words.strip() else query


def _tagged(theme: str, key: str) -> Any:
    condition = select(Tag.id).where(Tag.article_id == Article.id, Tag.theme == theme, col(Tag.rejected).is_(False))
    if theme == "local" and key:
        condition = condition.where(or_(Tag.key == key, col(Tag.key).startswith(_stem(key), autoescape=True)))
    elif key:
        condition = condition.where(Tag.key == key)
    return condition.exists()


def _stem(code: str) -> str:
    """What the codes of the areas below this one begin with: 220000 → 22, 220100 → 2201."""
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def _with_words(query: Any, session: Session, words: str) -> Any:
    if session.get_bind().dialect.name == "sqlite":
        asked = search.sqlite_query(words)
        condition = "article.id IN (SELECT rowid FROM article_search WHERE article_search MATCH :asked)"
    else:
        asked = search.postgres_query(words)
        condition = "to_tsvector('simple', article.search_text) @@ to_tsquery('simple', :asked)"
    return query.where(text(condition).bindparams(asked=asked) if asked else text("1 = 0"))
