"""When a page says it was published. Times without a zone are Beijing time, which all of China uses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from connectors.extraction.blocks import plain, visible_text

BEIJING = timezone(timedelta(hours=8))

_CLOCK = (
    r"(?:[\sT日,,(]*(?:星期.|周.|週.)?[\s)]*(?P<half>上午|下午|傍晚|晚上|凌晨|早上|中午|早|晚|AM|PM)?\s*"
    r"(?P<hour>[01]?\d|2[0-4])\s*(?:[:点點]\s*(?=\d)|[时時](?![间間候期代刻])\s*)(?P<minute>[0-5]?\d)?\s*分?(?:\s*:?\s*(?P<second>[0-5]\d)(?:\.\d+)?\s*秒?)?"
    r"\s*(?P<late>[AP]M)?\s*(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)
_FULL = re.compile(
    r"(?<![\d.])(?P<year>(?:19|20)\d\d)\s*(?P<sep>[-/.年])\s*(?P<month>0?[1-9]|1[0-2])\s*[-/.月]\s*(?P<day>3[01]|[12]\d|0?[1-9])(?:(?!\d)|(?=\d\d:\d\d))日?"
    + _CLOCK,
    re.I,
)
_COMPACT = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-2]\d|3[01])(?:(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?P<second>[0-5]\d)?)?(?!\d)"
)
_IN_PIECES = re.compile(
    r"(?<!\d)(?P<year>20\d\d)\s*(?P<month>0[1-9]|1[0-2])[-/](?P<day>[0-2]\d|3[01])\s*(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?!\d)"
)
"""Year, day and clock each in an element of its own, as headers in columns show them."""
_ENGLISH = re.compile(
    r"(?:(?P<m1>[A-Z][a-z]{2})[a-z]*\.?\s+(?P<d1>\d{1,2})(?:st|nd|rd|th)?|(?P<d2>\d{1,2})\s+(?P<m2>[A-Z][a-z]{2})[a-z]*\.?)"
    r",?\s+(?:[A-Z][a-z]{2}\s+)?(?P<year>(?:19|20)\d\d)" + _CLOCK
)
_RFC822 = re.compile(r"^\s*(?:[A-Z][a-z]{2},\s*)?\d{1,2} [A-Z][a-z]{2} \d{2,4} \d\d:\d\d")
_UNIX = re.compile(
    r"^\s*(?:[A-Z][a-z]{2},?\s+)?(?P<m1>[A-Z][a-z]{2})\s+(?P<d1>\d{1,2})\s+(?P<hour>[012]\d):(?P<minute>[0-5]\d):(?P<second>[0-5]\d)\s+"
    r"(?:(?P<zone>CST|GMT|UTC|Z|[+-]\d\d:?\d\d)\s+)?(?P<year>(?:19|20)\d\d)\s*$"
)
"""As Unix and Java write a time: Wed Nov 25 08:30:00 CST 2026. There, too, CST is China's."""
_AMERICAN = re.compile(
    r"(?<![\d/])(?P<month>1[0-2]|0?[1-9])/(?P<day>3[01]|[12]\d|0?[1-9])/(?P<year>(?:19|20)\d\d)(?!\d)" + _CLOCK, re.I
)
_EPOCH = re.compile(r"^\s*(1\d{9}|1\d{12}|[4-9]\d{8})\s*$")
_NUMERAL = re.compile(
    r"([二一][〇○零Oo九\d一二三四五六七八]{3})\s?年\s?([一二三四五六七八九十]{1,2})\s?月\s?([一二三四五六七八九十]{1,3})\s?日"
)
_NUMERAL_MONTH = re.compile(
    r"(?<![一二三四五六七八九十])(?P<month>十[一二]?|[一二三四五六七八九])月\s+(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?,?\s+(?P<year>20\d\d)(?!\d)"
    + _CLOCK
)
"""Blog software of the English kind with Chinese months: 十一月 6th, 2009."""
_IN_URL = re.compile(
    r"/(?P<year>(?:19|20)\d\d)[-_/]?(?P<month>0[1-9]|1[0-2])[-_/]?(?P<day>[0-2]\d|3[01])(?=[/_.\-]|$)"
    r"|[/_t](?P<y2>(?:19|20)\d\d)[-_]?(?P<mo2>0[1-9]|1[0-2])[-_]?(?P<d2>[0-2]\d|3[01])(?=[/_.\-\d]|$)"
)
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTHS = {name[:3]: number for number, name in enumerate(_MONTH_NAMES, 1)}
_MONTH_ALONE = re.compile(r"\W*(?:(1[0-2]|0?[1-9])\s?月份?|(十[一二]?|[一二三四五六七八九])月|([A-Za-z]{3,9}))\W*")
_DIGITS = {**{c: i for i, c in enumerate("〇一二三四五六七八九")}, "零": 0, "○": 0, "O": 0, "o": 0}


