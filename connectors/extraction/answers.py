"""Boxes that are called reply, comment or related and are text: an office's answer to a letter, a doctor's to a question,
what an expert says of it, what one should know besides. Comments of readers are several alike, or bear names and times."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

from connectors.extraction.blocks import Element, Node, Run, plain
from connectors.extraction.furniture import answers_by_name, names_of
from connectors.extraction.phrases import is_furniture, opens_annex

_HEADS = re.compile(
    r"^[\W_]*+(?!.*(?:网友|读者|用户|评论|大家|我要|发表))[\u4e00-\u9fff]{0,8}"
    r"(?:回复|答复|解答|回答|答疑|点评|点拨|知识|名词解释|小贴士|小知识|知识点)[\u4e00-\u9fff]{0,4}[\W_]*(?:$|:)"
)
_LONGEST_HEAD = 20
_WHO_KNOWS = re.compile(r"doctor|expert|official|leader|zhuanjia|yisheng|yishi|lawyer|teacher", re.I)
_ASKS = re.compile(r"(?:^|[\s_-])(?:ask|question|wen|tiwen|letter|laixin|consult|zixun)(?:$|[\s_-])", re.I)
_COMMENTED = re.compile(
    r"\d\s?(?:秒|分钟|小时|天|周|个月|年)前|^\W*(?:昨天|前天)\W*\d|(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?\s{1,3}\d{1,2}:\d\d|\d\s?楼"
)
_SIGNED = re.compile(r"^[\W_]*(?:回复|答复|办理|受理)\w{0,6}\s*:")
_TALK = re.compile(r"发言|评论|登录|跟帖|网友|点赞|楼主|发表")
_FORMS = ("form", "textarea", "input")
_MOST = 40
_SENTENCE = 15
_ALIKE = 3
_BEFORE = 5


def answers(nodes: list[Node], runs: list[Run]) -> set[int]:
    """The places of such boxes."""
    named = [index for index, node in enumerate(nodes) if answers_by_name(node.element)]
    alike = Counter((nodes[index].element.tag, names_of(nodes[index].element)) for index in named)
    found: set[int] = set()
    for index in named if len(named) <= _MOST else ():
        node = nodes[index]
        if alike[node.element.tag, names_of(node.element)] >= _ALIKE:
            continue
        inside = [run for run in runs if index <= run.node < node.end]
        if _is_text(node.element, inside):
            found.update(each for each in named if index <= each < node.end)
    return found


def _is_text(element: Element, runs: list[Run]) -> bool:
    sentences = sum(run.chars for run in runs if run.stops and run.chars >= _SENTENCE and not run.link_chars)
    if sentences * 2 <= sum(run.chars for run in runs) or any(_is_comment(run.text) for run in runs):
        return False
    if _is_headed(runs[0].text):
        return True
    # without a heading only where somebody asked, and nothing but sentences answers
    return (
        all(run.stops and run.chars >= _SENTENCE and not _TALK.search(run.text) for run in runs)
        and next(element.iter(*_FORMS), None) is None
        and (bool(_WHO_KNOWS.search(names_of(element))) or _follows_question(element))
    )


def _is_comment(text: str) -> bool:
    line = plain(text)
    return (bool(_COMMENTED.search(line)) and not _SIGNED.match(line)) or is_furniture(text)


def _is_headed(text: str) -> bool:
    """Whether the first line is a heading, or begins with one: 回复内容, 专家点评：…"""
    line = plain(text)
    head = line[: line.find(":") + 1] if ":" in line[:_LONGEST_HEAD] else line
    return len(head) <= _LONGEST_HEAD and bool(_HEADS.match(head)) and not opens_annex(head)


def _follows_question(element: Element) -> bool:
    return any(_ASKS.search(names_of(each)) for each in islice(element.itersiblings(preceding=True), _BEFORE))
