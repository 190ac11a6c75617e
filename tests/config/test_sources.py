"""The list of sources that ships: every entry could be registered as it stands. None of them is fetched here."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from config import entries
from config.entries import SourceEntry
from config.files import FOLDER, ConfigError
from connectors.registry import SOURCES, source_class
from connectors.sources.addresses import canonical

THEMES = {"national", "jilin", "health", "weather", "earthquake", "agriculture", "space", "rumours", "hot"}
CITIES = {"220100", "220200", "220300", "220400", "220500", "220600", "220700", "220800", "222400"}


@pytest.fixture(scope="module")
def shipped() -> list[SourceEntry]:
    return entries.sources(FOLDER / "sources.toml")


def test_every_entry_is_of_a_known_kind_with_settings_that_it_takes(shipped: list[SourceEntry]) -> None:
    for entry in shipped:
        assert entry.kind in SOURCES, entry.key
        source_class(entry.kind).Settings.model_validate({"url": entry.url} | entry.settings)


def test_there_are_enough_of_them_for_every_theme_and_every_city_of_the_province(shipped: list[SourceEntry]) -> None:
    assert len(shipped) >= 40
    assert {entry.theme for entry in shipped} >= THEMES
    assert {entry.area for entry in shipped} >= CITIES


def test_no_two_entries_are_the_same_source(shipped: list[SourceEntry]) -> None:
    for shown in ([entry.key for entry in shipped], [entry.name for entry in shipped]):
        assert len(set(shown)) == len(shown)
    addresses = [canonical(entry.url) for entry in shipped]
    assert len(set(addresses)) == len(addresses)


def test_their_areas_are_areas_of_the_province(shipped: list[SourceEntry]) -> None:
    lines = [line for line in (FOLDER / "areas.csv").read_text("utf-8").splitlines() if not line.startswith("#")]
    known = {row["code"] for row in csv.DictReader(lines)}
    assert {entry.area for entry in shipped} - {""} <= known


def test_nobody_is_reprinted_without_asking_and_what_was_not_visited_says_where_it_is_from(
    shipped: list[SourceEntry],
) -> None:
    assert {entry.reprint for entry in shipped} == {"ask"}
    assert all(entry.note for entry in shipped if not entry.checked)


def test_alerts_are_asked_for_every_minute_and_nobody_else_is(shipped: list[SourceEntry]) -> None:
    assert {entry.rhythm_minutes for entry in shipped if entry.kind == "cap"} == {1}
    assert all(entry.rhythm_minutes >= 5 for entry in shipped if entry.kind != "cap")


def test_an_unchecked_entry_without_a_note_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text('[[source]]\nkey = "a"\nkind = "rss"\nurl = "http://a.cn/"\nchecked = false')
    with pytest.raises(ConfigError, match="note"):
        entries.sources(file)


def test_the_usual_hot_lists_have_several_routes_and_wait_until_somebody_tried_them(shipped: list[SourceEntry]) -> None:
    lists = {entry.name: entry for entry in shipped if entry.kind == "hotlist"}
    assert {name[:2] for name in lists} == {"微博", "百度", "知乎", "头条", "抖音", "B站"}
    for entry in lists.values():
        assert len(entry.settings["routes"]) >= 1
        assert (entry.enabled, entry.checked) == (False, False)
