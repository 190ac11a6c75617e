"""Where the publishing benchmark plays: the stand-ins over real HTTP, a home, one clock for both, and workers that die."""

from __future__ import annotations

import http.client
import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sqlmodel import Session

from benchmarks.publish_callbacks import Ear, Heard
from config.files import FOLDER, entries
from connectors.http import Answer, HttpClient, HttpLimits
from content_store.database import Store, translated_errors
from content_store.media import MediaFolder
from content_store.migrate import migrate
from content_store.vault import Vault, key_from
from sandbox.gate import Gate
from sandbox.serve import listen, server_for
from sandbox.world import World
from steps.callbacks import receive_event
from steps.newsroom import Newsroom
from steps.quotas import Meter, MeteredHttp, Quota

MOVIE = b"\0\0\0\x18ftypmp42" + b"\0" * 64
READ_SECONDS = 0.5
"""How long a worker waits for an answer; the stand-ins answer in a few milliseconds."""
POINTS = {
    ("steps.claiming", "_next"): "认领",
    ("steps.claiming", "take_up"): "接手",
    ("steps.journal", "call"): "记下调用",
    ("steps.journal", "_close"): "记下结果",
    ("steps.publish", "_end"): "定下状态",
    ("steps.tokens", "put"): "存凭证",
    ("steps.tokens", "_take"): "占住凭证",
    ("steps.quotas", "charge"): "记下额度",
}
"""Which function commits → the name of the boundary. What commits elsewhere is 其他."""
CALL = "调用平台"
OTHER = "其他"
BOUNDARIES = (*POINTS.values(), CALL)


class Died(BaseException):
    """The worker ends here: nothing that was not committed is kept, and nothing is tidied up."""


@dataclass(frozen=True)
class Crash:
    """At the `nth` boundary of this name, `side` before or after it. `how`: die, or stall until the lease is over."""

    point: str
    side: str
    nth: int
    how: str = "die"

    @property
    def name(self) -> str:
        return f"{self.point}{'之前' if self.side == 'before' else '之后'}{'停顿' if self.how == 'stall' else ''}"


@dataclass
class Reaper:
    """One worker's fate. After its death every commit and every call raises Died again, as nobody is there any more."""

    crash: Crash | None
    end: Callable[[], None]
    """What happens at the boundary: raises Died, kills this process, or lets time pass."""
    dead: bool = False
    hit: bool = False
    _seen: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def passed(self, point: str, side: str) -> None:
        if self.dead:
            raise Died
        crash = self.crash
        if crash is None or self.hit or (crash.point, crash.side) != (point, side):
            return
        with self._lock:
            self._seen += 1
            if self._seen != crash.nth:
                return
            self.hit = True
            self.dead = crash.how == "die"
        self.end()


class MortalStore(Store):
    """The same database, over the same engine, for a worker that may end at each commit."""

    def __init__(self, store: Store, reaper: Reaper) -> None:
        self.url, self.engine, self._reaper = store.url, store.engine, reaper

    @contextmanager
    def session(self) -> Iterator[Session]:
        point = _who_commits()
        self._reaper.passed(point, "begin")
        with translated_errors(self.url), Session(self.engine, expire_on_commit=False) as session:
            yield session
            self._reaper.passed(point, "before")
            session.commit()
        self._reaper.passed(point, "after")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        self._reaper.passed(OTHER, "begin")
        with super().reading() as session:
            yield session


def _who_commits() -> str:
    frame = sys._getframe(1)
    while frame.f_back is not None:
        frame = frame.f_back
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith("steps."):
            return POINTS.get((name, frame.f_code.co_name), OTHER)
    return OTHER


class MortalHttp(MeteredHttp):
    reaper: Reaper

    def call(self, *args: Any, **options: Any) -> Answer:
        self.reaper.passed(CALL, "before")
        answer = super().call(*args, **options)
        self.reaper.passed(CALL, "after")
        return answer


@dataclass(frozen=True)
class MortalNewsroom(Newsroom):
    reaper: Reaper | None = None

    def platform_http(self, meter: Meter) -> HttpClient:
        client = MortalHttp(self.http_limits, now=self.now, meter=meter)
        assert self.reaper is not None
        client.reaper = self.reaper
        return client


