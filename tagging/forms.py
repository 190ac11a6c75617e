"""What words and characters say about a text's form, by weights learnt from labelled texts (kind_words.txt)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from sys import intern

import numpy as np
import numpy.typing as npt

from tagging.counting import Counted, CountedWords, Table, count, sums_between
from tagging.lexicon import KINDS
from tagging.shapes import Kind

FORMS: tuple[Kind, ...] = ("news", "science", "debunk", "other")
PLACES = ("word", "title", "char", "shape")
"""Where a mark stands: a word of the text, a word of its title, a character; or a shape, a measure of the whole text."""
TITLE_FORMS = (
    "asks_first",
    "asks_last",
    "asks_within",
    "asks_denies",
    "exclaims",
    "counts",
    "speaks_of_itself",
    "addresses",
    "colon",
    "halves",
    "mood",
    "bracket",
    "tagged",
    "calls",
    "digits",
    "ends",
    "quotes",
    "quoted_first",
    "very_short",
    "long",
)
TITLE_SETS = ("title_reports", "title_advises", "title_chats", "title_denies")
"""Measures of texts without a body, by their form and by the words of kinds.toml."""
FORM_SETS = (
    *("form_notice", "form_chat", "form_story", "form_opinion"),
    *("form_report", "form_advice", "form_explain", "form_deny"),
)
"""Sets of kinds.toml that are counted in every text, and once more in a title that has a body."""
MEASURES = (
    *("always", "bare", "titled", "untitled", "emergency", "local", "asks", "science"),
    *(f"listed_{kind}" for kind in KINDS),
    *TITLE_FORMS,
    *TITLE_SETS,
    *FORM_SETS,
    *(f"{name}_head" for name in FORM_SETS),
)
"""The shapes, in the order in which they are measured (kinds.py)."""
SHARES = {"word": 1.0, "title": 0.7, "char": 0.7}
"""What all marks of a place weigh together, whatever their number: their sum is divided by its square root."""
_CLEARLY = 0.4
"""How much more than on average a word must weigh for a form to be shown as its evidence."""
_UNIT = 100

Points = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Marks:
    """All that is looked at in one text, for learning."""

    words: AbstractSet[str]
    title: AbstractSet[str]
    chars: AbstractSet[str]
    shape: Mapping[str, float]


class FormWeights:
    """The weights of news, science and debunk against other, which is 0."""

    def __init__(self, lines: Iterable[str]) -> None:
        listed: dict[str, dict[str, tuple[float, ...]]] = {place: {} for place in PLACES}
        for line in lines:
            place, mark, *weights = line.split()
            listed[place][intern(mark)] = tuple(map(float, weights))
        words = dict.fromkeys((*listed["word"], *listed["title"]))
        self.words: tuple[str, ...] = tuple(words)
        """The words that have weights. The rows of their tables are in this order: so they must be numbered."""
        self._word = _table(listed["word"], {word: row for row, word in enumerate(words)})
        self._title = _table(listed["title"], {word: row for row, word in enumerate(words)})
        self._char = _table(listed["char"], {char: ord(char) for char in listed["char"]})
        self._shape = np.array([listed["shape"].get(measure, (0.0,) * (len(FORMS) - 1)) for measure in MEASURES])
        self._leaning: dict[Kind, dict[str, float]] = {form: {} for form in FORMS}
        for place in ("word", "title"):
            for mark, values in listed[place].items():
                self._note(mark, values)

    def _note(self, mark: str, values: Sequence[float]) -> None:
        """Words that clearly lean to one form are shown to people."""
        mean = sum(values) / len(FORMS)
        for form, value in zip(FORMS, (*values, 0.0), strict=True):
            if len(mark) > 1 and value - mean >= _CLEARLY:
                self._leaning[form][mark] = max(value - mean, self._leaning[form].get(mark, 0.0))

    def points(
        self, words: CountedWords, chars: Counted, heads: Sequence[int], shapes: Sequence[Sequence[float]]
    ) -> Points:
        """A row for each text, a column for each form: the highest is the likeliest.

        `heads`: how many characters at the beginning of each text are its title; `shapes`: the measures of each text.
        """
        points = np.zeros((len(heads), len(FORMS)))
        points[:, :-1] = np.array(shapes) @ self._shape
        titled = words.ends <= np.asarray(heads)[words.text]
        for place, number, total in (
            ("word", np.diff(words.bounds), words.sums(self._word)),
            ("title", sums_between(titled, words.bounds), words.sums(self._title, titled)),
            ("char", np.diff(chars.bounds), chars.sums(self._char)),
        ):
            points[:, :-1] += (SHARES[place] / np.sqrt(np.maximum(number, 1)) / _UNIT)[:, None] * total
        return points

    def strongest(self, words: Iterable[str], form: Kind, most: int = 3) -> list[str]:
        """The words that speak most clearly for a form rather than for the others."""
        leaning = self._leaning[form]
        return sorted(leaning.keys() & words, key=lambda word: (-leaning[word], word))[:most]


@lru_cache(maxsize=1)
def form_weights() -> FormWeights:
    """The weights that ship (benchmarks/kind_words.py made the file)."""
    with files("tagging").joinpath("kind_words.txt").open(encoding="utf-8") as lines:
        next(lines)
        return FormWeights(lines)


def count_chars(texts: Sequence[str]) -> Counted:
    """The different characters of each text, numbered as Unicode does."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), "<u4").astype(np.int64)
    return count(codes, np.array([len(text) for text in texts], np.int64))


def _table(weights: Mapping[str, Sequence[float]], rows: Mapping[str, int]) -> Table:
    """The weights as whole hundredths, so that sums are exact; behind the last row one of nothing."""
    table = np.zeros((max(rows.values(), default=-1) + 2, len(FORMS) - 1), np.int16)
    for mark, values in weights.items():
        table[rows[mark]] = [round(_UNIT * value) for value in values]
    return table
