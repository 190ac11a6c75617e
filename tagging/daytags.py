"""The theme days a text belongs to: it names the day, or it is about the day's subject and stands close to it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from tagging.days import ThemeDay, beijing_day
from tagging.document import Letters, plain_words
from tagging.lexicon import Lexicon
from tagging.matching import Found
from tagging.shapes import DayTag, Evidence

_TOLD_BY = "names and subjects of days"
_FRONTS = ("世界", "国际", "全国", "中国", "全民", "联合国")
"""What a day is called without in everyday use: 世界粮食日, 粮食日."""
_OTHER = (
    "档",
    "报",
    "志",
    "记",
    "联欢晚会",
    "公报",
    "播出",
    "上映",
    "首播",
    "首映",
    "上线",
    "开播",
    "定档",
    "广场",
    "路",
)
"""What follows where the name only dates something else, or is a part of another name."""
_WORDS = (
    "日益",
    "日渐",
    "日常",
    "日均",
    "日报",
    "日志",
    "日记",
    "日趋",
    "日夜",
    "日新",
    "日产",
    "日臻",
    "日间",
    "日子",
    "日程",
    "日用",
    "日化",
    "周边",
    "周围",
    "周期",
    "周末",
    "周刊",
    "周报",
    "周转",
    "周年",
    "节奏",
    "节目",
    "节点",
    "节约",
    "节能",
    "月份",
    "月底",
    "月初",
)
"""Words that begin with the last character of a day's name: 环境日益改善 names no day."""
_EVE = 4
"""So many days before it a text on its subject may be written for the day; earlier it must name it."""
_OCCASION = (
    "怎么",
    "如何",
    "怎样",
    "为什么",
    "科普",
    "宣传",
    "义诊",
    "讲座",
    "主题",
    "活动",
    "提醒",
    "演练",
    "知识",
    "检查",
    "走进",
    "进校园",
    "进社区",
)
"""What a text written for a day does: it advises, explains or tells of a campaign. Other news on its subject only falls on it."""
_SEASON = 45
"""So many days around it a text may be about a day without saying so in its headline."""
_BEGINNING = 150
"""A day named for the first time further on in a long text is named in passing."""
_LONG = 400


class DayReader:
    def __init__(self, lexicon: Lexicon, letters: Letters) -> None:
        self._days = tuple(
            (day, tuple(plain_words(_names(day), letters)), tuple(plain_words(day.words, letters)))
            for day in lexicon.days
        )
        self._told_by: dict[str, set[int]] = defaultdict(set)
        for number, (_, names, words) in enumerate(self._days):
            for word in (*names, *words):
                self._told_by[word].add(number)
        self.lists = {_TOLD_BY: self._told_by.keys()}
        self.words: frozenset[str] = frozenset()

    def read(self, found: Found, published_at: datetime | None) -> tuple[DayTag, ...]:
        near = {number for word in found.among(_TOLD_BY) for number in self._told_by[word]}
        if not near:
            return ()
        day = beijing_day(published_at) if published_at else None
        near = {number for number in near if self._days[number][0].held(day.year if day else None)}
        whole = _whole_names(found, {name for number in near for name in self._days[number][1]})
        tags = [tag for number in sorted(near) if (tag := _tag(found, whole, *self._days[number], day))]
        return tuple(sorted(tags, key=lambda tag: (-tag.score, tag.key)))


def _whole_names(found: Found, names: set[str]) -> dict[str, list[int]]:
    """Where each name of a day stands, but not as a part of a longer one: 减灾日 in 防灾减灾日 is another day."""
    hits = [(start, name) for name in names for start in found.at(name) if _is_named(found, start, name)]
    whole: dict[str, list[int]] = defaultdict(list)
    reach = 0
    for start, name in sorted(hits, key=lambda hit: (hit[0], -len(hit[1]))):
        if start + len(name) > reach:
            reach = start + len(name)
            whole[name].append(start)
    return whole


def _tag(
    found: Found,
    whole: dict[str, list[int]],
    theme: ThemeDay,
    names: tuple[str, ...],
    words: tuple[str, ...],
    day: date | None,
) -> DayTag | None:
    begins = theme.near(day) if day else None
    close = day is not None and begins is not None and theme.open_on(day)
    named = [(start, name) for name in names for start in whole.get(name, ())]
    season = day is None or begins is None or -_SEASON <= (day - begins).days <= theme.length + _SEASON
    if named and (close or _matters(found, named, season)):
        return DayTag(theme.key, theme.name, begins, 0.95, _evidence(found, named[:6]))
    if day is None or begins is None or not close or not -_EVE <= (day - begins).days <= 1:
        return None
    if not any(word in found.document.text for word in _OCCASION):
        return None
    about = [(start, word) for word in words for start in found.at(word)]
    in_title = any(start < found.document.title_end for start, _ in about)
    if in_title or len(about) >= 3:
        return DayTag(theme.key, theme.name, begins, 0.8 if in_title else 0.6, _evidence(found, about[:5]))
    return None


def _names(day: ThemeDay) -> tuple[str, ...]:
    full = (day.name, *day.alias)
    short = (name.removeprefix(front) for name in full for front in _FRONTS if name.startswith(front))
    return tuple(dict.fromkeys((*full, *(name for name in short if len(name) > 2))))


def _is_named(found: Found, start: int, name: str) -> bool:
    text, end = found.document.text, start + len(name)
    return not text.startswith(_OTHER, end) and not text.startswith(_WORDS, end - 1)


def _matters(found: Found, named: list[tuple[int, str]], season: bool) -> bool:
    """Whether a text not of the day names it as its matter: in the headline, or in its season early or again."""
    document = found.document
    places = {start for start, _ in named}
    if not season:
        return min(places) < document.title_end
    early = any(start < max(document.title_end, document.body_start + _BEGINNING) for start in places)
    return early or len(document.text) < _LONG or len({start // 10 for start in places}) > 2


def _evidence(found: Found, places: list[tuple[int, str]]) -> tuple[Evidence, ...]:
    return tuple(found.document.evidence(start, word) for start, word in sorted(places))
