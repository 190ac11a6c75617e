"""Which part of a page is the article.

Every run of text is worth something: sentences are worth their length, loose words cost a little, links cost more.
The article is the element whose runs add up to most. Thresholds were set by measurement, see docs/collecting.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

from connectors.extraction.answers import answers
from connectors.extraction.blocks import Element, Node, Run, ancestors, text_of
from connectors.extraction.furniture import (
    is_aside,
    is_boiler,
    is_hidden,
    is_named_body,
    is_stated_body,
    is_unshown,
    may_be_text,
)
from connectors.extraction.paging import is_numbers, is_pager_line
from connectors.extraction.phrases import (
    is_disclaimer,
    is_editor_line,
    is_furniture,
    is_head_line,
    same_words,
)
from connectors.extraction.places import elements_at_place, is_within, place_of
from connectors.extraction.tables import is_data, judged_whole
from connectors.extraction.threads import is_beside_posts, is_post_line, numbered_posts
from connectors.extraction.trimming import trimmed
from connectors.extraction.worth import SHORT_LINK, annexes, believed, count, is_links, is_no_text, mask, worth

_PARAGRAPHS = frozenset(
    {"p", "span", "font", "strong", "b", "em", "i", "u", "a", "h1", "h2", "h3", "h4", "blockquote", "center"}
)
_ROWS = frozenset({"thead", "tbody", "tfoot", "tr"})
_SCATTERED = 0.5
_PARAGRAPH = 20
_STOPS = ("。", "！", "？", "”")
_HARDLY_ANY = 60
_MOST_TITLES = 20
_ALL_POSTS = 0.9
_POSTS_BELOW = re.compile(r"评论|跟[帖贴]|留言|回[复帖答]")
_MOST_UNSEEN = 0.3
_LEAST_SEEN = 80
_NARROWER = 0.9
_EYE_CATCHING = 200
_NAMED = 0.8
"""How much less of the text an element must hold that is called the body of an article."""


@dataclass(frozen=True)
class Content:
    """The article's element and its runs, with those to be left out."""

    element: Element
    kept: list[Run]
    dropped: list[Run]

    @property
    def text(self) -> str:
        return "\n".join(run.text for run in self.kept)


def find(nodes: list[Node], runs: list[Run], title: str = "", *, thread: bool = False) -> Content | None:
    """The article of a page whose title is known, or all posts of a thread; None for a page without any text."""
    if not runs:
        return None
    if thread:
        return _thread(nodes, runs, title)
    content = _article(nodes, runs, title)
    if sum(run.chars for run in content.kept) >= _HARDLY_ANY:
        return content
    for node in nodes:
        node.value = node.mass = 0.0
        node.chars = node.link_chars = node.stops = 0
    loose = _article(nodes, runs, title, lines=True)
    if sum(run.chars for run in loose.kept) > 2 * sum(run.chars for run in content.kept):
        content = loose
    return content if any(_says_more(run, title) for run in content.kept) else _pictures(nodes, runs) or content


def _says_more(run: Run, title: str) -> bool:
    """Whether a line is more than the headline, what stands below it, a link or a tool."""
    return not (run.link_chars or same_words(run.text, title) or is_head_line(run.text) or is_no_text(run))


def _pictures(nodes: list[Node], runs: list[Run]) -> Content | None:
    """What is called the body of an article and holds pictures, with the few words beside them; None without such a thing."""
    best = next((i for i, node in enumerate(nodes) if is_named_body(node.element) and _is_pictured(node.element)), None)
    return None if best is None else _pictures_at(nodes, runs, best)


def _pictures_at(nodes: list[Node], runs: list[Run], best: int) -> Content:
    inside = [run for run in runs if best <= run.node < nodes[best].end]
    kept = [run for run in inside if not run.link_chars and not is_no_text(run)]
    chosen = set(map(id, kept))
    return Content(nodes[best].element, kept, [run for run in inside if id(run) not in chosen])


def _is_pictured(element: Element) -> bool:
    return next(element.iter("img"), None) is not None


