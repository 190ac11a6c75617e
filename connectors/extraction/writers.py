"""Who wrote a page, and where it came from."""

from __future__ import annotations

import re
from itertools import pairwise

from connectors.extraction.blocks import Element, Run, visible_text
from connectors.extraction.metadata import Stated, names_in
from connectors.extraction.names import (
    after_date,
    author_in,
    contributed_by,
    is_chinese_name,
    lone_name,
    posted_by,
    source_in,
    stated_people,
)
from connectors.extraction.phrases import bare, is_head_line, same_words

_FIELD = re.compile(r"^\s*(?:来\s*源|作\s*者|稿\s*源|编\s*辑|责任编辑|记者|文|发布时间|时间)\s*[:：/]\s*")
_LABEL = re.compile(r"(?:作者|记者|撰文|文|楼主)\s*[:：/／|｜丨]")


_SHORT = 30
_DAY = re.compile(r"(?:19|20)\d\d\s?[-年/.]\s?\d{1,2}\s?[-月/.]\s?\d{1,2}|\d{1,2}(?:月|[-/.])\d{1,2}日?(?:\s|$)")
_WRITERS = re.compile(r"author|writer|user|member|people|profile|zuozhe|/u/|by-?line", re.I)
_ONLY_SURNAMES = frozenset(
    "王李张刘陈杨赵吴徐孙胡朱郭梁郑谢冯董曹袁邓傅沈彭吕蒋蔡贾魏薛阎余潘姜姚谭廖邹陆郝崔邱秦侯邵孟段钱汤"
)
"""Surnames that hardly begin a word of three characters."""
_NO_ENDS = frozenset("馆园员师图集版线课题会节史市山湖河江")
_NO_BOXES = frozenset({"p", "div", "td", "li", "h1", "h2", "h3"})
_BESIDE, _FEW_PIECES = 2, 6
"""Lines between headline and by-line, and pieces that such a line has."""
_LONGEST_NAME = 4


def author_of(said: Stated, title: str, head: list[Run], body: list[Run], tail: list[Run]) -> str:
    """Names of the writers, separated by blanks; the editor where no writer is named."""
    for named in (
        " ".join(names_in(said.linked.get("author"))),
        said.meta.get("author", ""),
        said.meta.get("article:author", ""),
    ):
        if people := stated_people(named):
            return people
    lines = [run.text for run in head if len(run.text) <= 200 and not _is_menu(run)]
    ends = [run.text for run in [*body[:4], *body[-5:], *tail[:20]] if not _repeats(run.text, title)]
    return (
        author_in(lines)
        or said.marked_author
        or author_in(ends)
        or _name_beside_day(title, head)
        or _name_below(title, head, body)
        or after_date(lines)[1]
        or author_in([*ends, *lines], editors=True)
        or lone_name([*lines, *ends])
        or posted_by([run.text for run in [*head, *body, *tail] if len(run.text) <= 80])
    )


def _is_menu(run: Run) -> bool:
    """A link that names a column, such as 记者专栏, rather than a person."""
    return run.link_chars * 2 > run.chars and not _LABEL.search(run.text)


def _repeats(line: str, title: str) -> bool:
    """Whether what a line says of an author is the headline: 作者：鲁迅的科学观."""
    said = bare(without_label(line))
    return len(said) > _LONGEST_NAME and said in bare(title)


def _name_below(title: str, head: list[Run], body: list[Run]) -> str:
    """A name that stands alone on the line below the headline, or before the first sentences."""
    for below, above in pairwise(head):
        if same_words(above.text, title) and is_chinese_name(below.text) and below.text not in title:
            return below.text
    alone = (run.text for run in body[:3] if not run.link_chars and is_chinese_name(run.text))
    return next((text for text in alone if text not in title), "")


def _name_beside_day(title: str, head: list[Run]) -> str:
    """A name before the day on a line next to the headline, each in an element of its own: <a>李明</a> <time>2026-11-20</time>."""
    place = next((at for at, run in enumerate(head) if same_words(run.text, title)), 0)
    for run in head[max(0, place - _BESIDE) : place + _BESIDE]:
        pieces = [(element, text) for element, tail in run.pieces if (text := _said(element, tail))]
        days = [at for at, (element, text) in enumerate(pieces) if element.tag == "time" or _DAY.match(text)]
        before = pieces[: days[0]] if days and len(pieces) <= _FEW_PIECES else []
        names = [text for element, text in before if _is_writer(element, text)]
        if len(names) == 1 and not is_head_line(names[0]):
            return names[0]
    return ""


def _said(element: Element, tail: bool) -> str:
    return visible_text((element.tail if tail else element.text) or "").strip(" ·|/,，")


def _is_writer(element: Element, text: str) -> bool:
    """Whether a word in an element of its own is a name; a column such as 高考 begins with a surname too."""
    if not is_chinese_name(text) or element.tag in _NO_BOXES:
        return False
    marks = " ".join((element.get("href") or "", element.get("class") or "", element.get("rel") or ""))
    return bool(_WRITERS.search(marks)) or (
        len(text) == _LONGEST_NAME - 1 and text[0] in _ONLY_SURNAMES and text[-1] not in _NO_ENDS
    )


def source_of(said: Stated, head: list[Run], body: list[Run], tail: list[Run]) -> str:
    """Who published it first, as the 来源 line says."""
    for name in ("contentsource", "source", "article:source", "mediaid", "og:article:source"):
        if text := source_in([f"来源:{said.meta.get(name, '').removeprefix('来源').lstrip(':：')}"]):
            return text
    near = [run.text for run in [*head, *tail[:8]] if len(run.text) <= 200]
    # a sentence of the text may speak of where something comes from
    near += [run.text for run in body[-3:] if run.chars <= _SHORT or not run.stops]
    return source_in(near) or contributed_by(near) or after_date([run.text for run in head])[0]


def without_label(text: str) -> str:
    """'来源：吉林日报' → '吉林日报'."""
    return _FIELD.sub("", text)
