"""Works: made by a user's tap or directly, reviewed, public. Contract: douyin.md §3, §4."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from sandbox.calls import Call, Platform, Refused
from sandbox.clock import day_of
from sandbox.douyin.auth import json_of
from sandbox.douyin.webhook import tell_created
from sandbox.figures import between, followers, heat, reach, total
from sandbox.store import Doc, Tx
from sandbox.world import World

VIDEO, PICTURES = 4, 2
REVIEW, PUBLIC, GONE = "review", "public", "gone"
RATIOS = {
    "digg_count": (0.01, 0.06),
    "comment_count": (0.001, 0.012),
    "share_count": (0.002, 0.02),
    "forward_count": (0.001, 0.008),
    "download_count": (0.001, 0.006),
}


# ---------------------------------------------------------------- making


def make(world: World, tx: Tx, account: Doc, post: Doc, refused: bool = False) -> Doc:
    """A new work, seen by its author only until the review is over."""
    number = str(7_450_000_000_000_000_000 + tx.bump("douyin.work") * 104_729)
    digest = hashlib.sha512(f"{tx.seed}|{number}".encode()).digest()[:34]
    scrambled = base64.b64encode(digest).decode().replace("+", "/")
    work = {
        "video_id": number,
        "item_id": f"@9V/{scrambled.rstrip('=')}==",
        "open_id": account["open_id"],
        "created": tx.now,
        "state": REVIEW,
        "removed_at": None,
        "ledger_id": 0,
        "refused": refused,
        **post,
    }
    tx.put("douyin.work", number, work, account["open_id"])
    tx.put("douyin.item", work["item_id"], {"video_id": number})
    tx.later("douyin.review", world.job_seconds("review", number), {"video_id": number})
    return work


def path_of(work: Doc) -> str:
    return f"/douyin/{'video' if work['video'] else 'note'}/{work['video_id']}"


def reviewed(world: World, tx: Tx, at: float, data: Doc) -> None:
    work = tx.get("douyin.work", data["video_id"])
    if work is None or work["state"] != REVIEW:
        return
    if work["refused"]:
        tx.put("douyin.work", work["video_id"], {**work, "state": GONE, "removed_at": at})
        return
    text = text_of(work)
    ledger_id = 0
    if work["private_status"] == 0:
        ledger_id = tx.make_public(
            platform="douyin",
            account=work["open_id"],
            kind="video" if work["video"] else "note",
            ids={"item_id": work["item_id"], "video_id": work["video_id"], "share_id": work.get("share_id", "")},
            title=work["title"],
            text=text,
            marker=work["video"] or (work["pictures"] or [""])[0],
            path=path_of(work),
            at=at,
        )
    tx.put("douyin.work", work["video_id"], {**work, "state": PUBLIC, "ledger_id": ledger_id})


def text_of(work: Doc) -> str:
    return " ".join([work["title"], *(f"#{name}" for name in work["hashtags"])]).strip()


def tap_publish(world: World, tx: Tx, opening: Doc, account: Doc) -> Doc:
    """The user taps 发布: the work is made, and the webhook follows if the app asked for it."""
    post = opening["post"] | {"share_id": opening["share_id"]}
    work = make(world, tx, account, post)
    tx.put("douyin.opening", opening["id"], {**opening, "state": "published"})
    if opening["need_callback"]:
        tell_created(world, tx, opening, work)
    return work


def remove(tx: Tx, work: Doc, by: str) -> None:
    tx.put("douyin.work", work["video_id"], {**work, "state": GONE, "removed_at": tx.now})
    tx.remove_public(work["ledger_id"], tx.now, by)


# ---------------------------------------------------------------- making directly


def _create(call: Call, post: Doc) -> Doc:
    used = call.tx.bump(f"douyin.create {call.account_key}", day_of(call.now).isoformat())
    if used > call.account["creates_per_day"]:
        raise Refused(28003017)
    work = make(call.world, call.tx, call.account, post, refused=call.fault_is("review_refused"))
    return {"item_id": work["item_id"], "video_id": work["video_id"]}


def _take_upload(call: Call, kind: str, token: object) -> Doc:
    """An upload is good for one create call."""
    upload = call.tx.get("douyin.upload", str(token))
    if upload is None or upload["open_id"] != call.account_key or upload["kind"] != kind or upload["used"]:
        raise Refused(28001007)
    call.tx.put("douyin.upload", str(token), {**upload, "used": True})
    return upload


def _text_field(fields: Doc) -> str:
    text = fields.get("text", "")
    if not isinstance(text, str) or len(text) > 1000:
        raise Refused(28001007)
    return text


def _private_status(fields: Doc) -> int:
    value: Any = fields.get("private_status", 0)
    if value not in (0, 1, 2):
        raise Refused(28001007)
    return int(value)


def create_video(call: Call) -> Doc:
    fields = json_of(call)
    post = {"title": _text_field(fields), "private_status": _private_status(fields), "hashtags": [], "pictures": []}
    upload = _take_upload(call, "video", fields.get("video_id"))
    if fields.get("custom_cover_image_url"):
        _take_upload(call, "image", fields["custom_cover_image_url"])
    return _create(call, post | {"video": f"/douyin/_upload/{upload['blob']}"})


def create_image_text(call: Call) -> Doc:
    fields = json_of(call)
    listed = fields.get("image_list")
    if not isinstance(listed, list) or not 1 <= len(listed) <= 30:
        raise Refused(28001007)
    post = {"title": _text_field(fields), "private_status": _private_status(fields), "hashtags": [], "video": ""}
    pictures = [f"/douyin/_upload/{_take_upload(call, 'image', token)['blob']}" for token in listed]
    return _create(call, post | {"pictures": pictures})


# ---------------------------------------------------------------- reading


def plays(tx: Tx, work: Doc, moment: float) -> int:
    account = tx.get("account.douyin", work["open_id"]) or {}
    base = followers(tx.seed, work["open_id"], account["followers"], 0)
    final = reach(tx.seed, work["video_id"], base, text_of(work)) * 6
    return total(tx.seed, work["video_id"], "play", final, _age(work, moment))


def figure(tx: Tx, work: Doc, name: str, moment: float) -> int:
    account = tx.get("account.douyin", work["open_id"]) or {}
    base = followers(tx.seed, work["open_id"], account["followers"], 0)
    low, high = RATIOS[name]
    text = text_of(work)
    final = reach(tx.seed, work["video_id"], base, text) * 6 * between(low, high, tx.seed, work["video_id"], name)
    final *= 1 + 0.15 * (heat(text) - 1)
    return total(tx.seed, work["video_id"], name, final, _age(work, moment))


def _age(work: Doc, moment: float) -> float:
    if work["state"] == REVIEW or work["private_status"] != 0:
        return 0.0
    return float(min(moment, work["removed_at"] or moment) - work["created"])


def shown(call: Call, work: Doc) -> Doc:
    row: Doc = {
        "item_id": work["item_id"],
        "video_id": work["video_id"],
        "title": text_of(work),
        "cover": "",
        "create_time": int(work["created"]) if work["private_status"] == 0 else 0,
        "is_top": False,
        "share_url": call.world.base + path_of(work),
        "media_type": VIDEO if work["video"] else PICTURES,
    }
    if not call.fault_is("no_statistics"):
        names = {name: figure(call.tx, work, name, call.now) for name in RATIOS}
        row["statistics"] = {"play_count": plays(call.tx, work, call.now), **names}
    return row


def own_works(call: Call) -> list[Doc]:
    return [work for work in call.tx.find("douyin.work", call.account_key) if work["state"] != GONE]


def video_data(call: Call) -> Doc:
    """By item_ids or by video_ids. Works that are gone, or somebody else's, are missing."""
    fields = json_of(call)
    names = [name for name in ("item_ids", "video_ids") if isinstance(fields.get(name), list) and fields[name]]
    if len(names) != 1 or len(fields[names[0]]) > 20:
        raise Refused(28001007)
    key = names[0].removesuffix("s")
    wanted = {str(value) for value in fields[names[0]]}
    return {"list": [shown(call, work) for work in own_works(call) if work[key] in wanted]}


def video_list(call: Call) -> Doc:
    cursor, count = call.query.get("cursor", "0"), call.query.get("count", "10")
    if not cursor.isdigit() or not count.isdigit() or not 1 <= int(count) <= 20:
        raise Refused(28001007)
    works = own_works(call)
    end = int(cursor) + int(count)
    page = [shown(call, work) for work in works[int(cursor) : end]]
    return {"list": page, "cursor": min(end, len(works)), "has_more": end < len(works)}


def register(platform: Platform) -> None:
    base = "/api/douyin/v1/video"
    platform.on("POST", f"{base}/create_video/", "scope:video.create.bind")(create_video)
    platform.on("POST", f"{base}/create_image_text/", "scope:video.create.bind")(create_image_text)
    platform.on("POST", f"{base}/video_data/", "scope:video.data.bind")(video_data)
    platform.on("GET", f"{base}/video_list/", "scope:video.list.bind")(video_list)
    for legacy in ("/video/create/", "/video/delete/", "/video/upload/", "/image/create/"):
        platform.on("POST", legacy, "offline")(lambda call: {})