def _article(nodes: list[Node], runs: list[Run], title: str, *, lines: bool = False) -> Content:
    """With `lines`, for a poem or a list without any sentence, every line counts that is no link."""
    titles = [run for run in runs if title and same_words(run.text, title)]
    places = {run.node for run in titles[:_MOST_TITLES]}
    whole = judged_whole(nodes, runs)
    loose = [run for run in runs if id(run) not in whole]
    untitled = [(start, end) for start, end in annexes(nodes, loose) if not any(start <= each < end for each in places)]
    left_out = mask(nodes, [*believed(untitled, nodes, runs), *_unshown(nodes, runs, set())])
    for run in runs:
        # a pager within the text takes nothing from its box
        if not is_pager_line(run):
            count(nodes[run.node], run, 0.0 if left_out[run.node] else worth(run, nodes[run.node], lines))
    text = answers(nodes, runs)
    _sum_up(nodes, text | {index for run in titles[:1] for index in ancestors(nodes, run.node)})
    best = _titled(nodes, _best(nodes), places)
    inside = [run for run in runs if best <= run.node < nodes[best].end]
    least = best if nodes[best].element.tag == "table" else best + 1
    whole = {run: index for run, index in whole.items() if index >= least}
    furniture = _furniture(nodes, best, text)
    kept = [run for run in inside if not left_out[run.node] and _keep(run, furniture, whole)]
    kept = trimmed(kept, title, inside, whole)
    chosen = set(map(id, kept))
    return Content(nodes[best].element, kept, [run for run in inside if id(run) not in chosen])


def within(nodes: list[Node], runs: list[Run], chosen: list[Element], title: str = "") -> Content | None:
    """The text of elements that somebody named, without what is furniture by its words; None where they hold none."""
    places = {node.element: index for index, node in enumerate(nodes)}
    ranges = [(places[element], nodes[places[element]].end) for element in chosen if element in places]
    wanted = mask(nodes, ranges)
    named = [run for run in runs if wanted[run.node]]
    whole = judged_whole(nodes, named)
    inside = [run for run in named if id(run) in whole or not is_no_text(run)]
    if not inside:
        return None
    unshown = mask(nodes, _unshown(nodes, named, set(chosen)))
    box = _only(chosen)
    kept = trimmed([run for run in inside if not unshown[run.node]] or inside, title, whole=whole)
    left = set(map(id, kept))
    return Content(box, kept, [run for run in runs if wanted[run.node] and id(run) not in left])


def at_place(nodes: list[Node], runs: list[Run], place: str, title: str, found: Content | None) -> Content | None:
    """The text, or the pictures, of the one box that stands at a place; what was `found` where that lies within it, or there is no such box."""
    boxes = elements_at_place((node.element for node in nodes), place)
    if len(boxes) != 1 or (found is not None and is_within(place_of(found.element), place)):
        return found
    index = next(number for number, node in enumerate(nodes) if node.element is boxes[0])
    return within(nodes, runs, boxes, title) or _pictures_at(nodes, runs, index)


def without_pager(content: Content) -> Content:
    """Without the lines that are nothing but the numbers of an article's pages."""
    kept = [run for run in content.kept if not is_pager_line(run)]
    chosen = set(map(id, kept))
    left = [run for run in content.kept if id(run) not in chosen]
    return Content(content.element, kept, [*content.dropped, *left]) if left else content


def content_of_files(content: Content, runs: list[Run], links: list[Element]) -> Content:
    """The lines with links to files, for a notice that has no other text than the page's footer; else the content as it is."""
    if not links or not any(is_boiler(each) for each in (content.element, *content.element.iterancestors())):
        return content
    wanted = {element for link in links for element in link.iter()}
    kept = [run for run in runs if any(element in wanted and not tail for element, tail in run.pieces)]
    box = links[0].getparent()
    while box is not None and not all(link is box or box in link.iterancestors() for link in links):
        box = box.getparent()
    if box is None or not kept:
        return content
    inside = set(box.iter())
    chosen = set(map(id, kept))
    return Content(
        box, kept, [run for run in runs if id(run) not in chosen and any(e in inside for e, _ in run.pieces)]
    )


def _only(chosen: list[Element]) -> Element:
    """The one element, or a new one that holds them all; those that stand in others of them are there already."""
    inner = set(chosen)
    outer = [element for element in chosen if not any(parent in inner for parent in element.iterancestors())]
    if len(outer) == 1:
        return outer[0]
    box = outer[0].makeelement("div")
    for element in outer:
        element.tail = None
        box.append(element)
    return box


