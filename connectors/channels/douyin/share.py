"""The share schema which the Douyin app opens, its signature, and call-backs. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from connectors.base import PlatformEvent, Post


def signature(nonce: str, ticket: str, timestamp: str) -> str:
    return hashlib.md5(f"nonce_str={nonce}&ticket={ticket}&timestamp={timestamp}".encode()).hexdigest()


def schema(post: Post, media: Mapping[str, str], signed: Mapping[str, str], *, straight: bool) -> str:
    """The address behind the QR code. `media`: what to publish; `straight`: open the publish page, not the editor."""
    fields = {
        "share_type": "h5",
        **signed,
        **media,
        "title": post.title,
        "share_to_publish": str(int(straight)),
    }
    if post.topics:
        topics = [{"name": topic, "start": len(post.title)} for topic in post.topics]
        fields["title_hashtag_list"] = json.dumps(topics, ensure_ascii=False)
    # %20, not +: the app reads a + as a plus sign
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items() if value)
    return f"snssdk1128://openplatform/share?{query}"


def genuine(secret: str, body: bytes, said: str) -> bool:
    """Whether the platform signed exactly these bytes."""
    expected = hashlib.sha1(secret.encode() + body).hexdigest()
    return hmac.compare_digest(expected.encode(), said.encode())


def event(body: bytes, client_key: str) -> PlatformEvent | None:
    """A verified call-back, understood. The platform repeats it word for word; its `Msg-Id` header is not signed, so that
    whoever replays one could change it, and a time is nowhere."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.get("client_key") != client_key:
        return None
    kind, content = str(said.get("event", "")), _content(said.get("content"))
    if kind == "verify_webhook":
        # the number must stay a number
        return PlatformEvent(key="", kind="address_check", answer=json.dumps({"challenge": content.get("challenge")}))
    key = hashlib.sha256(body).hexdigest()
    wanted = ("share_id", "item_id", "video_id")
    ids = {name: str(content[name]) for name in wanted if content.get(name)}
    if said.get("from_user_id"):
        ids["open_id"] = str(said["from_user_id"])
    return PlatformEvent(key=key, kind=kind, external_ids=ids)


def _content(value: Any) -> dict[str, Any]:
    """Sometimes an object, mostly a string of JSON."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}
