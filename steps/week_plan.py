"""The coming days of every account: what goes out when, how full its limits are, what stands too close or was said before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from sqlmodel import Session

from connectors.errors import ConnectorError
from content_store import accounts, deliveries
from content_store.deliveries import Line, Said
from content_store.tables import Account, Delivery, Lane
from content_store.tables import DeliveryState as State
from steps.clashes import COMPARED, SAME_CONTENT, alike, apart, gap
from steps.follower_quota import sends
from steps.newsroom import Newsroom
from steps.quota_outlook import calls_per_post
from steps.quotas import BEIJING, SPAN_NAMES, Quota, quotas_of, what_is_left, window

DAYS = 7
MOST = 2000
"""Posts that one week shows; who plans more looks at the list."""
TIGHT = 0.8
"""From this share on a limit is worth a word beside the fullest one."""


@dataclass(frozen=True)
class Slot:
    """A post at its time. `notes`: what to know about it (Chinese)."""

    line: Line
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Load:
    """What a limit of the account has to bear: used already, and planned. `over`: more than it can."""

    name: str
    taken: int
    most: int

    @property
    def over(self) -> bool:
        return self.taken > self.most

    @property
    def share(self) -> float:
        return self.taken / self.most if self.most else float(self.taken > 0)


@dataclass(frozen=True)
class Day:
    """One day of one account. `loads`: its fullest limit, and others that are nearly full or overfull."""

    on: date
    slots: Sequence[Slot]
    loads: Sequence[Load]


@dataclass(frozen=True)
class Row:
    """The week of one account. `still` (Chinese): why nothing of it goes out now; empty where it does."""

    account: Account
    days: Sequence[Day]
    still: str = ""


@dataclass(frozen=True)
class Week:
    """`idle`: accounts in use for which nothing is planned. `cut`: there is more than is shown."""

    days: Sequence[date]
    rows: Sequence[Row]
    idle: Sequence[Account]
    cut: bool

    def on(self, day: date) -> list[Slot]:
        """All accounts' posts of a day, in order of time."""
        found = [slot for row in self.rows for each in row.days if each.on == day for slot in each.slots]
        return sorted(found, key=lambda slot: (slot.line.delivery.due_at, slot.line.delivery.id or 0))


def week(newsroom: Newsroom, first: date, now: datetime) -> Week:
    """Seven days of Beijing from `first` on. Asks no platform."""
    days = [first + timedelta(days=number) for number in range(DAYS)]
    begins, ends = _midnight(first), _midnight(first + timedelta(days=DAYS))
    with newsroom.store.reading() as session:
        known = {row.id or 0: row for row in accounts.listed(session)}
        lines = deliveries.of_accounts(session, known, since=begins, until=ends, limit=MOST + 1)
        lines = [line for line in lines if line.delivery.state != State.HELD and line.delivery.due_at < ends]
        said = _said_by(session, lines, now)
    of = {number: [line for line in lines[:MOST] if line.account.id == number] for number in known}
    rows = [_row(newsroom, known[number], days, mine, said.get(number, []), now) for number, mine in of.items() if mine]
    idle = [row for number, row in known.items() if row.enabled and not of[number]]
    return Week(days, rows, idle, len(lines) > MOST)


def day_of(moment: datetime) -> date:
    return moment.astimezone(BEIJING).date()


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=BEIJING)


def _said_by(session: Session, lines: Sequence[Line], now: datetime) -> dict[int, list[Said]]:
    """What each account with something to come says or said within a month."""
    found: dict[int, list[Said]] = {}
    for number in {line.account.id or 0 for line in lines if line.delivery.state == State.QUEUED}:
        found[number] = deliveries.said_on(session, [number], since=now - SAME_CONTENT, limit=COMPARED)
    return found


