"""The headline of a page, from what it says to machines and what it shows to readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby, islice, pairwise

from connectors.extraction.blocks import Element, Run, text_of
from connectors.extraction.institutions import ends_like_one, is_institution, tells
from connectors.extraction.metadata import Stated
from connectors.extraction.phrases import bare, is_by_line, is_furniture, is_head_line, opens_annex, same_words

_SITE = re.compile(
    r"(?:网|網|频道|新闻|在线|日报|晚报|早报|时报|商报|周刊|博客|百科|论坛|报|社区|社|门户|客户端|公众号|平台|中心|站|台|局|厅|委|协会|首页|版|\.com|\.cn|\.net|"
    r"百科全书|新浪|搜狐|网易|腾讯|凤凰|知乎|豆瓣|BBC.*|wikipedia.*)$",
    re.I,
)
_OFFICE = re.compile(r"^[\u4e00-\u9fff]{4,20}(?:所|院|大学|馆|局|厅|委员会|协会|学会|中心|公司|政府)$")
_DATE_ONLY = re.compile(r"[\d年月日时分秒/.:：\s-]+")
_ENCYCLOPEDIA = re.compile(r"百科|wiki", re.I)
_EMPTY = re.compile(
    r"^\W*(?:谢谢您?|感谢您?|欢迎您?(?:访问|光临|来到)|无标题|新建网页|未命名|untitled|document|new page|home\b|首页|详情页?$|正文$)",
    re.I,
)
_LABEL = re.compile(r"^\s*(?:帖子|文章|新闻)?(?:主题|标题)\s*[:：]\s*")
_MENU = re.compile(r"[│┃|｜>»→·].*[│┃|｜>»→·]|[│┃→]")
_EDIT_MARK = re.compile(r"\s*[\[［](?:编辑|編輯|原标题|回复|复制链接)[\]］]\s*$")
_NUMBER_OF_PAPER = re.compile(
    r"^\W*[\u4e00-\u9fff]{0,12}\W{0,2}[〔\[［（(【]\s?(?:19|20)\d\d\s?[〕\]］）)】]\s?第?\s?\d{1,5}\s?号\W*$"
)
"""What offices write under the headline: 某科发〔2026〕12号."""
_LONGEST = 80
_LOOKS = frozenset({"b", "strong", "font", "big", "span", "em", "h1", "h2", "h3", "h4", "h5", "h6"})
_FEW = 3
_COLUMN, _LONGEST_SITE = 6, 16
"""Characters that the name of a column, and of a site, may have."""
_SAYS = 8
"""Characters of a headline before the name of an institution that is then the site's."""
_SEPARATOR = re.compile(
    r"\s*(?:_{1,2}|\||｜|丨|-{2,}|—{1,2}|–|::|»|>|\s-\s|(?<=[^\x00-\x7f])-|-(?=[^\x00-\x7f])|\s@\s)\s*"
)


def title_of(said: Stated, runs: list[Run], headings: list[str]) -> str:
    """The headline: the shown line that the page title repeats, else the page title without the site's name."""
    whole = bare(said.page_title)
    alone = _without_site(said.page_title, said)
    first = bare(alone)
    lines = [run for run in runs if run.chars <= _LONGEST]
    shown = [*headings, *_whole_lines(lines), *(run.text for run in lines)]
    for line in shown:
        if len(first) >= 2 and bare(line) == first:
            return line
    best = _longest_repeated(shown, whole, first)
    if best:
        return alone if _goes_on(alone, bare(best)) and not _is_described(alone, best, headings) else best
    for line in headings:
        if len(bare(line)) >= len(first) >= 5 and bare(line).startswith(first):
            return line
    return next(_stated_headlines(said), "") or alone


def _stated_headlines(said: Stated) -> Iterator[str]:
    named = (str(said.linked.get("headline") or ""), said.meta.get("og:title", ""), said.meta.get("articletitle", ""))
    return (_without_site(name, said) for name in named if name)


def _longest_repeated(shown: list[str], whole: str, first: str) -> str:
    """Of the shown lines that stand in the page title, the longest; at its beginning four characters are enough."""
    best, length = "", 3
    for line in shown:
        words = bare(line)
        enough = whole.startswith(words) or (whole.endswith(words) and length >= 3) or len(words) * 2 >= len(first)
        if length < len(words) and enough and words in whole and not _SITE.search(line):
            best, length = line, len(words)
    return best


