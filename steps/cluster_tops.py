"""Which article of a cluster is shown first: the best source's, and of equals the one that seems to be the original."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlmodel import Session

from content_store import clusters
from content_store.clusters import Member
from tagging.sameness import bare

_MORE = 200
"""Characters by which lengths are told apart: an editor's note makes no original, but a cut makes none either."""


def best(members: Sequence[Member]) -> int:
    """The one to be shown first. Pure.

    By trust; then what names itself as the origin before what names nobody, and that before what names another; then the
    earliest published, the clearly longer, the first that came.
    """
    return min(members, key=_rank).id


def _rank(member: Member) -> tuple[int, int, bool, float, int, int]:
    published = member.published_at
    return (
        -member.trust,
        _origin(bare(member.source_name), bare(member.source_title)),
        published is None,
        published.timestamp() if published else 0.0,
        -(member.chars // _MORE),
        member.id,
    )


def _origin(named: str, own: str) -> int:
    """0: names itself, 1: names nobody, 2: names another. The longer of two names may say more (a newspaper's 客户端)."""
    if not named:
        return 1
    return 0 if named == own or (min(len(named), len(own)) >= 4 and (named in own or own in named)) else 2


def settle(session: Session, changed: Collection[int]) -> None:
    """Sizes and first articles of clusters whose articles have changed; one without articles stays, empty."""
    members: defaultdict[int, list[Member]] = defaultdict(list)
    for cluster, member in clusters.members(session, changed):
        members[cluster].append(member)
    clusters.settled(
        session,
        {number: (len(members[number]), best(members[number]) if members[number] else None) for number in changed},
    )
