"""Sending what is due. The clock does this plainly every few seconds; this flow is for hand and history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow

from config.settings import load
from flows import plain
from flows.opening import open_home


@flow(name="publish")
def publish_flow(home: str) -> dict[str, Any]:
    newsroom = open_home(Path(home))
    return plain.publish(newsroom, load(Path(home)), newsroom.now())
