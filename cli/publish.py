"""`kepu publish` and `kepu withdraw`: a round of the queue, and taking a delivery back."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from cli.opening import CommandFailed, newsroom, print_json, say, settings
from content_store.tables import DeliveryState
from flows import plain
from steps import by_hand
from steps.delivery_rules import STATE_NAMES
from steps.errors import Missing, Refused
from steps.publish import act_on

_PAUSE_SECONDS = 5.0
_LARGEST_NUMBER = 2**63 - 1  # what a database can hold as the number of a row


def publish(
    ctx: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="只做一轮就结束")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="只输出 JSON")] = False,
) -> None:
    """发送到期的投递，并核对已交给平台的投递。不加 --once 就每几秒做一轮，按 Ctrl-C 结束。"""
    chosen = settings(ctx)
    room = newsroom(ctx, chosen)
    while True:
        counts = plain.publish(room, chosen, room.now())
        if as_json:
            print_json(counts)
        elif once or any(counts.values()):
            say(_words(counts))
        if once:
            return
        try:
            time.sleep(_PAUSE_SECONDS)
        except KeyboardInterrupt:
            return


def withdraw(
    ctx: typer.Context,
    delivery: Annotated[int, typer.Argument(help="投递编号，见 kepu deliveries")],
    as_json: Annotated[bool, typer.Option("--json", help="只输出 JSON")] = False,
) -> None:
    """撤回一条投递：没发的取消，已发的到平台上删除并核对。"""
    absent = CommandFailed(f"没有编号为 {delivery} 的投递，请用 kepu deliveries 查看编号。")
    if not 0 < delivery <= _LARGEST_NUMBER:
        raise absent
    room = newsroom(ctx)
    try:
        state = by_hand.withdraw(room, delivery, None, room.now())
    except Missing as error:
        raise absent from error
    except Refused as error:
        raise CommandFailed(str(error)) from error
    if state is DeliveryState.WITHDRAWING:
        state = act_on(room, delivery, room.now()) or state
    if as_json:
        print_json({"delivery": delivery, "state": str(state)})
    else:
        say(f"投递 {delivery}：{STATE_NAMES[state]}。")
    if state is DeliveryState.NEEDS_PERSON:
        raise CommandFailed("需要人工在平台上删除，做法见 kepu deliveries --state needs_person。")


def _words(counts: plain.Counts) -> str:
    names = {**{str(state): name for state, name in STATE_NAMES.items()}, "taken_up": "接着处理", "kept_up": "预警跟进"}
    told = []
    for key, number in counts.items():
        name = names.get(key.removeprefix("polled_"), key)
        if number:
            told.append(f"{'核对后' if key.startswith('polled_') else ''}{name} {number}")
    return "，".join(told) + "。" if told else "没有到期的投递。"
