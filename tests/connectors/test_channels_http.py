"""What a lost answer means: only a call that was surely never sent may be repeated."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from connectors.errors import NeedsPerson, OutcomeUnknown, RetryLater
from connectors.http import HttpClient, HttpLimits


def client(**limits: float) -> HttpClient:
    return HttpClient(HttpLimits(read_seconds=1.0, max_bytes=2000), now=lambda: datetime.now(UTC))


@contextmanager
def answering(raw: bytes) -> Iterator[str]:
    """A server that sends exactly these bytes and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65_536)
                connection.sendall(raw)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        listener.close()


HUGE = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000
HALF = b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"errcode"'
NOTHING = b""


@pytest.mark.parametrize("raw", [HALF, NOTHING, HUGE])
def test_a_writing_call_without_a_whole_answer_is_unknown(raw: bytes) -> None:
    with answering(raw) as url, pytest.raises(OutcomeUnknown):
        client().call("POST", url, writes=True, data=b"{}")


@pytest.mark.parametrize(("raw", "kind"), [(HALF, RetryLater), (NOTHING, RetryLater), (HUGE, NeedsPerson)])
def test_a_reading_call_without_a_whole_answer_may_be_repeated(raw: bytes, kind: type[Exception]) -> None:
    with answering(raw) as url, pytest.raises(kind):
        client().call("GET", url, writes=False)


def test_a_call_that_reached_nobody_had_no_effect() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(RetryLater):
        client().call("POST", f"http://127.0.0.1:{port}/", writes=True, data=b"{}")


def test_a_writing_call_is_never_sent_on_to_another_address() -> None:
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") as elsewhere:
        moved = f"HTTP/1.1 307 Moved\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n".encode()
        with answering(moved) as url:
            assert client().call("POST", url, writes=True, data=b"{}").status == 307
            assert client().call("GET", url, writes=False).status == 200
