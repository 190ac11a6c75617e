"""Tagging a whole store in a process of its own, stopped by Ctrl-C and by a kill: begun again, it ends as if never stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from content_store import people, sources, tags
from content_store.database import Store
from content_store.migrate import migrate
from content_store.tables import Article, Tag

ROOT = Path(__file__).resolve().parents[2]
ARTICLES = 4_000
NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
TEXT = "长春市气象台发布暴雪橙色预警信号，市民应减少外出，农民要及时清扫大棚积雪。" * 6


def kepu(home: Path, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", "from cli.main import main; main()", "--home", str(home), *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=ROOT, env=environment, preexec_fn=_interruptible, **pipes)


def _interruptible() -> None:
    """A shell's background job ignores Ctrl-C, and so would what it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    store = Store(f"sqlite:///{folder / 'kepu.db'}")
    migrate(store)
    with store.session() as session:
        source = sources.put(session, "s", {"kind": "rss", "name": "源", "url": "http://127.0.0.1/f"}, now=NOW)
        session.add_all(
            Article(
                source_id=source.id,
                external_id=str(number),
                title=f"长春暴雪第{number}报",
                text=TEXT,
                content_hash="h",
                collected_at=NOW,
            )
            for number in range(ARTICLES)
        )
        session.flush()
        user = people.add(session, name="甲", display_name="甲", password_hash="x", roles=["editor"], now=NOW)
        assert user.id is not None
        tags.set_by_person(
            session, 1, theme="emergency", key="snowstorm", name="", rejected=True, user_id=user.id, now=NOW
        )
    store.close()
    return folder


def tagged(home: Path) -> int:
    with Store(f"sqlite:///{home / 'kepu.db'}").reading() as session:
        return len(session.exec(select(Article.id).where(Article.tagger_version != "")).all())


def stopped(home: Path, sign: signal.Signals, after: int) -> tuple[int, str]:
    """Exit code and what was said, of a run that gets the signal once more articles are tagged than before it."""
    running = kepu(home, "tag", "--stored")
    give_up = time.monotonic() + 60
    while running.poll() is None and tagged(home) <= after:
        assert time.monotonic() < give_up, "tagging stands still"
    running.send_signal(sign)
    _, said = running.communicate(timeout=60)
    return running.returncode, said.decode()


def test_tagging_stopped_twice_ends_as_if_never_stopped(home: Path) -> None:
    code, said = stopped(home, signal.SIGINT, 0)
    assert code == 1
    assert "接着打剩下的" in said
    assert "Traceback" not in said
    first = tagged(home)
    assert 0 < first < ARTICLES, "the signal came too late: a lame test"
    stopped(home, signal.SIGKILL, first)
    second = tagged(home)
    assert first < second < ARTICLES, "the kill came too late: a lame test"
    running = kepu(home, "tag", "--stored")
    out, _ = running.communicate(timeout=120)
    assert running.returncode == 0
    assert json.loads(out)["tagged"] == ARTICLES - second
    with Store(f"sqlite:///{home / 'kepu.db'}").reading() as session:
        rows = session.exec(select(Tag).where(Tag.theme == "emergency", Tag.key == "snowstorm")).all()
        assert sorted(row.article_id for row in rows) == list(range(1, ARTICLES + 1))
        assert [(row.article_id, row.rejected) for row in rows if row.made_by == "person"] == [(1, True)]
        assert len({row.version for row in rows if row.made_by == "tagger"}) == 1
