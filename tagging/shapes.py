"""What goes into the tagger and what comes out of it. Values only, nothing here decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

Kind = Literal["alert", "news", "science", "debunk", "other"]


@dataclass(frozen=True, slots=True)
class TaggedText:
    """One text to tag. `published_at` may be aware or taken as Beijing time; it dates the theme days.

    `source_area` is the GB/T 2260 code of the sender: it says which county "我县" is.
    """

    id: str
    title: str
    text: str
    published_at: datetime | None = None
    source_name: str = ""
    source_area: str = ""


@dataclass(frozen=True, slots=True)
class HotTopic:
    """A line of a hot list as it stood at one time. `rank` counts from 1; `trend` is up, down, same, new, off (it
    has left the list, and has no rank) or empty.

    What several looks at the list have told stands behind: how often the topic was on it, since when, where before.
    """

    topic: str
    rank: int | None = None
    list: str = ""
    trend: str = ""
    heat: float | None = None
    description: str = ""
    times_seen: int = 1
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    previous_rank: int | None = None
    best_rank: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A word as the text has it, and where it stands: `offset` counts the characters of that field as it came in."""

    word: str
    field: str
    offset: int

    def as_json(self) -> dict[str, Any]:
        return {"word": self.word, "field": self.field, "offset": self.offset}


@dataclass(frozen=True, slots=True)
class EmergencyTag:
    """A hazard the text is about. `level` and `action` are given only where the text tells of a warning."""

    key: str
    name: str
    score: float
    level: str | None
    action: str | None
    phase: str
    evidence: tuple[Evidence, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "name": self.name,
            "score": self.score,
            "level": self.level,
            "action": self.action,
            "phase": self.phase,
            "evidence": [each.as_json() for each in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class HotTag:
    """A topic of the hot list that the text is about; `science` is the topic's own science angle, 0…1."""

    topic: str
    score: float
    trend: str
    science: float
    evidence: tuple[Evidence, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "topic": self.topic,
            "score": self.score,
            "trend": self.trend,
            "science": self.science,
            "evidence": [each.as_json() for each in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class LocalTag:
    """An area of the home province, by today's GB/T 2260 code."""

    code: str
    name: str
    score: float
    evidence: tuple[Evidence, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "name": self.name,
            "score": self.score,
            "evidence": [each.as_json() for each in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class AudienceTag:
    """A group the text is written for, or whose own affairs it is about."""

    key: str
    score: float
    evidence: tuple[Evidence, ...]

    def as_json(self) -> dict[str, Any]:
        return {"key": self.key, "score": self.score, "evidence": [each.as_json() for each in self.evidence]}


@dataclass(frozen=True, slots=True)
class DayTag:
    """A theme day the text belongs to; `date` is the day it begins, None where the year cannot be known."""

    key: str
    name: str
    date: date | None
    score: float
    evidence: tuple[Evidence, ...]

    def as_json(self) -> dict[str, Any]:
        return {"key": self.key, "name": self.name, "date": self.date.isoformat() if self.date else None}


@dataclass(frozen=True, slots=True)
class Tagging:
    """All tags of one text."""

    id: str
    kind: Kind
    science: float
    emergency: tuple[EmergencyTag, ...] = ()
    hot: tuple[HotTag, ...] = ()
    local: tuple[LocalTag, ...] = ()
    audience: tuple[AudienceTag, ...] = ()
    day: tuple[DayTag, ...] = ()
    keywords: tuple[tuple[str, float], ...] = ()
    reasons: tuple[str, ...] = field(default=(), compare=False)
    """How the kind and the emergency were decided, for people (`kepu tag --explain`)."""

    def as_json(self) -> dict[str, Any]:
        """The line `kepu tag --jsonl` prints; its keys are a contract with other programs."""
        return {
            "id": self.id,
            "kind": self.kind,
            "science": self.science,
            "themes": {
                "emergency": [tag.as_json() for tag in self.emergency],
                "hot": [tag.as_json() for tag in self.hot],
                "local": [tag.as_json() for tag in self.local],
                "audience": [tag.as_json() for tag in self.audience],
                "day": [tag.as_json() for tag in self.day],
            },
            "keywords": [[word, weight] for word, weight in self.keywords],
        }
