"""The word lists as checked values. Nothing here reads a file: `load_lexicons` takes the text of the files."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from tagging.areas import Areas, load_areas
from tagging.days import ThemeDay, load_days
from tagging.document import letters, plain
from tagging.reading import SEPARATORS, LexiconError, Table, TomlFile

__all__ = ["Lexicon", "LexiconError", "TermGroup", "load_lexicons"]

TABLES = {
    "hazard": "lexicons/emergency.toml",
    "context": "lexicons/emergency_context.toml",
    "apart": "lexicons/not_emergency.toml",
    "phase": "lexicons/phases.toml",
    "audience": "lexicons/audience.toml",
    "kind": "lexicons/kinds.toml",
    "science": "lexicons/science.toml",
}
"""Which table of weighted terms stands in which file."""

PARTS = dict.fromkeys(TABLES.values(), ("terms", "sets")) | {
    "lexicons/emergency.toml": ("hazard", "terms", "sets"),
    "lexicons/audience.toml": ("audience", "terms", "sets"),
    "lexicons/warnings.toml": ("levels", "actions", "words", "sets"),
    "lexicons/places.toml": ("sets",),
    "lexicons/words.toml": ("words", "sets"),
}
"""What may stand in each file."""
NEEDED_SETS = {
    "lexicons/not_emergency.toml": (
        *(
            "authorities",
            "authority_affairs",
            "figure_minds",
            "mind_figures",
            "figure_owners",
            "figure_tails",
            "figures",
            "masks",
        ),
    ),
    "lexicons/emergency_context.toml": ("debunk", "harm"),
    "lexicons/audience.toml": ("story", "persons", "public", "asked"),
    "lexicons/kinds.toml": (
        *("rumour", "title_advises", "title_chats", "title_denies", "title_reports"),
        *("form_advice", "form_chat", "form_deny", "form_explain"),
        *("form_notice", "form_opinion", "form_report", "form_story"),
    ),
    "lexicons/places.toml": (
        *("choice", "departure", "firm", "graduate", "guild", "inner_town", "name_dispute", "name_of_work", "native"),
        *("origin", "place_cue", "publisher", "self_city", "self_county", "self_province", "stock_quote", "street"),
        *("street_not", "surname", "town_thing", "twin_town", "verse"),
        *("common_word", "place_person", "place_thing", "place_verb", "riverside", "scholar"),
        *("profession", "thing_after", "thing_before"),
    ),
}
"""Sets that the rules ask for by name, besides those that terms need, and the file each belongs to."""
LEVELS = ("blue", "yellow", "orange", "red")
"""Of warnings, the lowest first."""
ACTIONS = ("test", "cancel", "downgrade", "upgrade", "change", "continue", "issue")
WARNING_WORDS = ("signal", "between", "issuer", "past", "supposed", "behind", "denied", "reported")

WARNINGS = "lexicons/warnings.toml"
PLACES = "lexicons/places.toml"
WORDS = "lexicons/words.toml"
TRADITIONAL = "lexicons/traditional.toml"
PHASES = ("before", "during", "after")
KINDS = ("alert", "news", "science", "debunk", "other")


@dataclass(frozen=True, slots=True)
class TermGroup:
    """Words that count alike for one key of one table.

    `needs`: the word counts only where one of these words, or of the sets named with @, stands within `near`
    characters (0: anywhere in the text). `excludes`: the word does not count inside one of these phrases; each of them
    holds one of the words, or it would do nothing.
    """

    table: str
    key: str
    words: tuple[str, ...]
    weight: float
    needs: tuple[str, ...] = ()
    near: int = 0
    excludes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hazard:
    """A hazard key with the names under which official warnings know it."""

    key: str
    name: str
    alias: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything an editor can change. `version` is a hash of the files it was made from."""

    version: str
    groups: tuple[TermGroup, ...]
    sets: Mapping[str, tuple[str, ...]]
    hazards: Mapping[str, Hazard]
    audiences: Mapping[str, str]
    warnings: Mapping[str, Mapping[str, tuple[str, ...]]]
    """`levels`, `actions` and `words` of warnings.toml: value → the words for it."""
    areas: Areas
    days: tuple[ThemeDay, ...]
    traditional: Mapping[str, str]
    whole_words: tuple[str, ...]
    stop_words: frozenset[str]


