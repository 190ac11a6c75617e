"""A post's HTML as the few blocks that every platform's editor knows: headings, paragraphs, quotes, lists, pictures. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from lxml import html as markup

Kind = Literal["heading", "paragraph", "quote", "item", "picture", "caption"]
_MEDIA = "media:"
_BLOCKS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "figcaption", "tr", "pre"}
_HOLDERS = {"div", "section", "article", "figure", "ul", "ol", "table", "tbody", "thead", "tfoot", "body"}
_SPACES = re.compile(r"\s+")
_REFERENCES = {"参考文献", "主要参考文献", "参考资料", "参考来源"}


@dataclass(frozen=True)
class Run:
    text: str
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True)
class Block:
    kind: Kind
    runs: tuple[Run, ...] = ()
    level: int = 0
    """Of a heading: 1 or 2."""
    key: str = ""
    """Of a picture."""
    mark: str = ""
    """Of a list's item: "1. " or "· "."""

    @property
    def text(self) -> str:
        return self.mark + "".join(run.text for run in self.runs)


def blocks(html: str) -> list[Block]:
    """The body in reading order. A table's row becomes one line; what is none of these becomes a paragraph."""
    if not html.strip():
        return []
    root = markup.fragment_fromstring(html, create_parent="div")
    return [block for block in _of(root, "") if block.kind == "picture" or block.text.strip()]


def plain(body: Sequence[Block], names: Mapping[str, str]) -> str:
    """The text for editors that take nothing but text; `names`: key → file, to show where each picture goes."""
    lines = []
    for block in body:
        if block.kind == "picture":
            lines.append(f"〔此处插入图片：{names.get(block.key, block.key)}〕")
        else:
            lines.append(f"【{block.text}】" if block.kind == "heading" else block.text)
    return "\n\n".join(lines) + "\n"


def page(title: str, body: Sequence[Block], names: Mapping[str, str], alts: Mapping[str, str]) -> str:
    """A clean page: pictures by relative path, no script, no style from elsewhere."""
    inside = "\n".join(_as_html(block, names, alts) for block in body)
    return (
        '<!doctype html>\n<html lang="zh-CN">\n<head><meta charset="utf-8">'
        f"<title>{escape(title)}</title></head>\n<body>\n<h1>{escape(title)}</h1>\n{inside}\n</body>\n</html>\n"
    )


def alts(html: str) -> dict[str, str]:
    """Key → what the picture shows: its alternative text, else its caption. A picture without either has ""."""
    if not html.strip():
        return {}
    root = markup.fragment_fromstring(html, create_parent="div")
    found: dict[str, str] = {}
    for picture in root.iter("img"):
        key = _key(picture)
        if key:
            found[key] = found.get(key) or (picture.get("alt") or "").strip() or _caption(picture)
    return found


def references(body: Sequence[Block]) -> list[str]:
    """The lines below a heading or line that says 参考文献 or 参考资料, without their own numbers."""
    place = next((at for at, block in enumerate(body) if block.text.strip(" :\uff1a") in _REFERENCES), None)
    found = []
    for block in body[place + 1 :] if place is not None else ():
        if block.kind == "heading":
            break
        if block.kind in ("item", "paragraph"):
            found.append(re.sub(r"^\s*(\[?\d+\]?[.、．)]?|·)\s*", "", block.text))
    return found


def _of(element: markup.HtmlElement, around: str) -> Iterator[Block]:
    """Blocks of an element that holds others; loose text between them is a paragraph."""
    loose: list[Run] = _runs_of_text(element.text)
    for child in element:
        name = child.tag if isinstance(child.tag, str) else ""
        if name in _HOLDERS or name in _BLOCKS or name == "img":
            yield from _flush(loose, around)
            yield from _block(child, name, around)
        elif name:
            if any(inner.tag == "img" for inner in child.iter()):
                yield from _pictures(child)
            loose += _runs(child, False, False)
        loose += _runs_of_text(child.tail)
    yield from _flush(loose, around)


