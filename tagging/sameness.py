"""Whether two texts are the same piece: reprints under a new title, cut, joined, with an editor's note, other punctuation.

Pure. A signature holds a sample of the text's shingles by hash value: the same shingle is kept or left out in every text
alike, so that containment can be read off two samples (Broder 1997, "On the resemblance and containment of documents").
Numbers are kept apart: a daily report repeats its sentences and changes its figures. So is what tells two pieces of one
pattern apart (tagging/distinctions.py): a warning repeats its sentences and changes its colour.
"""

from __future__ import annotations

import struct
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from tagging.distinctions import Distinctions, differ, distinctions
from tagging.folding import Codes, as_text, bare, folded

__all__ = ["SAME", "VERSION", "Signature", "bare", "best_match", "is_another", "is_same", "signature", "similarity"]

VERSION = 3
"""Signatures of two versions cannot be compared; raise it with every change of what is hashed or kept."""
SAME = 0.6
"""From here on two texts are taken for one piece; set by measurement, see docs/collecting.md."""
MAX_CHARS = 60_000
_SHINGLE = 4
_KEY_SHINGLE = 5
_SAMPLE = 512
_TITLE = 64
_NUMBERS = 64
_KEYS_ALL, _KEYS_END, _END_CHARS = 12, 8, 400
_TINY, _SHORT = 12, 80
_WHOLE = 80
"""A text this long that stands word for word in a longer one is a part of it, whatever the headlines say."""
_FEW_NUMBERS = 3
_HEAD = struct.Struct("<BBIHHHHHHH")
_ALIKE = 0.3
"""Texts that are less alike are other pieces anyway, for whoever asks."""
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))

Hashes = npt.NDArray[np.uint32]
Id = TypeVar("Id", bound=Hashable)
Number = TypeVar("Number", np.uint32, np.uint64)


@dataclass(frozen=True, eq=False)
class Signature:
    """What is kept of a text, about 2 KB. All hashes are sorted, 32 bits each."""

    size: int
    """Letters and characters of the text."""
    level: int
    """The sample holds the shingles whose hash is below 2**(32 - level)."""
    sample: Hashes
    title: Hashes
    """Bigrams of the headline."""
    numbers: Hashes
    """Numbers in digits, each with the character behind it."""
    pairs: Hashes
    """Bigrams, only of a short text: two posts of fifty characters share few longer shingles."""
    marks: Distinctions
    """What tells it from other pieces of its pattern."""
    keys: tuple[int, ...]
    """Signed 64-bit numbers for looking up candidates: whoever shares none is not the same piece."""

    def packed(self) -> bytes:
        """For a store; the same on every machine."""
        parts = (self.sample, self.title, self.numbers, self.pairs, *self.marks)
        head = _HEAD.pack(VERSION, self.level, self.size, *(len(part) for part in parts), len(self.keys))
        return (
            head
            + b"".join(part.astype("<u4").tobytes() for part in parts)
            + struct.pack(f"<{len(self.keys)}q", *self.keys)
        )


def unpacked(data: bytes) -> Signature | None:
    """What `packed` wrote; None for a signature of another version."""
    if len(data) < _HEAD.size or data[0] != VERSION:
        return None
    _, level, size, *lengths, keys = _HEAD.unpack_from(data)
    at, parts = _HEAD.size, []
    for length in lengths:
        parts.append(np.frombuffer(data, dtype="<u4", count=length, offset=at))
        at += 4 * length
    sample, title, numbers, pairs, *marks = parts
    found = struct.unpack_from(f"<{keys}q", data, at)
    return Signature(size, level, sample, title, numbers, pairs, Distinctions(*marks), found)


def signature(title: str, text: str) -> Signature:
    """The signature of one piece; a piece without text is judged by its title."""
    headline, body = folded(title[:400]), folded(text[:MAX_CHARS])
    if len(body) < _TINY:
        body = np.concatenate([headline, body])
    level, sample = _sampled(_shingles(body, _SHINGLE))
    return Signature(
        size=len(body),
        level=level,
        sample=sample,
        title=_distinct(_short(_shingles(headline, 2)))[:_TITLE],
        numbers=_numbers(body),
        pairs=_distinct(_short(_shingles(body, 2))) if len(body) < _SHORT else np.empty(0, np.uint32),
        marks=distinctions(as_text(headline), as_text(body)),
        keys=_keys(body),
    )


def similarity(one: Signature, other: Signature) -> float:
    """0 … 1: how much of the shorter text stands in the longer, less where one is a small part or the figures differ.

    0 for another piece of the same pattern.
    """
    value = _likeness(one, other)
    return 0.0 if value >= _ALIKE and is_another(one, other) else value


def is_another(one: Signature, other: Signature) -> bool:
    """Whether the two are different pieces however alike they are: another colour, issuer, magnitude, number, day."""
    whole = min(one.size, other.size) >= _WHOLE and _overlap(*_at_one_level(one, other)) == 1.0
    return differ(one.marks, other.marks, whole=whole)


def is_same(one: Signature, other: Signature) -> bool:
    return similarity(one, other) >= SAME


