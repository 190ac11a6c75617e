"""Chinese full-text search that is the same on SQLite (FTS5) and PostgreSQL (tsvector).

Chinese has no spaces, so text is indexed as overlapping bigrams; a query is the phrase of its own bigrams. Finds every
text that contains the words asked for, and no other.
"""

from __future__ import annotations

import re
import unicodedata
from operator import add

_RUN = re.compile(r"[㐀-鿿豈-﫿]+|[a-z0-9]+")
_CJK_FIRST = re.compile(r"[㐀-鿿豈-﫿]")
_WIDE_MARKS = re.compile("[！-／：-＠［-｀｛-～　…]")
"""Punctuation that Unicode has in a second width: it stands between words in either, and a text without it is mostly in one form."""
MAX_INDEXED = 60_000
"""Characters of one article that are indexed."""


def index_text(*parts: str) -> str:
    """Space-separated tokens of the parts: bigrams of Chinese runs (with their last character alone), other words whole."""
    text = "\n".join(part[:MAX_INDEXED] for part in parts)
    return " ".join([" ".join(_tokens(run)) for run in _runs(text)])


def sqlite_query(words: str) -> str:
    """An FTS5 MATCH expression for what a person typed; empty where nothing can be searched."""
    return " AND ".join(f'"{" ".join(tokens)}"{"*" if prefix else ""}' for tokens, prefix in _phrases(words))


def postgres_query(words: str) -> str:
    """A `to_tsquery('simple', …)` expression for what a person typed; empty where nothing can be searched."""
    return " & ".join("(" + " <-> ".join(tokens) + (":*" if prefix else "") + ")" for tokens, prefix in _phrases(words))


def _runs(text: str) -> list[str]:
    return _RUN.findall(unicodedata.normalize("NFKC", _WIDE_MARKS.sub(" ", text)).lower())


def _tokens(run: str) -> list[str]:
    if run.isascii():
        return [run]
    return [*map(add, run, run[1:]), run[-1]]


def _phrases(words: str) -> list[tuple[list[str], bool]]:
    phrases = []
    for run in _runs(words[:200]):
        if not _CJK_FIRST.match(run):
            phrases.append(([run], True))
        elif len(run) == 1:
            # any bigram that begins with it, or the lone last character of a run
            phrases.append(([run], True))
        else:
            phrases.append(([run[i : i + 2] for i in range(len(run) - 1)], False))
    return phrases
