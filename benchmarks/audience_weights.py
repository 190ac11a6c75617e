"""Learns for whom a text is: `python -m benchmarks.audience_weights DATA > tagging/audience_weights.txt`.

From the tune half of the gold set, of the texts labelled for their audience alone, and others for learning: real ones
(audience_labels.csv, the lines that say learn) and written ones (audience_texts.tsv). The word list was made with the written
texts in sight and knows their words better than those of new texts, so each is learnt from again as if it knew two of three.
With --folds it prints what comes out over ten folds instead, whole texts left out.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.tagging_audience import (
    audience_labelled_texts,
    audience_own_texts,
    audience_real_texts,
    audience_written_texts,
)
from benchmarks.tagging_gold import GoldText, Score, labelled_real_texts, own_texts, part_of
from config.files import lexicon_files
from tagging import Tagger, load_lexicons
from tagging.audience import MEASURES, likelihood

_DECAY = 20.0
_STEPS = 25
_COPIES = 2
_REAL = 2.0
"""What a real text counts beside a written one, which comes three times."""
_FOLDS = 10
_LINES = (0.35, 0.4, 0.42, 0.45, 0.5)


class Example(NamedTuple):
    """A text, a group of which it holds words, what is measured, whether the text is for it, and how much it counts."""

    text: int
    key: str
    values: list[float]
    wanted: bool
    weight: float


def learnt_from(data: Path) -> list[GoldText]:
    """Nothing of the report half, and nothing of the labelled texts that are kept for trying."""
    fresh = audience_written_texts() + audience_labelled_texts(data, "learn")
    gold = own_texts() + labelled_real_texts(data) + audience_own_texts() + audience_real_texts(data)
    return [text for text in gold if part_of(text.id) == "tune"] + fresh


def examples(texts: Sequence[GoldText], tagger: Tagger) -> list[Example]:
    """What the whole word list says of each text."""
    return [each for at in range(len(texts)) for each in _examples(texts, at, tagger, lambda _: True)]


def thinned(texts: Sequence[GoldText], tagger: Tagger) -> Iterator[Example]:
    """The written texts again, each several times with other two thirds of the words, picked by a hash."""
    for at, text in enumerate(texts):
        if _is_written(text):
            for copy in range(_COPIES):
                yield from _examples(texts, at, tagger, partial(_kept, f"{copy} {text.id}"))


def _examples(texts: Sequence[GoldText], at: int, tagger: Tagger, known: Callable[[str], bool]) -> Iterator[Example]:
    text = texts[at]
    count = 1.0 if _is_written(text) else _REAL
    for key, values in tagger.audience_measures(text.item, known).items():
        yield Example(at, key, values, key in text.labels.audience, count)


def _kept(own: str, word: str) -> bool:
    return hashlib.sha256(f"{own} {word}".encode()).digest()[0] % 3 > 0


def _is_written(text: GoldText) -> bool:
    return text.id.startswith("own-")


def learn(chosen: Sequence[Example]) -> dict[str, float]:
    """Measure or group → weight: logistic regression with decay, its weights those of the measures as they come."""
    keys = sorted({each.key for each in chosen})
    table = _table(chosen, keys)
    wanted = np.array([each.wanted for each in chosen], float)
    mean, spread = table.mean(0), table.std(0)
    mean[0], spread[0] = 0.0, 1.0
    spread[spread == 0] = 1.0
    counts = np.array([each.weight for each in chosen])
    weights = _solve((table - mean) / spread, wanted, counts) / spread
    weights[0] -= float(weights[1:] @ mean[1:])
    return dict(zip((*MEASURES, *keys), map(float, weights), strict=True))


def _table(chosen: Sequence[Example], keys: Sequence[str]) -> Any:
    return np.array([[*each.values, *(float(each.key == key) for key in keys)] for each in chosen])


def _solve(table: Any, wanted: Any, counts: Any) -> Any:
    """Newton's steps; the first measure stands in every text and is not held back."""
    weights = np.zeros(table.shape[1])
    decay = np.full(table.shape[1], _DECAY)
    decay[0] = 1e-3
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ (counts * (chance - wanted)) + decay * weights
        weights -= np.linalg.solve(
            (table * (counts * chance * (1 - chance))[:, None]).T @ table + np.diag(decay), slope
        )
    return weights


def over_folds(texts: Sequence[GoldText], whole: Sequence[Example], thin: Sequence[Example]) -> Iterator[str]:
    """What texts get by weights learnt without them, for several lines to reach."""
    order = np.random.default_rng(0).permutation(len(texts))
    fold = {int(text): place % _FOLDS for place, text in enumerate(order)}
    chances: dict[tuple[int, str], float] = {}
    for number in range(_FOLDS):
        weights = learn([each for each in (*whole, *thin) if fold[each.text] != number])
        for each in whole:
            if fold[each.text] == number:
                chances[each.text, each.key] = likelihood(weights, each.key, each.values)
    for line in _LINES:
        scores: dict[str, Score] = {}
        for at, text in enumerate(texts):
            said = frozenset(key for (place, key), chance in chances.items() if place == at and chance >= line)
            for name in ("all", "written" if _is_written(text) else "real"):
                scores.setdefault(name, Score()).add(text.id, text.labels.audience, said)
        told = (f"{name} P {s.precision:.3f} R {s.recall:.3f} F1 {s.f1:.3f}" for name, s in scores.items())
        yield f"{line}: {'; '.join(told)}"


def main() -> None:
    texts = learnt_from(Path(sys.argv[1]))
    tagger = Tagger(load_lexicons(lexicon_files()))
    whole, thin = examples(texts, tagger), list(thinned(texts, tagger))
    if "--folds" in sys.argv:
        sys.stdout.writelines(f"{line}\n" for line in over_folds(texts, whole, thin))
        return
    sys.stdout.write(
        "# 一篇文字像不像写给一群人：量出来的各项和各群人的分量，最后是这一项量的是什么。由 benchmarks/audience_weights.py 生成。\n"
    )
    for name, weight in learn([*whole, *thin]).items():
        sys.stdout.write(f"{name} {weight:.3f} {MEASURES.get(name, '是这群人')}\n")


if __name__ == "__main__":
    main()
