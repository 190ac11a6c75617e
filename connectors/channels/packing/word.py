"""A Word file (.docx) of the few styles that platforms' editors keep: title, two headings, body, quote, caption, pictures.

Written by hand, part by part: the same blocks give the same bytes, which no library promises. Source: ECMA-376, parts 1 and 2.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from PIL import Image

from connectors.channels.packing.archive import zipped
from connectors.channels.packing.body import Block, Run

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_PIC = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EMU_PER_PIXEL = 9525
_WIDTH_MAX = 5_274_310
"""The text's width on A4 with Word's usual margins, in EMU."""
_STYLE_OF = {"paragraph": "Normal", "item": "Normal", "quote": "Quote", "caption": "Caption"}
_TYPES = {"jpg": "image/jpeg", "png": "image/png"}


@dataclass(frozen=True)
class Inset:
    """A picture for the file: `suffix` is jpg or png."""

    content: bytes
    suffix: str
    alt: str = ""


def docx(title: str, body: Sequence[Block], pictures: Mapping[str, Inset]) -> bytes:
    """The file. A picture whose key is not in `pictures` is left out."""
    used = [key for key in dict.fromkeys(block.key for block in body) if key in pictures]
    places = {key: number for number, key in enumerate(used, 1)}
    paragraphs = [_paragraph("Title", (Run(title),))]
    for at, block in enumerate(body, 1):
        if block.kind != "picture":
            paragraphs.append(_paragraph(_style(block), (Run(block.mark), *block.runs) if block.mark else block.runs))
        elif block.key in places:
            paragraphs.append(_picture(pictures[block.key], places[block.key], at))
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations([("rId1", f"{_R}/officeDocument", "word/document.xml")]),
        "word/document.xml": _document("".join(paragraphs)),
        "word/styles.xml": _styles(),
        "word/_rels/document.xml.rels": _relations(_document_relations(pictures, places)),
    }
    files = {name: (_XML + text).encode() for name, text in parts.items()}
    files |= {
        f"word/media/image{number}.{pictures[key].suffix}": pictures[key].content for key, number in places.items()
    }
    return zipped(files)


def _style(block: Block) -> str:
    return f"Heading{block.level}" if block.kind == "heading" else _STYLE_OF[block.kind]


def _paragraph(style: str, runs: Sequence[Run]) -> str:
    inside = "".join(_run(run) for run in runs)
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{inside}</w:p>'


def _run(run: Run) -> str:
    marks = ("<w:b/>" if run.bold else "") + ("<w:i/>" if run.italic else "")
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in run.text.split("\n"))
    return f"<w:r>{f'<w:rPr>{marks}</w:rPr>' if marks else ''}{lines}</w:r>"


def _picture(inset: Inset, number: int, at: int) -> str:
    """`at` tells showings of one picture apart."""
    with Image.open(io.BytesIO(inset.content)) as picture:
        wide, high = picture.width * _EMU_PER_PIXEL, picture.height * _EMU_PER_PIXEL
    if wide > _WIDTH_MAX:
        wide, high = _WIDTH_MAX, high * _WIDTH_MAX // wide
    size, name, alt = f'cx="{wide}" cy="{high}"', f"image{number}.{inset.suffix}", quoteattr(inset.alt)
    return (
        f'<w:p><w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {size}/>'
        f'<wp:docPr id="{at}" name="{name}" descr={alt}/><a:graphic xmlns:a="{_A}"><a:graphicData uri="{_PIC}">'
        f'<pic:pic xmlns:pic="{_PIC}"><pic:nvPicPr><pic:cNvPr id="{at}" name="{name}"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="rId{number + 1}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        "</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )


def _document(inside: str) -> str:
    page = (
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1440" w:right="1800" w:bottom="1440" w:left="1800" w:header="851" w:footer="992" w:gutter="0"/>'
        "</w:sectPr>"
    )
    spaces = f'xmlns:w="{_W}" xmlns:r="{_R}" xmlns:wp="{_WP}"'
    return f"<w:document {spaces}><w:body>{inside}{page}</w:body></w:document>"


def _styles() -> str:
    rows = (
        ("Normal", "Normal", "", "", 24),
        ("Title", "Title", '<w:jc w:val="center"/>', "<w:b/>", 36),
        ("Heading1", "heading 1", '<w:outlineLvl w:val="0"/>', "<w:b/>", 30),
        ("Heading2", "heading 2", '<w:outlineLvl w:val="1"/>', "<w:b/>", 26),
        ("Quote", "Quote", '<w:ind w:left="480"/>', "<w:i/>", 24),
        ("Caption", "caption", '<w:jc w:val="center"/>', "", 20),
    )
    made = "".join(_one_style(*row) for row in rows)
    return f'<w:styles xmlns:w="{_W}">{made}</w:styles>'


def _one_style(key: str, name: str, of_paragraph: str, of_run: str, size: int) -> str:
    first = ' w:default="1"' if key == "Normal" else ""
    based = "" if key == "Normal" else '<w:basedOn w:val="Normal"/>'
    return (
        f'<w:style w:type="paragraph"{first} w:styleId="{key}"><w:name w:val="{name}"/>{based}<w:qFormat/>'
        f'<w:pPr><w:spacing w:after="120"/>{of_paragraph}</w:pPr>'
        f'<w:rPr>{of_run}<w:sz w:val="{size}"/></w:rPr></w:style>'
    )


def _content_types() -> str:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    pictures = "".join(f'<Default Extension="{suffix}" ContentType="{mime}"/>' for suffix, mime in _TYPES.items())
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{pictures}'
        f'<Override PartName="/word/document.xml" ContentType="{kind}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{kind}.styles+xml"/></Types>'
    )


def _document_relations(pictures: Mapping[str, Inset], places: Mapping[str, int]) -> list[tuple[str, str, str]]:
    found = [("rId1", f"{_R}/styles", "styles.xml")]
    return found + [
        (f"rId{number + 1}", f"{_R}/image", f"media/image{number}.{pictures[key].suffix}")
        for key, number in places.items()
    ]


def _relations(rows: Sequence[tuple[str, str, str]]) -> str:
    inside = "".join(f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/>' for key, kind, target in rows)
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'
