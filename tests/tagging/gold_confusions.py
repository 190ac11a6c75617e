"""What the tagger gets wrong in the tune half of the gold set; `python tests/tagging/gold_confusions.py [MEASURE]` prints it.

The report half is left out on purpose: nobody may tune on it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.tagging_audience import audience_own_texts, audience_real_texts, audience_score
from benchmarks.tagging_gold import MEASURES, labelled_real_texts, measures, own_texts, part_of
from benchmarks.tagging_quality import tagger_labeller
from config.files import lexicon_files
from tagging import Tagger, load_lexicons

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def report(names: list[str]) -> Iterator[str]:
    texts = own_texts() + (labelled_real_texts(DATA) if DATA.is_dir() else [])
    chosen = [text for text in texts if part_of(text.id) == "tune"]
    titles = {text.id: (text.item.title or text.item.text)[:30] for text in chosen}
    label = tagger_labeller(Tagger(load_lexicons(lexicon_files())))
    more = audience_own_texts() + (audience_real_texts(DATA) if DATA.is_dir() else [])
    more = [text for text in more if part_of(text.id) == "tune"]
    titles |= {text.id: (text.item.title or text.item.text)[:30] for text in more}
    for name, score in [*measures(chosen, label).items(), ("audience", audience_score(more, label))]:
        if name in names:
            yield f"{name}: P {score.precision:.3f}  R {score.recall:.3f}  F1 {score.f1:.3f}"
            yield from (f"  {wrong}  {titles[wrong.rpartition(': ')[0]]}" for wrong in score.wrong)


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in report(sys.argv[1:] or list(MEASURES)))
