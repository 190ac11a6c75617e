"""Choosing the pack that answers an alert, and filling its text with the alert's own facts. Pure; no free generation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from html import escape
from zoneinfo import ZoneInfo

from content_store.tables import Alert
from steps.errors import Refused
from steps.hazards import HazardTable

BEIJING = ZoneInfo("Asia/Shanghai")
FIELDS = (
    "sender",
    "area",
    "level_name",
    "colour",
    "hazard_name",
    "sent_time",
    "effective_time",
    "expires_time",
    "headline",
)
"""What a pack may name in braces; everything comes from the alert."""
TEMPLATE_FIELDS = ("title", "digest", "body_html", "short_text", "video_title", "source_line")
"""The parts of a pack's text in which fields are filled."""
PHASES = ("before", "during", "after")
PHASE_NAMES = {"before": "灾前", "during": "灾中", "after": "灾后"}
_FIELD = re.compile(r"\{([^{}]*)\}")
_WIDE = str.maketrans({"{": "｛", "}": "｝"})
_FIELD_NAMES = {
    "sender": "发布单位",
    "area": "地区",
    "level_name": "级别",
    "colour": "颜色",
    "hazard_name": "灾种",
    "sent_time": "发布时间",
    "effective_time": "生效时间",
    "expires_time": "失效时间",
    "headline": "标题",
}


class Unfillable(Refused):
    """A pack cannot be filled from this alert; nothing of it may go out."""


@dataclass(frozen=True)
class Candidate:
    """A pack with the text that may be used of it. `version_id` None: no version has passed its three reviews."""

    id: int
    key: str
    name: str
    hazard: str
    levels: tuple[str, ...]
    phase: str
    audience: str
    expires_on: date
    enabled: bool
    story_id: int
    version_id: int | None = None
    text: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    """`refused`: packs which would have fitted, with the reason why they may not be used. `hole`: what is missing."""

    pack: Candidate | None
    refused: tuple[tuple[str, str], ...] = ()
    hole: str = ""


def unusable(pack: Candidate, on: date) -> str:
    """Why a pack may not be used on this day; empty where it may."""
    if not pack.enabled:
        return "已停用。"
    if pack.expires_on < on:
        return f"已于{pack.expires_on.year}年{pack.expires_on.month}月{pack.expires_on.day}日到期，请重新审核后再用。"
    if pack.version_id is None:
        return "还没有通过三审。"
    return ""


def match(
    packs: Sequence[Candidate], *, hazard: str, level: str, phases: Sequence[str], audience: str, on: date
) -> Match:
    """The best pack: of the first phase that has one, for this audience before everybody, for few levels before many."""
    fitting = [pack for pack in packs if _fits(pack, hazard, level, phases, audience)]
    refused = tuple((pack.name, why) for pack in fitting if (why := unusable(pack, on)))
    good = [pack for pack in fitting if not unusable(pack, on)]
    if not good:
        return Match(None, refused, "没有可用的科普包，请临时撰写并补审。")
    best = min(
        good,
        key=lambda pack: (phases.index(pack.phase), pack.audience != audience, len(pack.levels) or 99, pack.key),
    )
    return Match(best, refused)


def _fits(pack: Candidate, hazard: str, level: str, phases: Sequence[str], audience: str) -> bool:
    return (
        pack.hazard == hazard
        and pack.phase in phases
        and pack.audience in (audience, "")
        and (not pack.levels or level in pack.levels)
    )


def phases_for(state: str) -> tuple[str, ...]:
    """Which packs answer an event in this state, the best first: a warning is mostly given before the hazard comes."""
    return ("after",) if state in ("cancelled", "expired") else ("before", "during")


def facts_of(
    alert: Alert, table: HazardTable, *, level: str = "", hazard_name: str = "", area: str = ""
) -> dict[str, str]:
    """The fields as they stand in the alert, times as "11月26日5时30分" in Beijing. Empty: the alert does not say.

    `level`, `hazard_name` and `area` are the event's where the message itself leaves them out.
    """
    known = table.level_named(alert.level or level)
    expires = shown_time(alert.expires)
    return {
        "sender": alert.sender_name,
        "area": alert.area_text or area,
        "level_name": known.name if known else "",
        "colour": known.colour if known else "",
        "hazard_name": alert.hazard_name or hazard_name,
        "sent_time": shown_time(alert.sent),
        "effective_time": shown_time(alert.effective or alert.sent),
        # an end that is our own may not pass for the sender's
        "expires_time": f"{expires}（发布单位未注明，按常规时长估计）" if expires and alert.expires_is_own else expires,
        "headline": alert.headline,
    }


def shown_time(moment: datetime | None) -> str:
    if moment is None:
        return ""
    local = moment.astimezone(BEIJING)
    return f"{local.month}月{local.day}日{local.hour}时" + (f"{local.minute}分" if local.minute else "")


def fill(template: Mapping[str, str | None], facts: Mapping[str, str]) -> dict[str, str | None]:
    """The template's text with every field replaced. Raises Unfillable for an unknown field, one that the alert leaves
    empty, or a brace that belongs to no field. Parts without fields (cover, author …) are passed on as they are."""
    filled = dict(template)
    for name in TEMPLATE_FIELDS:
        text = template.get(name)
        if text:
            filled[name] = _filled(text, facts, html=name == "body_html")
    return filled


def _filled(text: str, facts: Mapping[str, str], *, html: bool) -> str:
    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in FIELDS:
            raise Unfillable(f"科普包里有不认识的字段“{{{name[:30]}}}”，请改正科普包后再用。")
        # a value with braces of its own must neither be filled again nor leave a brace behind
        said = " ".join(facts.get(name, "").split()).translate(_WIDE)
        if not said:
            raise Unfillable(f"预警没有写明{_FIELD_NAMES[name]}，科普包“{{{name}}}”一处无法填写，请人工撰写。")
        return escape(said) if html else said

    result = _FIELD.sub(value, text)
    if "{" in result or "}" in result:
        raise Unfillable("科普包里有多余的大括号，请改正科普包后再用。")
    return result


def template_problems(texts: Iterable[tuple[str, str | None]]) -> list[str]:
    """What is wrong with a pack's text whatever the alert says: unknown fields and stray braces."""
    problems = []
    for name, text in texts:
        try:
            _filled(text or "", dict.fromkeys(FIELDS, "字"), html=name == "body_html")
        except Unfillable as error:
            problems.append(f"{name}:{error}")
    return problems
