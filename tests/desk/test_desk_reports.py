"""The weekly ranking on the desk: the same figures as in print, readable on a phone."""

from __future__ import annotations

import re
from datetime import date

import pytest
from conftest_desk import Login, World, a_story, approve, plan, rows

from config.files import FOLDER, read_toml
from content_store import readings
from content_store.tables import Delivery, DeliveryState
from steps.rank import rank_week, read_rules

WEEK = "2026-W48"


@pytest.fixture
def ranked(world: World, as_person: Login) -> World:
    """A week with one story on two accounts, read 3,541 times: 1,770.5 each."""
    story, newsroom = a_story(world), world.newsroom
    approve(world, story)
    plan(world, as_person, story, "wb-jl", "wb-cc")
    with newsroom.store.session() as session:
        for line, reads in zip(rows(world), (3000, 541), strict=True):
            row = session.get(Delivery, line.delivery.id)
            assert row is not None
            row.state, row.live_at = DeliveryState.LIVE, newsroom.now()
            values = {"account_id": row.account_id, "delivery_id": row.id, "taken_at": newsroom.now()}
            values |= {"for_date": date(2026, 11, 26), "input_kind": "public_count", "reads": reads}
            readings.add(session, values)
    rules = read_rules(read_toml(FOLDER / "indices.toml"), read_toml(FOLDER / "ranking.toml"))
    rank_week(newsroom, WEEK, newsroom.now(), rules)
    return world


def cells(html: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", each) for each in re.findall(r"<td[^>]*>.*?</td>", html, re.DOTALL)]


def test_every_cell_of_every_sheet_is_written_as_in_print(ranked: World, as_person: Login) -> None:
    client = as_person("analyst")
    printed = client.get(f"/reports/{WEEK}/file/html").text
    assert "1,770" in cells(printed)
    shown = []
    for sheet in range(printed.count('<section id="t')):
        html = client.get(f"/reports/{WEEK}?sheet={sheet}").text
        shown += cells(html.partition("<main")[2].partition("</main>")[0])
    assert shown == cells(printed)


def test_long_texts_keep_a_width_that_can_be_read(ranked: World, as_person: Login) -> None:
    html = as_person("analyst").get(f"/reports/{WEEK}").text
    assert re.search(r'<td class="long">吉林省科协</td>', html)
    style = as_person("analyst").get("/static/desk.css").text
    assert re.search(r"\.scroll table\.grid td\.long \{[^}]*min-width", style)
