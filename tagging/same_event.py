"""Whether two texts tell of the same event in other words. Pure.

A text is outlined by its rarest words, the earlier in the text the heavier; two outlines are compared by their cosine.
Days, provinces and figures only speak against: what is written daily by one pattern shares its words with every other
day and place. Vectors of words and fitted weights were tried as well: docs/decisions/2026-11-26-reports-of-one-event.md.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from tagging.distinctions import Hashes, at_one_moment, at_one_place, other_events

VERSION = 3
"""Outlines of two versions cannot be compared; raise it with every change of what is kept or weighed."""
SAME_EVENT = 0.55
"""From here on two texts are taken for reports of one event; set by reading, see docs/collecting.md."""
_OF_ONE_QUAKE = 0.25
"""So alike are reports of a quake of one minute at one place; advice on quakes that begins with it is less so."""
MAX_CHARS = 3_000
"""What an article tells of stands at its beginning."""
_LEAST_WORDS = 4
"""So many words must be shared: a name and a day alone make no event."""
_MOST_WORDS = 40
_HALFWAY = 60
"""A word that first stands so many characters in weighs half."""
_KEYS = 8
_LEAD, _PLACE_LEAD = 600, 120
_FIGURES, _FIGURES_SHARED = 2, 0.5
_MOST_FIGURES = 24
_MOST_MARKS = 24
_HEAD = struct.Struct("<BBBBIQ")

_DAY = re.compile(r"(?<!\d)(0?[1-9]|[12]\d|3[01])[日号](?![均内游程])", re.ASCII)
_FIGURE = re.compile(r"(?<!\d)\d++(?:\.\d++)?+(?![\d.年月日号时点分:~—–-])[^\s\d]?", re.ASCII)
_PROVINCES = re.compile(
    "北京|天津|河北|山西|内蒙古|辽宁|吉林|黑龙江|上海|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|重庆"
    "|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆|台湾|香港|澳门"
)
_PLACE_BITS = {name: place for place, name in enumerate(_PROVINCES.pattern.split("|"))}

NO_MARKS: Hashes = np.empty(0, np.uint32)


@dataclass(frozen=True, eq=False)
class Outline:
    """What is kept of a text, 530 bytes at most. Hashes are sorted, 32 bits each."""

    words: Hashes
    weights: npt.NDArray[np.float32]
    """One for each word; together of length 1."""
    figures: Hashes
    """Numbers in digits, each with the character behind it, without dates and hours."""
    days: int
    """Bit n: the text names the nth of a month."""
    places: int
    """One bit for each province that is named at the beginning."""
    marks: Hashes
    """What makes an event of one pattern another: `tagging.distinctions.marks_of_event`."""

    @property
    def keys(self) -> tuple[int, ...]:
        """The heaviest words, for looking up candidates."""
        heaviest = np.argsort(-self.weights, kind="stable")[:_KEYS]
        return tuple(self.words[heaviest].tolist())

    def packed(self) -> bytes:
        """For a store; the same on every machine."""
        words, figures, marks = self.words, self.figures, self.marks
        head = _HEAD.pack(VERSION, len(words), len(figures), len(marks), self.days, self.places)
        weights = self.weights.astype("<f4")
        return head + b"".join(
            part.tobytes() for part in (words.astype("<u4"), weights, figures.astype("<u4"), marks.astype("<u4"))
        )


def unpacked(data: bytes) -> Outline | None:
    """What `packed` wrote; None for an outline of another version."""
    if len(data) < _HEAD.size or data[0] != VERSION:
        return None
    _, words, figures, marks, days, places = _HEAD.unpack_from(data)
    at = _HEAD.size
    return Outline(
        np.frombuffer(data, "<u4", words, at),
        np.frombuffer(data, "<f4", words, at + 4 * words),
        np.frombuffer(data, "<u4", figures, at + 8 * words),
        days,
        places,
        np.frombuffer(data, "<u4", marks, at + 8 * words + 4 * figures),
    )


def outline(text: str, words: Iterable[str], weigh: Callable[[str], float], marks: Hashes = NO_MARKS) -> Outline:
    """The outline of a text, headline first, and of its words in order. `weigh`: how rare a word is, 0 says nothing."""
    weighed = sorted((-weight, word) for word, weight in _weights(words, weigh).items() if weight)[:_MOST_WORDS]
    kept = {_hash(word): -weight for weight, word in weighed}
    hashes = np.array(sorted(kept), dtype=np.uint32)
    weights = np.array([kept[each] for each in hashes.tolist()], dtype=np.float32)
    lead = text[:_LEAD]
    figures = sorted({_hash(each) for each in _FIGURE.findall(_DAY.sub("", lead))})[:_MOST_FIGURES]
    return Outline(
        hashes,
        weights / np.float32(np.linalg.norm(weights) or 1.0),
        np.array(figures, dtype=np.uint32),
        sum({1 << int(day) for day in _DAY.findall(lead)}),
        sum({1 << _PLACE_BITS[name] for name in _PROVINCES.findall(text[:_PLACE_LEAD])}),
        marks[:_MOST_MARKS],
    )


def likeness(one: Outline, other: Outline) -> float:
    """0 … 1: how much of their weight the same words bear."""
    mine, theirs = _shared(one.words, other.words)
    return float(one.weights[mine] @ other.weights[theirs])


def is_same_event(one: Outline, other: Outline) -> bool:
    """Alike enough, and nothing speaks against it."""
    alike = likeness(one, other)
    if _is_one_quake(one, other):
        return alike >= _OF_ONE_QUAKE
    shared, _ = _shared(one.words, other.words)
    return len(shared) >= _LEAST_WORDS and alike >= SAME_EVENT and not _differs(one, other)


def _is_one_quake(one: Outline, other: Outline) -> bool:
    """Whether both tell of a quake of the same minute at the same place: its size, depth and county are measured again."""
    if not at_one_moment(one.marks, other.marks):
        return False
    return bool(one.places & other.places) if one.places and other.places else at_one_place(one.marks, other.marks)


def _differs(one: Outline, other: Outline) -> bool:
    """Another warning or quake, other provinces, other figures, or figures of another day."""
    if other_events(one.marks, other.marks):
        return True
    if one.places and other.places and not one.places & other.places:
        return True
    fewer = min(len(one.figures), len(other.figures))
    if fewer and one.days and other.days and not one.days & other.days:
        return True
    return fewer >= _FIGURES and len(_shared(one.figures, other.figures)[0]) < fewer * _FIGURES_SHARED


def _weights(words: Iterable[str], weigh: Callable[[str], float]) -> dict[str, float]:
    place = 0
    first: dict[str, int] = {}
    counts: dict[str, int] = {}
    for word in words:
        first.setdefault(word, place)
        counts[word] = counts.get(word, 0) + 1
        place += len(word)
    return {
        word: weigh(word) ** 2 * (1 + math.log(count)) / (1 + first[word] / _HALFWAY) for word, count in counts.items()
    }


def _shared(one: Hashes, other: Hashes) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Where what stands in both stands in each of them."""
    if not len(one) or not len(other):
        return np.empty(0, np.intp), np.empty(0, np.intp)
    at = np.searchsorted(other, one)
    at[at == len(other)] = 0
    mine = np.flatnonzero(other[at] == one)
    return mine, at[mine]


def _hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "replace"), digest_size=4).digest(), "little")
