"""What Douyin sends by itself. Contract: douyin.md §5."""

from __future__ import annotations

import hashlib
import json

from sandbox import faults
from sandbox.pushes import Delivery, Outgoing, callback_of, enqueue
from sandbox.store import Doc, Tx
from sandbox.world import World


def tell_created(world: World, tx: Tx, opening: Doc, work: Doc) -> None:
    content = {"share_id": opening["share_id"], "item_id": work["item_id"], "video_id": work["video_id"]}
    content["has_default_hashtag"] = True
    rule = faults.pick_for_answer(tx, "douyin", "POST", "/webhook", work["open_id"])
    if rule is not None and rule.kind == "no_video_id":
        del content["video_id"]
    tell(world, tx, opening["client_key"], "create_video", work["open_id"], content)


def tell(world: World, tx: Tx, client_key: str, event: str, open_id: str, content: Doc) -> None:
    """`content` goes out as a JSON string. An event that the app did not subscribe to is never sent."""
    callback = callback_of(tx, "douyin", client_key)
    if callback is None or event not in callback["events"]:
        return
    body = {
        "event": event,
        "client_key": client_key,
        "from_user_id": open_id,
        "to_user_id": "",
        "content": json.dumps(content, ensure_ascii=False),
        "log_id": tx.fresh_hex("douyin.log", 34).upper(),
    }
    message = {"body": json.dumps(body, ensure_ascii=False), "msg_id": tx.fresh_hex("douyin.msg", 32)}
    enqueue(world, tx, "douyin", client_key, open_id, event, message, tx.now)


def signature(secret: str, body: bytes) -> str:
    return hashlib.sha1(secret.encode() + body).hexdigest()


def build(callback: Doc, message: Doc, now: float, nonce: str) -> Outgoing:
    """A repeated message carries the same Msg-Id."""
    body = message["body"].encode()
    headers = {
        "Content-Type": "application/json",
        "X-Douyin-Signature": signature(callback["secret"], body),
        "Msg-Id": message["msg_id"],
    }
    return Outgoing(callback["url"], body, headers=headers)


def verify_request(callback: Doc, challenge: int) -> Outgoing:
    """The check when an address is set; here `content` is an object."""
    body = {"event": "verify_webhook", "client_key": callback["key"], "content": {"challenge": challenge}}
    return build(callback, {"body": json.dumps(body), "msg_id": f"verify{challenge}"}, 0.0, "")


DELIVERY = Delivery(build, lambda status, body: status == 200, most=4)
"""The first try and three repetitions."""
