"""Freezing last week's ranking."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow

from config.settings import load
from flows import plain
from flows.opening import open_home


@flow(name="rank")
def rank_flow(home: str) -> dict[str, Any]:
    newsroom = open_home(Path(home))
    return plain.rank_last_week(newsroom, load(Path(home)), newsroom.now())
