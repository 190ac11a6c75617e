"""What an unknown JSON answer is made of, for somebody who sets up an interface as a source: its lists, the fields of an
entry with an example of each, and a first guess at which field is what. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connectors.extraction.dates import parse_date
from connectors.sources.json_paths import guessed, path_fault, reach, text_of

_LOOKED_AT = 20
"""Entries of a list."""
_DEEPEST = 6
_FIELD_DEEPEST = 3
_MOST_FIELDS = 40
_SAMPLE = 60
_MOSTLY = 0.8
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|bmp)(?:[?!@].*)?\Z", re.I)
_ADDRESS = re.compile(r"(?:https?:)?/[^\s<>\"]+\Z")
_TAG = re.compile(r"</?(?:p|div|br|img|span|section)\b", re.I)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_PAGE_NAMES = ("page", "pageno", "pagenum", "pageindex", "pagenumber", "currentpage", "current", "p", "pn")
_OFFSET_NAMES = ("offset", "start", "skip", "from")
_LENGTH_NAMES = ("limit", "size", "pagesize", "count", "rows", "num", "length")


@dataclass(frozen=True)
class FieldSeen:
    """A field of an entry: its path below the entry, and what stands there in the first entry that has it."""

    path: str
    sample: str


@dataclass(frozen=True)
class Shape:
    """`lists`: (path, number of entries) of every list of objects, the longest first; `fields`: of the entries of `items`."""

    items: str
    lists: tuple[tuple[str, int], ...]
    fields: tuple[FieldSeen, ...]


def shape(said: Any, items: str | None = None) -> Shape:
    """What the answer is made of; `items`: the list whose entries are shown, the longest where none is named."""
    found = sorted(_lists(said, "", 0), key=lambda each: -len(each[1]))
    paths = tuple((path, len(entries)) for path, entries in found)
    chosen = items if items is not None and items in dict(paths) else paths[0][0] if paths else ""
    entries = reach(said, chosen) if paths else []
    return Shape(
        chosen, paths, tuple(FieldSeen(path, values[0][:_SAMPLE]) for path, values in _columns(entries).items())
    )


def proposed(said: Any, url: str) -> dict[str, Any]:
    """Settings for the longest list of objects with something like a title: fields by their names, then by what stands in
    them. {} where nothing looks like articles."""
    by_name: dict[str, Any] = guessed(said)
    lists = sorted(_lists(said, "", 0), key=lambda each: -len(each[1]))
    for path, entries in [(by_name["items"], reach(said, by_name["items"]))] if by_name else lists:
        columns = _columns(entries)
        taken = _telling({name: value for name, value in by_name.items() if name != "items"}, columns)
        fields = taken | _by_content(columns, taken)
        if "title" in fields and len(fields) > 1:
            return {"items": path, **fields, **paging(url)}
    return {}


def paging(url: str) -> dict[str, Any]:
    """How the address turns pages, by the parameters that it has already. Pure."""
    query = [(name, value) for name, value in parse_qsl(urlsplit(url).query) if value.isdigit() and len(value) < 6]
    plain = {re.sub(r"[_-]", "", name).lower(): (name, int(value)) for name, value in query}
    if found := next((plain[name] for name in _PAGE_NAMES if name in plain), None):
        return {"page_param": found[0], "first_page": found[1]}
    offset = next((plain[name] for name in _OFFSET_NAMES if name in plain), None)
    length = next((plain[name][1] for name in _LENGTH_NAMES if name in plain), 0)
    if offset and 1 <= length <= 1000:
        return {"page_param": offset[0], "first_page": offset[1], "page_step": length}
    return {}


def _lists(said: Any, path: str, depth: int) -> Iterator[tuple[str, list[Any]]]:
    if isinstance(said, list) and said and all(isinstance(entry, dict) for entry in said):
        yield path, said
    elif isinstance(said, dict) and depth < _DEEPEST:
        for name, inner in said.items():
            if name and "." not in name and not path_fault(name):
                yield from _lists(inner, f"{path}.{name}" if path else name, depth + 1)


def _columns(entries: Sequence[Any]) -> dict[str, list[str]]:
    """Path of each field → what stands there in the first entries, as text; fields in which nothing stands are left out."""
    found: dict[str, list[str]] = {}
    for entry in entries[:_LOOKED_AT]:
        for path, value in _leaves(entry, "", 0):
            if path in found or len(found) < _MOST_FIELDS:
                found.setdefault(path, []).append(value)
    return found


def _leaves(value: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and depth < _FIELD_DEEPEST:
        for name, inner in value.items():
            if name and "." not in name and not path_fault(name):
                yield from _leaves(inner, f"{path}.{name}" if path else name, depth + 1)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        yield from _leaves(value[0], f"{path}.0", depth + 1)
    elif path and (said := " ".join(text_of(value).split())):
        yield path, said


def _telling(named: Mapping[str, str], columns: Mapping[str, list[str]]) -> dict[str, str]:
    """Fields by their names, without those in which no text stands: of a group of fields, the first that has some."""
    found = {}
    for role, path in named.items():
        inside = path if path in columns else next((each for each in columns if each.startswith(f"{path}.")), "")
        if role == "pictures" or inside:
            found[role] = path if role == "pictures" else inside
    return found


def _by_content(columns: Mapping[str, list[str]], taken: Mapping[str, str]) -> dict[str, str]:
    """What the fields that nobody has named yet hold: addresses, pictures, times, long texts, titles."""
    rest = {path: values for path, values in columns.items() if path not in taken.values()}
    found: dict[str, str] = {}
    for role, fits in _LOOKS:
        if role in taken:
            continue
        fitting = [path for path, values in rest.items() if fits(values)]
        if fitting:
            # the longest text is the body; of titles, addresses and times the first, as people put what matters first
            best = max(fitting, key=lambda path: median(map(len, rest[path]))) if role in _BY_LENGTH else fitting[0]
            found[role] = best
            del rest[best]
    return found


def _mostly(values: Sequence[str], fits: Any) -> bool:
    return sum(map(bool, map(fits, values))) >= _MOSTLY * len(values)


def _differ(values: Sequence[str]) -> bool:
    return len(set(values)) >= _MOSTLY * len(values)


def _is_picture(values: Sequence[str]) -> bool:
    return _mostly(values, lambda said: _ADDRESS.match(said) and _PICTURE.search(said))


def _is_link(values: Sequence[str]) -> bool:
    return _differ(values) and _mostly(values, lambda said: _ADDRESS.match(said) and not _PICTURE.search(said))


def _is_date(values: Sequence[str]) -> bool:
    return _mostly(values, lambda said: len(said) >= 8 and len(said) <= 40 and parse_date(said))


def _is_body(values: Sequence[str]) -> bool:
    return _mostly(values, lambda said: _CHINESE.search(said)) and (
        _mostly(values, _TAG.search) or median(map(len, values)) > 200
    )


def _is_title(values: Sequence[str]) -> bool:
    return (
        _differ(values)
        and 6 <= median(map(len, values)) <= 60
        and _mostly(values, lambda said: _CHINESE.search(said) and not _TAG.search(said) and not parse_date(said))
    )


def _is_summary(values: Sequence[str]) -> bool:
    return _differ(values) and median(map(len, values)) >= 15 and _mostly(values, lambda said: _CHINESE.search(said))


_LOOKS = (
    ("pictures", _is_picture),
    ("link", _is_link),
    ("date", _is_date),
    ("body", _is_body),
    ("title", _is_title),
    ("summary", _is_summary),
)
"""In the order in which they are given away."""
_BY_LENGTH = ("body", "summary")
