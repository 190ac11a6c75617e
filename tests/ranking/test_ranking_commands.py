"""`kepu index` and `kepu rank`, run in this process."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from cli.index import index
from cli.measure import measure
from cli.opening import CommandFailed
from cli.rank import rank

app = typer.Typer()
for command in (index, rank, measure):
    app.command()(command)


def run(home: Path, *words: str, given: str = "") -> Result:
    return CliRunner().invoke(app, list(words), input=given, obj=home)


def said(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(home: Path, *words: str, given: str = "") -> str:
    result = run(home, *words, given=given)
    assert isinstance(result.exception, CommandFailed), result.output
    return str(result.exception)


EXAMPLE = json.dumps({"id": "a", "R": 10000, "R_over_n": 100, "Rmax": 300, "Z": 4000, "Z_over_n": 40, "Zmax": 60})


def test_an_index_comes_with_its_parts_its_formula_and_the_id_it_was_asked_under(tmp_path: Path) -> None:
    result = said(run(tmp_path, "index", "wci", "--version", "V2.0", "--json", given=EXAMPLE))
    assert result["id"] == "a"
    assert result["value"] == pytest.approx(411.487508, abs=1e-6)
    assert result["parts"] == pytest.approx({"R": 6.617047, "Z": 5.605458}, abs=1e-6)
    assert result["formula"]["source"] == "http://www.gulangu.com/a/344.html"
    assert (result["complete"], result["missing"]) == (True, [])


def test_figures_may_stand_in_a_file_as_a_list_or_one_a_line(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    file.write_text(f"[{EXAMPLE}, {{}}, 7]", encoding="utf-8-sig")
    values = said(run(tmp_path, "index", "wci", str(file), "--version", "2.0", "--json"))
    assert [row.get("value") for row in values] == [pytest.approx(411.487508, abs=1e-6), None, None]
    assert "JSON 对象" in values[2]["error"]
    lines = run(
        tmp_path, "index", "wci", "--version", "2.0", "--jsonl", given=f"{EXAMPLE}\nnot json\n{EXAMPLE}\n"
    ).stdout
    found = [json.loads(line) for line in lines.splitlines()]
    assert [bool(row.get("error")) for row in found] == [False, True, False]


def test_without_json_a_person_reads_the_number(tmp_path: Path) -> None:
    result = run(tmp_path, "index", "wci", "--version", "2.0", given=EXAMPLE)
    assert result.stdout == "411.487508\n"
    assert "阅读指数" in result.stderr


def test_the_formula_can_be_asked_for(tmp_path: Path) -> None:
    text = run(tmp_path, "index", "wci", "--version", "14.2", "--describe").stdout
    assert "0.7×ln(阅读÷天数 + 1)" in text
    assert "单篇阅读超过 100,000 按 100,001 计" in text
    assert "headline_reads（头条阅读）" in text


def test_mistakes_are_one_sentence_and_no_traceback(tmp_path: Path) -> None:
    assert "现有：wci、bci、dci" in refused(tmp_path, "index", "tgi", given="{}")
    assert "没有版本" in refused(tmp_path, "index", "wci", "--version", "99", given="{}")
    assert "JSON" in refused(tmp_path, "index", "wci", given="{")
    assert "不能是负数" in refused(tmp_path, "index", "wci", given='{"reads": -1}')
    assert "读不了文件" in refused(tmp_path, "index", "wci", str(tmp_path / "absent.json"))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400"])
def test_what_is_no_number_in_json_is_neither_read_nor_written(tmp_path: Path, number: str) -> None:
    given = EXAMPLE.replace('"a"', number)
    assert "JSON" in refused(tmp_path, "index", "wci", "--json", given=given)
    lines = run(tmp_path, "index", "wci", "--version", "2.0", "--jsonl", given=f"{given}\n{EXAMPLE}\n").stdout
    first, second = (json.loads(line, parse_constant=pytest.fail) for line in lines.splitlines())
    assert (first["id"], bool(first["error"])) == (None, True)
    assert second["id"] == "a"


def test_the_homes_own_formulas_come_before_those_that_ship(tmp_path: Path) -> None:
    (tmp_path / "indices.toml").write_text(
        """
        [[formula]]
        id = "kci"
        version = "1"
        name = "自定指数"
        publisher = "本单位"
        source = "内部文件"
        certainty = "solid"
        scale = 10
        power = 1
        parts = [{ key = "A", name = "播放", weight = 1, terms = [{ figure = "reads", weight = 1 }] }]
        """,
        encoding="utf-8",
    )
    assert said(run(tmp_path, "index", "kci", "--json", given='{"reads": 0}'))["value"] == 0


@pytest.mark.parametrize("words", [("index", "wci"), ("rank", "--week", "2026-W20")])
def test_formulas_of_the_home_that_are_none_are_named_with_their_file(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "indices.toml").write_text("x = 1")
    said = refused(tmp_path, *words, given="{}")
    assert str(tmp_path / "indices.toml") in said
    assert "没有“x”这一项" in said


def test_a_week_is_ranked_written_to_files_and_checked(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "周榜.xlsx"
    assert "已写入" in run(home, "rank", "--week", "2026-W20", "-o", str(file)).stderr
    assert openpyxl.load_workbook(file).sheetnames[0] == "总览"
    report = said(run(home, "rank", "--week", "2026-W20", "--format", "json"))
    assert (report["week"], report["revision"]) == ("2026-W20", 1)
    assert "<h1>" in run(home, "rank", "--week", "2026-W20", "--format", "html").stdout
    word = run(home, "rank", "--week", "2026-W20", "--format", "docx").stdout_bytes
    assert io.BytesIO(word).read(2) == b"PK"
    assert "逐字节相同" in run(home, "rank", "--week", "2026-W20", "--revision", "1", "--check").stderr


def test_what_cannot_be_ranked_or_measured_is_one_sentence(tmp_path: Path) -> None:
    assert "没有第 60 周" in refused(tmp_path, "rank", "--week", "2026-W60")
    assert "还没有开始" in refused(tmp_path, "rank", "--week", "2099-W01")
    assert "没有第 3 次定稿" in refused(tmp_path, "rank", "--week", "2026-W20", "--revision", "3")
    assert "没有第 0 次定稿" in refused(tmp_path, "rank", "--week", "2026-W20", "--revision", "0")
    assert "次定稿" in refused(tmp_path, "rank", "--week", "2026-W20", "--revision", "9" * 30)
    assert "看不出形式" in refused(tmp_path, "rank", "--week", "2026-W20", "-o", str(tmp_path / "x.txt"))
    assert "写不了文件" in refused(tmp_path, "rank", "--week", "2026-W20", "-o", str(tmp_path / "no" / "x.xlsx"))
    assert "不是日期" in refused(tmp_path, "measure", "--date", "昨天")
    assert "还没有到" in refused(tmp_path, "measure", "--date", "2099-01-01")
    assert "太早" in refused(tmp_path, "measure", "--date", "0001-01-01")


def test_measuring_a_newsroom_without_accounts_is_no_failure(tmp_path: Path) -> None:
    counts = said(run(tmp_path, "measure", "--date", "2026-05-01", "--json"))
    assert counts == {"day": "2026-05-01", "accounts": 0, "posts": 0, "readings": 0, "unread": 0, "failed": []}
