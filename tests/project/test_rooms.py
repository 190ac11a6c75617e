"""What holds over the whole tree: where SQL may stand, what the README must tell, what the registry must have."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from cli.main import COMMANDS
from config.settings import Settings
from connectors.registry import CHANNELS, SOURCES

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("flows", "steps", "connectors", "tagging", "ranking", "desk", "sandbox", "cli", "config")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def sources_of(room: str) -> list[Path]:
    return [path for path in (ROOT / room).rglob("*.py") if "node_modules" not in path.parts]


@pytest.mark.parametrize("room", ROOMS)
def test_sql_stands_in_the_store_only(room: str) -> None:
    found = [path.name for path in sources_of(room) if re.search(r"(?<![\w.])select\(", path.read_text())]
    assert found == []


def test_no_file_in_flows_hides_a_room() -> None:
    rooms = {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()}
    assert "steps" in rooms
    assert rooms.isdisjoint(path.stem for path in (ROOT / "flows").iterdir() if path.suffix == ".py")


@pytest.mark.parametrize(("name", "target"), [*SOURCES.items(), *CHANNELS.items()])
def test_every_name_of_the_registry_leads_to_a_connector_of_that_name(name: str, target: str) -> None:
    module, _, attribute = target.partition(":")
    connector = getattr(import_module(module), attribute)
    assert connector.name == name
    assert hasattr(connector, "Settings")


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_every_kind_of_source_has_a_recording(name: str) -> None:
    assert list((ROOT / "tests" / "recordings" / name).iterdir())


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_the_readme_tells_every_setting(name: str) -> None:
    assert f"`{name}`" in README


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_readme_tells_every_command(name: str) -> None:
    assert re.search(rf"\b{name}\b", README)


def test_no_text_file_names_a_package_registry() -> None:
    names = ("py" + "pi.org", "python" + "hosted", "registry.np" + "mjs", "npm" + "mirror", "tuna.tsing" + "hua")
    files = [
        *ROOT.glob("requirements/*"),
        *ROOT.glob("*.toml"),
        *ROOT.glob("*.md"),
        *(ROOT / "desk" / "assets").glob("*.json"),
        *(ROOT / "docs").rglob("*.md"),
    ]
    assert [path.name for path in files if any(name in path.read_text() for name in names)] == []
