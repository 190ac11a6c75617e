"""`kepu measure`: the figures of a day from every platform, as new readings."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated

import typer

from cli.opening import CommandFailed, newsroom, print_json, say
from ranking.weeks import BEIJING, FIRST_YEAR
from steps import measure as step


def measure(
    ctx: typer.Context,
    day: Annotated[str | None, typer.Option("--date", help="哪一天的数据，如 2026-11-25；不写为昨天")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="只输出 JSON")] = False,
) -> None:
    """向各平台取一天的数据，存为新的读数；旧读数不变。"""
    room = newsroom(ctx)
    now = room.now()
    counts = step.measure(room, _day(day, now), now)
    if as_json:
        print_json(counts)
    else:
        say(
            f"{counts['day']}：{counts['accounts']} 个账号，{counts['posts']} 件，新增读数 {counts['readings']} 条，"
            f"平台没有给出的 {counts['unread']} 件，失败的账号 {len(counts['failed'])} 个。"
        )
        for failed in counts["failed"]:
            say(f"  {failed['name']}（{failed['account']}）：{failed['reason']}")
    if counts["failed"] and not counts["readings"]:
        raise typer.Exit(1)


def _day(text: str | None, now: datetime) -> date:
    today = now.astimezone(BEIJING).date()
    if text is None:
        return today - timedelta(days=1)
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise CommandFailed(f"“{text}”不是日期，请写成 2026-11-25 这样的形式。") from error
    if day > today:
        raise CommandFailed(f"{text} 还没有到，取不到数据。")
    if day.year < FIRST_YEAR:
        raise CommandFailed(f"{text} 太早，那时还没有这些平台，请核对日期。")
    return day
