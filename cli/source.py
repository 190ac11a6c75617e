"""`kepu source`: the sources that are collected from."""

from __future__ import annotations

import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import source_check
from cli.collect import register
from cli.opening import CommandFailed, newsroom, print_json, say, settings
from cli.pairs import settings_of
from cli.source_check import wanted
from config.addresses import FOLDER_KINDS, located, source_trouble, with_scheme
from config.entries import KEY
from config.entries import sources as sources_of
from connectors.extraction.dates import BEIJING
from connectors.registry import SOURCES
from content_store import collecting, kept_pages, sources
from content_store.tables import Source

app = typer.Typer(help="来源：列出、登记、检查、移除。", no_args_is_help=True, rich_markup_mode=None)
_KINDS = "、".join(SOURCES)
app.command("check")(source_check.run)


class Reprint(StrEnum):
    """转载许可: our own, allowed in writing, to be asked for, not allowed."""

    OWN = "own"
    ALLOWED = "allowed"
    ASK = "ask"
    FORBIDDEN = "forbidden"


@app.command("list")
def list_(ctx: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="只输出 JSON")] = False) -> None:
    """列出所有来源和它们的状况。"""
    with newsroom(ctx).store.reading() as session:
        rows = sources.listed(session)
    if as_json:
        print_json([shown(row) for row in rows])
        return
    for row in rows:
        typer.echo(_line(row))
    if not rows:
        say("还没有来源，用 kepu source add 登记。")


@app.command()
def add(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(help="来源的代号，只用小写字母、数字、- 和 _")] = "",
    kind: Annotated[str, typer.Option(help=f"类型：{_KINDS}；新来源不写则为 rss")] = "",
    url: Annotated[str, typer.Option(help="网址")] = "",
    name: Annotated[str, typer.Option(help="名称")] = "",
    setting: Annotated[list[str] | None, typer.Option(help="类型自己的设置，如 item='.list a'，可以写多次")] = None,
    rhythm: Annotated[int | None, typer.Option(help="隔多少分钟采集一次；新来源不写则为 60", min=1)] = None,
    fixed: Annotated[
        bool | None, typer.Option("--fixed/--adaptive", help="始终按这个间隔；或随来源的更新快慢调整（新来源的默认）")
    ] = None,
    area: Annotated[str, typer.Option(help="地区的区划代码，六位；全国的不写")] = "",
    trust: Annotated[int | None, typer.Option(help="可信度，1（不明）到 5（官方）", min=1, max=5)] = None,
    reprint: Annotated[Reprint | None, typer.Option(help="转载许可")] = None,
    file: Annotated[Path | None, typer.Option(help="一次登记 TOML 文件里的全部来源")] = None,
) -> None:
    """登记来源，或修改已登记的来源：只改写明的几项。"""
    room = newsroom(ctx, reads_here=True)
    if file is not None:
        say(f"已登记 {len(register(room, sources_of(file), settings(ctx).home))} 个来源。")
        return
    with room.store.reading() as session:
        old = sources.by_key(session, key) if key else None
    if not key or not (url or old):
        raise CommandFailed("请写明来源的代号和 --url，或用 --file 指定 TOML 文件。")
    if not re.fullmatch(KEY, key) or len(key) > 80:
        raise CommandFailed("来源的代号只能用小写字母、数字、- 和 _，最多 80 个。")
    if area and area not in room.areas.official:
        raise CommandFailed(f"没有代码为 {area} 的地区，请查看 config/areas.csv。")
    values = _as_before(old, key) | _at(kind or (old.kind if old else "rss"), url, old, settings(ctx).home)
    given = {
        "name": name,
        "rhythm_minutes": rhythm,
        "adaptive": None if fixed is None else not fixed,
        "area": area,
        "trust": trust,
        "reprint": reprint.value if reprint else "",
    }
    values |= {field: value for field, value in given.items() if value not in (None, "")}
    values["settings"] = (values["settings"] if old and old.kind == values["kind"] else {}) | settings_of(setting)
    room.source(Source(key=key, created_at=room.now(), **values))  # raises NeedsPerson before anything is stored
    with room.store.session() as session:
        sources.put(session, key, values, now=room.now())
    say(f"已{'修改' if old else '登记'}来源 {key}。可用 kepu source check {key} 试采一次。")


def _as_before(old: Source | None, key: str) -> dict[str, Any]:
    if old is None:
        return {"name": key, "rhythm_minutes": 60, "adaptive": True, "settings": {}}
    return {name: getattr(old, name) for name in sources.SETTABLE}


def _at(kind: str, url: str, old: Source | None, home: Path) -> dict[str, Any]:
    """Kind and address. Raises CommandFailed where they do not fit."""
    address = url if kind in FOLDER_KINDS else with_scheme(url)
    address = address or (old.url if old else "")
    if trouble := source_trouble(kind, address):
        raise CommandFailed(f"{trouble}，请改正后再试。")
    return {"kind": kind, "url": located(kind, address, home)}


@app.command()
def page(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(help="来源的代号")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="存到这个文件；不写则直接输出")] = None,
) -> None:
    """取出来源最近一次读不懂的网页原文，供维护人员修改采集程序。"""
    room = newsroom(ctx)
    row = wanted(room, key)
    with room.store.reading() as session:
        kept = kept_pages.newest(session, row.id or 0)
    if kept is None:
        raise CommandFailed(f"来源 {key} 没有读不懂的网页，不用处理。")
    when = kept.kept_at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")
    say(f"{when} 取自 {kept.url}（HTTP {kept.status}）。{kept.reason}")
    if output is None:
        sys.stdout.buffer.write(kept.body)
        return
    try:
        output.write_bytes(kept.body)
    except OSError as error:
        raise CommandFailed(f"写不了 {output}（{error.strerror}），请换一个位置。") from error


@app.command()
def remove(ctx: typer.Context, key: Annotated[str, typer.Argument(help="来源的代号")]) -> None:
    """移除来源。已有素材的来源只停用，素材保留。"""
    room = newsroom(ctx, reads_here=True)
    found = wanted(room, key)
    with room.store.session() as session:
        row = session.get(Source, found.id)
        gone = row is not None and collecting.take_away(session, row)
    say(f"已移除来源 {key}。" if gone else f"来源 {key} 已有素材，已停用，素材保留。")


def shown(row: Source) -> dict[str, Any]:
    """A source as JSON, without its cursor."""
    values = row.model_dump(mode="json", exclude={"cursor"})
    return values


def _line(row: Source) -> str:
    state = "停用" if not row.enabled else f"连续失败 {row.failures} 次：{row.last_error}" if row.failures else "正常"
    last = row.last_ok_at.astimezone(BEIJING).strftime("%m-%d %H:%M") if row.last_ok_at else "从未"
    return f"{row.key}\t{row.kind}\t{row.name}\t上次成功 {last}\t{state}"
