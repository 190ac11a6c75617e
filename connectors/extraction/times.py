"""When a page was published: which of the dates on it that is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from connectors.extraction.blocks import Run, plain
from connectors.extraction.columns import boxes_of, days_in_boxes
from connectors.extraction.dates import Moment, date_of_url, dates_in, lies_ahead, parse_date
from connectors.extraction.elsewhere import own
from connectors.extraction.metadata import Stated
from connectors.extraction.recent import latest_year, recent
from connectors.extraction.told import is_event, is_told, may_be_byline, may_be_today, own_lines, signature_in

_DATE_META = (
    "article:published_time",
    "og:published_time",
    "og:release_date",
    "publishdate",
    "pubdate",
    "publish_date",
    "publication_date",
    "datepublished",
    "article:create_at",
    "weibo:article:create_at",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "createdate",
    "firstpublishedtime",
    "publish-date",
    "pub_date",
    "date",
    "apub:time",
    "_pubtime",
    "article:published",
    "time",
)
_NAME = 8
_SAYS_PUBLISHED = re.compile(r"(?:发布|发表)(?:日期|时间)")
_NEAREST = 12
_BULLETIN = re.compile(r"(?:[速快日周月旬年公简通预播早晚]报|公告|通告|通知|要闻|综述|预警|报告|天气|行情)\W*$")
_PUBLISHED = re.compile(r"发布|发表|發佈|发贴|发帖|[贴帖]由|编辑于|posted|日期|时间|來源|来源", re.I)
_DIGIT = re.compile(r"[\d年]")
_LONGEST_LINE = 200
_LINE_OF_TEXT = 60
_SIGNATURES = 3
"""So many last lines of a text may hold who signs it in brackets."""
_WRITTEN = (
    r"(?:(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?"
    r"|[二一][〇○零Oo九一二三四五六七八]{3}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日)"
)
_SIGNATURE = re.compile(
    rf"\W*(?:[\u4e00-\u9fff·（）() ]{{2,40}}(?:[局委厅办会馆所台站部院组处科园镇乡村队社]|中心|学校|小学|中学|大学|政府|公司|社区|街道))?\W*{_WRITTEN}\W*"
)
_LAST_LINES = 6
_MONTH_ALONE = re.compile(r"((?:19|20)\d\d)\s*(?:年\s*|[-/.])(1[0-2]|0?[1-9])\s*(?:月|$)(?!\s*\d)")


def published_at(
    said: Stated,
    head: list[Run],
    body: list[Run],
    tail: list[Run],
    url: str,
    now: datetime | None = None,
    latest: datetime | None = None,
    listed: Moment | None = None,
) -> Moment | None:
    """The first of: what the page says to machines, the lines above the text, its address, its scripts, what
    the listing says of it (`listed`), the lines of the text and those below.

    `now` is when the page was fetched, for times such as 3小时前 and days without a year. No time after `latest` counts.
    """

    def past(moments: Iterable[Moment]) -> list[Moment]:
        return [moment for moment in moments if not lies_ahead(moment.at, latest)]

    day = next(iter(past(filter(None, [date_of_url(url or said.meta.get("og:url", ""))]))), None)
    # the head begins with what is nearest to the text
    columns = [*days_in_boxes(boxes_of(head[:_NEAREST][::-1]))][::-1]
    above = _days_of(own_lines(_texts(head[::-1]))[::-1], now)
    candidates = past([*_machine_dates(said), *columns, *_marked_dates(said), *above.own])
    if day:
        same = [moment for moment in candidates if abs((moment.at - day.at).total_seconds()) < 2 * 86400]
        exact = [moment for moment in same if moment.exact]
        if not exact and (moment := _recent(head, [*body, *tail], day.at + timedelta(days=1), said)):
            exact = [moment] if moment.exact and abs((moment.at - day.at).total_seconds()) < 2 * 86400 else []
        return (exact or same or [day])[0]
    if not candidates and (moment := _recent(head, [*body, *tail], now, said)):
        return moment
    # a date inside the text is as likely one of those that the text speaks of
    candidates += past(moment for text in said.script_dates if (moment := parse_date(text)))
    exact = [moment for moment in candidates if moment.exact]
    tail = own(_unlinked(tail))
    below = _in_and_below(body, tail, now)
    candidates += past([*([listed] if listed else []), *below.own, *above.told, *below.told])
    if not candidates:
        return _month_alone([run for run in [*head, *body[:3], *body[:2:-1], *tail] if not (now and is_told(run.text))])
    first = candidates[0]
    if first is listed:
        exact += [moment for moment in candidates[1:] if moment.exact]
    if not first.exact:
        # the clock of a comment below the text is not the article's
        for other in exact:
            if 0 <= (other.at - first.at).total_seconds() < 86400:
                return other
    return first


def _machine_dates(said: Stated) -> Iterator[Moment]:
    texts = [str(said.linked.get("datePublished") or "")] + [said.meta.get(name, "") for name in _DATE_META]
    for text in texts:
        if text and (moment := parse_date(text)):
            yield moment


def _marked_dates(said: Stated) -> Iterator[Moment]:
    return filter(None, map(parse_date, filter(None, said.times)))


class _Days(NamedTuple):
    """The days of some lines: those that may be of publishing, and those that a sentence tells of."""

    own: list[Moment]
    told: list[Moment]


def _in_and_below(body: list[Run], tail: list[Run], now: datetime | None) -> _Days:
    """The days of the first lines of the text, of those below it and of its last ones: a signature goes before what is told."""
    lines = own_lines(_texts(body))
    lines[-_SIGNATURES:] = map(signature_in, lines[-_SIGNATURES:])
    found = [
        _Days(list(_signed(lines)), []),
        _days_of(lines[:3], now, _LINE_OF_TEXT),
        _days_of(own_lines(_texts(tail)), now),
        _days_of(lines[:2:-1], now, _LINE_OF_TEXT),
    ]
    return _Days([at for days in found for at in days.own], [at for days in found for at in days.told])


def _signed(lines: list[str]) -> Iterator[Moment]:
    """The day at the end of a notice, alone or behind the office that signs; behind a label it is that of something else."""
    last = [plain(line) for line in lines[-_LAST_LINES - 1 :]]
    for before, line in reversed(list(pairwise(last))):
        if _SIGNATURE.fullmatch(line) and not before.endswith(":"):
            yield from dates_in(line)


def _texts(runs: list[Run]) -> list[str]:
    return [run.text if len(run.text) <= _LONGEST_LINE else "" for run in runs]


def _days_of(lines: list[str], now: datetime | None, longest: int = _LONGEST_LINE) -> _Days:
    short = [line for line in lines if len(line) <= longest and _DIGIT.search(line)]
    told = [line for line in short if is_told(line) and not may_be_byline(line)]
    return _Days(_days_near([line for line in short if line not in told], now), _days_near(told, now))


def _days_near(lines: list[str], now: datetime | None) -> list[Moment]:
    """Days of lines, those first whose line says that it is the time of publishing."""
    found = [(not _PUBLISHED.search(line), moment) for line in lines for moment in _days_in(line, now)]
    return [moment for _, moment in sorted(found, key=lambda each: each[0])]


def _days_in(line: str, now: datetime | None) -> list[Moment]:
    told = is_told(line)
    return [moment for moment in _published_first(line) if not told or may_be_today(moment.at, now)]


def _published_first(line: str) -> list[Moment]:
    """The dates of a line, that of publishing before those of signing, of coming into force and the like."""
    label = _SAYS_PUBLISHED.search(line)
    return [*dates_in(line[label.start() :]), *dates_in(line[: label.start()])] if label else dates_in(line)


def day_of_bulletin(title: str, latest: datetime | None) -> Moment | None:
    """The day that a bulletin bears in its headline, such as 2026年11月26日地震速报; of other headlines none."""
    moments = dates_in(title) if _BULLETIN.search(plain(title)) else []
    return (
        next((moment for moment in moments if not lies_ahead(moment.at, latest)), None) if len(moments) == 1 else None
    )


def _unlinked(runs: list[Run]) -> list[Run]:
    """Without the links to other articles, which stand below the text with their own dates; a poster's name is no such link."""
    return [
        run for run in runs if run.link_chars * 2 <= run.chars or run.link_chars <= _NAME or _PUBLISHED.search(run.text)
    ]


def _recent(head: list[Run], others: list[Run], now: datetime | None, said: Stated) -> Moment | None:
    near = [run.text for run in head[:12] if len(run.text) <= 80 and not (run.link_chars * 2 > run.chars)]
    near = [text for text in own_lines(near[::-1])[::-1] if not is_event(text)]
    year = (
        None
        if now
        else latest_year([*said.script_dates, *(run.text for run in [*head, *others] if len(run.text) <= 200)])
    )
    return next((moment for text in near if (moment := recent(text, now, year))), None)


def _month_alone(runs: list[Run]) -> Moment | None:
    """For pages that name only a month, as the issue of a periodical."""
    for run in runs:
        if len(run.text) <= 30 and (match := _MONTH_ALONE.search(plain(run.text))):
            return parse_date(f"{match[1]}-{match[2]}-01")
    return None
