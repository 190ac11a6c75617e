"""Videos on their way to a platform: fetched from where the story names them, and looked at."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from connectors.base import ErrorClass
from connectors.channels.codes import Refused, problem
from connectors.errors import NeedsPerson
from connectors.http import HttpClient, HttpLimits

_LOOPBACK = {"127.0.0.1", "localhost"}
_SECONDS = 90.0
"""For one download; less than the time for which a worker holds a row without making a call."""


def reachable(url: str, platform: str) -> bool:
    """https; beside a stand-in of the platform on this machine, http on this machine as well. Pure."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    near = urlsplit(platform).hostname in _LOOPBACK and parts.hostname in _LOOPBACK
    return bool(parts.hostname) and (parts.scheme == "https" or (near and parts.scheme == "http"))


def fetched(http: HttpClient, url: str, *, bytes_max: int, ours: Iterable[str], platform: str) -> bytes:
    """The bytes of an MP4 or WebM video. `ours`: addresses of our own, whose host may be this machine.

    Raises Refused (VALIDATION, with cause and remedy) for what is no video or too large, RetryLater where its host is down.
    """
    host = urlsplit(url).hostname or ""
    own = host if host in {urlsplit(address).hostname for address in ours} else "-"
    limits = HttpLimits(total_seconds=_SECONDS, max_bytes=bytes_max)
    try:
        content = http.within(limits).fetch(url, accept="video/*", home=own).body
    except NeedsPerson as error:
        raise _refused(platform, "稿件的视频取不到，或超过了大小上限。", _smaller(bytes_max)) from error
    if not is_video(content):
        raise _refused(platform, "稿件的视频网址给出的不是 MP4 或 WebM 视频。", "请换成视频文件本身的网址。")
    return content


def is_video(content: bytes) -> bool:
    """By its first bytes: ISO media (MP4, MOV) or WebM."""
    return content[4:8] == b"ftyp" or content.startswith(b"\x1aE\xdf\xa3")


def _smaller(bytes_max: int) -> str:
    return f"请检查视频网址能否打开，视频要在 {bytes_max // 1_048_576} MB 以内。"


def _refused(platform: str, cause: str, remedy: str) -> Refused:
    return Refused(problem(ErrorClass.VALIDATION, cause, remedy), "", "", connector=platform)
