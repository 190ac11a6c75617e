"""Which part of a page is the article.

Every run of text is worth something: sentences are worth their length, loose words cost a little, links cost more.
The article is the element whose runs add up to most. Thresholds were set by measurement, see docs/collecting.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from connectors.extraction.blocks import Element, Node, Run, ancestors
from connectors.extraction.phrases import is_furniture, is_head_line, opens_annex, same_words

_BOILER = re.compile(
    r"(?:^|[\s_-])(?:comments?|pinglun|reply|replies|share|sharing|related|relate|xiangguan|recommend|tuijian|hot|rank|paihang|"
    r"side|sidebar|aside|foot|footer|copyright|nav|navbar|menu|bread|breadcrumbs?|crumbs?|weizhi|ads?|advert|banner|"
    r"login|search|toolbar|pager|pagination|pages|qrcode|erweima|download|disclaimer|shengming|topbar|popup|modal|"
    r"player|video)"
    r"(?:$|[\s_-]|\d)",
    re.I,
)
_BOILER_TAGS = frozenset({"nav", "footer", "aside", "menu"})
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)
_PARAGRAPHS = frozenset(
    {"p", "span", "font", "strong", "b", "em", "i", "u", "a", "h1", "h2", "h3", "h4", "blockquote", "center"}
)
_CLIMB = 1
_NARROWER = 0.9


@dataclass(frozen=True)
class Content:
    """The article's element and its runs, with those to be left out."""

    element: Element
    kept: list[Run]
    dropped: list[Run]

    @property
    def text(self) -> str:
        return "\n".join(run.text for run in self.kept)


def find(nodes: list[Node], runs: list[Run], title: str = "") -> Content | None:
    """The article of a page whose title is known; None for a page without any text."""
    if not runs:
        return None
    titles = [run for run in runs if title and same_words(run.text, title)]
    annexes = [annex for annex in _annexes(nodes, runs) if not any(_covered(run.node, [annex]) for run in titles)]
    for run in runs:
        _count(nodes[run.node], run, 0.0 if _covered(run.node, annexes) else _worth(run))
    _sum_up(nodes, {index for run in titles[:1] for index in ancestors(nodes, run.node)})
    best = _best(nodes)
    inside = [run for run in runs if best <= run.node < nodes[best].end]
    kept = [run for run in inside if not _covered(run.node, annexes) and _keep(run, nodes, best)]
    kept = _trim(kept, title)
    chosen = set(map(id, kept))
    return Content(nodes[best].element, kept, [run for run in inside if id(run) not in chosen])


def _count(node: Node, run: Run, worth: float) -> None:
    node.value += worth
    node.chars += run.chars
    node.link_chars += run.link_chars
    node.stops += run.stops


def _worth(run: Run) -> float:
    own = run.chars - run.link_chars
    if run.link_chars * 2 > run.chars:
        return -min(run.link_chars, 30) - 5
    if is_furniture(run.text):
        return -5
    if run.stops and own >= 12:
        return own
    if own >= 30:
        return own * 0.5
    return -4


def _annexes(nodes: list[Node], runs: list[Run]) -> list[tuple[int, int]]:
    """Node ranges that follow a heading like 相关阅读 or 网友评论 within the section it heads."""
    found = []
    for position, run in enumerate(runs):
        if run.link_chars or not opens_annex(run.text):
            continue
        before = runs[position - 1].node if position else -1
        after = runs[position + 1].node if position + 1 < len(runs) else -1
        climbed = 0
        for section in ancestors(nodes, run.node):
            start, end = section, nodes[section].end
            if start <= after < end and after != run.node:
                found.append((run.node, end))
                break
            climbed += start <= before < end
            if climbed > _CLIMB:
                break
    return found


def _covered(node: int, ranges: Iterable[tuple[int, int]]) -> bool:
    return any(start <= node < end for start, end in ranges)


def _sum_up(nodes: list[Node], around_title: set[int]) -> None:
    """Adds every node to its parent, from the last to the first."""
    everything = sum(node.value for node in nodes if node.value > 0) or 1.0
    for index in range(len(nodes) - 1, -1, -1):
        node = nodes[index]
        if index not in around_title and node.value < everything * 0.9 and _is_boiler(node.element):
            node.value = min(node.value, 0.0)
        if node.parent >= 0:
            parent = nodes[node.parent]
            parent.value += node.value
            parent.chars += node.chars
            parent.link_chars += node.link_chars
            parent.stops += node.stops


def _best(nodes: list[Node]) -> int:
    """The element worth most, or the one inside it that already holds nearly all of that; never a lone paragraph."""
    best = max(range(len(nodes)), key=lambda index: (nodes[index].value, index))
    enough = nodes[best].value * _NARROWER
    for index in range(nodes[best].end - 1, best, -1):
        if nodes[index].value >= enough > 0:
            best = index
            break
    while nodes[best].element.tag in _PARAGRAPHS and nodes[best].parent >= 0:
        parent = nodes[nodes[best].parent]
        if parent.value < enough or parent.element.tag in ("body", "html"):
            break
        best = nodes[best].parent
    return best


def _is_boiler(element: Element) -> bool:
    if element.tag in _BOILER_TAGS:
        return True
    if _HIDDEN.search(element.get("style") or ""):
        return True
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return bool(names.strip()) and bool(_BOILER.search(names))


def _keep(run: Run, nodes: list[Node], best: int) -> bool:
    if run.link_chars * 2 > run.chars and run.chars > 4:
        return False
    if is_furniture(run.text):
        return False
    index = run.node
    while index != best:
        node = nodes[index]
        if node.value <= 0 and (_is_boiler(node.element) or node.link_chars * 2 > node.chars):
            return False
        index = node.parent
    return True


def _trim(runs: list[Run], title: str) -> list[Run]:
    """Without the title, date and source lines that stand before the first sentence."""
    first = next(
        (
            position
            for position, run in enumerate(runs)
            if run.stops and run.chars >= 20 and not is_head_line(run.text) and not same_words(run.text, title)
        ),
        0,
    )
    head = [run for run in runs[:first] if not is_head_line(run.text) and not (title and same_words(run.text, title))]
    return head + runs[first:]
