"""What shows that a name many things bear means a county: other counties in a row with it, or the turns places are spoken of in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tagging.areas import AreaName
from tagging.matching import Found
from tagging.mentions import Mention
from tagging.neighbours import nearest_before, row

_COUNTED = re.compile("(?:[两二三四五六七八九等]|多个?)个?(?:地|县|市|区|州)")
"""What counts the members of a row as places: 两地, 三县市, 四区."""
_ONE = re.compile(r"(?:一|两|[二三四五六七八九]|\d{1,3}|多|某)(?:名|家|处|个|位|起|座|辆|所|户|栋|条)?")
_HEADS = frozenset("。;!?:\n,】# ")
_NEAR = 40
_MANY = 3


def is_framed(found: Found, mention: Mention) -> bool:
    """A name before 的 and a thing of a place (永吉的稻田), at the head of a sentence before "one" and such a thing
    (九台一大棚) or what happens to places (东丰遭遇冰雹), or at the head of the title before a colon."""
    text, end = found.document.text, mention.end
    things, people = found.sets["place_thing"], found.sets["place_person"]
    if text.startswith("的", end):
        return mention.name not in found.sets["riverside"] and _begins(text, end + 1, things | people, 3)
    if mention.start and text[mention.start - 1] not in _HEADS:
        return False
    if one := _ONE.match(text, end):
        return _begins(text, one.end(), things, 4) or _begins(text, one.end(), people, 0)
    if mention.name in found.sets["common_word"]:
        return False
    titled = mention.start == 0 and end < found.document.title_end
    return (titled and text[end : end + 1] == ":") or _begins(text, end, found.sets["place_verb"], 0)


def _begins(text: str, low: int, words: frozenset[str], reach: int) -> bool:
    """Whether one of the words begins there, or at most `reach` characters further on in the same breath."""
    return any(
        text.startswith(word, at)
        for at in range(low, low + reach + 1)
        if not any(text[place : place + 1] in _HEADS for place in range(low, at))
        for word in words
    )


def in_row(found: Found, mentions: Sequence[Mention], at: int, names: Mapping[str, AreaName]) -> bool:
    """Whether other names of counties of ours in a row with this one vouch for it, as it does for them."""
    text = found.document.text
    members = row(text, mentions, at)
    areas = [each.area for each in members if each.area is not None and each.area.kind in ("county", "city")]
    if len(areas) < len(members) or len({area.code for area in areas}) < 2:
        return False
    counted = _COUNTED.match(text, members[-1].end) is not None
    own = mentions[at].area
    assert own is not None  # one of the members
    if own.use == "parent":
        city = {area.name: area for area in areas if area.code[:4] == own.code[:4]}
        known = any(names[name + "区"].use == "plain" for name in city if name + "区" in names)
        return known and len(city) >= (2 if counted else _MANY)
    firm = [area for area in areas if area.use != "parent"]
    if len(firm) < 2 or counted:
        return len(firm) > 1
    far = nearest_before(mentions, mentions.index(members[0]))
    abroad = far is not None and far.province is not None and members[0].start - far.end < _NEAR
    further = "、" in (text[members[0].start - 1 : members[0].start], text[members[-1].end : members[-1].end + 1])
    common = found.sets["common_word"]
    return not abroad and not further and any(area.name not in common for area in firm)