def _row(
    newsroom: Newsroom, account: Account, days: Sequence[date], lines: list[Line], said: list[Said], now: datetime
) -> Row:
    notes, loads = notes_on(lines, said), _loads(newsroom, account, lines, now)
    notifies = sends(newsroom, account, now) is not None
    found = []
    for day in days:
        mine = [line for line in lines if day_of(line.delivery.due_at) == day]
        slots = [Slot(line, notes.get(line.delivery.id or 0, ())) for line in mine]
        full = sorted(loads.get(day, []), key=lambda load: -load.share)
        told = [load for number, load in enumerate(full) if not number or load.share >= TIGHT]
        sent = _sends(newsroom, account, day, now) if notifies and mine else []
        found.append(Day(day, slots, [*sent, *told]))
    still = account.stopped_reason or ("" if account.enabled else "账号已停用，启用之前不会发出。")
    return Row(account, found, still)


def notes_on(lines: Sequence[Line], said: Sequence[Said]) -> dict[int, tuple[str, ...]]:
    """Delivery id → what to know about what still waits (Chinese), for the posts of one account in order of time. Pure."""
    found: dict[int, list[str]] = {}
    for before, after in pairwise(lines):
        one, two = before.delivery.due_at, after.delivery.due_at
        if before.story_id == after.story_id or two - one >= timedelta(minutes=apart(after.account)):
            continue
        for line, other in ((before, after), (after, before)):
            found.setdefault(line.delivery.id or 0, []).append(f"与《{other.title[:12]}》{gap(one, two)}")
    by_version = {row.version_id: row for row in said}
    for line in lines:
        mine = by_version.get(line.delivery.story_version_id)
        if line.delivery.state == State.QUEUED and mine is not None:
            found.setdefault(line.delivery.id or 0, []).extend(_same(mine, said))
    waiting = {line.delivery.id for line in lines if line.delivery.state == State.QUEUED}
    return {number: tuple(dict.fromkeys(words)) for number, words in found.items() if number in waiting and words}


def _same(mine: Said, said: Sequence[Said]) -> list[str]:
    told: dict[int, str] = {}
    for other in said:
        what = alike(mine, other)
        if what:
            told.setdefault(other.story_id, f"与《{other.title[:12]}》{what}")
    return list(told.values())


def _loads(newsroom: Newsroom, account: Account, lines: Sequence[Line], now: datetime) -> dict[date, list[Load]]:
    """Day → the limits that its posts count against. Emergencies have a reserve of their own, and do not count."""
    try:
        # of a month's limit a week shows too little to tell anything
        known = [q for q in quotas_of(account, newsroom.quotas) if calls_per_post(account, q) and q.span != "month"]
        left = {each.quota: each.used for each in what_is_left(newsroom.store, account, newsroom.quotas, now)}
    except ConnectorError:
        return {}
    waiting = [line.delivery for line in lines if line.delivery.state == State.QUEUED]
    found: dict[date, list[Load]] = {}
    for quota in known:
        for day, load in _of_quota(account, quota, waiting, left[quota], now).items():
            found.setdefault(day, []).append(load)
    return found


def _of_quota(
    account: Account, quota: Quota, waiting: Sequence[Delivery], used: int, now: datetime
) -> dict[date, Load]:
    """Day → this limit in the fullest of its windows that begin or go on that day. Pure."""
    others = [row for row in waiting if row.lane != Lane.EMERGENCY]
    # what is overdue goes out in the present window
    calls = Counter(window(quota.span, max(row.due_at, now))[0] for row in others)
    present, most = window(quota.span, now)[0], quota.count - quota.reserve
    found: dict[date, Load] = {}
    for begins, number in calls.items():
        taken = number * calls_per_post(account, quota) + (used if begins == present else 0)
        load = Load(f"{quota.name}（{SPAN_NAMES[quota.span]}）", taken, most)
        day = max(day_of(begins), day_of(now)) if begins == present else day_of(begins)
        if day not in found or found[day].taken < taken:
            found[day] = load
    return found


def _sends(newsroom: Newsroom, account: Account, day: date, now: datetime) -> list[Load]:
    """How many posts of the day, or of its month, notify followers."""
    told = sends(newsroom, account, max(_midnight(day), now))
    return [] if told is None else [Load(f"群发（{told.span_name}）", told.used + told.planned, told.most)]
