"""Learns which words tell a text's form: `python -m benchmarks.kind_words DATA > tagging/kind_words.txt`.

From texts written for this (kind_texts.tsv), real ones labelled by reading title and first lines (kind_labels.csv), the tune half
of the gold set, and, for less, sets whose kind is known: news of CEC and DXY, DXY's rumours. Nothing of the report half is read.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tagging_gold import FOLDER, labelled_real_texts, own_texts, part_of
from benchmarks.tagging_texts import READERS, real_texts, text_hash
from config.files import lexicon_files
from tagging import TaggedText, Tagger, load_lexicons
from tagging.forms import FORMS, SHARES, Marks

_HERE = Path(__file__).parent
_KNOWN_WEIGHT = 0.3
"""What a text of a set counts whose kind nobody looked at."""
_KNOWN_MOST = 500
_LEAST = 2
_DECAY = 0.02
_STEPS = 300
_SLIGHT = 0.5
"""Marks that weigh less are left out: with them the report half came out the same, and looking them up takes time."""

Example = tuple[TaggedText, str, float]
"""A text, its kind, and how much it counts."""


def examples(data: Path) -> Iterator[Example]:
    with (_HERE / "kind_texts.tsv").open(encoding="utf-8") as lines:
        for line in lines:
            kind, title, text = line.rstrip("\n").split("\t")
            yield TaggedText("", title, text), kind, 1.0
    yield from _labelled(data)
    for gold in own_texts() + labelled_real_texts(data):
        if part_of(gold.id) == "tune" and gold.labels.kind in FORMS:
            yield gold.item, str(gold.labels.kind), 1.0
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
    """Mark → weight of each form, by logistic regression with decay. It is solved over the texts, not the many more marks."""
    often = Counter(mark for text in texts for mark in text)
    marks = {mark: place for place, mark in enumerate(sorted(mark for mark, count in often.items() if count >= _LEAST))}
    table = np.zeros((len(texts), len(marks)), np.float32)
    for row, text in enumerate(texts):
        for mark, value in text.items():
            if mark in marks:
                table[row, marks[mark]] = value
    places: dict[str, int] = {form: place for place, form in enumerate(FORMS)}
    truth = np.eye(len(FORMS), dtype=np.float32)[[places[kind] for kind in kinds]]
    alike = table @ table.T + 1
    shares = _solve(alike, truth, np.array(counts, np.float32)[:, None])
    weights = table.T @ shares
    found = {mark: weights[place] - weights[place][-1] for mark, place in marks.items()}
    base = shares.sum(axis=0)
    return found | {("shape", "always"): base - base[-1]}


def _solve(alike: Any, truth: Any, counts: Any) -> Any:
    """How much each text pulls towards each form: gradient descent with momentum, its step from the largest eigenvalue."""
    vector = np.ones(len(alike), np.float32)
    for _ in range(20):
        vector = alike @ vector
        size = float(np.linalg.norm(vector))
        vector /= size
    step = 1 / (size * 0.5 * float(counts.max()) + _DECAY)
    pull = ahead = np.zeros_like(truth)
    pace = 1.0
    for _ in range(_STEPS):
        points = alike @ ahead
        chance = np.exp(points - points.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        then = ahead - step * ((chance - truth) * counts + _DECAY * ahead)
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
