"""What the tagger reaches on the texts labelled for their audience alone may not fall below the floors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.tagging_audience import audience_own_texts, audience_real_texts, audience_score
from benchmarks.tagging_gold import FOLDER, GoldText, part_of
from benchmarks.tagging_quality import tagger_labeller
from tagging import Lexicon, TaggedText, Tagger
from tagging.audience import MEASURES, audience_weights

LABELS = Path(__file__).resolve().parents[2] / "benchmarks" / "audience_labels.csv"
OWN = {"tune": 0.96, "report": 0.89}
REAL = {"tune": 0.6, "report": 0.68}
"""They never go down without a line here that says why."""


def reached(texts: list[GoldText], tagger: Tagger) -> dict[str, float]:
    label = tagger_labeller(tagger)
    return {
        part: audience_score((text for text in texts if part_of(text.id) == part), label).f1
        for part in ("tune", "report")
    }


def below(figures: dict[str, float], floors: dict[str, float]) -> list[str]:
    return [f"{part}: {value:.3f} < {floors[part]}" for part, value in figures.items() if value < floors[part]]


def test_own_texts_find_their_audience_no_worse_than_the_floors(tagger: Tagger) -> None:
    assert below(reached(audience_own_texts(), tagger), OWN) == []


def test_real_texts_find_their_audience_no_worse_than_the_floors(tagger: Tagger, shared_data: Path) -> None:
    assert below(reached(audience_real_texts(shared_data), tagger), REAL) == []


def test_the_labelled_texts_are_many_and_those_for_nobody_too(lexicon: Lexicon) -> None:
    own, real = lines("audience_own.jsonl"), lines("audience_real.jsonl")
    assert min(len(own), len(real)) >= 150
    assert sum(not item["audience"] for item in own) >= 60
    for item in own + real:
        assert set(item["audience"]) <= lexicon.audiences.keys(), item["id"]


def test_they_are_other_texts_than_those_of_the_gold_set_and_real_ones_are_not_held() -> None:
    named = {item["id"] for item in lines("own.jsonl") + lines("real.jsonl")}
    assert named.isdisjoint(item["id"] for item in lines("audience_own.jsonl") + lines("audience_real.jsonl"))
    assert all(item.keys() == {"id", "set", "sha256", "audience"} for item in lines("audience_real.jsonl"))


def test_texts_learnt_from_and_kept_apart_are_none_of_the_labelled_ones(lexicon: Lexicon) -> None:
    rows = [line.split(",") for line in LABELS.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    gold = {item["id"] for item in lines("real.jsonl") + lines("audience_real.jsonl")}
    assert len(rows) > 800
    assert gold.isdisjoint(name for name, _, _ in rows)
    assert {use for _, use, _ in rows} == {"learn", "test"}
    assert all(set(audience.split()) <= lexicon.audiences.keys() for _, _, audience in rows)


def test_every_measure_and_every_group_has_its_weight(lexicon: Lexicon) -> None:
    assert audience_weights().keys() == MEASURES.keys() | lexicon.audiences.keys()


def test_an_alert_is_for_the_group_in_its_title_and_not_for_those_in_its_advice(tagger: Tagger) -> None:
    issued = "市气象台2026年7月3日8时发布高温橙色预警信号，请老年人、农户和建筑工人注意防暑。"
    assert [tag.key for tag in tagger.tag(TaggedText("1", "高温橙色预警：提醒中小学生防暑", issued)).audience] == [
        "青少年"
    ]
    assert tagger.tag(TaggedText("1", "高温橙色预警", issued)).audience == ()


@pytest.mark.parametrize(
    ("title", "text", "said"),
    [
        ("孩子放学后怎么护眼", "家长请让孩子每天到户外活动两小时。", ["青少年"]),
        ("居民楼起火两人获救", "消防员从三楼救出两名住户，起火原因在调查。", []),
        ("一辆车在小区门口被刮", "车主发帖说，楼下没有监控，他很生气。", []),
    ],
)
def test_advice_is_for_somebody_and_a_scene_is_not(tagger: Tagger, title: str, text: str, said: list[str]) -> None:
    assert [tag.key for tag in tagger.tag(TaggedText("1", title, text)).audience] == said


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]
