"""The hand-labelled texts, how they are split, and how tags are counted against the labels (docs/labelling.md).

Only the tune part may be looked at when rules or word lists change; the report part only reports.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from benchmarks.tagging_texts import READERS, real_texts, text_hash
from tagging import TaggedText

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "tagging" / "gold"
Part = Literal["tune", "report"]


@dataclass(frozen=True)
class Labels:
    """What a text is tagged with, by hand or by a machine. `emergency` holds (key, level, action, phase), the main one first.

    None means that a machine does not say it; `ambiguous` that the text holds a name that is also something else.
    """

    emergency: tuple[tuple[str, str | None, str | None, str | None], ...] = ()
    kind: str | None = None
    local: frozenset[str] = frozenset()
    audience: frozenset[str] = frozenset()
    day: frozenset[str] = frozenset()
    ambiguous: bool = False


@dataclass(frozen=True)
class GoldText:
    """One text with its labels. `id` of a real text is its set and its id there."""

    id: str
    item: TaggedText
    labels: Labels


Labeller = Callable[[TaggedText], Labels]


@dataclass
class Score:
    """True and false positives and negatives over sets of labels; `wrong` names the texts."""

    hit: int = 0
    false: int = 0
    missed: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, name: str, gold: frozenset[str], said: frozenset[str]) -> None:
        self.hit += len(gold & said)
        self.false += len(said - gold)
        self.missed += len(gold - said)
        if gold != said:
            self.wrong.append(f"{name}: {'、'.join(sorted(gold)) or '无'} → {'、'.join(sorted(said)) or '无'}")

    @property
    def precision(self) -> float:
        return self.hit / max(1, self.hit + self.false)

    @property
    def recall(self) -> float:
        return self.hit / max(1, self.hit + self.missed)

    @property
    def f1(self) -> float:
        """F1; of single-valued labels, where every false one is also a missed one, it is the accuracy."""
        return 2 * self.hit / max(1, 2 * self.hit + self.false + self.missed)


def part_of(name: str) -> Part:
    """Half of the texts, by the first hex digit of the SHA-256 of the id: even digits tune, odd ones report."""
    return "report" if int(hashlib.sha256(name.encode()).hexdigest()[0], 16) % 2 else "tune"


def own_texts(folder: Path = FOLDER) -> list[GoldText]:
    """The texts written for the project."""
    return [_own(item) for item in _lines(folder / "own.jsonl")]


def labelled_real_texts(data: Path, folder: Path = FOLDER) -> list[GoldText]:
    """The labelled real texts. Raises ValueError for one that is missing or no longer the text that was labelled."""
    labels = {item["id"]: item for item in _lines(folder / "real.jsonl")}
    found = {}
    for name in READERS:
        for item in real_texts(data, name):
            key = f"{name}:{item.id}"
            if key in labels and text_hash(item) == labels[key]["sha256"]:
                found[key] = GoldText(key, item, _labels(labels[key]["labels"]))
    _all_found(labels.keys() - found.keys())
    return list(found.values())


def kind_only_texts(data: Path, folder: Path = FOLDER, file: str = "kinds.csv") -> list[GoldText]:
    """Real texts of which only the form was labelled. Raises ValueError as `labelled_real_texts`."""
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    labels = {name: (digest, kind) for name, digest, kind in (line.split(",") for line in lines if line[0] != "#")}
    found = {}
    for name in {key.partition(":")[0] for key in labels}:
        for item in real_texts(data, name):
            digest, kind = labels.get(f"{name}:{item.id}", ("", ""))
            if kind and text_hash(item).startswith(digest):
                found[f"{name}:{item.id}"] = GoldText(f"{name}:{item.id}", item, Labels(kind=kind))
    _all_found(labels.keys() - found.keys())
    return [found[name] for name in labels]


def unseen_texts(data: Path) -> list[GoldText]:
    """Real texts drawn at random, of which only the form was labelled, before any answer was seen: both halves only report."""
    return kind_only_texts(data, file="kinds_unseen.csv")


def _all_found(gone: Iterable[str]) -> None:
    if names := sorted(gone):
        raise ValueError(f"标注过的真实文本找不到或已变动：{'、'.join(names[:5])}，请核对数据文件夹。")


def measures(texts: Iterable[GoldText], label: Labeller) -> dict[str, Score]:
    """Measure → score. Hazard, level, action and phase are counted over true emergencies; a hazard is right
    when the first key is one the labels allow, level and action only where either side speaks of a warning."""
    scores = {name: Score() for name in MEASURES}
    for text in texts:
        for name, gold, said in _pairs(text.labels, label(text.item)):
            scores[name].add(text.id, gold, said)
    return scores


MEASURES = (
    "emergency",
    "hazard",
    "level",
    "action",
    "phase",
    "kind",
    "local",
    "local_ambiguous",
    "audience",
    "day",
)


def _pairs(gold: Labels, said: Labels) -> Iterator[tuple[str, frozenset[str], frozenset[str]]]:
    yield "emergency", _yes(gold.emergency), _yes(said.emergency)
    if gold.emergency:
        keys = [each[0] for each in gold.emergency]
        first = said.emergency[0] if said.emergency else ("", None, None, None)
        yield "hazard", frozenset(keys[:1]), frozenset(keys[:1] if first[0] in keys else [first[0] or "none"])
        for name, place in (("level", 1), ("action", 2), ("phase", 3)):
            pair = [frozenset([one] if one else []) for one in (gold.emergency[0][place], first[place])]
            yield name, pair[0], pair[1]
    yield "kind", frozenset([gold.kind or ""]), frozenset([said.kind or "none"])
    yield "local", gold.local, said.local
    if gold.ambiguous:
        yield "local_ambiguous", gold.local, said.local
    yield "audience", gold.audience, said.audience
    yield "day", gold.day, said.day


def _yes(tags: tuple[Any, ...]) -> frozenset[str]:
    return frozenset(["emergency"] if tags else [])


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _own(item: dict[str, Any]) -> GoldText:
    at = item["published_at"]
    text = TaggedText(
        item["id"],
        item["title"],
        item["text"],
        datetime.fromisoformat(at) if at else None,
        item["source_name"],
        item["source_area"],
    )
    return GoldText(item["id"], text, _labels(item["labels"]))


def _labels(item: dict[str, Any]) -> Labels:
    return Labels(
        emergency=tuple((each["key"], each["level"], each["action"], each["phase"]) for each in item["emergency"]),
        kind=item["kind"],
        local=frozenset(item["local"]),
        audience=frozenset(item["audience"]),
        day=frozenset(item["day"]),
        ambiguous=item["ambiguous"],
    )
