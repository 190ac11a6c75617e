"""What an alert warns of: hazard, level and action, read from a CAP message by the table in config/hazards.toml.

Pure. Whatever the table does not know is accepted and said in a note for a person; nothing is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field, model_validator

from connectors.cap import CapMessage, Info

OTHER = "other"
"""The hazard of an alert whose name stands in no table."""
_SUFFIX = r"(?:天气|灾害|气象|风险|等级|预警信号|预警|信号|[（(][^）)]{1,8}[）)])*"
_ROMAN = re.compile(r"(特别严重|Ⅰ级|Ⅱ级|Ⅲ级|Ⅳ级|IV级|III级|II级|I级|一级|二级|三级|四级)")
_ISSUED_AGAIN = re.compile(r"(?:发布|升级为?|降级为?|变更为|调整为|更新为|改发)(?=.{0,24}(?:色|级|预警))")
_LEVEL_NAMES = re.compile(r"level|colou?r|级别|等级|颜色|severity", re.IGNORECASE)


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Level(Strict):
    key: str
    colour: str
    name: str
    words: tuple[str, ...]
    values: tuple[str, ...] = ()
    severity: str = ""


class ActionWords(Strict):
    key: str
    words: tuple[str, ...]


class Hazard(Strict):
    key: str
    name: str
    season: tuple[str, ...] = ()
    """Levels for which a pack should exist; the coverage table shows those without one as holes."""


class Signal(Strict):
    """An official name of a warning."""

    name: str
    hazard: str
    aliases: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    """By national rule; empty: no rule is known."""


class Local(Strict):
    """Levels in use somewhere beyond the national rule, from a day on, with the evidence."""

    signal: str
    levels: tuple[str, ...]
    since: date
    source: str


class HazardTable(Strict):
    """config/hazards.toml, checked."""

    default_hours: int = Field(default=24, ge=1, le=168)
    level: tuple[Level, ...] = ()
    action: tuple[ActionWords, ...] = ()
    hazard: tuple[Hazard, ...] = ()
    signal: tuple[Signal, ...] = ()
    local: tuple[Local, ...] = ()

    @model_validator(mode="after")
    def _names_fit(self) -> HazardTable:
        known = {each.key for each in self.hazard}
        for signal in self.signal:
            if signal.hazard not in known:
                raise ValueError(f"预警“{signal.name}”的灾种 {signal.hazard} 没有列在 [[hazard]] 中")
        names = {each.name for each in self.signal}
        for local in self.local:
            if local.signal not in names:
                raise ValueError(f"[[local]] 的预警“{local.signal}”没有列在 [[signal]] 中")
        return self

    def level_named(self, key: str) -> Level | None:
        return next((each for each in self.level if each.key == key), None)

    def colour(self, key: str) -> str:
        found = self.level_named(key)
        return found.colour if found else ""

    def rank(self, key: str) -> int:
        """Higher is graver; 0 for an unknown level."""
        return next((number for number, each in enumerate(self.level, 1) if each.key == key), 0)

    def hazard_name(self, key: str) -> str:
        return next((each.name for each in self.hazard if each.key == key), key)

    def allows(self, signal: Signal, level: str, on: date) -> bool:
        """Is this pair known? Where no rule is known for the signal, no pair is."""
        local = (each for each in self.local if each.signal == signal.name and each.since <= on)
        return level in signal.levels or any(level in each.levels for each in local)

    @cached_property
    def by_name(self) -> dict[str, Signal]:
        return {name: signal for signal in self.signal for name in (signal.name, *signal.aliases)}

    @cached_property
    def names(self) -> re.Pattern[str]:
        """Every name, the longest first."""
        words = sorted(self.by_name, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, words)) or r"(?!)")


@dataclass(frozen=True)
class Warning:
    """What a message warns of. `hazard` is OTHER where the name is unknown; `level` is empty where there is none."""

    hazard: str
    name: str
    level: str
    action: str
    notes: tuple[str, ...] = ()


def infos_of(message: CapMessage) -> tuple[Info, ...]:
    """The message's Chinese blocks, else those of its first language; an empty one where it has none (a Cancel may not)."""
    chinese = tuple(info for info in message.infos if info.language.lower().startswith("zh"))
    if chinese or not message.infos:
        return chinese or (Info(),)
    return tuple(info for info in message.infos if info.language == message.infos[0].language)


def info_of(message: CapMessage) -> Info:
    """The block that speaks for the message."""
    return infos_of(message)[0]


def read_warning(table: HazardTable, message: CapMessage) -> Warning:
    """Hazard, level and action with notes for a person."""
    info = info_of(message)
    headline = info.headline or info.event or info.description.split("\n")[0][:120]
    action = _action(table, message, headline)
    told = _standing_part(headline, action)
    signal, name, notes = _signal(table, info, (told, headline, info.event))
    level, level_notes = _level(table, info, (told, headline, info.event, info.description[:200]), signal)
    if action == "cancel":
        return Warning(signal.hazard if signal else OTHER, name, level, action)
    notes += level_notes
    if signal and not table.allows(signal, level, message.sent.date()):
        shown = f"{name}{table.colour(level) or '未写明级别的'}预警"
        notes += (f"级别表里没有“{shown}”这一组合，已照常接收，请核对是否属实。",)
    return Warning(signal.hazard if signal else OTHER, name, level, action, notes)


def _standing_part(headline: str, action: str) -> str:
    """The part of a headline that says what stands now: after "解除…橙色,发布…黄色" or "…升级为…" only the latter."""
    if action == "cancel":
        return headline
    places = [match.end() for match in _ISSUED_AGAIN.finditer(headline)]
    return headline[places[-1] :] if places else headline