_FIRST_YEAR = 1900
_FIRST_DAYS = (date(1969, 12, 31), date(1970, 1, 1))
_A_LITTLE = timedelta(days=1)
"""A clock that is set wrong or a zone left out is believed so far ahead."""


@dataclass(frozen=True)
class Moment:
    """A time as written; `exact` is False where only the day is known."""

    at: datetime
    exact: bool


_LUNAR = re.compile(
    r"(?:农历|阴历|夏历|旧历|農曆|陰曆)\s?(?:[^\s\d]{0,4}年\s?|\d{4}\s?[-年]\s?)?(?:\d{1,2}\s?[-月]\s?\d{1,2}日?)?"
)
_REPUBLIC = re.compile(r"民[國国]\s?(8\d|9\d|1[0-4]\d)\s?年")
"""As Taiwan counts years; what lies before 1991 is told about."""
_FOUNDED = 1911
_LONGEST = 200
_FAR = 2_000


def lies_ahead(at: datetime, now: datetime | None) -> bool:
    """Whether a time is too far ahead of `now` to be one of publishing; never where `now` is not known."""
    return now is not None and at > now + _A_LITTLE


def is_unset(at: datetime) -> bool:
    """Whether a time (UTC) is what programs write where nobody gave one: the beginning of their count, in China or in Greenwich."""
    return at.year <= _FIRST_YEAR or at.date() in _FIRST_DAYS


def parse_date(text: str) -> Moment | None:
    """The first date in a short text: ISO, Chinese, compact, epoch seconds, RFC 822. None where there is none."""
    text = short_line(text)
    if epoch := _EPOCH.match(text):
        number = int(epoch[1])
        return Moment(datetime.fromtimestamp(number / 1000 if number > 10**11 else number, UTC), True)
    if _RFC822.match(text) and (moment := _rfc822(text)):
        return moment
    if (match := _UNIX.match(text)) and _month(match):
        return moment_of(match["year"], _month(match), _day(match), match)
    if match := _FULL.search(text):
        return moment_of(match["year"], match["month"], match["day"], match)
    if match := _AMERICAN.search(text):
        return moment_of(match["year"], match["month"], match["day"], match)
    if match := _NUMERAL.search(text):
        return _in_numerals(match)
    if (match := _ENGLISH.search(text)) and _month(match):
        return moment_of(match["year"], _month(match), _day(match), match)
    if match := _NUMERAL_MONTH.search(text):
        return moment_of(match["year"], _number(match["month"]), match["day"], match)
    match = _COMPACT.search(text)
    return moment_of(match["year"], match["month"], match["day"], match) if match else None


def dates_in(text: str) -> list[Moment]:
    """All full dates of a text, in order."""
    text = short_line(text)
    found = [
        (match.start(), match)
        for pattern in (_FULL, _AMERICAN, _ENGLISH, _NUMERAL, _NUMERAL_MONTH, _IN_PIECES)
        for match in pattern.finditer(text)
    ]
    moments = (_moment(match) for _, match in sorted(found, key=_place))
    return [moment for moment in moments if moment]


