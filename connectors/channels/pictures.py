"""Pictures in the form a platform takes: type and bytes. Pure: bytes in, bytes out."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image

from connectors.errors import NeedsPerson

_MIME = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif"}
_SUFFIX = {"JPEG": "jpg", "PNG": "png", "GIF": "gif"}
_QUALITIES = (88, 80, 70, 60)
_PIXELS_MAX = 60_000_000
_TOO_MANY_PIXELS = "图片的像素过大，请缩小后重新上传。"


@dataclass(frozen=True)
class Fitted:
    """`name` is plain ASCII with an extension: multipart names in other letters are a known cause of failure."""

    name: str
    mime: str
    content: bytes


def fit(content: bytes, *, bytes_max: int, formats: tuple[str, ...], stem: str = "picture") -> Fitted:
    """The picture as one of `formats` ("JPEG", "PNG", "GIF") in at most `bytes_max` bytes.

    Bytes which fit are passed on untouched. Raises NeedsPerson for what is no picture or cannot be made to fit.
    """
    picture = _open(content)
    kind = picture.format or ""
    if kind in formats and len(content) <= bytes_max:
        return Fitted(f"{stem}.{_SUFFIX[kind]}", _MIME[kind], content)
    if _transparent(picture) and "PNG" in formats:
        as_png = _save(picture.convert("RGBA"), "PNG")
        if len(as_png) <= bytes_max:
            return Fitted(f"{stem}.png", _MIME["PNG"], as_png)
    return Fitted(f"{stem}.jpg", _MIME["JPEG"], _small_jpeg(picture, bytes_max))


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


def _small_jpeg(picture: Image.Image, bytes_max: int) -> bytes:
    flat = _on_white(picture)
    while True:
        for quality in _QUALITIES:
            made = _save(flat, "JPEG", quality=quality, optimize=True)
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


def _save(picture: Image.Image, kind: str, **options: object) -> bytes:
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
