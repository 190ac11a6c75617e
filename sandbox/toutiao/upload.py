"""Uploads in one piece. Contract: toutiao.md §2."""

from __future__ import annotations

from sandbox.calls import Call, Platform, Refused
from sandbox.store import Doc
from sandbox.videos import video_mime

WHOLE_MOST = 50 * 1024 * 1024
"""Above it the platform wants parts, which are not here."""


def upload(call: Call) -> Doc:
    """What comes back names one work to be made, however often it is made."""
    part = next((part for part in call.parts() if part.name == "video"), None)
    if part is None or part.filename is None or not part.data:
        raise Refused(10005)
    mime = video_mime(part.data)
    if not mime or len(part.data) > WHOLE_MOST:
        raise Refused(2100005)
    video_id = "v0" + call.tx.fresh_hex("toutiao.upload", 30)
    call.tx.put_blob(f"toutiao:{video_id}", mime, part.data)
    row: Doc = {"video_id": video_id, "open_id": call.account_key, "item_id": ""}
    call.tx.put("toutiao.upload", video_id, row, call.account_key)
    return {"video": {"video_id": video_id, "width": 720, "height": 1280}}


def register(platform: Platform) -> None:
    platform.on("POST", "/toutiao/video/upload/", "scope:toutiao.video.create")(upload)
