"""XML that defines entities is not read: a few lines of them become gigabytes, or other people's files. Pure."""

from __future__ import annotations

import re

from connectors.errors import FormatChanged

_BEFORE = re.compile(r"(?:[\s\ufeff]|<\?.*?\?>|<!--.*?-->)*+", re.S)
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^\[>]*\[", re.I)
_ENTITY = re.compile(r"<!ENTITY\b|%[\w:.-]+;", re.I)


def refuse_entities(text: str, connector: str) -> None:
    """Raises FormatChanged where the document type defines entities; one that only names itself is harmless and ignored."""
    start = _BEFORE.match(text)
    declared = _DOCTYPE.match(text, start.end() if start else 0)
    if declared is not None and _ENTITY.search(text, declared.end(), _end_of_subset(text, declared.end())):
        raise FormatChanged(
            "XML 里定义了实体（ENTITY），可能被用来攻击，为安全起见没有读取，请联系来源方去掉。", connector=connector
        )


def _end_of_subset(text: str, start: int) -> int:
    end = re.compile(r"\]\s*>").search(text, start)
    return end.start() if end else len(text)
