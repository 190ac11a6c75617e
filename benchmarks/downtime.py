"""A day's standstill replayed: a thousand posts come due while no worker runs, then one begins again. What is sent, what
is asked, what is dropped, by the rule of each lane; the stand-ins' ledger says what really went out.
"""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from benchmarks.figures import Figure, Setting, Table
from benchmarks.publish_kits import KITS
from benchmarks.publish_queued import queued
from benchmarks.publish_stage import Stage, stage
from config.files import FOLDER, entries
from content_store import accounts, deliveries, log
from content_store.tables import Account, Lane
from content_store.tables import DeliveryState as State
from steps.late_rules import LaneEntry, LateRule, late_rules
from steps.lateness import GRACE, MISSED
from steps.publish import poll_accepted, publish_due

POSTS = 1_000
OFF = timedelta(hours=24)
ACCOUNTS = 40
SHARES = ((Lane.EMERGENCY, 0.05), (Lane.NORMAL, 0.70), (Lane.BULK, 0.25))
NAMES = {Lane.EMERGENCY: "应急", Lane.NORMAL: "常规", Lane.BULK: "批量"}
THEN = {"send": "照发", "ask": "问人", "drop": "不发"}
BINS = ((0, 2), (2, 12), (12, 24))
"""Hours by which a post is late when the worker is back."""
LOOK_SECONDS = 30.0
ROUNDS_MAX = 400
_OPEN = (State.QUEUED, State.SENDING, State.ACCEPTED, State.UNKNOWN)
OTHER = {
    Lane.EMERGENCY: LateRule(after=timedelta(hours=2), then="ask"),
    Lane.NORMAL: LateRule(after=timedelta(hours=12), then="send"),
    Lane.BULK: LateRule(after=timedelta(hours=12), then="drop"),
}
"""A newsroom that lets nothing of its bulk go out a day late."""


@dataclass(frozen=True)
class Planned:
    """A post that was to go out while nothing ran."""

    delivery: int
    lane: Lane
    hours: float
    """How late it is when the worker is back."""
    marker: str


def run(setting: Setting, *, posts: int | None = None) -> Iterator[Figure | Table]:
    """The standstill under the rules that ship, and under stricter ones."""
    number = posts or setting.runs or POSTS
    shipped = late_rules(entries(FOLDER / "lanes.toml", "lane", LaneEntry))
    for name, rules in (("config/lanes.toml", shipped), ("批量过时不发", OTHER)):
        yield from _replayed(name, rules, number, setting.seed)


def _replayed(name: str, rules: Mapping[Lane, LateRule], number: int, seed: int) -> Iterator[Figure | Table]:
    with tempfile.TemporaryDirectory(prefix="kepu-bench-") as folder, stage(Path(folder), seed) as opened:
        opened.room = replace(opened.room, late=dict(rules))
        planned = _planned(opened, number, random.Random(seed))
        opened.jump(OFF.total_seconds())
        back = opened.now()
        _work(opened)
        outcomes = [_outcome(opened, one) for one in planned]
        yield _table(f"停机一天之后：{name}", rules, planned, outcomes)
        yield from _figures(name, opened, planned, outcomes, opened.now() - back)


def _planned(opened: Stage, number: int, chance: random.Random) -> list[Planned]:
    """Posts over the day to come, on all accounts in turn."""
    rows = _accounts(opened)
    begin = opened.now()
    found = []
    with opened.room.store.session() as session:
        for place in range(number):
            account, title = rows[place % len(rows)], f"停机那天要发的第 {place + 1} 条"
            lane = chance.choices([lane for lane, _ in SHARES], [share for _, share in SHARES])[0]
            late = chance.uniform(0.0, OFF.total_seconds())
            fields = {"title": title, "short_text": f"{title}：一句话。", "body_html": "<p>文</p>"}
            due = begin + OFF - timedelta(seconds=late)
            one, marker = queued(session, opened.room, account, fields, lane=lane, due_at=due, now=begin)
            found.append(Planned(one, lane, late / 3600, marker))
    return found


def _accounts(opened: Stage) -> list[Account]:
    now, kit, rows = opened.now(), KITS["weibo"], []
    opened.control("/accounts", [kit.joins(number, 0) for number in range(ACCOUNTS)])
    with opened.room.store.session() as session:
        for number in range(ACCOUNTS):
            settings = {"base_url": f"{opened.base}/weibo", "public_url": f"{opened.base}/weibo"}
            values = {"platform": "weibo", "name": f"账号 {number + 1}", "settings": settings | kit.settings}
            account = accounts.put(session, f"bench-{number}", values, now=now)
            assert account.id is not None
            accounts.keep_credentials(session, account.id, kit.secrets(number, now, 0), opened.room.vault, now=now)
            rows.append(account)
    return rows


