"""Official warnings in running text: which hazard, which colour, issued or lifted."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tagging.document import Document, Letters, plain_words
from tagging.lexicon import LEVELS, Lexicon
from tagging.matching import Found
from tagging.tellings import Tellings, goes_on

_SIGNALS = "signals of warnings"
_STOPS = "。;!?:\n"
_INTO, _OUT_OF = ("为", "至", "到", "成"), ("由", "从", "自", "原")
"""What stands before the new colour of a change, and before the old one."""
_REACH = 24
"""The word 预警 stands at most so many characters after the colour it belongs to."""
_VERB_BEFORE, _VERB_AFTER = 30, 14
"""The verb stands at most so many characters before the hazard's name or after the word 预警."""
_CALLED_OFF = re.compile(r"(?:演练|演习)(?:活动)?(?:取消|推迟|延期|暂停)")
_THIS_IS = re.compile(r",(?:本|此|这|仅|系|为|属|请勿)")
_OLD = re.compile(r"(?:原|此前|之前|先前|前期|早前)[^,。]{0,20}$")
_STOPPED = re.compile(r"(?:停止|结束|停发)(?:发布|执行)?[了对原]?$")
_RISEN = re.compile(r"(?:升|提高|提升|上调|调高|调升|上升|升级|提级)(?:至|到|为|成)$")
_FALLEN = re.compile(r"(?:降|降低|下调|调低|调降|下降|降级)(?:至|到|为|成)$")
_DENIED = re.compile(r"(?:未|没有|没|不|无|勿)[予被能会得]?$")


@dataclass(frozen=True, slots=True)
class Warning:
    """A warning that the text tells of; `start` and `end` span its words, `official` says a body issuing it stands by.

    `told`: it does not stand or end with this text, which only speaks of it (a denial, a memory, a condition, a device).
    """

    hazard: str
    level: str | None
    action: str
    start: int
    end: int
    official: bool
    told: bool = False


@dataclass(frozen=True, slots=True)
class _Mention:
    hazard: str | None
    level: str | None
    start: int
    end: int
    old: bool = False
    """The colour of before: "由黄色升级"."""


