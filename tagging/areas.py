"""The areas of the home province and the places elsewhere that share or surround their names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tagging.reading import LexiconError, rows

AREAS = "areas.csv"
ELSEWHERE = "lexicons/elsewhere.csv"

KINDS = ("province", "city", "county", "town", "zone", "landmark", "institution", "not_place")
USES = ("plain", "support", "context", "parent", "subject", "plate")
_ENDINGS = {
    "province": re.compile("0000"),
    "city": re.compile("(?!00)[0-9]{2}00"),
    "county": re.compile("(?!00)[0-9]{2}(?!00)[0-9]{2}"),
}
"""What stands behind the province's two figures of a code."""
_LOW, _COUNTIES = range(1, 21), range(21, 51)
"""Last two figures of districts (and of a prefecture's cities) and of counties."""
_MORE_DISTRICTS, _CITIES = range(51, 81), range(81, 99)
"""Of districts besides, and of cities below a city; 99 is given to none."""


@dataclass(frozen=True, slots=True)
class AreaName:
    """One name of an area.

    `use` says when the name counts: `plain` where it stands; `support` where the text speaks of the province besides;
    `context` where no area elsewhere owns it; `parent` only right after the name of an area above it; `subject`
    (institutions) where the text is about it. A name of kind `not_place` only hides the names inside it.
    """

    name: str
    code: str
    kind: str
    use: str


@dataclass(frozen=True, slots=True)
class Areas:
    names: tuple[AreaName, ...]
    official: Mapping[str, str]
    """Code → today's official name."""
    today: Mapping[str, str]
    """Old code → today's code."""
    elsewhere: Mapping[str, str]
    """Name of a place elsewhere → its province."""

    @property
    def province(self) -> str:
        return next(name.code for name in self.names if name.kind == "province")

    def up(self, code: str) -> tuple[str, ...]:
        """The areas above a code, nearest first: 220102 → 220100, 220000."""
        city, province = code[:4] + "00", code[:2] + "0000"
        return tuple(dict.fromkeys(each for each in (city, province) if each != code))

    def known(self, code: str) -> str | None:
        """Today's code for a code of any time, written with 2, 4 or 6 digits or longer; None outside the province."""
        six = code[:6].ljust(6, "0")
        six = self.today.get(six, six)
        return six if six in self.official else None


def load_areas(areas_text: str, elsewhere_text: str) -> Areas:
    """Reads areas.csv and elsewhere.csv. Raises LexiconError."""
    names: list[AreaName] = []
    official: dict[str, str] = {}
    today: dict[str, str] = {}
    seen: dict[str, int] = {}
    for line, row in rows(AREAS, areas_text, ("name", "code", "kind", "use", "old_codes")):
        _check_row(line, row, seen)
        seen[row["name"]] = line
        names.append(AreaName(row["name"], row["code"], row["kind"], row["use"]))
        if row["kind"] != "not_place":
            _check_codes(line, row, official)
        if row["kind"] in ("province", "city", "county"):
            official.setdefault(row["code"], row["name"])
        today |= dict.fromkeys(row["old_codes"].split(), row["code"])
    for name in names:
        if name.kind != "not_place" and name.code not in official:
            raise LexiconError(AREAS, seen[name.name], f"编码 {name.code} 没有对应的市县行，请先写上那一行。")
    if not any(name.kind == "province" for name in names):
        raise LexiconError(AREAS, 1, "缺少本省的一行（kind 为 province）。")
    return Areas(tuple(names), official, today, _elsewhere(elsewhere_text))


def _check_row(line: int, row: dict[str, str], seen: Mapping[str, int]) -> None:
    if not row["name"]:
        raise LexiconError(AREAS, line, "地名是空的，请写上或删去这一行。")
    if row["name"] in seen:
        raise LexiconError(AREAS, line, f"“{row['name']}”在第 {seen[row['name']]} 行已经有了，请删去一行。")
    if row["kind"] not in KINDS:
        raise LexiconError(AREAS, line, f"kind 只能是：{'、'.join(KINDS)}。")
    if row["kind"] == "not_place":
        return
    if row["use"] not in USES:
        raise LexiconError(AREAS, line, f"use 只能是：{'、'.join(USES)}。")
    if not (len(row["code"]) == 6 and row["code"].isdigit()):
        raise LexiconError(AREAS, line, "code 应是六位行政区划代码。")


def _check_codes(line: int, row: Mapping[str, str], official: Mapping[str, str]) -> None:
    """Whether the codes are of this province and, on the first line of an area, of the form of GB/T 2260 for its name.

    A county stands below its city, so that one wrong figure does not move it to another.
    """
    code, home = row["code"], next(iter(official), row["code"])
    for each in (code, *row["old_codes"].split()):
        if not (len(each) == 6 and each.isascii() and each.isdigit()):
            raise LexiconError(AREAS, line, f"“{each}”应是六位行政区划代码。")
        if each[:2] != home[:2]:
            raise LexiconError(AREAS, line, f"{each} 不是本省的代码，本省的以 {home[:2]} 开头。")
    if (kind := row["kind"]) not in _ENDINGS:
        return
    if not _ENDINGS[kind].fullmatch(code[2:]) or not (code in official or _fits(row["name"], code)):
        said = f"{code} 不合 GB/T 2260 的编法，“{row['name']}”（{kind}）不会是这个代码，请核对。"
        raise LexiconError(AREAS, line, said)
    city = next((each for each in reversed(tuple(official)) if each.endswith("00")), home)
    if kind == "county" and code not in official and city[:4] != code[:4]:
        said = f"{code} 不属于上面的{official.get(city, '')}，请核对代码，或把这一行移到所属的市州下面。"
        raise LexiconError(AREAS, line, said)


def _fits(name: str, code: str) -> bool:
    """Whether the last two figures are those of a district, a county or a city, as its name says."""
    number = int(code[4:])
    if name.endswith("区"):
        return number in _LOW or number in _MORE_DISTRICTS
    if name.endswith("县"):
        return number in _COUNTIES
    if name.endswith("市") and number:
        return number in (_LOW if int(code[2:4]) in _COUNTIES else _CITIES)
    return True


def _elsewhere(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line, row in rows(ELSEWHERE, text, ("name", "province")):
        if not row["name"] or not row["province"]:
            raise LexiconError(ELSEWHERE, line, "地名和省份都要写。")
        found[row["name"]] = row["province"]
    return found
