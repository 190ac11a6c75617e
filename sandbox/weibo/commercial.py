"""The paid interface: pictures one by one, then a post with up to nine of them. Contract: weibo.md §3 B."""

from __future__ import annotations

from sandbox.calls import Call, Platform, Refused
from sandbox.store import Doc
from sandbox.weibo.auth import fields_of, required
from sandbox.weibo.errors import MESSAGES
from sandbox.weibo.statuses import count_post, create, picture_of, refuse_repetition, status_object
from sandbox.weibo.text import MOST, weight
from sandbox.weibo.users import is_rip

LONG_MOST = 2000
PICTURES_MOST = 9


def _contracted(call: Call) -> None:
    if not call.account["commercial"]:
        raise Refused(10014)


def upload_pic(call: Call) -> Doc:
    _contracted(call)
    name = picture_of(call)
    if not name:
        raise Refused(20007)
    call.tx.put("weibo.pic", name, {"uid": call.account_key, "used": False}, call.account_key)
    return {"pic_id": name, "thumbnail_pic": f"{call.world.base}/weibo/pic/{name}"}


def upload_url_text(call: Call) -> Doc:
    _contracted(call)
    fields = fields_of(call)
    required(fields, "status", "rip")
    if not is_rip(call, fields["rip"]):
        raise Refused(10017, MESSAGES[10017].format("rip"))
    long = fields.get("is_longtext") == "1"
    if long and not call.account["long_text"]:
        raise Refused(10014)
    if weight(fields["status"]) > (LONG_MOST if long else MOST):
        raise Refused(20012)
    pictures = [name for name in fields.get("pic_id", "").split(",") if name]
    _check_pictures(call, pictures)
    refuse_repetition(call, fields["status"])
    count_post(call)
    for name in pictures:
        call.tx.put("weibo.pic", name, {"uid": call.account_key, "used": True})
    post = create(call, fields["status"], pictures[0] if pictures else "", call.now)
    return status_object(call, call.tx.put("weibo.post", post["id"], {**post, "pictures": pictures}))


def _check_pictures(call: Call, names: list[str]) -> None:
    rows = [call.tx.get("weibo.pic", name) for name in names]
    if len(names) > PICTURES_MOST or any(r is None or r["uid"] != call.account_key or r["used"] for r in rows):
        raise Refused(10008)


def register(platform: Platform) -> None:
    platform.on("POST", "/2/statuses/upload_pic/biz.json")(upload_pic)
    platform.on("POST", "/2/statuses/upload_url_text/biz.json")(upload_url_text)
