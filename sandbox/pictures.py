"""Is it really a picture, and of which kind?"""

from __future__ import annotations

import io

from PIL import Image


def picture_format(content: bytes) -> str | None:
    """ "JPEG", "PNG", "GIF", "BMP", "WEBP"…; None for what is no whole picture."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            kind = image.format
            image.load()
            return kind
    except Exception:  # Pillow raises many kinds for broken files; all mean the same here
        return None


def picture_size(content: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(content)) as image:
        return image.size
