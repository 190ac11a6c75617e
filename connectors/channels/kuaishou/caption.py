"""What stands below a Kuaishou video, and how our own works are told apart by it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.base import ErrorClass, Post, Refusal
from connectors.channels.codes import number, problem

_V = ErrorClass.VALIDATION
_MARK = "稿号"


def caption_of(post: Post) -> str:
    """Title, words, topics, and the mark by which a lost answer is looked up.

    The mark stands by itself: a link cannot be opened from a caption, and leads people off the platform.
    """
    topics = " ".join(f"#{topic}" for topic in post.topics)
    return " ".join(part for part in (post.title.strip(), post.text.strip(), topics, f"{_MARK}{post.marker}") if part)


def problems_of(post: Post, limits: Mapping[str, int]) -> Iterator[Refusal]:
    """Lengths are counted in characters, an emoji as many as it has code points: the strictest way."""
    if not post.title.strip():
        yield problem(_V, "没有标题。", "请填写视频标题。")
    for what, have, limit, unit in (
        ("标题", len(post.title.strip()), limits["title"], "字"),
        ("整段文案连同话题和稿号", len(caption_of(post)), limits["caption"], "字"),
        ("话题", len(post.topics), limits["topics"], "个"),
    ):
        if have > limit:
            yield problem(_V, f"{what}有 {have} {unit}，快手最多 {limit} {unit}。", f"请减少 {have - limit} {unit}。")


def by_mark(works: Iterable[Mapping[str, Any]], marker: str) -> Mapping[str, Any] | None:
    """Our work among those listed."""
    mark = re.compile(rf"(?<![0-9A-Za-z]){re.escape(marker)}(?![0-9A-Za-z])")
    return next((work for work in works if mark.search(str(work.get("caption") or ""))), None)


def created_at(work: Mapping[str, Any]) -> datetime | None:
    """`create_time` is in milliseconds."""
    told = number(work.get("create_time"))
    return None if not told else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=told)