def short_line(text: str) -> str:
    """What is read as a date: a short line, its blanks collapsed, since many parts of a date may have blanks between them."""
    line = visible_text(plain(text[:_FAR]))[:_LONGEST]
    if "历" in line or "曆" in line:
        line = _LUNAR.sub(" ", line)
    return _REPUBLIC.sub(lambda match: f"{int(match[1]) + _FOUNDED}年", line) if "民" in line else line


def _moment(match: re.Match[str]) -> Moment | None:
    if match.re is _NUMERAL:
        return _in_numerals(match)
    month = _number(match["month"]) if match.re is _NUMERAL_MONTH else _month(match)
    return moment_of(match["year"], month, _day(match), match)


def _in_numerals(match: re.Match[str]) -> Moment | None:
    year = "".join(str(_DIGITS.get(c, c)) for c in match[1])
    return moment_of(year, _number(match[2]), _number(match[3]), None)


def _place(found: tuple[int, re.Match[str]]) -> int:
    return found[0]


def month_named(text: str) -> int:
    """The month that a text is and nothing else: 11月, 十一月, Nov, November. 0 where it is none."""
    match = _MONTH_ALONE.fullmatch(text)
    if match is None:
        return 0
    if match[1]:
        return int(match[1])
    if match[2]:
        return _number(match[2])
    names = enumerate(_MONTH_NAMES, 1)
    return next((number for number, name in names if name.startswith(match[3].lower())), 0)


def _month(match: re.Match[str]) -> str | int:
    groups = match.groupdict()
    return groups.get("month") or _MONTHS.get((groups.get("m1") or groups.get("m2") or "").lower(), 0)


def _day(match: re.Match[str]) -> str:
    groups = match.groupdict()
    return groups.get("day") or groups.get("d1") or groups.get("d2") or "0"


def date_of_url(url: str) -> Moment | None:
    """The day in an address such as /2024-05/13/ or /t20240513_1.htm."""
    match = _IN_URL.search(url)
    if not match:
        return None
    return moment_of(match["year"] or match["y2"], match["month"] or match["mo2"], match["day"] or match["d2"], None)


def moment_of(year: str | int, month: str | int, day: str | int, clock: re.Match[str] | None) -> Moment | None:
    """A day with the clock of a match (hour, minute, second, half or late, zone), in Beijing where no zone is said.

    None for no such day or time, and for what stands where nobody gave one.
    """
    groups = clock.groupdict() if clock else {}
    hour, exact = int(groups.get("hour") or 0), groups.get("hour") is not None
    half = (groups.get("half") or groups.get("late") or "").upper()
    if half in ("下午", "傍晚", "晚上", "晚", "PM", "中午") and hour < 12 and not (half == "中午" and hour == 11):
        hour += 12
    if half in ("AM", "凌晨", "上午") and hour == 12:
        hour = 0
    try:
        at = datetime(
            int(year),
            int(month),
            int(day),
            hour % 24,
            int(groups.get("minute") or 0),
            int(groups.get("second") or 0),
            tzinfo=_zone(groups.get("zone")),
        )
        at = (at + timedelta(days=hour // 24)).astimezone(UTC)
        return None if is_unset(at) else Moment(at, exact)
    except (ValueError, OverflowError):
        return None


def _zone(text: str | None) -> timezone:
    if not text or text == "CST":
        return BEIJING
    if text in ("Z", "z", "GMT", "UTC"):
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=minutes if text[0] == "+" else -minutes)) if minutes < 24 * 60 else BEIJING


def _number(text: str) -> int:
    """A Chinese numeral up to 39."""
    if "十" not in text:
        return _DIGITS[text] if len(text) == 1 else 0
    tens, _, ones = text.partition("十")
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def _rfc822(text: str) -> Moment | None:
    try:
        at = parsedate_to_datetime(text)
        at = (at if at.tzinfo else at.replace(tzinfo=BEIJING)).astimezone(UTC)
        return None if is_unset(at) else Moment(at, True)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
