"""Works: created, reviewed, then public, refused or gone; and how the interface shows them. Contract: toutiao.md §3, §4."""

from __future__ import annotations

from sandbox.calls import Call, Platform, Refused
from sandbox.clock import day_of
from sandbox.store import Doc, Tx
from sandbox.toutiao.auth import json_of
from sandbox.toutiao.counts import FIGURES, figure
from sandbox.world import World

TITLE_MOST = 30
PAGE_MOST = 20
REVIEW, PUBLIC, REFUSED, GONE = "review", "public", "refused", "gone"
STATUS = {PUBLIC: 1, REFUSED: 2, REVIEW: 4}
"""`video_status`. The review of a refused work is over as well: `is_reviewed` does not say that it is public."""


# ---------------------------------------------------------------- making


def create(call: Call) -> Doc:
    """One work for one upload: a second call names the first work again, whatever its title."""
    fields = json_of(call)
    video_id, title = fields.get("video_id"), fields.get("text")
    if not video_id or not title:
        raise Refused(10005)
    if not isinstance(video_id, str) or not isinstance(title, str) or not 0 < len(title.strip()) <= TITLE_MOST:
        raise Refused(2100005)
    upload = call.tx.get("toutiao.upload", video_id)
    if upload is None or upload["open_id"] != call.account_key:
        raise Refused(2100005)
    return {"item_id": upload["item_id"] or _make(call, upload, title.strip())["item_id"]}


def _make(call: Call, upload: Doc, title: str) -> Doc:
    used = call.tx.bump(f"toutiao.create {call.account_key}", day_of(call.now).isoformat())
    if used > call.account["creates_per_day"]:
        raise Refused(2190001)
    item_id = str(7_560_000_000_000_000_000 + call.tx.bump("toutiao.work") * 104_729)
    work: Doc = {"item_id": item_id, "open_id": call.account_key, "video_id": upload["video_id"], "title": title}
    work |= {"created": call.now, "state": REVIEW, "removed_at": None, "ledger_id": 0}
    work |= {"to_be_refused": call.fault_is("review_refused")}
    call.tx.put("toutiao.work", item_id, work, call.account_key)
    call.tx.put("toutiao.upload", upload["video_id"], {**upload, "item_id": item_id})
    call.tx.later("toutiao.review", call.world.job_seconds("toutiao", item_id), {"item_id": item_id})
    return work


def path_of(work: Doc) -> str:
    return f"/toutiao/video/{work['item_id']}"


def reviewed(world: World, tx: Tx, at: float, data: Doc) -> None:
    work = tx.get("toutiao.work", data["item_id"])
    if work is None or work["state"] != REVIEW:
        return
    if work["to_be_refused"]:
        tx.put("toutiao.work", work["item_id"], {**work, "state": REFUSED})
        return
    ledger_id = tx.make_public(
        platform="toutiao",
        account=work["open_id"],
        kind="video",
        ids={name: work[name] for name in ("item_id", "video_id")},
        title=work["title"],
        text="",
        marker="",
        path=path_of(work),
        at=at,
    )
    tx.put("toutiao.work", work["item_id"], {**work, "state": PUBLIC, "ledger_id": ledger_id})


def remove(tx: Tx, work: Doc, by: str) -> None:
    """Only by hand: the interface has no call for it."""
    tx.put("toutiao.work", work["item_id"], {**work, "state": GONE, "removed_at": tx.now})
    tx.remove_public(work["ledger_id"], tx.now, by)


# ---------------------------------------------------------------- reading


def own_works(call: Call) -> list[Doc]:
    return [work for work in call.tx.find("toutiao.work", call.account_key) if work["state"] != GONE]


def shown(call: Call, work: Doc) -> Doc:
    row: Doc = {
        "item_id": work["item_id"],
        "title": work["title"],
        "cover": "",
        "create_time": int(work["created"]),
        "share_url": call.world.base + path_of(work),
        "video_status": STATUS[work["state"]],
        "is_reviewed": work["state"] != REVIEW,
    }
    if not call.fault_is("no_statistics"):
        row["statistics"] = {name: figure(call.tx, work, name, call.now) for name in FIGURES}
    return row


def listing(call: Call) -> Doc:
    """Newest first."""
    cursor, count = call.query.get("cursor", "0"), call.query.get("count", "10")
    if not cursor.isdigit() or not count.isdigit() or not 1 <= int(count) <= PAGE_MOST:
        raise Refused(2100005)
    works, end = own_works(call), int(cursor) + int(count)
    page = [shown(call, work) for work in works[int(cursor) : end]]
    return {"list": page, "cursor": min(end, len(works)), "has_more": end < len(works)}


def data(call: Call) -> Doc:
    """Works that are gone, or somebody else's, are missing."""
    wanted = json_of(call).get("item_ids")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= PAGE_MOST:
        raise Refused(2100005)
    return {"list": [shown(call, work) for work in own_works(call) if work["item_id"] in wanted]}


def register(platform: Platform) -> None:
    platform.on("POST", "/toutiao/video/create/", "scope:toutiao.video.create")(create)
    platform.on("GET", "/toutiao/video/list/", "scope:toutiao.video.data")(listing)
    platform.on("POST", "/toutiao/video/data/", "scope:toutiao.video.data")(data)
