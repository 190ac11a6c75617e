"""Names of places that a text only passes by: where somebody comes from or sets out, firms that bear the name, prices."""

from __future__ import annotations

from collections.abc import Sequence

from tagging.matching import Found, begins_between
from tagging.mentions import Mention

_MARKS = frozenset(",。;:、!?\n()《》“”\"' ")
_OPENERS = ("是", "系", "为", ":", ",", "(", "、", "。", "\n")


def is_aside(found: Found, mentions: Sequence[Mention], at: int) -> bool:
    """Whether the text is not about the place with this mention of it, whatever else it says."""
    mention = mentions[at]
    return (
        _origin(found, mentions, at)
        or _guild(found, mentions, at)
        or _brand(found, mention)
        or _starts(found, "publisher", mention.end, 10)
        or _names_compared(found, mention)
        or _verse(found, mention)
    )


def is_departure(found: Found, mention: Mention) -> bool:
    """Where a journey begins (从长春出发): the text is about where it leads, if it says so."""
    before = found.document.text[max(0, mention.start - 1) : mention.start]
    return before in ("从", "自", "由") and _starts(found, "departure", mention.end, 8)


def is_quoted(found: Found, mention: Mention) -> bool:
    """A firm as a line of the stock market, or a university to choose among others."""
    return _starts(found, "stock_quote", mention.end, 20) or bool(found.of("choice"))


def _origin(found: Found, mentions: Sequence[Mention], at: int) -> bool:
    """Where somebody is from: 祖籍吉林长春, 是四平人, 长春姑娘在成都."""
    text = found.document.text
    first = last = at
    while first and mentions[first - 1].end == mentions[first].start:
        first -= 1
    while last + 1 < len(mentions) and mentions[last + 1].start == mentions[last].end:
        last += 1
    before = text[max(0, mentions[first].start - 4) : mentions[first].start]
    end = mentions[last].end
    if any(before.endswith(word) for word in found.sets["origin"]) or text.startswith("籍", end):
        return True
    if text.startswith("人", end) and before.endswith(_OPENERS) and (text[end + 1 : end + 2] or ",") in _MARKS:
        return True
    native = next((word for word in found.sets["native"] if text.startswith(word, end)), None)
    if native is None or last + 1 == len(mentions):
        return False
    there = mentions[last + 1]
    between = text[end + len(native) : there.start]
    return there.province is not None and len(between) < 6 and any(word in between for word in "在到赴去闯游")


def _guild(found: Found, mentions: Sequence[Mention], at: int) -> bool:
    """What people of one place, or a house named after it, keep in another: 浙江省吉林商会."""
    away = at > 0 and mentions[at - 1].province is not None and mentions[at].start - mentions[at - 1].end < 2
    return away and _starts(found, "guild", mentions[at].end, 4)


def _brand(found: Found, mention: Mention) -> bool:
    """A name on goods: 长白山牌香烟, but not 吉林牌照."""
    sign = found.document.text[mention.end : mention.end + 2]
    return sign[:1] == "牌" and sign not in ("牌照", "牌楼", "牌匾", "牌坊", "牌子")


def _names_compared(found: Found, mention: Mention) -> bool:
    """A text about names that are alike, or a firm whose name is in dispute."""
    kept = found.of("name_of_work")
    compared = [start for start in found.of("name_dispute") if start not in kept]
    if not compared:
        return False
    return compared[0] < found.document.title_end or _starts(found, "firm", mention.end, 8)


def _verse(found: Found, mention: Mention) -> bool:
    """The mountain of a poem or song is no place to be at."""
    landmark = mention.area is not None and mention.area.kind == "landmark" and mention.area.code.endswith("0000")
    return landmark and bool(found.of("verse"))


def _starts(found: Found, name: str, low: int, width: int) -> bool:
    """Whether a word of the set stands in the same breath, no further than `width` characters on."""
    text = found.document.text
    stop = next((place for place in range(low, min(len(text), low + width)) if text[place] in _MARKS), low + width)
    return begins_between(found.of(name), low, stop)
