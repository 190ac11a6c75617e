"""What stands below a video, and how our own works are told apart by it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from connectors.base import Post

_MARK = "稿号"


def caption_of(post: Post) -> str:
    """Title, words, topics, and the mark by which a lost answer is looked up.

    The mark stands by itself: a link cannot be opened from a caption, and leads people off the platform.
    """
    topics = " ".join(f"#{topic}" for topic in post.topics)
    return " ".join(part for part in (post.title.strip(), post.text.strip(), topics, f"{_MARK}{post.marker}") if part)


def by_mark(works: Iterable[Mapping[str, Any]], marker: str, *, name: str) -> Mapping[str, Any] | None:
    """Our work among those listed; `name` is the field that holds the caption."""
    mark = re.compile(rf"(?<![0-9A-Za-z]){re.escape(marker)}(?![0-9A-Za-z])")
    return next((work for work in works if mark.search(str(work.get(name) or ""))), None)
