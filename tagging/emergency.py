"""Is a text about an emergency, and about which hazard (docs/tagging.md tells the model)."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tagging.document import Document, Letters
from tagging.lexicon import Lexicon
from tagging.matching import Found
from tagging.shapes import EmergencyTag, Kind
from tagging.terms import Hit, Terms, capped, evidence, mass
from tagging.warnings import Warning, WarningReader
from tagging.words import Words

THRESHOLD = 3.0
"""Weight of the hazard's own words, plus what stands for it around them, less what speaks against: from here on it is one."""
_CONTEXT_CAP = 2.4
_APART_CAP = 2.5
_APART_ALL = 4.0
_WARNED = 4.0
"""What a warning in the text adds to its hazard."""
_TOLL = re.compile(
    r"[\d一二三四五六七八九十百千余多]{1,5}(?:名|人|死){1,2}[^,。;\n]{0,6}(?:死|伤|遇难|身亡|丧生|失踪|失联|被困)|[致成已]\d{1,5}死|\d{1,4}死(?:\d|$|[,。;\s])"
)
"""How many died, were hurt or are missing: only reports of events count people like that."""
_HARM = ("死", "伤", "遇难", "身亡", "丧生", "失踪", "失联", "被困")
"""One of them stands in every toll: without them the slow pattern need not be tried."""
_TOLL_WEIGHT = 1.5
_GOING_ON = re.compile(r"疫情|新冠|新型冠状")
_ALREADY = re.compile(r"已(?:经)?(?:出现|达|发生|持续)|目前已|连续\d{1,3}[天日]|仍将持续")
"""In a warning: what it warns of is there already."""
_FIGURE_REACH, _MIND_REACH = 8, 12
"""So many characters may lie between what is shaken or flooded in a figure of speech and the hazard (娱乐圈又一场大地震)."""
_STOPS = frozenset(",。;:!?\n、")
_MAGNITUDE = re.compile(r"\d级|震中|震源|毫米")
_TITLED = re.compile("《[^《》]{1,30}》")
_RULES_OF = re.compile("条例|办法|预案|规定|通知|指南|手册|标准|法》|公报|报告|方案")
"""Titles of papers that are themselves about hazards, not shows or books."""
_FOLLOWS = 0.45
"""Another hazard is named beside the first when it carries at least this part of its weight."""
_MOST = 3
_SAID_AFTER = 60
"""So many characters behind a warning say how things stand."""


