"""Texts of which only the audience is labelled: half of them speak of a group without being for it (docs/labelling.md)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.tagging_gold import FOLDER, GoldText, Labeller, Labels, Score
from benchmarks.tagging_texts import real_texts, text_hash
from tagging import TaggedText

_LABELS = Path(__file__).with_name("audience_labels.csv")
_WRITTEN = Path(__file__).with_name("audience_texts.tsv")


def audience_own_texts(folder: Path = FOLDER) -> list[GoldText]:
    """Texts written for the project."""
    return [
        GoldText(item["id"], TaggedText(item["id"], item["title"], item["text"]), _for(item))
        for item in _lines(folder / "audience_own.jsonl")
    ]


def audience_real_texts(data: Path, folder: Path = FOLDER) -> list[GoldText]:
    """Real texts that hold words of an audience. Raises ValueError for one that is missing or no longer the same."""
    labels = {item["id"]: item for item in _lines(folder / "audience_real.jsonl")}
    found = {}
    for name in {item["set"] for item in labels.values()}:
        for text in real_texts(data, name):
            item = labels.get(f"{name}:{text.id}")
            if item and text_hash(text) == item["sha256"]:
                found[item["id"]] = GoldText(item["id"], text, _for(item))
    if gone := labels.keys() - found.keys():
        raise ValueError(f"标注过的真实文本找不到或已变动：{'、'.join(sorted(gone)[:5])}，请核对数据文件夹。")
    return [found[name] for name in labels]


def audience_labelled_texts(data: Path, use: str) -> list[GoldText]:
    """Real texts labelled for learning (`use` "learn"), or kept apart to try what was learnt ("test"); no part of the gold set."""
    lines = _LABELS.read_text(encoding="utf-8").splitlines()
    labels = {
        name: frozenset(audience.split())
        for name, own, audience in (line.split(",") for line in lines if line[0] != "#")
        if own == use
    }
    found = {}
    for name in sorted({key.partition(":")[0] for key in labels}):
        for item in real_texts(data, name):
            if (key := f"{name}:{item.id}") in labels:
                found[key] = GoldText(key, item, Labels(audience=labels[key]))
    return [found[name] for name in labels]


def audience_written_texts() -> list[GoldText]:
    """Texts written for learning, a line each: groups, title and body."""
    lines = (line.split("\t") for line in _WRITTEN.read_text(encoding="utf-8").splitlines())
    return [
        GoldText(f"own-learn-{at}", TaggedText(str(at), title, text), Labels(audience=frozenset(audience.split())))
        for at, (audience, title, text) in enumerate(lines)
    ]


def audience_score(texts: Iterable[GoldText], label: Labeller) -> Score:
    """The score of the audience alone."""
    score = Score()
    for text in texts:
        score.add(text.id, text.labels.audience, label(text.item).audience)
    return score


def _for(item: dict[str, Any]) -> Labels:
    return Labels(audience=frozenset(item["audience"]))


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
