"""Each Prefect flow does the same as its plain function, on a real Prefect server of the test session."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prefect.testing.utilities import prefect_test_harness

from config.settings import load
from connectors.base import RawPage
from connectors.errors import RetryLater
from connectors.http import HttpClient
from content_store import sources
from content_store.migrate import migrate
from flows import collect as collecting
from flows import opening
from flows.collect import collect_flow
from flows.measure import measure_flow
from flows.plain import PLAIN_ONLY, ROUNDS
from flows.publish import publish_flow
from flows.rank import rank_flow
from flows.remind import remind_flow
from flows.running import PREFECT_FLOWS
from flows.tag import tag_flow
from steps.collect import collect_source
from steps.newsroom import Newsroom

FLOWS = {
    "collect": collect_flow,
    "tag": tag_flow,
    "publish": publish_flow,
    "measure": measure_flow,
    "rank": rank_flow,
    "remind": remind_flow,
}


@pytest.fixture(scope="module")
def prefect_server() -> Iterator[None]:
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
    os.environ["DO_NOT_TRACK"] = "1"
    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    opened = opening.open_home(tmp_path)
    migrate(opened.store)
    return opened


@pytest.mark.parametrize("name", sorted(ROUNDS.keys() - PLAIN_ONLY))
def test_every_round_has_a_flow_that_runs_on_an_empty_newsroom(
    prefect_server: None, newsroom: Newsroom, tmp_path: Path, name: str
) -> None:
    counts = FLOWS[name](home=str(tmp_path))
    assert isinstance(counts, dict)
    module, _, attribute = PREFECT_FLOWS[name].partition(":")
    assert FLOWS[name].fn.__module__ == module
    assert FLOWS[name].fn.__name__ == attribute


def test_a_source_that_fails_is_one_failed_source_in_the_flow_too(
    prefect_server: None, newsroom: Newsroom, tmp_path: Path
) -> None:
    with newsroom.store.session() as session:
        values: dict[str, Any] = {"kind": "kein", "url": "http://127.0.0.1:9/feed"}
        sources.put(session, "unknown-kind", values, now=newsroom.now())
    started = time.monotonic()
    counts = collect_flow(home=str(tmp_path))
    assert (counts["sources"], counts["failed"]) == (1, 1)
    assert time.monotonic() - started < 20
    with newsroom.store.reading() as session:
        source = sources.by_key(session, "unknown-kind")
        assert source is not None
        assert "来源类型" in source.last_error


def test_all_tries_of_one_visit_are_one_failure_of_the_source(
    prefect_server: None, newsroom: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def count(*arguments: Any, **options: Any) -> dict[str, int]:
        asked.append(arguments)
        return collect_source(*arguments, **options)

    monkeypatch.setattr(collecting, "collect_source", count)
    monkeypatch.setattr(collecting, "collect_one", collecting.collect_one.with_options(retry_delay_seconds=[0, 0]))
    with newsroom.store.session() as session:
        sources.put(session, "down", {"kind": "rss", "url": "http://localhost:9/feed"}, now=newsroom.now())
        sources.put(session, "cap", {"kind": "cap", "url": "http://localhost:9/cap"}, now=newsroom.now())
    monkeypatch.setattr(HttpClient, "fetch", unreachable)
    counts = collect_flow(home=str(tmp_path))
    assert (counts["sources"], counts["failed"], len(asked)) == (1, 1, 3)
    with newsroom.store.reading() as session:
        down, cap = sources.by_key(session, "down"), sources.by_key(session, "cap")
        assert down is not None
        assert cap is not None
        assert (down.failures, cap.failures) == (1, 0)


def unreachable(_client: HttpClient, _url: str, **_options: Any) -> RawPage:
    raise RetryLater("连不上，稍后会再试。")


def test_settings_of_a_home_reach_the_flows(tmp_path: Path) -> None:
    assert load(tmp_path).home == tmp_path
