"""Works: published, out of sight at first, pending, then public, failed or gone. Contract: kuaishou.md §3."""

from __future__ import annotations

import re

from sandbox.calls import Call, Platform, Refused
from sandbox.figures import between
from sandbox.kuaishou.counts import FIGURES, figure
from sandbox.pictures import picture_format
from sandbox.store import Doc, Tx
from sandbox.world import World

COVER_MOST = 10 * 1024 * 1024
CAPTION_MOST, TOPICS_MOST = 1000, 4
PENDING, PUBLIC, FAILED, GONE = "pending", "public", "failed", "gone"
ALPHABET = "23456789abcdefghijkmnpqrstuvwxyz"


def publish(call: Call) -> Doc:
    """Each call makes a work, also with an upload token that made one before: nothing here guards a client."""
    if call.account["banned"]:
        raise Refused(100100402)
    upload = call.tx.get("kuaishou.upload", call.query.get("upload_token", ""))
    if upload is None or upload["open_id"] != call.account_key:
        raise Refused(100100400, "upload_token 不正确")
    caption, cover = _caption(call), _cover(call)
    failure = call.fault.value if call.fault_is("transcode_failed") and call.fault else None
    work = _make(call, caption, cover, upload["blob"], failure or _fault_of(call, upload["blob"]))
    # the answer shows it at once, although the lists do not yet
    return {"video_info": shown(call, work)}


def _caption(call: Call) -> str:
    part = next((part for part in call.parts() if part.name == "caption" and part.filename is None), None)
    text = part.data.decode("utf-8", "replace").strip() if part else ""
    if not text:
        raise Refused(100100400, "caption 不能为空")
    if len(text) > CAPTION_MOST or len(re.findall(r"#[^\s#]+", text)) > TOPICS_MOST:
        raise Refused(100100400, "caption 过长或话题过多")
    return text[: call.account.get("caption_kept")]


def _cover(call: Call) -> str:
    """A file part with a picture in it; the text of older clients is refused."""
    part = next((part for part in call.parts() if part.name == "cover"), None)
    if part is None or part.filename is None:
        raise Refused(100100400, "cover 必须是图片文件")
    kind = picture_format(part.data)
    if kind not in ("JPEG", "PNG") or len(part.data) >= COVER_MOST:
        raise Refused(100100400, "cover 格式或大小不对")
    name = call.tx.fresh_hex("kuaishou.cover", 32)
    call.tx.put_blob(f"kuaishou:{name}", f"image/{kind.lower()}", part.data)
    return name


def _fault_of(call: Call, blob: str) -> int:
    """What the transcoding will end with; 0 where it works."""
    found = call.tx.blob(f"kuaishou:{blob}") if blob else None
    if found is None:
        return 100120002
    return 0 if found[1][4:8] == b"ftyp" else 100120003


def _make(call: Call, caption: str, cover: str, blob: str, failure: int) -> Doc:
    photo_id = "3x" + "".join(ALPHABET[int(c, 16) * 2] for c in call.tx.fresh_hex("kuaishou.photo", 13))
    seconds = call.world.job_seconds("kuaishou", photo_id)
    hidden = between(0.0, seconds, call.tx.seed, photo_id, "hidden")
    if call.fault_is("not_yet") and call.fault:
        hidden, seconds = call.fault.seconds, call.fault.seconds + seconds
    work: Doc = {"photo_id": photo_id, "open_id": call.account_key, "caption": caption, "cover": cover, "blob": blob}
    work |= {"created": call.now, "seen_from": call.now + hidden, "state": PENDING, "failure": failure}
    work |= {"refused": call.fault_is("review_refused"), "removed_at": None, "ledger_id": 0}
    call.tx.put("kuaishou.work", photo_id, work, call.account_key)
    call.tx.later("kuaishou.review", seconds, {"photo_id": photo_id})
    return work


def reviewed(world: World, tx: Tx, at: float, data: Doc) -> None:
    work = tx.get("kuaishou.work", data["photo_id"])
    if work is None or work["state"] != PENDING:
        return
    if work["failure"]:
        tx.put("kuaishou.work", work["photo_id"], {**work, "state": FAILED})
    elif work["refused"]:
        tx.put("kuaishou.work", work["photo_id"], {**work, "state": GONE, "removed_at": at})
    else:
        ledger_id = tx.make_public(
            platform="kuaishou",
            account=work["open_id"],
            kind="video",
            ids={"photo_id": work["photo_id"]},
            title="",
            text=work["caption"],
            marker="",
            path=path_of(work),
            at=at,
        )
        tx.put("kuaishou.work", work["photo_id"], {**work, "state": PUBLIC, "ledger_id": ledger_id})


def path_of(work: Doc) -> str:
    return f"/kuaishou/short-video/{work['photo_id']}"


def remove(tx: Tx, work: Doc, by: str) -> None:
    tx.put("kuaishou.work", work["photo_id"], {**work, "state": GONE, "removed_at": tx.now})
    tx.remove_public(work["ledger_id"], tx.now, by)


def in_sight(call: Call, photo_id: str) -> Doc:
    """The caller's own work. Raises Refused: not there, not yet, or never to be."""
    work = call.tx.get("kuaishou.work", photo_id)
    if work is None or work["open_id"] != call.account_key or work["state"] == GONE or call.now < work["seen_from"]:
        raise Refused(100120001)
    if work["state"] == FAILED:
        raise Refused(work["failure"])
    return work


def delete(call: Call) -> None:
    remove(call.tx, in_sight(call, call.query.get("photo_id", "")), "account")


def shown(call: Call, work: Doc) -> Doc:
    counted = {name: figure(call.tx, work, name, call.now) for name in FIGURES}
    return {
        "photo_id": work["photo_id"],
        "caption": work["caption"],
        "cover": f"{call.world.base}/kuaishou/_media/{work['cover']}",
        "play_url": call.world.base + path_of(work),
        "create_time": int(work["created"] * 1000),
        "pending": work["state"] == PENDING,
        **counted,
    }


def register(platform: Platform) -> None:
    platform.on("POST", "/openapi/photo/publish", "scope:user_video_publish")(publish)
    platform.on("POST", "/openapi/photo/delete", "scope:user_video_delete")(delete)
