"""How Weibo measures and reads a text: pure functions. Contract: weibo.md §3 A, §9; README, item 7."""

from __future__ import annotations

import math
import re
import unicodedata
import zlib
from urllib.parse import urlsplit

MOST = 140
LINK_WEIGHT = 11
LINK = re.compile(r"https?://[\w\-.~:/?#\[\]@!$&'()*+,;=%]+", re.ASCII)


def weight(text: str) -> int:
    """Length in 汉字: two ASCII characters count one, a link counts 11."""
    rest, links = LINK.subn("", unicodedata.normalize("NFC", text))
    plain = sum(character.isascii() for character in rest)
    return math.ceil(plain / 2) + len(rest) - plain + LINK_WEIGHT * links


def links(text: str) -> list[str]:
    return [match.group() for match in LINK.finditer(text)]


def has_bound_link(text: str, domains: list[str]) -> bool:
    """A link whose host is an entry of the safe domains, letter for letter."""
    return any((urlsplit(link).hostname or "") in domains for link in links(text))


def filtered(text: str) -> str:
    """Without the hash signs of topics; those inside links stay."""
    pieces, end = [], 0
    for match in LINK.finditer(text):
        pieces += [text[end : match.start()].replace("#", ""), match.group()]
        end = match.end()
    return "".join(pieces) + text[end:].replace("#", "")


def shortened(text: str) -> str:
    """With links as the site shows them: one short form for each address."""
    return LINK.sub(lambda found: f"http://t.cn/A6{zlib.crc32(found[0].encode()):08x}", text)


def squeezed(text: str) -> str:
    """What is left for the comparison of texts that differ in blanks and marks only."""
    return re.sub(r"[\s,.!?;:，。！？；：、…~～]+", "", text)


ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def base62(number: int) -> str:
    digits = ""
    while number:
        number, place = divmod(number, 62)
        digits = ALPHABET[place] + digits
    return digits or "0"


def short_mid(mid: str) -> str:
    """The mid as it stands in public addresses: from the right, each 7 digits become 4 characters."""
    pieces: list[str] = []
    while mid:
        mid, piece = mid[:-7], mid[-7:]
        pieces.insert(0, base62(int(piece)).rjust(4, "0") if mid else base62(int(piece)))
    return "".join(pieces)


def long_mid(short: str) -> str:
    pieces: list[str] = []
    while short:
        short, piece = short[:-4], short[-4:]
        number = 0
        for character in piece:
            number = number * 62 + ALPHABET.index(character)
        pieces.insert(0, str(number).rjust(7, "0") if short else str(number))
    return "".join(pieces)
