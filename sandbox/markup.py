"""Markup to words."""

from __future__ import annotations

import re


def plain_text(html: str) -> str:
    """The words of a piece of HTML, blanks folded."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", html)).strip()
