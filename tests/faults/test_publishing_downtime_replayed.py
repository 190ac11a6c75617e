"""The replayed standstill of `kepu bench downtime`: what each lane's rule makes of a day's posts; and its figures can fail."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from benchmarks.downtime import run
from benchmarks.figures import Figure, Setting, Table
from connectors.base import Outcome
from connectors.channels.weibo.channel import Weibo
from steps import claiming

POSTS = 50


ONE_RULE = 9
"""The table and the figures of the first set of rules."""


def replayed(folder: Path, most: int | None = None) -> tuple[dict[str, Table], dict[str, Figure]]:
    told = list(islice(run(Setting(data=folder, seed=4), posts=POSTS), most))
    tables = {each.title.partition("：")[2]: each for each in told if isinstance(each, Table)}
    return tables, {each.what: each for each in told if isinstance(each, Figure)}


def sums(table: Table, lane: str) -> tuple[int, int, int]:
    """Sent, asked, dropped."""
    rows = [row for row in table.rows if row[0] == lane]
    return tuple(sum(int(row[place]) for row in rows) for place in (4, 5, 6))  # type: ignore[return-value]  # three places


def test_after_a_day_off_each_lane_follows_its_rule_and_nothing_is_silent(tmp_path: Path) -> None:
    tables, figures = replayed(tmp_path)
    assert all(figure.reached is not False for figure in figures.values()), figures
    shipped, stricter = tables["config/lanes.toml"], tables["批量过时不发"]
    for table in tables.values():
        assert sum(int(row[3]) for row in table.rows) == POSTS
        assert all(row[3] == sum(row[4:]) for row in table.rows), "each post is sent, asked about, or dropped"
        assert sums(table, "应急")[1] > 0
    assert sums(shipped, "常规")[1:] == sums(shipped, "批量")[1:] == (0, 0)
    assert sums(stricter, "批量")[2] > 0


def test_what_is_called_sent_without_being_out_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Weibo, "publish", lambda self, post, journal: Outcome(state="done"))
    _, figures = replayed(tmp_path, ONE_RULE)
    assert figures["config/lanes.toml：称已发布而账本没有"].reached is False


def test_a_late_post_that_goes_out_without_a_word_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming, "said_late", lambda due_at, now: "")
    _, figures = replayed(tmp_path, ONE_RULE)
    assert figures["config/lanes.toml：没有写明迟到或未发的原因"].reached is False