def _flush(loose: list[Run], around: str) -> Iterator[Block]:
    if any(run.text.strip() for run in loose):
        yield Block("quote" if around == "blockquote" else "paragraph", _tidy(loose))
    loose.clear()


def _block(element: markup.HtmlElement, name: str, around: str) -> Iterator[Block]:
    if name == "img":
        yield from _pictures(element)
    elif name in _HOLDERS or name == "blockquote":
        yield from _of(element, name if name == "blockquote" else around)
    elif name == "tr":
        cells = [Run(_SPACES.sub(" ", cell.text_content()).strip()) for cell in element if cell.tag in ("td", "th")]
        yield Block("paragraph", tuple(Run(("｜" if at else "") + cell.text) for at, cell in enumerate(cells)))
    else:
        yield from _pictures(element)
        yield _line(element, name, around)


def _line(element: markup.HtmlElement, name: str, around: str) -> Block:
    runs = _tidy(_runs(element, False, False))
    if name[0] == "h":
        return Block("heading", runs, level=1 if name in ("h1", "h2") else 2)
    if name == "li":
        return Block("item", runs, mark=_mark(element))
    if name == "figcaption":
        return Block("caption", runs)
    return Block("quote" if around == "blockquote" else "paragraph", runs)


def _mark(item: markup.HtmlElement) -> str:
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return "· "
    return f"{[child for child in parent if child.tag == 'li'].index(item) + 1}. "


def _pictures(element: markup.HtmlElement) -> Iterator[Block]:
    for picture in element.iter("img"):
        key = _key(picture)
        if key:
            yield Block("picture", key=key)


def _key(picture: markup.HtmlElement) -> str:
    source = picture.get("src") or ""
    return source[len(_MEDIA) :] if source.startswith(_MEDIA) else ""


def _caption(picture: markup.HtmlElement) -> str:
    figure = next((each for each in picture.iterancestors("figure")), None)
    caption = figure.find(".//figcaption") if figure is not None else None
    return _SPACES.sub(" ", caption.text_content()).strip() if caption is not None else ""


def _runs(element: markup.HtmlElement, bold: bool, italic: bool) -> list[Run]:
    if element.tag == "br":
        return [Run("\n")]
    bold, italic = bold or element.tag in ("strong", "b"), italic or element.tag in ("em", "i")
    found = _runs_of_text(element.text, bold, italic)
    for child in element:
        if isinstance(child.tag, str):
            found += _runs(child, bold, italic)
        found += _runs_of_text(child.tail, bold, italic)
    return found


def _runs_of_text(text: str | None, bold: bool = False, italic: bool = False) -> list[Run]:
    words = _SPACES.sub(" ", text or "")
    return [Run(words, bold, italic)] if words else []


def _tidy(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Without white space at both ends, and with neighbours of one kind joined."""
    joined: list[Run] = []
    for run in runs:
        if joined and (joined[-1].bold, joined[-1].italic) == (run.bold, run.italic):
            joined[-1] = Run(joined[-1].text + run.text, run.bold, run.italic)
        else:
            joined.append(run)
    if joined:
        joined[0] = Run(joined[0].text.lstrip(), joined[0].bold, joined[0].italic)
        joined[-1] = Run(joined[-1].text.rstrip(), joined[-1].bold, joined[-1].italic)
    return tuple(run for run in joined if run.text)


def _as_html(block: Block, names: Mapping[str, str], alts: Mapping[str, str]) -> str:
    if block.kind == "picture":
        return f'<p><img src="{escape(names.get(block.key, ""))}" alt="{escape(alts.get(block.key, ""))}"></p>'
    inside = escape(block.mark) + "".join(_run_html(run) for run in block.runs)
    if block.kind == "heading":
        return f"<h{block.level + 1}>{inside}</h{block.level + 1}>"
    if block.kind == "quote":
        return f"<blockquote><p>{inside}</p></blockquote>"
    return f"<p>{inside}</p>"


def _run_html(run: Run) -> str:
    text = escape(run.text).replace("\n", "<br>")
    text = f"<em>{text}</em>" if run.italic else text
    return f"<strong>{text}</strong>" if run.bold else text
