"""What an answer must hold before anything is concluded from it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from connectors.channels.codes import no_answer


def entries(listed: Any, *, told_by: Iterable[str], platform: str, connector: str) -> list[dict[str, Any]]:
    """The entries of a list that the platform gave, each with a text under every name of `told_by`.

    Raises RetryLater for anything else: a list that cannot be read proves nothing about what does not stand in it, and
    taking it for "not there" would publish once more. `platform` is the name that people read.
    """
    names = tuple(told_by)
    if not isinstance(listed, list) or not all(_told(entry, names) for entry in listed):
        raise no_answer(platform, 200, writes=False, connector=connector)
    return listed


def text_at(said: Any, *path: str, platform: str, connector: str) -> str:
    """The text at the end of `path`, such as ("video", "video_id"). Raises RetryLater where there is none."""
    for name in path:
        said = said.get(name) if isinstance(said, dict) else None
    if not isinstance(said, str) or not said:
        raise no_answer(platform, 200, writes=False, connector=connector)
    return said


def _told(entry: Any, names: tuple[str, ...]) -> bool:
    return isinstance(entry, dict) and all(isinstance(entry.get(name), str) for name in names)
