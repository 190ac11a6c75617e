"""The weekly report as a value: what it is made from, its tables, its canonical JSON. Building is in build.py.

A report carries its inputs and its formulas, so that it can be made again from itself and from the kept readings.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

from pydantic import Field

from ranking.formulas import Formula, Frozen

InputKind = Literal["public_count", "api_persons", "hand_entry"]

INPUT_KINDS: Mapping[str, str] = {"public_count": "公开计数", "api_persons": "接口人数", "hand_entry": "人工填报"}
PLATFORMS: Mapping[str, str] = {
    "wechat": "微信公众号",
    "weibo": "微博",
    "douyin": "抖音",
    "kuaishou": "快手",
    "toutiao": "今日头条",
    "kepuchina": "科普号",
}
THEMES: Mapping[str, str] = {
    "emergency": "应急",
    "hot": "热点",
    "local": "本地",
    "audience": "人群",
    "day": "节日节气",
}

# ---------------------------------------------------------------- what a report is made from


class Theme(Frozen):
    group: str
    """emergency, hot, local, audience, day."""
    key: str
    name: str


class Snapshot(Frozen):
    """One kept reading of a post or an account. `reading` is its id in the store; a figure unknown is None."""

    reading: int
    taken_at: datetime
    for_date: date
    input_kind: InputKind
    final: bool = True
    figures: Mapping[str, int | None]


class PostInput(Frozen):
    """A post of the week and the last reading that counts for it; None where there is none yet."""

    delivery: int
    story: int
    title: str
    published_at: datetime
    headline: bool | None = None
    original: bool | None = None
    themes: tuple[Theme, ...] = ()
    url: str = ""
    snapshot: Snapshot | None = None


class AccountInput(Frozen):
    """An account of the week. `days`: the last reading of the account itself for each day of the week that has one."""

    key: str
    platform: str
    name: str
    unit: str = ""
    posts: tuple[PostInput, ...] = ()
    days: tuple[Snapshot, ...] = ()


class ReportInputs(Frozen):
    accounts: tuple[AccountInput, ...] = ()
    last_places: Mapping[str, int] = Field(default_factory=dict)
    """Places in the report of the week before, by the row's `place_key`."""


# ---------------------------------------------------------------- its tables


class Stated(Frozen):
    """What every row says about its figures."""

    input_kinds: tuple[InputKind, ...] = ()
    taken_from: datetime | None = None
    taken_to: datetime | None = None
    missing: tuple[str, ...] = ()
    unsettled: int = 0
    """Readings of which the platform said that they may still change."""


class PartShown(Frozen):
    key: str
    name: str
    value: float


class AccountRow(Frozen):
    place: int | None = None
    last_place: int | None = None
    key: str
    name: str
    unit: str
    articles: int
    value: float | None = None
    """The index; for a platform without a public formula the reads."""
    parts: tuple[PartShown, ...] = ()
    figures: Mapping[str, int | None] = Field(default_factory=dict)
    formula: str = ""
    stated: Stated


class PlatformTable(Frozen):
    """The accounts of one platform. `apart`: rows with missing figures, placed among themselves by their lower bound."""

    platform: str
    name: str
    formula: str | None
    """Key of the formula; None: no public formula, ranked by reads."""
    measure: str
    figures: tuple[str, ...]
    """The figures shown, in order."""
    rows: tuple[AccountRow, ...] = ()
    apart: tuple[AccountRow, ...] = ()


class StoryRow(Frozen):
    """`place` by reads; None, as for the interactions, where nothing is known."""

    place: int | None
    place_by_interactions: int | None
    story: int
    title: str
    themes: tuple[str, ...]
    platforms: tuple[str, ...]
    posts: int
    reads: int | None
    interactions: int | None
    stated: Stated


class ThemeRow(Frozen):
    """`place` among the themes of its group: a county is not compared with an age group."""

    place: int | None
    last_place: int | None = None
    group: str
    key: str
    name: str
    stories: int
    posts: int
    reads: int | None
    interactions: int | None
    reads_per_post: float | None
    stated: Stated


class Change(Frozen):
    """One difference from the revision before, as a person reads it."""

    table: str
    row: str
    what: str
    before: str
    after: str


class Totals(Frozen):
    accounts: int
    accounts_with_posts: int
    posts: int
    stories: int
    reads: int
    interactions: int
    posts_without_reading: int


class Head(Frozen):
    """What stands above and below a report: its title, who makes it, and the lines to be signed."""

    title: str = "科普传播周榜"
    unit: str = ""
    signers: tuple[str, ...] = ("编制", "审核", "签发")


class Report(Frozen):
    head: Head = Head()
    week: str
    provisional: bool = False
    """Made before the week was over."""
    revision: int
    frozen_at: datetime
    frozen_by: str = ""
    totals: Totals
    platforms: tuple[PlatformTable, ...]
    stories: tuple[StoryRow, ...]
    themes: tuple[ThemeRow, ...]
    rules: tuple[str, ...]
    formulas: tuple[Formula, ...]
    """Those used, in full: weights, source and all."""
    changes: tuple[Change, ...] = ()
    inputs: ReportInputs


def canonical(report: Report) -> str:
    """The one JSON text of a report: sorted names, no white space. Equal reports give equal text, on every machine."""
    return json.dumps(report.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def report_hash(report: Report) -> str:
    """SHA-256 of the canonical text."""
    return hashlib.sha256(canonical(report).encode()).hexdigest()


def last_places(report: Report | None) -> dict[str, int]:
    """Places by row, for the next week's "上周" column."""
    if report is None:
        return {}
    places = {f"{table.platform}/{row.key}": row.place for table in report.platforms for row in table.rows}
    places |= {f"theme/{row.group}/{row.key}": row.place for row in report.themes}
    return {key: place for key, place in places.items() if place is not None}
