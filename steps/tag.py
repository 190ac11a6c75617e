"""Tagging what was collected: articles without tags, or with tags of an older tagger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from content_store import tags
from content_store.tags import Tagged, ToTag
from steps.hot_lists import listed_now
from steps.newsroom import Newsroom
from tagging import TaggedText, Tagging

BATCH = 50
LONGEST_KEY = 120
"""Characters of a tag's key that the store holds."""

Progress = Callable[[int, int], None]
"""Told how many articles are done, and of how many."""


def tag_due(
    newsroom: Newsroom, now: datetime, *, limit: int | None = 2000, progress: Progress | None = None
) -> dict[str, int]:
    """Tags what has no tags of this tagger yet, newest first. Interrupted, the next call goes on where it stopped.

    By the word lists as they are now: a process that had read them before they were changed would tag all back to the old.
    """
    newsroom.word_lists.renew()
    version = newsroom.tagger.version
    with newsroom.store.reading() as session:
        due = tags.due(session, version, limit=limit)
    hot = listed_now(newsroom, now)
    said = {topic.name: [line.topic for line in topic.lines] for topic in newsroom.tagger.joined(hot)}
    counts = {"tagged": 0, "emergency": 0, "local": 0, "hot": 0}
    for start in range(0, len(due), BATCH):
        with newsroom.store.reading() as session:
            batch = tags.to_tag(session, due[start : start + BATCH])
        results = list(zip(batch, newsroom.tagger.tag_all(map(text_of, batch), hot), strict=True))
        with newsroom.store.session() as session:
            tags.keep_taggings(session, [_tagged(*result, said) for result in results], version=version, now=now)
        _count(counts, (result for _, result in results))
        if progress:
            progress(start + len(batch), len(due))
    return counts


def _tagged(article: ToTag, result: Tagging, wordings: Mapping[str, list[str]]) -> Tagged:
    """`wordings`: how each hot topic is called, by its name."""
    said = result.as_json()
    for topic in said["themes"]["hot"]:
        topic["wordings"] = [key_of(each) for each in wordings.get(topic["topic"], ())]
    return Tagged(
        article.id, article.revision, said["kind"], said["science"], said["keywords"], list(rows(said["themes"]))
    )


def rows(themes: dict[str, list[dict[str, Any]]]) -> Iterable[dict[str, Any]]:
    """The tagger's themes as tag rows: what is not key, name, score or evidence becomes detail. Pure."""
    for theme, found in themes.items():
        for tag in found:
            rest = dict(tag)
            key = str(rest.pop("key", None) or rest.pop("code", None) or rest.pop("topic", ""))
            yield {
                "theme": theme,
                "key": key_of(key),
                "name": str(rest.pop("name", key)),
                "score": float(rest.pop("score", 1.0)),
                "evidence": list(rest.pop("evidence", [])),
                "detail": rest,
            }


def key_of(said: str) -> str:
    """A key as tags hold it: a topic may be longer than they can. Pure."""
    return said[:LONGEST_KEY]


def _count(counts: dict[str, int], results: Iterable[Tagging]) -> None:
    for result in results:
        themes = result.as_json()["themes"]
        counts["tagged"] += 1
        for theme in ("emergency", "local", "hot"):
            counts[theme] += bool(themes[theme])


def text_of(article: ToTag) -> TaggedText:
    """An article as the tagger takes it."""
    return TaggedText(
        id=str(article.id),
        title=article.title,
        text=article.text,
        published_at=article.published_at,
        source_name=article.source_name,
        source_area=article.source_area,
    )
