"""What changed between two texts, as people read it: by sentences, and inside a changed sentence by words. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import unescape

from markupsafe import Markup, escape

_SENTENCES = re.compile(r"[^。！？!?；\n]*(?:[。！？!?；]+[”’」』）】》]*|\n+|$)")
_PIECES = re.compile(r"[a-zA-Z0-9.%]+|\s+|.", re.DOTALL)
_BLOCK_END = re.compile(
    r"</(?:p|h\d|li|tr|figure|figcaption|blockquote|table|ul|ol)>|<br\s*/?>|<hr\s*/?>", re.IGNORECASE
)
_TAG = re.compile(r"<[^>]+>")
LONGEST = 30_000
ALIKE = 0.4
"""Sentences less alike than this are shown as one gone and one new: a patchwork of single characters tells nobody anything."""
FINEST = 2_000
"""Pieces of one changed stretch that are compared one by one; a longer one is shown as a whole."""
MOST_PAIRS = 400
"""Pairs of sentences that are compared in one changed stretch."""
SHORTEST_SAME = 2
"""Fewer pieces between two changes are part of the change."""


@dataclass(frozen=True)
class Part:
    """A stretch of paragraphs that changed, or so many that did not."""

    changed: bool
    shown: Markup
    paragraphs: int


def difference(old: str, new: str) -> Markup:
    """The newer text with what went out in <del> and what came in in <ins>; everything escaped."""
    before, after = _sentences(old[:LONGEST]), _sentences(new[:LONGEST])
    out = Markup()
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        out += escape("".join(after[c:d])) if kind == "equal" else _paired(before[a:b], after[c:d])
    return out


def parts(old: str, new: str) -> list[Part]:
    """The newer text in order, stretches that changed apart from those that did not."""
    before, after = old[:LONGEST].split("\n"), new[:LONGEST].split("\n")
    found = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = "\n".join(before[a:b]), "\n".join(after[c:d])
        same = kind == "equal"
        found.append(Part(not same, escape(come) if same else difference(gone, come), d - c))
    return found


def words_of(html: str) -> str:
    """The text of a body, one block a line."""
    text = unescape(_TAG.sub("", _BLOCK_END.sub("\n", html)))
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())


def _sentences(text: str) -> list[str]:
    return [found for found in _SENTENCES.findall(text) if found]


def _paired(before: Sequence[str], after: Sequence[str]) -> Markup:
    """A changed stretch of sentences: each new one beside the old one it is most like, in order; the rest as a whole."""
    if len(before) * len(after) > MOST_PAIRS:
        return _changed("".join(before), "".join(after))
    out, at, fresh = Markup(), 0, ""
    for sentence in after:
        likeness = [SequenceMatcher(None, old, sentence, autojunk=False).ratio() for old in before[at:]]
        best = max(likeness, default=0.0)
        if best < ALIKE:
            fresh += sentence
            continue
        place = at + likeness.index(best)
        out += _changed("".join(before[at:place]), fresh) + _inside(before[place], sentence)
        at, fresh = place + 1, ""
    return out + _changed("".join(before[at:]), fresh)


def _inside(gone: str, come: str) -> Markup:
    """A changed stretch: by words where the two are alike, else the old as a whole and then the new."""
    before, after = _PIECES.findall(gone), _PIECES.findall(come)
    if not before or not after or max(len(before), len(after)) > FINEST:
        return _changed(gone, come)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < ALIKE:
        return _changed(gone, come)
    out = Markup()
    for same, a, b, c, d in _joined(matcher.get_opcodes(), len(before), len(after)):
        new = "".join(after[c:d])
        out += escape(new) if same else _changed("".join(before[a:b]), new)
    return out


def _joined(
    steps: Sequence[tuple[str, int, int, int, int]], before: int, after: int
) -> list[tuple[bool, int, int, int, int]]:
    """The steps with the shortest equal ones between two changes made part of the change."""
    found: list[tuple[bool, int, int, int, int]] = []
    for kind, a, b, c, d in steps:
        at_an_edge = (a == 0 and c == 0) or (b == before and d == after)
        same = kind == "equal" and (b - a >= SHORTEST_SAME or at_an_edge)
        if found and not same and not found[-1][0]:
            _, first, _, third, _ = found.pop()
            found.append((False, first, b, third, d))
        else:
            found.append((same, a, b, c, d))
    return found


def _changed(gone: str, come: str) -> Markup:
    out = Markup()
    if gone:
        out += Markup("<del>{}</del>").format(gone)
    if come:
        out += Markup("<ins>{}</ins>").format(come)
    return out
