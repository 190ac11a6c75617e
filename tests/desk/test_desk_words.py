"""Nothing of the machine on the pages: calls, workers, kinds of sources are said in words; raw numbers are folded away."""

from __future__ import annotations

import re
from pathlib import Path

from conftest_desk import Login, World, a_story, approve, plan, rows

from connectors.registry import SOURCES
from content_store import log
from content_store.tables import Attempt, Receipt
from desk import words

CHANNELS = Path(__file__).parents[2] / "connectors/channels"


def test_every_call_that_a_channel_makes_has_a_name() -> None:
    found = {
        call
        for path in CHANNELS.rglob("channel.py")
        for call in re.findall(r'journal\.call\("(\w+)"', path.read_text())
    }
    assert len(found) > 5
    assert found <= words.CALLS.keys()


def test_every_kind_of_source_has_a_name() -> None:
    assert SOURCES.keys() <= words.SOURCE_KINDS.keys()


def test_a_worker_is_the_system_and_a_person_keeps_the_name() -> None:
    for name in ("vm:9789/1a2b3c4d", "vm:9789", "web-1.local:12/00ff00ff", "hand-off/1a2b3c4d", "queue"):
        assert words.actor(name) == "系统", name
    assert [words.actor(name) for name in ("callback", "王初", "命令行", "王初、赵复")] == [
        "平台通知",
        "王初",
        "命令行",
        "王初、赵复",
    ]


def test_the_page_of_a_delivery_speaks_chinese_and_folds_numbers_away(world: World, as_person: Login) -> None:
    story, now = a_story(world), world.newsroom.now()
    approve(world, story)
    plan(world, as_person, story, "wb-jl")
    number = rows(world)[0].delivery.id
    assert number is not None
    with world.newsroom.store.session() as session:
        session.add(Attempt(delivery_id=number, call="share", fingerprint="f", started_at=now, raw_code="20019"))
        ids = {"status_id": "5001"}
        session.add(Receipt(delivery_id=number, external_ids=ids, state="live", updated_at=now))
        log.append(session, at=now, subject="delivery", subject_id=number, act="sending", actor="vm:9789/1a2b3c4d")
    html = as_person("scheduler").get(f"/deliveries/{number}").text
    assert "发微博" in html
    open_text = re.sub(r"<details>.*?</details>", "", html, flags=re.DOTALL)
    for raw in ("status_id", "20019", "vm:9789", "share"):
        assert raw not in open_text, raw
    assert "status_id=5001" in html


def test_the_sources_page_names_kinds_in_words(as_person: Login) -> None:
    html = as_person("editor").get("/sources").text
    assert "订阅 · 长春市" in html
