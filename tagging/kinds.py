"""The form of a text (alert, news, science, debunk, other) and how much science is in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from itertools import accumulate, takewhile
from typing import NamedTuple

from tagging.counting import CountedWords
from tagging.document import Document, Letters
from tagging.emergency import Emergency
from tagging.forms import FORM_SETS, FORMS, MEASURES, TITLE_FORMS, TITLE_SETS, Marks, Points, count_chars, form_weights
from tagging.lexicon import KINDS, Lexicon
from tagging.matching import Found
from tagging.shapes import Kind
from tagging.terms import Terms, capped, mass
from tagging.warnings import Warning
from tagging.words import beginning

_QUESTION = ("?", "吗", "怎么", "如何", "哪些", "什么")
_ALERT_CHARS = 600
_BARE_CHARS = 60
_BODY_CHARS = 25
_HEAD_CHARS = 40
"""What is read as the title of a text that has none."""
_MOST_LISTED = 1.5
_MOST_IN_TITLE = 3
_MOST_OF_FORM = 3
_LINE_CHARS = 60
_COUNTS = re.compile(r"[\d一二两三四五六七八九十几这][个种件招步条点款大部类样项句]")
_DENIES = re.compile("[?].{0,8}[假谣错不没无骗别]")
_HALVES = re.compile(r"\S \S")
_BRACKETED = re.compile(r"\[.{1,4}\]")
_PICTURE = re.compile("[\U0001f300-\U0001faff]")
_DIGIT = re.compile(r"\d")
_PAPERS = ("的通知", "的公告", "的通告", "的公示", "的启事", "的函", "的倡议书", "的公开信")
_TOLD = ("印发", "发布", "出台", "下发", "公布", "转发", "解读", "联合", "发出")
_SAYS_MORE = ("任", "谣言", "网传", "传言", "不实", "虚假信息", "公开信")
_CALLED_RUMOUR = re.compile("[系是为属](?:谣言|不实(?:信息|消息)?|虚假(?:信息|消息)|假消息|假的)$")
_PUNISHED = ("拘", "处罚", "被罚", "查处", "编造", "什么", "如何", "怎么")
_ASKING = ("为什么", "为何", "为啥", "如何", "怎么", "怎样", "什么", "哪")


def _any_of(marks: str) -> Callable[[str], bool]:
    return lambda line: any(map(line.__contains__, marks))


_TITLE_FORMS: dict[str, Callable[[str], object]] = {
    "asks_first": lambda line: line.startswith(_ASKING),
    "asks_last": lambda line: line.endswith(("?", "吗")),
    "asks_within": lambda line: "?" in line[:-1],
    "asks_denies": lambda line: "?" in line and _DENIES.search(line),
    "exclaims": lambda line: "!" in line,
    "counts": _COUNTS.search,
    "speaks_of_itself": _any_of("我俺咱"),
    "addresses": _any_of("你您"),
    "colon": lambda line: ":" in line,
    "halves": lambda line: " " in line and _HALVES.search(line),
    "mood": lambda line: (
        "~" in line
        or "…" in line
        or "..." in line
        or ("[" in line and _BRACKETED.search(line))
        or _PICTURE.search(line)
    ),
    "bracket": lambda line: line.startswith("【"),
    "tagged": lambda line: line.startswith("#"),
    "calls": lambda line: "@" in line,
    "digits": _DIGIT.search,
    "ends": _any_of("。;"),
    "quotes": _any_of('“"《'),
    "quoted_first": lambda line: line.startswith(("“", '"')),
    "very_short": lambda line: 0 < len(line) < 9,
    "long": lambda line: len(line) > 22,
}
"""What the form of a bare title or a line of a post looks like. Each is asked of the first line of a short text."""
_OF_ONE_LINE = ("asks_last", "very_short")
"""Forms that only a text of a single line has."""
assert tuple(_TITLE_FORMS) == TITLE_FORMS
_NO_TITLE_SHAPE = [0.0] * (len(TITLE_FORMS) + len(TITLE_SETS))
_SUBJECT_CAP = 2.5
_SCIENCE_HALF = 3.0
"""The weight at which a text is taken for half science."""
_HAZARD_SCIENCE = 0.5
"""A science piece can be hung on every emergency."""


class Read(NamedTuple):
    """What is known of a text before its kind; `local`: it is about a place of ours."""

    found: Found
    emergency: Emergency
    science: float
    local: bool


class KindReader:
    def __init__(self, lexicon: Lexicon, letters: Letters) -> None:
        self._weights = form_weights()
        self._kinds = Terms("kind", lexicon.groups, letters)
        self._science = Terms("science", lexicon.groups, letters)
        self.lists = {**self._kinds.lists, **self._science.lists}
        self.words = self._kinds.words | self._science.words

    def science(self, found: Found, hazard: bool = False) -> float:
        """0…1: does the text explain nature, technology, health or safety, or could a science piece be hung on it?"""
        hits = self._science.hits(found)
        if not hits:
            return _HAZARD_SCIENCE if hazard else 0.0
        length = len(found.document.text)
        in_title = any(start < found.document.title_end for own in hits.values() for hit in own for start in hit.starts)
        weight = (
            sum(capped(hits, _SUBJECT_CAP).values())
            * min(1.0, (400 / max(1, length)) ** 0.5)
            * (1.3 if in_title else 1.0)
        )
        share: float = weight / (weight + _SCIENCE_HALF)
        return round(max(share, _HAZARD_SCIENCE + share / 2 if hazard else 0.0), 3)

    def read(self, texts: Sequence[Read], words: CountedWords, explain: bool = False) -> list[tuple[Kind, str]]:
        """The kind of each text and, if asked, the points each kind had and the words that spoke most for the one chosen.

        `words`: those of the beginnings of the texts.
        """
        chars = count_chars([beginning(text.found.document) for text in texts])
        heads = [len(_head(text.found.document)) for text in texts]
        points = self._weights.points(words, chars, heads, [self._shape(text) for text in texts])
        best = points.argmax(axis=1).tolist()
        kinds: list[tuple[Kind, str]] = []
        for at, text in enumerate(texts):
            if _is_alert(text.found.document, text.emergency.warnings):
                kinds.append(("alert", "形式：预警本身"))
            elif _is_paper(text.found.document):
                kinds.append(("other", "形式：公文"))
            elif _is_denial(text.found.document):
                kinds.append(("debunk", "形式：标题说是谣言"))
            else:
                kind = FORMS[best[at]]
                kinds.append((kind, self._told(points[at], kind, words.of(at)) if explain else ""))
        return kinds

    def _told(self, points: Points, kind: Kind, words: AbstractSet[str]) -> str:
        strongest = "、".join(self._weights.strongest(words, kind))
        told = "、".join(f"{form} {value:.1f}" for form, value in zip(FORMS, points, strict=True))
        return f"形式：{told}" + (f"；依据：{strongest}" if strongest else "")

    def marks(self, text: Read, words: Sequence[str]) -> Marks:
        """What tells the kind of a text, for learning: its words and characters, and a few measures of the whole."""
        document = text.found.document
        shape = dict(zip(MEASURES, self._shape(text), strict=True))
        return Marks(set(words), _first(words, len(_head(document))), set(beginning(document)), shape)

    def _shape(self, text: Read) -> list[float]:
        """The measures of the whole text, as MEASURES names them."""
        document = text.found.document
        titled = bool(document.title)
        bodied = len(document.text) - document.body_start >= _BODY_CHARS
        head = _head(document)
        listed = dict.fromkeys(KINDS, 0.0)
        length = max(1.0, len(document.text) / 500) ** 0.5
        for key, hits in self._kinds.hits(text.found).items():
            listed[key] = min(_MOST_LISTED, mass(document, hits) / length / 5)
        return [
            1.0,
            0.0 if bodied and titled else 0.5,
            0.5 if bodied and titled else 0.0,
            0.0 if titled else 0.5,
            0.5 if text.emergency.tags else 0.0,
            0.5 if text.local else 0.0,
            0.5 if any(map(head.__contains__, _QUESTION)) else 0.0,
            text.science,
            *listed.values(),
            *(_NO_TITLE_SHAPE if bodied else _title_shape(text.found, head)),
            *_form_shape(text.found, bodied and titled),
        ]


def _form_shape(found: Found, headed: bool) -> list[float]:
    """How many words of each set of forms stand in the text, and in a title that has a body."""
    title_end = found.document.title_end if headed else 0
    length = max(1.0, len(found.document.text) / _LINE_CHARS) ** 0.5
    sets = [found.among(name) for name in FORM_SETS]
    heads = [sum([found.places[word][0] < title_end for word in words]) if title_end else 0 for words in sets]
    return [min(_MOST_OF_FORM, len(words) / length) / 2 for words in sets] + [min(2, head) / 2 for head in heads]


def _head(document: Document) -> str:
    """The title, or what is read as one."""
    return document.text[: document.title_end or _HEAD_CHARS]


def _title_shape(found: Found, head: str) -> list[float]:
    """Of a text that has no more than a title or a line: its form and the words titles of a kind are made of."""
    line, _, more = head.partition("\n")
    forms = [
        0.5 if has_form(line) and not (more and form in _OF_ONE_LINE) else 0.0
        for form, has_form in _TITLE_FORMS.items()
    ]
    return forms + [min(_MOST_IN_TITLE, len(found.among(name))) / 2 for name in TITLE_SETS]


def _first(words: Sequence[str], length: int) -> set[str]:
    """The words of which the first `length` characters consist."""
    ends = accumulate(map(len, words))
    return {word for word, end in zip(words, takewhile(lambda end: end <= length, ends), strict=False)}


def _is_paper(document: Document) -> bool:
    """Whether the title is that of an office's paper (关于召开会议的通知), and not a report that one came out, or who got which post.

    A paper that denies a rumour, or advises everybody in an open letter, is what its words say.
    """
    before, about, subject = document.text[: document.title_end].strip().rpartition("关于")
    if not about or not subject.endswith(_PAPERS) or any(word in subject for word in _SAYS_MORE):
        return False
    return not any(word in before for word in _TOLD)


def _is_denial(document: Document) -> bool:
    """Whether the title ends by calling something a rumour: 舒兰“水库垮坝”系谣言. Who was punished for one is another matter."""
    title = document.text[: document.title_end].rstrip(" !。")
    return bool(_CALLED_RUMOUR.search(title)) and not any(word in title for word in _PUNISHED)


def _is_alert(document: Document, warnings: Sequence[Warning]) -> bool:
    """A short text that begins with an official warning, or whose title is one; or a few words that hold nothing else."""
    length = len(document.text)
    if length > _ALERT_CHARS:
        return False
    for warning in warnings:
        if warning.told:
            continue
        leads = warning.start < document.title_end or warning.start - document.body_start < 60
        alone = warning.level is not None and (warning.start < document.title_end or length < _BARE_CHARS)
        if leads and (warning.official or alone):
            return True
    return False
