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

from tagging.distinctions import Hashes, named_storms, one_storm, other_events, places_apart
from tagging.quakes import NOWHERE, Quake, is_one, minutes_to_find_by, near, struck

VERSION = 5
"""Outlines of two versions cannot be compared; raise it with every change of what is kept or weighed."""
SAME_EVENT = 0.55
"""From here on two texts are taken for reports of one event; set by reading, see docs/collecting.md."""
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
_MOST_NAMES = 8
_HEAD = struct.Struct("<BBBBIQBHBhh")
_NO_QUAKE = Quake(0, 0, NOWHERE, NOWHERE)

_DAY = re.compile(r"(?<!\d)(0?[1-9]|[12]\d|3[01])[日号](?![均内游程])", re.ASCII)
_FIGURE = re.compile(r"(?<!\d)\d++(?:\.\d++)?+(?![\d.年月日号时点分:~—–-])[^\s\d]?", re.ASCII)
_HARM = "死|遇难|身亡|丧生|罹难|伤|失踪|失联|被困|获救|救出|转移|撤离|安置|受灾"
_COUNT = re.compile(r"(?<![\d.])(\d[\d.]*+)(?:[死伤]|[余多]?万?[余多]?[人名户])")
_HARM_BEHIND = re.compile(rf"[^\d,。;]{{0,8}}?(?:{_HARM})")
_HARM_BEFORE = re.compile(rf"(?:{_HARM})[^\d,。;]{{0,8}}$")
"""What is counted so grows from report to report."""
_GROWN = re.compile("[升增][至到为加]|上升|共造成|救援结束|搜救结束")
"""A report that follows another one says so: of two first reports their tolls tell one accident from the next."""
_TOLD_ON = re.compile(r"截[至止][^\d,。;]{0,4}(?:\d{1,2}月)?\d{1,2}日|(?<!\d)\d{1,2}日(?=[说称电讯从]|表示|通报|消息)")
"""The day of a count, or of who tells it."""
_PROVINCES = re.compile(
    "北京|天津|河北|山西|内蒙古|辽宁|吉林|黑龙江|上海|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|重庆"
    "|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆|台湾|香港|澳门"
)
_PLACE_BITS = {name: place for place, name in enumerate(_PROVINCES.pattern.split("|"))}

_NO_NAME = re.compile("附近|海域|发生|地震|左右|交界|地区|北纬|南纬|震级|中国|我国|我省|我市|我县|自治[县州旗区]|.+族")
_UNIT = re.compile("(?<=..)[省市县区州盟旗]$")

NO_MARKS: Hashes = np.empty(0, np.uint32)


@dataclass(frozen=True, eq=False)
class Outline:
    """What is kept of a text, 570 bytes at most. Hashes are sorted, 32 bits each."""

    words: Hashes
    weights: npt.NDArray[np.float32]
    """One for each word; together of length 1."""
    figures: Hashes
    """Numbers in digits, each with the character behind it, without dates and hours. Odd: a toll."""
    days: int
    """Bit n: the text names the nth of a month."""
    places: int
    """One bit for each province that is named at the beginning."""
    marks: Hashes
    """What makes an event of one pattern another: `tagging.distinctions.marks_of_event`."""
    quake: Quake | None
    """The quake that is told of, if its minute is said."""
    names: Hashes
    """Where it struck, as it is said there: counties and countries, each with and without 市, 县 and the like."""

    @property
    def keys(self) -> tuple[int, ...]:
        """The heaviest words, for looking up candidates, and the minute of a quake."""
        heaviest = np.argsort(-self.weights, kind="stable")[:_KEYS]
        return (*self.words[heaviest].tolist(), *self.minutes)

    @property
    def minutes(self) -> tuple[int, ...]:
        """What reports of one quake have in common that share no word."""
        return tuple(_hash(f"quake {each}") for each in minutes_to_find_by(self.quake)) if self.quake else ()

    def packed(self) -> bytes:
        """For a store; the same on every machine."""
        hashes = self.words, self.figures, self.marks, self.names
        words, figures, marks, names = map(len, hashes)
        quake = self.quake or _NO_QUAKE
        head = _HEAD.pack(VERSION, words, figures, marks, self.days, self.places, names, *quake)
        parts = [part.astype("<u4").tobytes() for part in hashes]
        return b"".join((head, parts[0], self.weights.astype("<f4").tobytes(), *parts[1:]))


def unpacked(data: bytes) -> Outline | None:
    """What `packed` wrote; None for an outline of another version."""
    if len(data) < _HEAD.size or data[0] != VERSION:
        return None
    _, words, figures, marks, days, places, names, *quake = _HEAD.unpack_from(data)
    ends = np.cumsum([_HEAD.size, *(4 * number for number in (words, words, figures, marks))]).tolist()
    found = Quake(*quake)
    return Outline(
        np.frombuffer(data, "<u4", words, ends[0]),
        np.frombuffer(data, "<f4", words, ends[1]),
        np.frombuffer(data, "<u4", figures, ends[2]),
        days,
        places,
        np.frombuffer(data, "<u4", marks, ends[3]),
        None if found == _NO_QUAKE else found,
        np.frombuffer(data, "<u4", names, ends[4]),
    )


