"""Reminding people: consents that end soon, packages whose link never came back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow

from config.settings import load
from flows import plain
from flows.opening import open_home


@flow(name="remind")
def remind_flow(home: str) -> dict[str, Any]:
    newsroom = open_home(Path(home))
    return plain.remind(newsroom, load(Path(home)), newsroom.now())
