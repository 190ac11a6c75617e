"""Works, counters and the user as the API shows them. Contract: kuaishou.md §4."""

from __future__ import annotations

from sandbox.calls import Call, Platform, Refused
from sandbox.figures import followers
from sandbox.kuaishou.works import FAILED, GONE, PUBLIC, in_sight, shown
from sandbox.store import Doc


def info(call: Call) -> Doc:
    return {"video_info": shown(call, in_sight(call, call.query.get("photo_id", "")))}


def listed(call: Call) -> list[Doc]:
    """Newest first. What failed, is gone, or is not in sight yet is not in the list."""
    works = call.tx.find("kuaishou.work", call.account_key)
    return [work for work in works if work["state"] not in (FAILED, GONE) and call.now >= work["seen_from"]]


def listing(call: Call) -> Doc:
    """`cursor` is the last work of the page before."""
    count, cursor = call.query.get("count", "20"), call.query.get("cursor", "")
    if not count.isdigit() or not 1 <= int(count) <= 200:
        raise Refused(100100400)
    works = listed(call)
    places = [place for place, work in enumerate(works) if work["photo_id"] == cursor]
    if cursor and not places:
        raise Refused(100100400, "cursor 不正确")
    start = places[0] + 1 if places else 0
    return {"video_list": [shown(call, work) for work in works[start : start + int(count)]]}


def count(call: Call) -> Doc:
    public = sum(work["state"] == PUBLIC for work in listed(call))
    return {"public_count": public, "friend_count": 0, "private_count": 0, "all_count": len(listed(call))}


def user_info(call: Call) -> Doc:
    account = call.account
    fan = followers(call.tx.seed, account["open_id"], account["followers"], call.now - account["since"])
    user = {"name": account["name"], "sex": "U", "head": "", "bigHead": "", "city": "吉林", "fan": fan, "follow": 31}
    return {"user_info": user}


def register(platform: Platform) -> None:
    for name, run in {"info": info, "list": listing, "count": count}.items():
        platform.on("GET", f"/openapi/photo/{name}", "scope:user_video_info")(run)
    platform.on("GET", "/openapi/user_info", "scope:user_info")(user_info)
