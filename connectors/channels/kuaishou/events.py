"""Kuaishou's call-backs: is it theirs, is it new, and what does it say? They speak of the consent only. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.base import PlatformEvent

_FRESH = timedelta(minutes=15)
"""Clocks may be ten minutes apart, and a message is some time under way; that none comes twice its number sees to."""
_UNSIGNED_BYTES = 2_000
"""The check of our address is much shorter. More from a stranger is not even read."""
_KINDS = {"AUTHORIZE": "authorize", "UN_AUTHORIZE": "unauthorize"}


def genuine(secret: str, body: bytes, said: str) -> bool:
    """Whether the platform signed exactly these bytes."""
    expected = hashlib.md5(body + secret.encode()).hexdigest()
    return hmac.compare_digest(expected.encode(), said.strip().lower().encode())


def understood(
    body: bytes, app_id: str, *, signed: bool, now: datetime, consented_at: datetime | None
) -> PlatformEvent | None:
    """The event, or None for what is forged, for another app, or out of its time.

    The check of our address may come unsigned: it is answered, and nothing is done with it.
    """
    said = _object(body) if signed or len(body) <= _UNSIGNED_BYTES else {}
    if str(said.get("app_id", "")) != app_id or not said.get("message_id"):
        return None
    answer = json.dumps({"result": 1, "message_id": said["message_id"]})
    if said.get("event") == "TEST":
        return PlatformEvent(key="", kind="address_check", verified=signed, answer=answer)
    moment = _moment(said.get("timestamp"))
    if not signed or moment is None or abs(now - moment) > _FRESH:
        return None
    kind = _KINDS.get(str(said.get("event")), "other")
    if kind == "unauthorize" and consented_at is not None and moment < consented_at:
        # it is about the consent before this one: taken, so that it is not sent again
        return PlatformEvent(key=str(said["message_id"]), kind="overtaken", answer=answer)
    data = said.get("data")
    open_id = str(data.get("open_id") or "") if isinstance(data, dict) else ""
    ids = {"open_id": open_id} if open_id else {}
    return PlatformEvent(key=str(said["message_id"]), kind=kind, external_ids=ids, at=moment, answer=answer)


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _moment(value: Any) -> datetime | None:
    """Milliseconds since 1970."""
    try:
        return datetime.fromtimestamp(int(value) / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
