"""Placing new articles: into the cluster of the piece they repeat, or into one of their own."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session

from content_store import clusters, same_events
from content_store.clusters import Alike
from content_store.tables import Article
from steps.cluster_tops import settle as settle_tops
from steps.newsroom import Newsroom
from tagging.sameness import SAME, VERSION, Signature, bare, best_match, is_another, signature, similarity, unpacked

SAME_ADDRESS = 0.3
"""How alike two pieces under one address must be; a lower bar than for two addresses."""
SAME_ADDRESS_AT_MOST = 3
SIGN_AT_ONCE = 200
_Other = TypeVar("_Other", bound="Alike | New")


@dataclass(frozen=True)
class New:
    """An article that has its id and is not stored yet."""

    id: int
    title: str
    canonical_url: str
    signed: Signature


@dataclass(frozen=True)
class Home:
    """Where a new article belongs."""

    cluster: int
    repeats: int | None = None
    """The article it repeats, and how alike they are."""
    similarity: float | None = None


class _Batch:
    """What came before in the same batch and is not stored yet, to be found as stored articles are."""

    def __init__(self) -> None:
        self._new: list[New] = []
        self._under: defaultdict[int | str, list[int]] = defaultdict(list)

    def add(self, new: New) -> None:
        for key in _found_by(new):
            self._under[key].append(len(self._new))
        self._new.append(new)

    def alike(self, new: New) -> list[New]:
        shared = Counter(place for key in _found_by(new) for place in self._under.get(key, ()))
        return [self._new[place] for place, _ in shared.most_common()]


def _found_by(new: New) -> list[int | str]:
    return [*new.signed.keys, new.canonical_url] if new.canonical_url else [*new.signed.keys]


def match_among(new: Signature, title: str, url: str, others: Sequence[Alike]) -> tuple[Alike, float] | None:
    """The article that the new one repeats, if there is one."""
    signed = [(other, sign) for other in others if (sign := unpacked(other.packed)) is not None]
    return _match(New(0, title, url, new), signed)


def _match(new: New, others: Sequence[tuple[_Other, Signature]]) -> tuple[_Other, float] | None:
    best = best_match(new.signed, others)
    if best is not None:
        return best
    for other, sign in others:
        if new.canonical_url and other.canonical_url == new.canonical_url:
            value = similarity(new.signed, sign)
            same_title = len(bare(new.title)) >= 6 and bare(new.title) == bare(other.title)
            if value >= SAME_ADDRESS or (same_title and not is_another(new.signed, sign)):
                return other, max(value, SAME)
    return None


def keep(session: Session, signed: Sequence[tuple[int, Signature]]) -> None:
    """Stores what articles are compared by, in place of what they had."""
    clusters.keep_signatures(session, [(number, VERSION, sign.packed(), sign.keys) for number, sign in signed])


def rewritten(session: Session, article: Article, signed: Signature, now: datetime) -> None:
    """A revised article that says something else now leaves its cluster: it would draw the reprints of its new text there.

    It stays where a person put it. `signed` is not stored yet.
    """
    assert article.id is not None
    before = unpacked(clusters.packed_of(session, article.id))
    if article.placed_at is not None or article.cluster_id is None or _resembles(signed, before):
        return
    same_events.forget_one(session, article.id)
    kin = [_resembles(signed, unpacked(packed)) for packed in clusters.relatives(session, article)]
    if not any(kin):
        changed = clusters.leave(session, article, now=now)
        settle_tops(session, {changed})


def _resembles(one: Signature, other: Signature | None) -> bool:
    return other is not None and similarity(one, other) >= SAME_ADDRESS


def homes(session: Session, batch: Sequence[New], now: datetime) -> list[Home]:
    """The cluster of each new article, in the order given; those that repeat nothing found one."""
    matches = _matches(session, batch)
    alone = [new.id for new, match in zip(batch, matches, strict=True) if match is None]
    founded = dict(zip(alone, clusters.found(session, alone, now=now), strict=True))
    made: dict[int, Home] = {}
    for new, match in zip(batch, matches, strict=True):
        if match is None:
            made[new.id] = Home(founded[new.id])
            continue
        other, value = match
        cluster = made[other.id].cluster if isinstance(other, New) else other.cluster_id
        assert cluster is not None
        made[new.id] = Home(cluster, other.id, round(value, 4))
    return list(made.values())


def _matches(session: Session, batch: Sequence[New]) -> list[tuple[Alike | New, float] | None]:
    """For each the stored article that it repeats, or the earlier one of the batch."""
    under = clusters.under_addresses(session, [new.canonical_url for new in batch])
    asked = [(new.signed.keys, under.get(new.canonical_url, [])[:SAME_ADDRESS_AT_MOST]) for new in batch]
    stored = clusters.alike(session, asked)
    signs = {other.id: unpacked(other.packed) for others in stored for other in others}
    earlier = _Batch()
    matches: list[tuple[Alike | New, float] | None] = []
    for new, found in zip(batch, stored, strict=True):
        # one that was stored without being placed, by a process that died in between, is nobody's home
        known = [(other, sign) for other in found if other.cluster_id and (sign := signs[other.id]) is not None]
        others: list[tuple[Alike | New, Signature]] = [*known, *((other, other.signed) for other in earlier.alike(new))]
        matches.append(_match(new, others))
        earlier.add(new)
    return matches


def settle(session: Session, batch: Sequence[New], made: Sequence[Home]) -> None:
    """Once the new articles are stored: what they are compared by, and what their clusters say of them."""
    clusters.add_signatures(session, [(new.id, VERSION, new.signed.packed(), new.signed.keys) for new in batch])
    settle_tops(session, {home.cluster for home in made if home.repeats is not None})


def sign_due(newsroom: Newsroom, *, limit: int = 2000) -> int:
    """Signs articles that have no signature of this version, newest first; how many. Interrupted, it goes on later."""
    done = 0
    while done < limit:
        with newsroom.store.session() as session:
            batch = clusters.unsigned(session, VERSION, limit=SIGN_AT_ONCE)
            keep(session, [(row.id or 0, signature(row.title, row.text or row.summary)) for row in batch])
        done += len(batch)
        if not batch:
            break
    return done
