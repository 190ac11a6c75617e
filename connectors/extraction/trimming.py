"""The two ends of a text: what stands before its first sentence and after its last and is the page's own."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import dropwhile, pairwise

from connectors.extraction.blocks import Node, Run
from connectors.extraction.phrases import (
    is_editor_line,
    is_head_line,
    may_describe,
    same_words,
    says_when,
    tells_day,
    tells_of_event,
)
from connectors.extraction.tables import judged_whole
from connectors.extraction.tails import belongs_before, text_ends

_NOTICE = 12
"""Lines at the beginning of a notice that say when and where."""
_OPENING = 12
_MOST_HEAD = 60


def without_ends(nodes: list[Node], runs: list[Run]) -> tuple[list[Run], list[Run]]:
    """The runs of a text that came alone, as in a feed, and those at its ends that are the page's own."""
    kept = _without_ends(runs, runs, judged_whole(nodes, runs)) if len(runs) > 1 else runs
    chosen = set(map(id, kept))
    return kept, [run for run in runs if id(run) not in chosen]


def trimmed(
    runs: list[Run], title: str, inside: list[Run] | None = None, whole: Collection[int] = frozenset()
) -> list[Run]:
    """Without the title, date and source lines that stand before the first sentence, and without what follows the last.

    `inside`: all runs of the element; lines of editors among them, left out already, tell what stands beside them.
    `whole`: what belongs to a table or a list that is text as a whole.
    """
    event = any(tells_of_event(run.text) for run in runs[:_NOTICE])

    row = {
        id(run) for pair in pairwise(runs[:_MOST_HEAD]) if all(tells_day(each.text) for each in pair) for run in pair
    }
    beside = _beside_heads(runs[:_MOST_HEAD])

    def is_head(run: Run) -> bool:
        named = bool(title and same_words(run.text, title))
        if id(run) in whole or (event and says_when(run.text)):
            return named and run is runs[0]
        if id(run) in row or (may_describe(run.text) and not run.link_chars and id(run) not in beside):
            return named
        return named or is_head_line(run.text)

    text = _below_head(runs, is_head)
    return _without_ends(text, inside or text, whole)


def _below_head(runs: list[Run], is_head: Callable[[Run], bool]) -> list[Run]:
    first = next((place for place, run in enumerate(runs) if run.stops and run.chars >= 20 and not is_head(run)), None)
    if first is None:
        # a few words below a film, a poem: only what stands at the very beginning can be told from them
        return list(dropwhile(is_head, runs)) or runs
    begun = next((place for place, run in enumerate(runs[:first]) if _opens(run) and not is_head(run)), first)
    return [run for run in runs[:begun] if not is_head(run)] + runs[begun:]


def _beside_heads(runs: list[Run]) -> set[int]:
    """The lines, by id, next to one that can be nothing but the page's own, or that stand among such."""
    sure = [is_head_line(run.text) and not may_describe(run.text) for run in runs]
    return {id(run) for place, run in enumerate(runs) if any(sure[max(0, place - 1) : place + 2])}


def _opens(run: Run) -> bool:
    """Whether a short line is the beginning of a text, as of a warning: 省气象台发布暴雪橙色预警信号："""
    return run.chars >= _OPENING and not run.link_chars and run.text.endswith(("：", ":", "。", "！", "？", "；"))


def _without_ends(runs: list[Run], inside: list[Run], whole: Collection[int]) -> list[Run]:
    """Never without everything: in doubt a line stays, since one too many is a blemish and one too few a loss."""
    chosen = set(map(id, runs))
    lines = [run for run in inside if id(run) in chosen or is_editor_line(run.text)]
    ends = text_ends([(run.text, run.link_chars > 0) for run in lines])
    start, end = 0, max(1, sum(id(run) in chosen for run in lines[:ends]))
    end = max([end, *(place + 1 for place, run in enumerate(runs) if place >= end and id(run) in whole)])
    while start < end - 1 and id(runs[start]) not in whole and belongs_before(runs[start].text):
        start += 1
    return runs[start:end]
