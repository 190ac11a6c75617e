"""A person's word on what is the same: an article taken out of its cluster, or put into another. No round undoes it."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from sqlmodel import Session

from content_store import clusters, inbox, log
from content_store.tables import Article
from steps import cluster_tops
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom
from tagging.sameness import is_same, unpacked

ACTS = {"taken_out": "移出同题", "put_in": "归入同题"}
"""How the log's words are called at the desk."""
_ADDRESS = re.compile(r"/articles/(\d{1,9})/?")


def number_in(said: str) -> int | None:
    """The article that somebody names by its number or by the address of its page. Pure."""
    said = said.strip()
    if re.fullmatch(r"\d{1,9}", said, re.ASCII):
        return int(said)
    try:
        found = _ADDRESS.fullmatch(urlsplit(said).path)
    except ValueError:
        return None
    return int(found.group(1)) if found else None


def take_out(newsroom: Newsroom, article_id: int, *, by: str, now: datetime) -> None:
    """The article is about something else than its cluster. Raises Refused."""
    with newsroom.store.session() as session:
        (article,) = _articles(session, article_id)
        if article.cluster_id is None or not _has_others(session, article):
            raise Refused("这条素材没有同题，不用移出。")
        left = clusters.leave(session, article, now=now)
        article.placed_at, article.parted_from = now, left
        _written(session, article, left, "taken_out", by, now)


def put_in(newsroom: Newsroom, article_id: int, beside: int, *, by: str, now: datetime) -> None:
    """The article is about the same as another one. Raises Refused."""
    with newsroom.store.session() as session:
        article, other = _articles(session, article_id, beside)
        if other.cluster_id is None or article.cluster_id is None:
            raise Refused("这条素材还没有处理完，请过几分钟再试。")
        if article.cluster_id == other.cluster_id:
            raise Refused("这两条素材已经是同题。")
        left = clusters.move(
            session, article, other.cluster_id, repeats=beside if _same_text(session, article, other) else None
        )
        article.placed_at, article.parted_from = now, None
        _written(session, article, left, "put_in", by, now)


def _written(session: Session, article: Article, left: int, act: str, by: str, now: datetime) -> None:
    assert article.id is not None
    assert article.cluster_id is not None
    session.flush()
    cluster_tops.settle(session, {left, article.cluster_id})
    detail = {"from": left, "to": article.cluster_id}
    log.append(session, at=now, subject="article", subject_id=article.id, act=act, actor=by, detail=detail)


def _articles(session: Session, *numbers: int) -> list[Article]:
    found = clusters.locked(session, numbers)
    if missing := [number for number in numbers if number not in found]:
        raise Missing(f"没有第 {missing[0]} 号素材，请核对编号或网址。")
    return [found[number] for number in numbers]


def _has_others(session: Session, article: Article) -> bool:
    assert article.cluster_id is not None
    return bool(inbox.cluster_members(session, article.cluster_id, without=article.id or 0, limit=1))


def _same_text(session: Session, article: Article, other: Article) -> bool:
    one, two = (unpacked(clusters.packed_of(session, each.id or 0)) for each in (article, other))
    return one is not None and two is not None and is_same(one, two)