def load_lexicons(files: Mapping[str, str]) -> Lexicon:
    """Checks the files' text (names as under config/: "lexicons/emergency.toml", "areas.csv", "theme_days.toml").

    Raises LexiconError, naming file and line, at the first mistake.
    """
    parsed = {name: TomlFile(name, _needed(files, name)) for name in (*TABLES.values(), WARNINGS, PLACES, WORDS)}
    for name, file in parsed.items():
        file.only(*PARTS[name])
        if name in TABLES.values() and not any(file.tables("terms")):
            raise LexiconError(name, 1, "这个文件里没有一段 [[terms]]，请从项目的 config 文件夹里补回来。")
    sets = dict(_sets(parsed))
    _check_sets(parsed, sets)
    traditional = _pairs(TomlFile(TRADITIONAL, _needed(files, TRADITIONAL)))
    groups = tuple(group for table, name in TABLES.items() for group in _groups(parsed[name], table, sets, traditional))
    hazards = dict(_hazards(parsed[TABLES["hazard"]]))
    audiences = dict(_named(parsed[TABLES["audience"]], "audience"))
    _check_keys(parsed, "hazard", groups, hazards)
    _check_keys(parsed, "audience", groups, audiences)
    _check_keys(parsed, "phase", groups, PHASES)
    _check_keys(parsed, "kind", groups, KINDS)
    words = parsed[WORDS].table("words")
    words.only("whole", "stop")
    return Lexicon(
        version=_version(files),
        groups=groups,
        sets=sets,
        hazards=hazards,
        audiences=audiences,
        warnings=_warnings(parsed[WARNINGS]),
        areas=load_areas(_needed(files, "areas.csv"), _needed(files, "lexicons/elsewhere.csv")),
        days=load_days(TomlFile("theme_days.toml", _needed(files, "theme_days.toml"))),
        traditional=traditional,
        whole_words=words.words("whole"),
        stop_words=frozenset(words.words("stop")),
    )


def _needed(files: Mapping[str, str], name: str) -> str:
    if name not in files:
        raise LexiconError(name, 1, "没有这个文件，请从项目的 config 文件夹里补回来。")
    return files[name]


