"""kepu clock and kepu sandbox where they cannot start: one sentence, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["clock"], "已损坏"),
        (["sandbox", "--faults", "absent.json"], "读不到故障脚本"),
    ],
)
def test_what_cannot_start_says_why_and_nothing_else(tmp_path: Path, words: list[str], said: str) -> None:
    (tmp_path / "kepu.db").write_bytes(b"no database " * 500)
    ended = subprocess.run(
        [sys.executable, "-c", "from cli.main import main; main()", "--home", str(tmp_path), *words],
        capture_output=True,
        timeout=60,
        check=False,
    )
    told = ended.stderr.decode()
    assert (ended.returncode, told.count("\n"), ended.stdout) == (1, 1, b""), told
    assert said in told
