"""One run of the publishing benchmark: a delivery, its mishaps, people where the desk asks for them, and the judgement.

The judgement is the ledger's: what the stand-in says really became public.
"""

from __future__ import annotations

import functools
import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.publish_buttons import pressed, takes_back
from benchmarks.publish_callbacks import ALWAYS_SIGNED, DATED, with_another_text, with_false_signature
from benchmarks.publish_judge import DEFECT, told_plainly
from benchmarks.publish_kits import KITS
from benchmarks.publish_ledger import judge
from benchmarks.publish_people import LATE_EFFECT, beside, between_rounds, handle, let_events_arrive
from benchmarks.publish_plans import Plan
from benchmarks.publish_played import Played, Verdict, planted
from benchmarks.publish_stage import READ_SECONDS, Died, Reaper, Stage, ahead, kill_me, mortal, room_of
from content_store.deliveries import Line
from content_store.tables import DeliveryState as State
from steps.delivery_rules import STATE_NAMES
from steps.newsroom import Newsroom
from steps.publish import poll_accepted, publish_due, publish_emergency

ROUNDS_MAX = 100
AFTER_DEATH = 130.0
"""Seconds until the next worker comes: longer than a lease."""
OUTAGE_STEP = 2 * 3600.0
"""Seconds between looks while a platform is down for a day."""
AFTERWARDS = 200.0
MUCH_LATER = 3600.0
CHILD_ROUNDS = 3


def play(stage: Stage, plan: Plan) -> Verdict:
    """Plays the run to its end and judges it."""
    with planted(stage, plan) as played:
        try:
            _until_settled(played)
            _afterwards(played)
        except Exception as error:
            played.verdict.wrong = "crashed"
            played.verdict.note = f"{type(error).__name__}: {error}"[:300]
        played.count_fired()
        judge(played)
    return played.verdict


# ---------------------------------------------------------------- rounds


def _until_settled(played: Played) -> None:
    verdict = played.verdict
    for _ in range(ROUNDS_MAX):
        _mishaps(played)
        between_rounds(played, played.line())
        verdict.rounds += 1
        began = time.monotonic()
        beside(played, functools.partial(_round, played))
        if played.waits_for_effects and time.monotonic() - began > READ_SECONDS:
            time.sleep(LATE_EFFECT)
        _call_back_again(played)
        line = played.line()
        verdict.wrong = verdict.wrong or _wrong_on_the_way(played, line)
        if verdict.wrong:
            return
        if _is_settled(played, line):
            return
        if line.account.stopped_reason:
            played.consents_anew()
        if line.delivery.state in (State.NEEDS_PERSON, State.HANDED_OVER, State.FAILED):
            handle(played, played.line())
        _jump_to_next(played, played.line())
    verdict.wrong = "stuck"


def _is_settled(played: Played, line: Line) -> bool:
    """Nothing happens any more, and nobody wants anything else."""
    row = line.delivery
    if row.next_try_at is not None:
        return False
    if row.state == State.WITHDRAWN:
        return True
    if row.state not in (State.LIVE, State.FAILED) or (played.called_off and row.state == State.FAILED):
        return False
    if row.state == State.FAILED and played.plan.garbled and not (played.sent_after_failing or played.standing()):
        return False
    if played.plan.back_from and not played.called_off:
        played.verdict.did(f"撤回自{STATE_NAMES[State(row.state)]}")
        pressed(played, takes_back(played))
        return False
    return True


def _wrong_on_the_way(played: Played, line: Line) -> str:
    row = line.delivery
    if row.state == State.LIVE and not played.standing():
        return "wrongly live"
    if row.reason.startswith(DEFECT):
        return "crashed"
    return "" if told_plainly(State(row.state), row.reason, row.remedy) else "unexplained"


def _mishaps(played: Played) -> None:
    """What befalls the platform and the account from outside."""
    plan, number = played.plan, played.verdict.rounds
    if plan.outage is not None and number == plan.outage.from_round:
        played.begin_outage()
    if played.outage_over is not None and played.stage.now() >= played.outage_over:
        played.end_outage()
    if plan.revoked_in == number:
        played.consent_taken_back()
    if plan.joined_in == number + 1:
        played.somebody_posts()


def _jump_to_next(played: Played, line: Line) -> None:
    row, now = line.delivery, played.stage.now()
    at = max(filter(None, (row.ready_at, row.next_try_at, row.lease_until)), default=now)
    # a person needs a moment as well
    seconds = max((at - now).total_seconds(), 0.0) + 1.0
    played.stage.jump(seconds if played.outage_over is None else max(seconds, OUTAGE_STEP))