def _version(files: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{files[name]}\0".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:12]


def _sets(parsed: Mapping[str, TomlFile]) -> Iterator[tuple[str, tuple[str, ...]]]:
    seen: dict[str, str] = {}
    for file in parsed.values():
        table = file.table("sets")
        for name in table.entry:
            if name in seen:
                raise table.fail(name, f"词组“{name}”在 {seen[name]} 里已经有了，请换一个名字。")
            seen[name] = file.name
            yield name, table.words(name, needed=True)


def _groups(
    file: TomlFile, name: str, sets: Mapping[str, tuple[str, ...]], traditional: Mapping[str, str]
) -> Iterator[TermGroup]:
    for table in file.tables("terms"):
        table.only("of", "words", "weight", "needs", "near", "excludes", "note")
        group = TermGroup(
            table=name,
            key=table.text("of"),
            words=table.words("words", needed=True),
            weight=table.number("weight", 1.0, -10, 10),
            needs=table.words("needs"),
            near=table.count("near", 0, 0, 10_000),
            excludes=table.words("excludes"),
        )
        _check_needs(table, group, sets)
        if group.near and not group.needs:
            raise table.fail("near", "写了 near 却没有 needs，它不起作用：请写上旁边要有的词，或删去 near。")
        if idle := _idle(group, traditional):
            raise table.fail(
                f'"{idle}"',
                f"excludes 里的“{idle}”不含这一段 words 里的任何一个词，它不起作用：请删去它，或写到有那个词的一段里。",
            )
        if joined := next((each for each in group.excludes if _joined(each, group.words)), None):
            raise table.fail(f'"{joined}"', f"“{joined}”是几个说法连在一起，请分开写，各用引号括起来，中间用逗号隔开。")
        yield group


def _joined(phrase: str, words: Iterable[str]) -> bool:
    """Whether a phrase is several, each with a word of the group, in one pair of quotation marks."""
    parts = re.split(f"[{SEPARATORS}]", phrase)
    return sum(any(word in part for word in words) for part in parts) > 1


def _check_needs(table: Table, group: TermGroup, sets: Mapping[str, tuple[str, ...]]) -> None:
    for need in group.needs:
        if need.startswith("＠"):
            raise table.fail(need, f"“{need}”里的＠是全角的，引用词组要用半角的 @，请写成 @{need[1:]}。")
        if need.startswith("@") and need[1:] not in sets:
            raise table.fail(need, f"没有叫“{need[1:]}”的词组，请在某个文件的 [sets] 里写上它。")
    for word in (*group.words, *group.excludes):
        if word[0] in "@＠" and word[1:] in sets:
            raise table.fail(f'"{word}"', f"“{word}”是词组，只能写在 needs 里，请把要用的词一个个写上。")


def _idle(group: TermGroup, traditional: Mapping[str, str]) -> str | None:
    """The first excluded phrase that holds no word of the group, in whatever letters they are written."""
    idle = [phrase for phrase in group.excludes if not any(word in phrase for word in group.words)]
    if not idle:
        return None
    table = letters(traditional)
    words = [plain(word, table) for word in group.words]
    return next((phrase for phrase in idle if not any(word in plain(phrase, table) for word in words)), None)


def _check_sets(parsed: Mapping[str, TomlFile], sets: Mapping[str, tuple[str, ...]]) -> None:
    for name, needed in NEEDED_SETS.items():
        missing = next((each for each in needed if each not in sets), None)
        if missing:
            said = f"没有叫“{missing}”的词组，规则要用它，请从项目的 config 文件夹里补回来。"
            raise LexiconError(name, parsed[name].line_of("[sets]"), said)


def _hazards(file: TomlFile) -> Iterator[tuple[str, Hazard]]:
    owners: dict[str, str] = {}
    for key, table in _keyed(file, "hazard"):
        table.only("key", "name", "alias")
        alias = table.words("alias")
        _own(table, alias, key, owners)
        yield key, Hazard(key, table.text("name"), alias)


def _own(table: Table, words: Iterable[str], owner: str, owners: dict[str, str]) -> None:
    """Refuses a word that somebody else has, however wide it is written: which of the two it means could not be told."""
    for word in words:
        first = owners.setdefault(unicodedata.normalize("NFKC", word), owner)
        if first != owner:
            raise table.fail(f'"{word}"', f"“{word}”在“{first}”里已经有了，只能归一处，请删去一个。")


def _keyed(file: TomlFile, header: str) -> Iterator[tuple[str, Table]]:
    seen: set[str] = set()
    for table in file.tables(header):
        key = table.text("key")
        if key in seen:
            raise table.fail(key, f"“{key}”写了两次，请删去一段。")
        seen.add(key)
        yield key, table


def _named(file: TomlFile, header: str) -> Iterator[tuple[str, str]]:
    for key, table in _keyed(file, header):
        table.only("key", "note")
        yield key, table.text("note", "")


Keyed = TypeVar("Keyed")


def _check_keys(
    parsed: Mapping[str, TomlFile],
    table: str,
    groups: tuple[TermGroup, ...],
    known: Mapping[str, Keyed] | tuple[str, ...],
) -> None:
    file = parsed[TABLES[table]]
    for entry, group in zip(file.tables("terms"), (each for each in groups if each.table == table), strict=True):
        if group.key not in known:
            raise entry.fail(group.key, f"没有“{group.key}”这一类，of 只能是：{'、'.join(known)}。")


def _warnings(file: TomlFile) -> dict[str, dict[str, tuple[str, ...]]]:
    parts = {"levels": LEVELS, "actions": ACTIONS, "words": WARNING_WORDS}
    return {part: _lists(file.table(part), part, names) for part, names in parts.items()}


def _lists(table: Table, part: str, names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    table.only(*names)
    missing = next((name for name in names if name not in table.entry), None)
    if missing:
        raise table.fail("", f"[{part}] 里缺少“{missing}”，请从项目的 config 文件夹里补回来。")
    listed = {name: table.words(name, needed=True) for name in names}
    owners: dict[str, str] = {}
    # the other words stand in several lists: a screenshot is no warning, and what it shows is supposed
    for name in table.entry if part != "words" else ():
        _own(table.below(name), listed[name], name, owners)
    return listed


def _pairs(file: TomlFile) -> dict[str, str]:
    file.only("pairs")
    value = file.data.get("pairs", "")
    if not isinstance(value, str):
        raise LexiconError(file.name, file.line_of("pairs"), "“pairs”应是一段文字。")
    for pair in value.split():
        if len(pair) != 2:
            raise LexiconError(file.name, file.line_of(pair), f"“{pair}”应是两个字，前繁后简。")
    return {pair[0]: pair[1] for pair in value.split()}
