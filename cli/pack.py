"""`kepu pack`: the emergency packs and where they are missing."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from cli.opening import CommandFailed, newsroom, print_json, say
from config import entries
from config.files import FOLDER
from connectors.extraction.dates import BEIJING
from content_store import people
from steps.errors import Refused
from steps.filling import PHASE_NAMES
from steps.newsroom import Newsroom
from steps.packs import Coverage, PackLine, check_packs, load_packs, packs_listed

app = typer.Typer(help="应急科普包：列出、检查缺口、导入。", no_args_is_help=True, rich_markup_mode=None)
EDITORS = ("editor", "admin")


@app.command("list")
def list_(ctx: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="只输出 JSON")] = False) -> None:
    """列出全部科普包，能不能用，为什么。"""
    room = newsroom(ctx)
    lines = packs_listed(room, _today(room))
    if as_json:
        print_json([asdict(line) for line in lines])
        return
    for line in lines:
        typer.echo(f"{line.key}\t{line.name}\t{line.expires_on}\t{'可用' if line.usable else line.reason}")
    if not lines:
        say("还没有科普包，用 kepu pack load 导入。")


@app.command()
def check(ctx: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="只输出 JSON")] = False) -> None:
    """灾种 × 级别的覆盖表：哪里有可用的科普包，哪里是缺口，哪些到期或快到期。"""
    room = newsroom(ctx)
    coverage = check_packs(room, _today(room))
    if as_json:
        print_json(_as_json(coverage))
        return
    for text in _table(room, coverage):
        typer.echo(text)


@app.command()
def load(
    ctx: typer.Context,
    path: Annotated[Path | None, typer.Argument(help="科普包文件或文件夹，默认随程序附带的那些")] = None,
    by: Annotated[str, typer.Option(help="编辑的用户名；默认第一个编辑或管理员")] = "",
    reviewed_by: Annotated[
        str, typer.Option(help="已在线下完成三审时，写初审、复审、终审三人的用户名，用逗号隔开")
    ] = "",
) -> None:
    """导入科普包。没有写明三审的人时，导入后送到工作台审签，通过之前不会被使用。"""
    room = newsroom(ctx)
    templates = entries.packs(path or FOLDER / "packs")
    with room.store.reading() as session:
        editor = _editor(session, by)
        reviewers = _reviewers(session, reviewed_by)
    try:
        loaded = load_packs(room, templates, editor=editor, reviewers=reviewers, now=room.now())
    except Refused as error:
        raise CommandFailed(str(error)) from error
    say(f"新增 {len(loaded.added)} 个，修改 {len(loaded.changed)} 个，未变 {len(loaded.same)} 个。")
    if loaded.waiting:
        say(f"有 {len(loaded.waiting)} 个等待三审，通过之前不会被使用。")


def _today(room: Newsroom) -> date:
    return room.now().astimezone(BEIJING).date()


def _editor(session: Session, name: str) -> int:
    if name:
        return _person(session, name)
    for user in people.everybody(session):
        if user.active and user.id is not None and set(EDITORS) & set(user.roles):
            return user.id
    raise CommandFailed("还没有编辑账号，请先用 kepu user add 建立，再导入科普包。")


def _reviewers(session: Session, names: str) -> tuple[int, int, int] | None:
    if not names:
        return None
    given = [name for name in re.split(r"[,\uff0c\u3001\s]+", names) if name]
    if len(given) != 3:
        raise CommandFailed("请写初审、复审、终审三个人的用户名，用逗号隔开。")
    first, second, final = (_person(session, name) for name in given)
    return first, second, final


def _person(session: Session, name: str) -> int:
    user = people.by_name(session, name)
    if user is None or user.id is None:
        raise CommandFailed(f"没有用户 {name}，请检查用户名。")
    return user.id


def _as_json(coverage: Coverage) -> dict[str, object]:
    return {
        "levels": list(coverage.levels),
        "rows": [
            {
                "hazard": row.hazard,
                "name": row.hazard_name,
                "packs": {level: [line.key for line in lines] for level, lines in row.cells.items()},
                "holes": list(row.holes),
            }
            for row in coverage.rows
        ],
        "expiring": [
            {"key": line.key, "expires_on": str(line.expires_on), "reason": line.reason} for line in coverage.expired
        ],
    }


def _table(room: Newsroom, coverage: Coverage) -> list[str]:
    names = {level: room.hazards.colour(level) or "不分级" for level in coverage.levels}
    lines = ["\t".join(["灾种", *names.values()])]
    for row in coverage.rows:
        cells = ["缺口" if level in row.holes else _phases(row.cells[level]) for level in coverage.levels]
        lines.append("\t".join([row.hazard_name, *cells]))
    lines += [f"到期：{line.name} {line.expires_on} {line.reason}" for line in coverage.expired]
    holes = sum(len(row.holes) for row in coverage.rows)
    return [*lines, f"共 {holes} 处缺口。" if holes else "没有缺口。"]


def _phases(lines: tuple[PackLine, ...]) -> str:
    return "、".join(dict.fromkeys(PHASE_NAMES[line.phase] for line in lines)) or "—"
