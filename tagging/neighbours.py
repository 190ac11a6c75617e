"""Where names of places stand to one another and in the text."""

from __future__ import annotations

from collections.abc import Sequence

from tagging.matching import Found
from tagging.mentions import Mention

JOINTS = ("、", ",", "和", "及", "与", "/", " ")
_ROW = ("、", "和", "及", "与")
BETWEEN = (*JOINTS, "至", "到", "-", "—", "——", "往返")
"""What stands between two cities named together: besides a row, a way from one to the other."""


def nearest_before(mentions: Sequence[Mention], at: int, but: str = "") -> Mention | None:
    """The place named last, leaving out `but`: a name said again belongs to whom it belonged before."""
    return next(
        (
            m
            for m in reversed(mentions[:at])
            if m.name != but and (m.province or (m.area and m.area.kind != "not_place"))
        ),
        None,
    )


def adjoining(text: str, mentions: Sequence[Mention], at: int) -> Mention | None:
    """The mention that ends right before this one, as in 吉林省长春市."""
    if at == 0:
        return None
    before, gap = mentions[at - 1], text[mentions[at - 1].end : mentions[at].start]
    return before if gap.strip(" ·-的") == "" and len(gap) <= 3 and "\n" not in gap else None


def joined(text: str, mentions: Sequence[Mention], at: int, other: int, joints: Sequence[str] = JOINTS) -> bool:
    left, right = sorted((at, other))
    return text[mentions[left].end : mentions[right].start] in joints


def led_by(found: Found, mention: Mention) -> bool:
    """Whether a text is about what it names: in its title, at its very beginning, or again and again."""
    title_end = found.document.title_end
    return mention.start < (title_end or 30) or len(found.at(mention.name)) > 2


def row(text: str, mentions: Sequence[Mention], at: int) -> Sequence[Mention]:
    """The mentions that stand in one row with this one (龙井、和龙和安图), itself among them."""
    first = last = at
    while first and joined(text, mentions, first - 1, first, _ROW):
        first -= 1
    while last + 1 < len(mentions) and joined(text, mentions, last, last + 1, _ROW):
        last += 1
    return mentions[first : last + 1]
