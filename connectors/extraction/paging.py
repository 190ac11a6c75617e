"""Articles that a site cuts into pages: 1 2 3 下一页. Which page comes after one, and how many there are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from connectors.extraction.blocks import Element, Run, text_of
from connectors.extraction.pictures import absolute_url

_NEXT = re.compile(r"\W*(?:下一?[页頁张張]|后一?页|next(?: ?page)?)\W*|[›»>]{1,2}", re.I)
_NUMBER = re.compile(r"\W*(\d{1,2})\W*|第\s?(\d{1,2})\s?页(?:\W.*)?", re.S)
_TOTAL = re.compile(r"共\s?(\d{1,2})\s?页|\b\d{1,2}\s?/\s?(\d{1,2})\s?页|页[次码]\W{0,3}\d{1,2}\s?/\s?(\d{1,2})")
_LINE = re.compile(
    r"(?:[\W\d_]|首\s?页|[上下前后]一?[页頁张張]|[尾末]页|共\s?\d+\s?页|第\s?\d+\s?页|页次|页码|当前|[跳转]到?至?|第|到|页|分页|阅读全文|全文|next|prev(?:ious)?|pages?)++",
    re.I,
)
_NUMBERS = re.compile(r"\W*\d{1,2}(?:\W+\d{1,2})+\W*")
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|bmp|pdf|docx?|mp[34]|zip)$", re.I)
_COMMENTS = re.compile(r"comment|pinglun|reply|liuyan|guestbook", re.I)
_KIND = re.compile(r"\.\w{2,5}$")
_INDEX = re.compile(r"/(?:index|default)?$")
_PARAMETER = re.compile(r"p|pg|pn|c?pages?|i?page_?(?:no|num|number|index|id)?|cur(?:rent)?_?page", re.I)
_NUMBERED = re.compile(r"(.+?)(?:(?:/index)?[_-](?:page[_-]?|p)?|/(?:page[/_-]?|p)?)(\d{1,2})")
_YEAR_AND_MONTH = re.compile(r"(?:19|20)\d\d[-_/]?(?:0[1-9]|1[0-2])$")
"""What follows is a day."""
_LAST_NUMBER = re.compile(r"(?:^|[_-](?:page[_-]?|p)?)\d{1,2}$")
_WITH_NUMBER = rb"(?:\.\w{2,5})?(?:[_-](?:page[_-]?|p)?|/(?:page[/_-]?|p)?)\d{1,2}(?!\d)"
_NUMBER_ALONE = re.compile(rb"[\"'=/](?:(?:index|default)[_-])?(?:page[/_-]?|p)?\d{1,2}(?:\.\w{2,5}|/)?[\"'\s>]", re.I)
_CALLED = re.compile(rb"createPageHTML\(|[?&;](?:p|pg|pn|[a-z]{0,4}_?page[a-z_]{0,8})=\d{1,2}(?!\d)", re.I)
_SCRIPTED = re.compile(
    r"""createPageHTML\(\s*(?P<box>["'][\w-]{1,40}["']\s*,\s*)?(?P<pages>\w{1,40})\s*,\s*(?P<current>\w{1,40})"""
    r"""\s*,\s*["'](?P<name>[\w-]{1,80})["']\s*,\s*["'](?P<kind>\w{2,5})["']"""
)
_STEPS = 4
_MOST = 2000
_MOST_SCRIPTS = 200
_MOST_LINES = 40
_LONGEST_LINE = 80


class Paging(NamedTuple):
    """How many pages an article has, the address of the one after this, and how many the page says in words there are; (1, "", 1) where it is whole."""

    pages: int = 1
    following: str = ""
    told: int = 1


class _Link(NamedTuple):
    """A link of a pager: the number that it shows (0: none), the number in its address, whether it is called the next.

    `alone`: whether its address says by itself that it is a page of this one; 2.html beside 1.html may be the next article.
    """

    url: str
    shown: int
    number: int
    is_next: bool
    alone: bool


class _Reading(NamedTuple):
    """An address as a page of something: what it is a page of, its number (0: the thing itself), whether that number is its whole name."""

    of: tuple[str, str]
    """Host and path."""
    rest: frozenset[tuple[str, str]]
    """Its other parameters."""
    number: int
    bare: bool = False


def paging_of(content: Element, runs: Iterable[Run], url: str, base: str, *, further: bool = False) -> Paging:
    """How an article is cut into pages, by the links in it and in the box around it, by a call of TRS's createPageHTML, or by 共3页.

    Only addresses that are this page's (`url`) with a number are pages of it (a_2.html, a?page=2, a/2): others lead to other
    articles. Pages of comments are others too. `further`: this page is a later one itself; an article does not begin on its second. `runs` are the lines of the content and of what stands around it, `base` what its links
    are seen from.
    """
    if scripted := _by_script(content, url, base):
        return scripted
    box = content
    for parent in islice(content.iterancestors(), _STEPS):
        if parent.tag == "html":
            break
        box = parent
    own = [reading for reading in _readings(url) if further or reading.number <= 1]
    links = list(_links(box, own, base))
    following = _following(links, max((reading.number for reading in own), default=0))
    shown = max((link.shown for link in links), default=1)
    told = _told(runs) if following or not links else 1
    return Paging(max(shown, told, 2 if following else 1), following, told)


def may_go_on(body: bytes, url: str) -> bool:
    """Whether the bytes of a page hold what `paging_of` follows: this page's own address with a number, or a call of TRS's.

    Cheap: most pages hold neither, and need not be understood before the next one is asked for.
    """
    if _CALLED.search(body):
        return True
    name = _KIND.sub("", urlsplit(url).path.rpartition("/")[2])
    stem = _LAST_NUMBER.sub("", name)
    if not stem or _INDEX.fullmatch(f"/{stem}"):
        return bool(_NUMBER_ALONE.search(body))
    spellings = {each.encode(charset, "replace") for each in (stem, unquote(stem)) for charset in ("utf-8", "gb18030")}
    return any(re.search(re.escape(each) + _WITH_NUMBER, body, re.I) for each in spellings)


def _links(box: Element, own: list[_Reading], base: str) -> Iterator[_Link]:
    """What may lead to further pages of the same article, whose address is read as `own`."""
    for link in islice(box.iter("a", "option"), _MOST):
        label = _label(link)
        number, is_next = _NUMBER.fullmatch(label), bool(_NEXT.fullmatch(label))
        if not (number or is_next) or _is_of_comments(link):
            continue
        url = absolute_url(link.get("value" if link.tag == "option" else "href") or "", base)
        if not url or urlsplit(url).fragment or _FILE.search(urlsplit(url).path):
            continue
        shown = int(number[1] or number[2]) if number else 0
        found = ((one, other) for one in _readings(url) for other in own if _is_further(one, other))
        if pair := next(found, None):
            yield _Link(url, shown, pair[0].number, is_next, not pair[1].bare)


def _is_further(one: _Reading, own: _Reading) -> bool:
    """Whether one address is a later page of what the other is a page of; a parameter may tell where the reader of the first came from."""
    return one.of == own.of and one.rest <= own.rest and one.number > own.number


def _label(link: Element) -> str:
    """What a link shows, also as a picture."""
    image = next(link.iter("img"), None)
    named = [] if image is None else [image.get("alt"), image.get("title")]
    return next((label for label in (text_of(link), *named, link.get("title")) if label), "")[:12].strip()


def _following(links: list[_Link], own: int) -> str:
    """The next page: what is called so, where a number says it too; else the first of the numbers after this page's."""
    numbered = {link.url: link for link in links if link.shown > 1}
    for link in links:
        after = link.alone and link.number in (own + 1, max(own, 1) + 1)
        if link.is_next and (after or link.url in numbered):
            return link.url
    # some sites count from nought: a.html, a_1.html
    steps = {link.shown - link.number for link in numbered.values()}
    if len(steps) == 1 and steps <= {0, 1}:
        return min(numbered.values(), key=lambda link: link.number).url
    return ""


def number_of(url: str) -> int:
    """Which page an address says that it is; 0 where it says none."""
    return max((reading.number for reading in _readings(url)), default=0)


def _readings(url: str) -> Iterator[_Reading]:
    try:
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=50)
    except ValueError:
        return
    path = _INDEX.sub("", _KIND.sub("", unquote(parts.path)))
    numbers = [pair for pair in pairs if _is_number_of_page(*pair)]
    for name, value in numbers:
        rest = frozenset(pair for pair in pairs if pair != (name, value))
        yield _Reading((parts.netloc, path), rest, int(value))
    if not [pair for pair in numbers if pair[0] != "p"]:
        # ?p=34 may be the number of an article as well
        yield _Reading((parts.netloc, path), frozenset(pairs), 0)
    if (numbered := _NUMBERED.fullmatch(path)) and not numbers and not _YEAR_AND_MONTH.search(numbered[1]):
        bare = path.removesuffix(numbered[2]).endswith("/")
        stem = _INDEX.sub("", _KIND.sub("", numbered[1]))
        yield _Reading((parts.netloc, stem), frozenset(pairs), int(numbered[2]), bare)


def _is_number_of_page(name: str, value: str) -> bool:
    return bool(_PARAMETER.fullmatch(name)) and value.isascii() and value.isdigit() and len(value) <= 2


def _by_script(content: Element, url: str, base: str) -> Paging | None:
    """The pager that a script of TRS's writes: how many pages, which this is, the name and the kind of the first.

    With the pager's own box before them pages are counted from 1 (a, a_2, a_3), else from 0 (a, a_1, a_2).
    """
    name = _KIND.sub("", urlsplit(url).path.rpartition("/")[2])
    for script in islice(content.getroottree().iter("script"), _MOST_SCRIPTS):
        text = script.text or ""
        for call in islice(_SCRIPTED.finditer(text), 3):
            pages, current, first = _value(call["pages"], text), _value(call["current"], text), call["name"]
            if pages > 1 and name in (first, f"{first}_{current}"):
                last = pages if call["box"] else pages - 1
                further = f"{first}_{current + 1}.{call['kind']}" if current < last else ""
                return Paging(pages, urljoin(base, further) if further else "", pages)
    return None


def _value(said: str, script: str) -> int:
    """A number of a call, or of the variable that it names."""
    if said.isascii() and said.isdigit():
        return int(said[:2])
    given = re.search(rf"\b{re.escape(said)}\s?=\s?(\d{{1,2}})\b", script)
    return int(given[1]) if given else 0


def _told(runs: Iterable[Run]) -> int:
    """What a line of a pager says: 共3页 第1页."""
    totals = [_TOTAL.search(run.text) for run in runs if is_pager_line(run)]
    return max((int(total[1] or total[2] or total[3]) for total in totals if total), default=1)


def is_pager_line(run: Run) -> bool:
    """Whether a line is nothing but the words and numbers of a pager."""
    return len(run.text) <= _LONGEST_LINE and ("页" in run.text or _is_linked(run)) and bool(_LINE.fullmatch(run.text))


def is_numbers(run: Run) -> bool:
    """Whether a line is several numbers that lead somewhere, and no word."""
    return len(run.text) <= _LONGEST_LINE and bool(_NUMBERS.fullmatch(run.text)) and _is_linked(run)


def _is_linked(run: Run) -> bool:
    # numbers count for nothing among the characters of a run
    return run.link_chars > 0 or any(element.tag == "a" and not tail for element, tail in run.pieces)


def _is_of_comments(link: Element) -> bool:
    names = (f"{each.get('class') or ''} {each.get('id') or ''}" for each in islice(link.iterancestors(), 4))
    return any(_COMMENTS.search(each) for each in names)


def with_note(fragment: str, pages: int) -> str:
    """An article of several pages, of which not all were read, says below its text that it goes on; its text stays what the page says."""
    if pages == 1:
        return fragment
    note = f"<p>（原文共 {pages} 页，这里不是全文，其余各页请看原文。）</p>"
    end = fragment.rfind("</div>")
    return f"{fragment[:end]}{note}{fragment[end:]}" if end >= 0 else fragment + note