def _thread(nodes: list[Node], runs: list[Run], title: str) -> Content:
    """The posts in their order: the element that holds nearly all sentences, without what stands around the posts."""
    for run in runs:
        count(nodes[run.node], run, worth(run, nodes[run.node]))
    masses = _masses(nodes)
    aside = _unshown(nodes, runs, set())
    aside += annexes(nodes, [run for run in runs if not _POSTS_BELOW.search(run.text)])
    aside += [
        (index, node.end)
        for index, node in enumerate(nodes)
        if masses[index] * 2 < masses[0] and (is_beside_posts(node) or is_aside(node.element))
    ]
    _sum_up(nodes, set(), {start for start, _ in aside})
    best = _around_all(nodes, max(range(len(nodes)), key=lambda index: (nodes[index].value, index)), _ALL_POSTS)
    best = _around(nodes, best, numbered_posts(nodes))
    inside = [run for run in runs if best <= run.node < nodes[best].end]
    beside = mask(nodes, aside)
    kept = [
        run
        for run in inside
        if not (is_links(run) and run.chars > SHORT_LINK)
        and not (is_furniture(run.text) or is_post_line(run.text) or is_editor_line(run.text))
        and not beside[run.node]
    ]
    kept = trimmed(kept, title)
    chosen = set(map(id, kept))
    return Content(nodes[best].element, kept, [run for run in inside if id(run) not in chosen])


def _unshown(nodes: list[Node], runs: list[Run], named: set[Element]) -> list[tuple[int, int]]:
    """What no reader sees, but not what somebody named; nothing where it is much of the text: a script shows it later."""
    found = [
        (index, node.end) for index, node in enumerate(nodes) if node.element not in named and is_unshown(node.element)
    ]
    unseen = mask(nodes, found)
    return found if _is_little(runs, unseen) else []


def _is_little(runs: list[Run], unseen: bytearray) -> bool:
    sentences = [run for run in runs if run.stops and not is_links(run)]
    everything = sum(run.chars for run in sentences)
    hidden = sum(run.chars for run in sentences if unseen[run.node])
    return hidden <= everything * _MOST_UNSEEN and everything - hidden >= _LEAST_SEEN


def _around(nodes: list[Node], best: int, others: list[int]) -> int:
    """What holds that element and the others too, but never the whole page."""
    for index in ancestors(nodes, best):
        if nodes[index].element.tag in ("body", "html"):
            break
        best = index
        if all(index <= other < nodes[index].end for other in others):
            break
    return best


def _masses(nodes: list[Node]) -> list[float]:
    """The worth of all sentences below each node."""
    masses = [node.mass for node in nodes]
    for index in range(len(nodes) - 1, 0, -1):
        masses[nodes[index].parent] += masses[index]
    return masses


def _sum_up(nodes: list[Node], kept: set[int], aside: set[int] | None = None) -> None:
    """Adds every node to its parent, from the last to the first; furniture but what is `kept`, or what `aside` names, adds nothing."""
    everything = sum(node.value for node in nodes if node.value > 0) or 1.0
    for index in range(len(nodes) - 1, -1, -1):
        node = nodes[index]
        sure = node.value >= everything * 0.9
        if (
            (index in aside)
            if aside is not None
            else (index not in kept and (is_hidden(node.element) if sure else _is_boiler(node)))
        ):
            node.value = min(node.value, 0.0)
            node.mass = 0.0
        if node.parent >= 0:
            parent = nodes[node.parent]
            parent.value += node.value
            parent.mass += node.mass
            parent.chars += node.chars
            parent.link_chars += node.link_chars
            parent.stops += node.stops


def _best(nodes: list[Node]) -> int:
    """The element worth most, or one inside it that holds nearly all of that; never a lone paragraph."""
    hidden = _hidden(nodes)
    best = max(range(len(nodes)), key=lambda index: (not hidden[index], nodes[index].value, index))
    if nodes[best].value < nodes[0].mass * _SCATTERED:
        return _around_all(nodes, best, _NAMED)
    enough = nodes[best].value * _NARROWER
    cut: dict[int, bool] = {best: False}
    for index in range(nodes[best].end - 1, best, -1):
        named = is_named_body(nodes[index].element)
        if nodes[index].value >= enough * (_NAMED if named else 1) > 0 and not _cuts(nodes, index, cut):
            best = index
            break
    stated = [index for index in ancestors(nodes, best) if is_stated_body(nodes[index].element)]
    return stated[-1] if stated else _box_of(nodes, best)


