"""Media files: each kept once, named by its SHA-256, with a row that says what it is."""

from __future__ import annotations

import hashlib
import io
import os
from datetime import datetime
from pathlib import Path

from PIL import Image, UnidentifiedImageError
from sqlmodel import Session

from content_store.tables import Media

MAX_PIXELS = 50_000_000
MIME_BY_FORMAT = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "BMP": "image/bmp",
}


class NotAPicture(ValueError):
    """The bytes are not a picture we keep; the message is Chinese."""


class MediaFolder:
    """Where the bytes lie. Writing is atomic, and the same bytes are written once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def read(self, sha256: str) -> bytes:
        return self.path(sha256).read_bytes()

    def keep_picture(self, session: Session, content: bytes, *, origin: str, now: datetime) -> Media:
        """Keeps a picture. Raises NotAPicture for anything else, or for a picture too large to open safely."""
        sha256 = hashlib.sha256(content).hexdigest()
        known = session.get(Media, sha256)
        if known is not None and self.path(sha256).exists():
            return known
        mime, width, height = _look(content)
        self._write(self.path(sha256), content)
        if known is not None:
            return known
        row = Media(
            sha256=sha256,
            mime=mime,
            size=len(content),
            width=width,
            height=height,
            origin=origin[:2000],
            created_at=now,
        )
        session.add(row)
        session.flush()
        return row

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        part.write_bytes(content)
        part.replace(path)


def _look(content: bytes) -> tuple[str, int, int]:
    try:
        with Image.open(io.BytesIO(content)) as picture:
            width, height = picture.size
            mime = MIME_BY_FORMAT.get(picture.format or "")
            if mime is None:
                raise NotAPicture(f"不支持 {picture.format} 格式的图片，请用 JPG、PNG、GIF 或 WebP。")
            if width * height > MAX_PIXELS:
                raise NotAPicture("图片像素过大，请缩小后再用。")
            picture.verify()
    except NotAPicture:
        raise
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        # ValueError: a compressed text in it that unpacks to megabytes
        raise NotAPicture("这个文件不是完好的图片，请换一张。") from error
    return mime, width, height
