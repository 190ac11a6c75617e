"""The report as XLSX, HTML and JSON."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from html.parser import HTMLParser
from xml.etree import ElementTree

import openpyxl
import pytest
import weekly_sample as sample

from ranking.build import build_report
from ranking.cells import moved, sheets
from ranking.document import document
from ranking.formula_words import part_text
from ranking.page import page
from ranking.report import Report, ReportInputs
from ranking.workbook import workbook


@pytest.fixture(scope="module")
def report() -> Report:
    return build_report(
        sample.WEEK, sample.sample_inputs(), sample.FORMULAS, frozen_at=sample.FROZEN_AT, head=sample.HEAD
    )


@pytest.fixture(scope="module")
def book(report: Report) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook(report)))


def test_the_same_report_gives_the_same_bytes(report: Report) -> None:
    first = workbook(report)
    assert first == workbook(Report.model_validate_json(report.model_dump_json()))
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert b"2026-11-23T04:30:00Z" in archive.read("docProps/core.xml"), "the file's date is the report's own"


def test_the_sheets_stand_in_reading_order(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == [
        "总览", "微信公众号榜", "微博榜", "抖音榜", "快手榜", "科普号榜",
        "稿件榜", "主题榜", "原始读数", "修订说明", "公式与口径",
    ]  # fmt: skip


def test_the_cover_can_be_signed(book: openpyxl.Workbook) -> None:
    cover = book["总览"]
    texts = [str(cell.value) for row in cover.iter_rows() for cell in row if cell.value is not None]
    assert "科普吉林融媒体传播周榜" in texts
    assert "2026 年第 47 周（11 月 16 日—11 月 22 日）" in texts
    for signer in ("编制：", "审核：", "签发："):
        assert signer in texts
    assert any("2 个账号缺少部分数据" in text for text in texts)


def test_figures_are_numbers_with_formats_and_unknown_ones_are_a_dash(book: openpyxl.Workbook) -> None:
    wechat = book["微信公众号榜"]
    head = {cell.value: cell.column for cell in wechat[3]}
    first = wechat[4]
    assert first[head["WCI"] - 1].value == pytest.approx(1089.150553)
    assert first[head["WCI"] - 1].number_format == "#,##0.00"
    assert first[head["阅读"] - 1].value == 144_030
    apart = next(row for row in wechat.iter_rows() if row[2].value == "延边科普")
    assert apart[head["转发"] - 1].value == "—"
    assert first[head["较上周"] - 1].value == "↑1"


def test_the_head_row_stays_in_view_and_repeats_in_print(book: openpyxl.Workbook) -> None:
    for name in book.sheetnames[1:]:
        page = book[name]
        assert page.freeze_panes in {"A3", "A4"}, name
        if name in {"稿件榜", "原始读数"}:
            assert page.print_title_rows == "$3:$3"


def test_columns_are_wide_enough_for_their_numbers(book: openpyxl.Workbook) -> None:
    for name in book.sheetnames[1:-1]:
        for row in book[name].iter_rows():
            for cell in row:
                if isinstance(cell.value, int | float):
                    width = book[name].column_dimensions[cell.column_letter].width
                    assert len(f"{cell.value:,.2f}") <= width + 3, (name, cell.coordinate)


def test_a_title_that_looks_like_a_formula_stays_text() -> None:
    snapshot = sample.snapshot("public_count", reads=5, looks=0, likes=0, shares=0)
    evil = sample.post(1, 1, '=HYPERLINK("http://x","y")', 17, snapshot, headline=True)
    account = sample.sample_inputs().accounts[0].model_copy(update={"posts": (evil,)})
    report = build_report(sample.WEEK, ReportInputs(accounts=(account,)), sample.FORMULAS, frozen_at=sample.FROZEN_AT)
    cells = openpyxl.load_workbook(io.BytesIO(workbook(report)))["稿件榜"]
    titled = [cell for row in cells.iter_rows() for cell in row if cell.value == evil.title]
    assert [cell.data_type for cell in titled] == ["s"]


def test_the_page_escapes_what_it_shows_and_closes_what_it_opens(report: Report) -> None:
    post = sample.post(1, 1, "<script>alert(1)</script>", 17, None, headline=True)
    account = sample.sample_inputs().accounts[0].model_copy(update={"posts": (post,)})
    html = page(
        build_report(sample.WEEK, ReportInputs(accounts=(account,)), sample.FORMULAS, frozen_at=sample.FROZEN_AT)
    )
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    checker = _Nesting()
    checker.feed(page(report))
    assert checker.open == []


def test_the_page_shows_every_table_of_the_workbook(report: Report) -> None:
    html = page(report)
    for sheet in sheets(report):
        for block in sheet.blocks:
            assert f"<h2>{block.heading}</h2>" in html


def test_a_revision_shows_its_changes(report: Report) -> None:
    fewer = report.inputs.model_copy(update={"accounts": report.inputs.accounts[1:]})
    second = build_report(
        sample.WEEK, fewer, sample.FORMULAS, frozen_at=sample.FROZEN_AT + timedelta(days=1), previous=report
    )
    cells = openpyxl.load_workbook(io.BytesIO(workbook(second)))["修订说明"]
    assert cells["A2"].value == f"与第 1 次修订相比，共 {len(second.changes)} 处变化。"
    assert cells.max_row == 3 + len(second.changes)


def test_formulas_are_written_out_as_people_write_them() -> None:
    formula = sample.FORMULAS.find("wci", "14.2")
    assert part_text(formula, 0) == (
        "0.7×ln(阅读÷天数 + 1) + 0.09×ln(10×在看÷天数 + 1) + 0.06×ln(10×点赞÷天数 + 1) + 0.15×ln(10×转发÷天数 + 1)"
    )


def test_movement_is_shown_only_where_there_is_a_week_to_compare_with(report: Report) -> None:
    assert [moved(report, 2, last) for last in (4, 2, 1, None)] == ["↑2", "—", "↓1", "新"]
    alone = report.model_copy(update={"inputs": ReportInputs()})
    assert moved(alone, 2, None) == ""


class _Nesting(HTMLParser):
    """Which elements are still open at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_word_file_is_sound_and_the_same_for_the_same_report(report: Report) -> None:
    content = document(report)
    assert content == document(Report.model_validate_json(report.model_dump_json()))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}
    declared = {part.get("PartName") for part in parts["[Content_Types].xml"] if part.get("PartName")}
    assert declared <= {f"/{name}" for name in parts}
    word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    tables = parts["word/document.xml"].findall(f".//{word}tbl")
    assert len(tables) == sum(bool(block.rows) for sheet in sheets(report) for block in sheet.blocks)
    for table in tables:
        columns = len(table.findall(f"{word}tblGrid/{word}gridCol"))
        assert {len(row.findall(f"{word}tc")) for row in table.findall(f"{word}tr")} == {columns}


def test_the_word_file_survives_signs_that_xml_cannot_carry() -> None:
    post = sample.post(1, 1, "a\x0b<b>&\x00", 17, None, headline=True)
    account = sample.sample_inputs().accounts[0].model_copy(update={"posts": (post,)})
    built = build_report(sample.WEEK, ReportInputs(accounts=(account,)), sample.FORMULAS, frozen_at=sample.FROZEN_AT)
    with zipfile.ZipFile(io.BytesIO(document(built))) as archive:
        text = "".join(ElementTree.fromstring(archive.read("word/document.xml")).itertext())
    assert "a<b>&" in text
    workbook(built)
