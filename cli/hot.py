"""`kepu hot`: the topics of all hot lists joined, with what we have on them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.opening import newsroom
from cli.streams import write_json
from cli.tag import hotlist_topics
from steps.hot import HotBoard, HotNow, hot_board

_TRENDS = {"up": "上升", "down": "下降", "same": "持平", "new": "新上榜", "": ""}


def hot(
    ctx: typer.Context,
    hotlist: Annotated[Path | None, typer.Option("--hotlist", help="再加一份热榜文件：JSON 或逐行 JSON")] = None,
    science: Annotated[bool, typer.Option("--science", help="只列有科学角度的话题")] = False,
    debunk: Annotated[bool, typer.Option("--debunk", help="只列辟谣名单：有谣言迹象的话题")] = False,
    limit: Annotated[int, typer.Option(min=1, help="最多列多少个话题")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="只输出 JSON，每行一个话题")] = False,
) -> None:
    """热点：各家热榜并成一份，同一话题只列一次，并说明我们有哪些素材和稿件。"""
    more = hotlist_topics(str(hotlist)) if hotlist else ()
    room = newsroom(ctx)
    board = hot_board(room, room.now(), more)
    chosen = board.to_debunk if debunk else board.topics
    chosen = tuple(each for each in chosen if not science or each.has_science)[:limit]
    if as_json:
        for each in chosen:
            write_json(shown(each))
        return
    sys.stdout.writelines(f"{line}\n" for line in _told(board, chosen))


def shown(each: HotNow) -> dict[str, Any]:
    """A topic as one line of JSON; times in UTC."""
    topic = each.topic
    return {
        "topic": topic.name,
        "lists": [
            {"list": line.list, "topic": line.topic, "rank": line.rank, "best_rank": line.best_rank}
            for line in topic.lines
        ],
        "rank": topic.rank,
        "best_rank": topic.best_rank,
        "trend": topic.trend,
        "times_seen": topic.times_seen,
        "first_seen": topic.first_seen.isoformat() if topic.first_seen else None,
        "last_seen": topic.last_seen.isoformat() if topic.last_seen else None,
        "science": each.science,
        "rumour": list(each.signs),
        "articles": each.articles,
        "articles_today": each.articles_today,
        "burst": each.burst,
        "stories": [{"id": fit.story_id, "title": fit.title, "score": fit.score} for fit in each.stories],
    }


def _told(board: HotBoard, chosen: tuple[HotNow, ...]) -> Iterator[str]:
    for each in chosen:
        yield "，".join(_facts(each)) + "。"
        yield from (f"  可用稿件 {fit.story_id}《{fit.title}》" for fit in each.stories)
    if board.bursting:
        words = "、".join(f"{word}（{number} 篇）" for word, number, _ in board.bursting[:10])
        yield f"我们的来源突然都在说：{words}。"
    signs = len(board.to_debunk)
    yield f"共 {len(board.topics)} 个话题，其中 {signs} 个有谣言迹象（用 --debunk 只看这些）。"
    if board.left_out:
        yield f"各榜话题太多，另有 {board.left_out} 条名次靠后的没有列入。"


def _facts(each: HotNow) -> Iterator[str]:
    topic = each.topic
    place = f"{topic.rank}. " if topic.rank else ""
    yield f"{place}{topic.name}"
    if topic.lists:
        yield f"见于 {'、'.join(topic.lists)}"
    if _TRENDS[topic.trend]:
        yield _TRENDS[topic.trend]
    yield f"科学角度 {each.science:.2f}"
    if each.articles:
        yield f"素材 {each.articles} 篇，今天 {each.articles_today} 篇" + ("（突增）" if each.burst >= 3 else "")
    if each.signs:
        yield f"谣言迹象：{'、'.join(each.signs)}"
