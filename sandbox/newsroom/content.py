"""The pieces of the newsroom: read from the content files, dated back from the day the newsroom opened.

A piece is `content/<slug>.md`: TOML between `+++` lines, then the text. A reprint is `reprints/<slug>.toml`: it names the
piece it was taken `of` and what was changed on the way (title, editor's note, sections dropped, words replaced, width).
"""

import tomllib
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

from sandbox.newsroom.markup import picture_names, sections, to_html

HERE = Path(__file__).parent
BEIJING = timezone(timedelta(hours=8))
_HALF_WIDTH = str.maketrans("，。：；！？（）", ",.:;!?()")
_JUST_NOW = timedelta(minutes=10)


@dataclass(frozen=True)
class Piece:
    """One article on one site. `published` is aware, Beijing time; `text` is Markdown without the title."""

    slug: str
    site: str
    title: str
    author: str
    source: str
    summary: str
    kind: str
    keywords: tuple[str, ...]
    published: datetime
    text: str
    note: str = ""
    original: str = ""
    """The slug of the piece this one was taken from; empty for an original."""
    near: bool = False
    """Taken without saying so: another author's name, words changed."""

    @property
    def html(self) -> str:
        return to_html(self.text)

    @property
    def pictures(self) -> list[str]:
        return picture_names(self.text)


def load(opened: datetime) -> list[Piece]:
    """All pieces, newest first. `opened` (aware) is the moment that "days ago" is counted from."""
    own = {path.stem: _read_piece(path, opened) for path in sorted((HERE / "content").glob("*.md"))}
    taken = [_read_reprint(path, own, opened) for path in sorted((HERE / "reprints").glob("*.toml"))]
    return sorted([*own.values(), *taken], key=lambda piece: piece.published, reverse=True)


def _read_piece(path: Path, opened: datetime) -> Piece:
    _, front, text = path.read_text(encoding="utf-8").split("+++\n", 2)
    meta = tomllib.loads(front)
    return Piece(
        slug=path.stem,
        site=meta["site"],
        title=meta["title"],
        author=meta["author"],
        source=meta["source"],
        summary=meta["summary"],
        kind=meta.get("kind", "science"),
        keywords=tuple(meta["keywords"]),
        published=_published(meta, opened),
        text=text.strip(),
    )


def _read_reprint(path: Path, own: dict[str, Piece], opened: datetime) -> Piece:
    meta = tomllib.loads(path.read_text(encoding="utf-8"))
    original = own[meta["of"]]
    kept = [(head, body) for head, body in sections(original.text) if head not in meta.get("drop", [])]
    text = "\n\n".join((f"## {head}\n\n" if head else "") + body.strip() for head, body in kept)
    for old, new in meta.get("replace", []):
        text = text.replace(old, new)
    if meta.get("halfwidth"):
        text = text.translate(_HALF_WIDTH)
    return replace(
        original,
        slug=path.stem,
        site=meta["site"],
        title=meta["title"],
        author=meta.get("author", original.author),
        source=meta.get("source", original.source),
        published=_published(meta, opened),
        text=text,
        note=meta.get("note", ""),
        original=original.slug,
        near=meta.get("near", False),
    )


def _published(meta: dict[str, Any], opened: datetime) -> datetime:
    """Nothing is dated in the future: what would be was put out a moment before the newsroom opened."""
    day = opened.astimezone(BEIJING).date() - timedelta(days=meta["days_ago"])
    latest = (opened.astimezone(BEIJING) - _JUST_NOW).replace(second=0, microsecond=0)
    return min(datetime.combine(day, time.fromisoformat(meta["at"]), BEIJING), latest)
