"""Fetching an article's pictures into our own media, each on its own: one bad picture stops nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape, unescape

from connectors.errors import ConnectorError
from content_store import collecting
from content_store.media import NotAPicture
from content_store.tables import ArticlePicture
from steps.newsroom import Newsroom

MOST = 30
"""Pictures of one article that are fetched."""
SMALLEST_COVER = 200
"""Pixels of the shorter side below which a picture is an icon, not a cover."""
_IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_SRC = re.compile(r"""\bsrc=["']([^"']*)["']""", re.IGNORECASE)
_ALT = re.compile(r"""\balt=["']([^"']*)["']""", re.IGNORECASE)


@dataclass(frozen=True)
class Kept:
    """Pictures of an article that lie in our media: URL → SHA-256, in the article's order."""

    by_url: dict[str, str]
    cover: str | None
    """The first that is large enough."""
    failed: int


def keep_pictures(newsroom: Newsroom, article_id: int, now: datetime) -> Kept:
    """Fetches what is not here yet. No transaction is open during a fetch; a picture that fails is counted."""
    with newsroom.store.reading() as session:
        wanted = collecting.pictures_of(session, article_id)[:MOST]
    kept: dict[str, str] = {}
    failed, cover = 0, None
    for picture in wanted:
        sha256, shorter = _keep(newsroom, picture, now)
        if sha256 is None:
            failed += 1
            continue
        kept[picture.url] = sha256
        if cover is None and shorter >= SMALLEST_COVER:
            cover = sha256
    return Kept(by_url=kept, cover=cover, failed=failed)


def _keep(newsroom: Newsroom, picture: ArticlePicture, now: datetime) -> tuple[str | None, int]:
    """SHA-256 and shorter side in pixels."""
    try:
        page = newsroom.http().fetch(picture.url, accept="image/*")
        with newsroom.store.session() as session:
            media = newsroom.media.keep_picture(session, page.body, origin=picture.url, now=now)
            row = session.get(ArticlePicture, picture.id)
            if row is not None:
                row.media_sha256 = media.sha256
            return media.sha256, min(media.width or 0, media.height or 0)
    except (ConnectorError, NotAPicture):
        return None, 0


def with_own_pictures(html: str, by_url: Mapping[str, str]) -> str:
    """Body HTML whose pictures are ours (`media:<sha256>`); others are dropped, as no platform would show them. Pure."""

    def own(tag: re.Match[str]) -> str:
        source = _SRC.search(tag.group())
        sha256 = by_url.get(unescape(source.group(1))) if source else None
        if sha256 is None:
            return ""
        alt = _ALT.search(tag.group())
        return f'<img src="media:{sha256}" alt="{escape(unescape(alt.group(1)) if alt else "")}">'

    return _IMAGE.sub(own, html)
