"""An article out of any Chinese web page: `extract`. Pure: no network, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from connectors.base import PictureRef
from connectors.extraction.binary import kind_of_file
from connectors.extraction.blocks import Run, blocks_of, parse
from connectors.extraction.charset import decode
from connectors.extraction.content import Content, find
from connectors.extraction.dates import BEIJING
from connectors.extraction.fragment import render
from connectors.extraction.metadata import (
    author_of,
    headings_of,
    headline_above,
    published_at,
    says_nothing,
    source_of,
    stated,
    title_of,
)

__all__ = ["BEIJING", "Extracted", "extract", "kind_of_file", "language_of"]


@dataclass(frozen=True)
class Extracted:
    """What a page says. `published_at` is aware; `exact` is False where the page gives only the day."""

    title: str = ""
    author: str = ""
    published_at: datetime | None = None
    exact: bool = False
    source_name: str = ""
    text: str = ""
    html: str = ""
    images: tuple[PictureRef, ...] = ()
    language: str = ""


def extract(html: bytes | str, url: str = "", header_charset: str = "") -> Extracted:
    """The article of a page. Never fails: a page without one, or what is no page at all, gives empty fields.

    `header_charset` is the charset of the Content-Type header, if there was one.
    """
    if kind_of_file(html):
        return Extracted()
    root = parse(html if isinstance(html, str) else decode(html, header_charset).text)
    said = stated(root)
    nodes, runs = blocks_of(root)
    headings = headings_of(root)
    title = title_of(said, runs, headings)
    content = find(nodes, runs, title)
    if content is None:
        return Extracted(title=title)
    head, tail = _around(runs, content)
    if says_nothing(title, headings, head):
        title = headline_above(head, headings) or title
    moment = published_at(said, head, content.kept, tail, url)
    author = author_of(said, title, head, content.kept, tail)
    source_name = source_of(said, head, content.kept, tail)
    fragment, images = render(content.element, content.dropped, url or said.meta.get("og:url", ""))
    return Extracted(
        title=title,
        author=author,
        published_at=moment.at if moment else None,
        exact=bool(moment and moment.exact),
        source_name=source_name,
        text=content.text,
        html=fragment,
        images=images,
        language=root.get("lang") or language_of(content.text),
    )


def language_of(text: str) -> str:
    """ "zh" where a tenth or more of the letters are Chinese characters, else ""."""
    letters = [character for character in text[:4000] if character.isalpha()]
    chinese = sum(1 for character in letters if "\u4e00" <= character <= "\u9fff")
    return "zh" if letters and chinese * 10 >= len(letters) else ""


def _around(runs: list[Run], content: Content) -> tuple[list[Run], list[Run]]:
    """The runs above the text, nearest to the title first, and those below it."""
    kept = set(map(id, content.kept))
    places = [position for position, run in enumerate(runs) if id(run) in kept]
    if not places:
        return runs, []
    return runs[max(0, places[0] - 40) : places[0]][::-1], [run for run in runs[places[0] :] if id(run) not in kept]
