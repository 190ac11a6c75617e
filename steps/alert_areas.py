"""Where an alert holds: GB/T 2260 codes from its geocodes, else from the names it writes. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.cap import CapMessage, Info
from steps.hazards import infos_of

if TYPE_CHECKING:
    from tagging.areas import AreaName, Areas

_PROVINCES = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82"
_CODE = re.compile(rf"(?:{'|'.join(_PROVINCES.split())})\d{{4}}(?:\d{{3}}|\d{{6}})?")
_LISTED = "、,，;；和与及/ "


@dataclass(frozen=True)
class AlertAreas:
    """Today's codes inside the province, and the words of the alert. Empty codes: not ours, or not understood."""

    codes: tuple[str, ...]
    text: str
    notes: tuple[str, ...] = ()


def read_areas(areas: Areas, message: CapMessage) -> AlertAreas:
    """Geocodes win; then areaDesc, headline and sender are read for names, in this order."""
    infos = infos_of(message)
    info, places = infos[0], [area for each in infos for area in each.areas]
    text = "、".join(dict.fromkeys(area.desc for area in places if area.desc))
    coded = [each.value.strip() for area in places for each in area.geocodes]
    gb = [value for value in coded if _CODE.fullmatch(value)]
    if gb:
        return _by_code(areas, gb, text)
    for words in (text, info.headline, info.sender_name):
        codes = names_in(areas, words)
        if codes:
            return AlertAreas(codes, text or _official(areas, codes))
    return AlertAreas((), text, _nothing_known(areas, info))


def covers(area: str, other: str) -> bool:
    """Is `other` the same area as `area`, or inside it? 220000 covers 220100, which covers 220102."""
    head = area.rstrip("0")
    return bool(area) and other.startswith(head + "0" * (len(head) % 2))


def affected(account_area: str, event_areas: Iterable[str]) -> bool:
    """Does the event touch the account's area? Province accounts hear of everything in the province, a city's account
    of everything in it, a county's account of its own and of what holds for its whole city or province."""
    return bool(account_area) and any(covers(account_area, code) or covers(code, account_area) for code in event_areas)


def _by_code(areas: Areas, values: list[str], text: str) -> AlertAreas:
    home = areas.province[:2]
    codes, notes = [], []
    for value in (value for value in values if value.startswith(home)):
        known = areas.known(value)
        if known is None:
            known = areas.known(value[:4] + "00") or areas.province
            notes.append(f"不认得的区划代码 {value}，已按{areas.official[known]}处理，请核对。")
        codes.append(known)
    codes = list(dict.fromkeys(codes))
    return AlertAreas(tuple(codes), text or _official(areas, codes), tuple(notes))


def _official(areas: Areas, codes: Iterable[str]) -> str:
    return "、".join(areas.official[code] for code in codes)


def names_in(areas: Areas, text: str) -> tuple[str, ...]:
    """Codes of the province's names in a text, without an area that another one of the text lies in.

    "吉林" alone is the province, but the city where it stands in a list of cities. Names that exist elsewhere as well
    count only beside one that does not.
    """
    found = _matches(areas, text)
    sure = {name.code for _, name in found if name.use == "plain"}
    codes: list[str] = []
    for number, (place, name) in enumerate(found):
        before = found[number - 1] if number else None
        adjacent = before is not None and before[0] + len(before[1].name) == place
        if name.use == "parent" and not (adjacent and before and covers(before[1].code, name.code)):
            continue
        if name.use in ("context", "support") and not sure:
            continue
        codes.append(_city_in_a_list(areas, text, place, name, found))
    return _without_ancestors(areas, codes)


def _matches(areas: Areas, text: str) -> list[tuple[int, AreaName]]:
    """The names of a text from left to right, the longest at each place; words that only look like one are gone."""
    names = {name.name: name for name in areas.names if name.kind != "institution"}
    words = sorted([*names, *areas.elsewhere], key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, words)) or r"(?!)")
    found = [(match.start(), names.get(match.group())) for match in pattern.finditer(text)]
    return [(place, name) for place, name in found if name is not None and name.kind != "not_place"]


def _city_in_a_list(
    areas: Areas, text: str, place: int, name: AreaName, found: Collection[tuple[int, AreaName]]
) -> str:
    if name.kind != "province" or name.name == areas.official[name.code]:
        return name.code
    namesake = next((each.code for each in areas.names if each.kind == "city" and each.name == name.name + "市"), None)
    others = any(each.kind == "city" for _, each in found)
    end = place + len(name.name)
    in_list = text[end : end + 1] in tuple(_LISTED) or text[place - 1 : place] in tuple(_LISTED)
    return namesake if namesake and others and in_list else name.code


def _without_ancestors(areas: Areas, codes: list[str]) -> tuple[str, ...]:
    above = {up for code in codes for up in areas.up(code)}
    return tuple(dict.fromkeys(code for code in codes if code not in above))


def _nothing_known(areas: Areas, info: Info) -> tuple[str, ...]:
    words = " ".join([*(area.desc for area in info.areas), info.headline, info.sender_name])
    if not words.strip() or any(name in words for name in areas.elsewhere):
        return ()
    return ("没有认出本省的地区，未生成事件，请核对这条预警是否与本省有关。",)
