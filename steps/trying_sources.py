"""Trying a source before it is stored: what kind of source an address is, and what would be taken from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median
from urllib.parse import urlsplit

from connectors.base import RawPage
from connectors.errors import FormatChanged
from connectors.registry import source_class
from connectors.sources.detection import Guess, guess
from connectors.sources.json_paths import read_json
from connectors.sources.naming import name_of
from content_store import sources
from steps.adding_sources import LONGEST_NAME, Wish, area_of, as_row, neighbour
from steps.json_shape import Shape, proposed, shape
from steps.newsroom import Newsroom
from steps.source_check import FEW, Checked, check, quick

SUMMARY = 200
"""Characters; a feed whose pieces are mostly shorter gives summaries."""
RHYTHMS = (15, 30, 60, 120, 240, 720, 1440)
"""Minutes between two visits that a person may choose from."""


@dataclass(frozen=True)
class Proposal:
    """What an address would be as a source, and why it is taken for that."""

    wish: Wish
    why: str
    answers: Mapping[str, RawPage]
    """What was asked, by address, so that nobody has to be asked twice."""


def propose(newsroom: Newsroom, url: str, *, kind: str = "") -> Proposal:
    """Asks the address once and says what it is; `kind`: what somebody wants it to be. Raises ConnectorError."""
    answers = asked(newsroom, url)
    page = answers[url]
    found = Guess(kind, url) if kind else guess(page)
    if found.kind == "json_api":
        found = _with_paths(found, page)
    wish = Wish(kind=found.kind, url=found.url, name="", settings=found.settings)
    return Proposal(_named(newsroom, wish, page), found.why, answers)


def asked(newsroom: Newsroom, url: str) -> dict[str, RawPage]:
    """What the address answers, under every address it goes by. Raises ConnectorError."""
    page = quick(newsroom).http().fetch(url)
    return {url: page, page.url: page}


def shape_of(page: RawPage | None, items: str | None = None) -> Shape | None:
    """What a JSON answer is made of; None for what is none."""
    try:
        return shape(read_json(page, "json_api"), items) if page is not None else None
    except FormatChanged:
        return None


def _with_paths(found: Guess, page: RawPage) -> Guess:
    """The guess with what can be told by the content of the fields, where names do not tell. Raises FormatChanged."""
    if settings := proposed(read_json(page, "json_api"), found.url):
        why = "这是数据接口，各字段是按名称和内容认出来的，请对照试采结果核对标题、网址和时间。"
        return Guess("json_api", found.url, settings, why)
    return dataclasses.replace(
        found, why="这是数据接口，没能认出哪一列是文章：请对照试采结果里列出的字段，填上文章列表、标题和网址。"
    )


def try_out(
    newsroom: Newsroom, wish: Wish, answers: Mapping[str, RawPage] | None = None, *, source_id: int | None = None
) -> Checked:
    """What one visit would give as the wish has it. `answers`: what has just been asked; `source_id`: of one that is there."""
    row = as_row(wish, wish.name or "新来源", newsroom.now())
    row.id = source_id
    return check(newsroom, row, answers)


def with_full_text(
    newsroom: Newsroom, wish: Wish, checked: Checked, answers: Mapping[str, RawPage]
) -> tuple[Wish, Checked]:
    """A feed that gives only summaries is tried once more with the pages it links to; the better of the two is kept."""
    short = lengths(checked)
    if not short or not can_open_pages(wish) or median(short) >= SUMMARY:
        return wish, checked
    fuller = dataclasses.replace(wish, settings=dict(wish.settings) | {"full_text": True})
    seen = try_out(newsroom, fuller, answers)
    longer = [new > old for new, old in zip(lengths(seen)[:FEW], short, strict=False)]
    return (fuller, seen) if sum(longer) * 2 > len(longer) else (wish, checked)


def lengths(checked: Checked) -> list[int]:
    """Characters of each piece. Pure."""
    return [len(piece.item.text or piece.item.summary) for piece in checked.pieces]


def rhythm_of(checked: Checked, kind: str) -> int:
    """How often a visit makes sense, by the times of the pieces. Pure."""
    return rhythm_for([each.item.published_at for each in checked.pieces if each.item.published_at], kind)


def can_open_pages(wish: Wish) -> bool:
    """Whether the kind can fetch the page behind each entry, and does not yet."""
    return "full_text" in source_class(wish.kind).Settings.model_fields and not wish.settings.get("full_text")


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
