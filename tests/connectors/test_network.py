"""Answers that drip for ever or swell up, and machines that must not be asked."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from loopback import serving

from connectors.errors import ConnectorError, NeedsPerson, OutcomeUnknown, RetryLater
from connectors.http import HttpClient, HttpLimits
from connectors.network import may_be_asked

LIMITS = HttpLimits(connect_seconds=1, read_seconds=0.5, total_seconds=0.6, max_bytes=100_000)


def client(*, inside: bool = True) -> HttpClient:
    return HttpClient(LIMITS, now=lambda: datetime.now(UTC), inside=inside)


@contextmanager
def dripping(start: bytes) -> Iterator[str]:
    """A server that sends `start` and then one byte at a time, without end."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(start)
                while True:
                    time.sleep(0.05)
                    connection.sendall(b"x")
        except OSError:
            return

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        listener.close()


@pytest.mark.parametrize(
    "start",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5;",
        b"HTTP/1.1 200 OK\r\nX-",
        b"HT",
    ],
    ids=["body", "endless body", "border of a chunk", "header", "status line"],
)
@pytest.mark.parametrize(("writes", "kind"), [(False, RetryLater), (True, OutcomeUnknown)])
def test_an_answer_that_drips_byte_by_byte_is_given_up(start: bytes, writes: bool, kind: type[ConnectorError]) -> None:
    began = time.monotonic()
    with dripping(start) as url, pytest.raises(kind, match="没有给出完整答复"):
        client().call("GET", url, writes=writes)
    assert time.monotonic() - began < 2


def test_a_small_file_that_unpacks_to_a_large_one_is_not_taken() -> None:
    bomb = gzip.compress(bytes(5_000_000))
    assert len(bomb) < LIMITS.max_bytes
    with serving() as site, pytest.raises(NeedsPerson, match="97 KB"):
        client().fetch(site.put("/bomb", bomb, headers={"Content-Encoding": "gzip"}))


def test_several_answers_of_one_connection_are_each_read_whole() -> None:
    asking = client()
    with serving() as site:
        url = site.put("/page", "天池" * 10_000)
        for _ in range(3):
            assert len(asking.fetch(url).body) == len(site.pages["/page"].body)


@pytest.mark.parametrize("url", ["http://a..b/", "http://" + "a" * 70 + ".cn/", "http://127.0.0.1:99999/x"])
def test_a_host_that_no_resolver_takes_is_a_wrong_address(url: str) -> None:
    with pytest.raises(NeedsPerson, match="网址写错了"):
        client().fetch(url)


def test_without_leave_nobody_on_this_machine_is_asked() -> None:
    with serving() as site:
        url = site.put("/page", "天池")
        with pytest.raises(NeedsPerson, match="内部网络"):
            client(inside=False).fetch(url)
        with pytest.raises(NeedsPerson, match="内部网络"):
            client(inside=False).fetch(url.replace("127.0.0.1", "localhost"))
        assert site.asked == []
        assert client().fetch(url).body


@pytest.mark.parametrize("host", ["169.254.169.254", "[::ffff:169.254.169.254]", "[fe80::1]"])
def test_link_local_machines_are_never_asked(host: str) -> None:
    with pytest.raises(NeedsPerson, match="内部网络"):
        client().fetch(f"http://{host}/latest")


@pytest.mark.parametrize(
    ("address", "inside", "allowed"),
    [
        ("8.8.8.8", False, True),
        ("2001:4860:4860::8888", False, True),
        ("127.0.0.1", False, False),
        ("::1", False, False),
        ("::ffff:10.0.0.1", False, False),
        ("10.1.2.3", False, False),
        ("0.0.0.0", False, False),
        ("10.1.2.3", True, False),
        ("127.0.0.1", True, True),
        ("fe80::1%lo", True, False),
        ("169.254.1.1", True, False),
    ],
)
def test_who_may_be_asked(address: str, inside: bool, allowed: bool) -> None:
    assert may_be_asked(address, inside=inside) is allowed


@pytest.mark.parametrize(
    "address",
    [
        "192.0.0.0",
        "192.0.0.8",
        "192.0.0.9",
        "192.0.0.100",
        "192.0.0.171",
        "192.0.2.1",
        "192.88.99.1",
        "198.51.100.1",
        "203.0.113.5",
        "100.64.0.1",
        "198.18.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "0.1.2.3",
        "fec0::1",
        "fec0:0:0:ffff::1",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:1::1",
        "2001:db8::1",
        "3fff::1",
        "3fff:1::1",
        "5f00::1",
        "100::1",
        "4000::1",
        "e000::1",
        "64:ff9b::a00:1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:a00:1::",
        "2002:c0a8:101::1",
        "2002:c000:8::",
        "2001:0:a00:1::",
        "::ffff:10.0.0.1",
        "::ffff:192.0.0.8",
        "::10.0.0.1",
        "::7f00:1",
        "::ffff:0:7f00:1",
        "::ffff:0:808:808",
        "2001:470:1::5efe:c0a8:101",
        "2001:470:1::200:5efe:7f00:1",
        "fec0::5efe:808:808",
        "fc00::1",
        "fd12::1",
        "ff02::1",
    ],
)
def test_only_public_addresses_are_asked_and_none_that_leads_to_another(address: str) -> None:
    assert not may_be_asked(address, inside=False)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "192.0.1.1",
        "198.20.0.1",
        "223.5.5.5",
        "2001:4860:4860::8888",
        "2400:3200::1",
        "2a00::1",
        "64:ff9b::808:808",
        "2002:808:808::1",
        "::ffff:8.8.8.8",
        "2001:470:1::5efe:808:808",
    ],
)
def test_public_addresses_are_asked(address: str) -> None:
    assert may_be_asked(address, inside=False)


def test_a_platform_may_be_a_gateway_in_the_house_and_a_source_may_not() -> None:
    assert may_be_asked("10.1.2.3", inside=True, private=True)
    assert not may_be_asked("169.254.169.254", inside=True, private=True)
