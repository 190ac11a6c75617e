"""One entry of any feed, made into an item: texts, times, pictures and an id that stays."""

from __future__ import annotations

import calendar
import hashlib
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain

from connectors.base import FetchedItem, PictureRef, keepable
from connectors.extraction import language_of
from connectors.extraction.blocks import blocks_of, parse, visible_text
from connectors.extraction.dates import is_unset, lies_ahead
from connectors.extraction.fragment import render
from connectors.extraction.pictures import absolute_url
from connectors.extraction.recent import recent
from connectors.extraction.trimming import without_ends
from connectors.sources.feed_dates import feed_date, says_unset

_MAX_TITLE = 300
_MADE_UP_TITLE = 40
_MARKUP = re.compile(r"[<&\n\r]")


@dataclass
class Entry:
    """What a feed says about one piece; title, summary and html are HTML."""

    identity: str = ""
    link: str = ""
    title: str = ""
    author: str = ""
    source_name: str = ""
    published: list[str] = field(default_factory=list)
    parsed_time: time.struct_time | None = None
    """In UTC, as feedparser understood it."""
    summary: str = ""
    html: str = ""
    pictures: list[str] = field(default_factory=list)
    language: str = ""


def item_of(entry: Entry, base: str, now: datetime | None = None) -> FetchedItem:
    """`now` is when the feed was fetched: no later time is one of publishing. Raises ValueError with a Chinese reason where neither a title nor a text can be found."""
    url = absolute_url(keepable(entry.link), base)
    text, html, pictures = content_of(entry.html, url or base)
    summary = text if entry.summary == entry.html else content_of(entry.summary, url or base)[0]
    title = plain_text(keepable(entry.title)) or _opening(text or summary)
    if not title:
        raise ValueError("既没有标题也没有正文，已跳过。")
    moment = _time(entry, now)
    identity = keepable(entry.identity).strip() or url or key_of(title, moment.isoformat() if moment else summary[:200])
    return FetchedItem(
        external_id=identity if len(identity) <= 500 else key_of(identity),
        url=url,
        title=title[:_MAX_TITLE],
        author=plain_text(entry.author)[:100],
        source_name=plain_text(entry.source_name)[:100],
        published_at=moment,
        summary=summary[:2000],
        text=text,
        html=html,
        pictures=_all_pictures(pictures, entry.pictures, url or base),
        language=entry.language or language_of(title + text),
    )


def content_of(html: str, base: str) -> tuple[str, str, tuple[PictureRef, ...]]:
    """Text with a line per paragraph, sanitised HTML, pictures."""
    if not html.strip():
        return "", "", ()
    if not _MARKUP.search(html):
        text = visible_text(html)
        if text == html:
            return text, f"<div>{text.replace('>', '&gt;')}</div>", ()
    root = parse(f"<html><body><div>{html}</div></body></html>")
    body = root.find("body")
    kept, dropped = without_ends(*blocks_of(root))
    text = "\n".join(run.text for run in kept)
    clean, pictures = render(root if body is None else body, dropped, base)
    return text, clean, pictures


def plain_text(html: str) -> str:
    """A title or a name without mark-up."""
    if "<" not in html and "&" not in html:
        return visible_text(html)
    return visible_text(" ".join(run.text for run in blocks_of(parse(f"<html><body>{html}</body></html>"))[1]))


def key_of(*parts: str) -> str:
    """An id for an entry that has none of its own, the same at every visit."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def _opening(text: str) -> str:
    first = text.strip().split("\n", 1)[0]
    return first if len(first) <= _MADE_UP_TITLE else first[:_MADE_UP_TITLE] + "…"


def _time(entry: Entry, now: datetime | None) -> datetime | None:
    """A time without a zone is Beijing time."""
    written = [text for text in entry.published if text]
    known = [moment.at for text in written if (moment := feed_date(text))]
    if entry.parsed_time and not known and not any(map(says_unset, written)):
        with suppress(ValueError, OverflowError, OSError):
            known = [datetime.fromtimestamp(calendar.timegm(entry.parsed_time), UTC)]
    # 昨天 and days without a year
    others = (moment.at for text in written if now and (moment := recent(text, now, None)))
    return next((at for at in chain(known, others) if not lies_ahead(at, now) and not is_unset(at)), None)


def _all_pictures(found: tuple[PictureRef, ...], named: list[str], base: str) -> tuple[PictureRef, ...]:
    known = {picture.url for picture in found}
    urls = dict.fromkeys(absolute_url(link, base) for link in named)
    return (*found, *(PictureRef(url=url) for url in urls if url and url not in known))
