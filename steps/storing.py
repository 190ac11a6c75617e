"""Writing down what was read: new articles with their clusters, revisions, and the end of a visit, of several visits at once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import Session

from connectors.base import BadItem
from content_store import collecting
from content_store.collecting import Known
from content_store.database import Store
from content_store.numbering import take
from content_store.tables import Article, Source
from steps.clustering import New, homes, keep, rewritten, settle
from steps.prepared import Prepared

Counts = dict[str, int]
"""new, revised, same, bad; of a round also sources and failed."""
_TRIES = 3
_log = logging.getLogger(__name__)


def no_counts() -> Counts:
    return {"new": 0, "revised": 0, "same": 0, "bad": 0}


@dataclass(frozen=True)
class Portion:
    """Some of what one source gave."""

    source: Source
    pieces: Sequence[Prepared]
    now: datetime


Written = list[Counts | BadItem]
Writing = Portion | Callable[[Session], None]
"""What is to be written: a portion, or something of another kind with it."""


def write(store: Store, asked: Sequence[Writing]) -> list[Written]:
    """One transaction. If another process added one of these articles meanwhile, it is there now: look again.

    Where the store refuses an article of a portion for what it is, the others are written without it. Raises what the
    store says where several were asked for: nothing of them is written then.
    """
    for _ in range(_TRIES):
        try:
            with store.session() as session:
                return _all(session, asked)
        except (IntegrityError, DataError) as error:
            failure = error
    portion = asked[0]
    if len(asked) > 1 or not isinstance(portion, Portion):
        raise failure
    if len(portion.pieces) > 1:
        alone = [replace(portion, pieces=[piece]) for piece in portion.pieces]
        return [[part for each in alone for part in write(store, [each])[0]]]
    refused = portion.pieces[0]
    _log.warning("%s could not be stored: %s", refused.external_id, type(failure.orig).__name__)
    reason = "这一条存不进数据库，已跳过，请把网址告诉维护人员。"
    return [[BadItem(where=str(refused.values["url"]), reason=reason)]]


def known(session: Session, source_id: int, batch: Sequence[Prepared]) -> dict[str, Known]:
    """Those of these items that the source has brought before, by external id."""
    addresses = {piece.external_id: piece.address for piece in batch if piece.address}
    return collecting.known(session, source_id, [piece.external_id for piece in batch], addresses)


def _all(session: Session, asked: Sequence[Writing]) -> list[Written]:
    portions = [each for each in asked if isinstance(each, Portion)]
    counted = iter(_upsert(session, portions))
    written: list[Written] = []
    for each in asked:
        if isinstance(each, Portion):
            written.append([next(counted)])
        else:
            each(session)
            written.append([])
    return written


def _upsert(session: Session, portions: Sequence[Portion]) -> list[Counts]:
    counted, fresh = [], []
    there = [known(session, portion.source.id or 0, portion.pieces) for portion in portions]
    for portion, old in zip(portions, there, strict=True):
        # of two entries under one id the last is what the source says now
        new = {piece.address or piece.external_id: piece for piece in portion.pieces if piece.external_id not in old}
        fresh += [(portion, piece) for piece in new.values()]
        counted.append(no_counts() | {"new": len(new)})
    if fresh:
        _add(session, fresh)
    for portion, old, counts in zip(portions, there, counted, strict=True):
        _look_again(session, portion, old, counts)
    return counted


def _look_again(session: Session, portion: Portion, there: dict[str, Known], counts: Counts) -> None:
    for piece in portion.pieces:
        old = there.get(piece.external_id)
        if old is None:
            continue
        if old.content_hash == piece.values["content_hash"]:
            counts["same"] += 1
        else:
            _revise(session, old.id, piece, portion.now)
            counts["revised"] += 1


def _add(session: Session, fresh: Sequence[tuple[Portion, Prepared]]) -> None:
    now = fresh[0][0].now
    numbers = take(session, Article, len(fresh))
    batch = [
        New(number, piece.values["title"], piece.values["canonical_url"], piece.signed)
        for number, (_, piece) in zip(numbers, fresh, strict=True)
    ]
    made = homes(session, batch, now)
    placed = [
        {"id": new.id, "cluster_id": home.cluster, "duplicate_of": home.repeats, "similarity": home.similarity}
        for new, home in zip(batch, made, strict=True)
    ]
    pieces = [(piece.values | place, piece.pictures) for (_, piece), place in zip(fresh, placed, strict=True)]
    collecting.add(session, pieces, now=now)
    settle(session, batch, made)


def _revise(session: Session, number: int, piece: Prepared, now: datetime) -> None:
    article = session.get(Article, number)
    assert article is not None
    collecting.revise(session, article, piece.values, piece.pictures, now=now)
    rewritten(session, article, piece.signed, now)
    keep(session, [(number, piece.signed)])