def _action(table: HazardTable, message: CapMessage, headline: str) -> str:
    if message.status != "Actual":
        return "test"
    if message.msg_type == "Cancel" or message.all_clear:
        return "cancel"
    words = {each.key: each.words for each in table.action}
    ended = _place(headline, words.get("cancel", ()))
    if ended >= 0 and not _ISSUED_AGAIN.search(headline, ended):
        return "cancel"
    for key in ("upgrade", "downgrade"):
        if _place(headline, words.get(key, ())) >= 0:
            return key
    changed = _compared(table, headline)
    if changed and (ended >= 0 or _place(headline, words.get("change", ())) >= 0):
        return changed
    said_again = _place(headline, (*words.get("continue", ()), *words.get("change", ()))) >= 0
    return "continue" if said_again or message.msg_type == "Update" else "issue"


def _place(text: str, words: Iterable[str]) -> int:
    return max((text.find(word) for word in words), default=-1)


def _compared(table: HazardTable, text: str) -> str:
    """Up or down, where the text names the level before and the one after."""
    found = _levels_in(table, text)
    if len(found) < 2 or found[0] == found[-1]:
        return ""
    return "upgrade" if table.rank(found[-1]) > table.rank(found[0]) else "downgrade"


def _levels_in(table: HazardTable, text: str) -> list[str]:
    places = [(m.start(), each.key) for each in table.level for word in each.words for m in re.finditer(word, text)]
    return [key for _, key in sorted(places)]


def _signal(table: HazardTable, info: Info, texts: tuple[str, ...]) -> tuple[Signal | None, str, tuple[str, ...]]:
    coded = _by_code(table, info)
    for text in texts:
        name = _named(table, text)
        if name:
            signal = table.by_name[name]
            return signal, name, _disagreement(coded, signal)
    if coded:
        return coded, coded.name, ()
    name = _named(table, info.description[:200])
    if name:
        return table.by_name[name], name, (f"标题没有写灾种，按正文取为“{name}”，请核对。",)
    said = _unknown_name(table, info)
    return None, said, (f"不认得的灾种“{said}”，没有可用的科普包，请人工处理。",)


def _unknown_name(table: HazardTable, info: Info) -> str:
    """What stands between "发布" and the colour; else the event as it came."""
    colours = "|".join(re.escape(word) for each in table.level for word in each.words) or r"(?!)"
    found = re.search(rf"(?:发布)?([^发布,，。；;：:]{{1,14}}?)(?:{colours})", info.headline)
    return (info.event or (found.group(1) if found else info.headline))[:40]


def _disagreement(coded: Signal | None, named: Signal) -> tuple[str, ...]:
    if coded is None or coded.hazard == named.hazard:
        return ()
    return (f"编码说的是“{coded.name}”，文字说的是“{named.name}”，已按文字处理，请核对。",)


def _by_code(table: HazardTable, info: Info) -> Signal | None:
    said = [*(code.value for code in info.event_codes), info.event, *(each.value for each in info.parameters)]
    codes = {code: signal for signal in table.signal for code in signal.codes}
    found = (
        codes.get(value.strip().upper()[:5]) for value in said if re.fullmatch(r"\d\d[A-Z]\d\d\w{0,8}", value.strip())
    )
    return next((signal for signal in found if signal), None)


def _named(table: HazardTable, text: str) -> str:
    """The name that stands right before its level or before "预警"; else the first name of the text."""
    colours = "|".join(re.escape(word) for each in table.level for word in each.words) or r"(?!)"
    found = list(table.names.finditer(text))
    for match in found:
        if re.match(rf"{_SUFFIX}\s*(?:{colours}|{_ROMAN.pattern})|{_SUFFIX}预警", text[match.end() :]):
            return match.group()
    return found[0].group() if found else ""


def _level(
    table: HazardTable, info: Info, texts: tuple[str, ...], signal: Signal | None
) -> tuple[str, tuple[str, ...]]:
    written = _level_in_texts(table, texts)
    coded = _level_in_values(table, info)
    if written and coded and written != coded:
        both = f"报文参数写的是{table.colour(coded)}，文字写的是{table.colour(written)}"
        return written, (f"{both}，已按文字处理，请核对。",)
    if written or coded:
        return written or coded, ()
    if signal and signal.levels == ("",):
        return "", ()
    guessed = next((each for each in table.level if each.severity and each.severity == info.severity), None)
    if guessed:
        return guessed.key, (f"报文没有写明颜色，按严重程度推定为{guessed.colour}，请核对。",)
    return "", ()


def _level_in_texts(table: HazardTable, texts: tuple[str, ...]) -> str:
    for text in texts:
        found = _levels_in(table, text)
        if found:
            return found[0]
        roman = _ROMAN.search(text)
        if roman:
            return _value(table, roman.group())
    return ""


def _level_in_values(table: HazardTable, info: Info) -> str:
    named = [each.value for each in info.parameters if _LEVEL_NAMES.search(each.name)]
    coded = [part for each in info.event_codes for part in re.split(r"[_\-]", each.value)[1:]]
    for value in [*named, *coded]:
        for part in re.split(r"[;,;,/\s]", value):
            found = _value(table, part)
            if found:
                return found
    return ""


def _value(table: HazardTable, said: str) -> str:
    """The level that a parameter's value names, in any spelling of the table."""
    wanted = said.strip().lower()
    for level in table.level:
        spellings = {each.lower() for each in (level.key, *level.words, *level.values)}
        if wanted in spellings:
            return level.key
    return ""
