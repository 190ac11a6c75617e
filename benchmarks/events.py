"""How well reports of one event are told from the rest, and how seldom what is written daily by one pattern is joined."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
from sqlmodel import Session

from benchmarks.figures import Figure
from benchmarks.reprints import Pair, pairs
from config.files import lexicon_files
from content_store import same_events
from content_store.database import Store
from steps.same_event import WITHIN, beside
from tagging import Tagger, load_lexicons
from tagging.same_event import VERSION, Outline, is_same_event, likeness
from tagging.sameness import bare

_DAYS = 3


def figures(data: Path) -> Iterator[Figure]:
    """AUC on pairs that others labelled, of all and of the half that nothing was chosen by; and joins of daily reports."""
    tagger = _tagger()
    for name, what, wanted in (("sohu_dd", "短文对短文", 0.92), ("sohu_dc", "短文对长文", 0.85)):
        known = pairs(data, name)
        halves = (("", known), ("，留出的一半", [pair for pair in known if _kept_back(pair)]))
        for half, part in halves if known else ():
            labels = [pair.same_event for pair in part]
            ours = auc([likeness(tagger.outline("", p.one), tagger.outline("", p.other)) for p in part], labels)
            theirs = auc([_bigram_cosine(pair.one, pair.other) for pair in part], labels)
            yield Figure(f"同一事件 AUC：{what}{half}", ours, "", "二字串余弦", theirs, f"≥ {wanted}", ours >= wanted)
    yield from _daily_reports(data, tagger)


@lru_cache(maxsize=1)
def _tagger() -> Tagger:
    return Tagger(load_lexicons(lexicon_files()))


def _kept_back(pair: Pair) -> bool:
    """Half of the pairs, by a hash of their texts."""
    return bool(hashlib.sha256(f"{pair.one}\n{pair.other}".encode()).digest()[0] & 1)


def _bigram_cosine(one: str, other: str) -> float:
    left, right = (Counter(text[at : at + 2] for at in range(len(text) - 1)) for text in (bare(one), bare(other)))
    norm = sqrt(sum(n * n for n in left.values()) * sum(n * n for n in right.values()))
    return sum(number * right[pair] for pair, number in left.items()) / norm if norm else 0.0


def auc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """The chance that a pair with the label scores above one without it; equal scores count half."""
    right, wrong = ([s for s, label in zip(scores, labels, strict=True) if label is want] for want in (True, False))
    below = np.sort(np.array(wrong))
    won = np.searchsorted(below, right, "left") + np.searchsorted(below, right, "right")
    return float(won.sum()) / (2 * len(right) * len(wrong))


# ---------------------------------------------------------------- reports that come daily by one pattern


def _daily_reports(data: Path, tagger: Tagger) -> Iterator[Figure]:
    """News of an epidemic: hardly anything but the province, the day and the figures differs from one to the next."""
    path = data / "local" / "dxy_news_province.jsonl"
    if not path.exists():
        return
    rows = sorted((json.loads(line) for line in path.read_text("utf-8").splitlines()), key=lambda row: row["pubDate"])
    news = [(row, tagger.outline(row["title"], row["summary"])) for row in rows]
    joined = list(_joined(news))
    strangers = sum(_strangers(one, other) for one, other in joined)
    share = strangers / len(joined) if joined else 0.0
    yield Figure(f"疫情日报并作同一事件：{len(joined)} 对中别省的", share)


def _strangers(one: dict[str, Any], other: dict[str, Any]) -> bool:
    places = one["gold_province"], other["gold_province"]
    return all(places) and places[0] != places[1]


def _joined(news: Sequence[tuple[dict[str, Any], Outline]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each with the first earlier one of the last days that tells of the same event."""
    by_key: defaultdict[int, list[int]] = defaultdict(list)
    for number, (row, asked) in enumerate(news):
        near = sorted({place for key in asked.keys for place in by_key[key]})
        recent = [news[place] for place in near if _days_between(news[place][0], row) <= _DAYS]
        match = next((other for other, outline in recent if is_same_event(asked, outline)), None)
        if match is not None:
            yield row, match
            continue
        for key in asked.keys:
            by_key[key].append(number)


def _days_between(one: dict[str, Any], other: dict[str, Any]) -> float:
    moments = [datetime.fromisoformat(row["pubDate"]) for row in (one, other)]
    return (moments[1] - moments[0]).total_seconds() / 86_400


# ---------------------------------------------------------------- among many reports


def fill(store: Store, known: Sequence[str], stored: int, seed: int) -> None:
    """So many articles of these days, each a report that opened an event.

    Each under eight of 200,000 words, some of which stand in hundreds of reports and some in tens of thousands.
    """
    outlines = [_tagger().outline("", text) for text in known]
    chance = np.random.default_rng(seed)
    made = (200_000 * chance.random((stored, 8)) ** 3).astype(np.int64)
    with store.session() as session:
        run_sql = session.connection().exec_driver_sql
        for start in range(0, stored, _AT_ONCE):
            numbers = range(start, min(start + _AT_ONCE, stored))
            run_sql(_REPORT, [(n + 1, VERSION, outlines[n % len(known)].packed()) for n in numbers])
        run_sql(_WORD, [(key, n + 1) for n, each in enumerate(outlines) for key in each.keys])
        flat, owners = made.ravel(), np.repeat(np.arange(1, stored + 1), 8)
        order = np.argsort(flat, kind="stable")
        for start in range(0, len(order), _AT_ONCE * 10):
            part = order[start : start + _AT_ONCE * 10]
            run_sql(_WORD, list(zip(flat[part].tolist(), owners[part].tolist(), strict=True)))


def ask(session: Session, title: str, text: str) -> object:
    """Outlining one new article, looking it up and comparing it."""
    asked = _tagger().outline(title, text)
    return beside(asked, _THEN, same_events.opened(session, asked.keys), WITHIN)


_AT_ONCE = 20_000
_THEN = datetime(2026, 1, 1, tzinfo=UTC)
_REPORT = "INSERT INTO eventreport (article_id, version, packed, collected_at) VALUES (?, ?, ?, '2026-01-01')"
_WORD = "INSERT OR IGNORE INTO eventword (key, article_id) VALUES (?, ?)"
