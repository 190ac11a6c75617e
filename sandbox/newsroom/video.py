"""A stand-in for a video file: an MP4 without a picture in it, enough for whoever looks at the first bytes."""

from __future__ import annotations

_BRANDS = b"isom\x00\x00\x02\x00isomiso2mp41"


def sample(name: str) -> bytes:
    """The same bytes for the same name. ISO/IEC 14496-12: a file type box, then media data that no track points to."""
    told = f"sample video {name}: nothing to see".encode()
    return _box(b"ftyp", _BRANDS) + _box(b"mdat", told * 64)


def _box(kind: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4, "big") + kind + content
