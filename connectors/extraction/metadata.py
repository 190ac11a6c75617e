"""Title, author, time and source of a page, from what it says to machines and what it shows to readers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from connectors.extraction.blocks import Element, Run, text_of, visible_text
from connectors.extraction.dates import Moment, date_of_url, dates_in, parse_date
from connectors.extraction.names import author_in, is_chinese_name, is_person, lone_name, source_in
from connectors.extraction.phrases import bare, is_by_line, is_furniture, is_head_line, opens_annex, same_words

_DATE_META = (
    "article:published_time",
    "og:published_time",
    "og:release_date",
    "publishdate",
    "pubdate",
    "publish_date",
    "publication_date",
    "datepublished",
    "article:create_at",
    "weibo:article:create_at",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "createdate",
    "firstpublishedtime",
    "publish-date",
    "pub_date",
    "date",
    "apub:time",
    "_pubtime",
    "article:published",
    "time",
)
_SCRIPT_DATE = re.compile(
    r"""(?:publish_?time|pub_?time|pub_?date|publish_?date|create_?time|ori_?create_?time|news_?time|\bct|ptime)["']?\s*[:=]\s*["']?"""
    r"""((?:19|20)\d\d[-/]\d\d?[-/]\d\d?(?:[ T]\d\d?:\d\d(?::\d\d)?)?|1\d{9}(?:\d{3})?)\b""",
    re.I,
)
_SITE = re.compile(
    r"(?:网|網|频道|新闻|在线|日报|晚报|早报|时报|商报|周刊|博客|百科|论坛|报|社区|社|门户|客户端|公众号|平台|中心|站|台|局|厅|委|协会|首页|版|\.com|\.cn|\.net|"
    r"百科全书|新浪|搜狐|网易|腾讯|凤凰|知乎|豆瓣|BBC.*|wikipedia.*)$",
    re.I,
)
_SEPARATOR = re.compile(
    r"\s*(?:_{1,2}|\||｜|丨|-{2,}|—{1,2}|–|::|»|>|\s-\s|(?<=[^\x00-\x7f])-|-(?=[^\x00-\x7f])|\s@\s)\s*"
)
_BY_CLASS = re.compile(r"time|date|pub|info|source|laiyuan|shijian|author|byline|meta|editor|writer|zuozhe|sub", re.I)


@dataclass(frozen=True)
class Stated:
    """What the page says to machines: meta elements and JSON-LD, names lower-cased; page title apart."""

    meta: dict[str, str]
    linked: dict[str, Any]
    page_title: str
    script_dates: list[str] = field(default_factory=list)


def stated(root: Element) -> Stated:
    meta: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = visible_text(element.get("content") or "")
        if name and content:
            meta.setdefault(name.strip().lower(), content)
    titles = [text_of(element) for element in root.iter("title") if text_of(element)]
    scripts = list(root.iter("script"))
    dates = [match[1] for element in scripts for match in _SCRIPT_DATE.finditer((element.text or "")[:200_000])]
    return Stated(meta, _linked_data(scripts), titles[0] if titles else "", dates)


