"""The tables after the publishing runs: what each way of publishing met, how it ended, and what the ledgers say. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from benchmarks.figures import Table
from benchmarks.publish_judge import WRONG
from benchmarks.publish_kits import KITS
from benchmarks.publish_line import LINE
from benchmarks.publish_plans import CALLBACKS, NOTHING, TWO
from content_store.tables import DeliveryState as State
from steps.delivery_rules import STATE_NAMES

Verdict = Mapping[str, Any]
"""A benchmarks.publish_played.Verdict as it comes from a process."""
SUM = "合计"
_ENDS = (State.LIVE, State.WITHDRAWN, State.FAILED)


def tables(verdicts: Sequence[Verdict], *, each: bool) -> Iterator[Table]:
    """With `each` also one row for every way, mishap and ending, for a machine."""
    yield _beside_each_other("故障 × 平台（发生/计划）", verdicts, "faults", list(LINE))
    yield _beside_each_other("中断 × 平台", verdicts, "crashes", [])
    yield _beside_each_other(
        "人、账号、时钟与回调 × 平台", verdicts, "hands", [*TWO, *(f"回调{how}" for how in CALLBACKS)]
    )
    yield _endings(verdicts)
    yield _ledger(verdicts)
    if each:
        yield _one_by_one(verdicts)


def _beside_each_other(title: str, verdicts: Sequence[Verdict], part: str, first: list[str]) -> Table:
    """A row for each mishap, a column for each way: in how many runs it happened, and how many of these ended wrongly. Of faults
    also for how many runs it was planned: not every call comes that a plan waits for."""
    planned: dict[str, Counter[str]] = defaultdict(Counter)
    met: dict[str, Counter[str]] = defaultdict(Counter)
    wrong: dict[str, Counter[str]] = defaultdict(Counter)
    for verdict in verdicts:
        for name in set(verdict[part]) or {NOTHING}:
            for way in (verdict["platform"], SUM):
                met[name][way] += 1
                wrong[name][way] += bool(verdict["wrong"])
        for name in set(verdict["planned"]) if part == "faults" else ():
            for way in (verdict["platform"], SUM):
                planned[name][way] += 1
    ways = [*KITS, SUM]
    rows = tuple(
        (name, *(_cell(met[name][way], wrong[name][way], planned[name][way]) for way in ways))
        for name in _ordered({*met, *planned}, first)
    )
    return Table(title, (title.partition(" ")[0], *(kit.name for kit in KITS.values()), SUM), rows)


def _ordered(met: Iterable[str], first: list[str]) -> list[str]:
    """What every platform has, then what only some have; nothing at all stands on top."""
    place = {name: number for number, name in enumerate([NOTHING, *first])}
    return sorted(met, key=lambda name: (place.get(name, len(place)), name))


def _cell(count: int, wrong: int, planned: int = 0) -> str:
    if not count and not planned:
        return "·"
    told = f"{count:,}/{planned:,}" if planned else f"{count:,}"
    return f"{told} 错 {wrong:,}" if wrong else told


def _endings(verdicts: Sequence[Verdict]) -> Table:
    """How often each way ended how. What ended wrongly stands apart, a column for each kind that came up."""
    seen = [wrong for wrong in WRONG if any(verdict["wrong"] == wrong for verdict in verdicts)]
    columns = (
        "平台",
        "运行",
        *(STATE_NAMES[state] for state in _ENDS),
        "请过人",
        "错",
        *(WRONG[wrong] for wrong in seen),
    )
    rows: list[tuple[str | int, ...]] = []
    for way, kit in KITS.items():
        own = [verdict for verdict in verdicts if verdict["platform"] == way]
        good = Counter(verdict["ended"] for verdict in own if not verdict["wrong"])
        bad = Counter(verdict["wrong"] for verdict in own if verdict["wrong"])
        people = sum(bool(verdict["by_person"]) for verdict in own)
        counts = [len(own), *(good[state] for state in _ENDS), people, bad.total(), *(bad[wrong] for wrong in seen)]
        rows.append((kit.name, *counts))
    return Table("结局 × 平台", columns, tuple(rows))


def _ledger(verdicts: Sequence[Verdict]) -> Table:
    """What really became public, by the stand-ins' ledgers."""
    columns = ("平台", "投递", "曾公开", "仍公开", "已撤下", "平台拒绝", "未发出就取消", "公开两次以上")
    rows = []
    for name, ways in (*((kit.name, (way,)) for way, kit in KITS.items()), (SUM, tuple(KITS))):
        own = [verdict for verdict in verdicts if verdict["platform"] in ways]
        public, standing = sum(one["public"] for one in own), sum(one["standing"] for one in own)
        refused = sum(one["ended"] == State.FAILED and not one["public"] for one in own)
        called_off = sum(one["ended"] == State.WITHDRAWN and not one["public"] for one in own)
        twice = sum(one["public"] > 1 for one in own)
        rows.append((name, len(own), public, standing, public - standing, refused, called_off, twice))
    return Table("账本", columns, tuple(rows))


def _one_by_one(verdicts: Sequence[Verdict]) -> Table:
    met: Counter[tuple[str, str, str]] = Counter()
    wrong: Counter[tuple[str, str, str]] = Counter()
    for verdict in verdicts:
        ended = STATE_NAMES[State(verdict["ended"])]
        for name in {*verdict["faults"], *verdict["crashes"], *verdict["hands"]} or {NOTHING}:
            met[KITS[verdict["platform"]].name, name, ended] += 1
            wrong[KITS[verdict["platform"]].name, name, ended] += bool(verdict["wrong"])
    rows = tuple((*key, count, wrong[key]) for key, count in sorted(met.items()))
    return Table("逐项", ("平台", "遇到", "结局", "次", "错"), rows)
