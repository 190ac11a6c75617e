"""Two rounds over everything beside the project that can be collected, each file a source of its own: counts, reasons, speed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, PeerMissing, Setting, Table

_COUNTS = ("new", "revised", "same", "bad", "failed")
_COLUMNS = ("来源", "新增", "更新", "已有", "没能读取", "失败")
_OWN_FAULT = "采集程序出错"
_VARIES = re.compile(r"https?://\S+|\d[\d.:]*")
_EXAMPLE = re.compile(r"例如.*?：")


@dataclass(frozen=True)
class Told:
    """One round: its visits, and what it took."""

    visits: list[dict[str, Any]]
    spent: dict[str, float]

    def sum(self, name: str) -> int:
        return sum(int(visit.get(name, 0)) for visit in self.visits)


def run(setting: Setting) -> Iterator[Figure | Table]:
    """The tables. Raises PeerMissing without the data."""
    if not (setting.data / "feeds").is_dir():
        raise PeerMissing(f"没有找到真实数据文件夹 {setting.data}，请用 --data 指明。")
    with _served(setting.data) as sources, tempfile.TemporaryDirectory() as folder:
        child = [sys.executable, "-m", "benchmarks.round_visits", str(setting.data), folder]
        ended = subprocess.run(child, input=sources, capture_output=True, text=True, check=True)
    first, second = _rounds([json.loads(line) for line in ended.stdout.splitlines()])
    for name, told in (("第一轮", first), ("第二轮（没有新内容）", second)):
        yield Table(name, ("来自" if setting.each else "集合", *_COLUMNS), _counted(told.visits, each=setting.each))
    yield Table("第一轮的原因", ("结果", "来源", "原因", "例如"), _reasons(first.visits))
    yield from _figures(first, second)


def _figures(first: Told, second: Told) -> Iterator[Figure]:
    for name, told in (("第一轮", first), ("第二轮", second)):
        number = len(told.visits)
        yield Figure(f"{name}：来源", number / told.spent["wall"], "个/秒")
        yield Figure(f"{name}：每个来源的 CPU", told.spent["cpu"] * 1000 / number, "毫秒")
    yield Figure("第一轮新增", first.sum("new"), "条", wanted="> 0", reached=first.sum("new") > 0)
    again = second.sum("new") + second.sum("revised")
    yield Figure("第二轮新增或更新", again, "条", wanted="0", reached=not again)
    own = sum(_OWN_FAULT in visit["error"] for visit in (*first.visits, *second.visits))
    yield Figure("程序自己的错", own, "个", wanted="0", reached=not own)
    asked, wanted = len(first.visits) + len(second.visits), 2 * int(first.spent["sources"])
    yield Figure("两轮走完的来源", asked, "个", wanted=f"{wanted:,}", reached=asked == wanted)
    peak = second.spent["peak_mb"]
    yield Figure("内存峰值", peak, "MB", wanted="< 300", reached=peak < 300)


@contextmanager
def _served(data: Path) -> Iterator[str]:
    """The server, and its sources as lines of JSON."""
    command = [sys.executable, "-m", "benchmarks.round_server", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield "".join(iter(server.stdout.readline, "\n"))
        finally:
            server.terminate()


def _rounds(lines: Sequence[dict[str, Any]]) -> tuple[Told, Told]:
    first, second = (
        Told(
            [line | {"failed": bool(line["error"])} for line in lines if line["round"] == number and "key" in line],
            next(line for line in lines if line["round"] == number and "wall" in line),
        )
        for number in (1, 2)
    )
    return first, second


def _counted(visits: Sequence[Mapping[str, Any]], *, each: bool) -> tuple[tuple[str | int, ...], ...]:
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for visit in visits:
        row = sums[f"{visit['of']}/{visit['key']}" if each else visit["of"]]
        row["sources"] += 1
        row.update({name: int(visit.get(name, 0)) for name in _COUNTS})
    rows = [(name, *(sums[name][count] for count in ("sources", *_COUNTS))) for name in sorted(sums)]
    whole = [sum(column) for column in zip(*(row[1:] for row in rows), strict=True)]
    return (*rows, ("合计", *whole))


def _reasons(visits: Sequence[Mapping[str, Any]]) -> tuple[tuple[str | int, ...], ...]:
    """Of each reason how many sources gave it; of entries that could not be read the first of each source counts."""
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for visit in visits:
        if visit["error"]:
            found["失败", _VARIES.sub("…", visit["error"])].append(visit["key"])
        elif visit["remark"]:
            reason = _EXAMPLE.split(visit["remark"], maxsplit=1)[-1]
            found["没能读取", _VARIES.sub("…", reason)].append(visit["key"])
    ordered = sorted(found.items(), key=lambda each: (each[0][0], -len(each[1])))
    return tuple((what, len(keys), reason, keys[0]) for (what, reason), keys in ordered)
