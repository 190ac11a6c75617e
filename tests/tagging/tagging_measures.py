"""Figures of the tagger over the real texts in ../shared/data; `python tests/tagging/tagging_measures.py` prints them.

docs/tagging.md says what each figure means. Nothing of the texts is kept here.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from config.files import lexicon_files
from tagging import TaggedText, Tagger, Tagging, load_lexicons

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CEC_CLASSES = {
    "交通事故": {"traffic_accident"},
    "火灾": {"fire", "forest_fire", "explosion"},
    "地震": {"earthquake"},
    "食物中毒": {"food_poisoning"},
    "恐怖袭击": {"public_security"},
}
EPIDEMIC = {"infectious_disease", "animal_disease", "food_poisoning", "tick"}


@dataclass
class Counts:
    """True and false positives and negatives, with some of the wrong ones to look at."""

    hit: int = 0
    false: int = 0
    missed: int = 0
    right_silence: int = 0

    def add(self, gold: bool, said: bool) -> None:
        self.hit += gold and said
        self.false += said and not gold
        self.missed += gold and not said
        self.right_silence += not gold and not said

    @property
    def precision(self) -> float:
        return self.hit / max(1, self.hit + self.false)

    @property
    def recall(self) -> float:
        return self.hit / max(1, self.hit + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.hit / max(1, 2 * self.hit + self.false + self.missed)

    def __str__(self) -> str:
        return (
            f"P {self.precision:.3f}  R {self.recall:.3f}  F1 {self.f1:.3f}  "
            f"(hit {self.hit}, false {self.false}, missed {self.missed}, silent {self.right_silence})"
        )


def tagger() -> Tagger:
    return Tagger(load_lexicons(lexicon_files()))


def lines(name: str, every: int = 1) -> Iterator[dict[str, Any]]:
    with (DATA / name).open(encoding="utf-8") as file:
        for line in islice(file, 0, None, every):
            yield json.loads(line)


def tagged(machine: Tagger, text: str, title: str = "", source: str = "") -> Tagging:
    return machine.tag(TaggedText("", title, text, source_name=source))


def weibo21(machine: Tagger, every: int = 1) -> Iterator[tuple[dict[str, Any], bool, Tagging]]:
    """Posts with whether their class is 灾难事故; the class 无法确定 is left out."""
    for post in lines("emergency/weibo21.jsonl", every):
        if post["category"] != "无法确定":
            yield post, post["category"] == "灾难事故", tagged(machine, post["content"])


def weibo21_figures(machine: Tagger, every: int = 1) -> dict[str, Counts]:
    """`as labelled`; and `no epidemics`: posts of other classes that speak of an epidemic are left out.

    The set puts epidemics into 医药健康 (or wherever), our labelling rules call them emergencies.
    """
    figures = {"as labelled": Counts(), "no epidemics": Counts()}
    for _, gold, result in weibo21(machine, every):
        said = bool(result.emergency)
        figures["as labelled"].add(gold, said)
        if gold or not said or result.emergency[0].key not in EPIDEMIC:
            figures["no epidemics"].add(gold, said)
    return figures


def cec(machine: Tagger) -> Iterator[tuple[str, Path, Tagging]]:
    for path in sorted((DATA / "emergency/cec").rglob("*.xml")):
        root = ElementTree.fromstring(path.read_text(encoding="utf-8-sig"))
        title = (root.findtext("Title") or "").strip()
        content = root.find("Content")
        text = re.sub(r"\s+", "", "".join(content.itertext())) if content is not None else ""
        yield path.parent.name, path, tagged(machine, text, title)


def cec_figures(machine: Tagger) -> tuple[float, float, int]:
    """Share found to be emergencies, share whose first hazard is of the right class, number of texts."""
    results = [(name, result) for name, _, result in cec(machine)]
    found = sum(bool(result.emergency) for _, result in results)
    right = sum(bool(r.emergency) and r.emergency[0].key in CEC_CLASSES[name] for name, r in results)
    return found / len(results), right / len(results), len(results)


JILIN_NAMES = re.compile(
    "长春|延边|延吉|珲春|敦化|图们|四平|辽源|通化|白山|松原|白城|公主岭|梅河口|乾安|榆树|桦甸|舒兰|蛟河|磐石|农安|德惠|"
    "九台|双阳|抚松|临江|集安|柳河|辉南|通榆|镇赉|洮南|大安|扶余|前郭|长岭|伊通|梨树|双辽|龙井|和龙|汪清|安图|朝阳区"
)


def dxy(machine: Tagger) -> Iterator[tuple[dict[str, Any], bool, Tagging]]:
    """News with 吉林 deleted from title and text. The sender's name is given as a feed gives it."""
    for item in lines("local/dxy_news_province.jsonl"):
        result = tagged(machine, item["masked_summary"], item["masked_title"], item["source"])
        yield item, item["is_jilin"], result


