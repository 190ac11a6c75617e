"""Learns which words tell a text's form: `python -m benchmarks.kind_words DATA > tagging/kind_words.txt`.

From texts written for this (kind_texts.tsv), real ones labelled by reading title and first lines (kind_labels.csv), the tune half
of the gold set (texts of which only the form is labelled, kinds.csv, too), and, for less, sets whose kind is known: news of CEC and DXY, DXY's rumours. Nothing of the report half is read.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tagging_gold import (
    FOLDER,
    GoldText,
    kind_only_texts,
    labelled_real_texts,
    own_texts,
    part_of,
    unseen_texts,
)
from benchmarks.tagging_texts import READERS, real_texts, text_hash
from config.files import lexicon_files
from tagging import TaggedText, Tagger, load_lexicons
from tagging.forms import FORMS, SHARES, Marks

_HERE = Path(__file__).parent
_OWN_WEIGHT = 1.5
"""What a text written for this or one of the gold set counts: else the many short lines labelled beside them decide alone."""
_KNOWN_WEIGHT = 0.3
"""What a text of a set counts whose kind nobody looked at."""
_KNOWN_MOST = 500
_LEAST = 2
_DECAY = 0.1
_STEPS = 300
_SLIGHT = 0.2
"""Marks that weigh less are left out: over the folds nothing came out better with them; left out below .5, two in a hundred came out worse."""

Example = tuple[TaggedText, str, float]
"""A text, its kind, and how much it counts."""


def examples(data: Path) -> Iterator[Example]:
    """What is learnt from: nothing that stands in the report half or was set apart, not even under another id (topics come back)."""
    gold = own_texts() + labelled_real_texts(data) + kind_only_texts(data)
    hidden = {_heading(text.item) for text in gold if part_of(text.id) == "report"}
    hidden |= {_heading(text.item) for text in unseen_texts(data)}
    yield from (each for each in _examples(data, gold) if _heading(each[0]) not in hidden)


def _heading(item: TaggedText) -> str:
    return item.title or item.text


def _examples(data: Path, gold: Sequence[GoldText]) -> Iterator[Example]:
    with (_HERE / "kind_texts.tsv").open(encoding="utf-8") as lines:
        for line in lines:
            kind, title, text = line.rstrip("\n").split("\t")
            yield TaggedText("", title, text), kind, _OWN_WEIGHT
    yield from _labelled(data)
    for each in gold:
        if part_of(each.id) == "tune" and each.labels.kind in FORMS:
            yield each.item, str(each.labels.kind), _OWN_WEIGHT
    yield from ((item, kind, _KNOWN_WEIGHT) for item, kind in _known(data))


def _labelled(data: Path) -> Iterator[Example]:
    lines = (_HERE / "kind_labels.csv").read_text(encoding="utf-8").splitlines()
    kinds = dict(line.rsplit(",", 1) for line in lines if not line.startswith("#"))
    for name in READERS:
        for item in real_texts(data, name):
            if kind := kinds.get(f"{name}:{item.id}"):
                yield item, kind, 1.0


def _known(data: Path) -> Iterator[tuple[TaggedText, str]]:
    with (FOLDER / "real.jsonl").open(encoding="utf-8") as lines:
        gold = {json.loads(line)["id"] for line in lines}
    news = [item for name in ("dxy_news", "cec") for item in real_texts(data, name) if f"{name}:{item.id}" not in gold]
    yield from ((item, "news") for item in sorted(news, key=text_hash)[:_KNOWN_MOST])
    with (data / "emergency/dxy_rumors.jsonl").open(encoding="utf-8") as lines:
        for claim in map(json.loads, lines):
            if f"dxy_rumors:{claim['id']}" not in gold:
                kind = "science" if int(claim["rumorType"]) == 1 else "debunk"
                yield TaggedText("", claim["title"], claim["body"]), kind


def values(marks: Marks) -> dict[tuple[str, str], float]:
    """(place, mark) → value, as the tagger weighs them."""
    found = {("shape", mark): value for mark, value in marks.shape.items() if value and mark != "always"}
    for place, names in (("word", marks.words), ("title", marks.title), ("char", marks.chars)):
        found |= {(place, name): SHARES[place] / len(names) ** 0.5 for name in names if not name.isspace()}
    return found


def learn(
    texts: list[dict[tuple[str, str], float]], kinds: list[str], counts: list[float]
) -> dict[tuple[str, str], Any]:
    """Mark → weight of each form, by logistic regression with decay."""
    often = Counter(mark for text in texts for mark in text)
    marks = {mark: place for place, mark in enumerate(sorted(mark for mark, count in often.items() if count >= _LEAST))}
    marks[("shape", "always")] = len(marks)
    table = _Sparse(
        [{marks[mark]: value for mark, value in text.items() if mark in marks} for text in texts], len(marks)
    )
    places: dict[str, int] = {form: place for place, form in enumerate(FORMS)}
    truth = np.eye(len(FORMS), dtype=np.float32)[[places[kind] for kind in kinds]]
    weights = _solve(table, truth, np.array(counts, np.float32)[:, None])
    return {mark: weights[place] - weights[place][-1] for mark, place in marks.items()}


class _Sparse:
    """Texts by marks; most of them are nothing. The last mark, `always`, stands in every text."""

    def __init__(self, texts: Sequence[Mapping[int, float]], marks: int) -> None:
        rows = [{**text, marks - 1: 1.0} for text in texts]
        lengths = [len(row) for row in rows]
        self.marks = np.fromiter((mark for row in rows for mark in row), np.int64, sum(lengths))
        self.values = np.fromiter((value for row in rows for value in row.values()), np.float32, sum(lengths))[:, None]
        self.starts = np.cumsum([0, *lengths[:-1]])
        texts_of = np.repeat(np.arange(len(rows)), lengths)
        order = np.argsort(self.marks, kind="stable")
        self._texts, self._values = texts_of[order], self.values[order]
        self._named, self._bounds = np.unique(self.marks[order], return_index=True)
        self._count = marks

    def times(self, weights: Any) -> Any:
        """A row for each text."""
        return np.add.reduceat(weights[self.marks] * self.values, self.starts, axis=0)

    def back(self, rows: Any) -> Any:
        """A row for each mark: the same table turned."""
        sums = np.zeros((self._count, rows.shape[1]), np.float32)
        sums[self._named] = np.add.reduceat(rows[self._texts] * self._values, self._bounds, axis=0)
        return sums


def _solve(table: _Sparse, truth: Any, counts: Any) -> Any:
    """The weights of all marks: gradient descent with momentum, its step from the largest eigenvalue, ended early."""
    vector = np.ones((table.back(truth).shape[0], 1), np.float32)
    for _ in range(20):
        vector = table.back(table.times(vector))
        size = float(np.linalg.norm(vector))
        vector /= size
    step = 1 / (size * 0.5 * float(counts.max()) + _DECAY)
    pull = ahead = np.zeros((len(vector), len(FORMS)), np.float32)
    pace = 1.0
    for _ in range(_STEPS):
        points = table.times(ahead)
        chance = np.exp(points - points.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        then = ahead - step * (table.back((chance - truth) * counts) + _DECAY * ahead)
        faster = (1 + (1 + 4 * pace * pace) ** 0.5) / 2
        ahead, pull, pace = then + (pace - 1) / faster * (then - pull), then, faster
    return pull


def main() -> None:
    tagger = Tagger(load_lexicons(lexicon_files()))
    chosen = list(examples(Path(sys.argv[1])))
    weights = learn(
        [values(tagger.form_marks(item)) for item, _, _ in chosen],
        [kind for _, kind, _ in chosen],
        [count for _, _, count in chosen],
    )
    out = sys.stdout
    out.write(
        "# 一个词（word）、标题里的词（title）、字（char）和全文的样子（shape）有多像 news、science、debunk，和 other 比。"
        "由 benchmarks/kind_words.py 生成。\n"
    )
    for (place, mark), each in sorted(weights.items()):
        if max(abs(value) for value in each) >= _SLIGHT:
            out.write(f"{place} {mark} {' '.join(f'{value:.2f}' for value in each[:-1])}\n")


if __name__ == "__main__":
    main()
