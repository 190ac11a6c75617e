"""Word files from a drop folder: what is taken from them, what is refused, what becomes of a file that changes."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from PIL import Image

from connectors.base import Cursor, Parsed
from connectors.errors import NeedsPerson
from connectors.http import HttpClient
from connectors.sources.word import Word, WordSettings
from connectors.sources.word_file import WordError, read_word

AT = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
LONG_AGO = AT.timestamp() - 3600


def saved(document: object) -> bytes:
    file = io.BytesIO()
    document.save(file)  # type: ignore[attr-defined]  # what Document() returns has no public type
    return file.getvalue()


def picture(colour: str = "red") -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(file, "PNG")
    file.seek(0)
    return file


def piece(title: str = "冬季用电怎样才安全", text: str = "入冬以来，取暖设备多了起来。") -> bytes:
    document = Document()
    document.core_properties.title = "不可信的属性"
    line = document.add_paragraph(title)
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph(f"　　{text}")
    return saved(document)


def put(folder: Path, name: str, content: bytes, changed: float = LONG_AGO) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    os.utime(file, (changed, changed))
    return file


def visit(folder: Path, cursor: Cursor | None = None, **settings: object) -> tuple[Parsed, Cursor]:
    checked = WordSettings.model_validate({"url": folder.as_uri()} | settings)
    source = Word(checked, HttpClient(now=lambda: AT))
    page = source.fetch(cursor)
    return source.parse(page), page.cursor


def rewritten(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The same .docx with its parts changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return file.getvalue()


def test_a_piece_gives_title_by_lines_body_captions_and_pictures() -> None:
    document = Document()
    title = document.add_paragraph()
    title.add_run("冬季用电怎样才安全").bold = True
    for line in ("作者：李明　来源：桦甸市科协", "2026年11月20日"):
        document.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph("　　入冬以来，取暖设备多了起来。")
    document.add_heading("一、线路", 2)
    document.add_paragraph("不要私拉电线", style="List Bullet")
    document.add_picture(picture())
    document.add_paragraph("图1：老化的插座").alignment = WD_ALIGN_PARAGRAPH.CENTER
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "电暖器", "2000瓦"

    found = read_word(saved(document), "稿件1")

    assert (found.title, found.author, found.source_name) == ("冬季用电怎样才安全", "李明", "桦甸市科协")
    assert found.published_at == datetime(2026, 11, 19, 16, 0, tzinfo=UTC)
    assert found.text.startswith("入冬以来")
    for part in ("<h2>一、线路</h2>", "<li>不要私拉电线</li>", "<figcaption>图1：老化的插座</figcaption>", "<td>"):
        assert part in found.html
    [kept] = found.pictures
    assert kept.content == picture().getvalue()
    assert (kept.caption, f'<img src="{kept.url}"' in found.html) == ("图1：老化的插座", True)


@pytest.mark.parametrize(
    ("first", "name", "title"),
    [
        ("　　正文第一段就是这样开始的。", "附件1：春耕怎样选种", "春耕怎样选种"),
        ("　　正文第一段就是这样开始的。", "03.冬季取暖（终稿）", "冬季取暖"),
        ("　　正文第一段就是这样开始的。", "2026年春耕要点", "2026年春耕要点"),
    ],
)
def test_without_a_line_that_stands_out_the_file_name_is_the_title(first: str, name: str, title: str) -> None:
    document = Document()
    document.core_properties.title = "模板"
    document.add_paragraph(first)
    assert read_word(saved(document), name).title == title


def test_lines_broken_within_one_paragraph_are_paragraphs_of_their_own() -> None:
    document = Document()
    run = document.add_paragraph().add_run("　　第一段话在这里。")
    run.add_break()
    run.add_text("　　第二段话在这里。")
    found = read_word(saved(document), "两段")
    assert found.text == "第一段话在这里。\n第二段话在这里。"
    assert found.html.count("<p>") == 2


def test_signature_and_date_at_the_end_are_read_and_not_left_in_the_body() -> None:
    document = Document()
    document.add_heading("冰上安全", 1)
    for number in range(6):
        document.add_paragraph(f"第{number}段说的是冰面的厚度和人的重量。")
    document.add_paragraph("（供稿单位：查干湖渔场）")
    document.add_paragraph("二〇二六年十一月二十日")
    found = read_word(saved(document), "x")
    assert found.source_name == "查干湖渔场"
    assert found.published_at == datetime(2026, 11, 19, 16, 0, tzinfo=UTC)
    assert found.text.endswith("第5段说的是冰面的厚度和人的重量。")


def test_links_and_text_that_run_something_become_harmless() -> None:
    content = rewritten(
        piece(text="点我MARK"),
        lambda name, old: (
            old.replace(b"MARK", b"&lt;script&gt;alert(1)&lt;/script&gt;") if name == "word/document.xml" else old
        ),
    )
    assert "<script" not in read_word(content, "x").html


# ---------------------------------------------------------------- the folder


def test_the_folder_of_a_county_is_its_name_and_the_same_file_is_taken_once(tmp_path: Path) -> None:
    put(tmp_path, "桦甸市/冬季用电.docx", piece())
    put(tmp_path, "说明.docx", piece("投稿须知"))
    parsed, cursor = visit(tmp_path)
    assert [(item.external_id, item.source_name) for item in parsed.items] == [
        ("说明.docx", ""),
        ("桦甸市/冬季用电.docx", "桦甸市"),
    ]
    again, _ = visit(tmp_path, cursor)
    assert again == Parsed()


def test_a_file_that_changed_is_read_again_under_the_same_name(tmp_path: Path) -> None:
    put(tmp_path, "a.docx", piece(text="旧的一段话。"))
    _, cursor = visit(tmp_path)
    put(tmp_path, "a.docx", piece(text="改过的一段话。"), LONG_AGO + 60)
    [item] = visit(tmp_path, cursor)[0].items
    assert (item.external_id, item.text) == ("a.docx", "改过的一段话。")


def test_lock_files_hidden_files_and_files_being_written_are_left_alone(tmp_path: Path) -> None:
    put(tmp_path, "~$a.docx", b"lock")
    put(tmp_path, ".a.docx", piece())
    put(tmp_path, "readme.txt", b"x")
    put(tmp_path, "b.docx", piece(), AT.timestamp() - 1)
    parsed, cursor = visit(tmp_path)
    assert (parsed, cursor) == (Parsed(), {"files": {}})
    put(tmp_path, "b.docx", piece())
    assert len(visit(tmp_path, cursor)[0].items) == 1


def test_what_is_left_of_many_files_comes_in_the_next_round(tmp_path: Path) -> None:
    for number in range(3):
        put(tmp_path, f"{number}.docx", piece(f"第{number}篇稿件的题目"))
    first, cursor = visit(tmp_path, max_files=2)
    second, _ = visit(tmp_path, cursor, max_files=2)
    assert [len(first.items), len(second.items)] == [2, 1]


def test_files_that_nobody_can_read_do_not_keep_the_others_from_their_turn(tmp_path: Path) -> None:
    for number in range(5):
        put(tmp_path, f"a{number}.doc", b"\xd0\xcf\x11\xe0")
    put(tmp_path, "好.docx", piece())
    parsed, _ = visit(tmp_path, max_files=2)
    assert [len(parsed.items), len(parsed.bad)] == [1, 2]


def test_old_encrypted_broken_and_large_files_are_named_until_they_are_put_right(tmp_path: Path) -> None:
    put(tmp_path, "旧.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    put(tmp_path, "加密.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    put(tmp_path, "断.docx", b"<html>")
    put(tmp_path, "大.docx", b"PK\x03\x04" + b"\0" * (1 << 20))
    put(tmp_path, "好.docx", piece())
    _, cursor = visit(tmp_path, max_megabytes=1)
    parsed, _ = visit(tmp_path, cursor, max_megabytes=1)
    reasons = {bad.where: bad.reason for bad in parsed.bad}
    assert set(reasons) == {"旧.doc", "加密.docx", "断.docx", "大.docx"}
    assert "另存为" in reasons["旧.doc"]
    assert "密码" in reasons["加密.docx"]
    assert "不是完整的 .docx" in reasons["断.docx"]
    assert "超过 1 MB" in reasons["大.docx"]


def test_links_out_of_the_folder_and_what_is_no_file_are_not_opened(tmp_path: Path) -> None:
    outside = put(tmp_path, "outside/secret.docx", piece())
    inside = tmp_path / "drop"
    inside.mkdir()
    (inside / "link.docx").symlink_to(outside)
    (inside / "folder").symlink_to(outside.parent, target_is_directory=True)
    os.mkfifo(inside / "pipe.docx")
    os.utime(inside / "pipe.docx", (LONG_AGO, LONG_AGO))
    parsed, _ = visit(inside)
    assert parsed.items == ()
    assert {bad.where for bad in parsed.bad} == {"link.docx", "pipe.docx"}


@pytest.mark.parametrize("url", ["file:///there/is/no/such/folder", "https://example.org/x", "drop"])
def test_a_folder_that_is_not_there_is_said_in_one_sentence(url: str) -> None:
    with pytest.raises(NeedsPerson, match=r"文件夹.+。$"):
        Word(WordSettings(url=url), HttpClient(now=lambda: AT)).fetch(None)


# ---------------------------------------------------------------- files meant to harm


def test_entities_are_refused_in_whatever_charset_they_come() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><w>&b;</w>'
    for encoded in (bomb.encode(), bomb.encode("utf-16")):
        hostile = rewritten(piece(), lambda name, old, new=encoded: new if name == "word/document.xml" else old)
        with pytest.raises(WordError, match="实体"):
            read_word(hostile, "x")


def test_an_archive_that_unpacks_into_too_much_is_refused_before_it_is_unpacked() -> None:
    file = io.BytesIO(piece())
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("word/media/x.png", "w") as part:
        for _ in range(160):
            part.write(b"\0" * (1 << 20))
    assert len(file.getvalue()) < 1 << 20
    with pytest.raises(WordError, match="解压后过大"):
        read_word(file.getvalue(), "x")


@pytest.mark.parametrize("inside", ["<b>" * 500 + "</b>" * 500, "<b/>" * 300_001])
def test_too_deep_and_too_many_elements_are_refused(inside: str) -> None:
    hostile = rewritten(piece(), lambda name, old: f"<w>{inside}</w>".encode() if name == "word/document.xml" else old)
    with pytest.raises(WordError, match="过于复杂"):
        read_word(hostile, "x")


@pytest.mark.parametrize("part", [slice(0, 2000), slice(0, -300), slice(0, 4)])
def test_a_file_cut_off_is_said_to_be_broken(part: slice) -> None:
    with pytest.raises(WordError, match=r"另存为 \.docx"):
        read_word(piece()[part], "x")


def test_another_office_file_under_the_name_of_a_text_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    with pytest.raises(WordError, match="不是 Word 文档"):
        read_word(file.getvalue(), "x")


def test_an_empty_document_is_no_article() -> None:
    with pytest.raises(WordError, match="没有文字和图片"):
        read_word(saved(Document()), "x")
