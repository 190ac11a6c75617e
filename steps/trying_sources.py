"""Trying a source before it is stored: what kind of source an address is, and what would be taken from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from connectors.base import BadItem, FetchedItem, RawPage
from connectors.errors import ConnectorError
from connectors.http import HttpLimits
from connectors.registry import source_class
from connectors.sources.addresses import canonical
from connectors.sources.detection import Guess, guess
from connectors.sources.naming import name_of
from content_store import source_figures, sources
from content_store.source_figures import Stored
from steps.adding_sources import LONGEST_NAME, Wish, area_of, as_row, neighbour
from steps.newsroom import Newsroom

QUICK = HttpLimits(connect_seconds=4, read_seconds=8, total_seconds=12, max_redirects=5)
"""Somebody is waiting at a page."""
FEW = 3
"""Pages that a listing leads to, in a trial."""
PAGE_BY_PAGE = frozenset({"webpage", "sitemap", "wechat_article"})
"""Kinds that open a page for each piece."""
SUMMARY = 200
"""Characters; a feed whose pieces are mostly shorter gives summaries."""
OPENING = 90
SHOWN = 12
RHYTHMS = (15, 30, 60, 120, 240, 720, 1440)
"""Minutes between two visits that a person may choose from."""


@dataclass(frozen=True)
class Proposal:
    """What an address would be as a source, and why it is taken for that."""

    wish: Wish
    why: str
    answers: Mapping[str, RawPage]
    """What was asked, by address, so that nobody has to be asked twice."""


@dataclass(frozen=True)
class Taken:
    """One piece that would be taken; `stored` is the article that is there already."""

    title: str
    url: str
    at: datetime | None
    opening: str
    characters: int
    pictures: int
    files: int
    stored: Stored | None = None


@dataclass(frozen=True)
class Trial:
    """What one visit gave. `found` may be more than is shown."""

    taken: tuple[Taken, ...]
    bad: tuple[BadItem, ...]
    found: int
    rhythm_minutes: int
    """How often a visit makes sense, by the times of the pieces."""
    partial: bool = False
    """Pages were opened for the pieces, and only a few of them."""


def propose(newsroom: Newsroom, url: str, *, kind: str = "") -> Proposal:
    """Asks the address once and says what it is; `kind`: what somebody wants it to be. Raises ConnectorError."""
    page = quick(newsroom).http().fetch(url)
    found = Guess(kind, url) if kind else guess(page)
    wish = Wish(kind=found.kind, url=found.url, name="", settings=found.settings)
    return Proposal(_named(newsroom, wish, page), found.why, {url: page, page.url: page})


def try_out(newsroom: Newsroom, wish: Wish, answers: Mapping[str, RawPage] | None = None) -> Trial:
    """One visit as the wish has it; nothing is stored. `answers`: what has just been asked. Raises ConnectorError."""
    small = dataclasses.replace(wish, settings=with_few_pages(wish.kind, wish.settings))
    room = quick(newsroom)
    http = room.http().holding(answers or {})
    connector = room.source(as_row(small, wish.name or "新来源", newsroom.now()), http)
    parsed = connector.parse(connector.fetch(None))
    shown = parsed.items[:SHOWN]
    with newsroom.store.reading() as session:
        there = source_figures.stored_under(session, [canonical(item.url) for item in shown])
    return Trial(
        taken=tuple(_taken(item, there.get(canonical(item.url))) for item in shown),
        bad=parsed.bad[:SHOWN],
        found=len(parsed.items),
        rhythm_minutes=rhythm_for([item.published_at for item in parsed.items if item.published_at], wish.kind),
        partial=wish.kind in PAGE_BY_PAGE or bool(wish.settings.get("full_text")),
    )


def with_full_text(newsroom: Newsroom, wish: Wish, trial: Trial, answers: Mapping[str, RawPage]) -> tuple[Wish, Trial]:
    """A feed that gives only summaries is tried once more with the pages it links to; the better of the two is kept."""
    if not trial.taken or not can_open_pages(wish) or median(each.characters for each in trial.taken) >= SUMMARY:
        return wish, trial
    fuller = dataclasses.replace(wish, settings=dict(wish.settings) | {"full_text": True})
    try:
        seen = try_out(newsroom, fuller, answers)
    except ConnectorError:
        return wish, trial
    longer = [new.characters > old.characters for new, old in zip(seen.taken[:FEW], trial.taken, strict=False)]
    return (fuller, seen) if sum(longer) * 2 > len(longer) else (wish, trial)


def can_open_pages(wish: Wish) -> bool:
    """Whether the kind can fetch the page behind each entry, and does not yet."""
    return "full_text" in source_class(wish.kind).Settings.model_fields and not wish.settings.get("full_text")


def quick(newsroom: Newsroom) -> Newsroom:
    """The same newsroom with less patience outside."""
    return dataclasses.replace(newsroom, http_limits=QUICK)


def rhythm_for(times: Sequence[datetime], kind: str = "") -> int:
    """About four visits between two pieces, of RHYTHMS; every minute for warnings. Pure."""
    if kind == "cap":
        return 1
    newest = sorted(times, reverse=True)[:20]
    gaps = [(one - other).total_seconds() for one, other in pairwise(newest) if one > other]
    if not gaps:
        return 60
    wanted = median(gaps) / 60 / 4
    return min(RHYTHMS, key=lambda minutes: abs(minutes - wanted))


def trust_of(url: str) -> int:
    """Government 5, schools, institutes and associations 4, anybody else 3. Pure."""
    host = f".{urlsplit(url).hostname or ''}."
    if ".gov." in host:
        return 5
    return 4 if any(part in host for part in (".edu.", ".ac.", ".org.")) else 3


def _named(newsroom: Newsroom, wish: Wish, page: RawPage) -> Wish:
    """The wish with what can be told from page and address."""
    name = (name_of(page) or urlsplit(wish.url).hostname or "")[:LONGEST_NAME]
    with newsroom.store.reading() as session:
        beside = neighbour(sources.listed(session), wish.url)
    return dataclasses.replace(
        wish,
        name=name,
        area=area_of(name, newsroom.areas) or (beside.area if beside else ""),
        trust=beside.trust if beside else trust_of(wish.url),
        rhythm_minutes=1 if wish.kind == "cap" else 60,
    )


def with_few_pages(kind: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with few pages to fetch: those kinds that open a page for each piece."""
    fields = source_class(kind).Settings.model_fields
    if "max_pages" in fields:
        return dict(settings) | {"max_pages": FEW}
    return dict(settings) | ({"max_items": FEW} if kind in PAGE_BY_PAGE else {})


def _taken(item: FetchedItem, stored: Stored | None) -> Taken:
    text = " ".join((item.text or item.summary).split())
    return Taken(
        title=item.title,
        url=item.url,
        at=item.published_at,
        opening=text[:OPENING] + ("…" if len(text) > OPENING else ""),
        characters=len(item.text or item.summary),
        pictures=len(item.pictures),
        files=len(item.attachments),
        stored=stored,
    )
