"""Placing new articles: into the cluster of the piece they repeat, or into one of their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from content_store import clusters
from content_store.tables import Article, Source
from tagging.sameness import SAME, Signature, bare, best_match, signature, similarity

SAME_ADDRESS = 0.3
"""How alike two pieces under one address must be; a lower bar than for two addresses."""


def match_among(new: Signature, title: str, url: str, others: Sequence[Article]) -> tuple[Article, float] | None:
    """The article that the new one repeats, if there is one."""
    signed = [(other, signature(other.title, other.text or other.summary)) for other in others]
    rows = {other.id: other for other in others}
    best = best_match(new, ((other.id, sign) for other, sign in signed))
    if best is not None:
        return rows[best[0]], best[1]
    for other, sign in signed:
        value = similarity(new, sign)
        same_title = len(bare(title)) >= 6 and bare(title) == bare(other.title)
        if url and other.canonical_url == url and (value >= SAME_ADDRESS or same_title):
            return other, max(value, SAME)
    return None


def place(session: Session, source: Source, signed: Sequence[tuple[Article, Signature]], now: datetime) -> None:
    """Finds the clusters of new articles of one source, in the order given. They must have been added (have an id)."""
    for article, sign in signed:
        _place(session, source, article, sign, now)


def _place(session: Session, source: Source, article: Article, signed: Signature, now: datetime) -> None:
    assert article.id is not None
    others = clusters.alike(session, article.id, signed.keys, article.canonical_url)
    match = match_among(signed, article.title, article.canonical_url, others)
    if match is None:
        clusters.found_cluster(session, article, now=now)
        return
    other, value = match
    home = session.get(Source, other.source_id)
    more_trusted = home is not None and source.trust > home.trust
    clusters.join_cluster(session, article, other, round(value, 4), becomes_top=more_trusted)
