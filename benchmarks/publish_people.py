"""What people do in a run of the publishing benchmark: what the desk asks of them, and what two of them do at once."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from benchmarks.publish_buttons import (
    Press,
    code_shown,
    gives_up,
    pressed,
    registers,
    sends_again,
    takes_back,
    taps,
    who,
)
from benchmarks.publish_editors import finishes
from benchmarks.publish_played import Played
from content_store.deliveries import Line
from content_store.tables import DeliveryState as State
from steps import by_hand
from steps.delivery_rules import STATE_NAMES

A_WHILE = 180.0
"""Seconds until somebody who was asked to look there does so: what was under way is public by then, or never."""
LATE_EFFECT = 0.35
"""Real seconds in which a call that outlived its client's patience takes effect."""
WHILE_SENDING = {"发送时有人放弃", "发送时有人撤回", "两人都撤回"}


# ---------------------------------------------------------------- what the desk asks for


def handle(played: Played, line: Line) -> None:
    """Does what the desk asks for, after a look at the platform."""
    if played.outage_over is not None and played.acted_in_outage:
        _wait_for_the_platform(played)
    played.acted_in_outage = played.outage_over is not None
    if played.called_off:
        _takes_down(played)
    elif line.delivery.state == State.FAILED:
        played.sent_after_failing = True
        _sends_again_or_registers(played)
    elif line.delivery.state == State.HANDED_OVER:
        (_finishes_on_the_phone if played.kit.finishes == "phone" else finishes)(played)
    elif not _two_at_once(played, line):
        _sends_again_or_registers(played)


def _wait_for_the_platform(played: Played) -> None:
    """Nobody presses a button for a day: who was refused once comes back when the platform does."""
    assert played.outage_over is not None
    played.stage.jump(max((played.outage_over - played.stage.now()).total_seconds(), 0.0) + 1.0)
    played.end_outage()


def _sends_again_or_registers(played: Played) -> None:
    played.verdict.by_person += 1
    _look_after_a_while(played)
    rows = played.standing()
    if len(rows) > 1 and played.confirmed > 1:
        played.remove(rows[1])
    pressed(played, registers(played, rows[0]["url"]) if rows else sends_again(played))


def _finishes_on_the_phone(played: Played) -> None:
    two = played.plan.two
    if two in ("一人扫码，一人撤回", "两人都扫码") and not played.two_done:
        # a code was shown to each of them before
        first, second = code_shown(played), code_shown(played)
        if first and second:
            other = taps(played, second) if two == "两人都扫码" else takes_back(played)
            _do_two(played, taps(played, first), other)
    elif not played.tapped and (code := code_shown(played)):
        pressed(played, taps(played, code))
    if not played.called_off:
        let_events_arrive(played)


def _takes_down(played: Played) -> None:
    """Where no interface can: on the phone, or on the platform's own site."""
    if played.line().delivery.state != State.NEEDS_PERSON:
        return
    played.verdict.by_person += 1
    _look_after_a_while(played)
    rows = played.public()
    for row in rows:
        if row["removed_at"] is None:
            played.remove(row)
    if not rows and played.plan.number % 2 == 0:
        pressed(played, lambda: by_hand.give_up(*who(played)))
    # who looked and found nothing left says so, where giving up did not end it
    if played.line().delivery.state == State.NEEDS_PERSON:
        pressed(played, lambda: by_hand.register_withdrawn(*who(played)))


def _look_after_a_while(played: Played) -> None:
    if played.waits_for_effects:
        time.sleep(LATE_EFFECT)
    if played.verdict.rounds > 1:
        # nothing of a first round is still under way
        played.stage.jump(A_WHILE)


# ---------------------------------------------------------------- two at once


def _two_at_once(played: Played, line: Line) -> bool:
    """What two people do who were both asked; False where it is not their turn."""
    two, rows = played.plan.two, played.standing()
    if played.two_done or line.delivery.state != State.NEEDS_PERSON:
        return False
    first = registers(played, rows[0]["url"]) if rows else sends_again(played)
    pairs: dict[str, Press] = {
        "两人都重新发送": first,
        "一人重新发送，一人放弃": gives_up(played),
        "一人重新发送，一人撤回": takes_back(played),
        "一人登记链接，一人撤回": takes_back(played),
        "两人都登记链接": first,
    }
    if two not in pairs or (rows and two == "一人重新发送，一人放弃"):
        # nobody gives up what stands there
        return False
    played.verdict.by_person += 1
    _do_two(played, first, pairs[two])
    return True


def _do_two(played: Played, one: Press, other: Press) -> None:
    played.two_done = True
    played.verdict.did(played.plan.two)
    at_once(played, one, other)


def between_rounds(played: Played, line: Line) -> None:
    """Links may be registered while the queue still looks; and somebody wants the post back in the state that is planned."""
    plan, row = played.plan, line.delivery
    if plan.two in ("一人登记链接，一人撤回", "两人都登记链接") and not played.two_done:
        rows = played.standing()
        if rows and row.state in by_hand.LINKABLE:
            link = registers(played, rows[0]["url"])
            _do_two(played, link, takes_back(played) if "撤回" in plan.two else registers(played, rows[0]["url"]))
    if plan.back_from and not played.called_off and (row.state == plan.back_from or wants_back(played)):
        played.verdict.did(f"{WANTED}{STATE_NAMES[State(plan.back_from)]}")
        pressed(played, takes_back(played))


WANTED = "撤回自"


def wants_back(played: Played) -> bool:
    """Somebody pressed and was refused: they press again until it is taken."""
    return any(what.startswith(WANTED) for what in played.verdict.hands)


def beside(played: Played, round_: Press) -> None:
    """The round, and what somebody presses in its midst where that is planned."""
    plan = played.plan
    if plan.two not in WHILE_SENDING or played.called_off or played.line().delivery.state == State.LIVE:
        round_()
        return
    act = gives_up(played) if plan.two == "发送时有人放弃" else takes_back(played)
    chance = random.Random(f"{plan.number}:{played.verdict.rounds}")
    with ThreadPoolExecutor(2) as pool:
        people = [
            pool.submit(_after, chance.uniform(0.0, 0.1), played, act)
            for _ in range(2 if plan.two == "两人都撤回" else 1)
        ]
        try:
            round_()
        finally:
            taken = [each.result() for each in people]
    if any(taken):
        played.verdict.did(plan.two)


def _after(seconds: float, played: Played, act: Press) -> bool:
    time.sleep(seconds)
    return pressed(played, act)


def at_once(played: Played, one: Press, other: Press) -> tuple[bool, bool]:
    """Both at the same moment; whether each was taken."""
    ready = threading.Barrier(2)

    def do(act: Press) -> bool:
        ready.wait()
        return pressed(played, act)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(do, one), pool.submit(do, other)
        return first.result(), second.result()


# ---------------------------------------------------------------- call-backs


_LOOKS = 150
"""Three seconds at most: on a busy machine a call-back that is due is still under way."""


def let_events_arrive(played: Played) -> None:
    """Call-backs come in real time, a delayed one when its time has come."""
    for _ in range(_LOOKS):
        time.sleep(0.02)
        if not _pending(played):
            return


def _pending(played: Played) -> bool:
    # by the platform's clock
    now = played.stage.now().timestamp() - played.clock_off
    for push in played.stage.control("/pushes"):
        due = datetime.fromisoformat(push["due"]).timestamp()
        if push["state"] in ("waiting", "sending") and due <= now + 1:
            return True
    return False
