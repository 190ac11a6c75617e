"""Is every post live exactly once? Randomised runs over crash points, faults, people and platforms, judged by the ledger.

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

from benchmarks.figures import Figure, Setting, Table
from benchmarks.publish_judge import WRONG
from benchmarks.publish_matrix import tables

RUNS = 300
AT_ONCE = 4
"""Processes that play runs beside each other; mostly they wait."""
SHARE = 100
"""Runs played in one world at most, before a fresh one is begun."""


def run(setting: Setting) -> Iterator[Figure | Table]:
    """The matrix of what was met, the ledger's sums, the judgement, and each failing run with how to repeat it."""
    verdicts = list(_played(setting.seed, setting.first, setting.runs or RUNS))
    yield from tables(verdicts, each=setting.each)
    bad = Counter(verdict["wrong"] for verdict in verdicts)
    yield Figure(f"运行（种子 {setting.seed}）", len(verdicts), "次")
    yield Figure("其中真实进程被 SIGKILL", sum(verdict["kills"] for verdict in verdicts), "次")
    yield Figure("请过人处理", sum(bool(verdict["by_person"]) for verdict in verdicts), "次")
    for wrong, name in WRONG.items():
        yield Figure(name, bad[wrong], "次", wanted="0", reached=bad[wrong] == 0)
    for verdict in verdicts:
        if verdict["wrong"]:
            what = f"重现：--seed {setting.seed} --first {verdict['number']} --runs 1（{WRONG[verdict['wrong']]}）"
            yield Figure(what, 1, "次", wanted="0", reached=False)


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
