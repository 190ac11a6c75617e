"""Quotas and rate limits of the platforms, per account and interface: counted before each call, shown, planned with.

The limits are data (config/quotas.toml). A call that would go beyond is not made: it is refused here with the time at which
the window opens again. A part of each quota is kept for the emergency lane.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, Literal, TypeGuard
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from connectors.base import ErrorClass, Refusal
from connectors.channels.codes import Refused
from connectors.clock import ClockWatch
from connectors.errors import NeedsPerson
from connectors.http import Answer, HttpClient, HttpLimits
from connectors.traffic import Traffic
from content_store import quotas
from content_store.database import Store
from content_store.tables import Account

BEIJING = ZoneInfo("Asia/Shanghai")
Span = Literal["minute", "hour", "day", "month"]
SPAN_NAMES: dict[Span, str] = {"minute": "每分钟", "hour": "每小时", "day": "每天", "month": "每月"}


class Quota(BaseModel):
    """One limit: `count` calls of an interface within each `span`, of which `reserve` are the emergency lane's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    platform: str
    interface: str
    """The path below the platform's address; * stands for anything."""
    name: str
    """What users call it."""
    span: Span
    count: int
    """0: none at all, the interface is never asked."""
    reserve: int = 0
    polls: bool = False
    """It is asked what became of a post: the less is left, the more rarely."""
    per_post: int = 0
    """Calls that each post takes at least; 0: it is not asked for every post."""
    modes: tuple[str, ...] = ()
    """Ways of publishing (an account's mode) whose posts take them; empty: all."""

    @field_validator("count", "reserve", "per_post", mode="before")
    @classmethod
    def _is_a_count(cls, value: object) -> int:
        if not _counts(value):
            raise ValueError(_NO_COUNT)
        return value

    @model_validator(mode="after")
    def _leaves_some_for_all(self) -> Quota:
        if self.reserve and self.reserve >= self.count:
            raise ValueError("留给应急的 reserve 要小于总次数 count")
        return self


_NO_COUNT = "次数要写成 0 或更大的整数，不加引号"


def _counts(value: object) -> TypeGuard[int]:
    """True is a number to Python, and nothing that anybody meant as one."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


@dataclass(frozen=True)
class Left:
    """A quota as it stands for one account."""

    quota: Quota
    used: int
    refills_at: datetime

    @property
    def left(self) -> int:
        """For the emergency lane."""
        return max(self.quota.count - self.used, 0)

    @property
    def left_for_all(self) -> int:
        """For the other lanes."""
        return max(self.quota.count - self.quota.reserve - self.used, 0)

    @property
    def span_name(self) -> str:
        return SPAN_NAMES[self.quota.span]

    def left_for(self, *, urgent: bool) -> int:
        return self.left if urgent else self.left_for_all


class UsedUp(Refused):
    """Nothing was sent: the quota is used up. `after` seconds until it opens again."""

    def __init__(self, quota: Quota, opens_at: datetime, now: datetime, *, urgent: bool) -> None:
        kept = "" if urgent or not quota.reserve else f"（另有 {quota.reserve} 次留给应急）"
        most = quota.count if urgent else quota.count - quota.reserve
        cause = f"“{quota.name}”{SPAN_NAMES[quota.span]}的 {most} 次已用完{kept}。"
        local = opens_at.astimezone(BEIJING)
        remedy = f"{local.month} 月 {local.day} 日 {local:%H:%M} 恢复，届时自动继续，无需处理。"
        refusal = Refusal(kind=ErrorClass.QUOTA, cause=cause, remedy=remedy)
        super().__init__(refusal, "", "used up here, not asked", connector=quota.platform)
        self.after = (opens_at - now).total_seconds() + 1.0


class NeverAsked(Refused):
    """Nothing was sent: somebody set the quota to 0. No window will open; posts end with the reason."""

    def __init__(self, quota: Quota) -> None:
        cause = f"“{quota.name}”的次数设成了 0，系统不调用这个接口。"
        remedy = "要用它就请管理员把账号设置或 quotas.toml 里的次数改大，再重新发送；不用它就由人在平台上办理。"
        refusal = Refusal(kind=ErrorClass.PERMANENT, cause=cause, remedy=remedy)
        super().__init__(refusal, "", "set to none here, not asked", connector=quota.platform)


@dataclass(frozen=True)
class Meter:
    """Counts the calls of one account."""

    store: Store
    account_id: int
    quotas: Sequence[Quota]
    base_url: str
    now: Callable[[], datetime]
    urgent: bool = False
    """For the emergency lane: the reserve may be used."""

    def charge(self, url: str) -> None:
        """Counts this call against every quota it falls under, all or none. Raises UsedUp or NeverAsked; then it must not be made."""
        met = [quota for quota in self.quotas if fnmatchcase(path_below(url, self.base_url), quota.interface)]
        if not met:
            return
        for quota in met:
            if not quota.count:
                raise NeverAsked(quota)
        now = self.now()
        with self.store.session() as session:
            for quota in met:
                begins_at, ends_at = window(quota.span, now)
                most = quota.count if self.urgent else quota.count - quota.reserve
                if not quotas.take(session, self.account_id, quota.interface, quota.span, begins_at, most=most):
                    raise UsedUp(quota, ends_at, now, urgent=self.urgent)


class MeteredHttp(HttpClient):
    """A client whose calls are counted before they are made."""

    def __init__(
        self, limits: HttpLimits, *, now: Callable[[], datetime], meter: Meter, clock: ClockWatch | None = None
    ) -> None:
        super().__init__(limits, now=now, traffic=Traffic(clock=clock))
        self._meter = meter

    def call(self, method: str, url: str, *, writes: bool, **more: Any) -> Answer:
        self._meter.charge(url)
        return super().call(method, url, writes=writes, **more)


def path_below(url: str, base_url: str) -> str:
    """The path of `url` below the platform's address; the whole path where it stands elsewhere. Pure."""
    path, base = urlsplit(url).path, urlsplit(base_url).path.rstrip("/")
    return path.removeprefix(base) if base and path.startswith(f"{base}/") else path


