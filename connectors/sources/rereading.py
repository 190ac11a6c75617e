"""Articles that were taken are looked at again, ever more rarely, so that a correction is noticed. Pure.

What is known of each stands in the cursor: {link: {"at": ISO time of the next look, "step", "etag", "last_modified", "hash", "pages" that
could be had}}, the newest first, with "listed" where the listing showed a day beside the link.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors.base import RawPage
from connectors.sources.revisiting import is_whole, pages_had, validators

AFTER = tuple(timedelta(hours=hours) for hours in (1, 4, 12, 24, 72, 168, 336))
"""From one look to the next; after the last one the article is left alone."""
MOST_WATCHED = 100
_MANY = 1000
"""Of an article of which nobody noted how many pages were taken, all were."""
LISTED = "listed"
"""In the cursor of a page, and in what is known of it: the day beside its link, as a date that can be read."""

Watched = dict[str, dict[str, Any]]


def due(watched: Mapping[str, Mapping[str, Any]], now: datetime, most: int) -> list[str]:
    """Links whose time has come, the newest articles first."""
    return [link for link, known in watched.items() if datetime.fromisoformat(str(known["at"])) <= now][:most]


def watch(watched: Watched, taken: Iterable[RawPage], now: datetime) -> Watched:
    """With the articles that were just taken, before the others."""
    new = {str(page.cursor["link"]): _noted(page, 0, now) for page in taken}
    return dict(
        list((new | {link: known for link, known in watched.items() if link not in new}).items())[:MOST_WATCHED]
    )


def is_changed(known: Mapping[str, Any], page: RawPage) -> bool:
    """Whether there is anything to read again. An article of which less could be had than before has not changed."""
    if (
        page.error is not None
        or page.not_modified
        or (not is_whole(page) and pages_had(page) < known.get("pages", _MANY))
    ):
        return False
    return _digest(page) != known.get("hash")


def looked_at(watched: Watched, page: RawPage, now: datetime) -> Watched:
    """After a look: an article that changed is watched closely again, any other more rarely, and at last no more."""
    link = str(page.cursor["link"])
    known = watched[link]
    if is_changed(known, page):
        return watched | {link: _noted(page, 0, now)}
    step = int(known.get("step", 0)) + 1
    if step >= len(AFTER):
        return {each: other for each, other in watched.items() if each != link}
    return watched | {link: known | {"step": step, "at": (now + AFTER[step]).isoformat()}}


def _noted(page: RawPage, step: int, now: datetime) -> dict[str, Any]:
    listed = {LISTED: page.cursor[LISTED]} if LISTED in page.cursor else {}
    # the first of several pages says nothing of whether the others changed, or can be had by now
    said = {"etag": "", "last_modified": ""} if page.parts else validators(page)
    seen = {"hash": _digest(page), "pages": pages_had(page)}
    return {"at": (now + AFTER[step]).isoformat(), "step": step, **seen, **said, **listed}


def _digest(page: RawPage) -> str:
    """Of all pages of an article."""
    return hashlib.sha256(b"".join(each.body for each in (page, *page.parts))).hexdigest()[:24]
