"""Runs the world as a server: in this process until it is told to stop, or in a thread beside a test."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from sandbox.app import create_app

log = logging.getLogger("sandbox")


def listen(port: int) -> socket.socket:
    """A socket on the loopback address; port 0 takes any free one. Raises OSError where the port is taken."""
    # with the protocol named, asyncio switches Nagle's algorithm off; without, each answer waits 40 ms for an ACK
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener


def server_for(**world: Any) -> uvicorn.Server:
    """`world`: the arguments of `create_app`."""
    config = uvicorn.Config(
        create_app(**world),
        access_log=False,
        proxy_headers=False,
        log_level="warning",
        http="h11",
        ws="none",
        timeout_graceful_shutdown=1,
        server_header=False,
    )
    return uvicorn.Server(config)


def run(port: int, ready: Callable[[str], None], with_parent: bool = False, **world: Any) -> None:
    """Serves until interrupted. `ready` is given the address once it answers; with `with_parent` the world ends when
    the process that started it is gone."""
    listener = listen(port)
    server = server_for(**world)
    if with_parent:
        threading.Thread(target=_end_with_parent, args=(server, os.getppid()), daemon=True).start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    threading.Thread(target=_tell_when_ready, args=(server, ready, address), daemon=True).start()
    server.run(sockets=[listener])


def _tell_when_ready(server: uvicorn.Server, ready: Callable[[str], None], address: str) -> None:
    while not server.started and not server.should_exit:
        time.sleep(0.01)
    if server.started:
        ready(address)


def _end_with_parent(server: uvicorn.Server, parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.3)
    log.warning("the process that started the sandbox is gone; the sandbox ends")
    server.should_exit = True


@contextmanager
def in_thread(**world: Any) -> Iterator[str]:
    """A world beside a test; yields its address, e.g. "http://127.0.0.1:40123"."""
    listener = listen(0)
    server = server_for(**world)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the sandbox did not start")
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()
