"""The forms of articles (alert, news, science …) that people have corrected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from content_store.tables import Article, KindByPerson


def of_people(session: Session, articles: Iterable[int]) -> dict[int, KindByPerson]:
    """What people said of the form of these articles, by article."""
    query = select(KindByPerson).where(col(KindByPerson.article_id).in_(list(articles)))
    return {row.article_id: row for row in session.exec(query)}


def standing(session: Session, found: Mapping[int, str]) -> dict[int, str]:
    """The forms that stand once the tagger has found these: a person's wins, and the tagger's is kept beside it.

    The articles are locked by whoever asks.
    """
    settled = of_people(session, found)
    for number, row in settled.items():
        row.tagger_kind = found[number]
    session.flush()
    return {number: settled[number].kind if number in settled else kind for number, kind in found.items()}


def set_by_person(session: Session, article: Article, kind: str, *, user_id: int, now: datetime) -> None:
    """A person's form for an article, which `locked` gave; it stands until it is taken back."""
    assert article.id is not None
    row = session.get(KindByPerson, article.id)
    if row is None:
        row = KindByPerson(article_id=article.id, kind=kind, tagger_kind=article.kind, user_id=user_id, set_at=now)
    row.kind, row.user_id, row.set_at = kind, user_id, now
    article.kind = kind
    session.add(row)
    session.flush()


def take_back(session: Session, article: Article) -> str | None:
    """The tagger's answer stands again; what the person had said, None where nobody had said anything."""
    row = session.get(KindByPerson, article.id)
    if row is None:
        return None
    article.kind, said = row.tagger_kind, row.kind
    session.delete(row)
    session.flush()
    return said


def locked(session: Session, article_id: int) -> Article | None:
    """The article, locked as the tagger locks it: whoever comes second sees what the first has written."""
    return session.get(Article, article_id, with_for_update=True)
