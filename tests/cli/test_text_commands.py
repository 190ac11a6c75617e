"""The commands that turn JSON lines into JSON lines: `kepu extract` and `kepu dedupe`."""

from __future__ import annotations

import base64
import io
import json
import math
import os
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperCommand

from cli.dedupe import Deduper
from cli.extract import extract, one
from cli.opening import CommandFailed, print_json
from cli.streams import BadRecord, Record, lines_at_hand, run, run_together

TEXT = "长白山天池火山监测站今天公布了观测结果：地震活动处于背景水平，山体形变也在正常范围内，专家说不必担心。"
PAGE = (
    "<html><head><meta charset='gbk'><title>天池火山活跃吗_示例网</title></head><body><h1>天池火山活跃吗</h1>"
    f"<p>2026-11-20 来源：吉林日报</p><div><p>{TEXT}</p><img src='/a.jpg'></div></body></html>"
)


def lines(transform: Any, *records: object) -> list[dict[str, Any]]:
    sink = io.BytesIO()
    run(
        transform,
        [json.dumps(record).encode() if not isinstance(record, bytes) else record for record in records],
        sink,
    )
    return [json.loads(line) for line in sink.getvalue().splitlines()]


def test_extract_reads_html_and_raw_bytes_of_unknown_charset() -> None:
    raw = base64.b64encode(PAGE.encode("gb18030")).decode()
    first, second = lines(
        one,
        {"id": 1, "url": "http://a.example/1", "html": PAGE},
        {"id": "b", "url": "http://a.example/1", "html_b64": raw},
    )
    assert first == {
        "id": 1,
        "title": "天池火山活跃吗",
        "author": "",
        "published_at": "2026-11-20",
        "source_name": "吉林日报",
        "text": TEXT,
        "html": f'<div><p>{TEXT}</p><img src="http://a.example/a.jpg"></div>',
        "images": ["http://a.example/a.jpg"],
        "attachments": [],
        "error": None,
    }
    assert second == first | {"id": "b"}


def test_a_bad_line_is_an_error_of_that_line_alone() -> None:
    results = lines(one, {"id": 1}, b"{", {"id": 3, "html_b64": "!!"}, {"id": 4, "html": f"<p>{TEXT}</p>"})
    assert [bool(result["error"]) for result in results] == [True, True, True, False]
    assert results[0]["id"] == 1
    assert results[3]["text"] == TEXT


def test_a_file_that_is_no_page_is_an_error_of_its_line() -> None:
    pdf = base64.b64encode(b"%PDF-1.7\n1 0 obj").decode()
    bad, good = lines(one, {"id": 1, "html_b64": pdf}, {"id": 2, "html": PAGE})
    assert bad == {"id": 1, "error": "这不是网页（PDF 文件），请提供网页的 HTML。"}
    assert good["text"] == TEXT


def test_a_single_file_that_is_no_page_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    with pytest.raises(typer.Exit) as ended:
        extract(typer.Context(TyperCommand("extract"), obj=tmp_path), str(file))
    assert ended.value.exit_code == 1
    assert json.loads(capsys.readouterr().out) == {"id": None, "error": "这不是网页（图片），请提供网页的 HTML。"}


def test_dedupe_names_the_cluster_by_its_first_piece() -> None:
    results = lines(
        Deduper().one,
        {"id": "a", "title": "天池火山活跃吗", "text": TEXT * 2},
        {
            "id": "b",
            "title": "另一件事",
            "text": "蜱虫多在四月到七月活动，林区作业要扎紧裤脚和袖口，回家后检查全身，发现叮咬及时处理。",
        },
        {"id": "c", "title": "权威回应", "text": "编者按：" + TEXT * 2},
        {"id": "d"},
    )
    assert [result.get("cluster") for result in results] == ["a", "b", "a", None]
    assert results[2]["duplicate_of"] == "a"
    assert results[2]["similarity"] > 0.9
    assert results[1].pop("similarity") < 0.05
    assert results[1] == {"id": "b", "cluster": "b", "duplicate_of": None, "event_of": None}
    assert "title" in results[3]["error"]


