"""Looking at a source as the next round would find it: what would be taken, what would become of it, and why not the rest.

Nothing is stored, the cursor stays where it is, and no alert is handed on.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from connectors.base import BadItem, FetchedItem, RawPage
from connectors.errors import ConnectorError
from connectors.http import HttpLimits
from connectors.registry import source_class
from content_store import clusters
from content_store.collecting import Known
from content_store.tables import Source
from steps.clustering import SAME_ADDRESS_AT_MOST, match_among
from steps.newsroom import Newsroom
from steps.prepared import Prepared, prepare
from steps.storing import known

QUICK = HttpLimits(connect_seconds=4, read_seconds=8, total_seconds=12, max_redirects=5)
"""Somebody is waiting."""
FEW = 3
"""Pages that a listing leads to, in a check."""
PAGE_BY_PAGE = frozenset({"webpage", "sitemap", "wechat_article"})
"""Kinds that open a page for each piece."""
NOBODY = 0
"""The id of no source and of no article."""


class Fate(StrEnum):
    """What a round would make of a piece."""

    NEW = "new"
    SAME = "same"
    REVISED = "revised"
    REPEATED = "repeated"
    """New, and put beside an article that says the same."""


@dataclass(frozen=True)
class Piece:
    """One piece as it would be taken. `beside`: title and id of the stored article it is, or repeats."""

    item: FetchedItem
    fate: Fate
    beside: tuple[str, int] | None = None

    @property
    def is_alert(self) -> bool:
        return bool(self.item.raw.get("cap"))


@dataclass(frozen=True)
class Checked:
    """What one visit gave. `trouble` is why the source as a whole gave nothing, in one Chinese sentence."""

    pieces: tuple[Piece, ...] = ()
    bad: tuple[BadItem, ...] = ()
    trouble: str = ""
    few_pages: bool = False
    """The source opens a page for each piece, and only a few were opened."""


def check(newsroom: Newsroom, row: Source, answers: Mapping[str, RawPage] | None = None) -> Checked:
    """One visit to a source, which may be in no store. `answers`: pages that have just been asked for. Never raises for
    what happens outside."""
    few = row.kind in PAGE_BY_PAGE or bool(row.settings.get("full_text"))
    try:
        small = Source(**(row.model_dump() | {"settings": with_few_pages(row.kind, row.settings)}))
        connector = newsroom.source(small, quick(newsroom).http().holding(answers or {}))
        parsed = connector.parse(connector.fetch(None))
    except ConnectorError as error:
        return Checked(trouble=error.message)
    with newsroom.store.reading() as session:
        pieces = tuple(_pieces(session, row.id or NOBODY, parsed.items))
    return Checked(pieces, parsed.bad, _trouble(pieces, parsed.bad), few)


def quick(newsroom: Newsroom) -> Newsroom:
    """The same newsroom with less patience outside."""
    return dataclasses.replace(newsroom, http_limits=QUICK)


def with_few_pages(kind: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with few pages to fetch: those kinds that open a page for each piece."""
    fields = source_class(kind).Settings.model_fields
    few = {name: FEW for name in ("max_pages", "max_opened") if name in fields}
    if few:
        return dict(settings) | few
    return dict(settings) | ({"max_items": FEW} if kind in PAGE_BY_PAGE else {})


def _trouble(pieces: Sequence[Piece], bad: Sequence[BadItem]) -> str:
    if pieces or not bad:
        return ""
    return f"一条也没有取到，{len(bad)} 条都没能读取，例如{bad[0].where}：{bad[0].reason}"


def _pieces(session: Session, source_id: int, items: Sequence[FetchedItem]) -> list[Piece]:
    made = [prepare(item, source_id) for item in items]
    there = known(session, source_id, made)
    return [
        _piece(session, item, prepared, there.get(item.external_id)) for item, prepared in zip(items, made, strict=True)
    ]


def _piece(session: Session, item: FetchedItem, prepared: Prepared, old: Known | None) -> Piece:
    if old is not None:
        same = old.content_hash == prepared.values["content_hash"]
        return Piece(item, Fate.SAME if same else Fate.REVISED, _named(old))
    url = prepared.values["canonical_url"]
    there = clusters.under_addresses(session, [url]).get(url, [])[:SAME_ADDRESS_AT_MOST]
    others = clusters.alike(session, [(prepared.signed.keys, there)])
    match = match_among(prepared.signed, item.title, url, others[0])
    return Piece(item, Fate.REPEATED, (match[0].title, match[0].id)) if match else Piece(item, Fate.NEW)


def _named(article: Known) -> tuple[str, int]:
    return article.title, article.id


def as_json(checked: Checked, row: Source) -> dict[str, object]:
    """For programs: what stands in a line of the answer is never null where it is known."""
    return {
        "key": row.key,
        "name": row.name,
        "kind": row.kind,
        "url": row.url,
        "area": row.area,
        "reprint": row.reprint,
        "trust": row.trust,
        "ok": not checked.trouble,
        "error": checked.trouble or None,
        "few_pages": checked.few_pages,
        "items": [_as_json(piece) for piece in checked.pieces],
        "bad": [each.model_dump() for each in checked.bad],
    }


def _as_json(piece: Piece) -> dict[str, object]:
    item = piece.item
    return {
        "title": item.title,
        "url": item.url,
        "published_at": item.published_at.isoformat() if item.published_at else None,
        "author": item.author,
        "source_name": item.source_name,
        "chars": len(item.text or item.summary),
        "pictures": len(item.pictures),
        "attachments": len(item.attachments),
        "alert": piece.is_alert,
        "fate": piece.fate.value,
        "article": piece.beside[1] if piece.beside else None,
    }
