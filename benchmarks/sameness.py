"""How well reprints and reports of one event are told from the rest, beside plain baselines, and what a comparison costs
among a million stored articles."""

from __future__ import annotations

import hashlib
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from statistics import median

import numpy as np
from sqlmodel import Session

from benchmarks import events
from benchmarks.figures import Figure, PeerMissing, Setting
from benchmarks.reprints import JOINED, WAYS, texts
from content_store import clusters, sources
from content_store.database import Store
from content_store.migrate import migrate
from steps.clustering import match_among
from tagging.sameness import SAME, VERSION, Signature, bare, signature, similarity, unpacked
from tagging.sameness_index import SamenessIndex

STORED = 1_000_000
RECENT = 100_000
"""Of them from the last days: only these are compared as reports of one event."""
ASKED = 400
_AT_ONCE = 20_000


def run(setting: Setting) -> Iterator[Figure]:
    """The table. Raises PeerMissing where the texts are absent."""
    known = texts(setting.data)
    if not known:
        raise PeerMissing("没有找到真实文本（data/extraction、data/emergency），请用 --data 指明它们所在的文件夹。")
    yield from _reprints(known, setting.seed)
    yield from events.figures(setting.data)
    yield from _among_many(known, setting.seed)


# ---------------------------------------------------------------- reprints


def _reprints(known: list[str], seed: int) -> Iterator[Figure]:
    ours, theirs = _Ours(known), _Simhash(known)
    sums: Counter[str] = Counter()
    for way, change in WAYS.items():
        chance = random.Random(f"{seed} {way}")
        found: Counter[str] = Counter()
        for number, text in enumerate(known):
            reprint = change(text, chance, known)
            for name, answer in (("ours", ours.alike(reprint)), ("theirs", theirs.alike(reprint))):
                found[f"{name} right"] += number in answer
                found[f"{name} wrong"] += 0 if way in JOINED else len(answer - {number})
        sums.update(found)
        recall = found["ours right"] / len(known)
        yield Figure(
            f"召回：{way}", recall, "", "simhash", found["theirs right"] / len(known), "≥ 0.95", recall >= 0.95
        )
    total = len(known) * len(WAYS)
    recalls = [sums[f"{name} right"] / total for name in ("ours", "theirs")]
    precisions = [sums[f"{n} right"] / max(1, sums[f"{n} right"] + sums[f"{n} wrong"]) for n in ("ours", "theirs")]
    yield Figure("召回：全部", recalls[0], "", "simhash", recalls[1], "≥ 0.95", recalls[0] >= 0.95)
    yield Figure("查准：全部", precisions[0], "", "simhash", precisions[1], "≥ 0.98", precisions[0] >= 0.98)


class _Ours:
    def __init__(self, known: Sequence[str]) -> None:
        self._signed = [signature(f"题目{number}", text) for number, text in enumerate(known)]
        self._by_key: defaultdict[int, list[int]] = defaultdict(list)
        for number, signed in enumerate(self._signed):
            for key in signed.keys:
                self._by_key[key].append(number)

    def alike(self, text: str) -> set[int]:
        asked = signature("换了一个题目", text)
        near = {number for key in asked.keys for number in self._by_key.get(key, ())}
        return {number for number in near if similarity(asked, self._signed[number]) >= SAME}


class _Simhash:
    """64 bits over character bigrams, the same from a Hamming distance of 3 down (Charikar 2002; Manku 2007)."""

    def __init__(self, known: Sequence[str]) -> None:
        self._known = np.array([_simhash(text) for text in known], dtype=np.uint64)

    def alike(self, text: str) -> set[int]:
        apart = np.bitwise_count(self._known ^ np.uint64(_simhash(text)))
        return set(np.flatnonzero(apart <= 3).tolist())


def _simhash(text: str) -> int:
    letters = bare(text)
    sums = np.zeros(64)
    for pair, number in Counter(letters[at : at + 2] for at in range(len(letters) - 1)).items():
        digest = hashlib.blake2b(pair.encode("utf-8", "replace"), digest_size=8).digest()
        sums += number * (np.unpackbits(np.frombuffer(digest, np.uint8)).astype(int) * 2 - 1)
    return int.from_bytes(np.packbits(sums > 0).tobytes(), "big")


