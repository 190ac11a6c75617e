"""One round of collecting: which sources are due, each as a task of its own, and what happens with failures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.futures import PrefectFuture
from prefect.states import State

from connectors.errors import ConnectorError, RetryLater
from content_store import sources
from flows.opening import open_home
from steps.clustering import sign_due
from steps.collect import collect_source
from steps.pictures import fetch_waiting

AT_ONCE = 4


def worth_retrying(_task: object, _run: object, state: State[Any]) -> bool:
    """Only what may work a little later; a long wait is left to the source's own next time."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, RetryLater) and (error.after or 0) <= 60


@task(name="collect-source", retries=2, retry_delay_seconds=[5, 30], retry_condition_fn=worth_retrying)
def collect_one(home: str, key: str, source_id: int) -> dict[str, int]:
    """`key` is there for whoever reads the run history."""
    newsroom = open_home(Path(home))
    return collect_source(newsroom, source_id, newsroom.now())


@task(name="fetch-pictures")
def fetch_pictures(home: str) -> dict[str, int]:
    newsroom = open_home(Path(home))
    return fetch_waiting(newsroom, newsroom.now())


@flow(name="collect")
def collect_flow(home: str, keys: Sequence[str] = ()) -> dict[str, Any]:
    newsroom = open_home(Path(home))
    with newsroom.store.reading() as session:
        due = [(row.key, row.id) for row in sources.due(session, newsroom.now(), keys)]
    total: Counter[str] = Counter(sources=len(due), failed=0, new=0)
    for start in range(0, len(due), AT_ONCE):
        for counts in _outcomes([collect_one.submit(home, *source) for source in due[start : start + AT_ONCE]]):
            total.update(counts)
    sign_due(newsroom)
    return {**total, **fetch_pictures(home)}


def _outcomes(futures: Sequence[PrefectFuture[dict[str, int]]]) -> list[dict[str, int]]:
    """One source's trouble is its own: it is on record in the source's health, and the round goes on."""
    outcomes = []
    for future in futures:
        result = future.result(raise_on_failure=False)
        if isinstance(result, ConnectorError):
            result = {"failed": 1}
        elif isinstance(result, BaseException):
            raise result
        outcomes.append(result)
    return outcomes
