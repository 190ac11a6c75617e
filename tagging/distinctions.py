"""What tells two pieces of one pattern apart: the colour of a warning, its issuer, the number of a notice. Pure.

Warnings, quakes and yearly notices repeat their sentences and change one word, and that word makes another piece. Only what
both state counts, so that a cut or a new headline takes nothing away. Texts come bare (tagging/folding.py): 3.1级 is 31级 here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint32]
Mark = tuple[str, str]
"""What kind of distinction, and what is said."""

LEAD = 150
"""Characters at the beginning that say, with the headline, what a piece is about."""
_UNITS = "届期号批周季轮集讲"
_KINDS = ("colour", "hazard", "act", "response", "place", "county", "magnitude", "hour", "minute", "struck", "stance")
_DATING = ("year", "month", "day", *_UNITS)
_TITLE_DATES = 3
"""Those of them that are dates; the others number the issues of a series."""
_NUMBERED = {kind: number for number, kind in enumerate((*_KINDS, *_DATING, "storm"))}
_MOST = 16
"""A piece that states more of one kind is a list of many, and of that kind states nothing."""
_VALUE_BITS = 27
_DATES_FROM = len(_KINDS)
_HOURS = {_NUMBERED[kind] for kind in ("hour", "minute", "struck")}
_QUAKES = {_NUMBERED[kind] for kind in ("magnitude", "county", "place")}
_PLACED = {_NUMBERED[kind] for kind in ("colour", "act", "response", "magnitude")}

_NUMERAL = "[0-9零〇一二两三四五六七八九十百]"
_DIGITS = {each: place for place, each in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_ACTS = {
    "lift": ("解除", "撤销", "取消", "终止"),
    "raise": ("升级", "提升", "上调"),
    "lower": ("降级", "降低", "下调"),
    "change": ("变更", "更新", "调整"),
    "continue": ("继续", "维持", "延长"),
    "issue": ("发布", "启动"),
}
_ACT_OF = {word: act for act, words in _ACTS.items() for word in words}
_VERB = "|".join(_ACT_OF)
_SIGNAL = "(?:预警|警报|应急响应)"
_PLACE = "([一-龥]{2}[省市县区州盟旗])"
_THEN = "(?:[0-9]{2,4}年)?(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?(?:[0-9]{1,2}时)?(?:[0-9]{1,2}分)?"

_WARNED = re.compile(
    "(?:([^0-9a-z发布解除变更升降级为至到续动的]{1,2})(?:气象风险|风险|灾害|天气|事件|(?:i{1,3}|iv|[一二三四])级){0,3})?"
    f"([红橙黄蓝])色(?=.{{0,8}}?{_SIGNAL})"
)
_MOVED_TO = re.compile(f"{_SIGNAL}[^0-9]{{0,8}}?(?:升|降|变更|调整|提升|上调|下调)[^0-9]{{0,3}}?[为至到]([红橙黄蓝])色")
_ACT_BEFORE = re.compile(f"(?<!未)({_VERB})(?![的之])(?=.{{0,26}}?{_SIGNAL})")
_ACT_BEHIND = re.compile(f"{_SIGNAL}(?:信号|信息)?[已现被予以正式全部]{{0,4}}({_VERB})(?!中心|系统|平台)")
_RESPONSE = re.compile("(i{1,3}v?|iv|[一二三四1-4])级[^0-9]{0,8}?响应")
_ISSUER = re.compile(
    f"{_PLACE}(?:[^省市县区州盟旗0-9]{{0,8}}(?:台|局|委|厅|站|中心|指挥部|办公室))?{_THEN}"
    f"(?=(?:再次|联合|连续)?(?:{_VERB}|通报))"
)
_TITLE_ISSUER = re.compile(
    f"^(?:[一-龥]{{2}}省?)?([一-龥]{{2}})(?:气象[台局])?(?=(?:再次|连续)?(?:{_VERB}).{{0,14}}{_SIGNAL})"
)
_NO_PLACE = re.compile("[我本全各该今多自每]|最新|再次|继续|连续|气象|预警")
_SHAKEN = re.compile("([一-龥]{3,16})(?=(?:北纬|附近|发生).{0,32}?级[^0-9]{0,4}地震)")
_MAGNITUDE = re.compile("([0-9]{2})级[^0-9]{0,4}地震")
_MOMENT = "([0-9]{1,2})日([0-9]{1,2})时"
_ISSUED = re.compile(f"{_MOMENT}(?:([0-9]{{1,2}})分)?(?=(?:再次|联合|连续)?(?:{_VERB}))")
_STRUCK = re.compile(f"{_MOMENT}([0-9]{{1,2}})分(?=[^0-9]{{0,30}}(?:北纬|发生.{{0,6}}级))")
_ORDINAL = re.compile(f"第([0-9]{{1,3}}|[零〇一二两三四五六七八九十百]{{1,5}})([{_UNITS}])(?!度)")
_YEAR = re.compile("((?:19|20)[0-9]{2})年")
_TITLE_MONTH = re.compile(f"({_NUMERAL}{{1,3}})月")
_TITLE_DAY = re.compile(f"({_NUMERAL}{{1,3}})[日号](?![内游前后])")
_DENIED = re.compile(
    "谣言|辟谣|造谣|传谣|真相|不实|误传|误区|虚假|假消息|假新闻|澄清|伪科学|[勿莫别]轻?信|不可信|不要信|不靠谱|没有(?:科学)?[依根]据|并非如此"
)
_STORM = re.compile('台风[“"‘「『]([一-龥]{2,5})[”"’」』]')
_CLAIMED = re.compile("有益|可以一试|不妨一试|亲测|管用|包治|根治|奇效|特效|快转|转给|扩散|告诉家人|千真万确")


class Distinctions(NamedTuple):
    """Hashes, sorted; the kind stands in the highest bits."""

    opening: Hashes
    """What the headline and the beginning state."""
    stated: Hashes
    """What headline or text state anywhere."""


def distinctions(title: str, body: str) -> Distinctions:
    """What tells a piece from others of its pattern."""
    headline, lead = {*_stated(title), *_titled_issuer(title)}, body[:LEAD]
    stated = {*headline, *_stated(body)}
    opening = {*headline, *_stated(lead), *_title_dates(title), *_stance(title, lead)}
    if sum(kind == "act" for kind, _ in opening) > 1:
        # what is lifted or raised was issued once, and says so
        opening.discard(("act", "issue"))
    listed = {kind for kind, count in Counter(kind for kind, _ in stated).items() if count > _MOST}
    return Distinctions(*(_hashed(mark for mark in marks if mark[0] not in listed) for marks in (opening, stated)))


def differ(one: Distinctions, other: Distinctions, *, whole: bool) -> bool:
    """Whether both state something of one kind and nothing of it in common. `whole`: one text stands whole in the other.

    A cut text opens with something else than the whole one, and a title may bear another day: neither makes another piece.
    """
    apart, agreed = _compared(one.stated, other.stated)
    if apart:
        return True
    opened_apart, _ = _compared(one.opening, other.opening)
    forgiven = {kind for kind in opened_apart if kind in agreed or kind >= _DATES_FROM} if whole else set()
    return bool(opened_apart - forgiven)


def marks_of_event(title: str, body: str) -> Hashes:
    """What tells the event of a report from others like it: what its headline and beginning state.

    Days and hours are left out: one event is reported on several. When a quake struck is read apart (tagging/quakes.py).
    """
    opening = distinctions(title, body).opening.tolist()
    return np.array([mark for mark in opening if mark >> _VALUE_BITS not in _HOURS and not _is_date(mark)], np.uint32)


def other_events(one: Hashes, other: Hashes, *, one_quake: bool = False) -> bool:
    """Whether two reports tell of another event each, by their `marks_of_event`.

    `one_quake`: it is known that they tell of one, which is measured again and named after another county. An authority makes
    an event another only where it warns: of one accident a city and its province both report.
    """
    apart, _ = _compared(one, other)
    if one_quake:
        apart -= _QUAKES
    if not _PLACED & _kinds(one.tolist()) & _kinds(other.tolist()):
        apart.discard(_NUMBERED["place"])
    return bool(apart)


def places_apart(one: Hashes, other: Hashes) -> bool:
    """Whether both name a city or the like and not the same, by their `marks_of_event`."""
    return _NUMBERED["place"] in _compared(one, other)[0]


def named_storms(text: str) -> Hashes:
    """The storms a text names, as marks of an event. The text with its quotation marks: a name of letters needs them."""
    return _hashed(("storm", name) for name in _STORM.findall(text)) if "台风" in text else _hashed(())


def one_storm(one: Hashes, other: Hashes) -> bool:
    """Whether both name a storm and the same one."""
    return _NUMBERED["storm"] in _compared(one, other)[1]


def _is_date(mark: int) -> bool:
    return _DATES_FROM <= mark >> _VALUE_BITS < _DATES_FROM + _TITLE_DATES


def _compared(one: Hashes, other: Hashes) -> tuple[set[int], set[int]]:
    """The kinds of which both state something: those without anything in common, and those with."""
    mine, theirs = set(one.tolist()), set(other.tolist())
    agreed = _kinds(mine & theirs)
    return (_kinds(mine) & _kinds(theirs)) - agreed, agreed


def _kinds(marks: Iterable[int]) -> set[int]:
    return {mark >> _VALUE_BITS for mark in marks}


def _hashed(marks: Iterable[Mark]) -> Hashes:
    low = (1 << _VALUE_BITS) - 1
    return np.array(
        sorted({_NUMBERED[kind] << _VALUE_BITS | crc32(said.encode()) & low for kind, said in marks}), np.uint32
    )


def _stated(text: str) -> Iterator[Mark]:
    if any(word in text for word in ("预警", "警报", "响应")):
        yield from _warnings(text)
    if any(word in text for word in ("预警", "警报", "响应", "通报")):
        yield from (("place", place) for place in _ISSUER.findall(text) if not _NO_PLACE.search(place))
    if "地震" in text:
        yield from _quakes(text)
    if "第" in text:
        yield from ((unit, str(_value(number))) for number, unit in _ORDINAL.findall(text))
    for day, hour, minute in _ISSUED.findall(text):
        yield "hour", f"{int(day)} {int(hour)}"
        if minute:
            yield "minute", f"{int(day)} {int(hour)} {int(minute)}"


def _warnings(text: str) -> Iterator[Mark]:
    for hazard, colour in _WARNED.findall(text):
        yield "colour", colour
        if hazard:
            yield "hazard", hazard
    yield from (("colour", colour) for colour in _MOVED_TO.findall(text))
    for pattern in (_ACT_BEFORE, _ACT_BEHIND):
        yield from (("act", _ACT_OF[verb]) for verb in pattern.findall(text))
    yield from (("response", level) for level in _RESPONSE.findall(text))


def _quakes(text: str) -> Iterator[Mark]:
    yield from (("magnitude", size) for size in _MAGNITUDE.findall(text))
    places = (place for names in _SHAKEN.findall(text) for place in re.findall(_PLACE, names))
    yield from (
        ("county" if place[-1] in "县区旗" else "place", place) for place in places if not _NO_PLACE.search(place)
    )
    for moment in _STRUCK.findall(text):
        # by twos, so that a digit that was lost in copying makes no other quake: its strength and place tell as well
        yield from (("struck", f"{left} {right}") for left, right in combinations(enumerate(map(int, moment)), 2))


def _titled_issuer(title: str) -> Iterator[Mark]:
    """长春发布… may mean a city or a province: each reading counts."""
    for name in _TITLE_ISSUER.findall(title):
        if not _NO_PLACE.search(name) and name[-1] not in "省市县区州盟旗":
            yield from (("place", name + unit) for unit in "省市县区州")


def _title_dates(title: str) -> Iterator[Mark]:
    yield from (("year", year) for year in _YEAR.findall(title))
    yield from (("month", str(_value(number))) for number in _TITLE_MONTH.findall(title))
    yield from (("day", str(_value(number))) for number in _TITLE_DAY.findall(title))


def _stance(title: str, lead: str) -> Iterator[Mark]:
    """A rumour that is debunked is quoted first, so that only a headline can deny."""
    if _DENIED.search(title):
        yield "stance", "denied"
    elif _CLAIMED.search(title + lead) and not _DENIED.search(lead):
        yield "stance", "claimed"


def _value(numeral: str) -> int:
    """12, 十二, 一百零五, 二〇二六."""
    if numeral.isdecimal():
        return int(numeral)
    total, last = 0, 0
    for each in numeral:
        if each in "十百":
            total, last = total + (last or 1) * (10 if each == "十" else 100), 0
        else:
            last = last * 10 + _DIGITS.get(each, 0 if not each.isdecimal() else int(each))
    return total + last