def outline(text: str, words: Iterable[str], weigh: Callable[[str], float], marks: Hashes = NO_MARKS) -> Outline:
    """The outline of a text, headline first, and of its words in order. `weigh`: how rare a word is, 0 says nothing."""
    said = _weights(words, weigh)
    weighed = sorted((-weight, word) for word, weight in said.items() if weight)[:_MOST_WORDS]
    kept = {_hash(word): -weight for weight, word in weighed}
    hashes = np.array(sorted(kept), dtype=np.uint32)
    weights = np.array([kept[each] for each in hashes.tolist()], dtype=np.float32)
    lead = text[:_LEAD]
    tolls = _tolls(lead) if _GROWN.search(lead) else set()
    quake, where = struck(text) or (None, "")
    return Outline(
        hashes,
        weights / np.float32(np.linalg.norm(weights) or 1.0),
        _figures(_DAY.sub("", lead), tolls),
        sum({1 << int(day) for day in _DAY.findall(_TOLD_ON.sub("", lead) if tolls else lead)}),
        sum({1 << _PLACE_BITS[name] for name in _PROVINCES.findall(text[:_PLACE_LEAD])}),
        np.union1d(marks, named_storms(lead))[:_MOST_MARKS],
        quake,
        _names(word for word, weight in said.items() if weight and word in where),
    )


def likeness(one: Outline, other: Outline) -> float:
    """0 … 1: how much of their weight the same words bear."""
    mine, theirs = _shared(one.words, other.words)
    return float(one.weights[mine] @ other.weights[theirs])


def is_same_event(one: Outline, other: Outline) -> bool:
    """One quake, or alike enough, and nothing speaks against it."""
    one_quake = _tell_of_one_quake(one, other)
    if one_quake is not None:
        return one_quake and not other_events(one.marks, other.marks, one_quake=True)
    shared, _ = _shared(one.words, other.words)
    return len(shared) >= _LEAST_WORDS and likeness(one, other) >= SAME_EVENT and not _differs(one, other)


def _tell_of_one_quake(one: Outline, other: Outline) -> bool | None:
    """By minute, strength and place; None where one of them says no minute, or no place that can be compared."""
    if one.quake is None or other.quake is None:
        return None
    if not is_one(one.quake, other.quake):
        return False
    close = near(one.quake, other.quake)
    if close is not None:
        return close
    return True if not places_apart(one.marks, other.marks) and _name_one_place(one, other) else None


def _name_one_place(one: Outline, other: Outline) -> bool:
    """Whether what one calls the place stands in the other; a province alone counts where one of them says no more."""
    mine, theirs = set(one.names.tolist()), set(other.names.tolist())
    if (mine - _PROVINCE_HASHES) and (theirs - _PROVINCE_HASHES):
        mine, theirs = mine - _PROVINCE_HASHES, theirs - _PROVINCE_HASHES
    return bool(mine & (theirs | set(other.words.tolist())) or theirs & set(one.words.tolist()))


def _differs(one: Outline, other: Outline) -> bool:
    """Another warning or quake, other provinces, other figures, or figures of another day. A storm moves on."""
    if other_events(one.marks, other.marks):
        return True
    if one_storm(one.marks, other.marks):
        return False
    if one.places and other.places and not one.places & other.places:
        return True
    fewer = min(len(one.figures), len(other.figures))
    if fewer and one.days and other.days and not one.days & other.days:
        return True
    speaking = min(int((each.figures & 1 == 0).sum()) for each in (one, other))
    return speaking >= _FIGURES and len(_shared(one.figures, other.figures)[0]) < speaking * _FIGURES_SHARED


def _figures(text: str, tolls: set[str]) -> Hashes:
    """A toll is told by the lowest bit: it speaks for one event where it is the same, and not against where it grew."""
    said = {_hash(each) & ~1 | (each in tolls) for each in _FIGURE.findall(text)}
    return np.array(sorted(said)[:_MOST_FIGURES], dtype=np.uint32)


def _tolls(text: str) -> set[str]:
    """Those of the figures that say how many were harmed or brought to safety."""
    counts = (each for each in _COUNT.finditer(text) if _is_of_harm(text, each))
    return {figure[0] for each in counts if (figure := _FIGURE.match(text, each.start()))}


def _is_of_harm(text: str, count: re.Match[str]) -> bool:
    if _HARM_BEHIND.match(text, count.end(1)):
        return True
    return _HARM_BEFORE.search(text[max(0, count.start() - 10) : count.start()]) is not None


def _names(words: Iterable[str]) -> Hashes:
    """With and without 市, 县 and the like: a town is called either way."""
    names = [word for word in words if len(word) > 1 and not _NO_NAME.fullmatch(word)]
    return _hashed((*names, *(_UNIT.sub("", name) for name in names)))[:_MOST_NAMES]


def _hashed(words: Iterable[str]) -> Hashes:
    return np.array(sorted({_hash(word) for word in words}), dtype=np.uint32)


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


_PROVINCE_HASHES = frozenset(map(_hash, _PLACE_BITS))
