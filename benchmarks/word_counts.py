"""Counts in how many real texts each word stands: `python -m benchmarks.word_counts DATA > tagging/word_counts.txt`.

Counts only, nothing of the texts. What is counted where: docs/tagging.md.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from benchmarks.tagging_texts import real_texts
from config.files import lexicon_files
from tagging import Tagger, load_lexicons

SETS = ("weibo21", "cec", "dxy_rumors", "dxy_news", "titles", "topics", "articles")
LISTS = ("baidu_hot", "toutiao_search_trendinginone", "zhihu_search_justjavac")
LEAST = 3
"""A word of fewer texts says nothing sure."""
_SHORT = 8
"""A topic of a few characters is no text."""


def texts(data: Path) -> set[str]:
    """Every different text of the sets, titles and bodies together."""
    found = {f"{item.title}\n{item.text}".strip() for name in SETS for item in real_texts(data, name)}
    found |= {text for name in LISTS for text in _list(data / f"hot/{name}.jsonl.gz")}
    found |= {path.read_text(encoding="utf-8") for path in sorted((data / "extraction/cwced/cleaned").glob("*.txt"))}
    return {text for text in found if len(text) > _SHORT}


def _list(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for entry in map(json.loads, lines):
            yield f"{entry['title']}\n{entry.get('desc') or ''}".strip()


def counted(data: Path) -> tuple[int, Counter[str]]:
    """How many texts, and word → in how many of them it stands."""
    tagger = Tagger(load_lexicons(lexicon_files()))
    known = sorted(texts(data))
    random.Random(1).shuffle(known)
    counts: Counter[str] = Counter()
    for text in known:
        counts.update(tagger.words_of(text))
    return len(known), counts


def main() -> None:
    number, counts = counted(Path(sys.argv[1]))
    by_count: dict[int, list[str]] = defaultdict(list)
    for word, count in counts.items():
        if count >= LEAST:
            by_count[count].append(word)
    out = sys.stdout
    out.write(f"# 每个词出现在多少篇文本里；每行：篇数，然后是词。由 benchmarks/word_counts.py 生成。\n{number}\n")
    for count in sorted(by_count):
        out.write(f"{count} {' '.join(sorted(by_count[count]))}\n")


if __name__ == "__main__":
    main()
