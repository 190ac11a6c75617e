"""What an answer must hold before anything is concluded from it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from connectors.channels.codes import no_answer


def entries(
    listed: Any, *, told_by: Iterable[str], perhaps: Iterable[str] = (), platform: str, connector: str
) -> list[dict[str, Any]]:
    """The entries of a list that the platform gave, each with a text under every name of `told_by`; under a name of
    `perhaps` stands a text or nothing (works of other people's making have no caption, picture posts no link).

    Raises RetryLater for anything else: a list that cannot be read proves nothing about what does not stand in it, and
    taking it for "not there" would publish once more. `platform` is the name that people read.
    """
    names, other = tuple(told_by), tuple(perhaps)
    if not isinstance(listed, list) or not all(_told(entry, names, other) for entry in listed):
        raise no_answer(platform, 200, writes=False, connector=connector)
    return listed


def text_at(said: Any, *path: str, platform: str, connector: str) -> str:
    """The text at the end of `path`, such as ("video", "video_id"). Raises RetryLater where there is none."""
    for name in path:
        said = said.get(name) if isinstance(said, dict) else None
    if not isinstance(said, str) or not said:
        raise no_answer(platform, 200, writes=False, connector=connector)
    return said


def texts(said: Any, *names: str) -> dict[str, str]:
    """What the answer tells as text under these names. A number in place of a text is no id: asked by it, the platform
    would speak of another work."""
    told = said if isinstance(said, dict) else {}
    return {name: told[name] for name in names if isinstance(told.get(name), str) and told[name]}


def _told(entry: Any, names: tuple[str, ...], perhaps: tuple[str, ...]) -> bool:
    if not isinstance(entry, dict) or not all(isinstance(entry.get(name), str) for name in names):
        return False
    return all(isinstance(entry.get(name), str | None) for name in perhaps)