def _linked_data(scripts: list[Element]) -> dict[str, Any]:
    """The first JSON-LD object that describes an article (https://schema.org/Article), else nothing."""
    for element in scripts:
        if "ld+json" not in (element.get("type") or ""):
            continue
        try:
            data = json.loads(element.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for entry in _objects(data):
            if "headline" in entry or "datePublished" in entry:
                return entry
    return {}


def _objects(data: Any) -> Iterator[dict[str, Any]]:
    for entry in data if isinstance(data, list) else [data]:
        if isinstance(entry, dict):
            yield entry
            graph = entry.get("@graph")
            if isinstance(graph, list):
                yield from (part for part in graph if isinstance(part, dict))


# ---------------------------------------------------------------- title


def title_of(said: Stated, runs: list[Run], headings: list[str]) -> str:
    """The headline: the shown line that the page title repeats, else the page title without the site's name."""
    whole = bare(said.page_title)
    alone = _without_site(said.page_title, said)
    first = bare(alone)
    shown = [*headings, *(run.text for run in runs if run.chars <= 80)]
    for line in shown:
        if len(first) >= 2 and bare(line) == first:
            return line
    best = _longest_repeated(shown, whole, first)
    if best:
        return best
    for line in headings:
        if len(bare(line)) >= len(first) >= 5 and bare(line).startswith(first):
            return line
    named = (str(said.linked.get("headline") or ""), said.meta.get("og:title", ""), said.meta.get("articletitle", ""))
    return next((_without_site(name, said) for name in named if name), "") or alone


def _longest_repeated(shown: list[str], whole: str, first: str) -> str:
    """Of the shown lines that stand in the page title, the longest; at its beginning four characters are enough."""
    best, length = "", 3
    for line in shown:
        words = bare(line)
        enough = whole.startswith(words) or len(words) * 2 >= len(first)
        if length < len(words) and enough and words in whole and not _SITE.search(line):
            best, length = line, len(words)
    return best


def headline_above(head: list[Run], headings: list[str]) -> str:
    """For a page whose own title says nothing: a heading above the text, else the nearest line that can be one."""
    lines = [run for run in head[:12] if _can_be_headline(run)]
    for run in lines:
        if run.text in headings:
            return run.text
    for run in lines:
        if not run.link_chars or run is head[0]:
            return run.text
    return headings[0] if headings else ""


def _can_be_headline(run: Run) -> bool:
    text = run.text
    if is_head_line(text) or is_furniture(text) or opens_annex(text) or is_by_line(text):
        return False
    return 4 <= len(bare(text)) <= 60 and "。" not in text and "→" not in text


def says_nothing(title: str, headings: list[str], head: list[Run]) -> bool:
    """Whether a title taken from the page is empty, a number, or the name of the site or of a column."""
    words = bare(title)
    if len(words) < 2 or words.isdigit():
        return True
    if title in headings or any(words in bare(run.text) for run in head[:12] if not run.link_chars):
        return False
    return len(words) <= 5 or bool(_SITE.search(title))


def headings_of(root: Element) -> list[str]:
    """Texts of h1, h2 and of elements whose class says title, in that order."""
    found = [element for tag in ("h1", "h2") for element in root.iter(tag)]
    texts = (text_of(element) for element in found)
    return [text for text in texts if 2 <= len(text) <= 120]


def _without_site(title: str, said: Stated) -> str:
    """'标题_频道_某某网' → '标题'."""
    parts = _SEPARATOR.split(title)
    ends = [match.end() for match in _SEPARATOR.finditer(title)]
    starts = [0, *ends]
    site = bare(said.meta.get("og:site_name", ""))
    while (
        len(parts) > 1
        and len(bare(parts[-1])) <= 16
        and (
            _SITE.search(parts[-1]) or (site and bare(parts[-1]) == site) or len(parts) > 2 or len(bare(parts[-1])) <= 6
        )
        and len(bare("".join(parts[:-1]))) >= 4
    ):
        parts.pop()
    if len(parts) == len(starts):
        return title.strip()
    cut = title[: starts[len(parts)]]
    return _SEPARATOR.sub(lambda match: match[0] if match.end() < len(cut) else "", cut).strip(" \t_|-—–")


# ---------------------------------------------------------------- time


def published_at(said: Stated, head: list[Run], body: list[Run], tail: list[Run], url: str) -> Moment | None:
    """The first of: what the page says to machines, the lines above the text, its address, its scripts, the lines below."""
    day = date_of_url(url or said.meta.get("og:url", ""))
    candidates = list(_machine_dates(said))
    candidates += _dates_near(head)
    if day:
        same = [moment for moment in candidates if abs((moment.at - day.at).total_seconds()) < 2 * 86400]
        exact = [moment for moment in same if moment.exact]
        return (exact or same or [day])[0]
    # a date inside the text is as likely one of those that the text speaks of
    candidates += [moment for text in said.script_dates if (moment := parse_date(text))]
    candidates += _dates_near(body[:3], 60) + _dates_near(tail) + _dates_near(body[:2:-1], 60)
    if not candidates:
        return None
    first = candidates[0]
    if not first.exact:
        for other in candidates:
            if other.exact and 0 <= (other.at - first.at).total_seconds() < 86400:
                return other
    return first


def _machine_dates(said: Stated) -> Iterator[Moment]:
    texts = [str(said.linked.get("datePublished") or "")] + [said.meta.get(name, "") for name in _DATE_META]
    for text in texts:
        if text and (moment := parse_date(text)):
            yield moment


def _dates_near(runs: list[Run], longest: int = 200) -> list[Moment]:
    return [moment for run in runs if len(run.text) <= longest for moment in dates_in(run.text)]


# ---------------------------------------------------------------- author and source


def author_of(said: Stated, title: str, head: list[Run], body: list[Run], tail: list[Run]) -> str:
    """Names of the writers, separated by blanks; the editor where no writer is named."""
    for named in (_linked_author(said), said.meta.get("author", ""), said.meta.get("article:author", "")):
        if named and is_person(named):
            return named
    lines = [run.text for run in head if len(run.text) <= 200]
    ends = [run.text for run in [*body[:4], *body[-5:], *tail[:20]]]
    return (
        author_in(lines)
        or author_in(ends)
        or _name_below(title, head)
        or author_in([*ends, *lines], editors=True)
        or lone_name([*lines, *ends])
    )


def _name_below(title: str, head: list[Run]) -> str:
    """A name that stands alone on the line below the headline."""
    for below, above in pairwise(head):
        if same_words(above.text, title) and is_chinese_name(below.text) and below.text not in title:
            return below.text
    return ""


def _linked_author(said: Stated) -> str:
    author = said.linked.get("author")
    people = author if isinstance(author, list) else [author]
    names = [str(person.get("name") or "") if isinstance(person, dict) else str(person or "") for person in people]
    return " ".join(name for name in names if name)


def source_of(said: Stated, head: list[Run], body: list[Run], tail: list[Run]) -> str:
    """Who published it first, as the 来源 line says."""
    for name in ("contentsource", "source", "article:source", "mediaid", "og:article:source"):
        if text := source_in([f"来源:{said.meta.get(name, '').removeprefix('来源').lstrip(':：')}"]):
            return text
    near = [run.text for run in [*head, *body[-3:], *tail[:8]] if len(run.text) <= 200]
    return source_in(near)
