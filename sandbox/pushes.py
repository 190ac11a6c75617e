"""What the platforms send by themselves: call-backs, delivered by a thread, repeated where nobody took them."""

from __future__ import annotations

import http.client
import json
import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sandbox import faults
from sandbox.store import Doc, Tx
from sandbox.world import World

log = logging.getLogger("sandbox.pushes")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
WAIT_FOR_ANSWER = 5.0


@dataclass(frozen=True)
class Outgoing:
    url: str
    body: bytes = b""
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Delivery:
    """How one platform calls back: how a message is signed, what counts as taken, how often it tries."""

    build: Callable[[Doc, Doc, float, str], Outgoing]
    """callback, message, now, nonce"""
    taken: Callable[[int, bytes], bool]
    most: int
    matches: Callable[[Doc, bytes], bool] = lambda message, body: True
    """Whether the answer takes this very message, where the platform asks for that."""
    replied: Callable[[Doc, bytes], bool] = lambda callback, body: False
    """callback, body of a 200: is it a message in answer, as the platform reads one?"""


@dataclass(frozen=True)
class Claimed:
    row: int
    platform: str
    callback: Doc
    message: Doc
    now: float
    nonce: str
    attempts: int


def is_loopback(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and parts.hostname in LOOPBACK


def set_callback(tx: Tx, platform: str, key: str, data: Doc) -> None:
    tx.put("callback", f"{platform}:{key}", data)


def callback_of(tx: Tx, platform: str, key: str) -> Doc | None:
    return tx.get("callback", f"{platform}:{key}")


def enqueue(world: World, tx: Tx, platform: str, key: str, account: str, event: str, message: Doc, at: float) -> None:
    """Puts a message in line for the call-back of `key` (appid, client_key), if there is one. The script may lose,
    double or delay it."""
    if callback_of(tx, platform, key) is None:
        return
    rule = faults.pick_for_event(tx, platform, event, account)
    due = at + world.settings["push_seconds"] + (rule.seconds if rule and rule.kind == "reorder" else 0.0)
    state = "dropped" if rule and rule.kind == "drop_event" else "waiting"
    copies = 2 if rule and rule.kind == "duplicate_event" else 1
    for _ in range(copies):
        tx.db.execute(
            "insert into pushes(platform,account,event,due,state,note,data) values(?,?,?,?,?,?,?)",
            (platform, key, event, due, state, rule.kind if rule else "", json.dumps(message, ensure_ascii=False)),
        )


def send(outgoing: Outgoing, timeout: float = WAIT_FOR_ANSWER) -> tuple[int, bytes]:
    """One request to a loopback address. Raises OSError or HTTPException."""
    if not is_loopback(outgoing.url):
        raise OSError("the sandbox calls loopback addresses only")
    parts = urlsplit(outgoing.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=timeout)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(outgoing.method, target, outgoing.body or None, outgoing.headers)
        answer = connection.getresponse()
        return answer.status, answer.read(65_536)
    finally:
        connection.close()


class Deliverer:
    """Also the heartbeat of the world: each look at the line lets due jobs happen."""

    def __init__(self, world: World, deliveries: Mapping[str, Delivery]) -> None:
        self.world, self.deliveries = world, deliveries
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox-pushes", daemon=True)

    def start(self) -> None:
        with self.world.tx() as tx:
            tx.db.execute("update pushes set state='waiting' where state='sending'")
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=WAIT_FOR_ANSWER + 2)

    def _run(self) -> None:
        with ThreadPoolExecutor(4, "sandbox-push") as pool:
            while not self._stop.wait(0.05):
                try:
                    for claimed in self._claim():
                        pool.submit(self._deliver, claimed)
                except Exception:  # the heartbeat must outlive one bad job; the job's row is back in place
                    log.exception("the sandbox stumbled over a due job")
                    self._stop.wait(1.0)

    def _claim(self) -> list[Claimed]:
        with self.world.tx() as tx:
            rows = tx.db.execute(
                "select id,platform,account,data,attempts from pushes where state='waiting' and due<=? order by due,id",
                (tx.now,),
            ).fetchall()
            return [claimed for row in rows if (claimed := self._claim_one(tx, row)) is not None]

    def _claim_one(self, tx: Tx, row: Any) -> Claimed | None:
        number, platform, key, data, attempts = row
        callback = callback_of(tx, platform, key)
        state = "sending" if callback else "given up"
        tx.db.execute("update pushes set state=? where id=?", (state, number))
        if callback is None:
            return None
        nonce = str(int(tx.fresh_hex("nonce", 8), 16))
        return Claimed(number, platform, callback, json.loads(data), tx.now, nonce, attempts + 1)

    def _deliver(self, claimed: Claimed) -> None:
        delivery = self.deliveries[claimed.platform]
        note, taken = "", False
        try:
            outgoing = delivery.build(claimed.callback, claimed.message, claimed.now, claimed.nonce)
            status, body = send(outgoing)
            taken = delivery.taken(status, body) and delivery.matches(claimed.message, body)
            note = f"HTTP {status}"
            if not taken and status == 200 and delivery.replied(claimed.callback, body):
                taken, note = True, f"HTTP {status}, with a reply"
        except (OSError, http.client.HTTPException) as error:
            note = type(error).__name__
        state = "delivered" if taken else "waiting" if claimed.attempts < delivery.most else "given up"
        wait = 0.0 if taken else float(self.world.settings["retry_seconds"])
        with self.world.tx() as tx:
            tx.db.execute(
                "update pushes set state=?, attempts=?, note=?, due=? where id=?",
                (state, claimed.attempts, note, tx.now + wait, claimed.row),
            )
