"""Topics of several hot lists put together: the same one on two platforms is one; where it stands, and where it is going."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from tagging.shapes import HotTopic

_SAME = 0.52
"""Topics that agree to this part are one: the mean of Dice over words, by their rarity, and over pairs of characters."""
_BURST = 3.0
"""So many standard deviations above what is usual is a burst,"""
_ENOUGH = 3
"""and from so many articles on."""
_ORDINAL = re.compile(r"第?[0-9零一二两三四五六七八九十百]{1,8}(?:\.[0-9]{1,3})?(?:号|级|届|代|期|季|周年|金|强|线)")
"""What tells one of a row from the next; numbers of the dead or of money only grow while a topic lives."""
_YEAR = re.compile(r"(?<![0-9.])(?:19|20)[0-9]{2}(?![0-9.]|[多余]?[万亿元人名米个头只辆吨点分平公])")
"""Of two lines with different years each has its own subject (2025年国考报名, 2026年国考报名)."""
_PIECE = 5
"""So many characters at most, one piece in another's place, make another topic; longer ones are the same told otherwise."""
_LITTLE = re.compile(
    "回应|回复|喊话|发声|承认|否认|表态|表示|官宣|宣布|公布|发布|通报|披露|曝光|网传|网曝|呼吁|建议|解读|谈|称|说|曝|据悉|"
    "正式|首次|再次|最新|突然|突发|疑似|疑|竟然?|可能|或|将|已经?|又|仍|正在|全部|官方|专家|媒体|网友|警方|记者|当地|"
    "[今昨明后当][天日晚年早晨夜]|凌晨|清晨|上午|中午|下午|晚上|深夜|近日|日前|刚刚|目前|[0-9]{1,4}[年月日号时点分]|[上下本]周.?|[上下本]月|"
    "周[一二三四五六日末]|新年|春节|元旦|除夕|元宵|清明|端午|中秋|国庆|去世|逝世|离世|病逝|辞世|身亡|死亡|遇难|丧生|"
    "开通|通车|落地|落户|出炉|男子|女子|男孩|女孩|男童|女童|孩童|导演|剧组|家属|父亲|母亲|[的了在因遭被有起后前时]"
)
"""Who says it, when, how surely, and words that stand for each other: none of them makes another topic."""
_NOT = frozenset("不没未非无别勿")
_CONTRARY = frozenset(
    frozenset(pair.split("/"))
    for pair in (
        *(
            "高/低",
            "涨/跌",
            "升/降",
            "升/跌",
            "涨/降",
            "增/减",
            "开/关",
            "胜/负",
            "胜/败",
            "赢/输",
            "左/右",
            "上/下",
            "早/晚",
            "高/中",
            "跌/突",
        ),
        *(
            "东/西",
            "南/北",
            "男/女",
            "甲/乙",
            "甲/丙",
            "乙/丙",
            "发布/解除",
            "发布/取消",
            "启动/终止",
            "启动/解除",
            "能/不能",
            "确诊/排除",
        ),
    )
)
"""Signs or words that, one in the other's place, make another topic of the same line."""


@dataclass(frozen=True, slots=True)
class JoinedTopic:
    """One topic with its lines on all lists. It is called what the list called it that had it first."""

    name: str
    lines: tuple[HotTopic, ...]
    trend: str
    """up, down, same, new, off where no list has it any more, or empty where one look is all there was."""

    @property
    def lists(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(line.list for line in self.lines if line.list))

    @property
    def rank(self) -> int | None:
        """The best it has now."""
        return min((line.rank for line in self.lines if line.rank is not None), default=None)

    @property
    def best_rank(self) -> int | None:
        ranks = [rank for line in self.lines for rank in (line.best_rank, line.rank) if rank is not None]
        return min(ranks, default=None)

    @property
    def times_seen(self) -> int:
        """Looks at lists that had it, all lists together. Several wordings on one list at the same time are one look."""
        by_list: dict[str, list[HotTopic]] = {}
        for line in self.lines:
            by_list.setdefault(line.list, []).append(line)
        return sum(map(_looks, by_list.values()))

    @property
    def first_seen(self) -> datetime | None:
        return min((line.first_seen for line in self.lines if line.first_seen), default=None)

    @property
    def last_seen(self) -> datetime | None:
        return max((line.last_seen for line in self.lines if line.last_seen), default=None)


@dataclass(frozen=True, slots=True)
class Wording:
    """A line of a list with what it is compared by: its plain form, its words by rarity, the places it names."""

    line: HotTopic
    plain: str
    words: Mapping[str, float]
    places: frozenset[str]


def join(wordings: Iterable[Wording]) -> tuple[JoinedTopic, ...]:
    """One topic for each group of lines that say the same.

    A line joins the group whose first line it is most like, so that groups do not grow from one subject to the next.
    """
    groups: list[tuple[Wording, list[HotTopic]]] = []
    holders: dict[str, set[int]] = {}
    for wording in sorted(wordings, key=lambda each: _age(each.line)):
        pairs = _pairs(wording.plain)
        near = {number for pair in pairs for number in holders.get(pair, ())}
        likeness = [(_likeness(wording, groups[number][0]), -number) for number in near]
        best, place = max(likeness, default=(0.0, 0))
        if best >= _SAME:
            groups[-place][1].append(wording.line)
            continue
        for pair in pairs:
            holders.setdefault(pair, set()).add(len(groups))
        groups.append((wording, [wording.line]))
    return tuple(JoinedTopic(lines[0].topic, tuple(lines), _trend(lines)) for _, lines in groups)


