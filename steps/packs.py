"""Packs (应急科普包): loading them, their reviews, and where they are missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from sqlmodel import Session

from content_store import packs, stories
from content_store.media import NotAPicture
from content_store.tables import Pack, Review, ReviewStep, Story, StoryVersion, Verdict
from steps import review
from steps.errors import Refused
from steps.filling import PHASES, Candidate, template_problems, unusable
from steps.hazards import HazardTable
from steps.newsroom import Newsroom
from steps.stories import clean


class Template(Protocol):
    """A pack as its authors write it (config.entries.PackEntry fits)."""

    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def hazard(self) -> str: ...
    @property
    def levels(self) -> Sequence[str]: ...
    @property
    def phase(self) -> str: ...
    @property
    def audience(self) -> str: ...
    @property
    def expires_on(self) -> date: ...
    @property
    def enabled(self) -> bool: ...
    @property
    def fields(self) -> Mapping[str, str]:
        """Those of a story, with {fields} to be filled from an alert."""
        ...

    @property
    def cover_bytes(self) -> bytes | None: ...


@dataclass(frozen=True)
class Loaded:
    """Keys of packs. `waiting`: those whose text has not passed its three reviews."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True)
class PackLine:
    id: int
    key: str
    name: str
    hazard: str
    hazard_name: str
    levels: tuple[str, ...]
    phase: str
    audience: str
    story_id: int
    expires_on: date
    usable: bool
    reason: str
    """Why it is not usable (Chinese); empty where it is."""


@dataclass(frozen=True)
class CoverageRow:
    """One hazard: level ("" for warnings without one) → usable packs. `holes`: levels that should have one."""

    hazard: str
    hazard_name: str
    cells: Mapping[str, tuple[PackLine, ...]]
    holes: tuple[str, ...]


@dataclass(frozen=True)
class Coverage:
    levels: tuple[str, ...]
    rows: tuple[CoverageRow, ...]
    expired: tuple[PackLine, ...] = field(default=())
    """Packs past their day, or within a month of it."""


def load_packs(
    newsroom: Newsroom,
    templates: Iterable[Template],
    *,
    editor: int,
    reviewers: tuple[int, int, int] | None,
    now: datetime,
) -> Loaded:
    """Each template becomes a story of kind "pack" and its Pack row; loading the same again changes nothing.

    `reviewers` give the three reviews by the same rules as at the desk (a demonstration, or reviews that were held on
    paper); with None the text is sent to the desk's ordinary review. Raises Refused, naming the pack, before anything of
    that pack is stored.
    """
    found: dict[str, list[str]] = {"added": [], "changed": [], "same": [], "waiting": []}
    for template in templates:
        try:
            _check(template, newsroom.hazards)
            what, story_id = _store(newsroom, template, editor, now)
            approved = _review(newsroom, story_id, editor, reviewers, now)
        except Refused as error:
            raise Refused(f"科普包 {template.key}:{error}") from error
        found[what].append(template.key)
        if not approved:
            found["waiting"].append(template.key)
    return Loaded(**{name: tuple(keys) for name, keys in found.items()})


def _check(template: Template, table: HazardTable) -> None:
    problems = template_problems(template.fields.items())
    if problems:
        raise Refused(";".join(problems))
    if table.hazard and template.hazard not in {each.key for each in table.hazard}:
        raise Refused(f"没有灾种 {template.hazard}，请从灾种表中选择。")
    wrong = [level for level in template.levels if table.level and table.level_named(level) is None]
    if wrong:
        raise Refused(f"没有级别 {wrong[0]}，请写 {'、'.join(each.key for each in table.level)}。")
    if template.phase not in PHASES:
        raise Refused("阶段只能是 before、during 或 after。")


def _store(newsroom: Newsroom, template: Template, editor: int, now: datetime) -> tuple[str, int]:
    """What became of it (added, changed, same) and its story's id."""
    with newsroom.store.session() as session:
        values = _settings(template)
        text = clean(template.fields) | _cover(newsroom, session, template, now)
        pack = packs.by_key(session, template.key)
        if pack is None:
            version = stories.add(session, fields=text, by=editor, now=now, kind="pack")
            assert version.id is not None
            packs.put(session, template.key, values, story_id=version.story_id, story_version_id=version.id)
            return "added", version.story_id
        current = stories.current_version(session, pack.story_id)
        assert current is not None
        same = all(getattr(pack, name) == value for name, value in values.items())
        if stories.content_hash(text) != current.content_hash:
            stories.add_version(session, pack.story_id, fields=text, by=editor, now=now)
            same = False
        packs.put(session, template.key, values, story_id=pack.story_id, story_version_id=pack.story_version_id)
        return "same" if same else "changed", pack.story_id


def _settings(template: Template) -> dict[str, object]:
    return {
        "name": template.name,
        "hazard": template.hazard,
        "levels": list(template.levels),
        "phase": template.phase,
        "audience": template.audience,
        "expires_on": template.expires_on,
        "enabled": template.enabled,
    }


