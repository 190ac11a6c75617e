"""The account's own works as the platform lists them, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors.base import Post
from connectors.channels.answers import entries
from connectors.channels.captions import by_mark, perhaps_ours
from connectors.channels.kuaishou.api import KuaishouApi
from connectors.channels.kuaishou.caption import created_at
from connectors.channels.kuaishou.consent import Consent

WHOLE_PAGE = 200
_FEW = 20
_PAGES_MAX = 10
_SLACK = timedelta(minutes=11)  # clocks differ, ours perhaps by ten minutes


class Works:
    """Raises ConnectorError."""

    def __init__(self, api: KuaishouApi, consent: Consent) -> None:
        self._api = api
        self._consent = consent

    def marked(self, marker: str, *, since: datetime | None) -> Mapping[str, Any] | None:
        """Our work by its mark, as far back as `since`; among the newest few where nobody knows since when."""
        return next((found for works in self._back_to(since) if (found := _marked(works, marker))), None)

    def perhaps_ours(self, post: Post, *, since: datetime) -> bool:
        """Whether a work made since then may be ours although its mark is not to be seen: how long a caption may be, and
        what becomes of a longer one, the platform does not say."""
        return any(_perhaps(work, post, since) for works in self._back_to(since) for work in works)

    def _back_to(self, since: datetime | None) -> Iterator[list[dict[str, Any]]]:
        """Pages as far back as `since`, or one. The newest come first, but what is pinned: the last of a page tells."""
        for works in self.pages(_FEW):
            yield works
            last = next(filter(None, map(created_at, reversed(works))), None)
            if since is None or last is None or last < since - _SLACK:
                return

    def pages(self, count: int) -> Iterator[list[dict[str, Any]]]:
        cursor: dict[str, str] = {}
        for _ in range(_PAGES_MAX):
            works = self._page({"count": str(count), **cursor})
            yield works
            if len(works) < count:
                return
            cursor = {"cursor": str(works[-1].get("photo_id"))}

    def _page(self, asked: Mapping[str, str]) -> list[dict[str, Any]]:
        said = self._consent.using(lambda token: self._api.ask("/openapi/photo/list", token, **asked))
        listed, told_by, perhaps = said.get("video_list"), ("photo_id",), ("caption",)
        return entries(listed, told_by=told_by, perhaps=perhaps, platform="快手", connector="kuaishou")


def _marked(works: list[dict[str, Any]], marker: str) -> Mapping[str, Any] | None:
    return by_mark(works, marker, name="caption") if marker else None


def _perhaps(work: Mapping[str, Any], post: Post, since: datetime) -> bool:
    made = created_at(work)
    if made is not None and made < since - _SLACK:
        return False
    return perhaps_ours(str(work.get("caption") or ""), post)


def ids_of(work: Mapping[str, Any]) -> dict[str, str]:
    """What a delivery remembers of its work. Pure."""
    made = created_at(work)
    ids = {"photo_id": str(work["photo_id"])} if work.get("photo_id") else {}
    return {**ids, "created_at": made.isoformat()} if made else ids
