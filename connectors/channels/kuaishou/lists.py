"""The account's own works as the platform lists them, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors.channels.answers import entries
from connectors.channels.captions import by_mark
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
        for works in self.pages(_FEW):
            found = by_mark(works, marker, name="caption") if marker else None
            if found is not None:
                return found
            oldest = min(filter(None, map(created_at, works)), default=None)
            if since is None or oldest is None or oldest < since - _SLACK:
                return None
        return None

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


def ids_of(work: Mapping[str, Any]) -> dict[str, str]:
    """What a delivery remembers of its work. Pure."""
    made = created_at(work)
    ids = {"photo_id": str(work["photo_id"])} if work.get("photo_id") else {}
    return {**ids, "created_at": made.isoformat()} if made else ids
