"""Is one of our newest posts this one? Pure."""

from __future__ import annotations

import hashlib
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
_LEAST_CUT = 10
_MORE = re.compile(r"[.…]*(全文[:：]?)?$")
Statuses = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Wanted:
    """What tells a post of ours: its mark, or, where the platform shows links in a short form, its words.

    `host` is that of our own pages: a link that can be read and carries another mark is another delivery's. `text`, without
    links, is known while the post is at hand; `words` is its digest, which is kept.
    """

    marker: str
    words: str = ""
    host: str = ""
    text: str = ""


@dataclass(frozen=True)
class Found:
    """`sure`: the list reaches back beyond the time asked for, so a post that is not in it does not exist."""

    status: Mapping[str, Any] | None
    sure: bool


def wanted(post: Post) -> Wanted:
    bare = without_links(post.text)
    return Wanted(post.marker, _digest(bare), urlsplit(post.link).hostname or "", bare)


def kept(post: Post, now: datetime) -> dict[str, str]:
    """What is remembered of a post that was taken without an id, to know it by once it is in the list."""
    sent = wanted(post)
    return {"marker": post.marker, "words": sent.words, "link_host": sent.host, "shared_at": now.isoformat()}


def remembered(known: Mapping[str, str]) -> tuple[Wanted, datetime | None]:
    """What `kept` wrote down, and since when it may be in the list."""
    told = known.get("shared_at")
    since = datetime.fromisoformat(told) if told else None
    return Wanted(known.get("marker", ""), known.get("words", ""), known.get("link_host", "")), since


def find(statuses: Statuses, sought: Wanted, *, since: datetime | None, total: int | None = None) -> Found:
    """The post by its mark, or by its words and its time. `total`: how many posts the account has, where it is told."""
    for status in statuses:
        if _marked(status, sought.marker) or (since is not None and _same_words(status, sought, since)):
            return Found(status, sure=True)
    whole = len(statuses) < _SHOWN if total is None else total <= len(statuses)
    reaches_back = since is not None and any(_older(status, since) for status in _in_order(statuses))
    cut = since is not None and any(_perhaps_cut(status, sought, since) for status in statuses)
    return Found(None, sure=(whole or reaches_back) and not cut)


def twin(statuses: Statuses, sought: Wanted, *, same_text: bool) -> Mapping[str, Any] | None:
    """The post because of which the platform refused this one: by its mark, or, where it says that the text is the same
    to the letter, the only one with its words."""
    marked = next((status for status in statuses if _marked(status, sought.marker)), None)
    alike = [status for status in statuses if _same_words(status, sought, None)]
    return marked or (alike[0] if same_text and len(alike) == 1 else None)


def has_words(statuses: Statuses, sought: Wanted) -> bool:
    return any(_same_words(status, sought, None) for status in statuses)


def _in_order(statuses: Statuses) -> list[Mapping[str, Any]]:
    """Without those that stand before a newer one: a pinned post may be of any age, and proves nothing of the others."""
    times = [_made(status) for status in statuses]
    return [
        status
        for place, status in enumerate(statuses)
        if (made := times[place]) is not None and all(later is None or later <= made for later in times[place + 1 :])
    ]


def _made(status: Mapping[str, Any]) -> datetime | None:
    return created_at(str(status.get("created_at", "")))


def _older(status: Mapping[str, Any], since: datetime) -> bool:
    made = _made(status)
    return made is not None and made < since - _SLACK


def _marked(status: Mapping[str, Any], marker: str) -> bool:
    if not marker:
        return False
    whole = json.dumps(status, ensure_ascii=False, default=str)
    return re.search(rf"(?<![0-9A-Za-z]){re.escape(marker)}(?![0-9A-Za-z])", whole) is not None


def _same_words(status: Mapping[str, Any], sought: Wanted, since: datetime | None) -> bool:
    if since is not None and (_made(status) is None or _older(status, since)):
        return False
    said = str(status.get("text", ""))
    readable_elsewhere = bool(sought.host) and any(
        sought.host == urlsplit(link).hostname for link in LINK.findall(said)
    )
    return bool(sought.words) and not readable_elsewhere and _digest(without_links(said)) == sought.words


def _perhaps_cut(status: Mapping[str, Any], sought: Wanted, since: datetime) -> bool:
    """A long text that the list shows only the beginning of, without our link at its end."""
    said = _MORE.sub("", without_links(str(status.get("text", ""))))
    return (
        not _older(status, since) and len(said) >= _LEAST_CUT and said != sought.text and sought.text.startswith(said)
    )


def _digest(bare: str) -> str:
    return hashlib.sha256(bare.encode()).hexdigest()[:32] if bare else ""
