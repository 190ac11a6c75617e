"""One round of collecting: which sources are due, each as a task of its own, and what happens with failures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.futures import PrefectFuture
from prefect.runtime import task_run
from prefect.states import State
from prefect.task_runners import ThreadPoolTaskRunner

from connectors.errors import ConnectorError, OutOfTime, RetryLater
from content_store import sources
from flows.opening import open_home
from steps.clustering import sign_due
from steps.collect import Unfinished, collect_source
from steps.pictures import fetch_waiting
from steps.rhythm import EMERGENCY_KINDS

AT_ONCE = 4
RETRIES = 2


def worth_retrying(_task: object, _run: object, state: State[Any]) -> bool:
    """Only what may work a little later; a long wait is left to the source's own next time."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, Exception) and _may_work_soon(error)


def _may_work_soon(error: Exception) -> bool:
    return isinstance(error, RetryLater) and not isinstance(error, OutOfTime) and (error.after or 0) <= 60


@task(name="collect-source", retries=RETRIES, retry_delay_seconds=[5, 30], retry_condition_fn=worth_retrying)
def collect_one(home: str, key: str, source_id: int, round_at: datetime | None = None) -> dict[str, int]:
    """`key` is there for whoever reads the run history. All tries are one visit: only the last one's failure is noted."""
    newsroom = open_home(Path(home))
    last = task_run.run_count > RETRIES
    if not newsroom.traffic.under_way.begin(source_id, round_at):
        return {}
    try:
        return collect_source(
            newsroom, source_id, newsroom.now(), trying_again=lambda error: not last and _may_work_soon(error)
        )
    finally:
        newsroom.traffic.under_way.end(source_id)


@task(name="fetch-pictures")
def fetch_pictures(home: str) -> dict[str, int]:
    newsroom = open_home(Path(home))
    return fetch_waiting(newsroom, newsroom.now())


_RUNNER: Any = ThreadPoolTaskRunner(max_workers=AT_ONCE)


@flow(name="collect", task_runner=_RUNNER)
def collect_flow(home: str, keys: Sequence[str] = ()) -> dict[str, Any]:
    newsroom = open_home(Path(home))
    now = newsroom.now()
    with newsroom.store.reading() as session:
        # warnings have a round of their own, which waits for nobody
        due = [
            (row.key, row.id or 0) for row in sources.due(session, now, keys, without=() if keys else EMERGENCY_KINDS)
        ]
    total: Counter[str] = Counter(sources=len(due), failed=0, new=0)
    round_at = None if keys else now
    for counts in _outcomes([collect_one.submit(home, *source, round_at) for source in due]):
        total.update(counts)
    with newsroom.traffic.under_way.alone("after collecting") as mine:
        if not mine:
            return dict(total)
        sign_due(newsroom)
        return {**total, **fetch_pictures(home)}


def _outcomes(futures: Sequence[PrefectFuture[dict[str, int]]]) -> list[dict[str, int]]:
    """One source's trouble is its own: it is on record in the source's health, and the round goes on."""
    outcomes = []
    for future in futures:
        result = future.result(raise_on_failure=False)
        if isinstance(result, Unfinished):
            result = result.counts | {"failed": 1}
        elif isinstance(result, ConnectorError):
            result = {"failed": 1}
        elif isinstance(result, BaseException):
            raise result
        outcomes.append(result)
    return outcomes
