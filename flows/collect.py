"""One round of collecting: which sources are due, each as a task, and what happens with failures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.futures import wait
from prefect.states import State

from connectors.errors import RetryLater
from content_store import sources
from flows.opening import open_home
from steps.collect import collect_source


def worth_retrying(_task: object, _run: object, state: State[Any]) -> bool:
    """Only what may work a little later."""
    return isinstance(state.result(raise_on_failure=False), RetryLater)