def _cuts(nodes: list[Node], index: int, known: dict[int, bool]) -> bool:
    """Whether text stands beside an element, or one around it up to what is `known`, and would be left out with it."""
    way = list(takewhile(lambda each: each not in known, ancestors(nodes, index)))
    for each in reversed(way):
        known[each] = known[nodes[each].parent] or _goes_on_beside(nodes, each)
    return known[index]


def _goes_on_beside(nodes: list[Node], index: int) -> bool:
    """Whether an element of the same name beside this one holds sentences, or a paragraph before it is one."""
    element, end = nodes[index].element, nodes[nodes[index].parent].end
    beside = nodes[index].parent + 1
    while beside < end:
        node = nodes[beside]
        if beside != index and node.stops and node.mass >= _PARAGRAPH and not node.link_chars:
            same = node.element.tag == element.tag and node.element.get("class") == element.get("class") is not None
            if same or (beside < index and node.element.tag == "p" and not is_head_line(text_of(node.element))):
                return True
        beside = node.end
    return _begins_bare(element)


def _begins_bare(element: Element) -> bool:
    """Whether a sentence without an element of its own stands before this one, beside it."""
    around = element.getparent()
    if around is None:
        return False
    said = (around.text, *(each.tail for each in element.itersiblings(preceding=True)))
    return any(_is_sentence(text) for text in said if text and len(text) >= _PARAGRAPH)


def _is_sentence(text: str) -> bool:
    line = " ".join(text.split())
    return len(line) >= _PARAGRAPH and line.endswith(_STOPS) and not (is_head_line(line) or is_disclaimer(line))


def _titled(nodes: list[Node], best: int, titles: set[int]) -> int:
    """Of several articles on one page the one that bears the page's title, else all of them."""
    ends, found = 0, []
    for index in range(best + 1, nodes[best].end):
        if index >= ends and nodes[index].element.tag == "article" and nodes[index].value > 0:
            found.append(index)
            ends = nodes[index].end
    own = [index for index in found if any(index <= place < nodes[index].end for place in titles)]
    return own[0] if len(found) > 1 and len(own) == 1 else best


def _around_all(nodes: list[Node], best: int, share: float) -> int:
    """What holds that share of all sentences, however many tables and lists of links stand between them."""
    for index in ancestors(nodes, best):
        if nodes[index].mass >= nodes[0].mass * share:
            return index
    return best


def _hidden(nodes: list[Node]) -> bytearray:
    """The dialogues of a page, which nobody sees before he asks for them."""
    return mask(nodes, ((i, node.end) for i, node in enumerate(nodes) if node.value <= 0 and is_hidden(node.element)))


def _box_of(nodes: list[Node], best: int) -> int:
    """What holds a paragraph, as long as it is not the whole page: a picture may stand beside it."""
    enough = nodes[best].value * _NARROWER
    while nodes[best].element.tag in _PARAGRAPHS and nodes[best].parent >= 0:
        parent = nodes[nodes[best].parent]
        # a short notice of lines without sentences, and of nothing else
        alone = parent.mass >= enough and not parent.link_chars
        if not (parent.value >= enough or alone) or parent.element.tag in ("body", "html"):
            break
        best = nodes[best].parent
    return _whole_table(nodes, best)


def _whole_table(nodes: list[Node], best: int) -> int:
    """The table of data whose rows or part was found; its head may have no sentence."""
    if nodes[best].element.tag not in _ROWS:
        return best
    table = next((index for index in ancestors(nodes, best) if nodes[index].element.tag == "table"), best)
    return table if is_data(nodes[table].element) else best


def _is_boiler(node: Node) -> bool:
    if node.link_chars or node.chars > _EYE_CATCHING:
        return is_boiler(node.element)
    return is_boiler(node.element) and not may_be_text(node.element)


def _keep(run: Run, furniture: bytearray, whole: dict[int, int]) -> bool:
    if id(run) in whole:
        return not furniture[whole[id(run)]]
    if (is_links(run) and run.chars > SHORT_LINK) or is_no_text(run) or is_numbers(run):
        return False
    return not furniture[run.node]


def _furniture(nodes: list[Node], best: int, text: set[int]) -> bytearray:
    """For each node inside the element `best` whether it, or one around it there, is furniture or a list of links, but not `text`; each asked once."""
    marks = bytearray(len(nodes))
    for index in range(best + 1, nodes[best].end):
        node = nodes[index]
        own = node.value <= 0 and ((_is_boiler(node) and index not in text) or node.link_chars * 2 > node.chars)
        marks[index] = own or marks[node.parent]
    return marks
