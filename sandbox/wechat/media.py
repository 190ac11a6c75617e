"""Pictures and other material. Contract: wechat.md §2."""

from __future__ import annotations

import json
import re

from sandbox.calls import Call, Platform, Refused
from sandbox.pictures import picture_format
from sandbox.store import Doc
from sandbox.wechat.reading import json_body, page_of

MB = 1024 * 1024
INSIDE_FORMATS = {"JPEG": "jpeg", "PNG": "png"}
IMAGE_FORMATS = {"JPEG": "jpeg", "PNG": "png", "GIF": "gif", "BMP": "bmp"}
SOUND = (b"ID3", b"\xff\xfb", b"\xff\xf3", b"RIFF", b"#!AMR", b"\x30\x26\xb2\x75")
LIMITS = {"image": 10 * MB, "thumb": 64 * 1024, "voice": 2 * MB, "video": 10 * MB}
CAPS = {"image": 100_000, "thumb": 1000, "voice": 1000, "video": 1000}
KEEP_TEMPORARY = 3 * 86_400


def uploaded(call: Call) -> tuple[str, bytes]:
    """File name and bytes of the field `media`. 41005 without a plain name with an extension, or without a length."""
    if "content-length" not in call.headers or not call.content_type.startswith("multipart/form-data"):
        raise Refused(41005)
    part = next((part for part in call.parts() if part.name == "media"), None)
    if part is None or part.filename is None or not re.search(r"\.\w+$", part.filename) or not part.data:
        raise Refused(41005)
    return part.filename, part.data


def keep_picture(call: Call, data: bytes, kind: str) -> str:
    """Stores the bytes and gives the address under the platform's picture host; pages here serve it themselves."""
    name = call.tx.fresh_hex("wechat.picture", 40)
    call.tx.put_blob(f"wechat:{name}", f"image/{kind}", data)
    return f"http://mmbiz.qpic.cn/mmbiz_{'jpg' if kind == 'jpeg' else kind}/{name}/0?wx_fmt={kind}"


def uploadimg(call: Call) -> Doc:
    _, data = uploaded(call)
    kind = picture_format(data)
    if kind not in INSIDE_FORMATS:
        raise Refused(40113 if kind else 40005)
    if len(data) >= MB:
        raise Refused(40009)
    return {"url": keep_picture(call, data, INSIDE_FORMATS[kind])}


def _checked(call: Call, kind: str) -> tuple[str, bytes, str]:
    """File name, bytes and format of an upload of this kind."""
    if kind not in LIMITS:
        raise Refused(40004)
    name, data = uploaded(call)
    form = _format_of(kind, data)
    if form is None:
        raise Refused(40113 if picture_format(data) and kind in ("image", "thumb") else 40005)
    if len(data) > LIMITS[kind]:
        raise Refused(40009 if kind in ("image", "thumb") else 45001)
    return name, data, form


def _format_of(kind: str, data: bytes) -> str | None:
    if kind == "image":
        return IMAGE_FORMATS.get(picture_format(data) or "")
    if kind == "thumb":
        return "jpeg" if picture_format(data) == "JPEG" else None
    if kind == "voice":
        return "mp3" if data.startswith(SOUND) else None
    return "mp4" if data[4:8] == b"ftyp" else None


def add_material(call: Call) -> Doc:
    kind = call.query.get("type", "")
    name, data, form = _checked(call, kind)
    if kind == "video":
        _description(call)
    if call.tx.count(f"wechat.material.{kind}", call.account_key) >= CAPS[kind]:
        raise Refused(45001)
    media_id = call.tx.fresh_hex("wechat.material", 60)
    doc = {"media_id": media_id, "type": kind, "name": name, "update_time": int(call.now), "appid": call.account_key}
    if kind in ("image", "thumb"):
        doc["url"] = keep_picture(call, data, form)
    call.tx.put("wechat.media", media_id, doc, call.account_key)
    call.tx.put(f"wechat.material.{kind}", media_id, {"media_id": media_id}, call.account_key)
    return {"media_id": media_id, **({"url": doc["url"]} if "url" in doc else {})}


def _description(call: Call) -> None:
    part = next((part for part in call.parts() if part.name == "description"), None)
    try:
        fields = json.loads(part.data) if part else None
    except ValueError as error:
        raise Refused(47001) from error
    if not isinstance(fields, dict) or not fields.get("title"):
        raise Refused(47001)


def upload_temporary(call: Call) -> Doc:
    kind = call.query.get("type", "")
    _checked(call, kind)
    media_id = call.tx.fresh_hex("wechat.temporary", 60)
    call.tx.put(
        "wechat.temporary", media_id, {"appid": call.account_key, "until": call.now + KEEP_TEMPORARY}, call.account_key
    )
    return {"type": kind, "media_id": media_id, "created_at": int(call.now)}


def material(call: Call, media_id: object) -> Doc:
    """Permanent material of this account. A temporary id is as bad as an unknown one."""
    doc = call.tx.get("wechat.media", media_id) if isinstance(media_id, str) else None
    if doc is None or doc["appid"] != call.account_key:
        raise Refused(40007)
    return doc


def del_material(call: Call) -> Doc:
    doc = material(call, json_body(call).get("media_id"))
    call.tx.drop("wechat.media", doc["media_id"])
    call.tx.drop(f"wechat.material.{doc['type']}", doc["media_id"])
    return {"errcode": 0, "errmsg": "ok"}


def materialcount(call: Call) -> Doc:
    return {f"{kind}_count": call.tx.count(f"wechat.material.{kind}", call.account_key) for kind in LIMITS} | {
        "news_count": 0
    }


def batchget_material(call: Call) -> Doc:
    fields = json_body(call)
    offset, count = page_of(fields)
    if fields.get("type") not in ("image", "voice", "video", "news"):
        raise Refused(40004)
    kind = f"wechat.material.{fields['type']}"
    rows = call.tx.find(kind, call.account_key, count, offset)
    docs = [doc for row in rows if (doc := call.tx.get("wechat.media", row["media_id"]))]
    items = [{key: doc[key] for key in ("media_id", "name", "update_time", "url") if key in doc} for doc in docs]
    return {"total_count": call.tx.count(kind, call.account_key), "item_count": len(items), "item": items}


def register(platform: Platform) -> None:
    platform.on("POST", "/cgi-bin/media/uploadimg")(uploadimg)
    platform.on("POST", "/cgi-bin/media/upload")(upload_temporary)
    platform.on("POST", "/cgi-bin/material/add_material")(add_material)
    platform.on("POST", "/cgi-bin/material/del_material")(del_material)
    platform.on("GET", "/cgi-bin/material/get_materialcount")(materialcount)
    platform.on("POST", "/cgi-bin/material/batchget_material")(batchget_material)
