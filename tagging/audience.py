"""For whom a text is written, or whose own affairs it is about."""

from __future__ import annotations

from tagging.document import Letters
from tagging.lexicon import Lexicon
from tagging.matching import Found
from tagging.shapes import AudienceTag
from tagging.terms import Terms, evidence, mass

_THRESHOLD = 2.0
_LONG = 600
"""From so many characters on a group must be named more often to be more than a figure in the text."""


class AudienceReader:
    def __init__(self, lexicon: Lexicon, letters: Letters) -> None:
        self._terms = Terms("audience", lexicon.groups, letters)
        self._known = tuple(lexicon.audiences)
        self.words = self._terms.words

    def read(self, found: Found) -> tuple[AudienceTag, ...]:
        """The groups from the strongest on."""
        document = found.document
        dilution = max(1.0, len(document.text) / _LONG) ** 0.5
        tags = []
        for key, hits in self._terms.hits(found).items():
            weight = mass(document, hits) / dilution
            if weight >= _THRESHOLD:
                tags.append(AudienceTag(key, round(weight / (weight + _THRESHOLD), 3), evidence(document, hits)))
        return tuple(sorted(tags, key=lambda tag: (-tag.score, self._known.index(tag.key))))