def dxy_figures(machine: Tagger) -> dict[str, Counts]:
    """`all` items; `named`: without those of Jilin whose masked text and source name no place of the province."""
    figures = {"all": Counts(), "named": Counts()}
    for item, gold, result in dxy(machine):
        said = bool(result.local)
        figures["all"].add(gold, said)
        left = item["masked_title"] + item["masked_summary"]
        if not gold or JILIN_NAMES.search(left) or "吉林" in item["source"]:
            figures["named"].add(gold, said)
    return figures


def addresses(machine: Tagger) -> Iterator[tuple[dict[str, Any], bool, Tagging]]:
    for item in lines("local/addr_prefix_gold.jsonl"):
        yield item, item["is_jilin"], tagged(machine, item["address"])


def address_figures(machine: Tagger) -> Counts:
    counts = Counts()
    for _, gold, result in addresses(machine):
        counts.add(gold, bool(result.local))
    return counts


_NOT_OURS = {"西安", "朝阳", "朝阳区"}
"""Names that, in this set, stand for places elsewhere (looked at one by one)."""
_PROVINCES = re.compile(
    "北京|天津|河北|山西|内蒙古|辽宁|黑龙江|上海|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|重庆|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆"
)


def mentions(machine: Tagger) -> Iterator[tuple[dict[str, Any], bool, Tagging]]:
    """One text once; gold: some mention is a place or institution in Jilin, and the text is no long list."""
    texts: dict[str, list[dict[str, Any]]] = {}
    for item in lines("local/jilin_name_mentions.jsonl"):
        texts.setdefault(item["text"], []).append(item)
    for text, items in texts.items():
        yield items[0], any(_is_ours(item) for item in items), tagged(machine, text)


def _is_ours(item: dict[str, Any]) -> bool:
    text, entity, match = item["text"], item["entity"] or "", item["match"]
    listed = len(re.findall("℃", text)) > 10 or len(set(_PROVINCES.findall(text))) > 6
    if listed or match in _NOT_OURS or item["gold"] in ("NONE", "ENT:name", "ENT:PER"):
        return False
    return not re.search("太白山|双榆树|沟村", entity)


def mention_figures(machine: Tagger) -> Counts:
    counts = Counts()
    for _, gold, result in mentions(machine):
        counts.add(gold, bool(result.local))
    return counts


QUIET = {
    "entertainment",
    "sports",
    "fashion",
    "food",
    "game",
    "history",
    "story",
    "essay",
    "finance",
    "baby",
    "travel",
    "car",
}
"""Classes of titles in which an emergency or Jilin would nearly always be a false alarm."""


def background(machine: Tagger, every: int = 1) -> Iterator[tuple[dict[str, Any], Tagging]]:
    for item in lines("background/nlpcc2017_titles.jsonl", every):
        yield item, tagged(machine, "", item["title"])


def report(machine: Tagger) -> Iterator[str]:
    for name, counts in weibo21_figures(machine).items():
        yield f"Weibo21 emergency, {name}: {counts}"
    found, right, number = cec_figures(machine)
    yield f"CEC: recall {found:.3f}, first hazard right {right:.3f}, {number} texts"
    for name, counts in dxy_figures(machine).items():
        yield f"DXY masked, {name}: {counts}"
    yield f"addresses: {address_figures(machine)}"
    yield f"jilin_name_mentions: {mention_figures(machine)}"
    results = list(background(machine))
    quiet = [result for item, result in results if item["label"] in QUIET]
    for theme in ("emergency", "local"):
        said = sum(bool(getattr(result, theme)) for result in quiet)
        everywhere = sum(bool(getattr(result, theme)) for _, result in results)
        yield f"titles, {theme}: {1000 * said / len(quiet):.1f} per 1000 in quiet classes, {everywhere} of {len(results)} in all"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in report(tagger()))
