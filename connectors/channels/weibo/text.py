"""How Weibo counts, and how it names a post. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

LINK = re.compile(r"https?://[!-~]+")
LINK_LENGTH = 11
"""A link is counted as its short form."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CREATED = re.compile(r"\w{3} (\w{3}) (\d{1,2}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d) (\d{4})")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def length(text: str) -> int:
    """Length in 汉字: two ASCII characters count one, a link eleven, everything else one; on NFC text."""
    text = unicodedata.normalize("NFC", text)
    links = LINK.findall(text)
    rest = LINK.sub("", text)
    ascii_count = sum(1 for character in rest if character.isascii())
    return LINK_LENGTH * len(links) + (ascii_count + 1) // 2 + len(rest) - ascii_count


def links_to(text: str, domain: str) -> bool:
    """Whether the text has a link under exactly this host; www. and the bare domain are two entries."""
    return any((urlsplit(link).hostname or "") == domain.lower() for link in LINK.findall(text))


def without_links(text: str) -> str:
    """The text as it can be compared after the platform shortened its links."""
    return "".join(unicodedata.normalize("NFC", LINK.sub("", text)).split())


def created_at(said: str) -> datetime | None:
    """`Wed Oct 24 23:49:17 +0800 2012`: English names whatever the locale."""
    found = _CREATED.fullmatch(said.strip())
    if found is None or found[1] not in _MONTHS:
        return None
    offset = timedelta(hours=int(found[7]), minutes=int(found[8])) * (-1 if found[6] == "-" else 1)
    try:
        return datetime(
            int(found[9]),
            _MONTHS.index(found[1]) + 1,
            int(found[2]),
            int(found[3]),
            int(found[4]),
            int(found[5]),
            tzinfo=timezone(offset),
        )
    except ValueError:
        return None


def base62(mid: str) -> str:
    """The id as it stands in a post's address: groups of seven digits from the right, four characters each."""
    groups = [mid[max(end - 7, 0) : end] for end in range(len(mid), 0, -7)][::-1]
    coded = [_coded(int(group)) for group in groups]
    return (coded[0] + "".join(part.rjust(4, "0") for part in coded[1:])) if coded else ""


def _coded(value: int) -> str:
    out = ""
    while value:
        value, rest = divmod(value, 62)
        out = _DIGITS[rest] + out
    return out or "0"
