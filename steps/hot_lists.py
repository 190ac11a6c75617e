"""Topics of hot lists: kept beside the articles and never among them, for the tagger to compare articles with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from connectors.base import FetchedItem, Parsed
from content_store import tags
from content_store.tables import Source
from steps.newsroom import Newsroom

REACH = timedelta(days=14)
"""How old an article may be to be matched with a topic that is new on a list."""


def topics_apart(newsroom: Newsroom, source: Source, parsed: Parsed, now: datetime) -> tuple[Parsed, int]:
    """Keeps the topics among the items under the source's key; returns the items that are articles, and the number of topics."""
    hot = [item for item in parsed.items if "hot" in item.raw]
    if not hot:
        return parsed, 0
    # a list that says when it was made is that list however often it is read
    at = min(_made_at(hot) or now, now)
    with newsroom.store.session() as session:
        if tags.keep_hot_topics(session, source.key, rows_of(hot), now=at):
            tags.due_again(session, since=now - REACH)
    return parsed.model_copy(update={"items": tuple(item for item in parsed.items if "hot" not in item.raw)}), len(hot)


def rows_of(items: Sequence[FetchedItem]) -> list[dict[str, Any]]:
    """Topics as columns of the store. Pure."""
    return [
        {"topic": item.title[:300], "rank": item.raw["hot"]["rank"], "heat": item.raw["hot"]["heat"], "url": item.url}
        for item in items
    ]


def _made_at(items: Sequence[FetchedItem]) -> datetime | None:
    said = str(items[0].raw["hot"]["at"])
    return datetime.fromisoformat(said) if said else None
