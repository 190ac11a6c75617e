"""Articles that a site cuts into pages: 1 2 3 下一页. Which page this is, and how many there are."""

from __future__ import annotations

import re
from itertools import islice
from typing import NamedTuple
from urllib.parse import urlsplit

from connectors.extraction.blocks import Element, text_of
from connectors.extraction.pictures import absolute_url

_NEXT = re.compile(r"\W*(?:下一?页|下一頁|后一?页)\W*|[›»>]{1,2}")
_NUMBER = re.compile(r"\W*(\d{1,2})\W*|第\s?(\d{1,2})\s?页(?:\W.*)?")
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|bmp|pdf|docx?|mp[34]|zip)$", re.I)
_LIST = re.compile(r"comment|pinglun|reply|list", re.I)
_ENDING = re.compile(r"(?:[_-]\d{1,2})?\.\w{2,5}$")
_KIND = re.compile(r"\.\w{2,5}$")
_LAST_NUMBER = re.compile(r"\d+(?!.*\d)")
_STEPS = 2
_MOST = 2000


class Paging(NamedTuple):
    """How many pages an article has, and the address of the one after this; (1, "") where it is whole."""

    pages: int = 1
    following: str = ""


def paging_of(content: Element, base: str) -> Paging:
    """How an article is cut into pages, by the numbered links in it or in the box around it.

    Links that differ in one number only, with 下一页 among them, that stand within the text's own element or lead to
    addresses that begin like this page's. Pages of comments are others.
    """
    box = content
    for parent in islice(content.iterancestors(), _STEPS):
        if parent.tag in ("body", "html"):
            break
        box = parent
    inner = set(islice(content.iter("a"), _MOST))
    numbers: dict[str, int] = {}
    following = ""
    for link in islice(box.iter("a"), _MOST):
        text, url = text_of(link)[:12], absolute_url(link.get("href") or "", base)
        if not url or not (link in inner or _begins_alike(url, base)) or _is_of_a_list(link):
            continue
        if _FILE.search(urlsplit(url).path):
            continue
        if number := _NUMBER.fullmatch(text):
            numbers[url] = int(number[1] or number[2])
        elif _NEXT.fullmatch(text):
            following = url
    alike = {_LAST_NUMBER.sub("#", url) for url, number in numbers.items() if number > 1}
    if following not in numbers or len(alike) != 1 or numbers[following] < 2:
        return Paging()
    return Paging(max(numbers.values()), following)


def _is_of_a_list(link: Element) -> bool:
    names = (f"{each.get('class') or ''} {each.get('id') or ''}" for each in islice(link.iterancestors(), 4))
    return any(_LIST.search(each) for each in names)


def _begins_alike(url: str, base: str) -> bool:
    one, other = urlsplit(url), urlsplit(base)
    if one.netloc != other.netloc:
        return False
    # the number of the page may stand behind another number: t20261120_1.html, t20261120_1_2.html
    return _ENDING.sub("", one.path) in (_ENDING.sub("", other.path), _KIND.sub("", other.path))


def with_note(fragment: str, pages: int) -> str:
    """An article of several pages, of which not all were read, says below its text that it goes on; its text stays what the page says."""
    if pages == 1:
        return fragment
    note = f"<p>（原文共 {pages} 页，这里不是全文，其余各页请看原文。）</p>"
    end = fragment.rfind("</div>")
    return f"{fragment[:end]}{note}{fragment[end:]}" if end >= 0 else fragment + note
