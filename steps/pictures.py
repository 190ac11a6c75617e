"""Fetching an article's pictures into our own media, each on its own: one bad picture stops nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from html import escape, unescape
from urllib.parse import urlsplit

from sqlmodel import Session

from connectors.errors import ConnectorError, RetryLater
from content_store import collecting
from content_store.media import NotAPicture
from content_store.tables import Article, ArticlePicture, Media, Source
from steps.newsroom import Newsroom

MOST = 30
"""Pictures of one article that are fetched."""
MOST_TRIES = 3
MOST_BYTES = 10 * 1024 * 1024
"""Of one picture; what is larger is no picture for a reader."""
AT_ONCE = 4
"""Hosts that pictures are fetched from at the same time."""
ROUND_SECONDS = 40.0
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
        media = _keep(newsroom, picture, now)
        if media is None:
            failed += 1
            continue
        kept[picture.url] = media.sha256
        if cover is None and min(media.width or 0, media.height or 0) >= SMALLEST_COVER:
            cover = media.sha256
    return Kept(by_url=kept, cover=cover, failed=failed)


def fetch_waiting(
    newsroom: Newsroom, now: datetime, *, limit: int = 100, seconds: float = ROUND_SECONDS
) -> dict[str, int]:
    """A round over pictures of collected articles that are not here yet. Interrupted, it goes on where it stopped.

    Hosts are asked beside each other, each with its pauses; what is left after `seconds` comes in the next round.
    """
    with newsroom.store.reading() as session:
        waiting = collecting.pictures_waiting(session, most_tries=MOST_TRIES, limit=limit)
    until = time.monotonic() + seconds

    def keep(pictures: list[ArticlePicture]) -> list[bool]:
        return [_keep(newsroom, picture, now) is not None for picture in pictures if time.monotonic() < until]

    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        outcomes = [outcome for host in pool.map(keep, _by_host(waiting)) for outcome in host]
    return {"pictures": sum(outcomes), "pictures_failed": len(outcomes) - sum(outcomes)}


def _by_host(pictures: Sequence[ArticlePicture]) -> list[list[ArticlePicture]]:
    hosts: dict[str, list[ArticlePicture]] = {}
    for picture in pictures:
        hosts.setdefault(_host(picture.url), []).append(picture)
    return list(hosts.values())


def _host(url: str) -> str:
    """ "" for what is no address: fetching says so."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _keep(newsroom: Newsroom, picture: ArticlePicture, now: datetime) -> Media | None:
    """The picture in our media, fetched if it is not here; None where that fails."""
    if picture.media_sha256:
        with newsroom.store.reading() as session:
            return session.get(Media, picture.media_sha256)
    try:
        page = newsroom.http().fetch(picture.url, accept="image/*", home=_home(newsroom, picture), most=MOST_BYTES)
        with newsroom.store.session() as session:
            media = newsroom.media.keep_picture(session, page.body, origin=picture.url, now=now)
            _note(session, picture.id, media.sha256)
            return media
    except (ConnectorError, NotAPicture) as error:
        if isinstance(error, RetryLater) and error.after is not None:
            # the host asked for silence: that says nothing about the picture
            return None
        with newsroom.store.session() as session:
            _note(session, picture.id, None)
        return None


def _home(newsroom: Newsroom, picture: ArticlePicture) -> str:
    """The host of the article's source: it alone may lie in our own network, whatever a page names as a picture."""
    with newsroom.store.reading() as session:
        article = session.get(Article, picture.article_id)
        source = session.get(Source, article.source_id) if article else None
        return _host(source.url) if source else ""


def _note(session: Session, picture_id: int | None, sha256: str | None) -> None:
    # the article may have been revised meanwhile, and this picture be gone with its old form
    row = session.get(ArticlePicture, picture_id)
    if row is not None and sha256:
        row.media_sha256 = sha256
    elif row is not None:
        row.tries += 1


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
