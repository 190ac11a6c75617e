"""Answers that are not what the documentation says: broken off, empty, a page, or JSON of another shape. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

PAGE = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
_JSON, _HTML = b"application/json", b"text/html"


def garbled(how: str, whole: bytes) -> tuple[bytes, bytes]:
    """The content type and the body that go out in place of the platform's own answer `whole`. `how`: a key of WAYS."""
    return WAYS[how](whole)


def _half(whole: bytes) -> tuple[bytes, bytes]:
    return _JSON, whole[: max(1, len(whole) // 2)]


def _told_anew(change: Callable[[Any], Any]) -> Callable[[bytes], tuple[bytes, bytes]]:
    """What is no JSON (a picture, a page) goes out as it is."""

    def way(whole: bytes) -> tuple[bytes, bytes]:
        try:
            said = json.loads(whole)
        except ValueError:
            return _JSON, whole
        return _JSON, json.dumps(change(said), ensure_ascii=False).encode()

    return way


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    """The same shape with every plain value changed."""
    if isinstance(value, dict):
        return {name: _each(one, change) for name, one in value.items()}
    if isinstance(value, list):
        return [_each(one, change) for one in value]
    return change(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _nothing_named(value: Any) -> Any:
    """Without whatever the answer names: ids, tokens, addresses; its codes stay."""
    if isinstance(value, list):
        return [_nothing_named(one) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {name: one for name, one in value.items() if not (isinstance(one, str) and one) and not _names(name)}
    return {name: _nothing_named(one) for name, one in kept.items()}


def _names(name: str) -> bool:
    return name in ("id", "mid", "idstr") or name.endswith(("_id", "_url"))


WAYS: dict[str, Callable[[bytes], tuple[bytes, bytes]]] = {
    "half": _half,
    "empty": lambda whole: (_JSON, b""),
    "page": lambda whole: (_HTML, PAGE),
    "list": _told_anew(lambda said: [said]),
    "nothing_named": _told_anew(_nothing_named),
    "numbers": _told_anew(lambda said: _each(said, lambda value: 7 if isinstance(value, str) else value)),
    "texts": _told_anew(lambda said: _each(said, lambda value: str(value) if _is_number(value) else value)),
}
"""`list`: the answer in a list. `nothing_named`: without ids, addresses and other text. `numbers`: a number wherever a text is
due. `texts`: every number as a text, codes too."""
