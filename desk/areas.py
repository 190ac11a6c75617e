"""Names of the areas, for showing and choosing: GB/T 2260 code → today's official name."""

from __future__ import annotations

from collections.abc import Mapping

from tagging.areas import AREAS, ELSEWHERE, load_areas


def names(lexicon_files: Mapping[str, str]) -> dict[str, str]:
    """From the same list the tagger reads, province first. Raises LexiconError where the list is wrong."""
    if AREAS not in lexicon_files:
        return {}
    found = load_areas(lexicon_files[AREAS], lexicon_files.get(ELSEWHERE, "name,province\n"))
    return dict(sorted(found.official.items()))
