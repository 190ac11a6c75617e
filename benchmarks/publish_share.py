"""A share of the publishing runs in a process of its own: `python -m benchmarks.publish_share SEED FIRST RUNS`.

One verdict a line, as JSON.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from benchmarks.publish_plans import plan_of
from benchmarks.publish_played import Verdict
from benchmarks.publish_runs import play
from benchmarks.publish_stage import stage


def verdicts(seed: int, first: int, runs: int) -> Iterator[Verdict]:
    with tempfile.TemporaryDirectory(prefix="kepu-bench-") as folder, stage(Path(folder), seed) as opened:
        for number in range(first, first + runs):
            yield play(opened, plan_of(seed, number))


if __name__ == "__main__":
    # the stand-ins report each cut connection
    logging.disable(logging.ERROR)
    for verdict in verdicts(*(int(given) for given in sys.argv[1:4])):
        sys.stdout.write(json.dumps(asdict(verdict), ensure_ascii=False) + "\n")
        sys.stdout.flush()
