"""What Kuaishou would refuse of a caption, and when a work was made. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.base import ErrorClass, Post, Refusal
from connectors.channels.captions import TOPICS_HINT, caption_of, topics_in
from connectors.channels.codes import number, problem

_V = ErrorClass.VALIDATION


def problems_of(post: Post, limits: Mapping[str, int]) -> Iterator[Refusal]:
    """Lengths are counted in characters, an emoji as many as it has code points: the strictest way."""
    if not post.title.strip():
        yield problem(_V, "没有标题。", "请填写视频标题。")
    for what, have, limit, unit, hint in (
        ("标题", len(post.title.strip()), limits["title"], "字", ""),
        ("整段文案连同话题和稿号", len(caption_of(post)), limits["caption"], "字", ""),
        ("话题", topics_in(caption_of(post)), limits["topics"], "个", TOPICS_HINT),
    ):
        if have > limit:
            remedy = f"请减少 {have - limit} {unit}{hint}。"
            yield problem(_V, f"{what}有 {have} {unit}，快手最多 {limit} {unit}。", remedy)


def created_at(work: Mapping[str, Any]) -> datetime | None:
    """`create_time` is in milliseconds."""
    told = number(work.get("create_time"))
    return None if not told else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=told)
