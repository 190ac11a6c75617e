"""The small Markdown of the content files, turned into HTML. Made for our own texts only, not for anything from outside."""

import re
from collections.abc import Callable
from html import escape

_PICTURE = re.compile(r"!\[(?P<caption>[^\]]*)\]\((?P<name>[a-z0-9_]+)\)")
_ORDERED = re.compile(r"\d+\. ")


def sections(text: str) -> list[tuple[str, str]]:
    """The text cut at its `## ` headings, as (heading, body); what stands before the first has the heading ""."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return [("", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]


def to_html(text: str) -> str:
    """HTML of a text of headings, lists, tables, pictures, **bold** and paragraphs. A picture's src is its bare name."""
    return "\n".join(_block(block) for block in re.split(r"\n{2,}", text.strip()) if block)


def picture_names(text: str) -> list[str]:
    return [match["name"] for match in _PICTURE.finditer(text)]


def _inline(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(text, quote=False))


def _block(block: str) -> str:
    if block.startswith("## "):
        heading, _, rest = block[3:].partition("\n")
        return f"<h2>{_inline(heading)}</h2>" + (f"\n{_block(rest)}" if rest else "")
    if match := _PICTURE.fullmatch(block):
        caption = escape(match["caption"])
        return f'<figure><img src="{match["name"]}" alt="{caption}"><figcaption>{caption}（绘图：本刊）</figcaption></figure>'
    lines = block.split("\n")
    if lines[0].startswith("|"):
        return _table(lines)
    if lines[0].startswith("- "):
        return _list("ul", lines, lambda line: line[2:])
    if _ORDERED.match(lines[0]):
        start = int(lines[0].split(".")[0])
        return _list("ol" if start == 1 else f'ol start="{start}"', lines, lambda line: _ORDERED.sub("", line, count=1))
    return f"<p>{_inline(''.join(lines))}</p>"


def _list(tag: str, lines: list[str], strip: Callable[[str], str]) -> str:
    items = "".join(f"<li>{_inline(strip(line))}</li>" for line in lines)
    return f"<{tag}>{items}</{tag[:2]}>"


def _table(lines: list[str]) -> str:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head = "".join(f"<th>{_inline(cell)}</th>" for cell in rows[0])
    body = "".join("<tr>" + "".join(f"<td>{_inline(cell)}</td>" for cell in row) + "</tr>" for row in rows[2:])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
