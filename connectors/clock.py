"""Is our clock right? Every platform says the time with its answers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from connectors.statuses import http_date

_FAR = timedelta(minutes=5)
_BEIJING = ZoneInfo("Asia/Shanghai")

logger = logging.getLogger(__name__)

Tell = Callable[[str, int, datetime], None]
"""Platform, minutes by which our clock is ahead (0: no more), now."""


class ClockWatch:
    """Tells once a day and platform that our time and the platform's part, and once that they agree again."""

    def __init__(self, tell: Tell | None = None) -> None:
        self._tell = tell
        self._told: dict[str, date | None] = {}
        """Platform → the day on which it was told that the clocks are apart; None where they agree."""

    def compare(self, platform: str, headers: Mapping[str, str], now: datetime) -> None:
        """`headers`: the answer's, lower-cased. One that was kept underway (`Age`) tells an older time, and nothing."""
        said = http_date(headers.get("date", ""))
        if said is None or "age" in headers:
            return
        off = now - said
        state = now.astimezone(_BEIJING).date() if abs(off) > _FAR else None
        if platform in self._told and self._told[platform] == state:
            return
        # what was told by a process before this one may be over: hence the first answer is told of as well
        self._told[platform] = state
        minutes = round(off.total_seconds() / 60) if state else 0
        if minutes:
            logger.warning(words(platform, minutes))
        if self._tell is not None:
            self._tell(platform, minutes, now)


def words(platform: str, minutes: int, *, machine: str = "") -> str:
    """What is said (Chinese) of a clock that is so many minutes ahead, or behind where negative."""
    whose = f"“{machine}”的" if machine else "本机"
    way = "快" if minutes > 0 else "慢"
    return f"{whose}时钟比{platform}{way}约 {abs(minutes)} 分钟，请校准：相差太多时，平台的回调和签名会失效。"
