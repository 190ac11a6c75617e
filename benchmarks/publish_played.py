"""A run of the publishing benchmark while it is played: its delivery, what is known of it, and how it is set up."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image
from sqlmodel import Session

from benchmarks.publish_kits import KITS, Kit
from benchmarks.publish_neighbours import drafted, placed
from benchmarks.publish_plans import DAY_HOURS, Plan
from benchmarks.publish_queued import queued
from benchmarks.publish_stage import Crash, Stage
from content_store import accounts, deliveries, queue
from content_store.deliveries import Line
from content_store.tables import Account, Lane
from steps.accounts import check_account

LATE = timedelta(days=4)
SECOND = "（二）"
"""What tells the title of another delivery of ours from that of the played one."""


@dataclass
class Verdict:
    """How a run ended. `wrong` is empty, or one of benchmarks.publish_judge.WRONG."""

    number: int
    platform: str
    planned: list[str]
    """Faults that were to happen."""
    faults: list[str]
    """Those of them that the stand-ins did, by their own count."""
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
class Beside:
    """What else is on the account: what people put there, and another delivery of ours that is under way."""

    rows: set[int] = field(default_factory=set)
    """Of the ledger: posts of people."""
    drafts: list[str] = field(default_factory=list)
    """Drafts of people, by media_id."""
    delivery: int = 0
    """0: there is none."""
    marker: str = ""


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
    edited: bool = False
    """An editor has been at the platform's own site."""
    uploaded: set[int] = field(default_factory=set)
    """Rows of the ledger that a person made from our package."""
    beside: Beside = field(default_factory=lambda: Beside())
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
        mine = [row for row in self.ledger() if self._is_mine(row)]
        return [row for row in mine if self.kit.kind in ("", row["kind"])]

    def ledger(self) -> list[dict[str, Any]]:
        """All rows of the account."""
        key = self.kit.key(self.plan.number)
        rows: list[dict[str, Any]] = self.stage.control(f"/ledger?platform={self.kit.platform}&account={key}")
        return rows

    def _is_mine(self, row: Mapping[str, Any]) -> bool:
        if row["id"] in self.beside.rows:
            return False
        told = self.marker in row["marker"] + row["text"]
        return told or row["title"] == self.title or row["id"] in self.uploaded

    def standing(self) -> list[dict[str, Any]]:
        return [row for row in self.public() if row["removed_at"] is None]

    def remove(self, row: Mapping[str, Any]) -> None:
        """A person deletes it on the platform's own site."""
        if row["kind"] == "article" and row["id"] in self.uploaded:
            with self.stage.world.tx() as tx:
                tx.remove_public(row["id"], tx.now, "account")
        else:
            self.stage.control("/remove", {"ledger_id": row["id"], "by": "account"})

    def receipt(self, delivery: int) -> list[str]:
        """By what our record names the work: its address, and its numbers at the platform."""
        with self.stage.room.store.reading() as session:
            kept = queue.receipt(session, delivery)
        if kept is None:
            return []
        ids = [value for name, value in kept.external_ids.items() if name == "mid" or name.endswith("_id")]
        return [text for text in (kept.public_url, *ids) if text]

    # ------------------------------------------------------------ what happens to the platform and the account

    def begin_outage(self) -> None:
        outage = self.plan.outage
        assert outage is not None
        self.outage_over = self.stage.now() + timedelta(hours=DAY_HOURS)
        self._install([{"id": f"outage{place}", **rule} for place, rule in enumerate(outage.rules)])

    def end_outage(self) -> None:
        self.count_fired()
        self.outage_over = None
        self._install([])

    def count_fired(self) -> None:
        """What the stand-ins did of the script so far, by their own count."""
        fired = {rule["id"] for rule in self.stage.control("/faults") if rule["fired"]}
        self.verdict.faults = [fault.name for place, fault in enumerate(self.plan.faults) if f"fault{place}" in fired]
        if self.plan.outage is not None and any(name.startswith("outage") for name in fired):
            self.verdict.did(self.plan.outage.name)

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

    def somebody_posts(self) -> None:
        """A similar one, after ours was begun perhaps."""
        key = self.kit.key(self.plan.number)
        self.beside.rows.add(placed(self.stage.world, self.kit.platform, key, f"{self.title}（转）", ago=0.0))
        self.verdict.did("账号上有人跟着发帖")

    def consents_anew(self) -> None:
        """The account's owner consents, and the account is checked."""
        stage, number = self.stage, self.plan.number
        self.generation += 1
        _joins(stage, self.kit, number, self.generation)
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
    _joins(stage, kit, number, 0)
    _register_callback(stage, kit, number)
    title = f"冰面能站人吗 {number}"
    beside = _neighbours(stage, plan, title)
    with stage.room.store.session() as session:
        picture = stage.room.media.keep_picture(session, _picture(), origin="bench", now=now).sha256
        account = _account(session, stage, plan, title, now)
        lane = Lane.EMERGENCY if plan.emergency else Lane.NORMAL
        due = now - LATE if plan.late else now
        fields = _fields(stage, title, picture, number)
        delivery, marker = queued(session, stage.room, account, fields, lane=lane, due_at=due, now=now)
        if plan.another:
            other = fields | _fields(stage, f"{title}{SECOND}", picture, number)
            beside.delivery, beside.marker = queued(session, stage.room, account, other, lane=lane, due_at=now, now=now)
    verdict = Verdict(number, plan.platform, [fault.name for fault in plan.faults], [], [])
    late = any(fault.name == "超时后才生效" for fault in plan.faults)
    assert account.id is not None
    played = Played(stage, kit, plan, verdict, delivery, account.id, marker, title, waits_for_effects=late)
    played.crashes, played.beside = list(plan.crashes), beside
    if plan.neighbours:
        verdict.did("账号上早有同名帖")
    if plan.another:
        verdict.did("账号上另有一条在途")
    return played