def _goes_on(title: str, words: str) -> bool:
    """Whether a title says more after these words, without a mark between: the line shown was only its first half."""
    if not bare(title).startswith(words) or bare(title) == words:
        return False
    end = next(place for place in range(len(title) + 1) if bare(title[:place]) == words)
    return bare(title[end : end + 1]) != ""


def _is_described(title: str, line: str, headings: list[str]) -> bool:
    """Whether what a title adds to a heading is the beginning of the text, put there for search engines."""
    return line in headings and "。" in title[len(line) :]


def unlabelled(title: str) -> str:
    """'主题: 标题' → '标题'."""
    return _LABEL.sub("", title)


def headline_above(title: str, head: list[Run], headings: list[str]) -> str:
    """For a page whose own title says nothing: a heading above the text, else the nearest line that can be one; "" without either."""
    lines = [run for run in head[:12] if _can_be_headline(run) and not _MENU.search(run.text)]
    lines = [run for run in lines if not same_words(run.text, title)]
    if heading := next((run.text for run in lines if run.text in headings and not _says_little(run.text)), ""):
        return heading
    for run in lines:
        if not run.link_chars or (run is head[0] and not _is_several_links(run)):
            # the head begins with what is nearest to the text
            return next((line for line in _whole_lines(head[:12][::-1]) if run.text in line), run.text)
    return ""


def stated_headline(title: str, said: Stated) -> str:
    """What the page states to machines as its headline, where that is more than the name of a site or a column."""
    others = (line for line in _stated_headlines(said) if not same_words(line, title) and not _says_little(line))
    return next(others, "")


def heading_elsewhere(title: str, headings: list[str]) -> str:
    """A heading that stands anywhere on the page, for one without a headline above its text; any where there is no title at all."""
    others = [line for line in headings if not same_words(line, title) and not (title and _says_little(line))]
    return next((line for line in others if not opens_annex(line)), "")


def _says_little(line: str) -> bool:
    """Whether a heading is as short as the name of a column, or the name of the site or of an institution."""
    return len(bare(line)) < _COLUMN or bool(_SITE.search(line)) or is_institution(line)


def _whole_lines(runs: list[Run]) -> Iterator[str]:
    """Headlines that are broken into several lines within one element that says how they look."""
    for look, group in groupby(runs, key=_look_of):
        pieces = [run.text for run in group] if look is not None else []
        if len(pieces) > 1:
            pieces = [
                each for each in pieces if not (is_head_line(each) or is_by_line(each) or _DATE_ONLY.fullmatch(each))
            ]
        if len(pieces) > 1 and sum(map(len, pieces)) <= _LONGEST and "。" not in "".join(pieces):
            yield "".join(pieces)


def _look_of(run: Run) -> Element | None:
    element, tail = run.pieces[0] if run.pieces else (None, False)
    holder = element.getparent() if element is not None and tail else element
    return holder if holder is not None and holder.tag in _LOOKS else None


def _is_several_links(run: Run) -> bool:
    """Whether a line is a menu: words of several links and nothing else."""
    links = {link for element, tail in run.pieces if (link := _link_around(element, tail)) is not None}
    return len(links) > 1


def _link_around(element: Element, tail: bool) -> Element | None:
    inside = element.getparent() if tail else element
    around = [] if inside is None else [inside, *islice(inside.iterancestors(), _FEW)]
    return next((each for each in around if each.tag == "a"), None)


def _can_be_headline(run: Run) -> bool:
    text = run.text
    if _NUMBER_OF_PAPER.search(text):
        return False
    if is_head_line(text) or is_furniture(text) or opens_annex(text) or is_by_line(text) or _DATE_ONLY.fullmatch(text):
        return False
    return 4 <= len(bare(text)) <= 60 and "。" not in text and "→" not in text


def says_nothing(title: str, said: Stated, headings: list[str], head: list[Run], source_name: str) -> bool:
    """Whether a title taken from the page is empty, a number, or the name of the site or of a column."""
    words = bare(title)
    if len(words) < 2 or words.isdigit() or words == bare(source_name) or _EMPTY.match(title):
        return True
    if _ENCYCLOPEDIA.search(said.page_title):
        return False
    if ends_like_one(title):
        return _names_site(title, headings, head)
    if title in headings or any(words in bare(run.text) for run in head[:12] if _speaks(run)):
        return False
    return len(words) <= 5 or bool(_SITE.search(title)) or _is_of_something_else(title, headings, head)


