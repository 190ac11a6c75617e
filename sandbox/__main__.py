"""`python -m sandbox`: the stand-ins without anything else of this project."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path

from sandbox.clock import parse_moment
from sandbox.faults import parse_script
from sandbox.serve import run


def tell(address: str) -> None:
    """The one line on stdout, for the program that started this one."""
    sys.stdout.write(json.dumps({"url": address}) + "\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="sandbox", description="本地沙盘：各平台的替身")
    parser.add_argument("--port", type=int, default=8900)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=Path)
    parser.add_argument("--state", default=":memory:")
    parser.add_argument("--accounts", type=Path)
    parser.add_argument("--start-time")
    parser.add_argument("--with-parent", action="store_true")
    parser.add_argument("--quiet", action="store_true")
    given = parser.parse_args()
    logging.basicConfig(level=logging.WARNING if given.quiet else logging.INFO, format="%(asctime)s %(message)s")
    run(
        given.port,
        ready=tell,
        with_parent=given.with_parent,
        state_path=given.state,
        seed=given.seed,
        fault_rules=parse_script(given.faults.read_text("utf-8")) if given.faults else None,
        account_list=json.loads(given.accounts.read_text("utf-8")) if given.accounts else None,
        start_time=parse_moment(given.start_time) if given.start_time else None,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