def _account(session: Session, stage: Stage, plan: Plan, name: str, now: datetime) -> Account:
    kit, number = KITS[plan.platform], plan.number
    base = f"{stage.base}/{kit.platform}"
    settings = {"base_url": base, "public_url": base, "commercial_url": base}
    values = {"platform": kit.platform, "name": name, "settings": settings | kit.settings}
    account = accounts.put(session, f"bench-{number}", values, now=now)
    assert account.id is not None
    accounts.keep_credentials(session, account.id, kit.secrets(number, now, 0), stage.room.vault, now=now)
    return account


def _fields(stage: Stage, title: str, picture: str, number: int) -> dict[str, Any]:
    return {
        "title": title,
        "digest": "一句话说清楚。",
        "short_text": f"{title}：一句话说清楚。",
        "body_html": f"<p>{title}。</p>" + (f'<p><img src="media:{picture}"></p>' if number % 2 else ""),
        "video_title": title,
        "video_url": f"{stage.address}/v.mp4",
        "cover_sha256": picture,
        "ai_use": "none",
    }


def _joins(stage: Stage, kit: Kit, number: int, generation: int) -> None:
    joins = kit.joins(number, generation)
    if joins:
        stage.control("/accounts", joins)


def _neighbours(stage: Stage, plan: Plan, title: str) -> Beside:
    """What stood on the account before: posts of the same title, and a draft that looks like ours."""
    kit, beside = KITS[plan.platform], Beside()
    key = kit.key(plan.number)
    for place in range(plan.neighbours):
        beside.rows.add(placed(stage.world, kit.platform, key, title, ago=30.0 + 7200.0 * place))
    if plan.neighbours and kit.platform == "wechat":
        beside.drafts.append(drafted(stage.world, key, f"{title}（旧稿）"))
    return beside


def _register_callback(stage: Stage, kit: Kit, number: int) -> None:
    """One app serves all accounts of its platform, and calls back at the address that was given first."""
    key = kit.callback_key(number) if kit.calls_back else ""
    if not key or key in stage.called_back:
        return
    stage.called_back.add(key)
    asked = {
        "platform": kit.platform,
        "key": key,
        "url": f"{stage.address}/{kit.platform}/bench-{number}",
        "verify": False,
    }
    stage.control("/callbacks", asked | {"token": "fake-token"})


@functools.cache
def _picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (32, 24), (40, 90, 160)).save(out, "PNG")
    return out.getvalue()
