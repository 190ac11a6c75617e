"""Short posts. Contract: weibo.md §3 A, §4."""

from __future__ import annotations

from sandbox.calls import Call, Platform, Refused
from sandbox.clock import beijing
from sandbox.figures import between, followers, heat, reach, total
from sandbox.pictures import picture_format
from sandbox.store import Doc, Tx
from sandbox.weibo.auth import fields_of, required
from sandbox.weibo.errors import MESSAGES
from sandbox.weibo.text import MOST, filtered, has_bound_link, links, short_mid, shortened, squeezed, weight
from sandbox.weibo.users import is_rip, user_object
from sandbox.world import World

FIRST_ID = 9_100_000_000_000_000
"""Beyond 2^53, so that an id that went through a float is not the same any more."""
RATIOS = {"reposts": (0.004, 0.03), "comments": (0.003, 0.02), "attitudes": (0.01, 0.06)}
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def english_time(moment: float) -> str:
    """Wed Oct 24 23:49:17 +0800 2012, whatever the locale."""
    at = beijing(moment)
    return f"{DAYS[at.weekday()]} {MONTHS[at.month - 1]} {at:%d %H:%M:%S} +0800 {at.year}"


# ---------------------------------------------------------------- posting


def share(call: Call) -> Doc:
    fields = fields_of(call)
    required(fields, "status")
    text = fields["status"]
    if not has_bound_link(text, call.account["bound_domains"]):
        raise Refused(10017, "appkey not bind domain!")
    required(fields, "rip")
    if not is_rip(call, fields["rip"]):
        raise Refused(10017, MESSAGES[10017].format("rip"))
    if weight(text) > MOST:
        raise Refused(20012)
    picture = picture_of(call)
    text = filtered(text)
    refuse_repetition(call, text)
    count_post(call)
    late = call.fault_is("delayed_id")
    seconds = between(60, 120, call.tx.seed, "20032", call.tx.counter("weibo.id")) if late else 0.0
    post = create(call, text, picture, visible_at=call.now + seconds)
    if late:
        raise Refused(20032)
    return status_object(call, post)


def picture_of(call: Call) -> str:
    """The one picture that may come along; "" without one."""
    if not call.content_type.startswith("multipart/form-data"):
        if "pic" in fields_of(call):
            raise Refused(20007)
        return ""
    part = next((part for part in call.parts() if part.name == "pic"), None)
    if part is None:
        return ""
    kind = picture_format(part.data)
    if kind not in ("JPEG", "GIF", "PNG"):
        raise Refused(20005)
    if len(part.data) >= 5 * 1024 * 1024:
        raise Refused(20006)
    name = call.tx.fresh_hex("weibo.picture", 32)
    call.tx.put_blob(f"weibo:{name}", f"image/{kind.lower()}", part.data)
    return name


def refuse_repetition(call: Call, text: str) -> None:
    """The same text twice in a row; A, B, A goes through."""
    last = call.tx.get("weibo.last", call.account_key)
    if last is None:
        return
    if last["text"] == text:
        raise Refused(20019)
    if squeezed(last["text"]) == squeezed(text):
        raise Refused(20017)


