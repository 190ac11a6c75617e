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
from loopback import Site, serving
from sqlmodel import func, select

from content_store.database import Store
from content_store.tables import Article, ArticleRevision, ArticleSignature, Cluster, Source

ROOT = Path(__file__).resolve().parents[2]
FEEDS, ENTRIES = 30, 20
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


def text_of(number: int, place: int, *, changed: bool = False) -> str:
    chance = random.Random(f"{number}-{place}")
    return "".join(chance.choices(_WORDS, k=90)) + ("。更正：数字已改。" if changed else "。")


def is_changed(place: int) -> bool:
    """In the second round a third of the entries has another text."""
    return place % 3 == 0


def feed(number: int, *, again: bool = False) -> str:
    items = "".join(
        f"<item><guid>{number}-{place}</guid><title>第{number}号来源的第{place}条</title>"
        f"<link>http://a.test/{number}/{place}</link>"
        f"<description>{text_of(number, place, changed=again and is_changed(place))}</description></item>"
        for place in range(ENTRIES)
    )
    return f"<rss version='2.0'><channel><title>源</title>{items}</channel></rss>"


class Round:
    """`kepu collect` in a process of its own, on a store that the test looks into."""

    def __init__(self, home: Path, store: Store, site: Site, urls: list[str]) -> None:
        self._home, self._store, self._site = home, store, site
        self._file = home.parent / "sources.toml"
        entries = (f'[[source]]\nkey = "s{n}"\nkind = "rss"\nurl = "{url}"\n' for n, url in enumerate(urls))
        self._file.write_text("\n".join(entries), "utf-8")

    def started(self) -> subprocess.Popen[bytes]:
        words = ("--home", str(self._home), "collect", "--sources", str(self._file))
        command = [sys.executable, "-c", "from cli.main import main; main()", *words]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "KEPU_DATABASE_URL": self._store.url}
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def killed_on_its_way(
        self, table: type[Article] | type[ArticleRevision], whole: int, kills: int, chance: random.Random
    ) -> None:
        """Begun and killed several times, each at another moment, and at last left to its end.

        The last third of the feeds does not answer before the kill: on the fastest machine the first falls into the writing.
        """
        halfway = 0
        for _ in range(kills):
            self._site.held_after = len(self._site.asked) + FEEDS * 2 // 3
            running = self.started()
            self._await_rows(table, running, chance.randrange(1, whole // 2))
            running.kill()
            running.wait(10)
            halfway += 0 < self._stored(table) < whole
        self._site.held_after = None
        assert halfway, "no kill fell into the writing: a lame test"
        assert self.started().wait(60) == 0

    def _await_rows(
        self, table: type[Article] | type[ArticleRevision], running: subprocess.Popen[bytes], number: int
    ) -> None:
        """Until so many rows are stored, or the round is over."""
        give_up = time.monotonic() + 30
        while running.poll() is None and self._stored(table) < number:
            if time.monotonic() > give_up:
                pytest.fail("the round stands still")

    def _stored(self, table: type[Article] | type[ArticleRevision]) -> int:
        with self._store.reading() as session:
            return session.exec(select(func.count()).select_from(table)).one()


def test_a_killed_round_goes_on_with_nothing_lost_and_nothing_twice(store: Store, tmp_path: Path) -> None:
    seed = int(os.environ.get("KEPU_FAULT_SEED") or random.randrange(10**6))
    sys.stdout.write(f"KEPU_FAULT_SEED={seed}\n")
    chance = random.Random(seed)
    (tmp_path / "home").mkdir()
    with serving() as site:
        rounds = Round(
            tmp_path / "home", store, site, [site.put(f"/{number}", feed(number)) for number in range(FEEDS)]
        )
        rounds.killed_on_its_way(Article, FEEDS * ENTRIES, 2, chance)
        _compare(store, again=False)
        for number in range(FEEDS):
            site.put(f"/{number}", feed(number, again=True))
        rounds.killed_on_its_way(ArticleRevision, FEEDS * len([*filter(is_changed, range(ENTRIES))]), 1, chance)
    _compare(store, again=True)


def _compare(store: Store, *, again: bool) -> None:
    with store.reading() as session:
        articles = session.exec(select(Article)).all()
        truth = {
            f"{number}-{place}": text_of(number, place, changed=again and is_changed(place))
            for number in range(FEEDS)
            for place in range(ENTRIES)
        }
        assert Counter(row.external_id for row in articles) == Counter(list(truth))
        assert {row.external_id: row.text for row in articles} == truth
        changed = {row.id for row in articles if again and is_changed(int(row.external_id.split("-")[1]))}
        assert {row.id for row in articles if row.revision != 1} == changed
        kept = session.exec(select(ArticleRevision)).all()
        assert Counter(row.article_id for row in kept) == Counter(list(changed))
        assert {(row.revision, "更正" in row.text) for row in kept} <= {(1, False)}
        assert len(session.exec(select(ArticleSignature)).all()) == len(articles)
        sizes = Counter(row.cluster_id for row in articles)
        assert {row.id: row.size for row in session.exec(select(Cluster))} == sizes
        assert all(row.cursor and row.failures == 0 for row in session.exec(select(Source)))