def _work(opened: Stage) -> None:
    """The worker is back, and looks until nothing waits any more."""
    for _ in range(ROUNDS_MAX):
        publish_due(opened.room, opened.now(), limit=10 * POSTS)
        poll_accepted(opened.room, opened.now(), limit=10 * POSTS)
        with opened.room.store.reading() as session:
            counts = deliveries.count_by_state(session)
        if not any(counts.get(state, 0) for state in _OPEN):
            return
        opened.jump(LOOK_SECONDS)


@dataclass(frozen=True)
class Outcome:
    """What became of one post."""

    then: str
    """One of THEN, or the state it stands in where the rule's work is not done."""
    explained: bool
    """Its record says that it went out late, or why it did not."""


def _outcome(opened: Stage, one: Planned) -> Outcome:
    with opened.room.store.reading() as session:
        line = deliveries.one(session, one.delivery)
        entries_ = log.of(session, "delivery", one.delivery)
    assert line is not None
    row = line.delivery
    missed = row.reason.startswith(MISSED) and row.reason in {entry.why for entry in entries_}
    if row.state == State.LIVE:
        on_time = one.hours * 3600 < GRACE.total_seconds()
        return Outcome("send", on_time or any(entry.why.startswith("比预定时间晚") for entry in entries_))
    then = {State.NEEDS_PERSON: "ask", State.WITHDRAWN: "drop"}.get(State(row.state), str(row.state))
    return Outcome(then, missed)


def _table(title: str, rules: Mapping[Lane, LateRule], planned: list[Planned], outcomes: list[Outcome]) -> Table:
    rows: list[tuple[str | int, ...]] = []
    for lane, name in NAMES.items():
        rule = rules[lane]
        said = (
            f"晚过 {rule.after.total_seconds() / 3600:g} 小时就{THEN[rule.then]}"
            if rule.then != "send"
            else "多晚都照发"
        )
        for low, high in BINS:
            of = [
                outcome.then
                for one, outcome in zip(planned, outcomes, strict=True)
                if one.lane is lane and low <= one.hours < high
            ]
            counted = Counter(of)
            rows.append((name, said, f"{low}–{high} 小时", len(of), *(counted[then] for then in THEN)))
    return Table(title, ("通道", "规定", "恢复时已晚", "到点", "照发", "问人", "不发"), tuple(rows))


def _figures(
    name: str, opened: Stage, planned: list[Planned], outcomes: list[Outcome], lasted: timedelta
) -> Iterator[Figure]:
    ledger = Counter(_markers(opened, planned))
    lost = twice = wrongly = unsaid = 0
    for one, outcome in zip(planned, outcomes, strict=True):
        sent = outcome.then == "send"
        lost += sent and not ledger[one.marker]
        twice += ledger[one.marker] > 1
        wrongly += not sent and bool(ledger[one.marker])
        unsaid += not outcome.explained
    stopped = sum(outcome.then in ("ask", "drop") for outcome in outcomes)
    with opened.room.store.reading() as session:
        listed = deliveries.number_late(session, deliveries.Late(opened.now() - GRACE, MISSED))
    yield Figure(f"{name}：停机中到点的投递", len(planned), "条")
    yield Figure(f"{name}：账本里公开的", ledger.total(), "条")
    yield Figure(f"{name}：称已发布而账本没有", lost, "条", wanted="0", reached=lost == 0)
    yield Figure(f"{name}：公开两次以上", twice, "条", wanted="0", reached=twice == 0)
    yield Figure(f"{name}：没有照发却公开了", wrongly, "条", wanted="0", reached=wrongly == 0)
    yield Figure(f"{name}：没有写明迟到或未发的原因", unsaid, "条", wanted="0", reached=unsaid == 0)
    yield Figure(f"{name}：“错过时间”里列出的", listed, "条", wanted=str(stopped), reached=listed == stopped)
    yield Figure(f"{name}：恢复后到全部有结果", lasted.total_seconds() / 60, "分钟")


def _markers(opened: Stage, planned: list[Planned]) -> Iterator[str]:
    """The marker of each public work in the ledger."""
    known = {one.marker for one in planned}
    for row in opened.control("/ledger?platform=weibo"):
        yield next((marker for marker in known if marker in row["marker"]), "")
