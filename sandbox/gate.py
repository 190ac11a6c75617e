"""The line between client and platform: faults of the network, and an access log that holds no query."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import time
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox import faults
from sandbox.calls import note_call
from sandbox.faults import Rule
from sandbox.garbling import garbled
from sandbox.world import World

access = logging.getLogger("sandbox.access")
UPLOADS = "/api/upload"
"""The machines that take Kuaishou's uploads have no prefix: their name comes from the platform's own answer."""


class Gate:
    """Stands outermost, so that it can cut the connection under the platform's answer."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self.app, self.world = app, world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self._remember_base(scope)
        begun = time.perf_counter()
        rule = await self._rule_for(scope)
        scope["sandbox.fault"] = rule.kind if rule else ""
        status = await self._pass(rule, scope, receive, send)
        ms = (time.perf_counter() - begun) * 1000
        access.info("%s %s %s %.0fms %s", scope["method"], scope["path"], status, ms, scope["sandbox.fault"])

    def _remember_base(self, scope: Scope) -> None:
        if server := scope.get("server"):
            self.world.base = f"http://{server[0]}:{server[1]}"

    async def _rule_for(self, scope: Scope) -> Rule | None:
        platform, path = split_path(scope["path"])
        if platform in ("", "_sandbox"):
            return None

        def pick() -> Rule | None:
            with self.world.tx() as tx:
                rule = faults.pick_for_call(tx, platform, scope["method"], path)
                if rule and rule.kind in ("reset_before_effect", "http_500_before"):
                    note_call(tx, platform, scope["method"], path, "", 0, "", rule.kind)
                return rule

        return await run_in_threadpool(pick)

    async def _pass(self, rule: Rule | None, scope: Scope, receive: Receive, send: Send) -> int:
        if rule is None or rule.kind in ("slow", "expired_token"):
            if rule and rule.kind == "slow":
                # the platform has the request by now: it takes effect even where the client no longer waits
                receive = await whole(receive)
                await asyncio.sleep(rule.seconds)
            return await self._through(scope, receive, send)
        if rule.kind == "reset_before_effect":
            return await cut(receive, send)
        if rule.kind == "http_500_before":
            return await answer_500(send)
        return await self._effect_then(rule, scope, receive, send)

    async def _through(self, scope: Scope, receive: Receive, send: Send) -> int:
        status = 0

        async def watch(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        await self.app(scope, receive, watch)
        return status

    async def _effect_then(self, rule: Rule, scope: Scope, receive: Receive, send: Send) -> int:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, keep)
        if rule.kind == "http_500_after":
            return await answer_500(send)
        if rule.kind == "wrong_json":
            return await answer_wrongly(rule, messages, send)
        if rule.kind == "timeout_after_effect":
            await until_gone(receive, rule.seconds)
        return await cut(receive, send)


def split_path(path: str) -> tuple[str, str]:
    """ "/wechat/cgi-bin/token" → ("wechat", "/cgi-bin/token")."""
    if path.startswith(UPLOADS):
        return "kuaishou", path
    platform, _, rest = path.lstrip("/").partition("/")
    return platform, "/" + rest


async def whole(receive: Receive) -> Receive:
    """The request's messages, taken in at once and given out again."""
    messages = [await receive()]
    while messages[-1]["type"] == "http.request" and messages[-1].get("more_body"):
        messages.append(await receive())

    async def again() -> Message:
        return messages.pop(0) if messages else await receive()

    return again


async def until_gone(receive: Receive, seconds: float) -> None:
    """Waits until the client has hung up, or so long."""

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    try:
        await asyncio.wait_for(gone(), seconds)
    except TimeoutError:
        return


async def cut(receive: Receive, send: Send) -> int:
    """Resets the TCP connection without an answer. ASGI has no word for it, so the transport is taken from the server."""
    transport: Any = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionResetError("a cut connection needs a real server")
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await until_gone(receive, 5.0)
    return 0


async def answer_500(send: Send) -> int:
    body = b"<html><body><center><h1>500 Internal Server Error</h1></center></body></html>"
    await _answer(send, 500, b"text/html", body)
    return 500


async def answer_wrongly(rule: Rule, messages: list[Message], send: Send) -> int:
    """The platform's own answer, broken off in the middle or garbled as the rule says; or the text that the rule gives."""
    status = next(message["status"] for message in messages if message["type"] == "http.response.start")
    whole = b"".join(message.get("body", b"") for message in messages if message["type"] == "http.response.body")
    kind, body = garbled(rule.value or "half", whole)
    if rule.body is not None:
        kind, body = b"application/json", rule.body.encode()
    await _answer(send, status, kind, body)
    return int(status)


async def _answer(send: Send, status: int, kind: bytes, body: bytes) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
