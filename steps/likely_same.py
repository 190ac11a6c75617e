"""Which articles an editor may want to put an article beside: the likeliest without a word typed, else what is searched for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from sqlmodel import Session

from content_store import inbox, same_events
from content_store.inbox import Line, Wanted
from content_store.tables import Article
from steps.newsroom import Newsroom
from steps.placing import number_in
from steps.same_event import WITHIN
from tagging.same_event import MAX_CHARS, Outline, likeness, unpacked

OFFERED = 5
FOUND, LOOKED_THROUGH = 12, 60
NEAREST = 150
"""So many articles before and after it are outlined anew: the look-up knows only the last days."""
ALIKE = 0.06
"""Less than this any two texts share. Nine in ten of the pairs of one event that no round joins share more."""
SEARCHED = timedelta(days=30)
"""What is searched begins so long before the article."""


class Candidate(NamedTuple):
    id: int
    cluster_id: int
    outline: Outline


def likeliest(newsroom: Newsroom, session: Session, article: Article) -> list[Line]:
    """Articles of other clusters that resemble it most: among those with its rare words, and those of its days."""
    outline = newsroom.tagger.outline
    own = outline(article.title, article.text or article.summary)
    known = [(each.id, each.cluster_id, unpacked(each.packed)) for each in same_events.opened(session, own.keys)]
    kept = [Candidate(number, cluster, found) for number, cluster, found in known if found is not None]
    near = same_events.nearest(session, article, within=WITHIN, chars=MAX_CHARS, limit=NEAREST)
    kept += [Candidate(each.id, each.cluster_id, outline(each.title, each.text)) for each in near]
    return inbox.lines_of(session, ranked(own, (each for each in kept if each.cluster_id != article.cluster_id)))


def ranked(own: Outline, candidates: Iterable[Candidate]) -> list[int]:
    """The most alike first, of each cluster one. Pure."""
    best: dict[int, tuple[float, int]] = {}
    for each in candidates:
        value = likeness(own, each.outline)
        if value >= ALIKE and value > best.get(each.cluster_id, (0.0, 0))[0]:
            best[each.cluster_id] = value, each.id
    return [number for _, number in sorted(best.values(), key=lambda each: (-each[0], each[1]))[:OFFERED]]


def searched(session: Session, article: Article, said: str) -> list[Line]:
    """Articles of other clusters with these words, of each cluster one: those that have them in the headline first, then
    the newest; before them the one whose number or address was typed."""
    number = number_in(said)
    named = inbox.lines_of(session, [number]) if number is not None else []
    since = (article.published_at or article.collected_at) - SEARCHED
    found = inbox.listed(session, Wanted(since=since, words=said), limit=LOOKED_THROUGH)
    found.sort(key=lambda line: not all(word in line.title.lower() for word in said.lower().split()))
    lines = {line.id: line for line in (*named, *found) if line.cluster_id != article.cluster_id}
    return list(lines.values())[:FOUND]
