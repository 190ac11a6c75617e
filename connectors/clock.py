"""Is our clock right? Every platform says the time with its answers."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from connectors.statuses import http_date

_FAR = timedelta(minutes=5)

logger = logging.getLogger(__name__)


class ClockWatch:
    """Warns once when our time and a platform's part, and again after they were the same in between."""

    def __init__(self) -> None:
        self._apart: set[str] = set()

    def compare(self, platform: str, headers: Mapping[str, str], now: datetime) -> None:
        """`headers`: the answer's, lower-cased. One that was kept underway (`Age`) tells an older time, and nothing."""
        told = http_date(headers.get("date", ""))
        if told is None or "age" in headers:
            return
        off = now - told
        if abs(off) <= _FAR:
            self._apart.discard(platform)
        elif platform not in self._apart:
            self._apart.add(platform)
            way = "快" if off > timedelta(0) else "慢"
            minutes = round(abs(off).total_seconds() / 60)
            logger.warning(
                "本机时钟比%s%s约 %d 分钟，请校准：相差太多时，平台的回调和签名会失效。", platform, way, minutes
            )
