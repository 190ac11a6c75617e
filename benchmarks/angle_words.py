"""Counts which words topics of science have: `python -m benchmarks.angle_words DATA > tagging/angle_words.txt`.

From the daily lists of Weibo before `UNTIL`, whose categories are given; what comes later is for measuring (benchmarks/hot.py).
"""

from __future__ import annotations

import gzip
import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.files import lexicon_files
from tagging import HotTopic, Tagger, load_lexicons

UNTIL = "2025-03-25"
"""The middle of the topics. Halves by time: the same event in other words would stand in both halves of a hash."""
_LEAST = 5
_DOUBT = 20
"""So many topics of the usual mixture are added to each word's own: a rare word says little."""
_SLIGHT = 0.7


@dataclass(frozen=True)
class FiledTopic:
    """A topic with the class it was filed under; None where it was not filed."""

    topic: HotTopic
    day: str
    category: str | None

    @property
    def is_science(self) -> bool:
        return self.category is not None and (self.category in ("科普", "科技") or self.category.startswith("健康"))


def filed_topics(data: Path) -> Iterator[FiledTopic]:
    """Every topic once, on its first day; advertisements left out."""
    seen: set[str] = set()
    with gzip.open(data / "hot/weibo_lxw_daysummary.jsonl.gz", "rt", encoding="utf-8") as lines:
        for entry in map(json.loads, lines):
            if entry.get("ads") or entry["title"] in seen:
                continue
            seen.add(entry["title"])
            category = entry["category"] or ""
            filed = category if category and not category.startswith("暂无") else None
            yield FiledTopic(HotTopic(entry["title"], description=entry["description"] or ""), entry["date"], filed)


def weights(topics: list[FiledTopic], tagger: Tagger) -> dict[str, float]:
    """Word or pair of characters → logarithm of how many times more often a topic with it is of science than any topic."""
    every: Counter[str] = Counter()
    science: Counter[str] = Counter()
    for each in topics:
        marks = tagger.topic_marks(each.topic)
        every.update(marks)
        if each.is_science:
            science.update(marks)
    usual = sum(each.is_science for each in topics) / len(topics)
    return {
        mark: math.log((science[mark] + _DOUBT * usual) / (count + _DOUBT) / usual)
        for mark, count in every.items()
        if count >= _LEAST
    }


def main() -> None:
    tagger = Tagger(load_lexicons(lexicon_files()))
    filed = [each for each in filed_topics(Path(sys.argv[1])) if each.day < UNTIL and each.category is not None]
    by_weight: dict[float, list[str]] = defaultdict(list)
    for word, weight in weights(filed, tagger).items():
        if abs(weight) >= _SLIGHT:
            by_weight[round(weight, 1)].append(word)
    out = sys.stdout
    out.write(
        "# 热榜话题里的词和相连的两个字有多像科学话题：每行先是分量，然后是词；负数是不像。由 benchmarks/angle_words.py 生成。\n"
    )
    for weight in sorted(by_weight, reverse=True):
        out.write(f"{weight} {' '.join(sorted(by_weight[weight]))}\n")


if __name__ == "__main__":
    main()
