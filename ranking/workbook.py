"""The report as an XLSX file, ready to be printed and signed. The same report gives the same bytes."""

from __future__ import annotations

import io
import unicodedata
from datetime import UTC
from typing import Any

import xlsxwriter

from ranking.cells import Block, Cell, Column, Kind, Sheet, made_line, moved, sheets, week_title
from ranking.report import PlatformTable, Report

_FONT = "宋体"
_HEAD_FONT = "黑体"
_BLUE = "#1F4E79"
_LINE = "#BFBFBF"

_NUMBERS: dict[Kind, str] = {"count": "#,##0", "index": "#,##0.00", "part": "0.0000"}
_UNKNOWN = "—"


def workbook(report: Report) -> bytes:
    """XLSX: a cover to sign, then one sheet per table. Dates inside the file are the report's own."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    frozen_at = report.frozen_at.astimezone(UTC).replace(tzinfo=None)
    book.set_properties(
        {"title": f"{report.head.title} {report.week}", "author": report.head.unit, "created": frozen_at}
    )
    formats = _Formats(book)
    _cover(book, formats, report)
    for sheet in sheets(report):
        _sheet(book, formats, sheet, report)
    book.close()
    return target.getvalue()


class _Formats:
    """Cell formats by what a cell holds; made once per file, since XLSX keeps them in one list."""

    def __init__(self, book: Any) -> None:
        base = {"font_name": _FONT, "font_size": 10.5, "valign": "vcenter"}
        table = {**base, "border": 1, "border_color": _LINE}
        self.title = book.add_format({**base, "font_name": _HEAD_FONT, "font_size": 22, "align": "center"})
        self.subtitle = book.add_format({**base, "font_size": 14, "align": "center"})
        self.heading = book.add_format({**base, "font_name": _HEAD_FONT, "font_size": 14, "font_color": _BLUE})
        self.note = book.add_format(
            {**base, "font_size": 9, "font_color": "#595959", "text_wrap": True, "valign": "top"}
        )
        self.column = book.add_format(
            {
                **table,
                "font_name": _HEAD_FONT,
                "bg_color": _BLUE,
                "font_color": "white",
                "align": "center",
                "text_wrap": True,
            }
        )
        self.label = book.add_format({**table, "bg_color": "#DDEBF7", "align": "center"})
        self.figure = book.add_format(
            {**table, "num_format": "#,##0", "font_size": 14, "bold": True, "align": "center"}
        )
        self.made = book.add_format({**base, "align": "center", "font_color": "#595959"})
        self.sign = book.add_format({**base, "font_size": 12, "bottom": 1})
        self.sign_label = book.add_format({**base, "font_size": 12, "align": "right"})
        self.unknown = book.add_format({**table, "align": "center", "font_color": "#7F7F7F"})
        self.cells: dict[Kind, Any] = {
            "text": book.add_format({**table, "indent": 1}),
            "long": book.add_format({**table, "text_wrap": True, "indent": 1}),
            "place": book.add_format({**table, "align": "center"}),
            "moment": book.add_format({**table, "align": "center"}),
            **{kind: book.add_format({**table, "num_format": number}) for kind, number in _NUMBERS.items()},
        }
        self._book, self._table, self._measured = book, table, dict[str, Any]()

    def measured(self, table: PlatformTable) -> Any:
        """A number with the name of what it measures before it, for a column that mixes indices and reads."""
        if table.measure not in self._measured:
            number = _NUMBERS["index" if table.formula else "count"]
            self._measured[table.measure] = self._book.add_format(
                {**self._table, "num_format": f'"{table.measure} "{number}'}
            )
        return self._measured[table.measure]


# ---------------------------------------------------------------- the cover


def _cover(book: Any, formats: _Formats, report: Report) -> None:
    page = book.add_worksheet("总览")
    page.hide_gridlines(2)
    page.set_portrait()
    _page_setup(page, report)
    for column, width in enumerate((12, 23, 10, 12, 24, 17)):
        page.set_column(column, column, width)
    page.set_row(0, 44)
    page.merge_range(0, 0, 0, 5, report.head.title, formats.title)
    page.set_row(1, 24)
    page.merge_range(1, 0, 1, 5, week_title(report), formats.subtitle)
    page.merge_range(2, 0, 2, 5, made_line(report), formats.made)
    row = _cover_totals(page, formats, report, 4)
    row = _cover_leaders(page, formats, report, row + 1)
    row = _cover_stories(page, formats, report, row + 1)
    row = _cover_notes(page, formats, report, row + 1)
    _cover_signatures(page, formats, report, row + 2)


def _cover_totals(page: Any, formats: _Formats, report: Report, row: int) -> int:
    totals = report.totals
    shown = (
        ("账号数", totals.accounts),
        ("本周有发布", totals.accounts_with_posts),
        ("发布件", totals.posts),
        ("稿件", totals.stories),
        ("阅读合计", totals.reads),
        ("互动合计", totals.interactions),
    )
    page.set_row(row, 20)
    page.set_row(row + 1, 30)
    for column, (label, value) in enumerate(shown):
        page.write_string(row, column, label, formats.label)
        page.write_number(row + 1, column, value, formats.figure)
    return row + 2


def _cover_leaders(page: Any, formats: _Formats, report: Report, row: int) -> int:
    """The first three accounts of each platform."""
    page.set_row(row, 24)
    page.set_row(row + 1, 20)
    page.write_string(row, 0, "各平台前三名", formats.heading)
    for column, title in enumerate(("平台", "账号", "名次", "较上周", "单位", "数值")):
        page.write_string(row + 1, column, title, formats.column)
    row += 2
    for table in report.platforms:
        leaders = [item for item in table.rows if item.place is not None and item.place <= 3 and item.value][:5]
        for item in leaders:
            page.set_row(row, _height(_lines(item.unit, 22)))
            page.write_string(row, 0, table.name, formats.cells["text"])
            page.write_string(row, 1, item.name, formats.cells["text"])
            page.write_number(row, 2, item.place, formats.cells["place"])
            page.write_string(row, 3, moved(report, item.place, item.last_place), formats.cells["place"])
            page.write_string(row, 4, item.unit, formats.cells["long"])
            page.write_number(row, 5, item.value, formats.measured(table))
            row += 1
        if not leaders:
            page.set_row(row, _height(1))
            page.write_string(row, 0, table.name, formats.cells["text"])
            page.merge_range(row, 1, row, 5, "没有数据齐全且有发布的账号，见分表。", formats.cells["text"])
            row += 1
    return row


def _cover_stories(page: Any, formats: _Formats, report: Report, row: int) -> int:
    page.set_row(row, 24)
    page.set_row(row + 1, 20)
    page.write_string(row, 0, "阅读最多的稿件", formats.heading)
    page.write_string(row + 1, 0, "名次", formats.column)
    page.merge_range(row + 1, 1, row + 1, 3, "稿件", formats.column)
    page.write_string(row + 1, 4, "主题", formats.column)
    page.write_string(row + 1, 5, "阅读", formats.column)
    row += 2
    for item in [story for story in report.stories if story.place is not None][:5]:
        page.set_row(row, _height(_lines(item.title, 45)))
        page.write_number(row, 0, item.place, formats.cells["place"])
        page.merge_range(row, 1, row, 3, item.title, formats.cells["long"])
        page.write_string(row, 4, "、".join(item.themes), formats.cells["long"])
        page.write_number(row, 5, item.reads, formats.cells["count"])
        row += 1
    return row


def _cover_notes(page: Any, formats: _Formats, report: Report, row: int) -> int:
    apart = sum(len(table.apart) for table in report.platforms)
    notes = [f"指数公式：{'、'.join(formula.name for formula in report.formulas) or '无'}。全部口径见“公式与口径”。"]
    if apart or report.totals.posts_without_reading:
        unread = report.totals.posts_without_reading
        waiting = f"{unread} 件尚无读数；" if unread else ""
        notes.append(f"{apart} 个账号缺少部分数据，在分表另列，不参加排名；{waiting}缺少的数据不当作 0。")
    if report.changes:
        notes.append(f"与上一次定稿相比有 {len(report.changes)} 处变化，见“修订说明”。")
    notes.append("平台数据仅供内部工作使用；公开发布前须取得平台许可。")
    for note in notes:
        page.set_row(row, 14 * _lines(note, 116))
        page.merge_range(row, 0, row, 5, note, formats.note)
        row += 1
    return row


def _cover_signatures(page: Any, formats: _Formats, report: Report, row: int) -> None:
    """Two to a row: who, a line to sign on, and the date beside it."""
    for number, signer in enumerate(report.head.signers):
        at = row + number
        page.set_row(at, 30)
        page.write_string(at, 0, f"{signer}：", formats.sign_label)
        page.write_blank(at, 1, None, formats.sign)
        page.write_string(at, 3, "日期：", formats.sign_label)
        page.write_blank(at, 4, None, formats.sign)


# ---------------------------------------------------------------- the tables


def _sheet(book: Any, formats: _Formats, sheet: Sheet, report: Report) -> None:
    page = book.add_worksheet(sheet.name[:31])
    page.hide_gridlines(2)
    page.set_landscape()
    _page_setup(page, report)
    for column, spec in enumerate(sheet.blocks[0].columns):
        widest = max(block.columns[column].width for block in sheet.blocks if column < len(block.columns))
        page.set_column(column, column, max(spec.width, widest))
    head = 2 if sheet.blocks[0].note else 1
    page.freeze_panes(head + 1, 0)
    if len(sheet.blocks) == 1:
        page.repeat_rows(head)
    row = 0
    for block in sheet.blocks:
        row = _block(page, formats, block, row) + 1


def _block(page: Any, formats: _Formats, block: Block, row: int) -> int:
    last = len(block.columns) - 1
    page.set_row(row, 24)
    page.write_string(row, 0, block.heading, formats.heading)
    row += 1
    if block.note:
        page.merge_range(row, 0, row, last, block.note, formats.note)
        row += 1
    page.set_row(row, 32)
    for column, spec in enumerate(block.columns):
        page.write_string(row, column, spec.title, formats.column)
    row += 1
    for values in block.rows:
        page.set_row(
            row, _height(max(_cell_lines(value, spec) for value, spec in zip(values, block.columns, strict=True)))
        )
        for column, (value, spec) in enumerate(zip(values, block.columns, strict=True)):
            _cell(page, formats, row, column, value, spec)
        row += 1
    if not block.rows:
        page.merge_range(row, 0, row, last, block.empty, formats.unknown)
        row += 1
    return row


def _cell(page: Any, formats: _Formats, row: int, column: int, value: Cell, spec: Column) -> None:
    if value is None:
        page.write_string(row, column, _UNKNOWN, formats.unknown)
    elif isinstance(value, str):
        page.write_string(row, column, value, formats.cells[spec.kind])
    else:
        page.write_number(row, column, value, formats.cells[spec.kind])


def _cell_lines(value: Cell, spec: Column) -> int:
    return _lines(value, spec.width - 2) if isinstance(value, str) and spec.kind == "long" else 1


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column: a Chinese character is two units wide, as Excel counts."""
    units = sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)
    return max(1, -(-units // max(1, int(width * 0.95))))


def _height(lines: int) -> float:
    return 20 if lines == 1 else 15.5 * lines + 3


def _page_setup(page: Any, report: Report) -> None:
    page.set_paper(9)  # A4
    page.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
    page.fit_to_pages(1, 0)
    page.center_horizontally()
    page.set_footer(f"&L{report.week} 第 {report.revision} 次定稿&C{report.head.title}&R第 &P 页，共 &N 页")
