"""One run of the publishing benchmark: a delivery, its mishaps, a person where the desk asks for one, and the judgement.

The judgement is the ledger's: what the stand-in says really became public.
"""

from __future__ import annotations

import functools
import multiprocessing
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks.publish_kits import KITS, Kit
from benchmarks.publish_plans import Plan
from benchmarks.publish_stage import READ_SECONDS, Died, Reaper, Stage, ahead, kill_me, mortal, room_of
from content_store import accounts, deliveries, stories
from content_store.deliveries import Line
from content_store.tables import DeliveryState as State
from content_store.tables import Lane
from steps import by_hand
from steps.accounts import check_account
from steps.adapt import form_of
from steps.errors import Refused
from steps.newsroom import Newsroom
from steps.publish import poll_accepted, publish_due, publish_emergency

ROUNDS_MAX = 70
AFTER_DEATH = 130.0
"""Seconds until the next worker comes: longer than a lease."""
LATE_EFFECT = 0.35
"""Real seconds in which a call that outlived its client's patience takes effect."""
CHILD_ROUNDS = 3


@dataclass
class Verdict:
    """How a run ended. `wrong` is empty, or one of lost, doubled, stuck, wrongly live, wrongly withdrawn, crashed."""

    number: int
    platform: str
    faults: list[str]
    crashes: list[str]
    """Those that were reached."""
    kills: int = 0
    rounds: int = 0
    by_person: int = 0
    ended: str = ""
    wrong: str = ""
    note: str = ""


@dataclass
class _Played:
    stage: Stage
    kit: Kit
    plan: Plan
    verdict: Verdict
    delivery: int
    account: int
    marker: str
    title: str
    generation: int = 0
    tapped: bool = False
    """The person has confirmed it on the phone, and knows."""
    waits_for_effects: bool = False
    crashes: list[Any] = field(default_factory=list)

    def line(self) -> Line:
        with self.stage.room.store.reading() as session:
            found = deliveries.one(session, self.delivery)
        assert found is not None
        return found

    def public(self) -> list[dict[str, Any]]:
        """The ledger's rows of this post, those taken down included."""
        rows = self.stage.control(f"/ledger?platform={self.kit.platform}&account={self.kit.key(self.plan.number)}")
        mine = [row for row in rows if self.marker in row["marker"] + row["text"] or row["title"] == self.title]
        return [row for row in mine if self.kit.kind in ("", row["kind"])]

    def standing(self) -> int:
        return sum(row["removed_at"] is None for row in self.public())


def play(stage: Stage, plan: Plan) -> Verdict:
    """Plays the run to its end and judges it."""
    played = _planted(stage, plan)
    stage.control("/faults", [fault.rule for fault in plan.faults])
    try:
        _until_settled(played, {State.LIVE, State.FAILED}, _person)
        if not played.verdict.wrong and plan.withdraws and played.line().delivery.state == State.LIVE:
            by_hand.withdraw(stage.room, played.delivery, None, stage.now())
            _until_settled(played, {State.WITHDRAWN}, _person_deletes)
    except Exception as error:
        played.verdict.wrong = "crashed"
        played.verdict.note = f"{type(error).__name__}: {error}"[:300]
    stage.control("/faults", [])
    _judge(played)
    return played.verdict


# ---------------------------------------------------------------- rounds


def _until_settled(played: _Played, ends: set[State], person: Callable[[_Played, Line], None]) -> None:
    stage, verdict = played.stage, played.verdict
    for _ in range(ROUNDS_MAX):
        verdict.rounds += 1
        began = time.monotonic()
        _round(played)
        if played.waits_for_effects and time.monotonic() - began > READ_SECONDS:
            time.sleep(LATE_EFFECT)
        line = played.line()
        row = line.delivery
        if row.state == State.LIVE and not played.standing():
            verdict.wrong = "wrongly live"
            return
        if row.state in ends and row.next_try_at is None:
            return
        if line.account.stopped_reason:
            _consents_anew(played)
        if row.state in (State.NEEDS_PERSON, State.HANDED_OVER):
            person(played, played.line())
        _jump_to_next(stage, played.line())
    verdict.wrong = "stuck"


def _jump_to_next(stage: Stage, line: Line) -> None:
    row, now = line.delivery, stage.now()
    at = max(filter(None, (row.next_try_at, row.lease_until)), default=now)
    # a person needs a moment as well
    stage.jump(max((at - now).total_seconds(), 0.0) + 1.0)


def _round(played: _Played) -> None:
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


def _end(played: _Played, crash: Any) -> None:
    if crash.how == "die":
        raise Died
    # the worker stands still until its lease is over, and others do its work meanwhile
    played.stage.jump(AFTER_DEATH)
    _work(played.stage.room, False)


def _killed_round(played: _Played) -> None:
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


# ---------------------------------------------------------------- people


def _person(played: _Played, line: Line) -> None:
    """Does what the desk asks for, after a look at the platform."""
    stage, number = played.stage, played.plan.number
    row = line.delivery
    if row.state == State.HANDED_OVER:
        if not played.tapped:
            played.tapped = True
            opened = by_hand.show_hand_off(stage.room, played.delivery, stage.now())
            said = stage.control("/douyin/open", {"schema": opened, "open_id": played.kit.key(number)})
            if not said["ok"]:
                raise RuntimeError(f"the phone refused: {said}")
        _let_events_arrive(played)
    elif row.state == State.NEEDS_PERSON:
        played.verdict.by_person += 1
        rows = played.public()
        try:
            if rows:
                by_hand.register_live(stage.room, played.delivery, rows[0]["url"], None, stage.now())
            else:
                by_hand.resend(stage.room, played.delivery, None, stage.now())
        except Refused as refused:
            played.verdict.note = str(refused)
            if "授权" in str(refused):
                # the sentence says what is missing, and the person does it
                _consents_anew(played)


