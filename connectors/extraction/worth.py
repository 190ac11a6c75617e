"""What a run of text is worth as part of an article, and what no longer belongs to it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate, islice, takewhile

from connectors.extraction.blocks import Element, Node, Run, ancestors, text_of
from connectors.extraction.phrases import (
    heads_links,
    is_disclaimer,
    is_editor_line,
    is_furniture,
    is_stamp,
    opens_annex,
)

_CLIMB = 1
_MOST_ANNEXES = 40
_SOME_TEXT = 80
_SENTENCE = 15
_NO_SENTENCE = 60
_MOST_BESIDE = 400
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
SHORT_LINK = 4
_CELLS = frozenset({"td", "th", "li", "dd", "dt"})


def count(node: Node, run: Run, worth: float) -> None:
    """Adds a run to the element it stands in."""
    node.value += worth
    node.mass += max(worth, 0.0)
    node.chars += run.chars
    node.link_chars += run.link_chars
    node.stops += run.stops


def is_links(run: Run) -> bool:
    """Whether a run is mostly links; a sentence with many links in it, as in an encyclopedia, is not."""
    return run.link_chars * 2 > run.chars and (run.stops < 2 or run.chars - run.link_chars < 12)


def is_no_text(run: Run) -> bool:
    """Whether a run is a tool, a line of editors or a stamp; judged once for each run."""
    if run.no_text is None:
        text = run.text
        run.no_text = is_furniture(text) or is_editor_line(text) or is_stamp(text)
    return run.no_text


def worth(run: Run, node: Node, lines: bool = False) -> float:
    """Its length for a sentence, a little less than nothing for anything else; with `lines` any line of text counts."""
    own = run.chars - run.link_chars
    if lines and own >= SHORT_LINK and not run.link_chars and not is_furniture(run.text):
        return min(own, _NO_SENTENCE)
    if node.element.tag == "pre":
        return own * 0.5
    if is_links(run):
        return -min(run.link_chars, 30) - 5
    if is_furniture(run.text) or is_disclaimer(run.text):
        return -5
    if run.stops and own >= 12:
        return own
    if own >= 30:
        return min(own * 0.5, _NO_SENTENCE)
    return -1 if node.element.tag in _CELLS else -4


def annexes(nodes: list[Node], runs: list[Run]) -> list[tuple[int, int]]:
    """Node ranges that follow a heading like 相关阅读 or 网友评论 within the section it heads."""
    found = []
    for position, run in enumerate(runs):
        if run.link_chars or not opens_annex(run.text):
            continue
        if _goes_on(runs, position):
            continue
        below = _next_heading(nodes, run.node)
        if below and not heads_links(run.text):
            # what people say may be what a text is about: 网友评论, and then 专家辟谣
            continue
        if below and not _only_links(runs, position, below):
            below = 0
        before = runs[position - 1].node if position else -1
        after = runs[position + 1].node if position + 1 < len(runs) else -1
        climbed = 0
        for section in ancestors(nodes, run.node):
            start, end = section, nodes[section].end
            if start <= after < end and after != run.node:
                found.append((run.node, below or end))
                break
            climbed += start <= before < end
            if climbed > _CLIMB:
                break
    return found


def _goes_on(runs: list[Run], position: int) -> bool:
    """Whether a heading such as 推荐 stands over nothing, between two sentences: a box that is filled later."""
    if not 0 < position < len(runs) - 1 or not heads_links(runs[position].text):
        return False
    return all(
        run.stops and not run.link_chars and run.chars >= _SENTENCE and run.text.rstrip("”」』\"')）").endswith("。")
        for run in (runs[position - 1], runs[position + 1])
    )


def _next_heading(nodes: list[Node], place: int) -> int:
    """The place of the next heading of the same kind beside one that heads an annex, unless it heads another; 0 without one."""
    kind = _heading_kind(nodes[place].element)
    if not kind:
        return 0
    index, stop = nodes[place].end, nodes[nodes[place].parent].end
    for _ in range(_MOST_BESIDE):
        if index >= stop:
            break
        element = nodes[index].element
        if _heading_kind(element) == kind and (text := text_of(element)):
            return 0 if opens_annex(text) else index
        index = nodes[index].end
    return 0


def _only_links(runs: list[Run], position: int, end: int) -> bool:
    """Whether links alone stand below a heading up to the next; texts there are other articles, each with its headline."""
    below = list(takewhile(lambda run: run.node < end, islice(runs, position + 1, None)))
    return bool(below) and all(run.link_chars * 2 > run.chars for run in below)


def _heading_kind(element: Element) -> str:
    """The tag of a heading; "bold" for a paragraph that is bold throughout."""
    tag = str(element.tag)
    if tag in _HEADINGS:
        return tag
    alone = tag == "p" and len(element) == 1 and element[0].tag in ("strong", "b")
    return "bold" if alone and not (element.text or "").strip() and not (element[0].tail or "").strip() else ""


def believed(named: list[tuple[int, int]], nodes: list[Node], runs: list[Run]) -> list[tuple[int, int]]:
    """Annexes that follow some text, or hold little of it: a box 相关新闻 above the article is no end of it."""
    if not named:
        return []
    sums = [0.0] * (len(nodes) + 1)
    for run in runs:
        sums[run.node + 1] += max(worth(run, nodes[run.node]), 0.0)
    sums = list(accumulate(sums))
    found: list[tuple[int, int]] = []
    reached, left_out = 0, 0.0
    # in the order of the page: what lies in the believed ones so far counts as nothing before the next
    for start, end in sorted(named[:_MOST_ANNEXES]):
        within = sums[end] - sums[start]
        if sums[start] - left_out >= _SOME_TEXT or within * 2 < sums[-1]:
            found.append((start, end))
            left_out += sums[max(end, reached)] - sums[max(start, reached)]
            reached = max(end, reached)
    return found


def mask(nodes: list[Node], ranges: Iterable[tuple[int, int]]) -> bytearray:
    """For each node whether it stands in one of the ranges, as 1 or 0."""
    marks = bytearray(len(nodes))
    reached = 0
    for start, end in sorted(ranges):
        first = max(start, reached)
        if end > first:
            marks[first:end] = b"\x01" * (end - first)
            reached = end
    return marks
