"""`kepu bench`: quality and speed, each figure beside a peer's from the same run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.figures import BENCHMARKS, Figure, PeerMissing, Setting, benchmark
from benchmarks.figures import Table as Counts
from cli.opening import CommandFailed, print_json, say

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
"""Beside the clone; it holds texts of others and is no part of the project."""
_WIDE = 160
"""Columns of a table that goes to no terminal."""


def bench(
    name: Annotated[str, typer.Argument(help=f"只跑其中一项：{'、'.join(BENCHMARKS)}；不写则全部")] = "",
    data: Annotated[Path, typer.Option(help="真实网页与文本所在的文件夹")] = DATA,
    seed: Annotated[int, typer.Option(help="随机数种子")] = 1,
    one_by_one: Annotated[bool, typer.Option("--each", help="表格逐个列出（例如每个来源一行），不按集合合计")] = False,
    runs: Annotated[int | None, typer.Option(help="跑多少次，用于 publish 与 downtime")] = None,
    first: Annotated[int, typer.Option(help="从第几次跑起，用来重现某一次")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="只输出 JSON")] = False,
) -> None:
    """测质量与速度：每个数字旁边是同一次运行中别家工具的数字。要先用 make peers 安装它们。"""
    if name and name not in BENCHMARKS:
        raise CommandFailed(f"没有名为 {name} 的测试，可选：{'、'.join(BENCHMARKS)}。")
    setting = Setting(data=data, seed=seed, each=one_by_one, runs=runs, first=first)
    passed_over = 0
    for each in [name] if name else BENCHMARKS:
        try:
            _print(each, benchmark(each)(setting), as_json)
        except PeerMissing as missing:
            passed_over += 1
            say(f"{each}：没有测。{missing}")
    if passed_over == len([name] if name else BENCHMARKS):
        raise typer.Exit(1)


def _print(name: str, told: Iterator[Figure | Counts], as_json: bool) -> None:
    if as_json:
        for each in told:
            print_json({"bench": name} | asdict(each))
        return
    others: list[Table] = []
    table = Table("指标", "kepu", "对比", "比值", "目标", "达到", title=name)
    with Console(stderr=True).status(f"正在测 {name}"):
        for each in told:
            if isinstance(each, Counts):
                others.append(_counted(each))
            else:
                table.add_row(*_cells(each))
    here = Console()
    # in a pipe or a file nobody's window is narrow
    out = here if here.is_terminal else Console(width=_WIDE)
    for shown in (*others, table):
        out.print(shown)


def _counted(counts: Counts) -> Table:
    table = Table(*counts.columns, title=counts.title)
    for row in counts.rows:
        table.add_row(*(f"{cell:,}" if isinstance(cell, int) else cell for cell in row))
    return table


def _cells(figure: Figure) -> tuple[str, ...]:
    peer = "" if figure.theirs is None else f"{figure.peer} {_number(figure.theirs)}"
    ratio = f"{figure.ours / figure.theirs:.2f}" if figure.theirs else ""
    reached = {True: "是", False: "否", None: ""}[figure.reached]
    return figure.what, f"{_number(figure.ours)} {figure.unit}".strip(), peer, ratio, figure.wanted, reached


def _number(value: float) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.0f}"
