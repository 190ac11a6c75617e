"""Uploads, whole or in pieces, on a host of their own. Contract: kuaishou.md §2."""

from __future__ import annotations

from urllib.parse import urlsplit

from sandbox.calls import Call, Platform, Refused
from sandbox.store import Doc

PIECE_MOST = 10 * 1024 * 1024
TOKEN_LIFE = 3600.0


def start_upload(call: Call) -> Doc:
    token = "Cg" + call.tx.fresh_hex("kuaishou.upload", 60)
    row: Doc = {"token": token, "open_id": call.account_key, "pieces": {}, "blob": "", "at": call.now}
    call.tx.put("kuaishou.upload", token, row, call.account_key)
    return {"upload_token": token, "endpoint": urlsplit(call.world.base).netloc}


def _row(call: Call) -> Doc:
    row = call.tx.get("kuaishou.upload", call.query.get("upload_token", ""))
    if row is None or call.now - row["at"] > TOKEN_LIFE:
        raise Refused(100100400, "upload_token 不正确")
    call.account_key = row["open_id"]
    call.pick_answer_fault()
    return row


def _bytes(call: Call) -> bytes:
    if not call.content_type.startswith("video/mp4") or not 0 < len(call.body) <= PIECE_MOST:
        raise Refused(100100400, "文件为空、过大或类型不对")
    return call.body


def _keep(call: Call, row: Doc, content: bytes) -> None:
    blob = call.tx.fresh_hex("kuaishou.blob", 32)
    call.tx.put_blob(f"kuaishou:{blob}", "video/mp4", content)
    call.tx.put("kuaishou.upload", row["token"], {**row, "pieces": {}, "blob": blob})


def upload(call: Call) -> None:
    row = _row(call)
    _keep(call, row, _bytes(call))


def multipart(call: Call) -> None:
    row = _row(call)
    part = next((part for part in call.parts() if part.name == "file"), None)
    if part is None or part.filename is None or not 0 < len(part.data) <= PIECE_MOST:
        raise Refused(100100400, "缺少文件")
    _keep(call, row, part.data)


def fragment(call: Call) -> None:
    row, number = _row(call), call.query.get("fragment_id", "")
    if not number.isdigit():
        raise Refused(100100400, "fragment_id 不正确")
    content = _bytes(call)
    call.tx.put_blob(f"kuaishou:piece:{row['token']}:{number}", "video/mp4", content)
    row["pieces"][number] = len(content)
    call.tx.put("kuaishou.upload", row["token"], row)


def resume(call: Call) -> Doc:
    row = _row(call)
    there = sorted(int(number) for number in row["pieces"])
    listed = [{"fragment_id": number, "bytes": row["pieces"][str(number)]} for number in there]
    whole = next((n for n in range(len(there) + 1) if n not in there), 0)
    return {
        "existed": bool(there),
        "fragment_index": whole - 1,
        "fragment_list": listed,
        "fragment_index_bytes": sum(row["pieces"][str(number)] for number in range(whole)),
        "endpoint": [urlsplit(call.world.base).netloc],
    }


def complete(call: Call) -> None:
    """All pieces from 0 without a gap, and as many as the caller says."""
    row, count = _row(call), call.query.get("fragment_count", "")
    there = sorted(int(number) for number in row["pieces"])
    if not count.isdigit() or not there or there != list(range(int(count))):
        raise Refused(100100400, "分片不完整")
    blobs = [call.tx.blob(f"kuaishou:piece:{row['token']}:{number}") for number in there]
    _keep(call, row, b"".join(blob[1] for blob in blobs if blob))


def register(platform: Platform) -> None:
    platform.on("POST", "/openapi/photo/start_upload", "scope:user_video_publish")(start_upload)
    for name, run in {"": upload, "/multipart": multipart, "/fragment": fragment, "/complete": complete}.items():
        platform.on("POST", f"/api/upload{name}", "open")(run)
    platform.on("GET", "/api/upload/resume", "open")(resume)
