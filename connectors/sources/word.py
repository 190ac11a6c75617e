"""A drop folder of Word files: how counties and learned societies send in their pieces. One .docx is one article.

The address is a file URL; the first folder below it names who sent the piece (投稿/桦甸市/冬季用电.docx).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field

from connectors.base import BadItem, Cursor, FetchedItem, Parsed, RawPage
from connectors.errors import NeedsPerson
from connectors.http import HttpClient
from connectors.sources.word_file import WordError, read_word

_SETTLING = 10
"""Seconds since the last change; a file changed later than that is perhaps still being written."""
_DEEPEST = 4
_OLD = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_OLD_FORMAT = "这是旧版 .doc 或加了密码的文件，请另存为不加密的 .docx 再放进来。"


class WordSettings(BaseModel):
    """What can be set for a drop folder."""

    model_config = ConfigDict(extra="forbid")

    url: str
    max_files: int = Field(default=50, ge=1, le=500)
    """Files read in one round; what is left comes in the next."""
    max_megabytes: int = Field(default=30, ge=1, le=200)
    """Per file."""


class Word:
    """A folder as a source. A file that changed is read again and becomes a revision; files are never touched."""

    name = "word"
    Settings = WordSettings

    def __init__(self, settings: WordSettings, http: HttpClient) -> None:
        self._settings = settings
        self._now = http.now

    def fetch(self, cursor: Cursor | None) -> RawPage:
        folder = self._folder()
        known: dict[str, list[int]] = (cursor or {}).get("files", {})
        kept: dict[str, list[int]] = {}
        good: list[RawPage] = []
        refused: list[RawPage] = []
        for path, name in _files(folder):
            mark = _mark(path)
            if mark is not None and known.get(name) == mark:
                kept[name] = mark
            elif len(good) < self._settings.max_files and not self._is_settling(mark):
                part = self._part(folder, path, name, mark)
                if part.error is not None:
                    refused.append(part)
                    continue
                good.append(part)
                if mark is not None:
                    kept[name] = mark
        # a pile of files that nobody can read must not keep the others from their turn
        parts = (*good, *refused[: self._settings.max_files])
        return RawPage(url=self._settings.url, status=200, fetched_at=self._now(), cursor={"files": kept}, parts=parts)

    def parse(self, page: RawPage) -> Parsed:
        items: list[FetchedItem] = []
        bad: list[BadItem] = []
        for part in page.parts:
            name = str(part.cursor.get("link") or part.url)
            if part.error is not None:
                bad.append(BadItem(where=name, reason=part.error))
                continue
            try:
                items.append(_item(part, name))
            except WordError as error:
                bad.append(BadItem(where=name, reason=str(error)))
        return Parsed(items=tuple(items), bad=tuple(bad))

    def _folder(self) -> Path:
        parts = urlsplit(self._settings.url)
        folder = Path(unquote(parts.path))
        if parts.scheme != "file" or not folder.is_absolute():
            raise NeedsPerson(
                "Word 来源的地址应是本机文件夹，例如 file:///srv/kepu/投稿，请用 kepu source add 重新登记。",
                connector=self.name,
            )
        if not folder.is_dir() or not os.access(folder, os.R_OK | os.X_OK):
            raise NeedsPerson(f"文件夹 {folder} 不存在或不能读取，请新建它，或改正来源的路径。", connector=self.name)
        return folder.resolve()

    def _is_settling(self, mark: list[int] | None) -> bool:
        return mark is not None and abs(self._now().timestamp() - mark[0] / 1e9) < _SETTLING

    def _part(self, folder: Path, path: Path, name: str, mark: list[int] | None) -> RawPage:
        """The file's bytes, or why they cannot be had."""
        error, body = "", b""
        try:
            error, body = self._read(folder, path, mark)
        except OSError as trouble:
            error = f"文件读不出来（{trouble.strerror or '未知原因'}），请检查权限后重新放入。"
        return RawPage(
            url=(folder / name).as_uri(),
            status=200,
            body=b"" if error else body,
            fetched_at=self._now(),
            cursor={"link": name},
            error=error or None,
        )

    def _read(self, folder: Path, path: Path, mark: list[int] | None) -> tuple[str, bytes]:
        """(what is wrong, bytes). Nothing outside the folder is opened, nor anything that is no file."""
        real = path.resolve()
        if not real.is_relative_to(folder):
            return "这是指向文件夹以外的链接，已跳过，请放入文件本身。", b""
        if mark is not None and mark[1] > self._settings.max_megabytes * 1048576:
            return f"文件超过 {self._settings.max_megabytes} MB，已跳过，请压缩图片后重新放入。", b""
        handle = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return "这不是普通文件，已跳过。", b""
            body = file.read(self._settings.max_megabytes * 1048576 + 1)
        if body.startswith(_OLD) or path.suffix.lower() == ".doc":
            return _OLD_FORMAT, b""
        return ("" if body.startswith(_ZIP) else "这个文件不是完整的 .docx，请在 Word 里打开后另存为 .docx。"), body


def _files(folder: Path) -> Iterator[tuple[Path, str]]:
    """(path, name below the folder) of the Word files, by name; without Word's lock files and hidden ones."""
    for place, folders, names in os.walk(folder):
        below = Path(place).relative_to(folder)
        folders[:] = sorted(each for each in folders if not each.startswith(".")) if len(below.parts) < _DEEPEST else []
        for name in sorted(names):
            if not name.startswith(("~$", ".")) and name.lower().endswith((".docx", ".doc")):
                yield Path(place) / name, str(below / name)


def _mark(path: Path) -> list[int] | None:
    """When it was changed (nanoseconds) and its size in bytes: another mark is another content."""
    try:
        found = path.stat()
    except OSError:
        return None
    return [found.st_mtime_ns, found.st_size]


def _item(part: RawPage, name: str) -> FetchedItem:
    """Raises WordError."""
    path = Path(name)
    piece = read_word(part.body, path.stem)
    sender = path.parts[0] if len(path.parts) > 1 else ""
    return FetchedItem(
        external_id=name[:500],
        url="",
        title=piece.title[:300],
        author=piece.author[:100],
        source_name=(piece.source_name or sender)[:100],
        published_at=piece.published_at,
        text=piece.text,
        html=piece.html,
        pictures=piece.pictures,
        language=piece.language,
    )
