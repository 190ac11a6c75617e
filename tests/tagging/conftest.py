"""One tagger for all tests of this room: it takes a second to build and holds no state between texts."""

from __future__ import annotations

import pytest

from config.files import lexicon_files
from tagging import Lexicon, Tagger, load_lexicons


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return load_lexicons(lexicon_files())


@pytest.fixture(scope="session")
def tagger(lexicon: Lexicon) -> Tagger:
    return Tagger(lexicon)
