"""What a lost answer means: only a call that was surely never sent may be repeated."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from connectors.channels.douyin.api import understood
from connectors.errors import NeedsPerson, OutcomeUnknown, RetryLater
from connectors.http import Answer, HttpClient, HttpLimits


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


@pytest.mark.parametrize("writes", [True, False])
def test_a_platforms_failures_name_the_platform_and_not_a_machine(writes: bool) -> None:
    with answering(HALF) as url, pytest.raises((OutcomeUnknown, RetryLater)) as lost:
        client().named("抖音").call("POST", url, writes=writes, data=b"{}")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(RetryLater) as unreachable:
        client().named("微博").call("POST", f"http://127.0.0.1:{port}/", writes=writes, data=b"{}")
    assert lost.value.message.startswith("抖音没有给出完整答复，")
    assert unreachable.value.message.startswith("连不上微博：")
    assert "127.0.0.1" not in lost.value.message + unreachable.value.message
    with answering(HALF) as url, pytest.raises(RetryLater, match=r"^127\.0\.0\.1 没有给出"):
        client().call("GET", url, writes=False)


@pytest.mark.parametrize(
    ("status", "writes", "said"),
    [
        (200, False, "抖音的答复不完整，稍后会再试。"),
        (200, True, "抖音的答复不完整，不能确定是否已生效，需要先核对。"),
        (503, False, "抖音暂时不可用（HTTP 503），稍后会再试。"),
    ],
)
def test_an_unreadable_answer_is_not_called_an_outage(status: int, writes: bool, said: str) -> None:
    answer = Answer(status=status, url="http://127.0.0.1/", headers={}, body=b'{"data": {')
    with pytest.raises((OutcomeUnknown, RetryLater)) as error:
        understood(answer, writes=writes)
    assert error.value.message == said


def test_a_writing_call_is_never_sent_on_to_another_address() -> None:
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") as elsewhere:
        moved = f"HTTP/1.1 307 Moved\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n".encode()
        with answering(moved) as url:
            assert client().call("POST", url, writes=True, data=b"{}").status == 307
            assert client().call("GET", url, writes=False).status == 200
