"""A sample newsroom beside a test, over real HTTP."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import requests
import uvicorn
from fastapi import FastAPI

from sandbox.newsroom.site import make_router
from sandbox.serve import listen

OPENED = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


@dataclass
class Served:
    base: str
    now: datetime = OPENED

    def get(self, path: str, **headers: str) -> requests.Response:
        return requests.get(self.base + path, headers=headers, timeout=5)

    def put_alert(self, name: str) -> requests.Response:
        return requests.post(f"{self.base}/_sandbox/newsroom/alerts", json={"name": name}, timeout=5)


@contextmanager
def newsroom_server() -> Iterator[Served]:
    """A newsroom on a free port that opened at OPENED; its clock is `served.now`."""
    listener = listen(0)
    served = Served(f"http://127.0.0.1:{listener.getsockname()[1]}")
    app = FastAPI()
    app.include_router(make_router(lambda: served.now))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the newsroom did not start")
        time.sleep(0.01)
    try:
        yield served
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


def letters(text: str) -> int:
    """How many Chinese characters a text has, punctuation not counted."""
    return len(re.findall(r"[\u4e00-\u9fff]", text))
