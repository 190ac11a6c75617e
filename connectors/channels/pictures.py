"""Pictures in the form a platform takes: type and bytes. Pure: bytes in, bytes out."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps

from connectors.channels.picture_notes import bare
from connectors.errors import NeedsPerson

_MIME = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif"}
_SUFFIX = {"JPEG": "jpg", "PNG": "png", "GIF": "gif"}
_QUALITIES = (88, 80, 70, 60)
_ORIENTATION, _UPRIGHT = 0x0112, 1
_PROFILE_MOST = 65_536
_AS_LARGE_AS_IT_IS = 1 << 31
_PIXELS_MAX = 60_000_000
_TOO_MANY_PIXELS = "图片的像素过大，请缩小后重新上传。"


@dataclass(frozen=True)
class Fitted:
    """`name` is plain ASCII with an extension: multipart names in other letters are a known cause of failure."""

    name: str
    mime: str
    content: bytes


def fit(content: bytes, *, bytes_max: int, formats: tuple[str, ...], stem: str = "picture") -> Fitted:
    """The picture as one of `formats` ("JPEG", "PNG", "GIF") in at most `bytes_max` bytes, upright, and without what a
    camera wrote into it beside the picture: where it was taken, with what, by whom.

    The picture itself is passed on untouched where it fits. Raises NeedsPerson for what is no picture or cannot be made to
    fit.
    """
    picture = _open(content)
    # phones write a JPEG with a preview behind it, which has a name of its own
    kind = "JPEG" if picture.format == "MPO" else picture.format or ""
    upright = _orientation(picture) == _UPRIGHT
    if kind in formats and upright:
        plain = bare(content, kind)
        if plain is not None and len(plain) <= bytes_max:
            return Fitted(f"{stem}.{_SUFFIX[kind]}", _MIME[kind], plain)
    if not upright:
        picture = ImageOps.exif_transpose(picture)
    colours = _colours(picture)
    if _transparent(picture) and "PNG" in formats:
        as_png = _save(_without_notes(picture.convert("RGBA")), "PNG", **colours)
        if len(as_png) <= bytes_max:
            return Fitted(f"{stem}.png", _MIME["PNG"], as_png)
    return Fitted(f"{stem}.jpg", _MIME["JPEG"], _small_jpeg(picture, bytes_max, colours))


def cleaned(content: bytes) -> bytes:
    """A photo upright and without its camera's notes, for whoever keeps or shows it; anything else as it is."""
    try:
        picture = _open(content)
        if picture.format not in ("JPEG", "MPO", "PNG"):
            return content
        return fit(content, bytes_max=_AS_LARGE_AS_IT_IS, formats=("JPEG", "PNG")).content
    except NeedsPerson:
        return content


def moves(content: bytes) -> bool:
    """Whether it is a GIF of several frames. False for what is no picture."""
    try:
        picture = _open(content)
    except NeedsPerson:
        return False
    return picture.format == "GIF" and getattr(picture, "n_frames", 1) > 1


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(_ORIENTATION, _UPRIGHT))
    except Exception:  # Pillow raises many kinds for broken notes of a camera; the picture itself is sound
        return _UPRIGHT


def _colours(picture: Image.Image) -> dict[str, Any]:
    """The colour profile, where it still speaks of the picture's own colours after a conversion to RGB."""
    profile = picture.info.get("icc_profile")
    fits = isinstance(profile, bytes) and len(profile) <= _PROFILE_MOST and picture.mode in ("RGB", "RGBA")
    return {"icc_profile": profile} if fits else {}


def _without_notes(picture: Image.Image) -> Image.Image:
    picture.info = {}
    return picture


def _open(content: bytes) -> Image.Image:
    with warnings.catch_warnings():
        # a picture of absurd size is an attack or a mistake; either way it is refused before it is unpacked
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            picture = Image.open(io.BytesIO(content))
            if picture.width * picture.height > _PIXELS_MAX:
                raise NeedsPerson(_TOO_MANY_PIXELS)
            picture.load()
        except NeedsPerson:
            raise
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise NeedsPerson(_TOO_MANY_PIXELS) from error
        except Exception as error:  # Pillow raises many kinds for broken bytes; all mean the same here
            raise NeedsPerson("图片文件已损坏或不是图片，请重新上传。") from error
    return picture


def _transparent(picture: Image.Image) -> bool:
    if picture.mode in ("RGBA", "LA"):
        low = picture.getchannel("A").getextrema()[0]
        return isinstance(low, (int, float)) and low < 255
    return "transparency" in picture.info


def _small_jpeg(picture: Image.Image, bytes_max: int, colours: dict[str, Any]) -> bytes:
    flat = _without_notes(_on_white(picture))
    while True:
        for quality in _QUALITIES:
            made = _save(flat, "JPEG", quality=quality, optimize=True, **colours)
            if len(made) <= bytes_max:
                return made
        if max(flat.size) < 64:
            raise NeedsPerson("图片无法压缩到平台要求的大小，请换一张图片。")
        smaller = (max(flat.width * 3 // 4, 1), max(flat.height * 3 // 4, 1))
        flat = flat.resize(smaller, Image.Resampling.LANCZOS)


def _on_white(picture: Image.Image) -> Image.Image:
    if not _transparent(picture):
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    ground = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(ground, layer).convert("RGB")


def _save(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def trouble(content: bytes) -> str:
    """Why the bytes are no picture that can be fitted, in a few Chinese words that follow its name; empty where they are."""
    try:
        _open(content)
    except NeedsPerson as error:
        return "的像素过大" if error.message == _TOO_MANY_PIXELS else "打不开"
    return ""


def readable(content: bytes) -> bool:
    """Whether the bytes are a picture that can be fitted."""
    return not trouble(content)
