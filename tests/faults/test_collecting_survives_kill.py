"""A round of collecting that is killed at any moment: begun again, it loses nothing and takes nothing twice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from loopback import serving
from sqlmodel import select

from content_store.database import Store
from content_store.tables import Article, ArticleSignature, Cluster, Source

ROOT = Path(__file__).resolve().parents[2]
FEEDS, ENTRIES, KILLS = 30, 20, 5
_WORDS = (
    "天池",
    "火山",
    "监测",
    "冻雨",
    "暴雪",
    "防寒",
    "卫星",
    "玉米",
    "黑土地",
    "疫苗",
    "流感",
    "地震",
    "台站",
    "道路",
    "结冰",
    "消防",
    "芯片",
    "航天",
    "营养",
    "湿地",
    "候鸟",
    "月球",
    "基因",
    "细胞",
)


def feed(number: int) -> str:
    chance = random.Random(number)
    items = "".join(
        f"<item><guid>{number}-{place}</guid><title>第{number}号来源的第{place}条</title>"
        f"<link>http://a.test/{number}/{place}</link><description>{''.join(chance.choices(_WORDS, k=90))}。</description></item>"
        for place in range(ENTRIES)
    )
    return f"<rss version='2.0'><channel><title>源</title>{items}</channel></rss>"


def kepu(home: Path, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", "from cli.main import main; main()", "--home", str(home), *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def stored(home: Path) -> int:
    store = Store(f"sqlite:///{home / 'kepu.db'}")
    with store.reading() as session:
        return len(session.exec(select(Article.id)).all())


def test_a_killed_round_goes_on_with_nothing_lost_and_nothing_twice(tmp_path: Path) -> None:
    seed = int(os.environ.get("KEPU_FAULT_SEED") or random.randrange(10**6))
    sys.stdout.write(f"KEPU_FAULT_SEED={seed}\n")
    chance = random.Random(seed)
    home, file = tmp_path / "home", tmp_path / "sources.toml"
    with serving() as site:
        urls = [site.put(f"/{number}", feed(number)) for number in range(FEEDS)]
        entries = (f'[[source]]\nkey = "s{n}"\nkind = "rss"\nurl = "{url}"\n' for n, url in enumerate(urls))
        file.write_text("\n".join(entries), "utf-8")
        assert kepu(home, "source", "add", "--file", str(file)).wait(60) == 0
        halfway = 0
        for _ in range(KILLS):
            running = kepu(home, "collect", "--sources", str(file))
            _await_articles(home, running, chance.randrange(1, FEEDS * ENTRIES))
            running.kill()
            running.wait(10)
            halfway += 0 < stored(home) < FEEDS * ENTRIES
        assert halfway, "no kill fell into the writing: a lame test"
        assert kepu(home, "collect", "--sources", str(file)).wait(60) == 0
    _compare(home)


def _await_articles(home: Path, running: subprocess.Popen[bytes], number: int) -> None:
    """Until so many articles are stored, or the round is over."""
    give_up = time.monotonic() + 30
    while running.poll() is None and stored(home) < number:
        if time.monotonic() > give_up:
            pytest.fail("the round stands still")


def _compare(home: Path) -> None:
    with Store(f"sqlite:///{home / 'kepu.db'}").reading() as session:
        articles = session.exec(select(Article)).all()
        truth = {f"{number}-{place}" for number in range(FEEDS) for place in range(ENTRIES)}
        assert Counter(row.external_id for row in articles) == Counter(truth)
        assert {row.revision for row in articles} == {1}
        assert len(session.exec(select(ArticleSignature)).all()) == len(articles)
        sizes = Counter(row.cluster_id for row in articles)
        assert {row.id: row.size for row in session.exec(select(Cluster))} == sizes
        assert all(row.cursor and row.failures == 0 for row in session.exec(select(Source)))
