"""Videos as the platforms tell them: by their first bytes."""

from __future__ import annotations


def video_mime(data: bytes) -> str:
    """video/mp4, video/webm, or nothing where it is no video."""
    if data[4:8] == b"ftyp":
        return "video/mp4"
    return "video/webm" if data.startswith(b"\x1aE\xdf\xa3") else ""
