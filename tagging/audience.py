"""For whom a text is written, or whose own affairs it is about."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tagging.document import Document, Letters, place_factor
from tagging.lexicon import Lexicon
from tagging.matching import Found
from tagging.shapes import AudienceTag
from tagging.terms import Hit, Terms, evidence, mass

_THRESHOLD = 3.4
_NEEDED = {"science": 3.0, "other": 6.0, "debunk": 4.5}
"""By the form of a text, where it is not the threshold: advice is given to somebody; posts and bare lines name every group."""
_REPORTED = 7.0
"""What a report of an accident or epidemic needs: pupils, workers and residents stand in it as those whom it befell."""
_LONG = 600
"""From so many characters on a group must be named more often to be more than a figure in the text."""
_BRIEF = 60
"""In so short a text one strong word is enough; a longer one that is about a group's affairs has more words for them."""
_STRONG = 2.0
_WEAK = 1.5
"""What more it takes where no word weighs as much as a strong one: a stairway and a yard alone are only the scene."""
_STORY = 2.0
_STORY_MOST = 8.0
"""What a word of a story, a case or a show takes from every group, and all of them together at most."""
_SHARE = 0.45
"""A group with less than this part of the strongest one's weight is only touched on."""


class AudienceReader:
    def __init__(self, lexicon: Lexicon, letters: Letters) -> None:
        self._terms = Terms("audience", lexicon.groups, letters)
        self._known = tuple(lexicon.audiences)
        self.lists = self._terms.lists
        self.words = self._terms.words

    def read(self, found: Found, kind: str = "", emergency: bool = False) -> tuple[AudienceTag, ...]:
        """The groups from the strongest on. An alert speaks to everybody in its area unless its title names a group."""
        needed = _needed(found.document, kind)
        if emergency and kind == "news":
            needed = _REPORTED
        if self._terms.at_most(found) < needed:
            return ()
        heard = self._terms.hits(found)
        if kind == "alert":
            heard = {
                key: [hit for hit in hits if hit.starts[0] < found.document.title_end] for key, hits in heard.items()
            }
        weights = {key: (self._weight(found, hits), hits) for key, hits in heard.items()}
        if not weights:
            return ()
        needed += _told_as_story(found)
        strongest = max(weight for weight, _ in weights.values())
        tags = [
            AudienceTag(key, round(weight / (weight + _THRESHOLD), 3), evidence(found.document, _speaking(hits)))
            for key, (weight, hits) in weights.items()
            if weight >= max(needed + _scenery(hits), _SHARE * strongest)
        ]
        return tuple(sorted(tags, key=lambda tag: (-tag.score, self._known.index(tag.key))))

    def _weight(self, found: Found, hits: Sequence[Hit]) -> float:
        document = found.document
        named = sum(min(2, len(hit.starts)) for hit in _speaking(hits))
        if named < 2 and len(document.text) > _BRIEF:
            return 0.0
        return mass(document, hits) / math.sqrt(max(1.0, len(document.text) / _LONG))


def _needed(document: Document, kind: str) -> float:
    article = 0 < document.title_end < len(document.text)
    return _THRESHOLD if kind == "other" and article else _NEEDED.get(kind, _THRESHOLD)


def _told_as_story(found: Found) -> float:
    """How much more it takes where the text tells of single people, a case, a show or abroad: a group is only a figure there."""
    document = found.document
    words = found.among("story")
    told = sum(_STORY * place_factor(document, found.places[word][0]) for word in words)
    return min(_STORY_MOST, told) * min(1.0, _LONG / max(1, len(document.text)))


def _scenery(hits: Sequence[Hit]) -> float:
    return 0.0 if any(hit.weight >= _STRONG for hit in hits) else _WEAK


def _speaking(hits: Sequence[Hit]) -> list[Hit]:
    """The words that speak for a group; the others, of negative weight, say that the text is about something else."""
    return [hit for hit in hits if hit.weight > 0]