def _let_events_arrive(played: _Played) -> None:
    """Call-backs come in real time, a delayed one when its time has come."""
    for _ in range(40):
        time.sleep(0.02)
        if played.line().delivery.next_try_at is None or not _pending(played):
            return


def _pending(played: _Played) -> bool:
    now = played.stage.now().timestamp()
    for push in played.stage.control("/pushes"):
        due = datetime.fromisoformat(push["due"]).timestamp()
        if push["state"] in ("waiting", "sending") and due <= now + 1:
            return True
    return False


def _person_deletes(played: _Played, line: Line) -> None:
    """Where no interface can: on the phone, or on the platform's own site."""
    played.verdict.by_person += 1
    for row in played.public():
        if row["removed_at"] is None:
            played.stage.control("/remove", {"ledger_id": row["id"], "by": "account"})
    by_hand.register_withdrawn(played.stage.room, played.delivery, None, played.stage.now())


def _consents_anew(played: _Played) -> None:
    """The account's owner consents, and the account is checked."""
    stage, number = played.stage, played.plan.number
    played.generation += 1
    stage.control("/accounts", played.kit.joins(number, played.generation))
    with stage.room.store.session() as session:
        secrets = played.kit.secrets(number, stage.now(), played.generation)
        accounts.keep_credentials(session, played.account, secrets, stage.room.vault, now=stage.now())
    check_account(stage.room, f"bench-{number}", stage.now())


# ---------------------------------------------------------------- before and after


def _planted(stage: Stage, plan: Plan) -> _Played:
    """The account, at the platform and with us, and its one delivery."""
    kit, number, now = KITS[plan.platform], plan.number, stage.now()
    stage.control("/accounts", kit.joins(number, 0))
    _register_callback(stage, kit, number, now)
    title = f"冰面能站人吗 {number}"
    with stage.room.store.session() as session:
        picture = stage.room.media.keep_picture(session, _picture(), origin="bench", now=now).sha256
        settings = {"base_url": f"{stage.base}/{kit.platform}", "public_url": f"{stage.base}/{kit.platform}"}
        values = {"platform": kit.platform, "name": title, "settings": settings | kit.settings}
        account = accounts.put(session, f"bench-{number}", values, now=now)
        assert account.id is not None
        accounts.keep_credentials(session, account.id, kit.secrets(number, now, 0), stage.room.vault, now=now)
        fields = {
            "title": title,
            "digest": "一句话说清楚。",
            "short_text": f"{title}：一句话说清楚。",
            "body_html": f"<p>{title}。</p>" + (f'<p><img src="media:{picture}"></p>' if number % 2 else ""),
            "video_title": title,
            "video_url": f"{stage.address}/v.mp4",
            "cover_sha256": picture,
            "ai_use": "none",
        }
        version = stories.add(session, fields=fields, by=None, now=now)
        assert version.id is not None
        marker = deliveries.new_marker()
        row = deliveries.add(
            session,
            version_id=version.id,
            account_id=account.id,
            marker=marker,
            form=form_of(version, account, marker=marker, site_url=stage.room.site_url),
            fingerprint="",
            state=State.QUEUED,
            lane=Lane.EMERGENCY if plan.emergency else Lane.NORMAL,
            due_at=now,
            by=None,
            now=now,
        )
        assert row.id is not None
    verdict = Verdict(number, plan.platform, [fault.name for fault in plan.faults], [])
    late = any(fault.name == "超时后才生效" for fault in plan.faults)
    played = _Played(stage, kit, plan, verdict, row.id, account.id, marker, title, waits_for_effects=late)
    played.crashes = list(plan.crashes)
    return played


_REGISTERED = threading.local()


def _register_callback(stage: Stage, kit: Kit, number: int, now: datetime) -> None:
    if not kit.calls_back:
        return
    joined = kit.joins(number, 0)
    key = joined["appid"] if kit.calls_back == "account" else joined["client_key"]
    if kit.calls_back == "app" and getattr(_REGISTERED, "stage", None) is stage:
        return
    if kit.calls_back == "app":
        _REGISTERED.stage = stage
    asked = {"platform": kit.platform, "key": key, "url": f"{stage.address}/bench-{number}", "verify": False}
    stage.control("/callbacks", asked | {"token": "fake-token"})


@functools.cache
def _picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (32, 24), (40, 90, 160)).save(out, "PNG")
    return out.getvalue()


def _judge(played: _Played) -> None:
    verdict, state = played.verdict, State(played.line().delivery.state)
    verdict.ended = state
    times, standing = len(played.public()), played.standing()
    if verdict.wrong:
        verdict.note = f"{state}；{played.line().delivery.reason}；{verdict.note}"
    elif times > 1:
        verdict.wrong, verdict.note = "doubled", f"{times} times public"
    elif state is State.WITHDRAWN and standing:
        verdict.wrong = "wrongly withdrawn"
    elif state is State.LIVE and not standing:
        verdict.wrong = "wrongly live"
    elif not times and not (state is State.FAILED and played.plan.may_fail and played.line().delivery.reason):
        verdict.wrong, verdict.note = "lost", f"{state}；{played.line().delivery.reason}"
