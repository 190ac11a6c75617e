"""The other articles of a cluster (同题): the same text elsewhere, and other reports of the same event. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from content_store.inbox import Line
from content_store.tables import Article


@dataclass(frozen=True)
class SameTopic:
    """Both lists have the most trusted source first."""

    reprints: tuple[Line, ...] = ()
    reports: tuple[Line, ...] = ()
    top_id: int | None = None
    """The article shown first in the inbox."""

    @property
    def number(self) -> int:
        return len(self.reprints) + len(self.reports)

    @property
    def better(self) -> Line | None:
        """The article shown first, where it is another than the one that is open."""
        return next((line for line in (*self.reprints, *self.reports) if line.id == self.top_id), None)


def same_topic(article: Article, members: Sequence[Line], top_id: int | None) -> SameTopic:
    """`members`: the cluster without the article itself."""
    repeats: dict[int, int | None] = {line.id: line.duplicate_of for line in members}
    repeats[article.id or 0] = article.duplicate_of
    own = _first(article.id or 0, repeats)
    ordered = sorted(members, key=lambda line: (line.id != top_id, -line.trust, line.at, line.id))
    reprints = [line for line in ordered if _first(line.id, repeats) == own]
    return SameTopic(tuple(reprints), tuple(line for line in ordered if line not in reprints), top_id)


def _first(number: int, repeats: Mapping[int, int | None]) -> int:
    """The piece at the beginning of a chain of reprints."""
    seen = {number}
    while (before := repeats.get(number)) is not None and before not in seen:
        number = before
        seen.add(before)
    return number
