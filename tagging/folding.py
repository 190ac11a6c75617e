"""A text as bare characters: what punctuation, width, case, markup and the older script do to a text does not make another."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]
_NOT_TEXT = re.compile(r"<[^<>]{1,400}>|https?://[\w./?&=%#~:+-]+", re.ASCII)
_PLANES = 0x20000
"""Behind these two planes stand rare characters only, each its own form."""
_END = 0x32400
_SEVERAL = 0xFFFFFFFF
"""Marks what is written in full as several letters (½, ㏩), or changes the letter before it."""


def folded(text: str) -> Codes:
    """Code points of the letters, digits and characters, in one width, case and script; markup and addresses left out."""
    text = without_markup(text)
    kept = _looked_up(text)
    if (kept == _SEVERAL).any():
        kept = _looked_up(unicodedata.normalize("NFKC", text))
        kept = kept[kept != _SEVERAL]
    result: Codes = kept[kept != 0]
    return result


def without_markup(text: str) -> str:
    """Without tags and addresses, which stand in texts that were taken badly."""
    return _NOT_TEXT.sub(" ", text) if "<" in text or "http" in text else text


def _looked_up(text: str) -> Codes:
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype="<u4")
    found: Codes = _table()[np.minimum(codes, _END)]
    return found


def bare(text: str) -> str:
    """The same as a string."""
    return as_text(folded(text))


def as_text(codes: Codes) -> str:
    """What was folded, as a string."""
    return codes.astype("<u4").tobytes().decode("utf-32-le")


@lru_cache(maxsize=1)
def _table() -> Codes:
    """Code point → what it is folded to, 0 for what is no letter and no digit."""
    table = np.arange(_END + 1, dtype=np.uint32)
    table[_END] = 0
    own = set(range(0x3400, 0xA000)) | set(range(0xAC00, 0xD7A4))
    for code in range(_PLANES):
        if code not in own:
            table[code] = _folded_one(chr(code))
    with files("tagging").joinpath("simplified.txt").open(encoding="utf-8") as lines:
        for pairs in (line.rstrip("\n") for line in lines if not line.startswith("#")):
            for older, newer in zip(pairs[::2], pairs[1::2], strict=True):
                table[ord(older)] = ord(newer)
    return table


def _folded_one(character: str) -> int:
    if unicodedata.combining(character):
        return _SEVERAL
    letters = [each for each in unicodedata.normalize("NFKC", character).lower() if each.isalnum()]
    return ord(letters[0]) if len(letters) == 1 else (_SEVERAL if letters else 0)