def best_match(asked: Signature, candidates: Iterable[tuple[Id, Signature]]) -> tuple[Id, float] | None:
    """The first of the most similar candidates, if it is the same piece."""
    found: tuple[Id, float] | None = None
    for identity, candidate in candidates:
        value = similarity(asked, candidate)
        if value >= SAME and (found is None or value > found[1]):
            found = (identity, value)
    return found


def _likeness(one: Signature, other: Signature) -> float:
    shorter, longer = sorted((one.size, other.size))
    if not shorter:
        return 0.0
    ratio = shorter / longer
    if len(one.pairs) and len(other.pairs):
        value = _overlap(one.pairs, other.pairs) * min(1.0, 2 * ratio)
    else:
        contained = _overlap(*_at_one_level(one, other))
        value = contained * _standing(contained, ratio, shorter, one, other)
    return value * _figures(one, other)


def _standing(contained: float, ratio: float, shorter: int, one: Signature, other: Signature) -> float:
    """A flash inside a long report is the same thing only if the headlines say so too, or it stands there whole."""
    if ratio >= 0.3 or (shorter >= _WHOLE and contained >= 0.8):
        return 1.0
    return max(ratio / 0.3, _overlap(one.title, other.title))


def _figures(one: Signature, other: Signature) -> float:
    """1, or less where the text with fewer numbers has others than the longer one."""
    if min(len(one.numbers), len(other.numbers)) < _FEW_NUMBERS:
        return 1.0
    return min(1.0, 0.5 + _overlap(one.numbers, other.numbers))


def _at_one_level(one: Signature, other: Signature) -> tuple[Hashes, Hashes]:
    if one.level == other.level:
        return one.sample, other.sample
    bound = 1 << (32 - max(one.level, other.level))
    left, right = (each.sample[: int(np.searchsorted(each.sample, bound))] for each in (one, other))
    return left, right


def _overlap(one: Hashes, other: Hashes) -> float:
    if len(one) > len(other):
        one, other = other, one
    if not len(one):
        return 0.0
    at = np.searchsorted(other, one)
    at[at == len(other)] = 0
    return float(np.count_nonzero(other[at] == one)) / len(one)


def _sampled(shingles: npt.NDArray[np.uint64]) -> tuple[int, Hashes]:
    values, level = _short(shingles), 0
    while len(values) >> level > _SAMPLE:
        level += 1
    kept = _distinct(values[values < 1 << (32 - level)] if level else values)
    while len(kept) > _SAMPLE:
        level += 1
        kept = kept[: int(np.searchsorted(kept, 1 << (32 - level)))]
    return level, kept


def _keys(body: Codes) -> tuple[int, ...]:
    """The smallest hashes of the whole text, and of its two ends: of two joined texts each keeps one end."""
    hashes = _shingles(body, _KEY_SHINGLE)
    parts = [
        _smallest(hashes, _KEYS_ALL),
        _smallest(hashes[:_END_CHARS], _KEYS_END),
        _smallest(hashes[-_END_CHARS:], _KEYS_END),
    ]
    return tuple(_distinct(np.concatenate(parts)).astype(np.int64).tolist())


def _smallest(hashes: npt.NDArray[np.uint64], count: int) -> npt.NDArray[np.uint64]:
    """A shingle that stands there many times still counts once."""
    wide = 8 * count
    low = np.partition(hashes, wide)[:wide] if len(hashes) > 2 * wide else hashes
    found = _distinct(low)
    return (found if len(found) >= count else _distinct(hashes))[:count]


def _numbers(body: Codes) -> Hashes:
    digits = (body >= ord("0")) & (body <= ord("9"))
    if not digits.any():
        return np.empty(0, np.uint32)
    edges = np.flatnonzero(np.diff(digits.astype(np.int8), prepend=0, append=0))
    found = set()
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        value = 0
        for code in body[start : min(end + 1, start + 20)].tolist():
            value = (value * 1_000_003 + code + 1) & 0xFFFFFFFF
        found.add(value)
    return np.array(sorted(found)[:_NUMBERS], dtype=np.uint32)


def _distinct(values: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """As numpy.unique, which looks at more than it needs for so few numbers."""
    if len(values) < 2:
        return values
    ordered = np.sort(values)
    kept = np.empty(len(ordered), dtype=np.bool_)
    kept[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=kept[1:])
    return ordered[kept]


def _short(hashes: npt.NDArray[np.uint64]) -> Hashes:
    shortened: Hashes = (hashes >> np.uint64(32)).astype(np.uint32)
    return shortened


def _shingles(codes: Codes, width: int) -> npt.NDArray[np.uint64]:
    """64-bit hashes of all shingles in their order, the same in every process and on every machine."""
    if not len(codes):
        return np.empty(0, np.uint64)
    wide = codes.astype(np.uint64)
    width = min(width, len(wide))
    count = len(wide) - width + 1
    value = wide[:count].copy()
    for step in range(1, width):
        value *= _MIX[0]
        value += wide[step : step + count]
    for shift, factor in ((30, _MIX[1]), (27, _MIX[2])):
        value ^= value >> np.uint64(shift)
        value *= factor
    value ^= value >> np.uint64(31)
    return value
