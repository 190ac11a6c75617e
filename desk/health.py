"""How a source is doing, in words an editor understands. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from content_store.counts import FAILING
from content_store.tables import LogEntry, Source
from desk import words
from steps.rhythm import is_quiet, moments

DAYS = 14
"""How far the page of a source looks back."""
STATES = {
    "failing": ("bad", "连续失败"),
    "quiet": ("warn", "很久没有新内容"),
    "stumbled": ("warn", "上次失败，将重试"),
    "waiting": ("plain", "尚未采集"),
    "good": ("good", "正常"),
    "off": ("plain", "已停用"),
}
"""Key of a state → tone and words, the worst first."""
NOTICED = ("failing", "quiet")
"""States that a person should know of without looking for them."""
ACTS = {
    "added": "添加",
    "changed": "修改",
    "enabled": "启用",
    "disabled": "停用",
    "visited": "手动采集",
    "failing": "连续失败",
    "recovered": "恢复正常",
}
"""What the log says of a source, by its act."""


@dataclass(frozen=True)
class Health:
    """A source's state at a moment; `told` is one or two sentences: what is the case and what to do."""

    state: str
    told: str

    @property
    def tone(self) -> str:
        return STATES[self.state][0]

    @property
    def said(self) -> str:
        return STATES[self.state][1]

    @property
    def rank(self) -> int:
        return list(STATES).index(self.state)


def health(row: Source, now: datetime) -> Health:
    """How the source stands at `now`."""
    state = state_of(row, now)
    return Health(state, _TOLD[state](row, now))


def state_of(row: Source, now: datetime) -> str:
    """A key of STATES."""
    if not row.enabled:
        return "off"
    if row.failures >= FAILING:
        return "failing"
    if row.failures:
        return "stumbled"
    if row.last_ok_at is None:
        return "waiting"
    rhythm = timedelta(minutes=row.rhythm_minutes)
    since = row.last_new_at or row.created_at
    return "quiet" if is_quiet(row.kind, rhythm, moments(row.news), since, now) else "good"


def troubles(rows: Iterable[Source], now: datetime) -> list[tuple[str, str, list[str]]]:
    """What a person should look at: state, tone and the names of the sources that keep failing or have fallen quiet."""
    names: dict[str, list[str]] = {state: [] for state in NOTICED}
    for row in rows:
        state = state_of(row, now)
        if state in names:
            names[state].append(row.name)
    return [(state, STATES[state][0], found) for state, found in names.items() if found]


def _off(row: Source, now: datetime) -> str:
    return "这个来源已停用，不再采集；已收到的素材都保留。需要时请管理员启用。"


def _failing(row: Source, now: datetime) -> str:
    last = f"最近一次成功是 {words.when(row.last_ok_at, now)}" if row.last_ok_at else "从来没有成功过"
    return (
        f"已连续失败 {row.failures} 次，{last}。系统会自动再试（{_next(row, now)}），恢复后无需操作；"
        "如果网站已改版或搬家，请点“修改”换成新网址。"
    )


def _stumbled(row: Source, now: datetime) -> str:
    passing = not row.last_error or "再试" in row.last_error
    todo = "暂时不用处理" if passing else "请先看下面的原因：要换网址或设置就点“修改”，不必等它再试"
    return f"最近一次没有成功（{words.when(row.last_tried_at, now)}），系统会自动再试（{_next(row, now)}）；{todo}。"


def _waiting(row: Source, now: datetime) -> str:
    return "还没有采集过，下一轮就会采集；急用可点“立即采集一次”。"


def _quiet(row: Source, now: datetime) -> str:
    since = row.last_new_at or row.created_at
    return (
        f"采集没有出错，但已有 {words.span(now - since)}没有新内容，比平常久。"
        "请打开它的网址看看：栏目停更了可以停用，栏目搬家了请点“修改”换网址。"
    )


def _good(row: Source, now: datetime) -> str:
    new = f"，最近一次有新内容是 {words.when(row.last_new_at, now)}" if row.last_new_at else "，还没有收到过内容"
    return f"采集正常：{words.when(row.last_ok_at, now)} 采集过{new}。"


_TOLD = {
    "off": _off,
    "failing": _failing,
    "stumbled": _stumbled,
    "waiting": _waiting,
    "quiet": _quiet,
    "good": _good,
}


def _next(row: Source, now: datetime) -> str:
    return f"下次 {words.when(row.next_at, now)}" if row.next_at and row.next_at > now else "马上"


def per_day(moments: Iterable[datetime], now: datetime, days: int = DAYS) -> list[tuple[datetime, int]]:
    """Beijing days, oldest first, with how many of the moments fall on each."""
    today = now.astimezone(words.LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
    counts = dict.fromkeys((today - timedelta(days=back) for back in range(days - 1, -1, -1)), 0)
    for moment in moments:
        day = moment.astimezone(words.LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
        if day in counts:
            counts[day] += 1
    return list(counts.items())


def rhythm(minutes: int) -> str:
    """每 15 分钟, 每小时, 每 6 小时, 每天."""
    if minutes % 1440 == 0:
        return "每天" if minutes == 1440 else f"每 {minutes // 1440} 天"
    if minutes % 60 == 0:
        return "每小时" if minutes == 60 else f"每 {minutes // 60} 小时"
    return f"每 {minutes} 分钟"


def past(entries: Sequence[LogEntry]) -> list[tuple[datetime, str, str, str]]:
    """What people did with the source, newest first: when, what, who, details."""
    return [(each.at, ACTS.get(each.act, each.act), words.actor(each.actor), each.why) for each in reversed(entries)]
