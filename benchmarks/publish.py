"""Is every post live exactly once? Randomised runs over crash points, faults and platforms, judged by the ledger.

Run `number` of a seed is the same whatever ran before it, so that a failing one is repeated alone:
`kepu bench publish --seed S --first NUMBER --runs 1`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.figures import Figure, Setting
from benchmarks.publish_kits import KITS
from benchmarks.publish_plans import NOTHING

RUNS = 300
AT_ONCE = 4
"""Processes that play runs beside each other; mostly they wait."""
SHARE = 100
"""Runs played in one world at most, before a fresh one is begun."""
WRONG = {
    "lost": "丢失",
    "doubled": "重复",
    "stuck": "卡住",
    "wrongly live": "假已发布",
    "wrongly withdrawn": "假已撤回",
    "crashed": "程序出错",
}


def run(setting: Setting) -> Iterator[Figure]:
    """The judgement, the matrix of what was met, and each failing run with how to repeat it."""
    verdicts = list(_played(setting.seed, setting.first, setting.runs or RUNS))
    bad = Counter(verdict["wrong"] for verdict in verdicts)
    yield Figure(f"运行（种子 {setting.seed}）", len(verdicts), "次")
    yield Figure("其中真实进程被 SIGKILL", sum(verdict["kills"] for verdict in verdicts), "次")
    yield Figure("请过人处理", sum(bool(verdict["by_person"]) for verdict in verdicts), "次")
    for wrong, name in WRONG.items():
        yield Figure(name, bad[wrong], "次", wanted="0", reached=bad[wrong] == 0)
    yield from _matrix(verdicts, "faults", "故障")
    yield from _matrix(verdicts, "crashes", "中断")
    for verdict in verdicts:
        if verdict["wrong"]:
            what = f"重现：--seed {setting.seed} --first {verdict['number']} --runs 1（{WRONG[verdict['wrong']]}）"
            yield Figure(what, 1, "次", wanted="0", reached=False)


def _matrix(verdicts: list[dict[str, Any]], part: str, title: str) -> Iterator[Figure]:
    """How often each platform met it, and whether all these runs ended well."""
    met: Counter[tuple[str, str]] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    for verdict in verdicts:
        for name in set(verdict[part]) or {NOTHING}:
            met[verdict["platform"], name] += 1
            wrong[verdict["platform"], name] += bool(verdict["wrong"])
    for platform in KITS:
        for (other, name), count in sorted(met.items()):
            if other == platform:
                good = not wrong[platform, name]
                yield Figure(f"{KITS[platform].name} × {title}：{name}", count, "次", wanted="全部正确", reached=good)


def _played(seed: int, first: int, runs: int) -> Iterator[dict[str, Any]]:
    share = min(SHARE, -(-runs // AT_ONCE))
    shares = [(start, min(share, first + runs - start)) for start in range(first, first + runs, share)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for verdicts in pool.map(lambda share: _in_process(seed, *share), shares):
            yield from verdicts


def _in_process(seed: int, first: int, runs: int) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "benchmarks.publish_share", str(seed), str(first), str(runs)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise RuntimeError(f"seed {seed}, runs from {first}: {ended.stderr[-2000:]}")
    return [json.loads(line) for line in ended.stdout.splitlines()]
