"""How WeChat reads a JSON body: `\\uXXXX` is not an escape for it, the six characters stay as they are."""

from __future__ import annotations

import json
import re
from typing import Any

from sandbox.calls import Call, Refused
from sandbox.store import Doc

ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\u(?=[0-9a-fA-F]{4})")
LITERAL = re.compile(r"\\u[0-9a-fA-F]{4}")


def json_body(call: Call) -> Doc:
    """The body as an object. Refuses 44002 (empty), 40033 (not UTF-8), 47001 (not JSON, or not an object)."""
    if not call.body:
        raise Refused(44002)
    try:
        text = call.body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(40033) from error
    try:
        data = json.loads(ESCAPE.sub(r"\1\\\\u", text))
    except json.JSONDecodeError as error:
        raise Refused(47001) from error
    if not isinstance(data, dict):
        raise Refused(47001)
    return data


def has_literal_escape(value: str) -> bool:
    return LITERAL.search(value) is not None


def text_field(source: Doc, name: str, code: int = 47001) -> str:
    """A text that may be left out."""
    value: Any = source.get(name, "")
    if not isinstance(value, str):
        raise Refused(code)
    return value


def page_of(source: Doc) -> tuple[int, int]:
    """offset and count (1–20) of the lists."""
    offset, count = source.get("offset", 0), source.get("count", 0)
    if not isinstance(offset, int) or not isinstance(count, int) or offset < 0 or not 1 <= count <= 20:
        raise Refused(40097)
    return offset, count
