"""Pictures of a package: in the order of the body, as JPG or PNG of a size that every site takes; covers cut to shape."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from PIL import Image, ImageOps

from connectors.base import Post, PostPicture
from connectors.channels.packing.body import Block
from connectors.channels.packing.word import Inset
from connectors.channels.pictures import fit

BYTES_MAX = 5 * 1024 * 1024
_QUALITY = 90


def insets(post: Post, body: Sequence[Block], alts: Mapping[str, str]) -> dict[str, Inset]:
    """Key → picture, in the order of the body. Raises NeedsPerson for what is no picture."""
    known = {picture.key: picture for picture in post.pictures}
    keys = dict.fromkeys(block.key for block in body if block.key in known)
    return {key: _inset(known[key], alts.get(key, "")) for key in keys}


def names(pictures: Mapping[str, Inset]) -> dict[str, str]:
    """Key → path in the package: images/01.jpg …"""
    return {key: f"images/{place:02}.{inset.suffix}" for place, (key, inset) in enumerate(pictures.items(), 1)}


def cover_of(post: Post, pictures: Mapping[str, Inset]) -> bytes | None:
    """The story's own cover, else the first picture of the body."""
    if post.cover is not None:
        return post.cover.content
    return next((inset.content for inset in pictures.values()), None)


def cut_to(content: bytes, size: tuple[int, int]) -> bytes:
    """The middle of the picture in exactly this size, as JPEG without any date in it."""
    with Image.open(io.BytesIO(content)) as picture:
        upright = ImageOps.exif_transpose(picture)
        layer = upright.convert("RGBA")
    flat = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    target = io.BytesIO()
    ImageOps.fit(flat, size, Image.Resampling.LANCZOS).save(target, "JPEG", quality=_QUALITY)
    return target.getvalue()


def _inset(picture: PostPicture, alt: str) -> Inset:
    fitted = fit(picture.content, bytes_max=BYTES_MAX, formats=("JPEG", "PNG"))
    return Inset(fitted.content, fitted.name.rpartition(".")[2], alt)
