"""The real texts that hand labels of the tagger refer to, by set and id. The texts stay in the data folder; nothing is kept."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tagging import TaggedText

Reader = Callable[[Path], Iterator[TaggedText]]


def real_texts(data: Path, name: str) -> Iterator[TaggedText]:
    """All texts of one set; `id` is the set's own one, or the number of the line where it has none."""
    return READERS[name](data)


def text_hash(item: TaggedText) -> str:
    """SHA-256 of title, a line feed and text: a label holds only for exactly this text."""
    return hashlib.sha256(f"{item.title}\n{item.text}".encode()).hexdigest()


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _posts(data: Path) -> Iterator[TaggedText]:
    for number, item in enumerate(_lines(data / "emergency/weibo21.jsonl")):
        yield TaggedText(str(number), "", item["content"])


def _reports(data: Path) -> Iterator[TaggedText]:
    for number, path in enumerate(sorted((data / "emergency/cec").rglob("*.xml"))):
        root = ElementTree.fromstring(path.read_text(encoding="utf-8-sig"))
        content = root.find("Content")
        text = re.sub(r"\s+", "", "".join(content.itertext())) if content is not None else ""
        yield TaggedText(str(number), (root.findtext("Title") or "").strip(), text)


def _claims(data: Path) -> Iterator[TaggedText]:
    for item in _lines(data / "emergency/dxy_rumors.jsonl"):
        yield TaggedText(item["id"], item["title"], item["body"])


def _epidemic_news(data: Path) -> Iterator[TaggedText]:
    for item in _lines(data / "local/dxy_news_province.jsonl"):
        yield TaggedText(item["id"], item["title"], item["summary"], source_name=item["source"])


def _titles(data: Path) -> Iterator[TaggedText]:
    for number, item in enumerate(_lines(data / "background/nlpcc2017_titles.jsonl")):
        yield TaggedText(str(number), item["title"], "")


def _topics(data: Path) -> Iterator[TaggedText]:
    for number, item in enumerate(_lines(data / "hot/weibo_lxw_daysummary.jsonl.gz")):
        yield TaggedText(str(number), item["title"], item.get("description") or "")


def _warnings(data: Path) -> Iterator[TaggedText]:
    for number, item in enumerate(_lines(data / "emergency/warnings_harvested.jsonl")):
        yield TaggedText(str(number), item["title"], item["text"])


def _mentions(data: Path) -> Iterator[TaggedText]:
    texts = dict.fromkeys(item["text"] for item in _lines(data / "local/jilin_name_mentions.jsonl"))
    for number, text in enumerate(texts):
        yield TaggedText(str(number), "", text)


def _addresses(data: Path) -> Iterator[TaggedText]:
    for item in _lines(data / "local/addr_prefix_gold.jsonl"):
        yield TaggedText(str(item["id"]), "", item["address"])


def _articles(data: Path) -> Iterator[TaggedText]:
    gold = json.loads((data / "extraction/magic_html_article/gold.json").read_text(encoding="utf-8"))
    for key, item in sorted(gold.items()):
        yield TaggedText(key[:12], "", item["content"])


READERS: dict[str, Reader] = {
    "weibo21": _posts,
    "cec": _reports,
    "dxy_rumors": _claims,
    "dxy_news": _epidemic_news,
    "titles": _titles,
    "topics": _topics,
    "warnings": _warnings,
    "mentions": _mentions,
    "addresses": _addresses,
    "articles": _articles,
}
