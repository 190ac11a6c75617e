"""How fast rounds over many feeds are, beside the `reader` library with as many workers on the same feeds."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import requests

from benchmarks.feed_server import ENTRIES, hosts
from benchmarks.figures import Figure, PeerMissing, Setting

FEEDS, HOSTS = 1000, 32


def run(setting: Setting, *, feeds: int = FEEDS) -> Iterator[Figure]:
    """The table. Raises PeerMissing without `reader`."""
    if find_spec("reader") is None:
        raise PeerMissing("没有安装 reader，请先运行 make peers。")
    told = {who: _measured(who, feeds) for who in ("reader", "kepu")}
    ours, theirs = told["kepu"], told["reader"]
    for number, (what, wanted) in enumerate((("第一轮", 2), ("第二轮（没有新内容）", 5))):
        one, other = (feeds / each["rounds"][number]["wall"] for each in (ours, theirs))
        yield Figure(what, one, "个/秒", "reader", other, f"≥ {wanted} 倍", one >= wanted * other)
        cpu = [each["rounds"][number]["cpu"] * 1000 / feeds for each in (ours, theirs)]
        yield Figure(f"{what}：每个来源的 CPU", cpu[0], "毫秒", "reader", cpu[1])
    yield Figure("存下的条目", ours["rounds"][1]["entries"], "", "reader", theirs["rounds"][1]["entries"])
    yield Figure(
        "两轮问过的来源", ours["asked"], "", "reader", theirs["asked"], f"{2 * feeds}", ours["asked"] == 2 * feeds
    )
    yield Figure("内存峰值", ours["peak_mb"], "MB", "reader", theirs["peak_mb"], "< 300", ours["peak_mb"] < 300)
    assert ours["rounds"][0]["entries"] == feeds * ENTRIES


def _measured(who: str, feeds: int) -> dict[str, Any]:
    """Both rounds of one side against a server that has answered nobody before."""
    command = [sys.executable, "-m", "benchmarks.feed_server", str(feeds), str(HOSTS)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        try:
            assert server.stdout is not None
            port = int(server.stdout.readline())
            places = hosts(HOSTS)
            urls = [f"http://{places[number % HOSTS]}:{port}/feed/{number}" for number in range(feeds)]
            child = [sys.executable, "-m", "benchmarks.feed_rounds", who, str(Path(folder))]
            ended = subprocess.run(child, input="\n".join(urls), capture_output=True, text=True, check=True)
            asked = int(requests.get(f"http://{places[0]}:{port}/asked", timeout=5).text)
        finally:
            server.terminate()
    return {**json.loads(ended.stdout.splitlines()[-1]), "asked": asked}
