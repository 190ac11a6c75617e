"""A person's word on the form of an article: it stands whatever the tagger says later, until it is taken back."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from content_store import kinds, log
from content_store.tables import Article, User
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom
from tagging.lexicon import KINDS


def correct(newsroom: Newsroom, article_id: int, kind: str, *, by: int, now: datetime) -> None:
    """The article has this form; saying what the tagger says confirms it. Raises Refused."""
    if kind not in KINDS:
        raise Refused("没有这个类型，请在页面上选一个。")
    with newsroom.store.session() as session:
        article = _article(session, article_id)
        known = kinds.of_people(session, [article_id]).get(article_id)
        if known is not None and known.kind == kind:
            return
        before = article.kind
        kinds.set_by_person(session, article, kind, user_id=by, now=now)
        _written(session, article_id, "kind_corrected", before, kind, by, now)


def take_back(newsroom: Newsroom, article_id: int, *, by: int, now: datetime) -> None:
    """The tagger's answer stands again. Raises Missing."""
    with newsroom.store.session() as session:
        article = _article(session, article_id)
        said = kinds.take_back(session, article)
        if said is not None:
            _written(session, article_id, "kind_taken_back", said, article.kind, by, now)


def _article(session: Session, number: int) -> Article:
    article = kinds.locked(session, number)
    if article is None:
        raise Missing("这条素材已不存在，请返回列表刷新。")
    return article


def _written(session: Session, number: int, act: str, before: str, after: str, by: int, now: datetime) -> None:
    who = session.get_one(User, by).display_name
    detail = {"from": before, "to": after}
    log.append(session, at=now, subject="article", subject_id=number, act=act, actor=who, detail=detail)