@dataclass(frozen=True, slots=True)
class Emergency:
    """The tags and how they came about."""

    tags: tuple[EmergencyTag, ...] = ()
    warnings: tuple[Warning, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    """Hazard → what its words weigh."""
    context: float = 0.0
    apart: float = 0.0

    @property
    def reason(self) -> str:
        """The same for people. Put into words only when asked for: few texts are explained."""
        ranked = sorted(self.weights.items(), key=lambda pair: -pair[1])[:3]
        named = "、".join(f"{key} {weight:.1f}" for key, weight in ranked)
        if not named and not self.warnings:
            return "灾害：没有灾害词"
        told = f"旁证 {self.context:.1f}；别的题材 {self.apart:.1f}；线 {THRESHOLD:g}"
        return f"灾害：{named or '没有灾害词'}；{told}"


_NONE = Emergency()


class EmergencyReader:
    """Weighs the terms of emergency.toml against their context."""

    def __init__(self, lexicon: Lexicon, letters: Letters, words: Words) -> None:
        self._hazards = lexicon.hazards
        self._terms = Terms("hazard", lexicon.groups, letters, words)
        self._context = Terms("context", lexicon.groups, letters)
        self._apart = Terms("apart", lexicon.groups, letters)
        self._phases = Terms("phase", lexicon.groups, letters)
        self._warnings = WarningReader(lexicon, letters)
        parts = (self._terms, self._context, self._apart, self._phases, self._warnings)
        self.lists = {name: words for part in parts for name, words in part.lists.items()}
        self.words = {word for part in parts for word in part.words}

    def read(self, found: Found) -> Emergency:
        hits = self._terms.hits(found, [*found.spans(found.among("masks")), *_figures(found)])
        warnings = tuple(self._warnings.read(found))
        if not hits and not warnings:
            return _NONE
        weights = {key: mass(found.document, own) * _thin(found, own) for key, own in hits.items()}
        for warning in warnings:
            if warning.level or warning.official:
                weights[warning.hazard] = max(weights.get(warning.hazard, 0.0), 1.0) + _WARNED
        if max(weights.values(), default=0.0) < 1.0:  # no hazard is named: what stands around it decides nothing
            return Emergency((), warnings, weights)
        context = self._support(found)
        apart = self._against(found)
        scores = {key: weight + min(context, weight) - apart for key, weight in weights.items() if weight >= 1.0}
        best = max(scores.values(), default=0.0)
        if best < THRESHOLD:
            return Emergency((), warnings, weights, context, apart)
        chosen = [key for key, score in scores.items() if score >= max(THRESHOLD, _FOLLOWS * best)]
        chosen.sort(key=lambda key: (-scores[key], key))
        phase = self._phase(found)
        tags = tuple(self._tag(found, key, scores[key], hits.get(key, ()), warnings, phase) for key in chosen[:_MOST])
        return Emergency(tags, warnings, weights, context, apart)

    def _support(self, found: Found) -> float:
        groups = {key: max(hit.weight for hit in hits) for key, hits in self._context.hits(found).items()}
        text = found.document.text
        if any(word in text for word in _HARM) and _TOLL.search(text, 0, 2000):
            groups["harm"] = _TOLL_WEIGHT
        return min(_CONTEXT_CAP, sum(groups.values()))

    def _against(self, found: Found) -> float:
        return min(_APART_ALL, sum(capped(self._apart.hits(found), _APART_CAP).values())) * _spread(found)

    def _phase(self, found: Found) -> str:
        weights = {key: mass(found.document, hits) for key, hits in self._phases.hits(found).items()}
        return max(("during", "before", "after"), key=lambda key: weights.get(key, 0.0))

    def _tag(
        self, found: Found, key: str, score: float, hits: Sequence[Hit], warnings: Sequence[Warning], phase: str
    ) -> EmergencyTag:
        own = [each for each in warnings if each.hazard == key]
        warning = _main_warning([each for each in own if not each.told])
        shown = evidence(found.document, hits)
        if warning is not None:
            phase = "after" if warning.action == "cancel" else _warned_phase(found, warning)
        if own and not shown:
            shown = (found.document.evidence(own[0].start, found.document.text[own[0].start : own[0].end]),)
        return EmergencyTag(
            key=key,
            name=self._hazards[key].name,
            score=round(score / (score + THRESHOLD), 3),
            level=warning.level if warning else None,
            action=warning.action if warning else None,
            phase=phase,
            evidence=shown,
        )


def advised(emergency: Emergency, kind: Kind, document: Document) -> Emergency:
    """How to protect oneself belongs before a hazard, whatever words of harm and rescue explain it; but an epidemic goes on."""
    if kind not in ("science", "debunk") or not emergency.tags:
        return emergency
    if _GOING_ON.search(document.text):
        phase = "during"
    elif kind == "science":
        phase = "before"
    else:
        return emergency
    return replace(emergency, tags=tuple(replace(tag, phase=phase) for tag in emergency.tags))


def _warned_phase(found: Found, warning: Warning) -> str:
    piece = found.document.text[warning.start : warning.end + _SAID_AFTER]
    return "during" if _ALREADY.search(piece) else "before"


def _main_warning(own: Sequence[Warning]) -> Warning | None:
    """What the text says of one hazard's warning: the first level given, and the first action that is more than "issue".

    A headline may say only that the warning was changed (变更); which way stands below.
    """
    if not own:
        return None
    levelled = next((each for each in own if each.level), own[0])
    said = [each.action for each in own if each.action != "issue"] or [levelled.action]
    moved = (action for action in said if action in ("upgrade", "downgrade"))
    acting = next(moved, "continue") if said[0] == "continue" else said[0]
    return replace(levelled, action=acting)


def _figures(found: Found) -> list[tuple[int, int]]:
    """Where a hazard is only a figure of speech, a title of a work, or part of the name of an authority with its own affairs."""
    text = found.document.text
    spans = [match.span() for match in _TITLED.finditer(text) if not _RULES_OF.search(match[0])] if "《" in text else []
    if found.of("authority_affairs"):
        spans += found.spans(found.among("authorities"))
    hazards, others = found.words_of("figures"), found.words_of("mind_figures")
    if not (hazards or others) or found.of("harm") or _MAGNITUDE.search(text, 0, 2000):
        return spans
    tails = set(found.of("figure_tails"))
    ends = ((start, start + len(word)) for start, word in hazards)
    spans += [(start, end + 1) for start, end in ends if end in tails]
    spans += _owned(text, hazards, found.words_of("figure_owners"), _FIGURE_REACH)
    return spans + _owned(text, [*hazards, *others], found.words_of("figure_minds"), _MIND_REACH)


def _owned(
    text: str, hazards: Sequence[tuple[int, str]], words: Sequence[tuple[int, str]], reach: int
) -> list[tuple[int, int]]:
    """From an owner to the hazard that is said of it, at most `reach` characters on in the same breath."""
    owners = sorted((start + len(word), start) for start, word in words)
    spans: list[tuple[int, int]] = []
    for start, word in hazards:
        near = owners[bisect_left(owners, (start - reach, -1)) : bisect_right(owners, (start, len(text)))]
        spans += [(low, start + len(word)) for high, low in near if _STOPS.isdisjoint(text[high:start])]
    return spans


def _thin(found: Found, hits: Sequence[Hit]) -> float:
    """Less than 1 where a long text names the hazard only here and there: it is not what the text is about."""
    document = found.document
    length = len(document.text)
    places = sorted(start for hit in hits for start in hit.starts)
    if length < 400 or places[0] < document.body_start + 150:
        return 1.0
    return min(1.0, 0.35 + len(places) * 250 / length)


def _spread(found: Found) -> float:
    """In a long text single words of other subjects weigh less."""
    return min(1.0, 500 / max(1, len(found.document.text)))
