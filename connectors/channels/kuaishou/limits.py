"""Kuaishou says the same of a used-up quota and of a ban. On the second day in a row, it is asked of a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from connectors.base import ErrorClass, Outcome, Token, TokenShelf
from connectors.channels.codes import AHEAD_MOST, BEIJING, problem

_KIND = "over_limit"
_REMEMBERED = timedelta(days=3)


class OverLimit:
    """Remembers the day on which the refusal was met first, until a publish goes through."""

    def __init__(self, tokens: TokenShelf, now: Callable[[], datetime]) -> None:
        self._tokens = tokens
        self._now = now

    def passed(self) -> None:
        kept = self._tokens.get(_KIND)
        if kept is not None:
            self._tokens.drop(_KIND, kept.value)

    def met(self, outcome: Outcome) -> Outcome:
        """The outcome as it is on the first day; a person's work from the next day on."""
        now = self._now()
        # our clock may be ahead: just after midnight the platform still speaks of yesterday
        today = (now - timedelta(seconds=AHEAD_MOST)).astimezone(BEIJING).date().isoformat()
        kept = self._tokens.get(_KIND)
        if kept is None or kept.expires_at <= now:
            self._tokens.put(_KIND, Token(value=today, expires_at=now + _REMEMBERED))
            return outcome
        if kept.value == today:
            return outcome
        cause = "快手连着两天拒绝发布，账号多半被禁止发布。"
        refusal = problem(ErrorClass.NEEDS_HUMAN, cause, "请登录快手查看账号状态，恢复后再点“重新发送”。")
        return outcome.model_copy(update={"refusal": refusal, "retry_after": None})
