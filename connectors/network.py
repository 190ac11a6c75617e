"""What the HTTP client adds below requests: an answer may not drip for ever, and some machines are never asked."""

from __future__ import annotations

import io
import ipaddress
import socket
import time
from http.client import HTTPResponse
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from connectors.errors import NeedsPerson


def adapter(total_seconds: float, *, inside: bool) -> HTTPAdapter:
    """An adapter for a requests session.

    `total_seconds` bounds one answer from the end of the question to the last byte, the status line and the headers
    included: every receipt from the socket looks at the clock, which a read time-out alone, begun anew by each byte, does
    not. A socket that is silent adds its read time-out. What took too long is a TimeoutError to urllib3.

    Without `inside`, hosts that resolve to this machine or to a private network are refused (NeedsPerson); link-local
    ones always are, for clouds hand out their keys there.
    """

    class Answer(HTTPResponse):
        def __init__(self, sock: socket.socket, *arguments: Any, **options: Any) -> None:
            super().__init__(sock, *arguments, **options)
            self.fp = _until(self.fp, time.monotonic() + total_seconds)

    class Plain(HTTPConnection):
        response_class = Answer

        def _new_conn(self) -> socket.socket:
            _require_allowed(self.host, self.port, inside=inside)
            return super()._new_conn()

    class Secure(HTTPSConnection):
        response_class = Answer

        def _new_conn(self) -> socket.socket:
            _require_allowed(self.host, self.port, inside=inside)
            return super()._new_conn()

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    made = HTTPAdapter()
    made.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
    return made


class _Receiving(io.RawIOBase):
    """The bytes of a socket until a moment of the monotonic clock, and not after it."""

    def __init__(self, raw: io.RawIOBase, until: float) -> None:
        self._raw = raw
        self._until = until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if time.monotonic() > self._until:
            raise TimeoutError("the answer took too long")
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _until(file: io.BufferedReader, until: float) -> io.BufferedReader:
    return io.BufferedReader(_Receiving(file.detach(), until))


def _require_allowed(host: str, port: int | None, *, inside: bool) -> None:
    """Raises NeedsPerson where any address of the host is one that must not be asked."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return  # connecting says in its own way that there is no such host
    for *_, place in found:
        if not may_be_asked(str(place[0]), inside=inside):
            raise NeedsPerson(f"{host} 指向内部网络的地址，已停止访问；请改正网址，或请管理员放行。")


def may_be_asked(address: str, *, inside: bool) -> bool:
    """Whether an IP address may be connected to: link-local ones never, other inner ones only with `inside`."""
    place = ipaddress.ip_address(address)
    if isinstance(place, ipaddress.IPv6Address) and place.ipv4_mapped is not None:
        place = place.ipv4_mapped
    if place.is_link_local:
        return False
    return inside or place.is_global
