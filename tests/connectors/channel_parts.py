"""What the channel tests share: a world of stand-ins, a shelf and a journal in memory, pictures and posts."""

from __future__ import annotations

import io
import json
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from PIL import Image

from connectors.base import Post, PostPicture, Token
from connectors.channels.codes import BEIJING
from connectors.errors import ConnectorError, OutcomeUnknown
from connectors.http import HttpClient, HttpLimits
from sandbox.serve import in_thread


class World:
    """One running sandbox and its hidden hand."""

    def __init__(self, address: str) -> None:
        self.address = address

    def control(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.address}/_sandbox{path}", data=data, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.control("/clock")["timestamp"], UTC)

    def advance(self, seconds: float) -> None:
        self.control("/clock", {"advance_seconds": seconds})

    def past_midnight(self) -> None:
        """Just after midnight in Beijing a quota that is used up is taken for yesterday's."""
        if self.now().astimezone(BEIJING).hour == 0:
            self.advance(3600)

    def to_noon(self) -> None:
        """What is published late in the evening has hardly a reader on its day."""
        now = self.now().astimezone(BEIJING)
        noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
        self.advance(((noon if now < noon else noon + timedelta(days=1)) - now).total_seconds())

    def faults(self, *rules: dict[str, Any]) -> None:
        self.control("/faults", list(rules))

    def public(self, account: str) -> list[dict[str, Any]]:
        return list(self.control(f"/ledger?account={account}&public_only=true"))

    def ledger(self, account: str) -> list[dict[str, Any]]:
        return list(self.control(f"/ledger?account={account}"))

    def calls(self, path: str) -> list[dict[str, Any]]:
        return list(self.control(f"/calls?path={path}"))

    def http(self) -> HttpClient:
        return HttpClient(HttpLimits(read_seconds=8.0), now=self.now)


@contextmanager
def a_world(**arguments: Any) -> Iterator[World]:
    settings = {"job_seconds": [2.0, 6.0], "push_seconds": 0.05, "retry_seconds": 0.2}
    with in_thread(seed=7, settings=settings, **arguments) as address:
        yield World(address)


class Shelf:
    """Fits connectors.base.TokenShelf, in memory."""

    def __init__(self) -> None:
        self.tokens: dict[str, Token] = {}
        self._locks: dict[str, threading.Lock] = {}

    def get(self, kind: str) -> Token | None:
        return self.tokens.get(kind)

    def put(self, kind: str, token: Token) -> None:
        self.tokens[kind] = token

    def end(self, kind: str, value: str) -> bool:
        kept = self.tokens.get(kind)
        if kept is None or kept.value == value:
            self.tokens[kind] = Token(value=value, expires_at=datetime(2000, 1, 1, tzinfo=UTC))
            return True
        return False

    def drop(self, kind: str, value: str) -> None:
        if kind in self.tokens and self.tokens[kind].value == value:
            del self.tokens[kind]

    @contextmanager
    def refreshing(self, kind: str) -> Iterator[None]:
        with self._locks.setdefault(kind, threading.Lock()):
            yield


class Notebook:
    """Fits connectors.base.Journal, in memory. `dies_at`: the named call is written down and then never made."""

    def __init__(self, now: Callable[[], datetime], dies_at: str = "") -> None:
        self._now = now
        self._known: dict[str, str] = {}
        self._open: dict[str, datetime] = {}
        self.calls: list[str] = []
        self.dies_at = dies_at

    @property
    def known(self) -> Mapping[str, str]:
        return self._known

    @property
    def open(self) -> Mapping[str, datetime]:
        return self._open

    def call(self, name: str, fingerprint: str, act: Callable[[], dict[str, str]]) -> dict[str, str]:
        assert fingerprint
        self.calls.append(name)
        self._open[name] = self._now()
        if name == self.dies_at:
            raise Died
        try:
            ids = act()
        except OutcomeUnknown:
            raise
        except ConnectorError:
            del self._open[name]
            raise
        del self._open[name]
        self._known |= ids
        return ids

    def settle(self, ids: Mapping[str, str] | None = None) -> None:
        """As the queue does after a look-up."""
        self._open.clear()
        self._known = {name: value for name, value in {**self._known, **(ids or {})}.items() if value}


class Died(BaseException):
    """The process ends here."""


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 48), noisy: bool = False) -> bytes:
    made = Image.effect_noise(size, 120).convert("RGB") if noisy else Image.new("RGB", size, (30, 90, 160))
    out = io.BytesIO()
    made.save(out, kind)
    return out.getvalue()


def post_picture(key: str, content: bytes) -> PostPicture:
    return PostPicture(key=key, name=f"{key}.png", mime="image/png", content=content)


def article(marker: str, **changes: Any) -> Post:
    values: dict[str, Any] = {
        "marker": marker,
        "title": "暴雪天气出行,这几点要记牢",
        "author": "科普吉林",
        "digest": "大范围降雪将至,出行前先看路况,驾车减速慢行。",
        "html": '<h2>出行</h2><p>减速慢行,<a href="https://example.cn">保持车距</a>。</p>'
        '<figure><img src="media:snow" alt="雪"><figcaption>路面积雪</figcaption></figure>',
        "link": f"http://127.0.0.1/s/1?m={marker}",
        "cover": post_picture("cover", picture()),
        "pictures": (post_picture("snow", picture("WEBP", (400, 300))),),
    }
    return Post.model_validate(values | changes)


def later(now: datetime, **span: float) -> datetime:
    return now + timedelta(**span)


@contextmanager
def listening(received: list[Any]) -> Iterator[str]:
    """A small server that keeps what is sent to it: (query, headers, body); yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            received.append((dict(parse_qsl(urlsplit(self.path).query)), dict(self.headers.items()), body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"success")

        def log_message(self, format: str, *args: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/callback"
    finally:
        server.shutdown()
        server.server_close()


MOVIE = b"\0\0\0\x18ftypmp42" + b"\0" * 64


@contextmanager
def a_file(content: bytes, status: int = 200) -> Iterator[str]:
    """A small site that has one file."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v.mp4"
    finally:
        server.shutdown()
        server.server_close()
