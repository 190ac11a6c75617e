"""What a camera or a programme wrote into a picture's file beside the picture, taken out without touching the picture. Pure."""

from __future__ import annotations

from collections.abc import Iterator

_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PNG_NOTES = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME"}
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_ALONE = {0x01, *range(0xD0, 0xD9)}
"""Markers that no length follows."""
_APP0, _APP2, _APP14, _APP15, _COMMENT = 0xE0, 0xE2, 0xEE, 0xEF, 0xFE
_PROFILE = b"ICC_PROFILE\0"


def bare(content: bytes, kind: str) -> bytes | None:
    """The same picture without its notes; `kind` "JPEG", "PNG" or another, which is passed on as it is.

    None for a file whose parts cannot be told apart to the end.
    """
    try:
        if kind == "JPEG":
            return b"".join(_jpeg_parts(content))
        if kind == "PNG":
            return b"".join(_png_parts(content))
    except (IndexError, ValueError):
        return None
    return content


def _jpeg_parts(content: bytes) -> Iterator[bytes]:
    """Without what cameras and programmes note (Exif, XMP, IPTC, comments, previews) and what stands behind the end; the
    colour profile and what a decoder needs stay."""
    if content[:2] != b"\xff\xd8":
        raise ValueError("no JPEG")
    yield content[:2]
    place = 2
    while place < len(content):
        place, marker = _next_marker(content, place)
        if marker == _EOI:
            yield b"\xff\xd9"
            return
        if marker in _ALONE:
            yield bytes((0xFF, marker))
            continue
        length = int.from_bytes(content[place : place + 2], "big")
        if length < 2 or place + length > len(content):
            raise ValueError("a part without its end")
        body, place = content[place : place + length], place + length
        if _needed(marker, body[2:]):
            yield bytes((0xFF, marker)) + body
        if marker == _SOS:
            end = _end_of_scan(content, place)
            yield content[place:end]
            place = end


def _needed(marker: int, body: bytes) -> bool:
    if marker == _APP2:
        return body.startswith(_PROFILE)
    return marker in (_APP0, _APP14) or not (_APP0 <= marker <= _APP15 or marker == _COMMENT)


def _next_marker(content: bytes, place: int) -> tuple[int, int]:
    """Where it ends, and which it is."""
    if content[place] != 0xFF:
        raise ValueError("no marker where one must be")
    while content[place] == 0xFF:
        place += 1
    return place + 1, content[place]


def _end_of_scan(content: bytes, place: int) -> int:
    """Where the marker behind the packed pixels begins; the file's end where the picture is cut off."""
    while True:
        place = content.find(b"\xff", place)
        if place < 0 or place + 1 >= len(content):
            return len(content)
        following = content[place + 1]
        if following != 0 and following != 0xFF and not 0xD0 <= following <= 0xD7:
            return place
        place += 2 if following != 0xFF else 1


def _png_parts(content: bytes) -> Iterator[bytes]:
    if not content.startswith(_PNG_HEAD):
        raise ValueError("no PNG")
    yield _PNG_HEAD
    place, kind = len(_PNG_HEAD), b""
    while kind != b"IEND":
        kind, end = content[place + 4 : place + 8], place + 12 + int.from_bytes(content[place : place + 4], "big")
        if end > len(content) or len(kind) < 4:
            raise ValueError("a part without its end")
        if kind not in _PNG_NOTES:
            yield content[place:end]
        place = end
