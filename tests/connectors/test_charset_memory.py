"""Memory is bounded, whatever a page holds."""

from __future__ import annotations

import subprocess
import sys

_READS = """
import resource, sys
from connectors.extraction.charset import decode
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
decode("汉字连着写没有空格".encode(sys.argv[1]) * 400_000)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_ten_megabytes_without_a_blank_are_told_apart_within_little_memory() -> None:
    for charset in ("utf-8", "gbk"):
        grown = subprocess.run([sys.executable, "-c", _READS, charset], capture_output=True, text=True, check=True)
        assert int(grown.stdout) < 150, "megabytes beyond what the page itself takes"
