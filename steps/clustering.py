"""Placing new articles: into the cluster of the piece they repeat, or into one of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from content_store import clusters
from content_store.clusters import Alike
from content_store.tables import Article, Source
from steps.newsroom import Newsroom
from tagging.sameness import SAME, VERSION, Signature, bare, best_match, signature, similarity, unpacked

SAME_ADDRESS = 0.3
"""How alike two pieces under one address must be; a lower bar than for two addresses."""
SAME_ADDRESS_AT_MOST = 3
SIGN_AT_ONCE = 200


def match_among(new: Signature, title: str, url: str, others: Sequence[Alike]) -> tuple[Alike, float] | None:
    """The article that the new one repeats, if there is one."""
    signed = [(other, sign) for other in others if (sign := unpacked(other.packed)) is not None]
    best = best_match(new, signed)
    if best is not None:
        return best
    for other, sign in signed:
        if url and other.canonical_url == url:
            value = similarity(new, sign)
            same_title = len(bare(title)) >= 6 and bare(title) == bare(other.title)
            if value >= SAME_ADDRESS or same_title:
                return other, max(value, SAME)
    return None


def keep(session: Session, signed: Sequence[tuple[Article, Signature]]) -> None:
    """Stores what articles are compared by."""
    clusters.keep_signatures(
        session, [(article.id or 0, VERSION, sign.packed(), sign.keys) for article, sign in signed]
    )


def place(session: Session, source: Source, signed: Sequence[tuple[Article, Signature]], now: datetime) -> None:
    """Signs new articles of one source and finds their clusters, in the order given. They must have an id."""
    keep(session, signed)
    under = clusters.under_addresses(session, [article.canonical_url for article, _ in signed])
    matches = [(article, _match(session, article, sign, under)) for article, sign in signed]
    clusters.found_clusters(session, [article for article, match in matches if match is None], now=now)
    homes = {article.id: article.cluster_id for article, _ in matches}
    for article, match in matches:
        if match is None:
            continue
        other, value = match
        home = homes.get(other.id) or other.cluster_id
        if home is None:
            # the other was stored without being placed, by a process that died in between
            clusters.found_clusters(session, [article], now=now)
        else:
            becomes_top = source.trust > other.trust
            clusters.join_cluster(session, article, other.id, home, round(value, 4), becomes_top=becomes_top)
        homes[article.id] = article.cluster_id
    session.flush()


def _match(
    session: Session, article: Article, sign: Signature, under: Mapping[str, Sequence[int]]
) -> tuple[Alike, float] | None:
    assert article.id is not None
    earlier = [number for number in under.get(article.canonical_url, ()) if number < article.id][:SAME_ADDRESS_AT_MOST]
    others = clusters.alike(session, article.id, sign.keys, earlier)
    return match_among(sign, article.title, article.canonical_url, others)


def sign_due(newsroom: Newsroom, *, limit: int = 2000) -> int:
    """Signs articles that have no signature of this version, newest first; how many. Interrupted, it goes on later."""
    done = 0
    while done < limit:
        with newsroom.store.session() as session:
            batch = clusters.unsigned(session, VERSION, limit=SIGN_AT_ONCE)
            keep(session, [(row, signature(row.title, row.text or row.summary)) for row in batch])
        done += len(batch)
        if not batch:
            break
    return done