def _cover(newsroom: Newsroom, session: Session, template: Template, now: datetime) -> dict[str, str]:
    if template.cover_bytes is None:
        return {}
    try:
        media = newsroom.media.keep_picture(session, template.cover_bytes, origin=f"pack:{template.key}", now=now)
    except NotAPicture as error:
        raise Refused(f"封面不是能用的图片（{error}）。") from error
    return {"cover_sha256": media.sha256}


def _review(
    newsroom: Newsroom, story_id: int, editor: int, reviewers: tuple[int, int, int] | None, now: datetime
) -> bool:
    """Sends the newest text to review, and reviews it if reviewers are given. True where it is approved."""
    with newsroom.store.reading() as session:
        story, version = session.get_one(Story, story_id), stories.current_version(session, story_id)
    assert version is not None
    if story.status == "editing":
        review.submit(newsroom, story_id, by=editor, now=now)
    if story.status in ("approved", "rejected") or reviewers is None:
        return story.status == "approved"
    for step, person in zip(review.ORDER, reviewers, strict=True):
        if not _has_passed(newsroom, version, step):
            review.give(
                newsroom,
                story_id,
                step=step,
                verdict=Verdict.PASSED,
                reason="",
                content_hash=version.content_hash,
                by=person,
                now=now,
            )
    return True


def _has_passed(newsroom: Newsroom, version: StoryVersion, step: ReviewStep) -> bool:
    assert version.id is not None
    with newsroom.store.reading() as session:
        given = stories.reviews_of(session, version.id)
    return any(each.step == step and each.verdict == Verdict.PASSED for each in given)


def candidates(session: Session, *, hazard: str = "") -> list[Candidate]:
    """Packs with the newest text of each that passed its three reviews."""
    rows = packs.listed(session, hazard=hazard)
    texts = packs.texts(session, rows)
    return [_candidate(row, texts.get(row.id or 0, [])) for row in rows]


def _candidate(row: Pack, texts: list[tuple[StoryVersion, list[Review]]]) -> Candidate:
    assert row.id is not None
    approved = next(
        (version for version, given in texts if review.standing_of(given, version.content_hash).approved), None
    )
    return Candidate(
        id=row.id,
        key=row.key,
        name=row.name,
        hazard=row.hazard,
        levels=tuple(row.levels),
        phase=row.phase,
        audience=row.audience,
        expires_on=row.expires_on,
        enabled=row.enabled,
        story_id=row.story_id,
        version_id=approved.id if approved else None,
        text={name: getattr(approved, name) for name in stories.TEXT_FIELDS} if approved else {},
    )


def packs_listed(newsroom: Newsroom, today: date) -> list[PackLine]:
    """All packs, by hazard. `today` is a day in Beijing."""
    with newsroom.store.reading() as session:
        return [line_of(each, newsroom.hazards, today) for each in candidates(session)]


def line_of(pack: Candidate, table: HazardTable, today: date) -> PackLine:
    why = unusable(pack, today)
    return PackLine(
        id=pack.id,
        key=pack.key,
        name=pack.name,
        hazard=pack.hazard,
        hazard_name=table.hazard_name(pack.hazard),
        levels=pack.levels,
        phase=pack.phase,
        audience=pack.audience,
        story_id=pack.story_id,
        expires_on=pack.expires_on,
        usable=not why,
        reason=why,
    )


def check_packs(newsroom: Newsroom, today: date) -> Coverage:
    """The coverage matrix hazard × level with its holes, and packs that have run out or will within a month."""
    lines = packs_listed(newsroom, today)
    return coverage(lines, newsroom.hazards, today)


def coverage(lines: Iterable[PackLine], table: HazardTable, today: date) -> Coverage:
    """Pure. A pack for all levels stands in each column; packs for after the event fill no hole of a warning."""
    known = list(lines)
    levels = (*(each.key for each in table.level), "")
    shown = dict.fromkeys([each.key for each in table.hazard if each.season] + [line.hazard for line in known])
    rows = [_row(hazard, [line for line in known if line.hazard == hazard], levels, table) for hazard in shown]
    soon = [line for line in known if (line.expires_on - today).days <= 30]
    return Coverage(levels, tuple(rows), tuple(sorted(soon, key=lambda line: line.expires_on)))


def _row(hazard: str, lines: list[PackLine], levels: tuple[str, ...], table: HazardTable) -> CoverageRow:
    cells = {
        level: tuple(line for line in lines if line.usable and (level in line.levels or not line.levels))
        for level in levels
    }
    season = next((each.season for each in table.hazard if each.key == hazard), ())
    answered = {
        level for level, found in cells.items() if any(line.phase != "after" and not line.audience for line in found)
    }
    return CoverageRow(
        hazard=hazard,
        hazard_name=table.hazard_name(hazard),
        cells=cells,
        holes=tuple(level for level in season if level not in answered),
    )
