"""`kepu collect`: one round of collecting."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from cli.opening import CommandFailed, newsroom, print_json, say
from config.entries import sources as entries_of
from content_store import sources
from steps.collect import Visit, collect_each
from steps.newsroom import Newsroom, utcnow


def collect(
    ctx: typer.Context,
    source: Annotated[list[str] | None, typer.Option(help="只采集这个来源，可以写多次")] = None,
    sources_file: Annotated[
        Path | None, typer.Option("--sources", help="来源清单（TOML）：先登记其中的来源，再采集它们")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="只输出 JSON")] = False,
) -> None:
    """采集一轮：没有指定来源时，采集所有到时间的来源。"""
    room = newsroom(ctx)
    keys = list(source or [])
    if sources_file is not None:
        registered = register(room, sources_file)
        keys = [key for key in keys if key in registered] if keys else registered
    _require(room, keys)
    visits = _run(room, keys, quiet=as_json)
    if as_json:
        print_json({"sources": [shown(visit) for visit in visits]} | totals(visits))
        return
    for visit in sorted(visits, key=lambda visit: visit.key):
        say(_sentence(visit))
    summary = totals(visits)
    say(
        f"共 {len(visits)} 个来源，失败 {summary['failed']} 个；新增 {summary['new']} 条，更新 {summary['revised']} 条。"
    )


def register(room: Newsroom, file: Path) -> list[str]:
    """Puts the sources of a file into the store; their keys. Raises ConfigError."""
    entries = entries_of(file)
    with room.store.session() as session:
        for entry in entries:
            values = entry.model_dump(exclude={"key"})
            values["name"] = values["name"] or entry.key
            sources.put(session, entry.key, values, now=utcnow())
    return [entry.key for entry in entries]


def _require(room: Newsroom, keys: list[str]) -> None:
    with room.store.reading() as session:
        unknown = [key for key in keys if sources.by_key(session, key) is None]
    if unknown:
        raise CommandFailed(f"没有名为 {'、'.join(unknown)} 的来源，可用 kepu source list 查看。")


def _run(room: Newsroom, keys: list[str], *, quiet: bool) -> list[Visit]:
    console = Console(stderr=True)
    with Progress(console=console, disable=quiet or not sys.stderr.isatty(), transient=True) as progress:
        task = progress.add_task("正在采集", total=None)
        visits = []
        for visit in collect_each(room, utcnow(), keys):
            visits.append(visit)
            progress.advance(task)
        return visits


def shown(visit: Visit) -> dict[str, Any]:
    """A visit as JSON."""
    counts = {"new": 0, "revised": 0, "same": 0, "bad": 0} | visit.counts
    return {"key": visit.key, "ok": not visit.error, "error": visit.error or None} | counts


def totals(visits: list[Visit]) -> dict[str, int]:
    """Sums over all visits."""
    names = ("new", "revised", "same", "bad")
    sums = {name: sum(visit.counts.get(name, 0) for visit in visits) for name in names}
    return sums | {"failed": sum(bool(visit.error) for visit in visits)}


def _sentence(visit: Visit) -> str:
    if visit.error:
        return f"{visit.key}：失败。{visit.error}"
    counts = visit.counts
    said = f"{visit.key}：新增 {counts['new']}，更新 {counts['revised']}，未变 {counts['same']}"
    return said + (f"，没能读取 {counts['bad']}" if counts["bad"] else "")
