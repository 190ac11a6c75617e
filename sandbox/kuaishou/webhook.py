"""What Kuaishou sends by itself: the check of an address, and news of consents. Contract: kuaishou.md §5."""

from __future__ import annotations

import hashlib
import json

from sandbox.pushes import Delivery, Outgoing, callback_of, enqueue
from sandbox.store import Doc, Tx
from sandbox.world import World


def tell(world: World, tx: Tx, app_id: str, event: str, data: Doc) -> None:
    callback = callback_of(tx, "kuaishou", app_id)
    if callback is None:
        return
    body = {"app_id": app_id, "event": event, "timestamp": int(tx.now * 1000), "data": data}
    body["message_id"] = tx.fresh_hex("kuaishou.message", 32)
    message = {"body": json.dumps(body, ensure_ascii=False), "message_id": body["message_id"]}
    enqueue(world, tx, "kuaishou", app_id, str(data.get("open_id", "")), event, message, tx.now)


def signature(secret: str, body: bytes) -> str:
    return hashlib.md5(body + secret.encode()).hexdigest()


def build(callback: Doc, message: Doc, now: float, nonce: str) -> Outgoing:
    """A repeated message is the same to the byte."""
    body = message["body"].encode()
    headers = {"Content-Type": "application/json", "kwaisign": signature(callback["secret"], body)}
    return Outgoing(callback["url"], body, headers=headers)


def test_request(callback: Doc, moment: float, challenge: int) -> Outgoing:
    """The check when an address is set; it comes without a signature."""
    body = {"app_id": callback["key"], "event": "TEST", "timestamp": int(moment * 1000), "data": {}}
    body["message_id"] = f"test{challenge}"
    return Outgoing(callback["url"], json.dumps(body).encode(), headers={"Content-Type": "application/json"})


def echoed(message: Doc, body: bytes) -> bool:
    """Whether the answer takes exactly this message."""
    try:
        return bool(json.loads(body) == {"result": 1, "message_id": message["message_id"]})
    except ValueError:
        return False


DELIVERY = Delivery(build, lambda status, body: status == 200, most=4, matches=echoed)
"""The first try and three repetitions."""
