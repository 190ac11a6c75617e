"""A run of the publishing benchmark while it is played: its delivery, what is known of it, and how it is set up."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from benchmarks.publish_kits import KITS, Kit
from benchmarks.publish_plans import DAY_HOURS, Plan
from benchmarks.publish_stage import Crash, Stage, queued
from content_store import accounts, deliveries
from content_store.deliveries import Line
from content_store.tables import Lane
from steps.accounts import check_account

LATE = timedelta(days=4)


@dataclass
class Verdict:
    """How a run ended. `wrong` is empty, or one of benchmarks.publish_judge.WRONG."""

    number: int
    platform: str
    faults: list[str]
    crashes: list[str]
    """Those that were reached."""
    hands: list[str] = field(default_factory=list)
    """What people, owners, clocks and call-backs did beside the ordinary; those that were reached."""
    kills: int = 0
    rounds: int = 0
    by_person: int = 0
    public: int = 0
    """How often it became public, by the ledger."""
    standing: int = 0
    ended: str = ""
    wrong: str = ""
    note: str = ""

    def did(self, what: str) -> None:
        if what not in self.hands:
            self.hands.append(what)


@dataclass
class Played:
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
    confirmed: int = 0
    """How often somebody did so."""
    called_off: bool = False
    """Somebody wanted it back, or gave it up, and was not refused."""
    two_done: bool = False
    sent_after_failing: bool = False
    clock_off: float = 0.0
    outage_over: datetime | None = None
    acted_in_outage: bool = False
    waits_for_effects: bool = False
    crashes: list[Crash] = field(default_factory=list)

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

    def standing(self) -> list[dict[str, Any]]:
        return [row for row in self.public() if row["removed_at"] is None]

    # ------------------------------------------------------------ what happens to the platform and the account

    def begin_outage(self) -> None:
        outage = self.plan.outage
        assert outage is not None
        self.outage_over = self.stage.now() + timedelta(hours=DAY_HOURS)
        self.verdict.did(outage.name)
        self._install([{"id": f"outage{place}", **rule} for place, rule in enumerate(outage.rules)])

    def end_outage(self) -> None:
        self.outage_over = None
        self._install([])

    def install_faults(self) -> None:
        self._install([])

    def _install(self, before: list[dict[str, Any]]) -> None:
        # with a name of its own a rule goes on counting where it stopped
        named = [{"id": f"fault{place}", **fault.rule} for place, fault in enumerate(self.plan.faults)]
        self.stage.control("/faults", [*before, *named])

    def set_clock_off(self, seconds: float) -> None:
        """Our clock alone; 0 puts it right."""
        self.stage.offset += seconds - self.clock_off
        self.clock_off = seconds

    def consent_taken_back(self) -> None:
        asked = {"platform": self.kit.platform, "account": self.kit.key(self.plan.number), "action": "revoke"}
        self.stage.control("/tokens", asked)
        self.verdict.did("授权被收回")

    def consents_anew(self) -> None:
        """The account's owner consents, and the account is checked."""
        stage, number = self.stage, self.plan.number
        self.generation += 1
        stage.control("/accounts", self.kit.joins(number, self.generation))
        with stage.room.store.session() as session:
            secrets = self.kit.secrets(number, stage.now(), self.generation)
            accounts.keep_credentials(session, self.account, secrets, stage.room.vault, now=stage.now())
        check_account(stage.room, f"bench-{number}", stage.now())


@contextmanager
def planted(stage: Stage, plan: Plan) -> Iterator[Played]:
    """The account, at the platform and with us, and its one delivery. Afterwards the platform and our clock are right again."""
    played = _planted(stage, plan)
    stage.ear.begin(holds=plan.callbacks == "倒序")
    played.install_faults()
    if plan.clock_off:
        played.set_clock_off(plan.clock_off)
        played.verdict.did(f"时钟{'快' if plan.clock_off > 0 else '慢'}十分钟")
    try:
        yield played
    finally:
        stage.control("/faults", [])
        stage.ear.begin(holds=False)
        played.set_clock_off(0.0)


def _planted(stage: Stage, plan: Plan) -> Played:
    kit, number, now = KITS[plan.platform], plan.number, stage.now()
    stage.control("/accounts", kit.joins(number, 0))
    _register_callback(stage, kit, number)
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
        lane = Lane.EMERGENCY if plan.emergency else Lane.NORMAL
        due = now - LATE if plan.late else now
        delivery, marker = queued(session, stage.room, account, fields, lane=lane, due_at=due, now=now)
    verdict = Verdict(number, plan.platform, [fault.name for fault in plan.faults], [])
    late = any(fault.name == "超时后才生效" for fault in plan.faults)
    played = Played(stage, kit, plan, verdict, delivery, account.id, marker, title, waits_for_effects=late)
    played.crashes = list(plan.crashes)
    return played


def _register_callback(stage: Stage, kit: Kit, number: int) -> None:
    """One app serves all accounts of its platform, and calls back at the address that was given first."""
    key = kit.callback_key(number) if kit.calls_back else ""
    if not key or key in stage.called_back:
        return
    stage.called_back.add(key)
    asked = {"platform": kit.platform, "key": key, "url": f"{stage.address}/bench-{number}", "verify": False}
    stage.control("/callbacks", asked | {"token": "fake-token"})


@functools.cache
def _picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (32, 24), (40, 90, 160)).save(out, "PNG")
    return out.getvalue()
