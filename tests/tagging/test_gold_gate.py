"""The gate: what the tagger reaches on the hand-labelled texts may not fall below the floors, and floors do not sink unexplained."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from benchmarks.tagging_gold import (
    FOLDER,
    MEASURES,
    GoldText,
    Labeller,
    labelled_real_texts,
    measures,
    own_texts,
    part_of,
)
from benchmarks.tagging_quality import jieba_labeller, keyword_labeller, tagger_labeller
from config.files import lexicon_files
from tagging import Lexicon, Tagger, load_lexicons

Floors = Mapping[str, Mapping[str, float]]


def entries() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = tomllib.loads((FOLDER / "floors.toml").read_text(encoding="utf-8"))["entry"]
    return entries


def in_force() -> Floors:
    floors: Floors = entries()[-1]["floors"]
    return floors


def reached(texts: list[GoldText], label: Labeller, of: str) -> dict[str, dict[str, float]]:
    halves = {part: [text for text in texts if part_of(text.id) == part] for part in ("tune", "report")}
    return {
        f"{of}_{part}": {name: score.f1 for name, score in measures(half, label).items()}
        for part, half in halves.items()
    }


def below(figures: Floors, floors: Floors) -> list[str]:
    return [
        f"{group} {name}: {value:.3f} < {floors[group][name]}"
        for group, each in figures.items()
        for name, value in each.items()
        if value < floors[group][name]
    ]


def sunk(earlier: Floors, later: Floors) -> list[str]:
    """Floors of an earlier entry that a later one lowers or leaves out."""
    return [
        f"{group} {name}"
        for group, each in earlier.items()
        for name, value in each.items()
        if later.get(group, {}).get(name, 0) < value
    ]


def test_own_texts_are_tagged_no_worse_than_the_floors(tagger: Tagger) -> None:
    assert below(reached(own_texts(), tagger_labeller(tagger), "own"), in_force()) == []


def test_real_texts_are_tagged_no_worse_than_the_floors(tagger: Tagger, shared_data: Path) -> None:
    assert below(reached(labelled_real_texts(shared_data), tagger_labeller(tagger), "real"), in_force()) == []


def test_every_measure_has_a_floor_in_both_halves() -> None:
    assert {group: set(each) for group, each in in_force().items()} == {
        f"{of}_{part}": set(MEASURES) for of in ("own", "real") for part in ("tune", "report")
    }


def test_floors_sink_only_with_a_reason() -> None:
    said = entries()
    for before, after in pairwise(said):
        assert before["date"] <= after["date"]
        assert not sunk(before["floors"], after["floors"]) or after.get("reason"), after["date"]


def test_a_floor_that_sinks_or_vanishes_is_noticed() -> None:
    floors = {"own_tune": {"kind": 0.9, "day": 0.8}}
    assert sunk(floors, {"own_tune": {"kind": 0.91, "day": 0.8}}) == []
    assert sunk(floors, {"own_tune": {"kind": 0.89}}) == ["own_tune kind", "own_tune day"]


@pytest.mark.parametrize(
    ("file", "measure"),
    [
        ("lexicons/emergency.toml", "emergency"),
        ("lexicons/kinds.toml", "kind"),
        ("lexicons/audience.toml", "audience"),
        ("areas.csv", "local"),
    ],
)
def test_the_gate_fails_when_a_word_list_is_damaged(file: str, measure: str, tmp_path: Path) -> None:
    copy = tmp_path / Path(file).name
    copy.write_text(damaged(lexicon_files()[file]), encoding="utf-8")
    files = lexicon_files() | {file: copy.read_text(encoding="utf-8")}
    label = tagger_labeller(Tagger(load_lexicons(files)))
    falls = below(reached(own_texts(), label, "own"), in_force())
    assert any(fall.split()[1] == f"{measure}:" for fall in falls), falls


def damaged(text: str) -> str:
    """Of three words of a list (of three names of places) two are made into ones that stand in no text."""
    words = iter(range(10**6))

    def spoiled(match: re.Match[str]) -> str:
        number = next(words)
        return match[0] if number % 3 == 0 else f"{match[1]}\u2e80{number}{match[3]}"

    word = re.compile(r'(")([^"]+)(")')
    place = re.compile(r"^()([^#,]+)(,\d)")
    return "\n".join(
        word.sub(spoiled, line) if line.startswith("words = ") else place.sub(spoiled, line)
        for line in text.splitlines()
        if not line.startswith("excludes = ")  # phrases without one of the words are refused
    )


def test_ours_beats_the_baselines_on_own_texts(tagger: Tagger, lexicon: Lexicon) -> None:
    texts = own_texts()
    ours = measures(texts, tagger_labeller(tagger))
    for baseline in (keyword_labeller(lexicon), jieba_labeller(lexicon)):
        theirs = measures(texts, baseline)
        assert [name for name in MEASURES if ours[name].f1 <= theirs[name].f1] == []


def test_the_gold_set_is_large_enough_and_every_label_is_a_known_one(lexicon: Lexicon) -> None:
    own, real = lines("own.jsonl"), lines("real.jsonl")
    assert len(own) >= 300
    assert len(real) >= 400
    codes = {name.code for name in lexicon.areas.names}
    days = {day.key for day in lexicon.days}
    for item in own + real:
        labels = item["labels"]
        assert {each["key"] for each in labels["emergency"]} <= lexicon.hazards.keys(), item["id"]
        assert set(labels["local"]) <= codes, item["id"]
        assert set(labels["audience"]) <= lexicon.audiences.keys(), item["id"]
        assert set(labels["day"]) <= days, item["id"]
        assert labels["kind"] in {"alert", "news", "science", "debunk", "other"}, item["id"]
    assert len({item["id"] for item in own + real}) == len(own) + len(real)


def test_real_texts_are_held_as_hash_and_label_only() -> None:
    for item in lines("real.jsonl"):
        assert item.keys() == {"id", "set", "sha256", "labels"}


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]