def count_post(call: Call) -> None:
    hour = str(int(call.now // 3600))
    if call.tx.bump(f"weibo.posts {call.account_key}", hour) > call.account["posts_per_hour"]:
        raise Refused(20016)


def create(call: Call, text: str, picture: str, visible_at: float) -> Doc:
    """A post; it becomes public at `visible_at`, and only then stands in any list."""
    number = FIRST_ID + call.tx.bump("weibo.id") * 7_919
    post: Doc = {"id": str(number), "uid": call.account_key, "text": text, "picture": picture, "at": visible_at}
    post |= {"visible": False, "removed_at": None, "ledger_id": 0}
    call.tx.put("weibo.last", call.account_key, {"text": text})
    call.tx.put("weibo.post", post["id"], post, call.account_key)
    if visible_at > call.now:
        call.tx.later("weibo.appear", visible_at - call.now, {"id": post["id"]})
        return post
    return appear(call.tx, post, call.now)


def appear(tx: Tx, post: Doc, at: float) -> Doc:
    marker = next(iter(links(post["text"])), "")
    ledger_id = tx.make_public(
        platform="weibo",
        account=post["uid"],
        kind="status",
        ids={"id": post["id"], "mid": post["id"]},
        title="",
        text=post["text"],
        marker=marker,
        path=f"/weibo/{post['uid']}/{short_mid(post['id'])}",
        at=at,
    )
    return tx.put("weibo.post", post["id"], {**post, "visible": True, "ledger_id": ledger_id})


def appear_late(world: World, tx: Tx, at: float, data: Doc) -> None:
    post = tx.get("weibo.post", data["id"])
    if post is not None and not post["visible"]:
        appear(tx, post, at)


# ---------------------------------------------------------------- reading


def figure(tx: Tx, post: Doc, name: str) -> int:
    account = tx.get("account.weibo", post["uid"]) or {}
    base = followers(tx.seed, post["uid"], account["followers"], 0)
    low, high = RATIOS[name]
    final = reach(tx.seed, post["id"], base, post["text"]) * between(low, high, tx.seed, post["id"], name)
    final *= 1 + 0.2 * (heat(post["text"]) - 1)
    return total(tx.seed, post["id"], name, final, (post["removed_at"] or tx.now) - post["at"])


def status_object(call: Call, post: Doc) -> Doc:
    names = post.get("pictures") or [name for name in [post["picture"]] if name]
    pictures = [f"{call.world.base}/weibo/pic/{name}" for name in names]
    status: Doc = {
        "created_at": english_time(post["at"]),
        "id": int(post["id"]),
        "idstr": post["id"],
        "mid": post["id"],
        "text": shortened(post["text"]) if call.account.get("shortens_links") else post["text"],
        "source": f'<a href="{call.world.base}/weibo/" rel="nofollow">科普发布</a>',
        "favorited": False,
        "truncated": False,
        "pic_urls": [{"thumbnail_pic": picture} for picture in pictures],
        "reposts_count": figure(call.tx, post, "reposts"),
        "comments_count": figure(call.tx, post, "comments"),
        "attitudes_count": figure(call.tx, post, "attitudes"),
        "user": user_object(call, call.tx.get("account.weibo", post["uid"]) or {}),
    }
    return status | ({"thumbnail_pic": pictures[0]} if pictures else {})


def public_post(tx: Tx, id: str) -> Doc | None:
    post = tx.get("weibo.post", id)
    return post if post and post["visible"] and post["removed_at"] is None else None


def show(call: Call) -> Doc:
    required(call.query, "id")
    post = public_post(call.tx, call.query["id"])
    if post is None:
        raise Refused(20101)
    return status_object(call, post)


def user_timeline(call: Call) -> Doc:
    """The caller's own, the newest five, whatever is asked for."""
    if call.query.get("uid", call.account_key) != call.account_key or call.query.get("screen_name"):
        raise Refused(10014)
    posts = call.tx.find("weibo.post", call.account_key)
    shown = [post for post in posts if post["visible"] and post["removed_at"] is None]
    newest = sorted(shown, key=lambda post: post["at"], reverse=True)[:5] if call.query.get("page", "1") == "1" else []
    statuses = [status_object(call, post) for post in newest]
    return {"statuses": statuses, "previous_cursor": 0, "next_cursor": 0, "total_number": len(shown)}


def count(call: Call) -> list[Doc]:
    """Unknown and deleted ids are missing from the answer. The figures are strings here."""
    required(call.query, "ids")
    ids = call.query["ids"].split(",")
    if len(ids) > 100:
        raise Refused(10008)
    posts = [post for id in ids if (post := public_post(call.tx, id.strip()))]
    return [{"id": post["id"], **{name: str(figure(call.tx, post, name)) for name in RATIOS}} for post in posts]


def destroy(call: Call) -> Doc:
    fields = fields_of(call)
    required(fields, "id")
    post = public_post(call.tx, fields["id"])
    if post is None:
        raise Refused(20101)
    if post["uid"] != call.account_key:
        raise Refused(20102)
    shown = status_object(call, post)
    remove(call.tx, post, "account")
    return shown


def remove(tx: Tx, post: Doc, by: str) -> None:
    tx.put("weibo.post", post["id"], {**post, "removed_at": tx.now})
    tx.remove_public(post["ledger_id"], tx.now, by)


def register(platform: Platform) -> None:
    platform.on("POST", "/2/statuses/share.json")(share)
    platform.on("POST", "/2/statuses/destroy.json")(destroy)
    for name, run in {"show": show, "user_timeline": user_timeline, "count": count}.items():
        platform.on("GET", f"/2/statuses/{name}.json")(run)