def _round(played: Played) -> None:
    """One round of the queue by a worker that may not live to its end."""
    crash = played.crashes[0] if played.crashes else None
    if crash is not None and played.plan.killed:
        _killed_round(played)
        return
    reaper = Reaper(crash, functools.partial(_end, played, crash))
    room = mortal(played.stage.room, reaper) if crash is not None else played.stage.room
    try:
        if played.plan.rivals:
            with ThreadPoolExecutor(2) as pool:
                other = pool.submit(_work, played.stage.room, played.plan.emergency)
                _work(room, played.plan.emergency)
                other.result()
        else:
            _work(room, played.plan.emergency)
    except Died:
        played.stage.jump(AFTER_DEATH)
    if reaper.hit:
        played.verdict.crashes.append(played.crashes.pop(0).name)


def _work(room: Newsroom, emergency: bool) -> None:
    if emergency:
        publish_emergency(room, room.now())
        return
    publish_due(room, room.now())
    poll_accepted(room, room.now())


def _end(played: Played, crash: Any) -> None:
    if crash.how == "die":
        raise Died
    # the worker stands still until its lease is over, and others do its work meanwhile
    played.stage.jump(AFTER_DEATH)
    _work(played.stage.room, False)


def _killed_round(played: Played) -> None:
    """The round in a process of its own, which is killed at its crash point or at a random moment."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["benchmarks.publish_runs", *(f"connectors.channels.{kit.platform}" for kit in KITS.values())]
    )
    started = context.Event()
    crash = played.crashes.pop(0)
    at_point = played.plan.random_kill is None
    process = context.Process(
        target=_child,
        args=(str(played.stage.home), played.stage.offset, crash if at_point else None, started),
        daemon=True,
    )
    process.start()
    assert started.wait(60)
    if played.plan.random_kill is not None:
        process.join(played.plan.random_kill)
        process.kill()
    process.join(60)
    if process.exitcode == -9:
        played.verdict.kills += 1
        played.verdict.crashes.append(f"{crash.name}（SIGKILL）" if at_point else "随机时刻（SIGKILL）")
    elif process.exitcode != 0:
        raise RuntimeError(f"the process ended by itself with {process.exitcode}")


def _child(home: str, offset: float, crash: Any, started: Any) -> None:
    room = ahead(room_of(Path(home), datetime.now), offset)
    if crash is not None:
        room = mortal(room, Reaper(crash, kill_me))
    started.set()
    for _ in range(CHILD_ROUNDS):
        _work(room, False)


# ---------------------------------------------------------------- afterwards


def _call_back_again(played: Played) -> None:
    """What is planned with the call-backs that came so far."""
    stage, how = played.stage, played.plan.callbacks
    heard = stage.ear.of(played.kit.platform)
    if not heard or how in ("", "很久以后重放"):
        return
    played.verdict.did(f"回调{how}")
    if how == "重放":
        for each in heard:
            stage.receive(each)
    elif how == "倒序" and (len(heard) > 1 or played.verdict.rounds % 3 == 0):
        _hand_on_in_reverse(played)
    elif how == "伪造签名":
        _must_be_refused(played, [stage.receive(with_false_signature(each)) for each in heard])
    elif how == "改动内容":
        answers = [stage.receive(with_another_text(each)) for each in heard]
        if played.kit.platform in ALWAYS_SIGNED:
            _must_be_refused(played, answers)


def _hand_on_in_reverse(played: Played) -> None:
    ear = played.stage.ear
    held, ear.heard = ear.heard, []
    for each in reversed(held):
        played.stage.receive(each)


def _must_be_refused(played: Played, answers: list[str | None]) -> None:
    if any(answer is not None for answer in answers):
        played.verdict.wrong = "forged"


def _afterwards(played: Played) -> None:
    """What comes when all seemed over: jobs that were still running, late call-backs, and one more look of the queue."""
    if played.verdict.wrong:
        return
    played.crashes.clear()
    played.stage.jump(AFTERWARDS)
    let_events_arrive(played)
    if played.stage.ear.holds:
        _hand_on_in_reverse(played)
    heard = played.stage.ear.of(played.kit.platform)
    if played.plan.callbacks == "很久以后重放" and heard:
        played.stage.jump(MUCH_LATER)
        played.verdict.did("回调很久以后重放")
        answers = [played.stage.receive(each) for each in heard]
        if played.kit.platform in DATED:
            _must_be_refused(played, answers)
    _until_settled(played)
