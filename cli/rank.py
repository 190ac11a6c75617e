"""`kepu rank`: freeze the ranking of a week, and hand it over as JSON, a page, a workbook or a Word file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.opening import CommandFailed, newsroom, say, settings
from config.settings import Settings
from flows.opening import ranking_rules
from ranking.cells import made_line, summary, week_title
from ranking.document import document
from ranking.formulas import FormulaError
from ranking.page import page
from ranking.report import Report, canonical, report_hash
from ranking.weeks import BEIJING, WeekError, week_of
from ranking.workbook import workbook
from steps import rank as step
from steps.errors import Refused
from steps.newsroom import Newsroom


class Format(StrEnum):
    JSON = "json"
    HTML = "html"
    XLSX = "xlsx"
    DOCX = "docx"


_MOST_REVISIONS = 10**9
WRITERS: dict[Format, Callable[[Report], bytes]] = {
    Format.JSON: lambda report: canonical(report).encode() + b"\n",
    Format.HTML: lambda report: page(report).encode(),
    Format.XLSX: workbook,
    Format.DOCX: document,
}


def rank(
    ctx: typer.Context,
    week: Annotated[str | None, typer.Option(help="哪一周，如 2026-W47；不写为上周")] = None,
    form: Annotated[Format | None, typer.Option("--format", help="输出的形式；不写只显示名次")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="写到这个文件；不写则输出到标准输出")] = None,
    revision: Annotated[int | None, typer.Option(help="取出以前的第几次定稿，不重新制榜")] = None,
    check: Annotated[bool, typer.Option("--check", help="由保存的读数重算，核对是否逐字节相同")] = False,
) -> None:
    """制一周的榜单并定稿；数据有变化时另出一次修订，列出改了什么。"""
    if revision is not None and not 0 < revision <= _MOST_REVISIONS:
        raise CommandFailed(f"没有第 {revision} 次定稿，请核对次数。")
    room = newsroom(ctx)
    name = week or week_of(room.now().astimezone(BEIJING).date() - timedelta(days=7))
    try:
        if revision is None:
            step.rank_week(room, name, room.now(), _rules(settings(ctx)))
        report = step.read_report(room.store, name, revision)
        if check:
            _check(room, report)
    except (WeekError, Refused) as error:
        raise CommandFailed(str(error)) from error
    if form is None and output is not None:
        form = _form_of(output)
    if form is None:
        _print(report)
    else:
        _write(WRITERS[form](report), form, output)


def _rules(chosen: Settings) -> step.RankingRules:
    try:
        return ranking_rules(chosen)
    except FormulaError as error:
        files = "、".join(str(chosen.data_file(name)) for name in ("indices.toml", "ranking.toml"))
        raise CommandFailed(f"制榜的设置（{files}）有误：{error}") from error


def _check(room: Newsroom, report: Report) -> None:
    again = step.recompute(room.store, report.week, report.revision)
    if report_hash(again) != report_hash(report):
        raise CommandFailed(f"{report.week} 第 {report.revision} 次定稿重算后不一致，请保留数据库并通知维护人员。")
    say(f"{report.week} 第 {report.revision} 次定稿由保存的读数重算，逐字节相同：{report_hash(report)}")


def _form_of(output: Path) -> Format:
    try:
        return Format(output.suffix.lower().removeprefix("."))
    except ValueError as error:
        raise CommandFailed(f"从文件名 {output.name} 看不出形式，请加 --format。") from error


def _write(content: bytes, form: Format, output: Path | None) -> None:
    if output is None:
        if form in {Format.XLSX, Format.DOCX} and sys.stdout.isatty():
            raise CommandFailed(f"{form} 不是文字，请用 -o 写到文件。")
        sys.stdout.buffer.write(content)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise CommandFailed(f"写不了文件 {output}（{error.strerror}），请换一个位置或检查权限。") from error
    say(f"已写入 {output}")


def _print(report: Report) -> None:
    lines = [f"{report.head.title} {week_title(report)}", made_line(report), summary(report)]
    for table in report.platforms:
        lines.append(f"{table.name}（{table.measure}）")
        for row in table.rows:
            value = "—" if row.value is None else f"{row.value:,.2f}" if table.formula else f"{row.value:,.0f}"
            lines.append(f"  {row.place or '—'}  {row.name}  {value}")
        lines += [f"  另列  {row.name}  缺少：{'、'.join(row.stated.missing)}" for row in table.apart]
    if report.changes:
        lines.append(f"与上一次定稿相比有 {len(report.changes)} 处变化。")
    sys.stdout.write("\n".join(lines) + "\n")
