"""The tagger and the word lists it is made of, in a process that runs on while an editor changes them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tagging import Lexicon, Tagger

logger = logging.getLogger(__name__)
Files = dict[str, str]
"""Name → text, as config.files.lexicon_files gives them."""


class WordLists:
    """Safe to share between threads. `read` gives the lists as they are now; None: they stay as they are."""

    def __init__(self, files: Files, read: Callable[[], Files] | None = None) -> None:
        self._files, self._read = files, read
        self._refused: Files | None = None
        """Changed lists that hold a mistake: told of once."""
        self._lexicon: Lexicon | None = None
        self._tagger: Tagger | None = None
        self._building = threading.RLock()

    @property
    def lexicon(self) -> Lexicon:
        """All word lists, checked. Raises LexiconError."""
        with self._building:
            if self._lexicon is None:
                self._lexicon = _checked(self._files)
            return self._lexicon

    @property
    def tagger(self) -> Tagger:
        """Loaded on first use: the dictionary takes a second, and most commands do without. Raises LexiconError."""
        from tagging import Tagger

        with self._building:
            if self._tagger is None:
                self._tagger = Tagger(self.lexicon)
            return self._tagger

    def renew(self) -> None:
        """Takes what was changed since; with a mistake in it the lists that were right stay, and the log says where it is."""
        from tagging import LexiconError

        if self._read is None:
            return
        files = self._read()
        with self._building:
            if files in (self._files, self._refused):
                return
            try:
                lexicon = _checked(files)
            except LexiconError as error:
                logger.error("改过的词表有错，仍用原来的：%s", error)
                self._refused = files
                return
            self._files, self._lexicon, self._tagger, self._refused = files, lexicon, None, None


def _checked(files: Files) -> Lexicon:
    from tagging import load_lexicons

    return load_lexicons(files)