class WarningReader:
    """Finds warnings by the lists of warnings.toml and the official names of the hazards."""

    def __init__(self, lexicon: Lexicon, letters: Letters) -> None:
        words = lexicon.warnings["words"]
        aliases = ((hazard.key, hazard.alias) for hazard in lexicon.hazards.values())
        self._alias = _by_word(aliases, letters)
        self._levels = _by_word(lexicon.warnings["levels"].items(), letters)
        self._actions = _by_word(lexicon.warnings["actions"].items(), letters)
        self._signal = sorted(plain_words(words["signal"], letters), key=len, reverse=True)
        self._alias_by_end: dict[str, list[str]] = {}
        for name in self._alias:
            self._alias_by_end.setdefault(name[-1], []).append(name)
        self.lists = {_SIGNALS: self._signal}
        self._signal_begins = frozenset(word[0] for word in self._signal)
        self._level_begins = frozenset(word[0] for word in self._levels)
        self._between = sorted(plain_words(words["between"], letters), key=len, reverse=True)
        self._issuer = plain_words(words["issuer"], letters)
        self._tellings = Tellings(words, self._actions, letters)
        after_colon = "|".join(re.escape(word) for word, verb in self._actions.items() if verb not in ("issue", "test"))
        colours = "|".join(map(re.escape, self._levels))
        self._verb_alone = re.compile(
            rf"[现已仍将予以自动均]*(?:{after_colon})(?:生效|有效)?中?(?:[为至到]?(?:{colours}))?(?=[,。;!\n]|$)"
        )
        self.words = {*self._alias, *self._levels, *self._actions, *self._signal, *self._between, *self._issuer}
        self.words |= self._tellings.words

    def read(self, found: Found) -> list[Warning]:
        """The warnings in the order of the text: one for each hazard of a clause."""
        warnings: list[Warning] = []
        if not (signals := found.among(_SIGNALS)):
            return warnings
        starts = sorted({start for word in signals for start in found.at(word)})
        done = -1
        for start in starts:
            if start >= done:
                low, done = self._clause_at(found.document, start)
                warnings.extend(self._clause(found.document.text, low, done))
        if warnings and self._tellings.throughout(found):
            return [replace(each, told=True) for each in warnings]
        return warnings

    def _clause_at(self, document: Document, at: int) -> tuple[int, int]:
        """The clause around a place, over a colon behind which stands nothing but what became of the warning (预警信号:解除)."""
        low, high = _clause(document, at)
        text = document.text
        if text[high : high + 1] == ":" and text.endswith(tuple(self._signal), low, high):
            alone = self._verb_alone.match(text, high + 1)
            high = alone.end() if alone else high
        return low, high

    def _clause(self, text: str, low: int, high: int) -> Iterator[Warning]:
        mentions = list(self._mentions(text, low, high))
        hazards = list(dict.fromkeys(each.hazard for each in mentions if each.hazard))
        for hazard in hazards:
            own = [
                each for each in mentions if each.hazard == hazard or (each.hazard is None and hazard == hazards[-1])
            ]
            yield self._warning(text, hazard, own, low, high)

    def _warning(self, text: str, hazard: str, own: Sequence[_Mention], low: int, high: int) -> Warning:
        levels = [each.level for each in sorted(own, key=lambda each: not each.old) if each.level]
        start, end = own[0].start, own[-1].end
        piece = self._said_of(text, start, end, low, high)
        if len(levels) > 1 and self._ends_with_the_old(text[start:high], end - start):
            levels = levels[::-1]
        action = self._moved(text, own, levels) or self._action(piece, levels)
        if _STOPPED.search(text[low:start]):
            action = "cancel"
        if self._is_test(text, start, end, low, high):
            action = "test"
        level = levels[-1] if levels else None
        official = any(word in text[low:high] for word in self._issuer)
        acted = any(word in piece for word in self._actions)
        after = self._after_signal(text, end, high)
        bare = not acted and (not (levels or official) or self._goes_on(text, after, high))
        told = action != "test" and (bare or self._tellings.only_told(text, start, after, low, high))
        return Warning(hazard, level, action, start, end, official, told)

    def _goes_on(self, text: str, after: int, high: int) -> bool:
        """Whether a sentence goes on behind a warning, and not with the next one."""
        return goes_on(text, after, high) and not any(text.startswith(name, after) for name in self._alias)

    def _after_signal(self, text: str, end: int, high: int) -> int:
        """Where the words of a warning end: behind the 预警信号 that follows the colour."""
        for at in range(end, min(high, end + _REACH)):
            if word := next((each for each in self._signal if text.startswith(each, at)), None):
                return at + len(word)
        return end

    def _moved(self, text: str, own: Sequence[_Mention], levels: Sequence[str]) -> str | None:
        """Whether the colours themselves say which way it goes: from one to another, or up or down to the only one."""
        if len(set(levels)) > 1:
            named = [each for each in own if each.level]
            begins = (_colour_start(text, named[-1], self._levels), named[-1].start)
            into = any(text[max(0, at - 1) : at] in _INTO for at in begins)
            return _direction(levels) if into or any(each.old for each in named) else None
        for each in own:
            before = text[max(0, (at := _colour_start(text, each, self._levels)) - 5) : at] if each.level else ""
            if _RISEN.search(before) or _FALLEN.search(before):
                return "upgrade" if _RISEN.search(before) else "downgrade"
        return None

    def _said_of(self, text: str, start: int, end: int, low: int, high: int) -> str:
        """What stands around a hazard: its own part between commas, where a verb stands there, for the part before may lift
        another warning (解除暴雨黄色，发布雷电黄色预警)."""
        before, after = max(low, start - _VERB_BEFORE), min(high, end + _VERB_AFTER)
        comma = text.find(",", end, after)
        own = text[max(before, text.rfind(",", before, start) + 1) : after if comma < 0 else comma]
        return own if any(word in own for word in self._actions) else text[before:after]

    def _mentions(self, text: str, low: int, high: int) -> Iterator[_Mention]:
        """Colours with the hazard's name before them, and names with 预警 right after them."""
        signals = [
            at
            for at in range(low, high)
            if text[at] in self._signal_begins and any(text.startswith(word, at) for word in self._signal)
        ]
        begins = frozenset(signals)
        at = low
        while at < high:
            level = self._level_at(text, at)
            if level and self._belongs(text, at, at + len(level), signals):
                hazard, start = self._name_before(text, at, low)
                old = hazard is None and text[max(low, at - 1) : at] in _OUT_OF
                yield _Mention(hazard, self._levels[level], start, at + len(level), old)
            elif at in begins and self._plain_signal(text, at, low):
                hazard, start = self._name_before(text, at, low)
                if hazard:
                    yield _Mention(hazard, None, start, at)
            at += len(level) if level else 1

    def _level_at(self, text: str, at: int) -> str | None:
        if text[at] not in self._level_begins:
            return None
        return next((word for word in self._levels if text.startswith(word, at)), None)

    def _belongs(self, text: str, start: int, end: int, signals: list[int]) -> bool:
        """A colour counts with 预警 soon after it, or where it follows "…预警升级为"."""
        after = bisect_left(signals, end)
        if after < len(signals) and signals[after] <= end + _REACH:
            return True
        before = bisect_left(signals, start)
        return (
            before > 0
            and signals[before - 1] >= start - _REACH
            and text[max(0, start - 1) : start] in (*_INTO, *_OUT_OF, "(", "[", "【")
        )

    def _plain_signal(self, text: str, at: int, low: int) -> bool:
        edge = self._skip(text, at, low)
        return not any(text.endswith(word, low, edge) for word in self._levels)

    def _name_before(self, text: str, end: int, low: int) -> tuple[str | None, int]:
        """The hazard whose name ends here, words like 气象风险 and brackets passed over."""
        for edge in (end, self._skip(text, end, low)):
            for name in self._alias_by_end.get(text[edge - 1 : edge], ()):
                if text.endswith(name, low, edge):
                    return self._alias[name], edge - len(name)
        return None, end

    def _skip(self, text: str, end: int, low: int) -> int:
        while word := next((each for each in (*self._between, " ") if text.endswith(each, low, end)), None):
            end -= len(word)
        return end

    def _is_test(self, text: str, start: int, end: int, low: int, high: int) -> bool:
        """ "本次为测试信息：" may stand in the clause before; behind a comma only what speaks of the message itself counts,
        for a warning may call off a drill."""
        comma = text.find(",", end, high)
        own = text[max(0, low - _VERB_BEFORE) : high if comma < 0 else comma]
        behind = "" if comma < 0 else text[comma:high]
        words = [word for word, verb in self._actions.items() if verb == "test"]
        return any(word in own for word in words) or (
            _THIS_IS.search(behind) is not None and any(w in behind for w in words)
        )

    def _ends_with_the_old(self, piece: str, end: int) -> bool:
        """Whether the level named last is the one that is over: "发布红色预警，原发布的橙色预警同时解除"."""
        lifted = [piece.find(word, end) for word, verb in self._actions.items() if verb == "cancel"]
        before = [piece[:end].find(word) for word, verb in self._actions.items() if verb == "cancel"]
        return max(lifted, default=-1) >= 0 > max(before, default=-1) and _OLD.search(piece[:end]) is not None

    def _action(self, piece: str, levels: list[str]) -> str:
        verbs = {verb for word, verb in self._actions.items() if word in piece}
        if "cancel" in verbs and not self._lifts(piece):
            verbs = verbs - {"cancel"} | {"continue"}
        moved = {"upgrade", "downgrade", "change"} | ({"issue"} if "cancel" in verbs else set())
        if verbs & moved and len(levels) > 1 and levels[0] != levels[-1]:
            return _direction(levels)
        if "cancel" in verbs:
            return "cancel"
        for verb in ("upgrade", "downgrade"):
            if verb in verbs:
                return verb
        return "continue" if verbs & {"continue", "change"} else "issue"

    def _lifts(self, piece: str) -> bool:
        """Whether a word of lifting stands there without a denial before it (尚未解除)."""
        words = [word for word, verb in self._actions.items() if verb == "cancel"]
        return any(not _DENIED.search(piece, 0, at) for word in words for at in _places(piece, word))


def _direction(levels: Sequence[str]) -> str:
    return "upgrade" if LEVELS.index(levels[-1]) > LEVELS.index(levels[0]) else "downgrade"


def _colour_start(text: str, mention: _Mention, levels: Iterable[str]) -> int:
    """Where the colour of a mention begins: a mention with a colour ends with it."""
    colour = next(word for word in levels if text.endswith(word, mention.start, mention.end))
    return mention.end - len(colour)


def _places(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def _clause(document: Document, at: int) -> tuple[int, int]:
    """The clause around a place: from the last full stop before it to the next."""
    text = document.text
    low = max(text.rfind(mark, 0, at) for mark in _STOPS) + 1
    ends = [end for mark in _STOPS if (end := text.find(mark, at)) >= 0]
    low, high = max(low, at - 200), min([*ends, len(text), at + 200])
    return low, high


def _by_word(lists: Iterable[tuple[str, tuple[str, ...]]], letters: Letters) -> dict[str, str]:
    """Word → value, longer words first, so that 橙黄色 is not read as 黄色."""
    pairs = [(word, value) for value, words in lists for word in plain_words(words, letters)]
    return dict(sorted(pairs, key=lambda pair: -len(pair[0])))