# ---------------------------------------------------------------- among a million


def _among_many(known: list[str], seed: int) -> Iterator[Figure]:
    """Signing, finding candidates and comparing one new article; half of those asked are reprints of stored ones."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/many.db")
        migrate(store)
        signed = [signature(f"题目{number}", text) for number, text in enumerate(known)]
        _fill(store, signed, seed)
        asked = [(f"题目{n}", known[n % len(known)] if n % 2 else known[n % len(known)][::-1]) for n in range(ASKED)]
        with store.reading() as session:
            spent = [_timed(partial(_ask, session, title, text)) for title, text in asked]
        events.fill(store, known, RECENT, seed)
        with store.reading() as session:
            looked_up = [_timed(partial(events.ask, session, title, text)) for title, text in asked]
    index = SamenessIndex[int]()
    for number, each in enumerate(signed):
        index.add(number, each)
    alone = [_timed(partial(_ask_in_memory, index, text)) for _, text in asked]
    usual, rare = median(spent), sorted(spent)[len(spent) * 99 // 100]
    yield Figure(
        "新素材对一百万篇：中位", usual, "毫秒", f"对 {len(known)} 篇（内存）", median(alone), "< 5", usual < 5
    )
    yield Figure("新素材对一百万篇：第 99 百分位", rare, "毫秒")
    usual, rare = median(looked_up), sorted(looked_up)[len(looked_up) * 99 // 100]
    yield Figure("同一事件，对近日十万篇：中位", usual, "毫秒", "", None, "< 5", usual < 5)
    yield Figure("同一事件，对近日十万篇：第 99 百分位", rare, "毫秒")


def _ask(session: Session, title: str, text: str) -> object:
    sign = signature(title, text)
    return match_among(sign, title, "", clusters.alike(session, [(sign.keys, ())])[0])


def _ask_in_memory(index: SamenessIndex[int], text: str) -> object:
    return index.best(signature("", text))


def _timed(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def _fill(store: Store, signed: Sequence[Signature], seed: int) -> None:
    """The real signatures, each under a few of a million articles' numbers, and made-up keys for all the others.

    One key in a thousand is shared by thousands of articles, as boilerplate is.
    """
    chance = np.random.default_rng(seed)
    numbers = np.arange(1, STORED + 1)
    width = max(len(each.keys) for each in signed)
    made = chance.integers(-(1 << 63), 1 << 63, size=(STORED, width), dtype=np.int64)
    shared = chance.random((STORED, width)) < 0.001
    made[shared] = chance.integers(0, 200, size=int(shared.sum()))
    packed = [each.packed() for each in signed]
    assert all(unpacked(each) is not None for each in packed)
    for place, each in enumerate(signed):
        made[place, : len(each.keys)] = each.keys
    made.sort(axis=1)
    flat, owners = made.ravel(), np.repeat(numbers, width)
    order = np.argsort(flat, kind="stable")
    with store.session() as session:
        run_sql = session.connection().exec_driver_sql
        sources.put(session, "many", {"kind": "rss", "url": "http://127.0.0.1/"}, now=datetime.now(UTC))
        for start in range(0, STORED, _AT_ONCE):
            part = numbers[start : start + _AT_ONCE].tolist()
            run_sql(_ARTICLE, [(n, str(n), f"题目{n}") for n in part])
            run_sql(_SIGNED, [(n, VERSION, packed[(n - 1) % len(packed)]) for n in part])
        for start in range(0, len(order), _AT_ONCE * 10):
            part = order[start : start + _AT_ONCE * 10]
            run_sql(_BAND, list(zip(flat[part].tolist(), owners[part].tolist(), strict=True)))


_ARTICLE = (
    "INSERT INTO article (id, source_id, external_id, url, canonical_url, title, author, source_name, collected_at, summary,"
    " text, html, language, content_hash, revision, kind, keywords, tagger_version, search_text)"
    " VALUES (?, 1, ?, '', '', ?, '', '', '2026-01-01', '', '', '', 'zh', '', 1, '', '[]', '', '')"
)
_SIGNED = "INSERT INTO articlesignature (article_id, version, packed) VALUES (?, ?, ?)"
_BAND = "INSERT OR IGNORE INTO band (key, article_id) VALUES (?, ?)"
