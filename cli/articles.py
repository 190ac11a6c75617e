"""`kepu articles`: what was collected, one JSON line per article."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from cli.opening import CommandFailed, newsroom
from connectors.extraction.dates import parse_date
from content_store import collecting


def articles(
    ctx: typer.Context,
    since: Annotated[str, typer.Option(help="只列出从这时起采集的，如 2026-11-26 或 2026-11-26T08:00:00+08:00")] = "",
    theme: Annotated[
        str, typer.Option(help="只列出带有这个主题（emergency、hot、local、audience、day）或这个标签的")
    ] = "",
    jsonl: Annotated[bool, typer.Option("--jsonl", help="逐行输出 JSON（本命令只有这一种输出）")] = False,
) -> None:
    """列出采集到的素材。"""
    moment = parse_date(since) if since else None
    if since and moment is None:
        raise CommandFailed(f"看不懂时间“{since}”，请写成 2026-11-26 或 2026-11-26T08:00:00+08:00。")
    room = newsroom(ctx)
    with room.store.reading() as session:
        rows = collecting.collected(session, since=moment.at if moment else None, theme=theme)
    for article, key in rows:
        line = {
            "source": key,
            "external_id": article.external_id,
            "title": article.title,
            "url": article.url,
            "published_at": article.published_at.isoformat() if article.published_at else None,
            "cluster": article.cluster_id,
        }
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
