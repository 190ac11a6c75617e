"""When and where a quake struck and how strong it was, as a report says it: what tells one quake from the next. Pure.

A quake is measured first by machine, then by people, then by the province and abroad: strength, depth, coordinates and county
move, the minute hardly does. So the minute says which quake it is, and the place that it is no other one of that minute.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

DAY, _NOON = 24 * 60, 12
_LATER_BY = 1
"""Minutes between what a machine says and what people say of the beginning of one quake: the seconds are rounded."""
_STRONGER_BY = 5
"""Tenths. Measured by machine and by hand, or by networks of two countries, one quake differs by so much at most, as a rule.
Of more, two quakes of one minute are likelier, and the stronger one must not lie hidden under the weaker one."""
_NEAR = 5
"""Tenths of a degree, 40 to 55 km: out at sea the coordinates move by as much."""
NOWHERE = -32_768
_LEAD = 200
"""A report of a quake says at its beginning when it struck. What stands later may be one of many pieces of news."""

_WHEN = re.compile(
    r"(?:(?P<day>\d{1,2})日|20\d\d-\d\d-(?P<date>\d\d))?(?P<part>[^\d,。;]{0,8}?)(?<!\d)"
    r"(?P<hour>\d{1,2})[时点:](?P<minute>\d{1,2})(?:分(?:\d{1,2}秒)?|:\d\d|(?=\D))"
    r"(?P<where>\)?[^\d。;()]{0,40}(?:\([^()。时点]{0,40}\))?[^\d。;()]{0,16})(?=(?P<strength>\d\.\d级)?)"
)
_STRIKES = re.compile("[北南]纬|震级|震源深度|发生[^,]{0,8}地震|^[^,]{2,16}地震(?![局台部网演应预速监])")
_OTHER_CLOCK = re.compile("当地时间|世界时|标准时间|格林尼治|utc")
_NOT_THEN = re.compile("(?:截[至止][^,。;]{0,8}|记者[于在]?[0-9]{0,4}年?[0-9]{0,2}月?)$")
"""Before a moment: it is that of a count or of the report."""
_DONE_THEN = re.compile("针对|应对|启动|召开|获悉|赶赴|抵达|前往|造成")
"""Behind it: what was done at that moment."""
_REMEMBERED = re.compile("周年|纪念|年前|年后|防灾减灾日|历史上的今天")
"""On the day of a great quake everybody writes of it, each something else."""
_ADVICE = re.compile("怎么[办做躲]|如何|怎样|避险|自救|指南|攻略|常识|须知|支招|科普")
"""In a headline: the quake is the occasion only, and advice on it wants a line of its own."""
_LISTED = re.compile(r"(?:^|[\n。;!?] ?)(?:\d{1,2}|[一二三四五六七八九十])(?:、|\.(?!\d))")
_MOST_LISTED = 2
"""Of more pieces of news in one text, a quake may be any."""
_EVENING = re.compile("下午|傍晚|晚|深夜")
_DEGREES = r"(\d{1,3}(?:\.\d{1,3})?)"
_NORTH = re.compile(rf"([北南])纬[约 ]?{_DEGREES}|{_DEGREES} ?[°度] ?([ns])|纬度[^\d-]{{0,5}}(-?){_DEGREES}")
_EAST = re.compile(rf"([东西])经[约 ]?{_DEGREES}|{_DEGREES} ?[°度] ?([ew])|经度[^\d-]{{0,5}}(-?){_DEGREES}")
_STRENGTH = re.compile(r"(?<![\d.])(\d)\.(\d)级|震级[^\d。,]{0,6}(\d)\.(\d)")


class Quake(NamedTuple):
    """A quake of which the minute is said."""

    moment: int
    """Minutes since the month began; less than `DAY` where the day is not said."""
    strength: int
    """Tenths, 0 where it is not said."""
    north: int
    """Tenths of a degree, `NOWHERE` where it is not said; as `east`."""
    east: int


class Struck(NamedTuple):
    quake: Quake
    where: str
    """What stands between the moment and the coordinates or the strength: mostly names."""


def struck(text: str) -> Struck | None:
    """The first quake of a plain text (tagging/document.py), headline first; None where it says no minute."""
    if "震" not in text or _REMEMBERED.search(text) or _ADVICE.search(text.partition("\n")[0]):
        return None
    if len(_LISTED.findall(text)) > _MOST_LISTED:
        return None
    text = text[:_LEAD]
    moment, where = next(_moments(text), (None, ""))
    if moment is None:
        return None
    return Struck(Quake(moment, _strength(text), _degrees(_NORTH, text, "南s-"), _degrees(_EAST, text, "西w-")), where)


def is_one(one: Quake, other: Quake) -> bool:
    """Whether minute and strength allow two reports to tell of one quake; where it struck is asked of `near`."""
    if not _at_once(one.moment, other.moment):
        return False
    return not one.strength or not other.strength or abs(one.strength - other.strength) <= _STRONGER_BY


def near(one: Quake, other: Quake) -> bool | None:
    """Whether the coordinates are those of one place; None where one of the two says none."""
    if NOWHERE in (*one, *other):
        return None
    around = abs(one.east - other.east)
    return abs(one.north - other.north) <= _NEAR and min(around, 3_600 - around) <= _NEAR


def minutes_to_find_by(quake: Quake) -> tuple[int, int]:
    """Two numbers, of which quakes that `is_one` calls one have at least one in common."""
    minute = quake.moment % DAY
    return minute - minute % 2, (minute + minute % 2) % DAY + DAY


def _moments(text: str) -> Iterator[tuple[int, str]]:
    for found in _WHEN.finditer(text):
        before, where = text[max(0, found.start() - 10) : found.start()] + found["part"], found["where"]
        if not found["strength"] and not _STRIKES.search(where):
            continue
        if _OTHER_CLOCK.search(before) or _NOT_THEN.search(before) or _DONE_THEN.search(where):
            continue
        hour, minute = int(found["hour"]), int(found["minute"])
        day = int(found["day"] or found["date"] or 0)
        if hour < _NOON and _EVENING.search(found["part"]):
            hour += _NOON
        if day <= 31 and hour < 24 and minute < 60:
            yield day * DAY + hour * 60 + minute, where


def _at_once(one: int, other: int) -> bool:
    apart = abs(one - other)
    if min(one, other) < DAY:
        apart = min(apart % DAY, -apart % DAY)
    return apart <= _LATER_BY


def _strength(text: str) -> int:
    found = _STRENGTH.search(text)
    return int("".join(digit for digit in found.groups() if digit)) if found else 0


def _degrees(pattern: re.Pattern[str], text: str, negative: str) -> int:
    found = pattern.search(text)
    if found is None:
        return NOWHERE
    before, one, two, behind, sign, three = found.groups()
    tenths = round(float(one or two or three) * 10)
    return -tenths if (before or behind or sign or "+") in negative else tenths
