"""Yesterday's figures of every account."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow

from config.settings import load
from flows import plain
from flows.opening import open_home


@flow(name="measure")
def measure_flow(home: str) -> dict[str, Any]:
    newsroom = open_home(Path(home))
    return plain.measure_yesterday(newsroom, load(Path(home)), newsroom.now())
