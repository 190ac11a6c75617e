"""The shapes of what stands in the TOML files: sources, accounts, the schedule."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from config.addresses import source_trouble
from config.files import ConfigError, checked, entries, read_toml

KEY = r"^[a-z0-9_\-]+$"
"""What names a source, in a file and on the command line."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceEntry(Strict):
    key: str = Field(max_length=80, pattern=KEY)
    kind: str
    name: str = ""
    url: str = Field(min_length=1)
    settings: dict[str, Any] = Field(default_factory=dict)
    area: str = Field(default="", pattern=r"^(\d{6})?$")
    trust: int = Field(default=3, ge=1, le=5)
    reprint: Literal["own", "allowed", "ask", "forbidden"] = "ask"
    rhythm_minutes: int = Field(default=60, ge=1)
    adaptive: bool = True
    """Watched as closely as it posts; else always at this rhythm."""
    enabled: bool = True
    checked: bool = True
    """False: the address is from a list or another program and has not been visited; see `note`."""
    theme: str = ""
    """What it is followed for, e.g. "health"; groups a list for those who read it."""
    note: str = ""
    """For whoever keeps the file: where the address comes from, what is to be looked at."""

    @field_validator("url")
    @classmethod
    def _can_be_asked(cls, url: str, info: ValidationInfo) -> str:
        if trouble := source_trouble(str(info.data.get("kind", "")), url):
            raise ValueError(trouble)
        return url

    @model_validator(mode="after")
    def _says_why_unchecked(self) -> SourceEntry:
        if not self.checked and not self.note:
            raise ValueError("checked = false 时要用 note 写明网址的出处")
        return self


class AccountEntry(Strict):
    key: str = Field(min_length=1, max_length=60, pattern=r"^[a-z0-9_\-]+$")
    platform: str
    name: str
    unit: str = ""
    area: str = Field(default="", pattern=r"^(\d{6})?$")
    mode: Literal["direct", "mass_send", "draft_only", "handoff", "manual"] = "direct"
    settings: dict[str, Any] = Field(default_factory=dict)
    credentials: dict[str, str] = Field(default_factory=dict)
    """For demos; real ones are entered by `kepu account add` or come from the environment."""
    enabled: bool = True


class UserEntry(Strict):
    name: str = Field(min_length=1, max_length=40, pattern=r"^[a-z0-9_\-]+$")
    display_name: str
    roles: list[str]


class PackEntry(Strict):
    """An emergency pack: one file. Its texts may name fields of the alert in braces, e.g. {area} or {sent_time}."""

    key: str = Field(min_length=1, max_length=80, pattern=r"^[a-z0-9_\-]+$")
    name: str = Field(min_length=1, max_length=120)
    hazard: str
    levels: tuple[str, ...] = ()
    """Empty: all."""
    phase: Literal["before", "during", "after"] = "before"
    audience: str = Field(default="", max_length=20)
    """Empty: everybody."""
    expires_on: date
    enabled: bool = True
    title: str = Field(min_length=1)
    digest: str = ""
    body_html: str = Field(min_length=1)
    short_text: str = ""
    video_title: str = ""
    author: str = ""
    source_line: str = ""
    ai_use: Literal["none", "assist", "generated"] = "none"
    cover: str = ""
    """A picture beside the file."""
    reviewers: tuple[str, ...] = ()
    """The professions that should review it."""
    references: tuple[str, ...] = ()
    """What its statements rest on."""
    cover_bytes: bytes | None = Field(default=None, repr=False)

    @property
    def fields(self) -> dict[str, str]:
        """What becomes the story's text."""
        texts = ("title", "digest", "body_html", "short_text", "video_title", "author", "source_line", "ai_use")
        return {name: getattr(self, name) for name in texts}


class JobEntry(Strict):
    """One line of the schedule: which flow, and when. Times are Asia/Shanghai."""

    flow: Literal["collect", "warnings", "tag", "publish", "send", "emergency", "measure", "rank", "remind"]
    every_seconds: int | None = Field(default=None, ge=1)
    cron: str | None = None
    """Five fields: minute hour day month weekday."""
    by: Literal["prefect", "plain"] = "prefect"
    """plain: never through Prefect, for what must happen within seconds."""
    max_seconds: int = 3600

    @model_validator(mode="after")
    def _one_of_both(self) -> JobEntry:
        if (self.every_seconds is None) == (self.cron is None):
            raise ValueError("every_seconds 与 cron 要且只要写一个")
        return self


def sources(path: Path, base: str = "") -> list[SourceEntry]:
    """[[source]] entries, at least one; "{base}" in an address becomes `base`.

    Raises ConfigError, also for a key used twice and for a table of another name: a slip of the pen must not read as
    "no sources".
    """
    tables = read_toml(path)
    if others := sorted(set(tables) - {"source"}):
        raise ConfigError(f"来源清单 {path} 里不认识 {'、'.join(others)}，来源应写成 [[source]]，请改正。")
    if not tables.get("source"):
        raise ConfigError(f"来源清单 {path} 里没有来源，请用 [[source]] 写明至少一个。")
    return _unique(entries(path, "source", SourceEntry, {"{base}": base}), path, "来源")


def accounts(path: Path, base: str = "") -> list[AccountEntry]:
    """[[account]] entries; "{base}" in settings becomes `base`. Raises ConfigError, also for a key used twice."""
    return _unique(entries(path, "account", AccountEntry, {"{base}": base}), path, "账号")


def users(path: Path) -> list[UserEntry]:
    """[[user]] entries. Raises ConfigError."""
    return entries(path, "user", UserEntry)


def packs(path: Path) -> list[PackEntry]:
    """The packs of a folder, one per TOML file, or the one of a file, with their covers. Raises ConfigError."""
    found = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if not found:
        raise ConfigError(f"文件夹 {path} 里没有科普包（*.toml），请检查路径。")
    return _unique([_pack(file) for file in found], path, "科普包")


def _pack(file: Path) -> PackEntry:
    entry = checked(PackEntry, read_toml(file), str(file))
    return entry.model_copy(update={"cover_bytes": _cover(file, entry.cover)}) if entry.cover else entry


def _cover(file: Path, name: str) -> bytes:
    try:
        return (file.parent / name).read_bytes()
    except OSError as error:
        raise ConfigError(f"科普包 {file} 的封面 {name} 读不出来（{error.strerror}），请检查文件名。") from error


def schedule(path: Path) -> list[JobEntry]:
    """[[job]] entries. Raises ConfigError."""
    return entries(path, "job", JobEntry)


def _unique(found: list[Any], path: Path, what: str) -> list[Any]:
    seen: set[str] = set()
    for entry in found:
        if entry.key in seen:
            raise ConfigError(f"设置文件 {path} 中{what} {entry.key} 写了两次，请改用不同的 key。")
        seen.add(entry.key)
    return found
