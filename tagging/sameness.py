"""Whether two texts are the same piece: reprints under a new title, cut, with an editor's note, other punctuation.

Pure. Shingles are taken from letters, digits and characters only, so punctuation and width do not matter. A signature
holds a sample of its shingles by hash value: the same shingle is kept or left out in every text alike, so that overlap
and containment can be read off two samples (Broder 1997, "On the resemblance and containment of documents").
"""

from __future__ import annotations

import heapq
import re
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

SAME = 0.6
"""From here on two texts are taken for one piece; set by measurement, see docs/collecting.md."""
BANDS = 24
_SHINGLE = 4
_BAND_SHINGLE = 6
_SAMPLE = 1024
_TINY = 12
_SHORT = 80
_MIX = 0x9E3779B97F4A7C15
_NOT_TEXT = re.compile(r"<[^<>]{1,400}>|https?://[\w./?&=%#~:+-]+", re.ASCII)
_MASK = (1 << 64) - 1
MAX_CHARS = 60_000

Id = TypeVar("Id", bound=Hashable)


@dataclass(frozen=True)
class Signature:
    """What is kept of a text. `keys` are for looking up candidates: whoever shares none is not the same piece."""

    title: frozenset[int]
    size: int
    """Letters and characters of the text."""
    sample: frozenset[int]
    level: int
    """The sample holds the shingles whose hash is below 2**(64 - level)."""
    keys: tuple[str, ...]
    pairs: frozenset[int] = frozenset()
    """Bigrams, only of a short text: two posts of fifty characters share few longer shingles."""


def bare(text: str) -> str:
    """Letters, digits and characters only, in one width and case; addresses and markup are not part of a text."""
    text = _NOT_TEXT.sub(" ", text)
    return "".join(character for character in unicodedata.normalize("NFKC", text).lower() if character.isalnum())


def signature(title: str, text: str) -> Signature:
    """The signature of one piece; a piece without text is judged by its title."""
    headline, body = bare(title[:400]), bare(text[:MAX_CHARS])
    if len(body) < _TINY:
        body = headline + body
    shingles = set(_hashes(body, _SHINGLE))
    level = 0
    while len(shingles) > _SAMPLE:
        level += 1
        shingles = {value for value in shingles if value < 1 << (64 - level)}
    short = len(body) < _SHORT
    keys = heapq.nsmallest(BANDS, set(_hashes(body, _BAND_SHINGLE)))
    return Signature(
        title=frozenset(_hashes(headline, 2)),
        size=len(body),
        sample=frozenset(shingles),
        level=level,
        keys=tuple(f"{key:016x}" for key in keys),
        pairs=frozenset(_hashes(body, 2)) if short else frozenset(),
    )


def similarity(one: Signature, other: Signature) -> float:
    """0 … 1: how much of the shorter text stands in the longer, less where one is a small part of the other."""
    if one.pairs and other.pairs:
        return _overlap(one.pairs, other.pairs) * min(1.0, 2 * min(one.size, other.size) / max(one.size, other.size))
    level = max(one.level, other.level)
    left, right = _at(one, level), _at(other, level)
    smaller = min(len(left), len(right))
    if not smaller:
        return 0.0
    shared = len(left & right)
    contained = shared / smaller
    ratio = min(one.size, other.size) / max(one.size, other.size)
    if ratio >= 0.3:
        return contained
    # a short flash inside a long report is about the same thing only if the headlines say so too
    return contained * max(ratio / 0.3, _overlap(one.title, other.title))


def is_same(one: Signature, other: Signature) -> bool:
    return similarity(one, other) >= SAME


class SamenessIndex(Generic[Id]):
    """Signatures in memory, by key. A store can do the same with a table of (id, key)."""

    def __init__(self) -> None:
        self._signatures: dict[Id, Signature] = {}
        self._by_key: defaultdict[str, list[Id]] = defaultdict(list)

    def add(self, identity: Id, added: Signature) -> None:
        self._signatures[identity] = added
        for key in added.keys:
            self._by_key[key].append(identity)

    def candidates(self, asked: Signature) -> Iterable[Id]:
        """Everything that shares a key, in the order added."""
        return dict.fromkeys(identity for key in asked.keys for identity in self._by_key.get(key, ()))

    def best(self, asked: Signature) -> tuple[Id, float] | None:
        """The most similar piece, if one is the same; the earliest of equals."""
        return best_match(asked, ((identity, self._signatures[identity]) for identity in self.candidates(asked)))


def best_match(asked: Signature, candidates: Iterable[tuple[Id, Signature]]) -> tuple[Id, float] | None:
    """The first of the most similar candidates, if it is the same piece."""
    found: tuple[Id, float] | None = None
    for identity, candidate in candidates:
        value = similarity(asked, candidate)
        if value >= SAME and (found is None or value > found[1]):
            found = (identity, value)
    return found


def _at(signed: Signature, level: int) -> frozenset[int]:
    if signed.level == level:
        return signed.sample
    return frozenset(value for value in signed.sample if value < 1 << (64 - level))


def _overlap(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def _hashes(text: str, width: int) -> Iterable[int]:
    """64-bit hashes of all shingles, the same in every process (built-in hash() is not)."""
    data = memoryview(text.encode("utf-32-le", "replace"))
    step = 4 * width
    if len(data) < step:
        return [_mixed(zlib.crc32(data))] if text else []
    return [_mixed(zlib.crc32(data[start : start + step])) for start in range(0, len(data) - step + 1, 4)]


def _mixed(value: int) -> int:
    value = (value * _MIX) & _MASK
    return ((value ^ (value >> 29)) * 0xBF58476D1CE4E5B9) & _MASK