def _is_of_something_else(title: str, headings: list[str], head: list[Run]) -> bool:
    """Whether the page shows a heading right above its text that has no two characters together in common with its title."""
    place = next((at for at, run in enumerate(head) if run.text in headings and _heads(run)), None)
    if place is None or sum(map(_links, head[:place])) > 1:
        return False
    return not any(one + two in bare(title) for one, two in pairwise(bare(head[place].text)))


def _names_site(title: str, headings: list[str], head: list[Run]) -> bool:
    """Whether a title that ends like the name of an institution is one, and not the headline of this page.

    A headline is shown, with no other between it and the text; a name stands in the banner, above the menus. What says
    something of the institution is a headline though the page shows it nowhere, unless it shows another.
    """
    headed = any(same_words(line, title) for line in headings)
    place = next((at for at, run in enumerate(head) if same_words(run.text, title) and (headed or _speaks(run))), None)
    nearer = head[:place]
    another = any(run.text in headings and _heads(run) for run in (nearer if headed else head))
    if tells(title):
        shown = headed or any(bare(title) in bare(run.text) for run in head[:12] if _speaks(run))
        return another and not shown
    if another or place is None:
        return True
    return sum(map(_links, nearer)) > 1 if headed else any(map(_can_be_headline, nearer))


def _heads(run: Run) -> bool:
    """Whether a heading is a headline, rather than a column, a name, or the second half of the line above it."""
    return _can_be_headline(run) and not _says_little(run.text) and not run.text.startswith(("—", "–"))


def _links(run: Run) -> int:
    """How many links of a menu a line has; two stand for several."""
    if not run.link_chars or is_furniture(run.text) or is_head_line(run.text):
        return 0
    return 2 if _is_several_links(run) else 1


def _speaks(run: Run) -> bool:
    return not run.link_chars and not is_head_line(run.text)


def headings_of(root: Element) -> list[str]:
    """Texts of h1, h2 and of elements whose class says title, in that order."""
    found = [element for tag in ("h1", "h2") for element in root.iter(tag)]
    texts = (_EDIT_MARK.sub("", text_of(element)) for element in found)
    return [text for text in texts if 2 <= len(text) <= 120]


def _without_site(title: str, said: Stated) -> str:
    """'标题_频道_某某网' → '标题', and so '某某网_频道_标题'."""
    parts = _SEPARATOR.split(title)
    starts = [0, *(match.end() for match in _SEPARATOR.finditer(title))]
    site = bare(said.meta.get("og:site_name", ""))
    first = _named_first(parts, site)
    last = len(parts) if first else _named_last(parts, site)
    if not first and last == len(parts):
        return title.strip()
    cut = title[starts[first] : starts[last] if last < len(parts) else None]
    return _SEPARATOR.sub(lambda match: match[0] if match.end() < len(cut) else "", cut).strip(" \t_|-—–")


def _named_last(parts: list[str], site: str) -> int:
    """How many of the parts stand before the names of site and columns at the end."""
    count = len(parts)
    while count > 1 and len(bare("".join(parts[: count - 1]))) >= 2:
        words = bare(parts[count - 1])
        named = _SITE.search(parts[count - 1]) or (site and words == site) or count > 2 or len(words) <= _COLUMN
        named = named or (is_institution(parts[count - 1]) and len(bare("".join(parts[: count - 1]))) >= _SAYS)
        if len(words) > _LONGEST_SITE or not named:
            break
        count -= 1
    return count


def _named_first(parts: list[str], site: str) -> int:
    """How many parts at the beginning name the site and its columns, where the headline comes last and is longer."""
    first, last = bare(parts[0]), bare(parts[-1])
    if not _is_site(parts[0], site) or _is_site(parts[-1], site) or not max(len(first), _COLUMN) < len(last):
        return 0
    return next(place for place in range(1, len(parts)) if len(bare(parts[place])) > _COLUMN)


def _is_site(part: str, site: str) -> bool:
    words = bare(part)
    return len(words) <= _LONGEST_SITE and bool((site and words == site) or _SITE.search(part) or _OFFICE.search(part))
