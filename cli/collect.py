"""`kepu collect`: one round of collecting."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from cli.opening import CommandFailed, newsroom, print_json, say, settings
from config.addresses import located
from config.entries import SourceEntry
from config.entries import sources as entries_of
from connectors.errors import NeedsPerson
from content_store import sources
from content_store.tables import Source
from steps.collect import Visit, collect_each
from steps.newsroom import Newsroom


def collect(
    ctx: typer.Context,
    source: Annotated[list[str] | None, typer.Option(help="只采集这个来源，可以写多次")] = None,
    sources_file: Annotated[
        Path | None, typer.Option("--sources", help="来源清单（TOML）：先登记其中的来源，再采集它们")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="只输出 JSON")] = False,
) -> None:
    """采集一轮：没有指定来源时，采集所有到时间的来源。"""
    room = newsroom(ctx, reads_here=True)
    keys = _asked_for(room, list(dict.fromkeys(source or [])), sources_file, settings(ctx).home)
    visits = _run(room, keys, quiet=as_json)
    if as_json:
        print_json({"sources": [shown(visit) for visit in visits]} | totals(visits))
    else:
        _tell(visits)
    if keys is not None and all(visit.error for visit in visits):
        raise typer.Exit(1)


def _asked_for(room: Newsroom, named: list[str], file: Path | None, home: Path) -> list[str] | None:
    """The keys of the sources to visit, those of the file registered; None where all due ones are meant."""
    if file is None:
        _require(room, named)
        return named or None
    entries = entries_of(file)
    unknown = [key for key in named if key not in {entry.key for entry in entries}]
    if unknown:
        raise CommandFailed(f"来源清单 {file} 里没有 {'、'.join(unknown)}，请检查 --source 或清单。")
    registered = register(room, entries, home)
    return named or registered


def register(room: Newsroom, entries: Sequence[SourceEntry], home: Path) -> list[str]:
    """Puts sources into the store, all of them or, where one could not work, none; their keys. Raises CommandFailed."""
    rows = {entry.key: _values(entry, home) for entry in entries}
    for key, values in rows.items():
        try:
            room.source(Source(key=key, created_at=room.now(), **values))
        except NeedsPerson as error:
            raise CommandFailed(f"来源“{key}”不能用，没有登记任何来源。{error.message}") from error
    with room.store.session() as session:
        for key, values in rows.items():
            sources.put(session, key, values, now=room.now())
    return list(rows)


def _values(entry: SourceEntry, home: Path) -> dict[str, Any]:
    values = entry.model_dump(exclude={"key", "checked", "theme", "note"})
    return values | {"name": entry.name or entry.key, "url": located(entry.kind, entry.url, home)}


def _require(room: Newsroom, keys: list[str]) -> None:
    with room.store.reading() as session:
        unknown = [key for key in keys if sources.by_key(session, key) is None]
    if unknown:
        raise CommandFailed(f"没有名为 {'、'.join(unknown)} 的来源，可用 kepu source list 查看。")


def _run(room: Newsroom, keys: list[str] | None, *, quiet: bool) -> list[Visit]:
    console = Console(stderr=True)
    with Progress(console=console, disable=quiet or not sys.stderr.isatty(), transient=True) as progress:
        task = progress.add_task("正在采集", total=None)
        visits = []
        for visit in collect_each(room, room.now(), keys):
            visits.append(visit)
            progress.advance(task)
        return visits


def _tell(visits: list[Visit]) -> None:
    for visit in sorted(visits, key=lambda visit: visit.key):
        say(_sentence(visit))
    sums = totals(visits)
    say(f"共 {len(visits)} 个来源，失败 {sums['failed']} 个；新增 {sums['new']} 条，更新 {sums['revised']} 条。")


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
