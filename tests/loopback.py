"""A tiny web server on 127.0.0.1 for tests of what collects: pages can change, fail, or answer 304."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Reply:
    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    truncated: bool = False
    """Promise more bytes than are sent, as a broken connection does."""


@dataclass
class Site:
    """What the server answers, by path; `asked` is what it was asked for, with the conditional headers."""

    base: str = ""
    pages: dict[str, Reply] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    held_after: int | None = None
    """After so many questions all others wait until this is None again."""

    def put(self, path: str, body: bytes | str, **reply: object) -> str:
        content = body.encode() if isinstance(body, str) else body
        self.pages[path] = Reply(content, **reply)  # type: ignore[arg-type]  # fields of Reply, checked when it is made
        return self.base + path

    def times(self, path: str) -> int:
        return sum(asked == path for asked, _ in self.asked)


@contextmanager
def serving() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, self.headers.get("If-None-Match", "")))
            while site.held_after is not None and len(site.asked) > site.held_after:
                time.sleep(0.02)
            reply = site.pages.get(self.path, Reply("没有这个网页".encode(), 404))
            etag = f'"{hashlib.sha256(reply.body).hexdigest()[:16]}"'
            if reply.status == 200 and self.headers.get("If-None-Match") == etag:
                self.send_response(304)
                self.end_headers()
                return
            self.send_response(reply.status)
            headers = {"ETag": etag, "Content-Length": str(len(reply.body) + 100 * reply.truncated)} | reply.headers
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