def room_of(home: Path, now: Callable[[], datetime]) -> Newsroom:
    return Newsroom(
        store=Store(f"sqlite:///{home / 'kepu.db'}", busy_seconds=60),
        media=MediaFolder(home / "media"),
        vault=Vault(key_from(home / "secret.key")),
        lexicon_files={},
        site_url="http://127.0.0.1",
        http_limits=HttpLimits(read_seconds=READ_SECONDS),
        quotas=tuple(entries(FOLDER / "quotas.toml", "quota", Quota)),
        now=now,
    )


def mortal(room: Newsroom, reaper: Reaper) -> Newsroom:
    """The same newsroom for a worker that may die."""
    same = {
        name: getattr(room, name)
        for name in ("media", "vault", "lexicon_files", "site_url", "http_limits", "quotas", "now")
    }
    return MortalNewsroom(store=MortalStore(room.store, reaper), reaper=reaper, **same)


def kill_me() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Stage:
    """One world and one home. Its clock runs with the machine's, ahead of it by `offset` seconds."""

    def __init__(self, base: str, home: Path, world: World) -> None:
        self.base, self.home, self.offset = base, home, 0.0
        self.world = world
        """The stand-ins' memory, for what people do on the platforms' own sites."""
        self.room = room_of(home, self.now)
        self.address = ""
        """Where the stand-ins call back, without the account's key."""
        self.ear = Ear()
        self.called_back: set[str] = set()
        """Who is known to the stand-ins as somebody to call back."""

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.offset)

    def control(self, path: str, body: Any = None) -> Any:
        """The sandbox's control door."""
        data = None if body is None else json.dumps(body).encode()
        method, headers = ("GET", {}) if data is None else ("POST", {"Content-Type": "application/json"})
        with closing(http.client.HTTPConnection(urlsplit(self.base).netloc, timeout=60)) as door:
            door.request(method, f"/_sandbox{path}", data, headers)
            answer = door.getresponse()
            said = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"sandbox {path}: {answer.status} {said[:300]!r}")
        return json.loads(said)

    def receive(self, heard: Heard) -> str | None:
        """What the desk does with a platform's call-back. None: it is not genuine."""
        return receive_event(self.room, heard.key, heard.query, heard.headers, heard.body, self.now())

    def jump(self, seconds: float) -> None:
        self.offset += seconds
        self.control("/clock", {"advance_seconds": seconds})


def _nothing(record: logging.LogRecord) -> bool:
    return False


@contextmanager
def stage(folder: Path, seed: int) -> Iterator[Stage]:
    """A fresh world and a fresh home under `folder`."""
    home = folder / "home"
    home.mkdir(parents=True)
    # the stand-ins' answers are dated by the machine's clock, which ours leaves far behind
    logging.getLogger("connectors.clock").addFilter(_nothing)
    with _world(seed) as (base, world):
        opened = Stage(base, home, world)
        migrate(opened.room.store)
        with _callbacks(opened) as address:
            opened.address = address
            yield opened
        opened.room.store.close()
    logging.getLogger("connectors.clock").removeFilter(_nothing)


@contextmanager
def _world(seed: int) -> Iterator[tuple[str, World]]:
    """The stand-ins in a thread: their address, and their memory."""
    listener = listen(0)
    server = server_for(seed=seed, settings={"push_seconds": 0.0, "retry_seconds": 1.0})
    gate = server.config.app
    assert isinstance(gate, Gate)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the stand-ins did not start")
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", gate.world
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


@contextmanager
def _callbacks(opened: Stage) -> Iterator[str]:
    """The address that the platforms call back."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(MOVIE)))
            self.end_headers()
            self.wfile.write(MOVIE)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            parts = urlsplit(self.path)
            query, (platform, key) = dict(parse_qsl(parts.query)), parts.path.split("/")[-2:]
            heard = Heard(platform, key, query, {name.lower(): value for name, value in self.headers.items()}, body)
            opened.ear.heard.append(heard)
            answer = "success" if opened.ear.holds else opened.receive(heard)
            self.send_response(200 if answer is not None else 403)
            self.end_headers()
            self.wfile.write((answer or "").encode())

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/callback"
    finally:
        server.shutdown()
        server.server_close()


def ahead(room: Newsroom, offset: float) -> Newsroom:
    """The same newsroom by a clock that is ahead of the machine's: for a process of its own."""
    return replace(room, now=lambda: datetime.now(UTC) + timedelta(seconds=offset))
