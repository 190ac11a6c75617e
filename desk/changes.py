"""What changed between two texts, as people read it: by words of Chinese, not by lines of code. Pure."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from html import unescape

from markupsafe import Markup, escape

_PIECES = re.compile(r"[a-zA-Z0-9.%]+|\s+|.", re.DOTALL)
_BLOCK_END = re.compile(
    r"</(?:p|h\d|li|tr|figure|figcaption|blockquote|table|ul|ol)>|<br\s*/?>|<hr\s*/?>", re.IGNORECASE
)
_TAG = re.compile(r"<[^>]+>")
LONGEST = 30_000


def difference(old: str, new: str) -> Markup:
    """The newer text with what went out in <del> and what came in in <ins>; everything escaped."""
    before, after = _PIECES.findall(old[:LONGEST]), _PIECES.findall(new[:LONGEST])
    out = Markup()
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            out += escape("".join(after[c:d]))
            continue
        if b > a:
            out += Markup("<del>{}</del>").format("".join(before[a:b]))
        if d > c:
            out += Markup("<ins>{}</ins>").format("".join(after[c:d]))
    return out


def words_of(html: str) -> str:
    """The text of a body, one block a line."""
    text = unescape(_TAG.sub("", _BLOCK_END.sub("\n", html)))
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())
