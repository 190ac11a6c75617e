"""Fixtures of the commands' tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from kepu_command import Command


@pytest.fixture
def kepu(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    return Command(tmp_path / "home", capsys, monkeypatch)
