"""The hand-off: share-id, ticket, and what the app checks when somebody opens the schema. Contract: douyin.md §3.2."""

from __future__ import annotations

import hashlib
import http.client
import json
from urllib.parse import unquote, urlsplit

from sandbox.calls import Call, Platform, Refused
from sandbox.douyin.auth import app_of
from sandbox.pushes import Outgoing, is_loopback, send
from sandbox.store import Doc, Tx

TICKET_LIFE = 7200
SCHEMA_LIFE = 3600.0
CLOCK_SKEW = 300.0
MOST_PICTURES = 12


def share_id(call: Call) -> Doc:
    number = str(1_790_000_000_000_000_000 + call.tx.bump("douyin.share") * 1_009)
    row = {
        "share_id": number,
        "client_key": call.account_key,
        "need_callback": call.query.get("need_callback") == "true",
    }
    call.tx.put("douyin.share", number, row | {"hashtag": call.query.get("default_hashtag", "")}, call.account_key)
    return {"share_id": number}


def getticket(call: Call) -> Doc:
    """`expires_in` is a string here; some answers of this platform are like that."""
    ticket = "@sandbox" + call.tx.fresh_hex("douyin.ticket", 32)
    row = {"ticket": ticket, "expires": call.now + TICKET_LIFE}
    call.tx.put("douyin.ticket", ticket, row, call.account_key)
    return {"ticket": ticket, "expires_in": str(TICKET_LIFE)}


# ---------------------------------------------------------------- opening


def read_schema(schema: str) -> dict[str, str]:
    """Fields of the schema, its media fetched once. Raises Refused with the words the phone shows.

    Stands outside any transaction: the media may lie in this very world."""
    fields = parse_schema(schema)
    video, pictures = fields.get("video_path", ""), _list(fields, "image_list_path")
    for url in [video] if video else pictures:
        _check_media(url)
    return fields


def parse_schema(schema: str) -> dict[str, str]:
    """A `+` stays a plus sign."""
    parts = urlsplit(schema)
    if parts.scheme != "snssdk1128" or parts.netloc != "openplatform" or parts.path != "/share":
        raise Refused("schema", "无法识别的链接")
    pairs = (pair.partition("=") for pair in parts.query.split("&") if pair)
    return {unquote(name): unquote(value) for name, _, value in pairs}


def open_schema(tx: Tx, fields: dict[str, str]) -> Doc:
    """What the app does when the link is opened: checks it and uses its nonce up. Returns the opening; the user has
    not yet decided anything. Raises Refused with the words the phone shows."""
    if fields.get("share_type") != "h5":
        raise Refused("share_type", "不支持的分享类型")
    if app_of(tx, fields.get("client_key")) is None:
        raise Refused("client_key", "应用不存在")
    _check_signature(tx, fields)
    post = _checked_post(fields)
    share = tx.get("douyin.share", fields.get("state", ""))
    known = share is not None and share["client_key"] == fields["client_key"]
    opening = tx.fresh_hex("douyin.opening", 16)
    doc: Doc = {"id": opening, "client_key": fields["client_key"], "share_id": fields["state"] if known else ""}
    doc |= {"need_callback": bool(known and share and share["need_callback"]), "post": post, "state": "open"}
    return tx.put("douyin.opening", opening, doc, fields["client_key"])


def _check_signature(tx: Tx, fields: dict[str, str]) -> None:
    nonce, stamp = fields.get("nonce_str", ""), fields.get("timestamp", "")
    if not nonce or not stamp.isdigit() or len(stamp) != 10:
        raise Refused("signature", "签名参数不完整")
    age = tx.now - int(stamp)
    if age > SCHEMA_LIFE or age < -CLOCK_SKEW:
        raise Refused("timestamp", "链接已过期")
    tickets = [row["ticket"] for row in tx.find("douyin.ticket", fields["client_key"]) if row["expires"] > tx.now]
    expected = {
        hashlib.md5(f"nonce_str={nonce}&ticket={ticket}&timestamp={stamp}".encode()).hexdigest() for ticket in tickets
    }
    if fields.get("signature", "") not in expected:
        raise Refused("signature", "签名校验失败")
    used = f"{fields['client_key']}:{nonce}"
    if tx.get("douyin.nonce", used):
        raise Refused("nonce", "链接已被使用")
    tx.put("douyin.nonce", used, {"at": tx.now})


def _checked_post(fields: dict[str, str]) -> Doc:
    video, pictures = fields.get("video_path", ""), _list(fields, "image_list_path")
    if bool(video) == bool(pictures):
        raise Refused("media", "没有可发布的作品")
    if len(pictures) > MOST_PICTURES:
        raise Refused("media", f"图片不能超过{MOST_PICTURES}张")
    hashtags = _list(fields, "title_hashtag_list")
    for name, most in (("title", 30), ("short_title", 12)):
        if len(fields.get(name, "")) > most:
            raise Refused(name, f"标题不能超过{most}字")
    if len(hashtags) > 5:
        raise Refused("title_hashtag_list", "话题不能超过5个")
    if fields.get("private_status", "0") not in "012" or fields.get("download_type", "1") not in "12":
        raise Refused("private_status", "参数不合法")
    return {
        "title": fields.get("title", ""),
        "short_title": fields.get("short_title", ""),
        "hashtags": hashtags,
        "video": video,
        "pictures": pictures,
        "private_status": int(fields.get("private_status", "0")),
        "to_publish": fields.get("share_to_publish", "0") == "1",
    }


def _list(fields: dict[str, str], name: str) -> list[str]:
    """A JSON array of texts (topics may also come as objects with a name)."""
    if not fields.get(name):
        return []
    try:
        data = json.loads(fields[name])
    except ValueError as error:
        raise Refused(name, "参数不合法") from error
    if not isinstance(data, list):
        raise Refused(name, "参数不合法")
    return [str(item.get("name", "")) if isinstance(item, dict) else str(item) for item in data]


def _check_media(url: str) -> None:
    """Public https, or a loopback address, which the phone of this world can reach; that one is really fetched."""
    parts = urlsplit(url)
    if is_loopback(url) and parts.scheme == "http":
        try:
            status, _ = send(Outgoing(url, method="GET"), timeout=3.0)
        except (OSError, http.client.HTTPException) as error:
            raise Refused("media", "作品文件打不开") from error
        if status != 200:
            raise Refused("media", "作品文件打不开")
    elif parts.scheme != "https" or not parts.hostname:
        raise Refused("media", "作品地址必须是 https")


def register(platform: Platform) -> None:
    platform.on("GET|POST", "/share-id/", "client")(share_id)
    platform.on("GET", "/open/getticket/", "client")(getticket)
