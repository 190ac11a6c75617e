"""From a platform's refusals to what the queue does next. The tables themselves stand beside each channel, as data."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from connectors.base import ErrorClass, Outcome, Post, Refusal
from connectors.errors import ConnectorError, NeedsPerson, OutcomeUnknown, RetryLater
from connectors.failures import scrub

BEIJING = ZoneInfo("Asia/Shanghai")

CodeRow = tuple[str, ErrorClass, str, str]
"""Codes separated by spaces, class, cause, remedy; the last two one Chinese sentence each."""


class Refused(ConnectorError):
    """The platform said no in so many words: the call had no effect."""

    def __init__(self, refusal: Refusal, code: str, message: str, *, connector: str) -> None:
        super().__init__(f"{refusal.cause}{refusal.remedy}", connector=connector)
        self.refusal = refusal
        self.code = code
        self.raw = message
        self.after: float | None = None
        """Seconds until it makes sense to ask again, where more is known than the class of the refusal tells."""


class CodeTable:
    """A platform's codes. What is not in the table is permanent and shown with its raw code."""

    def __init__(self, platform: str, rows: Iterable[CodeRow]) -> None:
        self.platform = platform
        self._rows: dict[str, Refusal] = {}
        for codes, kind, cause, remedy in rows:
            for code in codes.split():
                if code in self._rows:
                    raise ValueError(f"{platform}: code {code} stands twice in the table")
                self._rows[code] = Refusal(kind=kind, cause=cause, remedy=remedy)

    def known(self) -> dict[str, Refusal]:
        """All rows, code by code: for the self-test page and the handbook."""
        return dict(self._rows)

    def refusal(self, code: str) -> Refusal:
        known = self._rows.get(code)
        if known is not None:
            return known
        return Refusal(
            kind=ErrorClass.PERMANENT,
            cause=f"{self.platform}返回了没有登记过的错误代码 {code}。",
            remedy="请对照平台的说明处理，处理好后再重新发送。",
        )

    def refused(self, code: str, message: str) -> Refused:
        return Refused(self.refusal(code), code, scrub(message)[:500], connector=self.platform)


def outcome_of(error: ConnectorError, now: datetime) -> Outcome:
    """What an act ended with, from the error it ended with."""
    if isinstance(error, Refused):
        return Outcome(
            state="failed",
            refusal=error.refusal,
            retry_after=wait_for(error.refusal.kind, now) if error.after is None else error.after,
            raw_code=error.code,
            raw_message=error.raw,
        )
    if isinstance(error, OutcomeUnknown):
        return Outcome(state="unknown", raw_message=error.message)
    if isinstance(error, RetryLater):
        cause = _ANNOUNCED.sub("。", error.message)
        refusal = Refusal(kind=ErrorClass.RETRYABLE, cause=cause, remedy="系统会自动再试，无需处理。")
        return Outcome(state="failed", refusal=refusal, retry_after=error.after, raw_message=error.message)
    kind = ErrorClass.NEEDS_HUMAN if isinstance(error, NeedsPerson) else ErrorClass.PERMANENT
    cause, remedy = _parted(error.message)
    refusal = Refusal(kind=kind, cause=cause, remedy=remedy or "请检查账号设置后再重新发送。")
    return Outcome(state="failed", refusal=refusal, raw_message=error.message)


_ANNOUNCED = re.compile("，[^，。]*会再试。$")
_ASKS = re.compile("[，；](?=请(?!求))")


def _parted(message: str) -> tuple[str, str]:
    """An error's sentence as cause and remedy; no remedy where it asks for nothing."""
    cause, *asked = _ASKS.split(message)
    return (f"{cause}。", "，".join(asked)) if asked else (message, "")


def not_asked(error: ConnectorError, now: datetime, *, still: Literal["accepted", "unknown"]) -> Outcome:
    """A question that could not be asked says nothing about the post: its state stays, the reason is shown."""
    return outcome_of(error, now).model_copy(update={"state": still, "not_asked": True})


def no_answer(platform: str, status: int, *, writes: bool, connector: str) -> ConnectorError:
    """The error for an answer that nobody can read, or that says the platform is down (HTTP 5xx)."""
    if writes:
        why = f"（HTTP {status}）" if status >= 500 else ""
        return OutcomeUnknown(f"{platform}的答复不完整{why}，不能确定是否已生效，需要先核对。", connector=connector)
    if status >= 500:
        return RetryLater(f"{platform}暂时不可用（HTTP {status}），稍后会再试。", connector=connector)
    return RetryLater(f"{platform}的答复不完整，稍后会再试。", connector=connector)


def never_again(found: Outcome) -> Outcome:
    """For a look-up: what was public once and is gone was taken down by somebody, and must not be sent anew by itself.

    Its ids are forgotten: where a person says so, it begins anew.
    """
    if found.state != "absent":
        return found
    cause, remedy = "发布后又被删除。", "请在平台上核对：主动删除的就登记为已撤回，要重发就点“重新发送”。"
    return Outcome(
        state="unknown",
        external_ids={name: "" for name in found.external_ids if name != "marker"},
        refusal=problem(ErrorClass.NEEDS_HUMAN, cause, remedy),
        raw_code=found.raw_code,
        raw_message=found.raw_message,
    )


AHEAD_MOST, _AHEAD_WAITS = 900.0, 1200.0
"""Used up so soon after midnight: our clock is ahead, and the platform still speaks of yesterday. Seconds."""
_DAY = 86_400.0


def wait_for(kind: ErrorClass, now: datetime) -> float | None:
    """Seconds until the platform can say yes again, where the contract tells."""
    if kind is ErrorClass.RATE:
        return 60.0
    if kind is ErrorClass.QUOTA:
        until = seconds_to_midnight(now)
        return _AHEAD_WAITS if until > _DAY - AHEAD_MOST else until + 60.0
    return None


def seconds_to_midnight(now: datetime) -> float:
    """Seconds until 00:00 Beijing time, when the platforms' daily quotas start again."""
    local = now.astimezone(BEIJING)
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight - local).total_seconds()


def number(value: Any) -> int | None:
    """A count that may come as a number, as a string, or not at all. Missing or unreadable is None, never 0."""
    if value is None or isinstance(value, bool):
        return None
    try:
        found = int(value)
    except (TypeError, ValueError):
        return None
    return found if found >= 0 else None


def problem(kind: ErrorClass, cause: str, remedy: str) -> Refusal:
    return Refusal(kind=kind, cause=cause, remedy=remedy)


def fingerprint(*parts: object) -> str:
    """A short mark of what a call sends, so that two attempts can be compared later. Posts count by what they say."""
    told = [
        part.model_dump_json(exclude={"cover", "pictures"}) if isinstance(part, Post) else str(part) for part in parts
    ]
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()
