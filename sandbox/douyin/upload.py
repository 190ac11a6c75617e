"""Uploads of the direct mode. Contract: douyin.md §2."""

from __future__ import annotations

from sandbox.calls import Call, Platform, Refused
from sandbox.pictures import picture_format, picture_size
from sandbox.store import Doc
from sandbox.videos import video_mime

MB = 1024 * 1024
WHOLE_MOST = 128 * MB
PART_LEAST = 5 * MB
PICTURE_MOST = 20 * MB
BASE = "/api/douyin/v1/video"


def _part(call: Call, name: str) -> bytes:
    part = next((part for part in call.parts() if part.name == name), None)
    if part is None or part.filename is None or not part.data:
        raise Refused(28001007)
    return part.data


def _keep(call: Call, kind: str, mime: str, data: bytes) -> str:
    """Stores the bytes; what comes back is an encrypted id, good for one create call."""
    token = "@upload" + call.tx.fresh_hex("douyin.upload", 40)
    blob = call.tx.fresh_hex("douyin.blob", 32)
    call.tx.put_blob(f"douyin:{blob}", mime, data)
    row = {"kind": kind, "open_id": call.account_key, "blob": blob, "used": False}
    call.tx.put("douyin.upload", token, row, call.account_key)
    return token


def _video_answer(call: Call, data: bytes) -> Doc:
    mime = video_mime(data)
    if not mime:
        raise Refused(28001007)
    return {"video": {"video_id": _keep(call, "video", mime, data), "width": 720, "height": 1280}}


def upload_video(call: Call) -> Doc:
    data = _part(call, "video")
    if len(data) > WHOLE_MOST:
        raise Refused(28001007)
    return _video_answer(call, data)


def init_part_upload(call: Call) -> Doc:
    upload_id = call.tx.fresh_hex("douyin.parts", 32)
    call.tx.put("douyin.parts", upload_id, {"open_id": call.account_key, "parts": {}}, call.account_key)
    return {"upload_id": upload_id}


def _parts_of(call: Call) -> tuple[str, Doc]:
    upload_id = call.query.get("upload_id", "")
    doc = call.tx.get("douyin.parts", upload_id)
    if doc is None or doc["open_id"] != call.account_key:
        raise Refused(28001007)
    return upload_id, doc


def upload_part(call: Call) -> Doc:
    upload_id, doc = _parts_of(call)
    number = call.query.get("part_number", "")
    if not number.isdigit() or int(number) < 1:
        raise Refused(28001007)
    data = _part(call, "video")
    call.tx.put_blob(f"douyin:part:{upload_id}:{number}", "application/octet-stream", data)
    doc["parts"][number] = len(data)
    call.tx.put("douyin.parts", upload_id, doc)
    return {}


def complete_part_upload(call: Call) -> Doc:
    """Numbers from 1 without a gap; each part but the last has at least 5 MB."""
    upload_id, doc = _parts_of(call)
    sizes = {int(number): size for number, size in doc["parts"].items()}
    ordered = [sizes[number] for number in sorted(sizes)]
    if (
        sorted(sizes) != list(range(1, len(sizes) + 1))
        or not ordered
        or any(size < PART_LEAST for size in ordered[:-1])
    ):
        raise Refused(28001007)
    blobs = [call.tx.blob(f"douyin:part:{upload_id}:{number}") for number in sorted(sizes)]
    call.tx.drop("douyin.parts", upload_id)
    return _video_answer(call, b"".join(blob[1] for blob in blobs if blob))


def upload_image(call: Call) -> Doc:
    data = _part(call, "image")
    kind = picture_format(data)
    if kind not in ("JPEG", "PNG", "GIF", "WEBP") or len(data) > PICTURE_MOST:
        raise Refused(28001007)
    width, height = picture_size(data)
    return {
        "image": {"image_id": _keep(call, "image", f"image/{kind.lower()}", data), "width": width, "height": height}
    }


def register(platform: Platform) -> None:
    calls = {
        "upload_video": upload_video,
        "init_video_part_upload": init_part_upload,
        "upload_video_part": upload_part,
        "complete_video_part_upload": complete_part_upload,
        "upload_image": upload_image,
    }
    for name, run in calls.items():
        platform.on("POST", f"{BASE}/{name}/", "scope:video.create.bind")(run)
