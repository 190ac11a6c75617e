"""Reprints made from real articles, the ways editors and copying sites make them, and pairs of headlines and reports."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

NOTE = "编者按：本文转载自兄弟媒体，略有删节，供读者参考。"
SHORTEST = 60
_TAGS = re.compile(r"<[^>]+>")
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?\n]*")

Way = Callable[[str, random.Random, list[str]], str]


def _punctuation(text: str, chance: random.Random, others: list[str]) -> str:
    return text.translate(str.maketrans("，。：“”！", ",.:「」!"))


def _width(text: str, chance: random.Random, others: list[str]) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


def _two_thirds(text: str, chance: random.Random, others: list[str]) -> str:
    return "".join(each for place, each in enumerate(_SENTENCE.findall(text)) if place % 3 != 2) or text


def _losing(share: float) -> Way:
    return lambda text, chance, others: "".join(each for each in text if chance.random() > share)


WAYS: dict[str, Way] = {
    "换标点": _punctuation,
    "换全角": _width,
    "加编者按": lambda text, chance, others: f"{NOTE}{text}（责任编辑：某某）",
    "只留前六成": lambda text, chance, others: text[: len(text) * 6 // 10],
    "只留后四成": lambda text, chance, others: text[len(text) * 6 // 10 :],
    "隔两句删一句": _two_thirds,
    "漏字 3%": _losing(0.03),
    "漏字 6%": _losing(0.06),
    "后接另一篇": lambda text, chance, others: text + chance.choice(others),
    "前接另一篇": lambda text, chance, others: chance.choice(others) + text,
}
"""Name → what becomes of a text. Every reprint also gets another title."""
JOINED = frozenset({"后接另一篇", "前接另一篇"})
"""Here a second text is truly in it."""


def texts(data: Path) -> list[str]:
    """Real articles and posts, each once; empty where the data is absent."""
    found = {text[:40]: text for text in _all(data) if len(text) >= SHORTEST}
    return list(found.values())


def _all(data: Path) -> Iterator[str]:
    for path in sorted((data / "extraction" / "cwced" / "cleaned").glob("*")):
        yield path.read_text("utf-8", "replace")
    gold = data / "extraction" / "magic_html_article" / "gold.json"
    if gold.exists():
        yield from (each["content"] for each in json.loads(gold.read_text("utf-8")).values())
    for path in sorted((data / "emergency" / "cec").rglob("*.xml")):
        yield _TAGS.sub("", path.read_text("utf-8", "replace"))
    posts = data / "emergency" / "weibo21.jsonl"
    if posts.exists():
        lines = posts.read_text("utf-8").splitlines()[::5]
        yield from (str(json.loads(line).get("content") or "") for line in lines)


@dataclass(frozen=True)
class Pair:
    """Two texts and whether they tell of the same event."""

    one: str
    other: str
    same_event: bool


def pairs(data: Path, name: str) -> list[Pair]:
    """`sohu_dd` (short–short) or `sohu_dc` (short–long): label 5 against the rest."""
    path = data / "dedup" / f"{name}.jsonl"
    if not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [Pair(row["sentence1"], row["sentence2"], row["label"] == 5) for row in rows]
