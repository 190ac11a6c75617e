"""`kepu deliveries`: what stands in the queue, what became of it, and the package of what a person uploads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.opening import CommandFailed, newsroom, print_json, say
from connectors.errors import ConnectorError
from content_store import deliveries as rows
from content_store.deliveries import Line
from content_store.tables import DeliveryState
from steps.delivery_rules import STATE_NAMES
from steps.errors import Refused
from steps.posts import package_of

_STATES = "、".join(f"{state.value}({name})" for state, name in STATE_NAMES.items())


def deliveries(
    ctx: typer.Context,
    state: Annotated[list[str] | None, typer.Option("--state", help=f"只看这些状态，可以写多次：{_STATES}")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="只输出 JSON")] = False,
    limit: Annotated[int, typer.Option(help="最多列多少条", min=1, max=100_000)] = 200,
    package: Annotated[int | None, typer.Option(help="取这一条的资料包，写进 -o 指定的文件", min=1)] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="资料包写到哪里；文件夹则用资料包自己的名字")
    ] = None,
) -> None:
    """列出投递，新的在前；或取一条投递的资料包。"""
    if package is not None:
        _keep_package(ctx, package, output)
        return
    unknown = [name for name in state or [] if name not in set(DeliveryState)]
    if unknown:
        raise CommandFailed(f"没有“{unknown[0]}”这个状态，可用的有：{_STATES}。")
    with newsroom(ctx).store.reading() as session:
        found = rows.listed(session, states=state or [], limit=limit)
    if as_json:
        print_json([shown(line) for line in found])
        return
    for line in found:
        typer.echo(_words(line))
    if not found:
        say("没有这样的投递。")


def _keep_package(ctx: typer.Context, delivery: int, output: Path | None) -> None:
    if output is None:
        raise CommandFailed("请用 -o 写明资料包存到哪个文件。")
    try:
        packed = package_of(newsroom(ctx), delivery, by=None)
        target = output / packed.name if output.is_dir() else output
        target.write_bytes(packed.content)
    except (Refused, ConnectorError) as error:
        raise CommandFailed(str(error)) from error
    except OSError as error:
        raise CommandFailed(f"资料包写不进 {output}，请换一个位置。") from error
    say(f"资料包已写到 {target}。")


def shown(line: Line) -> dict[str, Any]:
    """A delivery as JSON: what it is, where it stands, why, what to do, and what the platform gave back."""
    row = line.delivery
    return {
        "id": row.id,
        "state": row.state,
        "account": line.account.key,
        "platform": line.account.platform,
        "story": line.story_id,
        "version": line.version,
        "title": line.title,
        "lane": row.lane,
        "due_at": row.due_at.isoformat(),
        "next_try_at": row.next_try_at.isoformat() if row.next_try_at else None,
        "tries": row.tries,
        "reason": row.reason,
        "remedy": row.remedy,
        "live_at": row.live_at.isoformat() if row.live_at else None,
        "url": line.url,
        "external_ids": line.receipt.external_ids if line.receipt else {},
    }


def _words(line: Line) -> str:
    row = line.delivery
    told = [str(row.id), STATE_NAMES[DeliveryState(row.state)], line.account.name, f"《{line.title}》"]
    told += [text for text in (line.url, row.reason + row.remedy) if text]
    return "\t".join(told)
