"""What a hand-over package tells beside the text: who reviewed it, where pictures come from, what it rests on."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reviewer(_Told):
    """One verdict. What is not known of the person is empty, and filled in by hand on the platform."""

    step: str
    name: str
    title: str = ""
    institution: str = ""
    field: str = ""
    on: date
    decision: str = "通过"


class PictureRights(_Told):
    """Where a picture comes from. `key` is its key in the post."""

    key: str
    source: str
    permission: str = ""
    credit: str = ""
    ai_generated: bool = False


class Dossier(_Told):
    """Fixed when the post is made, so that a package exported again is the same package."""

    story: int
    revision: int
    content_sha256: str
    account: str
    unit: str = ""
    made_on: date
    planned_at: datetime | None = None
    audience: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    category: str = ""
    contact: str = ""
    alternative_titles: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    reviewers: tuple[Reviewer, ...] = ()
    rights: tuple[PictureRights, ...] = ()
    references: tuple[str, ...] = ()
    source: str = ""
    source_url: str = ""
    reprinted: bool = False
    ai_use: str = ""
    """One Chinese sentence; empty where nothing was said."""
