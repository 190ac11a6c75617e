"""Writing down what was read: new articles with their clusters, and revisions."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import Session

from connectors.base import BadItem
from content_store import collecting
from content_store.collecting import Known
from content_store.database import Store
from content_store.numbering import take
from content_store.tables import Article, Source
from steps.cluster_tops import settle as settle_tops
from steps.clustering import New, homes, keep, rewritten, settle
from steps.prepared import Prepared, amendments, is_something_else

Counts = dict[str, int]
"""new, revised, same, bad; of a round also sources and failed."""
_TRIES = 3
_OF_PAGES = frozenset({"webpage", "sitemap", "rss", "json_api", "wechat_article"})
"""Kinds of sources whose articles stand at an address, where an error may be shown one day; a file of one name may well hold another piece."""
_SOMETHING_ELSE = "这个网址现在显示的是别的内容（可能已删除或出错），原来的文章保留不变，请打开原网页看一看。"
_log = logging.getLogger(__name__)


def no_counts() -> Counts:
    return {"new": 0, "revised": 0, "same": 0, "bad": 0}


@dataclass(frozen=True)
class Portion:
    """Some of what one source gave."""

    source: Source
    pieces: Sequence[Prepared]
    now: datetime


def write(store: Store, portion: Portion) -> list[Counts | BadItem]:
    """One transaction. If another process added one of these articles meanwhile, it is there now: look again.

    Where the store refuses an article for what it is, the others are written without it.
    """
    for _ in range(_TRIES):
        try:
            with store.session() as session:
                return _upsert(session, portion)
        except (IntegrityError, DataError) as error:
            failure = error
    if len(portion.pieces) > 1:
        return [part for piece in portion.pieces for part in write(store, replace(portion, pieces=[piece]))]
    refused = portion.pieces[0]
    _log.warning("%s could not be stored: %s", refused.external_id, type(failure.orig).__name__)
    return [BadItem(where=str(refused.values["url"]), reason="这一条存不进数据库，已跳过，请把网址告诉维护人员。")]


def known(session: Session, source_id: int, batch: Sequence[Prepared]) -> dict[str, Known]:
    """Those of these items that the source has brought before, by external id."""
    addresses = {piece.external_id: piece.address for piece in batch if piece.address}
    return collecting.known(session, source_id, [piece.external_id for piece in batch], addresses)


def _upsert(session: Session, portion: Portion) -> list[Counts | BadItem]:
    there = known(session, portion.source.id or 0, portion.pieces)
    # of two entries under one id the last is what the source says now
    fresh = {piece.address or piece.external_id: piece for piece in portion.pieces if piece.external_id not in there}
    counts = no_counts() | {"new": len(fresh)}
    if fresh:
        _add(session, list(fresh.values()), portion.now)
    return [counts, *_look_again(session, portion, there, counts)]


def _look_again(session: Session, portion: Portion, there: dict[str, Known], counts: Counts) -> list[BadItem]:
    """Revises what changed; comes back with what is no revision."""
    refused = []
    for piece in portion.pieces:
        old = there.get(piece.external_id)
        if old is None:
            continue
        if old.content_hash == piece.values["content_hash"]:
            _amend(session, old, amendments(old, piece.values))
            counts["same"] += 1
        elif _revise(session, portion, old.id, piece):
            counts["revised"] += 1
        else:
            refused.append(BadItem(where=str(piece.values["url"]), reason=_SOMETHING_ELSE))
    return refused


def _amend(session: Session, old: Known, values: dict[str, Any]) -> None:
    if not values:
        return
    collecting.amend(session, old.id, values)
    if old.cluster_id is not None and ("published_at" in values or "source_name" in values):
        settle_tops(session, {old.cluster_id})


def _add(session: Session, fresh: Sequence[Prepared], now: datetime) -> None:
    numbers = take(session, Article, len(fresh))
    batch = [
        New(number, piece.values["title"], piece.values["canonical_url"], piece.signed)
        for number, piece in zip(numbers, fresh, strict=True)
    ]
    made = homes(session, batch, now)
    placed = [
        {"id": new.id, "cluster_id": home.cluster, "duplicate_of": home.repeats, "similarity": home.similarity}
        for new, home in zip(batch, made, strict=True)
    ]
    pieces = [(piece.values | place, piece.pictures) for piece, place in zip(fresh, placed, strict=True)]
    collecting.add(session, pieces, now=now)
    settle(session, batch, made)


def _revise(session: Session, portion: Portion, number: int, piece: Prepared) -> bool:
    """Whether it is a revision, and written."""
    article, now = session.get(Article, number), portion.now
    assert article is not None
    if portion.source.kind in _OF_PAGES and is_something_else(article.title, article.text, piece.values):
        return False
    values = {name: value for name, value in piece.values.items() if value is not None}
    collecting.revise(session, article, values, piece.pictures, now=now)
    rewritten(session, article, piece.signed, now)
    keep(session, [(number, piece.signed)])
    return True
