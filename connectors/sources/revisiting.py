"""Coming back to the same address: conditional requests, and the cursor that remembers the last visit."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

from connectors.base import Cursor, RawPage
from connectors.http import HttpClient

REMEMBERED = 1000
"""Addresses or ids kept in a cursor."""
TRIES = 3
AGAIN = "again"
"""In the cursor of a part that could not be had for a reason that says nothing about the page: it costs no try."""
LESS = "less"
"""In the cursor of a part of which less could be had than was taken before: what is stored stays."""
_SENDABLE = re.compile(r"[ -~\x80-\xff]{1,500}")


def revisit(http: HttpClient, url: str, cursor: Cursor | None, accept: str, *, afresh: bool = False) -> RawPage:
    """The page, marked not modified where the server says so or the bytes are those of the last visit.

    `afresh` asks for the whole page even if it has not changed. Raises ConnectorError.
    """
    known = cursor if cursor and cursor.get("url") == url and not afresh else {}
    page = http.fetch(
        url, etag=str(known.get("etag", "")), last_modified=str(known.get("last_modified", "")), accept=accept
    )
    if page.not_modified:
        # a 304 may bring newer validators, or none: then the old ones go on holding
        newer = {name: value for name, value in validators(page).items() if value}
        return page.model_copy(update={"cursor": dict(cursor or {}) | newer})
    digest = hashlib.sha256(page.body).hexdigest()
    visited: Cursor = {"url": url, "hash": digest, **validators(page)}
    if known.get("hash") == digest:
        return page.model_copy(update={"cursor": known | visited, "not_modified": True})
    return page.model_copy(update={"cursor": visited})


def validators(page: RawPage) -> Cursor:
    """ETag, weak ones too, and Last-Modified, as they are sent back; "" for what no header of ours could carry."""
    found = {"etag": page.headers.get("etag", ""), "last_modified": page.headers.get("last-modified", "")}
    return {name: value if _SENDABLE.fullmatch(value) else "" for name, value in found.items()}


def after_parts(
    known: Cursor, parts: Iterable[RawPage], *, more: bool, listed: Iterable[str] = (), most_tries: int = TRIES
) -> Cursor:
    """What a cursor remembers of the pages a listing led to.

    A page that failed, or of whose article a further page failed, is asked for again at the next visits, `most_tries` times; one that
    its host kept us from asking for costs no try. `more`: links were left over. `listed`: what stands on the listing now; what was taken of
    it is remembered before all else. "pending" asks for the whole listing next time, even if it has not changed. "pages" says of
    articles of several pages, and of those taken in part, how many were taken.
    """
    tries: dict[str, int] = dict(known.get("tries", {}))
    pages: dict[str, int] = dict(known.get("pages", {}))
    done: list[str] = []
    again: dict[str, int] = {}
    waiting = False
    for part in parts:
        link = str(part.cursor["link"])
        if AGAIN in part.cursor:
            # it keeps its place among those that were never tried
            waiting = True
            continue
        number = tries.pop(link, 0) + (not was_kept_from(part))
        if LESS not in part.cursor:
            pages = _noted(pages, link, part)
        if is_whole(part) or number >= most_tries:
            done.append(link)
        else:
            again[link] = number
    seen = known.get("seen", [])
    still = set(listed)
    return {
        "seen": remembered([*done, *(link for link in seen if link in still)], seen),
        "tries": dict(list((again | tries).items())[:REMEMBERED]),
        "pending": bool(again) or waiting or more,
        "pages": dict(list(pages.items())[:REMEMBERED]),
    }


def _noted(pages: dict[str, int], link: str, part: RawPage) -> dict[str, int]:
    had = pages_had(part)
    others = {each: number for each, number in pages.items() if each != link}
    if is_whole(part):
        return {link: had} | others if had > 1 else others
    return {link: max(had, pages.get(link, 0))} | others if had or link in pages else others


def compared(part: RawPage, known: Cursor, *, taken: bool = False) -> RawPage:
    """The part, marked where less could be had of its article than at an earlier visit; `taken`: its link is one of those taken."""
    before = known.get("pages", {}).get(part.cursor["link"], int(taken))
    if is_whole(part) or pages_had(part) >= before:
        return part
    return part.model_copy(update={"cursor": part.cursor | {LESS: True}})


def pages_had(part: RawPage) -> int:
    """Of an article: its page and its further pages, without those that could not be had; 0 where its own could not."""
    return 0 if part.error is not None else 1 + sum(each.error is None for each in part.parts)


def in_turn(links: Sequence[str], known: Cursor) -> list[str]:
    """Those that were tried before after the others, so that none keeps the rest from its turn."""
    tries = known.get("tries", {})
    return sorted(links, key=lambda link: link in tries)


def is_whole(part: RawPage) -> bool:
    """Whether a page could be had, and all the further pages of its article that were asked for."""
    return part.error is None and all(further.error is None for further in part.parts)


def was_kept_from(part: RawPage) -> bool:
    """Whether a page, or a further page of its article, was not asked for, for a reason that says nothing about it."""
    return any(AGAIN in each.cursor for each in (part, *part.parts))


def remembered(new: Iterable[str], old: Iterable[str]) -> list[str]:
    """Newest first, without repeats, so many that a cursor stays small."""
    return list(dict.fromkeys([*new, *old]))[:REMEMBERED]


def charset_of(page: RawPage) -> str:
    """The charset parameter of Content-Type, "" where there is none."""
    _, found, charset = page.headers.get("content-type", "").lower().partition("charset=")
    return charset.split(";")[0].strip(" \"'") if found else ""
