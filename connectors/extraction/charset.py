"""Bytes to text for Chinese pages and feeds, where the header, the meta element and the bytes often disagree.

The bytes have the last word: valid UTF-8 is UTF-8 whatever is declared, and GB 18030 stands for all of its subsets
(the WHATWG Encoding Standard reads "gb2312" the same way, https://encoding.spec.whatwg.org/#gbk).
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*+=\s*+["']?\s*+([\w.:-]+)|<\?xml[^>]{0,100}?encoding\s*+=\s*+["']([\w.:-]+)""", re.I
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GB = {"gb2312", "gbk", "gb18030", "cp936", "ms936", "x-gbk", "gb_2312-80", "euc-cn"}
_BIG5 = {"big5", "big5-hkscs", "cp950", "x-x-big5", "big5hkscs"}
_WESTERN = {
    "iso-8859-1",
    "iso8859-1",
    "latin-1",
    "latin1",
    "windows-1252",
    "cp1252",
    "us-ascii",
    "ascii",
    "iso-8859-15",
}
# the commonest characters of either script: what a wrong decoding never shows in bulk
_COMMON = frozenset(
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么"
    "這來國個說們為時會過對裡後開經發動進種與產從現無見長關於點業問電體實員"
    "日月新闻报网本站版权所有首页分高成方用多行面事法,。、:"
)
_LIMIT = 400_000
_BEYOND_ASCII = re.compile(rb"[\x80-\xff](?:[\x80-\xff]|[\x40-\x7e](?=[\x80-\xff]))*+[\x40-\x7e]?")
"""Characters beyond ASCII, with the trailing bytes of GBK and Big5 that look like ASCII; nothing is tried again, which would take memory for each."""
_ASCII = bytes(range(128))
_WIDE = re.compile(r"[^\x00-\xa0\u3000]")
_ENOUGH = 20_000


@dataclass(frozen=True)
class Decoded:
    text: str
    charset: str


def decode(body: bytes, header_charset: str = "") -> Decoded:
    """The text of a page, and the charset it was read with. Never fails: what cannot be read becomes U+FFFD.

    `header_charset` is the charset parameter of Content-Type, or the whole header.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return Decoded(body.decode(name, "replace").lstrip("\ufeff"), name)
    declared = declared_charsets(body, header_charset)
    if wide := _wide_without_bom(body):
        return Decoded(body.decode(wide, "replace"), wide)
    if body.isascii():
        escaped = next((name for name in declared if name in {"hz", "iso2022_jp", "iso2022_kr", "utf_7"}), "")
        return _strict(body, escaped) or Decoded(body.decode("ascii"), "utf-8")
    if _is_utf8(body):
        return Decoded(body.decode("utf-8", "replace"), "utf-8")
    return _other(body, declared)


def is_wide(body: bytes) -> bool:
    """Whether the bytes are UTF-16 or UTF-32, the only charsets in which text holds zeros."""
    return any(body.startswith(bom) for bom, name in _BOMS if name != "utf-8-sig") or bool(_wide_without_bom(body))


def declared_charsets(body: bytes, header_charset: str = "") -> list[str]:
    """Codec names that Python knows, in the order header, meta or XML declaration; unknown names are left out."""
    names = [header_charset.rsplit("charset=", 1)[-1]] if header_charset else []
    match = _DECLARED.search(body[:4096]) or _DECLARED.search(body[:65536])
    if match:
        names.append((match[1] or match[2]).decode("ascii", "replace"))
    known = [codec for name in names if (codec := _codec(name))]
    return list(dict.fromkeys(known))


def _codec(name: str) -> str:
    label = name.strip(" \t\r\n\"';").lower()
    if label in _GB:
        return "gb18030"
    if label in _BIG5:
        return "big5hkscs"
    if label in _WESTERN:
        return "cp1252"
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return ""
    # codecs.lookup also knows byte-to-byte codecs such as "hex", which cannot decode to text
    return info.name.replace("-", "_") if getattr(info, "_is_text_encoding", True) else ""


def _sample(body: bytes) -> bytes:
    """What tells, without the long scripts that may stand before the text and within it."""
    found: list[bytes] = []
    length = 0
    for match in _BEYOND_ASCII.finditer(body):
        found.append(match[0])
        length += len(match[0])
        if length >= _LIMIT:
            break
    return b" ".join(found)[:_LIMIT]


def _is_utf8(body: bytes) -> bool:
    """Valid, or mostly: pages put together from several sources have passages in another charset.

    By accident other Chinese bytes hardly make characters of three bytes: the lead bytes E4 to E9 begin rare ones in GBK and Big5.
    """
    whole = _strict(body, "utf_8")
    if whole is not None and "\ufffd" not in whole.text:
        return True
    sample = _sample(body)
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if broken <= 1:  # one may be cut off at the limit
        return True
    three_bytes = sum(1 for character in text if character > "\u07ff") - broken
    return three_bytes * 3 > 0.6 * len(sample.translate(None, _ASCII))


def _wide_without_bom(body: bytes) -> str:
    head = body[: 400 // 4 * 4]
    if len(head) < 8:
        return ""
    quarters = [head[place::4].count(0) * 2 > len(head) // 4 for place in range(4)]
    if quarters[:2] == [True, True] and not quarters[3]:
        return "utf_32_be"
    if quarters[2:] == [True, True] and not quarters[0]:
        return "utf_32_le"
    # a page of few tags begins with one all the same (XML 1.0, appendix F)
    if head.startswith(b"<\x00") and head[3] == 0:
        return "utf_16_le"
    if head.startswith(b"\x00<\x00"):
        return "utf_16_be"
    if head[1::2].count(0) * 2 > len(head[1::2]) and not head[0::2].count(0):
        return "utf_16_le"
    if head[0::2].count(0) * 2 > len(head[0::2]) and not head[1::2].count(0):
        return "utf_16_be"
    return ""


def _other(body: bytes, declared: list[str]) -> Decoded:
    """GB 18030 or Big5 by what reads like Chinese; else what was declared, if it fits the bytes."""
    sample = _sample(body)
    scores = {name: _chinese(sample.decode(name, "replace")) for name in ("gb18030", "big5hkscs")}
    for name in declared:
        if name in scores:
            scores[name] += 0.05
    best = max(scores, key=lambda name: scores[name])
    others = [name for name in declared if name not in scores and name not in ("cp1252", "utf_8", "utf-8")]
    for name in others:
        if scores[best] < 0.25 and (decoded := _strict(body, name)):
            return decoded
    if scores[best] < 0.06:
        for name in [*others, *declared, "cp1252"]:
            if name not in ("utf_8", "utf-8") and (decoded := _strict(body, name)):
                return decoded
    return Decoded(body.decode(best, "replace"), best)


def _chinese(text: str) -> float:
    """Share of common Chinese characters among all beyond ASCII; broken ones count against it."""
    wide = _WIDE.findall(text)[:_ENOUGH]
    if not wide:
        return 0.0
    common = sum(1 for character in wide if character in _COMMON)
    return (common - 3 * wide.count("\ufffd")) / len(wide)


def _strict(body: bytes, name: str) -> Decoded | None:
    if not name:
        return None
    try:
        return Decoded(body.decode(name), name)
    except (UnicodeDecodeError, LookupError):
        return None
