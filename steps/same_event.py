"""Putting reports of one event into one cluster, after they were collected; reprints are found while collecting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from content_store import same_events
from content_store.same_events import Opened, Piece
from steps import cluster_tops
from steps.newsroom import Newsroom
from tagging.same_event import MAX_CHARS, VERSION, Outline, is_same_event, likeness, unpacked

BATCH = 50
WITHIN = timedelta(days=3)
"""Reports of one event come so close together."""


def join_due(newsroom: Newsroom, now: datetime, *, within: timedelta = WITHIN, limit: int = 2000) -> dict[str, int]:
    """Compares what was collected since with the reports of the days before. Interrupted, the next call goes on."""
    counts = {"compared": 0, "joined": 0}
    while counts["compared"] < limit:
        with newsroom.store.session() as session:
            batch = same_events.due(session, VERSION, since=now - within, chars=MAX_CHARS, limit=BATCH)
            joined = [_place(session, piece, _outline(newsroom, piece), within) for piece in batch]
            if not batch:
                same_events.forget(session, before=now - within)
        counts["compared"] += len(batch)
        counts["joined"] += sum(joined)
        if not batch:
            break
    return counts


def beside(asked: Outline, at: datetime, opened: Sequence[Opened], within: timedelta) -> tuple[Opened, float] | None:
    """The report of the same event that the new one resembles most. Pure."""
    best: tuple[Opened, float] | None = None
    for other in opened:
        outline = unpacked(other.packed)
        if outline is None or abs(other.at - at) > within or not is_same_event(asked, outline):
            continue
        value = likeness(asked, outline)
        if best is None or value > best[1]:
            best = other, value
    return best


def _outline(newsroom: Newsroom, piece: Piece) -> Outline:
    return newsroom.tagger.outline(piece.title, piece.text)


def _place(session: Session, piece: Piece, outline: Outline, within: timedelta) -> bool:
    """Whether the article was put beside another one."""
    match = beside(outline, piece.at, same_events.opened(session, outline.keys), within)
    if match is None or same_events.parted(session, match[0].cluster_id, piece.cluster_id):
        same_events.open_event(session, piece, VERSION, outline.packed(), outline.keys)
        return False
    opened, value = match
    same_events.join_event(session, piece, VERSION, opened, round(value, 4))
    if piece.cluster_id != opened.cluster_id:
        cluster_tops.settle(session, {opened.cluster_id, piece.cluster_id})
    return True
