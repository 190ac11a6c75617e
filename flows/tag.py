"""Tagging what was collected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow

from config.settings import load
from flows import plain
from flows.opening import open_home


@flow(name="tag")
def tag_flow(home: str) -> dict[str, Any]:
    newsroom = open_home(Path(home))
    return plain.tag(newsroom, load(Path(home)), newsroom.now())
