"""What stands below a video, and how our own works are told apart by it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from connectors.base import Post

_MARK = "稿号"
_OTHER_MARK = re.compile(rf"{_MARK}[0-9A-Za-z]{{4,}}")
TOPICS_HINT = "，标题和短文里带“#”的也算"
_TOPIC = re.compile(r"#[^\s#]+")


def caption_of(post: Post) -> str:
    """Title, words, topics, and the mark by which a lost answer is looked up.

    The mark stands by itself: a link cannot be opened from a caption, and leads people off the platform.
    """
    topics = " ".join(f"#{topic}" for topic in post.topics)
    return " ".join(part for part in (post.title.strip(), post.text.strip(), topics, f"{_MARK}{post.marker}") if part)


def topics_in(text: str) -> int:
    """How many topics stand in a text, the platforms' way: each # with something after it."""
    return len(_TOPIC.findall(text))


def perhaps_ours(caption: str, post: Post) -> bool:
    """Whether a caption without our mark may be ours all the same: cut off before it, or changed behind the title.

    One that carries the whole mark of another delivery is that one's.
    """
    said, ours = _bare(caption), _bare(caption_of(post))
    if not said or ours.startswith(said):
        return True
    return said.startswith(_bare(post.title)) and _OTHER_MARK.search(caption) is None


def _bare(text: str) -> str:
    """Without blanks and the dots of a cut."""
    return "".join(text.split()).rstrip("….")


def by_mark(works: Iterable[Mapping[str, Any]], marker: str, *, name: str) -> Mapping[str, Any] | None:
    """Our work among those listed; `name` is the field that holds the caption."""
    mark = re.compile(rf"(?<![0-9A-Za-z]){re.escape(marker)}(?![0-9A-Za-z])")
    return next((work for work in works if mark.search(str(work.get(name) or ""))), None)
