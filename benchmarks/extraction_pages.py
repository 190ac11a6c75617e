"""Real Chinese pages with the right answers, and how an answer is compared; where they come from: docs/benchmarks.md."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from connectors.extraction.charset import decode

LABELS = Path(__file__).with_name("extraction_labels.csv")
"""Read by eye: page, first twelve digits of the title's hash, date as precise as the page has it, author. A dash: the
page has none, or it is not clear."""

_NOT_WORD = re.compile(r"[\W_]+")
_NUMBERS = re.compile(r"\d+")
_UNKNOWN = {"", "-", "UNKNOWN", "UNKNWON"}


@dataclass(frozen=True)
class Page:
    """One page and what is known of it; "" where nothing is. `text` is None where nobody copied it out."""

    set: str
    name: str
    body: bytes
    url: str = ""
    text: str | None = None
    title_hash: str = ""
    date: str = ""
    author: str = ""

    @cached_property
    def html(self) -> str:
        """The text for tools that leave the charset to others."""
        return decode(self.body).text

    @property
    def second_half(self) -> bool:
        """The pages in two halves by hash of their names: rules made for single pages would show as a gap."""
        return int(hashlib.sha256(self.name.encode()).hexdigest(), 16) % 2 == 1


def pages(data: Path) -> Iterator[Page]:
    """Every page of the collection that has any answer. Empty where the folder is absent."""
    folder = data / "extraction"
    if not folder.is_dir():
        return
    labels = _labels()
    for page in [*_cwced(folder / "cwced"), *_magic(folder), *_labelled(folder, labels)]:
        known = labels.get(f"{page.set}/{page.name}", {})
        clear = _clear({field: known.get(field, "") for field in ("title_hash", "date", "author")})
        yield replace(
            page,
            title_hash=clear["title_hash"],
            date=clear["date"] or page.date,
            author=clear["author"] or page.author,
        )


def _clear(fields: dict[str, str]) -> dict[str, str]:
    return {name: "" if value in _UNKNOWN else value for name, value in fields.items()}


def _cwced(folder: Path) -> Iterator[Page]:
    for path in sorted((folder / "original").glob("*.html")):
        text, date, author = (_read(folder / kind / f"{path.stem}.txt") for kind in ("cleaned", "date", "author"))
        known = _clear({"date": date, "author": author})
        yield Page("cwced", path.stem, path.read_bytes(), text=text, **known)


def _magic(folder: Path) -> Iterator[Page]:
    for name in ("magic_html_article", "magic_html_forum"):
        for key, right in sorted(json.loads(_read(folder / name / "gold.json") or "{}").items()):
            yield Page(name, key, (folder / name / f"{key}.html").read_bytes(), right["url"], right["content"])


def _labelled(folder: Path, labels: dict[str, dict[str, str]]) -> Iterator[Page]:
    for name in labels:
        path = folder / name
        if path.suffix == ".html" and path.is_file():
            collection, _, rest = name.partition("/")
            yield Page(collection, rest, path.read_bytes())


def _labels() -> dict[str, dict[str, str]]:
    with LABELS.open(encoding="utf-8", newline="") as lines:
        return {row["page"]: row for row in csv.DictReader(lines)}


def _read(path: Path) -> str:
    return path.read_text("utf-8", "replace").strip() if path.is_file() else ""


# ---------------------------------------------------------------- comparing


def bare(text: str) -> str:
    return _NOT_WORD.sub("", text)


def f1(found: str, right: str) -> float:
    """Over character bigrams, everything that is no word character dropped."""
    one, other = (Counter(a + b for a, b in pairwise(text)) for text in (bare(found), bare(right)))
    shared = sum((one & other).values())
    return 2 * shared / (sum(one.values()) + sum(other.values())) if shared else 0.0


def title_hash(title: str) -> str:
    return hashlib.sha256(bare(title).lower().encode()).hexdigest()[:12]


def same_date(found: str, right: str, *, to_the_day: bool) -> bool:
    """Whether a date agrees with the answer as far as the answer goes, or as far as the day."""
    one, other = ([int(part) for part in _NUMBERS.findall(date)] for date in (found, right))
    wanted = other[:3] if to_the_day else other
    return one[: len(wanted)] == wanted


def has_day(date: str) -> bool:
    return len(_NUMBERS.findall(date)) >= 3


def same_people(found: str, right: str) -> bool:
    return sorted(re.split(r"[\s、,，;；]+", found.strip())) == sorted(re.split(r"[\s、,，;；]+", right.strip()))
