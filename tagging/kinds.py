"""The form of a text (alert, news, science, debunk, other) and how much science is in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate, takewhile

from tagging.document import Document, Letters
from tagging.emergency import Emergency
from tagging.forms import Marks, form_weights
from tagging.lexicon import Lexicon
from tagging.matching import Found
from tagging.shapes import Kind
from tagging.terms import Terms, capped, mass
from tagging.warnings import Warning
from tagging.words import beginning

_QUESTION = re.compile("[?吗]|怎么|如何|哪些|什么")
_ALERT_CHARS = 600
_BARE_CHARS = 60
_BODY_CHARS = 25
_HEAD_CHARS = 40
"""What is read as the title of a text that has none."""
_MOST_LISTED = 1.5
_SUBJECT_CAP = 2.5
_SCIENCE_HALF = 3.0
"""The weight at which a text is taken for half science."""
_HAZARD_SCIENCE = 0.5
"""A science piece can be hung on every emergency."""


class KindReader:
    def __init__(self, lexicon: Lexicon, letters: Letters) -> None:
        self._weights = form_weights()
        self._kinds = Terms("kind", lexicon.groups, letters)
        self._science = Terms("science", lexicon.groups, letters)
        self.words = self._kinds.words | self._science.words

    def science(self, found: Found, hazard: bool = False) -> float:
        """0…1: does the text explain nature, technology, health or safety, or could a science piece be hung on it?"""
        hits = self._science.hits(found)
        length = len(found.document.text)
        in_title = any(start < found.document.title_end for own in hits.values() for hit in own for start in hit.starts)
        weight = (
            sum(capped(hits, _SUBJECT_CAP).values())
            * min(1.0, (400 / max(1, length)) ** 0.5)
            * (1.3 if in_title else 1.0)
        )
        share: float = weight / (weight + _SCIENCE_HALF)
        return round(max(share, _HAZARD_SCIENCE + share / 2 if hazard else 0.0), 3)

    def kind(
        self, found: Found, emergency: Emergency, science: float, local: bool, words: Sequence[str]
    ) -> tuple[Kind, str]:
        """The kind and, for people, the points each had and the words that spoke most for the one chosen.

        `words`: those of the title and the beginning of the body, in order; `local`: it is about a place of ours.
        """
        if _is_alert(found.document, emergency.warnings):
            return "alert", "形式：预警本身"
        marks = self.marks(found, emergency, science, local, words)
        points = self._weights.points(marks)
        best = max(points, key=lambda form: points[form])
        strongest = "、".join(self._weights.strongest(marks, best))
        told = "、".join(f"{form} {value:.1f}" for form, value in points.items())
        return best, f"形式：{told}" + (f"；依据：{strongest}" if strongest else "")

    def marks(self, found: Found, emergency: Emergency, science: float, local: bool, words: Sequence[str]) -> Marks:
        """What tells the kind of a text: its words and characters, and a few measures of the whole."""
        document = found.document
        head = document.text[: document.title_end] or document.text[:_HEAD_CHARS]
        bodied = len(document.text) - document.body_start >= _BODY_CHARS
        shape = {
            "always": 1.0,
            "bare": 0.5 if not bodied or not document.title else 0.0,
            "titled": 0.5 if bodied and document.title else 0.0,
            "untitled": 0.5 if not document.title else 0.0,
            "emergency": 0.5 if emergency.tags else 0.0,
            "local": 0.5 if local else 0.0,
            "asks": 0.5 if _QUESTION.search(head) else 0.0,
            "science": science,
        }
        length = max(1.0, len(document.text) / 500) ** 0.5
        for key, hits in self._kinds.hits(found).items():
            shape[f"listed_{key}"] = min(_MOST_LISTED, mass(document, hits) / length / 5)
        text, different = beginning(document), set(words)
        characters = set(memoryview(text.encode("utf-32-le", "surrogatepass")).cast("I"))
        title = different if len(text) == len(head) else _first(words, len(head))
        return Marks(different, title, characters, shape)


def _first(words: Sequence[str], length: int) -> set[str]:
    """The words of which the first `length` characters consist."""
    ends = accumulate(map(len, words))
    return {word for word, end in zip(words, takewhile(lambda end: end <= length, ends), strict=False)}


def _is_alert(document: Document, warnings: Sequence[Warning]) -> bool:
    """A short text that begins with an official warning, or whose title is one; or a few words that hold nothing else."""
    length = len(document.text)
    if length > _ALERT_CHARS:
        return False
    for warning in warnings:
        leads = warning.start < document.title_end or warning.start - document.body_start < 60
        alone = warning.level is not None and (warning.start < document.title_end or length < _BARE_CHARS)
        if leads and (warning.official or alone):
            return True
    return False