def test_dedupe_puts_a_report_in_other_words_into_the_cluster_and_says_that_it_is_no_reprint() -> None:
    results = lines(
        Deduper().one,
        {
            "id": "a",
            "title": "松花湖游船起火无人伤亡",
            "text": "11月20日下午，吉林市松花湖一艘观光游船机舱起火，船上32名游客全部转移上岸。消防部门称起火原因是电线老化。",
        },
        {"id": "b", "title": "天池火山活跃吗", "text": TEXT},
        {
            "id": "c",
            "title": "观光船机舱冒烟，32名游客获救",
            "text": "记者从吉林市消防部门获悉，20日在松花湖上行驶的一艘观光游船突然起火，32名游客被转移到岸上，没有人受伤。",
        },
    )
    assert [result["cluster"] for result in results] == ["a", "b", "a"]
    assert (results[2]["duplicate_of"], results[2]["event_of"]) == (None, "a")
    assert results[2]["similarity"] > 0.55


def test_a_defect_costs_one_line_and_is_told_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def broken(record: dict[str, Any]) -> dict[str, Any]:
        return {"id": record["id"], "half": 1 / record["n"]}

    results = lines(broken, {"id": 1, "n": 0}, {"id": 2, "n": 2})
    assert "程序出错" in results[0]["error"]
    assert results == [{"id": 1, "error": results[0]["error"]}, {"id": 2, "half": 0.5}]
    assert "ZeroDivisionError" in caplog.text


def test_json_is_utf8_in_a_terminal_of_another_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="gbk")
    monkeypatch.setattr(sys, "stdout", terminal)
    terminal.write("先\n")
    print_json({"title": "天池🌋"})
    written = terminal.buffer
    assert isinstance(written, io.BytesIO)
    assert written.getvalue() == "先\n".encode("gbk") + '{"title": "天池🌋"}\n'.encode()


def test_a_result_that_is_no_json_is_an_error_of_its_line_and_of_a_command() -> None:
    results = lines(lambda record: {"id": record["id"], "value": math.inf if record["id"] else 1}, {"id": 1}, {"id": 0})
    assert "写不成 JSON" in results[0]["error"]
    assert results[1] == {"id": 0, "value": 1}
    with pytest.raises(CommandFailed, match="写不成 JSON"):
        print_json([math.nan])


def test_lines_that_are_there_are_read_together_and_a_single_one_at_once() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as source:
        batches = lines_at_hand(source)
        os.write(writing, b"one\n")
        assert next(batches) == [b"one"]
        os.write(writing, b"two\nthree\nfo")
        assert next(batches) == [b"two", b"three"]
        os.write(writing, b"ur\n\nfive")
        assert next(batches) == [b"four", b""]
        os.close(writing)
        assert next(batches) == [b"five"]
        assert next(batches, None) is None


def test_a_bad_line_among_many_costs_only_its_own_answer() -> None:
    def doubled(records: list[Record]) -> list[Record]:
        if any("n" not in record for record in records):
            raise BadRecord("没有 n")
        return [{"id": record["id"], "n": 2 * record["n"]} for record in records]

    sink = io.BytesIO()
    run_together(
        doubled, [[b'{"id": 1, "n": 2}', b"[", b"", b'{"id": 3}', b'{"id": 4, "n": 1}'], [b'{"id": 5, "n": 3}']], sink
    )
    first, broken, bad, *rest = map(json.loads, sink.getvalue().splitlines())
    assert first == {"id": 1, "n": 4}
    assert broken["id"] is None
    assert bad == {"id": 3, "error": "没有 n"}
    assert rest == [{"id": 4, "n": 2}, {"id": 5, "n": 6}]
