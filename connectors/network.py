"""What lies below requests: names are resolved once, checked, and that very address is connected to; answers are bounded.

A name may resolve to another address at the second look (DNS rebinding), so there is no second look: what was checked is
what the socket connects to, while Host, SNI and the certificate stay those of the name.
"""

from __future__ import annotations

import io
import ipaddress
import socket
import time
from dataclasses import dataclass
from functools import partial
from http.client import HTTPResponse
from threading import Lock
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, LocationParseError, NameResolutionError, NewConnectionError

from connectors.errors import NotAsked

_ADDRESSES = 4
"""Of one host that are tried, one after the other."""
_HEADERS = 1024 * 1024
"""Bytes that headers and the borders of chunks may add to a body."""
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _networks(*nets: str) -> tuple[_Network, ...]:
    return tuple(ipaddress.ip_network(net) for net in nets)


_NEVER = _networks(
    # where clouds hand out keys, beside the link-local 169.254.169.254: Alibaba, Oracle, Azure, Amazon, Google
    "100.100.100.200/32", "192.0.0.192/32", "168.63.129.16/32", "fd00:ec2::/32", "fd20:ce::/32",
    # translation to IPv4 for one's own network (RFC 8215)
    "64:ff9b:1::/48",
)  # fmt: skip
_NOT_PUBLIC = _networks(
    # https://www.iana.org/assignments/iana-ipv4-special-registry: named here, since Pythons differ in what they call global
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
    "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    # https://www.iana.org/assignments/iana-ipv6-special-registry, as far as it lies in 2000::/3: protocols, documentation
    "2001::/23", "2001:db8::/32", "3fff::/16",
)  # fmt: skip
_PUBLIC = _networks("0.0.0.0/0", "2000::/3")
"""Global unicast: what IPv6 has beside it is handed out to nobody."""
_PRIVATE = _networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
_ISATAP = (0x00005EFE, 0x02005EFE)
"""In front of an IPv4 address at the end of an IPv6 one (RFC 5214)."""
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""IPv4 behind a NAT64 (RFC 6052)."""
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Bounds:
    """For one answer: seconds from the end of the question to the last byte, bytes on the wire; and who may be asked."""

    total_seconds: float
    max_bytes: int
    inside: bool
    """Whether this machine may be asked."""
    private: bool = False
    """Whether private networks may."""


class TooMuch(OSError):
    """More bytes on the wire than an answer may have, its headers included."""


class Wire:
    """One guarded requests session and the connections it keeps open; safe to share between threads."""

    def __init__(self) -> None:
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers.clear()
        self._adapters: dict[Bounds, HTTPAdapter] = {}
        self._lock = Lock()

    def adapter(self, bounds: Bounds) -> HTTPAdapter:
        with self._lock:
            if bounds not in self._adapters:
                self._adapters[bounds] = _adapter(bounds)
            return self._adapters[bounds]


def _adapter(bounds: Bounds) -> HTTPAdapter:
    """An adapter that asks nobody but whom `bounds.inside` lets it (NotAsked), and reads no longer and no more.

    Every receipt from the socket looks at the clock, which a read time-out alone, begun anew by each byte, does not. A
    socket that is silent adds its read time-out. What took too long is a TimeoutError to urllib3.
    """
    made = HTTPAdapter(pool_connections=64, pool_maxsize=8)
    made.poolmanager.pool_classes_by_scheme = {
        "http": partial(_PlainPool, bounds=bounds),
        "https": partial(_SecurePool, bounds=bounds),
    }
    return made


class _Answer(HTTPResponse):
    def __init__(self, sock: socket.socket, *arguments: Any, bounds: Bounds, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        self.fp = io.BufferedReader(_Receiving(self.fp.detach(), bounds))


class _Plain(HTTPConnection):
    def __init__(self, *arguments: Any, bounds: Bounds, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._bounds = bounds
        self.response_class = partial(_Answer, bounds=bounds)  # type: ignore[assignment]  # called, and nothing else

    def _new_conn(self) -> socket.socket:
        return _connected(self, self._bounds)


class _Secure(HTTPSConnection):
    def __init__(self, *arguments: Any, bounds: Bounds, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._bounds = bounds
        self.response_class = partial(_Answer, bounds=bounds)  # type: ignore[assignment]  # called, and nothing else

    def _new_conn(self) -> socket.socket:
        return _connected(self, self._bounds)


class _PlainPool(HTTPConnectionPool):
    def __init__(self, *arguments: Any, bounds: Bounds, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.ConnectionCls = partial(_Plain, bounds=bounds)  # type: ignore[assignment]  # called, and nothing else


class _SecurePool(HTTPSConnectionPool):
    def __init__(self, *arguments: Any, bounds: Bounds, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.ConnectionCls = partial(_Secure, bounds=bounds)  # type: ignore[assignment]  # called, and nothing else


class _Receiving(io.RawIOBase):
    """The bytes of a socket until a moment of the monotonic clock, and so many of them."""

    def __init__(self, raw: io.RawIOBase, bounds: Bounds) -> None:
        self._raw = raw
        self._until = time.monotonic() + bounds.total_seconds
        self._left = bounds.max_bytes + _HEADERS

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if time.monotonic() > self._until:
            raise TimeoutError("the answer took too long")
        size = self._raw.readinto(buffer)
        self._left -= size or 0
        if self._left < 0:
            raise TooMuch("the answer is too large")
        return size

    def close(self) -> None:
        self._raw.close()
        super().close()


def _connected(connection: _Plain | _Secure, bounds: Bounds) -> socket.socket:
    """A socket to an address that was checked. Raises NotAsked, or what urllib3 raises for hosts out of reach."""
    name = connection._dns_host.strip("[]").rstrip(".")
    try:
        found = socket.getaddrinfo(name, connection.port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    except UnicodeError as error:
        raise LocationParseError(f"{name}, label empty or too long") from error
    for *_, place in found:
        if not may_be_asked(str(place[0]), inside=bounds.inside, private=bounds.private):
            raise NotAsked(f"{name} 指向内部网络的地址，已停止访问；请改正网址，或请管理员放行。")
    failure: OSError = OSError("no address")
    for family, kind, protocol, _, place in found[:_ADDRESSES]:
        try:
            return _socket_to(place, (family, kind, protocol), connection)
        except OSError as error:
            failure = error
    if isinstance(failure, TimeoutError):
        raise ConnectTimeoutError(connection, f"Connection to {name} timed out") from failure
    raise NewConnectionError(connection, f"Failed to establish a new connection: {failure}") from failure


def _socket_to(place: Any, shape: tuple[Any, ...], connection: _Plain | _Secure) -> socket.socket:
    made = socket.socket(*shape)
    try:
        for option in connection.socket_options or ():
            made.setsockopt(*option)
        made.settimeout(connection.timeout)
        made.connect(place)
    except BaseException:
        made.close()
        raise
    return made


def may_be_asked(address: str, *, inside: bool, private: bool = False) -> bool:
    """Whether an IP address may be connected to: this machine only with `inside`, private networks only with `private`, and
    link-local addresses and where clouds keep keys never. Of an IPv6 address that carries an IPv4 one, both count. Pure."""
    place = ipaddress.ip_address(address.partition("%")[0])
    return all(_allowed(each, inside, private) for each in (place, *_carried(place), *_tunnelled(place)))


def _allowed(place: _Address, inside: bool, private: bool) -> bool:
    if place.is_link_local or place.is_multicast or place.is_unspecified or any(place in net for net in _NEVER):
        return False
    if place.is_loopback:
        return inside
    return _is_public(place) or _is_carrier(place) or (private and any(place in net for net in _PRIVATE))


def _is_public(place: _Address) -> bool:
    return any(place in net for net in _PUBLIC) and not any(place in net for net in _NOT_PUBLIC)


def _is_carrier(place: _Address) -> bool:
    """An address that is what the IPv4 address in it is."""
    return bool(_carried(place))


def _tunnelled(place: _Address) -> list[_Address]:
    """The IPv4 address to which an ISATAP host would lead, whatever the network in front of it."""
    if isinstance(place, ipaddress.IPv6Address) and (int(place) >> 32) & 0xFFFFFFFF in _ISATAP:
        return [ipaddress.IPv4Address(int(place) & 0xFFFFFFFF)]
    return []


def _carried(place: _Address) -> list[_Address]:
    """IPv4 addresses inside an IPv6 one: mapped, compatible, NAT64, 6to4, and Teredo's server and client."""
    if isinstance(place, ipaddress.IPv4Address):
        return []
    if place.ipv4_mapped is not None:
        return [place.ipv4_mapped]
    if place.sixtofour is not None:
        return [place.sixtofour]
    if place.teredo is not None:
        return list(place.teredo)
    low = int(place) & 0xFFFFFFFF
    if place in _TRANSLATED or (int(place) >> 32 == 0 and low > 1):
        return [ipaddress.IPv4Address(low)]
    return []
