"""How long one visit to a source may take in all, however many pages it opens."""

from __future__ import annotations

import time

from connectors.errors import OutOfTime


class Patience:
    """Counts from when it is made. What is being read is read to its end; nothing more is asked afterwards."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.ended = False
        """Whether something was left unasked."""
        self._until = time.monotonic() + seconds

    def require(self) -> None:
        """Raises OutOfTime once the time is over."""
        if time.monotonic() >= self._until:
            self.ended = True
            raise OutOfTime(OUT_OF_TIME)


OUT_OF_TIME = "这次采集的时间已经用完，这个网页留到下次。"