def _looks(lines: Sequence[HotTopic]) -> int:
    """Looks at one list that had any of these lines: those that stood there together count as the one seen most, one
    that took another's place is added."""
    total, most, until = 0, 0, -math.inf
    for line in sorted(lines, key=_age):
        began = line.first_seen.timestamp() if line.first_seen else until
        if began > until:
            total, most = total + most, 0
        most = max(most, line.times_seen)
        until = max(until, line.last_seen.timestamp() if line.last_seen else began)
    return total + most


def _age(line: HotTopic) -> tuple[float, int, str, str]:
    seen = line.first_seen.timestamp() if line.first_seen else math.inf
    return seen, line.rank or 10_000, line.topic, line.list


def _likeness(one: Wording, other: Wording) -> float:
    """The mean of how far the words and the pairs of characters agree; 0 where they name different places or say the contrary."""
    if one.places and other.places and not _same_place(one.places, other.places):
        return 0.0
    if _contrary(one.plain, other.plain) or _other_subject(one, other):
        return 0.0
    pairs, others = _pairs(one.plain), _pairs(other.plain)
    together = 2 * len(pairs & others) / max(1, len(pairs) + len(others))
    shared = sum(weight for word, weight in one.words.items() if word in other.words)
    weight = sum(one.words.values()) + sum(other.words.values())
    return (together + 2 * shared / weight) / 2 if weight else together


def _same_place(places: frozenset[str], others: frozenset[str]) -> bool:
    """Whether a place of one is in the other, with or without its 市: 长春, 长春市."""
    return any(place in other or other in place for place in places for other in others)


def _contrary(one: str, other: str) -> bool:
    """Whether two lines differ in a word that makes another topic of it: 6号线 and 7号线, 大涨 and 大跌, 能 and 不能."""
    years, foreign_years = set(_YEAR.findall(one)), set(_YEAR.findall(other))
    if years and foreign_years and not years & foreign_years:
        return True
    ordinals, others = set(_ORDINAL.findall(one)), set(_ORDINAL.findall(other))
    if ordinals and others and not ordinals & others:
        return True
    own, foreign = _apart(one, other)
    if bool(_NOT & set(own)) != bool(_NOT & set(foreign)) and max(len(own), len(foreign)) <= 3:
        return True
    return frozenset((own, foreign)) in _CONTRARY


def _other_subject(one: Wording, other: Wording) -> bool:
    """Whether two lines say the same of something else, or something else of the same: one short piece stands for another.

    Not where a piece only says more (it contains the other or shares a character with it), or counts: numbers grow.
    """
    own, foreign = _apart(one.plain, other.plain)
    if max(len(own), len(foreign)) > _PIECE or any(char.isdigit() for char in own + foreign):
        return False
    # the first character alone is no word in common: a surname, as in 周深 and 周杰伦
    first = one.plain[:1] if one.plain[1:].startswith(own) and other.plain[1:].startswith(foreign) else ""
    if not (_tells(first + own, one.words) and _tells(first + foreign, other.words)):
        return False
    return set(own).isdisjoint(foreign)


def _tells(piece: str, words: Iterable[str]) -> bool:
    """Whether a piece has a content word that is more than who says it, when, or how surely."""
    left = "".join(char for char in _LITTLE.sub("", piece) if char.isalnum())
    return len(left) > 1 and any(word in piece for word in words if len(word) > 1)


def _apart(one: str, other: str) -> tuple[str, str]:
    """What is left of two lines without the beginning and the end that they share."""
    start = _shared(one, other)
    one, other = one[start:], other[start:]
    end = _shared(one[::-1], other[::-1])
    return one[: len(one) - end], other[: len(other) - end]


def _shared(one: str, other: str) -> int:
    """So many characters at the beginning are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _pairs(text: str) -> set[str]:
    letters = "".join(char for char in text if char.isalnum())
    return {letters[at : at + 2] for at in range(max(1, len(letters) - 1))}


def _trend(lines: Sequence[HotTopic]) -> str:
    """Where most of its lists send it; what they say themselves counts before the ranks we have seen."""
    said = Counter(line.trend or _moved(line) for line in lines)
    if said["off"] == len(lines):
        return "off"
    rising = said["up"] + said["new"] - said["down"]
    if said["new"] and not said["up"] + said["down"] + said["same"]:
        return "new"
    if rising:
        return "up" if rising > 0 else "down"
    return "same" if said["same"] or said["up"] else ""


def _moved(line: HotTopic) -> str:
    if line.rank is None or line.previous_rank is None:
        return "new" if line.first_seen is not None and line.times_seen == 1 else ""
    return "up" if line.rank < line.previous_rank else "down" if line.rank > line.previous_rank else "same"


def burst(today: int, earlier: Sequence[int]) -> float:
    """How far today's number stands above the days before, in standard deviations of a number that comes by chance.

    0 for fewer articles than make a burst. A day before is never counted as less than a third of an article.
    """
    if today < _ENOUGH:
        return 0.0
    usual = max(sum(earlier) / len(earlier), 1 / 3) if earlier else 1 / 3
    return round(max(0.0, (today - usual) / math.sqrt(usual)), 2)


def bursting(days: Iterable[tuple[int, Iterable[str]]]) -> list[tuple[str, int, float]]:
    """(word, articles today, burst) of the words that stand in far more articles today than in the days before.

    Takes, for each article, how many days ago it came (0: today) and its words.
    """
    counts: dict[str, Counter[int]] = {}
    oldest = 0
    for ago, words in days:
        oldest = max(oldest, ago)
        for word in set(words):
            counts.setdefault(word, Counter())[ago] += 1
    if not oldest:
        return []  # without a background everything would be a burst
    found = [
        (word, number[0], burst(number[0], [number[ago] for ago in range(1, oldest + 1)]))
        for word, number in counts.items()
    ]
    return sorted((each for each in found if each[2] >= _BURST), key=lambda each: (-each[2], -each[1], each[0]))
