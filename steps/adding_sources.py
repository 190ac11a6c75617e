"""Adding a source at the desk: what an address gives, how it would look as a source, and writing it down.

Nothing is stored before somebody presses save, and every change is in the log with the name of who made it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from connectors.registry import SOURCES, source_class
from connectors.sources.addresses import canonical
from content_store import collecting, log, sources
from content_store.tables import Source
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom
from tagging.areas import Areas

LONGEST_NAME = 120
LONGEST_KEY = 60
RESERVED = frozenset({"new"})
"""Keys that are addresses of the desk."""
REPRINTS = ("own", "allowed", "ask", "forbidden")
_COMMON_LABELS = frozenset({"www", "m", "com", "cn", "net", "org", "gov", "edu", "ac", "news", "rss", "feed", "feeds"})
_PLACES = ("province", "city", "county")


class Faulty(Refused):
    """Single fields of a wish are wrong. `faults`: what is wrong with each and what to do, in Chinese, by its name."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("".join(faults.values()))
        self.faults = dict(faults)


@dataclass(frozen=True)
class Wish:
    """A source as somebody wants it."""

    kind: str
    url: str
    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    area: str = ""
    trust: int = 3
    reprint: str = "ask"
    rhythm_minutes: int = 60


# ---------------------------------------------------------------- decisions


def key_for(url: str, taken: Collection[str]) -> str:
    """A key from the telling parts of the host, with a number where it is taken: https://kjt.jl.gov.cn/ → kjt-jl."""
    host = urlsplit(url).hostname or ""
    labels = [label for label in host.split(".") if label not in _COMMON_LABELS]
    stem = re.sub(r"[^a-z0-9]+", "-", "-".join(labels).lower()).strip("-")[:LONGEST_KEY] or "source"
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}-{number}", number + 1
    return key


def at_address(rows: Iterable[Source], url: str) -> Source | None:
    """The source that reads this address already, whatever its scheme and trackers. Pure."""
    wanted = canonical(url) or url
    return next((row for row in rows if (canonical(row.url) or row.url) == wanted), None)


def neighbour(rows: Iterable[Source], url: str) -> Source | None:
    """A source on the same named host: its area and trust are the best guess for another column of that site. Pure.

    Behind a bare number any sites may live together: it has no neighbours.
    """
    host = _host(url)
    if not host.strip("0123456789.:[]"):
        return None
    return next((row for row in rows if _host(row.url) == host), None)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def area_of(name: str, areas: Areas) -> str:
    """The code of the area that a source's name speaks of, the narrowest; "" where it names none."""
    found = [
        (each.code.endswith("0000"), each.code.endswith("00"), -len(each.name), each.code)
        for each in areas.names
        if each.kind in _PLACES and each.use == "plain" and each.name in name
    ]
    return min(found)[-1] if found else ""


def checked(newsroom: Newsroom, wish: Wish) -> Wish:
    """The wish with its words in order. Raises Faulty, or NeedsPerson where kind or settings as a whole are wrong."""
    found = replace(wish, name=" ".join(wish.name.split())[:LONGEST_NAME])
    if faults := {**_own_faults(found, newsroom.areas), **setting_faults(wish)}:
        raise Faulty(faults)
    newsroom.source(as_row(found, found.name, newsroom.now()))
    return found


def _own_faults(wish: Wish, areas: Areas) -> dict[str, str]:
    right = {
        "name": (bool(wish.name), "请写上来源的名称。"),
        "reprint": (wish.reprint in REPRINTS, "请选择转载许可。"),
        "trust": (1 <= wish.trust <= 5, "可信度应在 1 到 5 之间。"),
        "rhythm": (1 <= wish.rhythm_minutes <= 7 * 1440, "采集间隔应在 1 分钟到 7 天之间。"),
        "area": (not wish.area or wish.area in areas.official, "没有这个地区，请从列表里选。"),
    }
    return {name: said for name, (is_right, said) in right.items() if not is_right}


def setting_faults(wish: Wish) -> dict[str, str]:
    """What is wrong with single settings of the wish's kind, by their names. Pure."""
    if wish.kind not in SOURCES:
        return {}
    try:
        source_class(wish.kind).Settings.model_validate({**wish.settings, "url": wish.url})
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
        return {str(each["loc"][0]): _said(each) for each in reversed(found) if each["loc"]}
    return {}


def _said(fault: ErrorDetails) -> str:
    """What pydantic found wrong, for a person; a shape's own check says it in Chinese already."""
    limits = fault.get("ctx", {})
    if fault["type"] == "value_error":
        return str(limits.get("error", ""))
    told = {
        "int_parsing": "请填一个整数。",
        "int_type": "请填一个整数。",
        "missing": "请填上。",
        "extra_forbidden": "没有这一项，请删去。",
        "greater_than_equal": f"最小是 {limits.get('ge')}，请改大。",
        "less_than_equal": f"最大是 {limits.get('le')}，请改小。",
        "too_long": f"最多 {limits.get('max_length')} 个，请删去一些。",
    }
    return told.get(fault["type"], "写得不对，请改正。")


def as_row(wish: Wish, key: str, now: datetime) -> Source:
    """A row that is in no store yet."""
    return Source(key=key, created_at=now, **asdict(wish))


# ---------------------------------------------------------------- doing


def add(newsroom: Newsroom, wish: Wish, *, by: str, now: datetime) -> str:
    """Writes the source down; it is collected in the next round. Returns its key. Raises Refused or NeedsPerson."""
    wanted = checked(newsroom, wish)
    with newsroom.store.session() as session:
        there = sources.listed(session)
        same = at_address(there, wanted.url)
        if same is not None:
            raise Refused(f"这个网址已经是来源“{same.name}”，不用再添加。")
        key = key_for(wanted.url, {row.key for row in there} | RESERVED)
        row = sources.put(session, key, asdict(wanted), now=now)
        assert row.id is not None
        log.append(session, at=now, subject="source", subject_id=row.id, act="added", actor=by, why=wanted.url)
    return key


def change(newsroom: Newsroom, key: str, wish: Wish, *, by: str, now: datetime) -> list[str]:
    """Changes a source's settings; returns what changed, in Chinese. Raises Refused or NeedsPerson."""
    wanted = asdict(checked(newsroom, wish))
    with newsroom.store.session() as session:
        row = sources.by_key(session, key)
        if row is None or row.id is None:
            raise Missing("没有这个来源，请刷新列表。")
        changed = [said for name, said in _FIELDS.items() if getattr(row, name) != wanted[name]]
        if changed:
            sources.put(session, key, wanted, now=now)
            row.next_at = now
            why = "、".join(changed)
            log.append(session, at=now, subject="source", subject_id=row.id, act="changed", actor=by, why=why)
    return changed


def remove(newsroom: Newsroom, key: str, *, by: str, now: datetime) -> bool:
    """Takes the source away; one that gave articles is only switched off: then False. Raises Missing."""
    with newsroom.store.session() as session:
        row = sources.by_key(session, key)
        if row is None or row.id is None:
            raise Missing("没有这个来源，请刷新列表。")
        number, name = row.id, row.name
        gone = collecting.take_away(session, row)
        act = "removed" if gone else "disabled"
        log.append(session, at=now, subject="source", subject_id=number, act=act, actor=by, why=name)
    return gone


_FIELDS = {
    "name": "名称",
    "url": "网址",
    "kind": "类型",
    "settings": "采集设置",
    "area": "地区",
    "trust": "可信度",
    "reprint": "转载许可",
    "rhythm_minutes": "采集间隔",
}
