"""Entries of a list completed from the pages that they link to: which pages are opened, and what they add."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence

from connectors.base import Cursor, FetchedItem, RawPage, keepable
from connectors.extraction import SiteRule
from connectors.extraction.blocks import visible_text
from connectors.sources.addresses import canonical
from connectors.sources.paged import article_at, read
from connectors.sources.revisiting import LESS, after_parts, compared, in_turn, remembered
from connectors.sources.visiting import Visitor

_MOST_CHANGED = 5
"""Pages opened again in one visit: some lists say something else every time, such as how often a page was read."""
_TAG = re.compile(r"<[^<>]*>")


def digest_of(*texts: str) -> str:
    """What a list says about an entry, so short that a cursor can hold a thousand."""
    said = "\n".join(visible_text(_TAG.sub("", text)) for text in texts)
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:12]


def shared_pages(known: Cursor, entries: Iterable[tuple[str, str]]) -> list[str]:
    """Links under which several entries stand, now or one after the other: their page is not the text of any one of them.

    `entries`: of each its id and its link.
    """
    said = [(identity, link) for identity, link in entries if link]
    entries_at: dict[str, set[str]] = {}
    for identity, link in said:
        entries_at.setdefault(_place(link), set()).add(identity or link)
    ids, seen = known.get("ids"), set(known.get("seen", []))
    now = [
        link
        for identity, link in said
        if len(entries_at[_place(link)]) > 1 or (ids is not None and link in seen and identity and identity not in ids)
    ]
    return remembered(now, known.get("shared", []))


def _place(link: str) -> str:
    return canonical(link) or link


def opened(
    visitor: Visitor, known: Cursor, digests: Mapping[str, str], most: int, rules: Sequence[SiteRule]
) -> tuple[tuple[RawPage, ...], Cursor]:
    """The pages behind new entries and behind those of which the list says something else now, with what to remember.

    `digests`: of each link what the list says.
    """
    seen, said = set(known.get("seen", [])), known.get("said")
    new = in_turn([link for link in digests if link not in seen], known)
    changed = [link for link in digests if link in seen and said is not None and digests[link] not in said]
    first = new[:most]
    again = changed[: min(_MOST_CHANGED, most - len(first))]
    parts = [compared(article_at(visitor, link, rules), known, taken=link in seen) for link in (*first, *again)]
    more = len(new) > len(first) or len(changed) > len(again)
    visited = after_parts(known, parts, more=more, listed=digests)
    waiting = {*changed[len(again) :], *visited["tries"]}
    return tuple(parts), visited | {"said": [digest for link, digest in digests.items() if link not in waiting]}


def is_lost_revision(part: RawPage | None) -> bool:
    """Whether of a page that was taken before less could be had now: that, or the list's own words, would push its text out."""
    return part is not None and LESS in part.cursor


def taken_before(page: RawPage) -> set[str]:
    """Links whose pages were taken at earlier visits (or given up): what the list still says of them is less than what is stored."""
    now = {str(part.cursor.get("link")) for part in page.parts}
    return {*page.cursor.get("seen", []), *page.cursor.get("pages", {})} - now - set(page.cursor.get("shared", []))


def completed(item: FetchedItem, part: RawPage | None, rules: Sequence[SiteRule]) -> FetchedItem:
    """The entry with what its page says, where the page says more."""
    if part is None or part.error is not None:
        return item
    page = read(part, rules)
    if len(page.text) <= len(item.text):
        return item
    return item.model_copy(
        update={
            "text": keepable(page.text),
            "html": keepable(page.html),
            "pictures": page.images or item.pictures,
            "attachments": page.attachments or item.attachments,
            "author": item.author or page.author,
            "source_name": item.source_name or page.source_name,
            "published_at": item.published_at or page.published_at,
        }
    )
