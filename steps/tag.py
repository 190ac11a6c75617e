"""Tagging what was collected: articles without tags, or with tags of an older tagger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from content_store import tags
from content_store.tables import Article, HotTopic, Source
from steps.newsroom import Newsroom
from tagging import HotTopic as ListedTopic
from tagging import TaggedText, Tagging

BATCH = 50
HOT_FOR = timedelta(days=2)
"""How long a topic counts as hot after it was last seen on a list."""

HOT_REACH = timedelta(days=14)
"""How old an article may be to be matched with a new hot list."""


def tag_due(newsroom: Newsroom, now: datetime, *, limit: int = 2000) -> dict[str, int]:
    """Tags what has no tags of this tagger yet, newest first. Interrupted, it goes on where it stopped."""
    version = newsroom.tagger.version
    with newsroom.store.reading() as session:
        hot = [_listed(topic) for topic in tags.hot_topics(session, since=now - HOT_FOR)]
    counts = {"tagged": 0, "emergency": 0, "local": 0, "hot": 0}
    while counts["tagged"] < limit:
        with newsroom.store.reading() as session:
            batch = tags.untagged(session, version, limit=min(BATCH, limit - counts["tagged"]))
        if not batch:
            break
        results = [(article, newsroom.tagger.tag(_text_of(article, source), hot)) for article, source in batch]
        _keep(newsroom, results, version, now)
        _count(counts, (result for _, result in results))
    return counts


def take_hot_list(newsroom: Newsroom, list_key: str, topics: Iterable[ListedTopic], now: datetime) -> int:
    """A look at a hot list. Articles of the last days are due for tagging again, since they may be hot now."""
    rows = [{"topic": topic.topic[:300], "rank": topic.rank or place} for place, topic in enumerate(topics, 1)]
    with newsroom.store.session() as session:
        tags.due_again(session, since=now - HOT_REACH)
        return tags.keep_hot_topics(session, list_key, rows, now=now)


def _keep(newsroom: Newsroom, results: Sequence[tuple[Article, Tagging]], version: str, now: datetime) -> None:
    with newsroom.store.session() as session:
        for article, result in results:
            assert article.id is not None
            said = result.as_json()
            tags.keep_tagging(
                session,
                article.id,
                kind=said["kind"],
                science=said["science"],
                keywords=said["keywords"],
                found=list(rows(said["themes"])),
                version=version,
                revision=article.revision,
                now=now,
            )


def rows(themes: dict[str, list[dict[str, Any]]]) -> Iterable[dict[str, Any]]:
    """The tagger's themes as tag rows: what is not key, name, score or evidence becomes detail. Pure."""
    for theme, found in themes.items():
        for tag in found:
            rest = dict(tag)
            key = str(rest.pop("key", None) or rest.pop("code", None) or rest.pop("topic", ""))
            yield {
                "theme": theme,
                "key": key[:120],
                "name": str(rest.pop("name", key)),
                "score": float(rest.pop("score", 1.0)),
                "evidence": list(rest.pop("evidence", [])),
                "detail": rest,
            }


def _count(counts: dict[str, int], results: Iterable[Tagging]) -> None:
    for result in results:
        themes = result.as_json()["themes"]
        counts["tagged"] += 1
        for theme in ("emergency", "local", "hot"):
            counts[theme] += bool(themes[theme])


def _text_of(article: Article, source: Source) -> TaggedText:
    return TaggedText(
        id=str(article.id),
        title=article.title,
        text=article.text,
        published_at=article.published_at,
        source_name=article.source_name or source.name,
        source_area=source.area,
    )


def _listed(topic: HotTopic) -> ListedTopic:
    return ListedTopic(topic=topic.topic, rank=topic.rank, list=topic.list_key)
