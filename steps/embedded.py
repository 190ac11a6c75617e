"""Pictures that came inside a file (a Word document): into our media with their article, nothing is left to fetch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from connectors.base import FetchedItem
from content_store import collecting
from content_store.media import NotAPicture
from steps.newsroom import Newsroom

NEVER = 99
"""Tries, far beyond what anybody makes: there is no address where the picture could be had."""


def keep_embedded(newsroom: Newsroom, source_id: int, items: Sequence[FetchedItem], now: datetime) -> None:
    """For articles that are stored. Done twice it does nothing; what is no picture is never asked for again."""
    for item in items:
        inside = {picture.url: picture.content for picture in item.pictures if picture.content is not None}
        if not inside:
            continue
        with newsroom.store.session() as session:
            article = collecting.known(session, source_id, [item.external_id]).get(item.external_id)
            waiting = collecting.pictures_of(session, article.id) if article and article.id else []
            for row in waiting:
                content = inside.get(row.url)
                if content is None or row.media_sha256:
                    continue
                try:
                    media = newsroom.media.keep_picture(session, content, origin=item.external_id, now=now)
                    row.media_sha256 = media.sha256
                except NotAPicture:
                    row.tries = NEVER
