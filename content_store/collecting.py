"""Writing down what a source gave: articles with revisions and pictures, source health."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, delete, or_, select

from content_store.tables import Article, ArticlePicture, ArticleRevision, Source, Tag

Picture = tuple[str, str, str]
"""URL, alternative text, caption."""


@dataclass(frozen=True)
class Known:
    """What tells whether an article has changed, without its text."""

    id: int
    title: str
    content_hash: str
    author: str
    source_name: str
    published_at: datetime | None
    collected_at: datetime
    attachments: list[Any] | None
    cluster_id: int | None


def known(
    session: Session, source_id: int, external_ids: Sequence[str], addresses: Mapping[str, str] | None = None
) -> dict[str, Known]:
    """Articles of a source by external id.

    `addresses`: external id → canonical address of those that have no other id than their link: they are known under any
    spelling of it.
    """
    found: Iterable[Any] = session.connection().execute(_BY_ID, {"source": source_id, "wanted": list(external_ids)})
    there = {external_id: Known(*rest) for external_id, *rest in found}
    left = {name: address for name, address in (addresses or {}).items() if name not in there}
    if left:
        found = session.connection().execute(_BY_ADDRESS, {"source": source_id, "wanted": list(set(left.values()))})
        under = {address: Known(*rest) for address, *rest in found}
        there |= {name: under[address] for name, address in left.items() if address in under}
    return there


_KNOWN = tuple(getattr(Article, each.name) for each in fields(Known))
_WANTED: Any = bindparam("wanted", expanding=True)
_BY_ID = columns_of(col(Article.external_id), *_KNOWN).where(
    col(Article.source_id) == bindparam("source"), col(Article.external_id).in_(_WANTED)
)
_BY_ADDRESS = (
    columns_of(col(Article.canonical_url), *_KNOWN)
    .where(
        col(Article.source_id) == bindparam("source"),
        col(Article.canonical_url).in_(_WANTED),
        col(Article.external_id).like("http%"),
    )
    .order_by(col(Article.id).desc())
)
"""Where one was stored twice, the first counts: it comes last here."""


def add(session: Session, pieces: Sequence[tuple[dict[str, Any], Sequence[Picture]]], *, now: datetime) -> None:
    """New articles from their values (with the id) and pictures, written together. Raises IntegrityError where another
    process added one in the meantime."""
    if not pieces:
        return
    common = _unset() | {"collected_at": now}
    session.connection().execute(insert(Article).returning(col(Article.id)), [common | values for values, _ in pieces])
    rows = [row for values, pictures in pieces for row in _picture_rows(values["id"], pictures)]
    if rows:
        session.connection().execute(insert(ArticlePicture), rows)


@lru_cache(maxsize=1)
def _unset() -> dict[str, Any]:
    """What an article has of which nothing was said. Rows are written without making an object of each."""
    fields = Article.model_fields.items()
    return {
        name: field.get_default(call_default_factory=True)
        for name, field in fields
        if name != "id" and not field.is_required()
    }


def amend(session: Session, article_id: int, values: Mapping[str, Any]) -> None:
    """What stands beside the text of an article has changed at its source; the text and its tags stay."""
    session.connection().execute(update(Article).where(col(Article.id) == article_id).values(**values))


def revise(
    session: Session,
    article: Article,
    values: dict[str, Any],
    pictures: Sequence[Picture],
    *,
    now: datetime,
) -> None:
    """The article changed at its source: the old text is kept beside it, and it waits for its tags again."""
    assert article.id is not None
    session.add(
        ArticleRevision(
            article_id=article.id,
            revision=article.revision,
            title=article.title,
            text=article.text,
            html=article.html,
            content_hash=article.content_hash,
            replaced_at=now,
        )
    )
    for name, value in values.items():
        setattr(article, name, value)
    article.revision += 1
    article.tagged_at, article.tagger_version = None, ""
    session.flush()
    _replace_pictures(session, article.id, pictures)


def succeeded(
    session: Session,
    source_id: int,
    *,
    now: datetime,
    next_at: datetime,
    cursor: dict[str, Any],
    news: Sequence[str] | None = None,
    remark: str = "",
) -> None:
    """The end of a good visit. `news`: the source's times of new pieces, where there was one; `remark` says what could
    not be read although the visit was good."""
    values: dict[str, Any] = {
        "cursor": cursor,
        "failures": 0,
        "last_error": remark,
        "last_tried_at": now,
        "last_ok_at": now,
        "next_at": next_at,
    }
    if news is not None:
        values |= {"last_new_at": now, "news": list(news)}
    # not as a row: most visits find nothing new, and loading it would cost as much as all the rest
    session.connection().execute(update(Source).where(col(Source.id) == source_id).values(**values))


def failed(
    session: Session,
    source_id: int,
    *,
    now: datetime,
    next_at: datetime,
    reason: str,
    cursor: dict[str, Any] | None = None,
    news: Sequence[str] | None = None,
) -> bool:
    """The end of a visit that failed. The cursor stays where it was, unless the visit got somewhere before; `news` as above.

    False where the source was removed meanwhile, and nothing is left to write it down on.
    """
    values: dict[str, Any] = {
        "failures": col(Source.failures) + 1,
        "last_error": reason,
        "last_tried_at": now,
        "next_at": next_at,
    }
    if cursor is not None:
        values["cursor"] = cursor
    if news is not None:
        values |= {"last_new_at": now, "news": list(news)}
    return session.connection().execute(update(Source).where(col(Source.id) == source_id).values(**values)).rowcount > 0


def collected(session: Session, *, since: datetime | None = None, theme: str = "") -> list[tuple[Article, str]]:
    """Articles with the key of their source, oldest first: those collected since, those with a tag of that theme or key."""
    query = select(Article, Source.key).where(Article.source_id == Source.id).order_by(col(Article.id))
    if since is not None:
        query = query.where(col(Article.collected_at) >= since)
    if theme:
        tagged = select(Tag.article_id).where(or_(Tag.theme == theme, Tag.key == theme), col(Tag.rejected).is_(False))
        query = query.where(col(Article.id).in_(tagged))
    return list(session.exec(query))


def take_away(session: Session, source: Source) -> bool:
    """Removes a source. One that gave articles stays for their sake and is only switched off: then False."""
    if session.exec(select(Article.id).where(Article.source_id == source.id).limit(1)).first() is not None:
        source.enabled = False
        session.flush()
        return False
    session.delete(source)
    session.flush()
    return True


def pictures_of(session: Session, article_id: int) -> list[ArticlePicture]:
    query = select(ArticlePicture).where(ArticlePicture.article_id == article_id)
    return list(session.exec(query.order_by(col(ArticlePicture.position))))


def pictures_waiting(session: Session, *, most_tries: int, limit: int) -> list[ArticlePicture]:
    """Pictures that are not here yet, those of the newest articles first."""
    query = select(ArticlePicture).where(col(ArticlePicture.media_sha256).is_(None), ArticlePicture.tries < most_tries)
    return list(
        session.exec(query.order_by(col(ArticlePicture.article_id).desc(), col(ArticlePicture.id)).limit(limit))
    )


def revisions_of(session: Session, article_id: int) -> list[ArticleRevision]:
    """What the article looked like before, oldest first."""
    query = select(ArticleRevision).where(ArticleRevision.article_id == article_id)
    return list(session.exec(query.order_by(col(ArticleRevision.revision))))


def _replace_pictures(session: Session, article_id: int, pictures: Sequence[Picture]) -> None:
    """A picture already fetched keeps its file as long as its address stays."""
    fetched = {row.url: row.media_sha256 for row in pictures_of(session, article_id)}
    session.exec(delete(ArticlePicture).where(col(ArticlePicture.article_id) == article_id))
    if rows := _picture_rows(article_id, pictures, fetched):
        session.connection().execute(insert(ArticlePicture), rows)


def _picture_rows(
    article_id: int, pictures: Sequence[Picture], fetched: dict[str, str | None] | None = None
) -> list[dict[str, Any]]:
    known = fetched or {}
    return [
        {
            "article_id": article_id,
            "position": position,
            "url": url,
            "alt": alt,
            "caption": caption,
            "media_sha256": known.get(url),
        }
        for position, (url, alt, caption) in enumerate(pictures)
    ]
