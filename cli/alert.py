"""`kepu alert FILE.xml`: feeds one CAP alert to the fast track."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.opening import CommandFailed, newsroom, print_json
from connectors.extraction.dates import BEIJING, parse_date
from steps.alerts import Received, receive
from steps.event_pages import EventPage, event_page
from steps.newsroom import Newsroom
from tagging import LexiconError


def alert(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="CAP 1.2 预警文件（XML），- 表示从标准输入读")],
    at: Annotated[str, typer.Option(help="当作在这一时刻收到，如 2026-11-26T05:30:00+08:00")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="只输出 JSON")] = False,
) -> None:
    """把一条 CAP 预警交给应急通道：生成事件，匹配科普包，备好各账号的待发内容。"""
    xml, room = _read(file), newsroom(ctx)
    now = _moment(at) if at else room.now()
    try:
        received = receive(room, xml, now)
    except LexiconError as error:
        raise CommandFailed(str(error)) from error
    page = event_page(room, received.event_id, now) if received.event_id is not None else None
    if as_json:
        print_json(shown(room, received, page))
        return
    for line in told(received, page):
        typer.echo(line)


def shown(room: Newsroom, received: Received, page: EventPage | None) -> dict[str, Any]:
    """The JSON of the command; its keys are a contract with other programs."""
    return {
        "alert": received.alert_id,
        "duplicate": received.duplicate,
        "acts": received.acts,
        "event": _event(page) if page else None,
        "packs": [_story(story) for story in page.stories if story.status != "dropped"] if page else [],
        "accounts": list(received.accounts),
        "deliveries": [{"id": each.id, "account": each.account_key, "state": each.state} for each in page.deliveries]
        if page
        else [],
        "follow_ups": [
            {"id": task.id, "kind": task.kind, "delivery": task.delivery_id, "what": task.what}
            for task in (page.follow_ups if page else ())
            if task.done_at is None
        ],
        "holes": list(page.holes) if page else [],
        "notes": list(received.notes),
    }


def _event(page: EventPage) -> dict[str, Any]:
    values = asdict(page.line)
    alerts = [{"identifier": each.identifier, "msg_type": each.msg_type, "state": each.state} for each in page.alerts]
    times = {name: values[name].isoformat() if values[name] else None for name in ("opened_at", "expires_at")}
    clock = {step.name: step.seconds for step in page.timeline.steps}
    return values | times | {"alerts": alerts, "clock": clock}


def _story(story: Any) -> dict[str, Any]:
    return {
        "story": story.id,
        "pack": story.pack_key,
        "name": story.pack_name,
        "title": story.title,
        "status": story.status,
        "content_hash": story.content_hash,
        "releases": [release.name for release in story.releases],
    }


def told(received: Received, page: EventPage | None) -> list[str]:
    """The same in a few lines for people."""
    lines = ["这条预警已经收到过，没有任何改变。"] if received.duplicate else []
    if page is None:
        lines.append("已留存，没有生成事件。")
    else:
        line = page.line
        lines.append(
            f"事件 {line.id}：{line.hazard_name}{line.colour}，{line.area_text}，{line.state_name}。{line.title}"
        )
        lines += [f"科普稿 {each.id}：《{each.title}》（来自“{each.pack_name}”）" for each in _live(page)]
        lines += [f"缺口：{hole}" for hole in page.holes]
        lines.append(f"账号：{'、'.join(received.accounts) or '无'}")
        if line.waiting_releases:
            lines.append(f"有 {line.waiting_releases} 篇等待两人签发。")
        if received.follow_ups:
            lines.append(f"有 {received.follow_ups} 项后续任务待办。")
    return [*lines, *(f"注意：{note}" for note in received.notes)]


def _live(page: EventPage) -> list[Any]:
    return [story for story in page.stories if story.status != "dropped"]


def _read(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise CommandFailed(f"读不了预警文件 {file}（{error.strerror}），请检查路径。") from error


def _moment(text: str) -> datetime:
    moment = parse_date(text)
    if moment is None:
        raise CommandFailed(f"看不懂时间“{text}”，请写成 2026-11-26T05:30:00+08:00。")
    return moment.at.replace(tzinfo=moment.at.tzinfo or BEIJING)
