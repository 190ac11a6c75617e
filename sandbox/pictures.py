"""Is it really a picture, and of which kind?"""

from __future__ import annotations

import io


def picture_format(content: bytes) -> str | None:
    """ "JPEG", "PNG", "GIF", "BMP", "WEBP"…; None for what is no whole picture."""
    from PIL import Image  # on the first picture, not at the start: it costs a tenth of a second

    try:
        with Image.open(io.BytesIO(content)) as image:
            kind = image.format
            image.load()
            return kind
    except Exception:  # Pillow raises many kinds for broken files; all mean the same here
        return None


def picture_size(content: bytes) -> tuple[int, int]:
    from PIL import Image

    with Image.open(io.BytesIO(content)) as image:
        return image.size
