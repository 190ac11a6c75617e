"""Coming back to the same address: conditional requests, and the cursor that remembers the last visit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from connectors.base import Cursor, RawPage
from connectors.http import HttpClient

REMEMBERED = 1000
"""Addresses or ids kept in a cursor."""


def revisit(http: HttpClient, url: str, cursor: Cursor | None, accept: str, *, afresh: bool = False) -> RawPage:
    """The page, marked not modified where the server says so or the bytes are those of the last visit.

    `afresh` asks for the whole page even if it has not changed. Raises ConnectorError.
    """
    known = cursor if cursor and cursor.get("url") == url and not afresh else {}
    page = http.fetch(
        url, etag=str(known.get("etag", "")), last_modified=str(known.get("last_modified", "")), accept=accept
    )
    if page.not_modified:
        return page.model_copy(update={"cursor": dict(cursor or {})})
    digest = hashlib.sha256(page.body).hexdigest()
    visited: Cursor = {
        "url": url,
        "etag": page.headers.get("etag", ""),
        "last_modified": page.headers.get("last-modified", ""),
        "hash": digest,
    }
    if known.get("hash") == digest:
        return page.model_copy(update={"cursor": known | visited, "not_modified": True})
    return page.model_copy(update={"cursor": visited})


def remembered(new: Iterable[str], old: Iterable[str]) -> list[str]:
    """Newest first, without repeats, so many that a cursor stays small."""
    return list(dict.fromkeys([*new, *old]))[:REMEMBERED]


def charset_of(page: RawPage) -> str:
    """The charset parameter of Content-Type, "" where there is none."""
    _, found, charset = page.headers.get("content-type", "").lower().partition("charset=")
    return charset.split(";")[0].strip(" \"'") if found else ""
