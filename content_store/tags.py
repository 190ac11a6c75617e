"""Tags on articles, and hot lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, func, select, update

from content_store.tables import Article, HotTopic, Source, Tag


def of_article(session: Session, article_id: int, *, with_rejected: bool = False) -> list[Tag]:
    query = select(Tag).where(Tag.article_id == article_id).order_by(col(Tag.theme), col(Tag.score).desc())
    return list(session.exec(query if with_rejected else query.where(col(Tag.rejected).is_(False))))


def of_articles(session: Session, article_ids: Iterable[int]) -> dict[int, list[Tag]]:
    """Standing tags by article, best first."""
    found: dict[int, list[Tag]] = {}
    query = select(Tag).where(col(Tag.article_id).in_(list(article_ids)), col(Tag.rejected).is_(False))
    for tag in session.exec(query.order_by(col(Tag.score).desc())):
        found.setdefault(tag.article_id, []).append(tag)
    return found


def replace_tagger_tags(session: Session, article_id: int, tags: Iterable[dict[str, Any]], *, now: datetime) -> int:
    """The tagger's new tags in place of its old ones. A person's tag or rejection stays and wins. Returns how many stand."""
    by_person = {(tag.theme, tag.key) for tag in of_article(session, article_id, with_rejected=True) if _of_person(tag)}
    session.exec(delete(Tag).where(col(Tag.article_id) == article_id, col(Tag.made_by) == "tagger"))
    kept = {(tag["theme"], tag["key"]): tag for tag in tags}
    for place, values in kept.items():
        if place not in by_person:
            session.add(Tag(article_id=article_id, made_by="tagger", created_at=now, **values))
    session.flush()
    return len(kept)


def set_by_person(
    session: Session, article_id: int, *, theme: str, key: str, name: str, rejected: bool, user_id: int, now: datetime
) -> None:
    """A person adds a tag or takes one away; either way it is the last word."""
    query = select(Tag).where(Tag.article_id == article_id, Tag.theme == theme, Tag.key == key)
    tag = session.exec(query).first() or Tag(article_id=article_id, theme=theme, key=key, created_at=now)
    tag.name = name or tag.name or key
    tag.made_by, tag.rejected, tag.user_id, tag.score = "person", rejected, user_id, 1.0
    session.add(tag)
    session.flush()


def counts(session: Session, theme: str) -> list[tuple[str, str, int]]:
    """(key, name, number of articles) of a theme, most first."""
    query = (
        select(Tag.key, func.max(Tag.name), func.count())
        .where(Tag.theme == theme, col(Tag.rejected).is_(False))
        .group_by(col(Tag.key))
        .order_by(func.count().desc(), col(Tag.key))
    )
    return [(key, name, number) for key, name, number in session.exec(query)]


def keep_hot_topics(session: Session, list_key: str, topics: Iterable[dict[str, Any]], *, now: datetime) -> int:
    """A look at a hot list: each topic {topic, rank, heat, url} is added or moved. Returns how many were not on it before.

    `now` is when the list was made: the same list once more changes nothing, nor does an older one that comes late.
    """
    known = {row.topic: row for row in session.exec(select(HotTopic).where(HotTopic.list_key == list_key))}
    added = 0
    for values in {each["topic"]: each for each in reversed(list(topics))}.values():
        row = known.get(values["topic"])
        if row is None:
            seen = {"first_seen_at": now, "last_seen_at": now, "best_rank": values["rank"]}
            session.add(HotTopic(list_key=list_key, **seen, **values))
            added += 1
        elif row.last_seen_at < now:
            row.previous_rank, row.rank, row.heat = row.rank, values["rank"], values.get("heat")
            row.url = values.get("url") or row.url
            row.best_rank = min(row.best_rank, values["rank"])
            row.last_seen_at, row.times_seen = now, row.times_seen + 1
    session.flush()
    return added


def hot_topics(session: Session, *, since: datetime, limit: int = 300) -> list[HotTopic]:
    query = select(HotTopic).where(col(HotTopic.last_seen_at) >= since)
    return list(session.exec(query.order_by(col(HotTopic.rank), col(HotTopic.topic)).limit(limit)))


def _of_person(tag: Tag) -> bool:
    return tag.made_by == "person"


def untagged(session: Session, version: str, *, limit: int) -> list[tuple[Article, Source]]:
    """Articles that this version of the tagger has not seen in their present form, newest first."""
    query = (
        select(Article, Source)
        .where(Source.id == Article.source_id, Article.tagger_version != version)
        .order_by(col(Article.collected_at).desc(), col(Article.id).desc())
    )
    return list(session.exec(query.limit(limit)))


def due_again(session: Session, *, since: datetime) -> None:
    """Articles collected since then are tagged anew in the next round."""
    session.exec(update(Article).where(col(Article.collected_at) >= since).values(tagger_version=""))


def keep_tagging(
    session: Session,
    article_id: int,
    *,
    kind: str,
    science: float,
    keywords: list[Any],
    found: list[dict[str, Any]],
    version: str,
    revision: int,
    now: datetime,
) -> None:
    """The tagger's result, unless the article has changed since it was read: then it is simply due again."""
    article = session.get(Article, article_id)
    if article is None or article.revision != revision:
        return
    article.kind, article.science, article.keywords = kind, science, keywords
    article.tagged_at, article.tagger_version = now, version
    replace_tagger_tags(session, article_id, [values | {"version": version} for values in found], now=now)
