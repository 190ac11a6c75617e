"""What the WeChat tests share: fresh accounts in a world of stand-ins, and what the stand-in says it heard."""

from __future__ import annotations

import hashlib
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channel_parts import Notebook, Shelf, World, listening

from connectors.base import PlatformEvent
from connectors.channels.wechat import WeChat

TOKEN = "callbacktoken"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Fresh:
    """An account that has spent nothing and published nothing yet."""

    world: World
    appid: str

    def channel(
        self, shelf: Shelf | None = None, now: Callable[[], datetime] | None = None, secret: str = "", **settings: Any
    ) -> WeChat:
        secrets = {"appid": self.appid, "appsecret": secret or secret_of(self.appid), "callback_token": TOKEN}
        return WeChat(
            WeChat.Settings(base_url=f"{self.world.address}/wechat", **settings),
            WeChat.Credentials.model_validate(secrets | {"aes_key": AES_KEY}),
            self.world.http(),
            shelf or Shelf(),
            now or self.world.now,
        )

    def notebook(self, **arguments: Any) -> Notebook:
        return Notebook(self.world.now, **arguments)

    def calls(self) -> list[str]:
        """What was asked of the platform, in order, without the common prefix."""
        rows = [row for row in self.world.control("/calls?limit=100000") if row["account"] == self.appid]
        return [row["path"].removeprefix("/cgi-bin/") for row in rows]

    def public(self) -> list[dict[str, Any]]:
        return self.world.public(self.appid)

    def ever_public(self) -> list[dict[str, Any]]:
        return self.world.ledger(self.appid)

    def fault(self, kind: str, path: str, **rule: Any) -> None:
        self.world.faults({"kind": kind, "platform": "wechat", "path": f"/cgi-bin/{path}", "times": 1} | rule)

    @contextmanager
    def hearing(self, channel: WeChat) -> Iterator[Callable[[int], list[PlatformEvent]]]:
        """Call-backs of this account arrive; the function waits for so many that `channel` finds genuine."""
        received: list[Any] = []

        def heard(count: int) -> list[PlatformEvent]:
            end = time.monotonic() + 5
            while len(received) < count:
                assert time.monotonic() < end, f"{len(received)} call-backs arrived"
                time.sleep(0.01)
            events = [channel.event(query, headers, body) for query, headers, body in list(received)]
            return [event for event in events if event is not None]

        with listening(received) as address:
            callback = {"platform": "wechat", "key": self.appid, "url": address, "token": TOKEN, "aes_key": AES_KEY}
            self.world.control("/callbacks", callback | {"verify": False})
            yield heard


def fresh(world: World, **fields: Any) -> Fresh:
    appid = f"wxfresh{next(_numbers):05d}"
    account = {"platform": "wechat", "appid": appid, "secret": secret_of(appid), "name": "科普测试"}
    world.control("/accounts", account | fields)
    return Fresh(world, appid)


def secret_of(appid: str) -> str:
    return f"fake-secret-{appid}"


def signed(token: str, *parts: str) -> str:
    return hashlib.sha1("".join(sorted([token, *parts])).encode()).hexdigest()
