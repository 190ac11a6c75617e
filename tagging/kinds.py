"""The form of a text (alert, news, science, debunk, other) and how much science is in it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tagging.document import Document, Letters
from tagging.emergency import Emergency
from tagging.lexicon import Lexicon
from tagging.matching import Found
from tagging.shapes import Kind
from tagging.terms import Terms, capped, mass
from tagging.warnings import Warning

_DATE = re.compile(r"\d{1,2}月\d{1,2}日|\d{1,2}日[,上下凌今]")
_QUESTION = re.compile("[?吗]|怎么|如何|哪些|什么")
_ALERT_CHARS = 600
_BARE_CHARS = 60
_SUBJECT_CAP = 2.5
_SCIENCE_HALF = 3.0
"""The weight at which a text is taken for half science."""
_ENOUGH = 0.15
"""Below, words like 如何 and a question mark make no science piece: everybody asks."""
_CLAIM_ASKED = 1.4
"""A claim put as a question ("…能防病毒？") and then denied is a debunking rather than an explanation."""
_HAPPENING = 1.7
"""An emergency that is going on is news, however short the text."""
_HAZARD_SCIENCE = 0.5
"""A science piece can be hung on every emergency."""


class KindReader:
    def __init__(self, lexicon: Lexicon, letters: Letters) -> None:
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

    def kind(self, found: Found, emergency: Emergency, science: float) -> tuple[Kind, str]:
        """The kind and, for people, the points each kind had."""
        document = found.document
        if _is_alert(document, emergency.warnings):
            return "alert", "形式：预警本身"
        points = {key: mass(document, hits) for key, hits in self._kinds.hits(found).items()}
        length = max(1.0, len(document.text) / 500) ** 0.5
        points = {key: value / length for key, value in points.items()}
        title = document.text[: document.title_end] or document.text[:40]
        points["science"] = points.get("science", 0.0) * (1.0 if science >= _ENOUGH else 0.5) + 2 * science
        if _asks(title):
            points["science"] += 1.0 if science >= _ENOUGH else 0.0
            points["debunk"] = points.get("debunk", 0.0) * _CLAIM_ASKED
        points["news"] = points.get("news", 0.0) + (1.5 if _DATE.search(document.text[:200]) else 0.0)
        points["news"] += _HAPPENING if emergency.tags and emergency.tags[0].phase == "during" else 0.0
        points["other"] = points.get("other", 0.0) + 1.0
        kinds: Sequence[Kind] = ("debunk", "news", "science", "other")
        best = max(kinds, key=lambda key: points.get(key, 0.0))
        return best, "形式：" + "、".join(f"{key} {points.get(key, 0.0):.1f}" for key in kinds)


def _asks(title: str) -> bool:
    return _QUESTION.search(title) is not None


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
