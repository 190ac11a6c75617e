"""A server of raw sockets on 127.0.0.1 that does what no honest web server would, and what it does: one function per fault."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count

Behaviour = Callable[[socket.socket, str], None]
"""Answers one question on a connection; is given the path."""
OK = b"HTTP/1.1 200 OK\r\n"


@dataclass
class Server:
    base: str = ""
    asked: list[str] = field(default_factory=list)
    sent: int = 0
    """Bytes that the last `pouring` could get rid of."""


@contextmanager
def misbehaving(behave: Behaviour, address: str = "127.0.0.1", port: int = 0) -> Iterator[Server]:
    listener = socket.create_server((address, port))
    listener.settimeout(0.2)
    server = Server(f"http://{address}:{listener.getsockname()[1]}")
    open_ = True

    def answer(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(5)
            question = b""
            while b"\r\n\r\n" not in question:
                received = connection.recv(65_536)
                if not received:
                    return
                question += received
            path = question.split(b" ", 2)[1].decode()
            server.asked.append(path)
            behave(connection, path)
            # the last bytes must not be lost to a reset
            connection.shutdown(socket.SHUT_WR)
            connection.recv(1)

    def serve() -> None:
        while open_:
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server
    finally:
        open_ = False
        listener.close()


def saying(body: bytes | str, *headers: str, status: str = "200 OK", missing: int = 0) -> Behaviour:
    """A whole answer; `missing` more bytes are promised than come."""
    content = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(content) + missing}", *headers]
    answer = "\r\n".join(lines).encode() + b"\r\n\r\n" + content
    return lambda connection, _: connection.sendall(answer)


def packed(content: bytes, coding: str) -> Behaviour:
    return saying(content, f"Content-Encoding: {coding}")


def dripping(start: bytes) -> Behaviour:
    """`start`, and then one byte at a time."""

    def drip(connection: socket.socket, _: str) -> None:
        connection.sendall(start)
        for _ in range(400):
            time.sleep(0.05)
            connection.sendall(b"x")

    return drip


def pouring(start: bytes, piece: bytes, times: int) -> Behaviour:
    """`start`, and then the piece again and again, as fast as it is taken."""

    def pour(connection: socket.socket, _: str) -> None:
        connection.sendall(start)
        for _ in range(times):
            connection.sendall(piece)

    return pour


def silent(connection: socket.socket, _: str) -> None:
    with suppress(OSError):
        connection.recv(1)


def gone(connection: socket.socket, _: str) -> None:
    connection.close()


def leading_to(target: str) -> Behaviour:
    return saying("", f"Location: {target}", status="302 Found")


def leading_on_and_on() -> Behaviour:
    """To an address that was never seen before, each time."""
    numbers = count(1)
    return lambda connection, path: leading_to(f"/{next(numbers)}")(connection, path)


def bomb(size: int, layers: int = 1) -> bytes:
    """Zeros under one or several layers of gzip."""
    content = gzip.compress(bytes(size))
    for _ in range(layers - 1):
        content = gzip.compress(content)
    return content


def deflate_bomb(size: int) -> bytes:
    return zlib.compress(bytes(size), 9)
