"""The report as a Word file: the same tables as the workbook, in one document to be mailed, edited into a notice, or signed.

WordprocessingML written directly (ECMA-376 part 1): a handful of elements is all that tables and headings need.
The same report gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from datetime import UTC
from xml.sax.saxutils import escape

from ranking.cells import Block, Cell, Column, Kind, made_line, sheets, summary, week_title
from ranking.report import Report

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PAGE = (16838, 11906)
"""A4 landscape, in twentieths of a point."""
_MARGIN = 850
_DECIMALS: dict[Kind, int] = {"count": 0, "index": 2, "part": 4}
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def document(report: Report) -> bytes:
    """DOCX. Dates inside the file are the report's own."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _parts(report):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, _XML + text)
    return target.getvalue()


def _parts(report: Report) -> Iterable[tuple[str, str]]:
    kinds = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    yield (
        "[Content_Types].xml",
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{kinds}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{kinds}.styles+xml"/>'
        f'<Override PartName="/word/footer.xml" ContentType="{kinds}.footer+xml"/>'
        '<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>',
    )
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    yield (
        "_rels/.rels",
        _relations(
            (f"{relations}/officeDocument", "word/document.xml"),
            (
                "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
                "docProps/core.xml",
            ),
        ),
    )
    yield "docProps/core.xml", _properties(report)
    yield (
        "word/_rels/document.xml.rels",
        _relations((f"{relations}/styles", "styles.xml"), (f"{relations}/footer", "footer.xml")),
    )
    yield "word/styles.xml", _styles()
    yield "word/footer.xml", _footer(report)
    yield "word/document.xml", _body(report, relations)


def _relations(*targets: tuple[str, str]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{n}" Type="{kind}" Target="{to}"/>' for n, (kind, to) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{rows}</Relationships>'


def _properties(report: Report) -> str:
    when = report.frozen_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(report.head.title)} {report.week}</dc:title>"
        f"<dc:creator>{escape(report.head.unit)}</dc:creator>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{when}</dcterms:created></cp:coreProperties>'
    )


def _styles() -> str:
    def style(name: str, size: int, font: str, paragraph: str = "", run: str = "") -> str:
        return (
            f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/><w:pPr>{paragraph}</w:pPr>'
            f'<w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{font}"/>{run}'
            f'<w:sz w:val="{size}"/></w:rPr></w:style>'
        )

    blue = '<w:color w:val="1F4E79"/>'
    middle, close = '<w:jc w:val="center"/>', '<w:spacing w:before="0" w:after="0"/>'
    return (
        f'<w:styles xmlns:w="{_W}">'
        + style("Normal", 21, "宋体")
        + style("Title", 44, "黑体", '<w:spacing w:before="240" w:after="120"/>' + middle)
        + style("Subtitle", 28, "宋体", middle)
        + style(
            "heading 1",
            28,
            "黑体",
            '<w:keepNext/><w:spacing w:before="320" w:after="60"/><w:outlineLvl w:val="0"/>',
            blue,
        )
        + style("Note", 18, "宋体", '<w:keepNext/><w:spacing w:after="80"/>', '<w:color w:val="595959"/>')
        + style("Cell", 16, "宋体", close)
        + style("Head", 16, "黑体", "<w:keepNext/>" + close + middle, '<w:color w:val="FFFFFF"/>')
        + "</w:styles>"
    )


def _footer(report: Report) -> str:
    text = f"{report.week} 第 {report.revision} 次定稿　{report.head.title}　第 "
    return (
        f'<w:ftr xmlns:w="{_W}"><w:p><w:pPr><w:pStyle w:val="Note"/><w:jc w:val="center"/></w:pPr>{_run(text)}'
        f'<w:fldSimple w:instr="PAGE">{_run("1")}</w:fldSimple>{_run(" 页")}</w:p></w:ftr>'
    )


def _body(report: Report, relations: str) -> str:
    signatures = "　　".join(f"{signer}：＿＿＿＿＿＿＿＿" for signer in report.head.signers)
    blocks = "".join(_block(block) for sheet in sheets(report) for block in sheet.blocks)
    width, height = _PAGE
    return (
        f'<w:document xmlns:w="{_W}" xmlns:r="{relations}"><w:body>'
        + _paragraph(report.head.title, "Title")
        + _paragraph(week_title(report), "Subtitle")
        + _paragraph(made_line(report), "Subtitle")
        + _paragraph(summary(report))
        + blocks
        + _paragraph("")
        + _paragraph(signatures)
        + f'<w:sectPr><w:footerReference w:type="default" r:id="rId2"/><w:pgSz w:w="{width}" w:h="{height}" '
        f'w:orient="landscape"/><w:pgMar w:top="{_MARGIN}" w:right="{_MARGIN}" w:bottom="{_MARGIN}" w:left="{_MARGIN}" '
        'w:header="400" w:footer="400" w:gutter="0"/></w:sectPr></w:body></w:document>'
    )


def _block(block: Block) -> str:
    widths = _widths(block.columns)
    head = "".join(
        _cell(column.title, "Head", width, "1F4E79") for column, width in zip(block.columns, widths, strict=True)
    )
    rows = "".join(_row(row, block.columns, widths) for row in block.rows)
    note = _paragraph(block.note, "Note") if block.note else ""
    if not block.rows:
        return _paragraph(block.heading, "heading 1") + note + _paragraph(block.empty)
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:color="BFBFBF"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        _paragraph(block.heading, "heading 1")
        + note
        + f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{sides}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="50" w:type="dxa"/><w:right w:w="50" w:type="dxa"/>'
        f"</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>{rows}</w:tbl>"
    )


def _widths(columns: Iterable[Column]) -> list[int]:
    """The columns' share of the page."""
    shares = [column.width for column in columns]
    room = _PAGE[0] - 2 * _MARGIN
    return [int(room * share / sum(shares)) for share in shares]


def _row(row: Iterable[Cell], columns: Iterable[Column], widths: Iterable[int]) -> str:
    cells = "".join(
        _cell(_shown(value, column.kind), "Cell", width, align=_align(value, column.kind))
        for value, column, width in zip(row, columns, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>"


def _shown(value: Cell, kind: Kind) -> str:
    if value is None:
        return "—"
    if kind in _DECIMALS and not isinstance(value, str):
        return f"{value:,.{_DECIMALS[kind]}f}"
    return str(value)


def _align(value: Cell, kind: Kind) -> str:
    if value is None or kind in {"place", "moment"}:
        return "center"
    return "right" if kind in _DECIMALS else "left"


def _cell(text: str, style: str, width: int, fill: str = "", align: str = "") -> str:
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}<w:vAlign w:val="center"/></w:tcPr>'
        f"{_paragraph(text, style, align)}</w:tc>"
    )


def _paragraph(text: str, style: str = "Normal", align: str = "") -> str:
    place = f'<w:jc w:val="{align}"/>' if align else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{place}</w:pPr>{_run(text)}</w:p>'


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(_printable(text))}</w:t></w:r>'


def _printable(text: str) -> str:
    """Without the control characters that XML cannot carry."""
    return "".join(sign for sign in text if sign >= " " or sign in "\t\n")
