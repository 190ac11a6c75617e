"""For whom a text is written, or whose own affairs it is about."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from tagging.document import Document, Letters, place_factor
from tagging.lexicon import Lexicon
from tagging.matching import Found
from tagging.shapes import AudienceTag
from tagging.terms import Hit, Terms, evidence, mass

MEASURES = {
    "always": "每篇都有",
    "mass": "这群人的词的分量",
    "dense": "分量和篇幅相比",
    "words": "有几个不同的词",
    "times": "一共出现几次",
    "cover": "这些词占了多少字",
    "strong": "有几个强的词",
    "longest": "最长的强的词",
    "head": "标题里的分量",
    "head_strong": "标题里强的词的分量",
    "headless": "有标题而标题里没有",
    "against": "说明写的是另一回事的词",
    "share": "在各群人里占的份额",
    "story": "讲一个人、一件事的词",
    "story_dense": "这些词和篇幅相比",
    "persons": "称呼单个人的词",
    "public": "政策、通知、办事的词",
    "asked": "提醒、建议的词",
    "advises": "有提醒、建议",
    "length": "篇幅",
    "titled": "有标题也有正文",
    "bare": "只有一行",
    "news": "形式是报道",
    "science": "形式是讲解",
    "debunk": "形式是辟谣",
    "other": "形式是别的",
    "alert": "形式是预警",
    "emergency": "是突发事件",
    "reported": "报道突发事件",
}
"""What is measured of a text for a group, beside which group it is; and what it says, for who reads the weights."""
SETS = ("story", "persons", "public", "asked")
"""Sets of audience.toml that are looked for in every text."""
_LEAST = 1.2
"""A group whose words weigh less together is not thought of."""
_SURE = 0.4
"""From here on a text is for a group: chosen over folds of the labelled texts, where it gave the best F1."""
_STRONG = 2.0
_NAMED_IN_ALERT = 0.5
_BARE = 40
_BRIEF = 60
_USUAL = 150
"""So many characters a text may have before its words count as thinly spread."""


class AudienceReader:
    """A group is scored by weights learnt from labelled texts over a few measures of its words (audience_weights.txt)."""

    def __init__(self, lexicon: Lexicon, letters: Letters) -> None:
        self._terms = Terms("audience", lexicon.groups, letters)
        self._known = tuple(lexicon.audiences)
        self.lists = self._terms.lists
        self._weights = audience_weights()
        self.words = self._terms.words

    def read(self, found: Found, kind: str = "", emergency: bool = False) -> tuple[AudienceTag, ...]:
        """The groups from the likeliest on. An alert speaks to everybody in its area unless its title names a group."""
        if self._terms.at_most(found) < _LEAST:
            return ()
        heard = self._heard(found, kind)
        tags = [
            AudienceTag(key, round(score, 3), evidence(found.document, _speaking(heard[key])))
            for key, measures in _measures(found, heard, kind, emergency).items()
            if (score := max(likelihood(self._weights, key, measures), _warned(heard[key], kind))) >= _SURE
        ]
        return tuple(sorted(tags, key=lambda tag: (-tag.score, self._known.index(tag.key))))

    def measures(
        self, found: Found, kind: str, emergency: bool, known: Callable[[str], bool]
    ) -> dict[str, list[float]]:
        """Group → its measures, as MEASURES names them, as if the list had only the words that are known; for learning."""
        heard = {key: [hit for hit in hits if known(hit.word)] for key, hits in self._heard(found, kind).items()}
        return _measures(found, {key: hits for key, hits in heard.items() if hits}, kind, emergency)

    def _heard(self, found: Found, kind: str) -> dict[str, list[Hit]]:
        heard = self._terms.hits(found)
        if kind != "alert":
            return heard
        end = found.document.title_end
        return {key: [hit for hit in hits if hit.starts[0] < end] for key, hits in heard.items()}


def likelihood(weights: Mapping[str, float], key: str, measures: Sequence[float]) -> float:
    """0…1: is the text for this group? `weights` names measures and groups; one it does not know has no say."""
    points = weights.get(key, 0.0)
    points += sum(weights.get(name, 0.0) * value for name, value in zip(MEASURES, measures, strict=True))
    return 1 / (1 + math.exp(-points))


def _warned(hits: Sequence[Hit], kind: str) -> float:
    """What a group gets whom the title of an alert names by a strong word: too few alerts are labelled to learn it."""
    return _NAMED_IN_ALERT if kind == "alert" and any(hit.weight >= _STRONG for hit in hits) else 0.0


@lru_cache(maxsize=1)
def audience_weights() -> dict[str, float]:
    """Measure or group → weight (benchmarks/audience_weights.py made the file)."""
    with files("tagging").joinpath("audience_weights.txt").open(encoding="utf-8") as lines:
        next(lines)
        return {name: float(weight) for name, weight, *_ in map(str.split, lines)}


def _measures(found: Found, heard: Mapping[str, Sequence[Hit]], kind: str, emergency: bool) -> dict[str, list[float]]:
    """Of every group whose words weigh enough."""
    document = found.document
    masses = {key: mass(document, _speaking(hits)) for key, hits in heard.items()}
    thought_of = [key for key, weight in masses.items() if weight >= _LEAST and _is_named(document, heard[key])]
    if not thought_of:
        return {}
    whole = _of_text(found, kind, emergency)
    strongest = sorted(masses.values(), reverse=True)
    measured = {}
    for key in thought_of:
        rival = strongest[0] if masses[key] < strongest[0] else (*strongest, 0.0)[1]
        own = _of_group(document, heard[key], masses[key])
        measured[key] = [1.0, *own, masses[key] / (masses[key] + rival), *whole]
    return measured


def _of_group(document: Document, hits: Sequence[Hit], weight: float) -> list[float]:
    """From `mass` to `against`."""
    speaking = _speaking(hits)
    strong = [hit for hit in speaking if hit.weight >= _STRONG]
    headed = [hit for hit in speaking if any(map(document.in_head, hit.starts))]
    length = len(document.text)
    against = -mass(document, [hit for hit in hits if hit.weight < 0])
    return [
        math.log1p(weight),
        weight / _spread(document) / 4,
        math.log(len(speaking)),
        math.log(sum(len(hit.starts) for hit in speaking)),
        min(4.0, sum(len(hit.word) * len(hit.starts) for hit in speaking) / max(8, length) * 4),
        math.log1p(len(strong)),
        max((len(hit.word) for hit in strong), default=0) / 3,
        math.log1p(sum(hit.weight for hit in headed)),
        min(3.0, sum(hit.weight for hit in headed if hit.weight >= _STRONG)) / 2,
        float(_is_titled(document) and not headed),
        math.log1p(against),
    ]


def _of_text(found: Found, kind: str, emergency: bool) -> list[float]:
    """From `story` on: the same for all groups."""
    document = found.document
    counted = {name: found.among(name) for name in SETS}
    told = sum(place_factor(document, found.places[word][0]) for word in counted["story"])
    return [
        math.log1p(told),
        min(3.0, told / _spread(document) / 2),
        math.log1p(len(counted["persons"])),
        math.log1p(len(counted["public"])),
        math.log1p(len(counted["asked"])),
        float(bool(counted["asked"])),
        math.log(len(document.text) + 1) / 2,
        float(_is_titled(document)),
        float(len(document.text) <= _BARE),
        *(float(kind == form) for form in ("news", "science", "debunk", "other", "alert")),
        float(emergency),
        float(emergency and kind == "news"),
    ]


def _is_named(document: Document, hits: Sequence[Hit]) -> bool:
    """By two words or twice by one, unless the text is so short that it has no room for more."""
    return len(document.text) <= _BRIEF or sum(min(2, len(hit.starts)) for hit in _speaking(hits)) > 1


def _spread(document: Document) -> float:
    return math.sqrt(max(1.0, len(document.text) / _USUAL))


def _is_titled(document: Document) -> bool:
    return 0 < document.title_end < len(document.text)


def _speaking(hits: Sequence[Hit]) -> list[Hit]:
    """The words that speak for a group; the others, of negative weight, say that the text is about something else."""
    return [hit for hit in hits if hit.weight > 0]
