"""`kepu index`: a communication index from figures, with all its parts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.opening import CommandFailed, print_json, say, settings
from cli.streams import BadRecord, Record, read_json, run
from config.files import read_toml
from ranking.figures import FiguresError, figure_name, needed, read_figures
from ranking.formula_words import formula_text, limits_text, part_text
from ranking.formulas import Formula, FormulaError, Formulas, read_formulas
from ranking.index import IndexValue, evaluate


def index(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="指数：wci、bci、dci")],
    file: Annotated[str, typer.Argument(help="数据文件（JSON），“-”表示标准输入")] = "-",
    version: Annotated[str | None, typer.Option(help="公式版本，如 14.2；不写用第一个")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="只输出 JSON")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="逐行读入 JSON，逐行输出")] = False,
    describe: Annotated[bool, typer.Option("--describe", help="不计算，只说明公式和所需数据")] = False,
) -> None:
    """由一段时间的数据计算传播指数，给出各分项。

    数据的写法：{"days": 7, "articles": 14, "reads": 42000, "headline_reads": 28000, "max_reads": 9000, …}，
    也可用公式原文的字母（R、Rt、Rmax、n、d …），或在 articles 里逐篇列出。不知道的数据不要写成 0，留空即可。
    """
    try:
        formula = formulas(settings(ctx).data_file("indices.toml")).find(name, version)
    except FormulaError as error:
        raise CommandFailed(str(error)) from error
    if describe:
        _describe(formula, as_json)
    elif jsonl:
        lines = sys.stdin.buffer if file == "-" else _read(file).splitlines()
        run(lambda record: _computed(record, formula), lines, sys.stdout.buffer)
    else:
        _whole(_read(file), formula, as_json)


def formulas(path: Path) -> Formulas:
    """Raises ConfigError for an unreadable file, CommandFailed for a formula in it that is not sound."""
    try:
        return read_formulas(read_toml(path))
    except FormulaError as error:
        raise CommandFailed(f"{path}：{error}") from error


def shown(value: IndexValue, formula: Formula) -> dict[str, Any]:
    """An index as JSON. `value` is a lower bound where `complete` is false, null where nothing is known."""
    return {
        "index": formula.id,
        "version": formula.version,
        "value": value.value,
        "complete": value.complete,
        "missing": list(value.missing),
        "inner": value.inner,
        "parts": {part.key: part.value for part in value.parts},
        "formula": {
            "name": formula.name,
            "source": formula.source,
            "weights": {part.key: part.weight for part in formula.parts},
            "scale": formula.scale,
            "power": formula.power,
        },
    }


def _read(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise CommandFailed(f"读不了文件 {file}，请检查路径和权限。") from error


def _whole(content: bytes, formula: Formula, as_json: bool) -> None:
    """One object gives one, a list gives a list."""
    try:
        data = read_json(content)
    except (ValueError, RecursionError) as error:
        raise CommandFailed("输入不是 UTF-8 编码的 JSON；逐行的 JSON 请加 --jsonl。") from error
    if isinstance(data, list):
        print_json([_or_error(record, formula) for record in data])
        return
    try:
        result = _computed(data, formula)
    except BadRecord as error:
        raise CommandFailed(str(error)) from error
    if as_json:
        print_json(result)
    else:
        _print_table(result, formula)


def _or_error(record: Any, formula: Formula) -> Record:
    try:
        return _computed(record, formula)
    except BadRecord as error:
        return {"id": record.get("id") if isinstance(record, dict) else None, "error": str(error)}


def _computed(record: Any, formula: Formula) -> Record:
    if not isinstance(record, dict):
        raise BadRecord('数据应是一个 JSON 对象，如 {"days": 7, "articles": 14, "reads": 42000}。')
    try:
        result = shown(evaluate(formula, read_figures(record, formula)), formula)
    except FiguresError as error:
        raise BadRecord(str(error)) from error
    return {"id": record["id"]} | result if "id" in record else result


def _print_table(result: Record, formula: Formula) -> None:
    value = result["value"]
    say(formula.name)
    for part in formula.parts:
        say(f"  {part.name}（{part.weight:.0%}）{result['parts'][part.key]:.6f}")
    if result["missing"]:
        say(f"  缺少：{'、'.join(result['missing'])}。下面是下限，不能与数据齐全的比较。")
    sys.stdout.write("数据不足，算不出。\n" if value is None else f"{value:.6f}\n")


def _describe(formula: Formula, as_json: bool) -> None:
    names = {name: figure_name(name) for name in needed(formula)}
    if as_json:
        print_json({**formula.model_dump(mode="json"), "figures": names})
        return
    lines = [formula.name, f"  = {formula_text(formula)}"]
    lines += [f"  {part.name} = {part_text(formula, number)}" for number, part in enumerate(formula.parts)]
    lines += [
        f"  数据：{limits_text(formula) or '照原数计'}",
        f"  出处：{formula.source}",
        "  所需数据：" + "、".join(f"{key}（{name}）" for key, name in names.items()),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
