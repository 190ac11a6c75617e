"""Is one of our newest posts this one? Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from connectors.base import Post
from connectors.channels.weibo.text import LINK, created_at, without_links

_SLACK = timedelta(minutes=11)  # clocks differ, ours perhaps by ten minutes
_SHOWN = 5


@dataclass(frozen=True)
class Found:
    """`sure`: the list reaches back beyond the time asked for, so a post that is not in it does not exist."""

    status: Mapping[str, Any] | None
    sure: bool


def find(statuses: Sequence[Mapping[str, Any]], post: Post, *, since: datetime | None) -> Found:
    """The post by its marker; where the platform shortened the link, by its words and its time."""
    for status in statuses:
        if _marked(status, post.marker) or (since is not None and _same_words(status, post, since)):
            return Found(status, sure=True)
    times = [made for status in statuses if (made := created_at(str(status.get("created_at", "")))) is not None]
    reaches_back = since is not None and bool(times) and min(times) < since - _SLACK
    return Found(None, sure=len(statuses) < _SHOWN or reaches_back)


def _marked(status: Mapping[str, Any], marker: str) -> bool:
    whole = json.dumps(status, ensure_ascii=False, default=str)
    return re.search(rf"(?<![0-9A-Za-z]){re.escape(marker)}(?![0-9A-Za-z])", whole) is not None


def _same_words(status: Mapping[str, Any], post: Post, since: datetime) -> bool:
    made = created_at(str(status.get("created_at", "")))
    if made is None or made < since - _SLACK:
        return False
    said = str(status.get("text", ""))
    # a link that can be read and carries another mark is another delivery's
    host = urlsplit(post.link).hostname or ""
    readable_elsewhere = bool(host) and any(host == urlsplit(link).hostname for link in LINK.findall(said))
    return bool(post.text) and not readable_elsewhere and without_links(said) == without_links(post.text)