def window(span: Span, now: datetime) -> tuple[datetime, datetime]:
    """When the present window began and when the next one begins, by Beijing's clock. Pure."""
    begun = now.astimezone(BEIJING).replace(second=0, microsecond=0)
    if span == "minute":
        return begun, begun + timedelta(minutes=1)
    begun = begun.replace(minute=0)
    if span == "hour":
        return begun, begun + timedelta(hours=1)
    begun = begun.replace(hour=0)
    if span == "day":
        return begun, begun + timedelta(days=1)
    begun = begun.replace(day=1)
    return begun, (begun + timedelta(days=32)).replace(day=1)


def quotas_of(account: Account, known: Iterable[Quota]) -> list[Quota]:
    """The account's limits: its platform's, changed by its own settings (`quotas`: interface → count). Pure.

    Raises NeedsPerson for a setting that is no count: the platform's limit in its place would allow more than was meant.
    """
    own = account.settings.get("quotas") or {}
    where = f"账号“{account.name}”的设置：quotas "
    if not isinstance(own, dict):
        raise NeedsPerson(f"{where}要按“接口 = 次数”来写，请改正。", connector=account.platform)
    for interface, count in own.items():
        if not _counts(count):
            raise NeedsPerson(f"{where}里“{interface}”的{_NO_COUNT}，请改正。", connector=account.platform)
    found = [quota for quota in known if quota.platform == account.platform]
    return [_changed(quota, own[quota.interface]) if quota.interface in own else quota for quota in found]


def _changed(quota: Quota, count: int) -> Quota:
    return quota.model_copy(update={"count": count, "reserve": min(quota.reserve, count // 2)})


def what_is_left(store: Store, account: Account, known: Iterable[Quota], now: datetime) -> list[Left]:
    """Each quota of the account as it stands now. Asks nobody. Raises NeedsPerson as quotas_of does."""
    assert account.id is not None
    mine = quotas_of(account, known)
    windows = {quota: window(quota.span, now) for quota in mine}
    with store.reading() as session:
        used = quotas.used(session, account.id, ((quota.interface, quota.span, windows[quota][0]) for quota in mine))
    return [Left(quota, used[quota.interface, quota.span], windows[quota][1]) for quota in mine]


def poll_spacing(store: Store, account: Account, known: Iterable[Quota], now: datetime) -> float:
    """Seconds that should lie between two questions about one accepted post: none while much is left. Asks nobody.

    The platform's call-back is what a result is usually known from; the questions are there for when it is lost.
    """
    left = [one for one in what_is_left(store, account, known, now) if one.quota.polls]
    if not left:
        return 0.0
    assert account.id is not None
    with store.reading() as session:
        waiting = quotas.waiting_for_result(session, account.id)
    return max(spacing(one, waiting, now) for one in left)


def spacing(left: Left, waiting: int, now: datetime) -> float:
    """What is left, spread over the time until it opens again and the posts that wait. Pure."""
    usable = left.quota.count - left.quota.reserve
    if left.left_for_all * 2 > usable:
        return 0.0
    until = max((left.refills_at - now).total_seconds(), 0.0)
    return until if not left.left_for_all else min(until, until * max(waiting, 1) / left.left_for_all)
