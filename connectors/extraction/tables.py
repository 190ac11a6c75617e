"""Tables of data and lists: their cells and items are text as a whole or not at all, never one by one.

推荐 may be a button of the page, and it may be what a table says about a vaccine.
"""

from __future__ import annotations

from itertools import pairwise

from connectors.extraction.blocks import Element, Node, Run
from connectors.extraction.worth import is_no_text

_LISTS = frozenset({"ul", "ol", "dl"})
_GROUPS = _LISTS | {"table"}
_CELLS = frozenset({"td", "th"})
_LEAST = 2
_LONGEST = 400
_INTRODUCTION = 6


def judged_whole(nodes: list[Node], runs: list[Run]) -> dict[int, int]:
    """The runs, by id, that stand in such a table or list, each with the node of that."""
    members: dict[int, list[Run]] = {}
    introduced = {id(after) for line, after in pairwise(runs) if _introduces(line)}
    nearest: list[int] = []
    for index, node in enumerate(nodes):
        around = nearest[node.parent] if node.parent >= 0 else -1
        nearest.append(index if node.element.tag in _GROUPS else around)
    for run in runs:
        if (index := nearest[run.node]) >= 0:
            members.setdefault(index, []).append(run)
    return {
        id(run): index
        for index, each in members.items()
        if _is_text(nodes[index].element, each, id(each[0]) in introduced)
        for run in each
    }


def _introduces(run: Run) -> bool:
    """Whether a line says what follows, such as 谣言主要在下列平台传播："""
    return run.chars >= _INTRODUCTION and run.text.endswith(("：", ":")) and not is_no_text(run)


def _is_text(element: Element, runs: list[Run], introduced: bool) -> bool:
    """Whether a line above announces it, or some of it is neither link nor furniture; lists of links are menus, and tables in tables lay out a page."""
    if len(runs) < _LEAST or (not introduced and all(run.link_chars or is_no_text(run) for run in runs)):
        return False
    if element.tag in _LISTS:
        return not any(run.link_chars for run in runs)
    linked = sum(run.link_chars for run in runs) * 2 > sum(run.chars for run in runs)
    return not linked and is_data(element) and all(run.chars <= _LONGEST for run in runs)


def is_data(table: Element) -> bool:
    """Whether most of its rows have several cells, and none of these holds another table."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    widths = [sum(cell.tag in _CELLS for cell in row) for row in table.iter("tr")]
    several = sum(width >= _LEAST for width in widths)
    return several >= _LEAST and several * 2 >= len(widths)
