"""Mass sending, which notifies followers. Contract: wechat.md §3.3."""

from __future__ import annotations

import hashlib
import json

from sandbox.calls import Call, Platform, Refused
from sandbox.clock import beijing, day_of
from sandbox.figures import followers
from sandbox.store import Doc, Tx
from sandbox.wechat import public
from sandbox.wechat.auth import count_per_minute
from sandbox.wechat.draft import draft_of
from sandbox.wechat.events import push_event, tag
from sandbox.wechat.publish import next_msg_data_id
from sandbox.wechat.reading import json_body
from sandbox.world import World

KINDS = ("mpnews", "text", "voice", "images", "mpvideo", "wxcard")
REMEMBER = 86_400.0


def sendall(call: Call) -> Doc:
    count_per_minute(call, "sendall", 60)
    fields = json_body(call)
    kind = fields.get("msgtype")
    audience, content = fields.get("filter"), fields.get(str(kind))
    if kind not in KINDS or not isinstance(audience, dict) or not isinstance(content, dict):
        raise Refused(40008)
    key = _key_of(fields, audience, content)
    _refuse_repetition(call, key)
    articles = _articles(call, kind, content)
    _spend(call)
    send = _take(call, kind, content.get("media_id", ""), articles)
    number = send["msg_id"]
    call.tx.put(
        "wechat.clientmsgid", f"{call.account_key}:{key}", {"msg_id": number, "first": call.now, "last": call.now}
    )
    return {
        "errcode": 0,
        "errmsg": "send job submission success",
        "msg_id": number,
        "msg_data_id": int(send["msg_data_id"]),
    }


def _take(call: Call, kind: str, media_id: str, articles: list[Doc]) -> Doc:
    """The job, which ends later."""
    number = 1_000_000_000 + call.tx.bump("wechat.msg_id")
    send = {
        "msg_id": number,
        "appid": call.account_key,
        "kind": kind,
        "media_id": media_id,
        "articles": articles,
        "msg_data_id": next_msg_data_id(call.tx),
        "status": "SENDING",
        "outcome": str(call.fault.value) if call.fault_is("mass_status") and call.fault else "send success",
    }
    call.tx.later("wechat.mass", call.world.job_seconds("mass", number), {"msg_id": str(number)})
    return call.tx.put("wechat.send", str(number), send, call.account_key)


def _key_of(fields: Doc, audience: Doc, content: Doc) -> str:
    """clientmsgid, or what the platform makes of audience and content in its absence."""
    key = fields.get("clientmsgid")
    if key is None or key == "":
        return hashlib.md5(json.dumps([audience, content], sort_keys=True).encode()).hexdigest()
    if not isinstance(key, str) or len(key.encode()) > 64:
        raise Refused(45067)
    return key


def _refuse_repetition(call: Call, key: str) -> None:
    """45066 within a minute of the last try, 45065 with the msg_id of the first one until 24 h have passed."""
    place = f"{call.account_key}:{key}"
    known = call.tx.get("wechat.clientmsgid", place)
    if known is None or call.now - known["first"] >= REMEMBER:
        return
    too_fast = call.now - known["last"] < 60
    call.tx.put("wechat.clientmsgid", place, {**known, "last": call.now})
    if too_fast:
        raise Refused(45066)
    raise Refused(45065, msg_id=known["msg_id"])


def _articles(call: Call, kind: str, content: Doc) -> list[Doc]:
    if kind == "mpnews":
        articles: list[Doc] = draft_of(call, content.get("media_id"))["articles"]
        return articles
    if kind == "text":
        if not isinstance(content.get("content"), str) or not content["content"].strip():
            raise Refused(44004)
        return [_bare_article(content["content"])]
    raise Refused(40008)


def _bare_article(text: str) -> Doc:
    return {"title": text[:20], "content": text, "content_source_url": "", "author": "", "digest": "", "thumb_url": ""}


def _spend(call: Call) -> None:
    """One successful call a day for a 公众号; four sends a month reach a follower of a 服务号."""
    service = call.account["kind"] == "service"
    window = beijing(call.now).strftime("%Y-%m") if service else day_of(call.now).isoformat()
    name = f"wechat.sent {call.account_key}"
    if call.tx.counter(name, window) >= (4 if service else 1):
        raise Refused(45028)
    call.tx.bump(name, window)


def finish(world: World, tx: Tx, at: float, data: Doc) -> None:
    send = tx.get("wechat.send", data["msg_id"])
    if send is None:
        return
    well = send["outcome"] == "send success"
    send["status"] = "SEND_SUCCESS" if well else "SEND_FAIL"
    if well:
        publication = public.make_public(tx, send["appid"], send["articles"], send["msg_data_id"], at, notified=True)
        send["article_id"] = publication["article_id"]
        tx.drop("wechat.draft", send["media_id"])
    tx.put("wechat.send", str(send["msg_id"]), send)
    push_event(world, tx, send["appid"], "MASSSENDJOBFINISH", _report(world, tx, send, at), at)


def _report(world: World, tx: Tx, send: Doc, at: float) -> str:
    account = tx.get("account.wechat", send["appid"]) or {}
    sent = followers(tx.seed, send["appid"], account["followers"], at - account["since"]) if "article_id" in send else 0
    fields = {"MsgID": send["msg_id"], "Status": send["outcome"], "TotalCount": sent, "FilterCount": sent}
    fields |= {"SentCount": sent, "ErrorCount": 0}
    inner = "".join(tag(name, value, raw=name != "Status") for name, value in fields.items())
    publication = tx.get("wechat.publication", send["article_id"]) if "article_id" in send else None
    items = "".join(
        f"<item>{tag('ArticleIdx', item['idx'], raw=True)}{tag('ArticleUrl', world.base + item['path'])}</item>"
        for item in (publication["items"] if publication and send["kind"] == "mpnews" else [])
    )
    count = tag("Count", items.count("<item>"), raw=True)
    check = "<Count>0</Count><ResultList></ResultList><CheckState>2</CheckState>"
    return (
        f"{inner}<CopyrightCheckResult>{check}</CopyrightCheckResult>"
        f"<ArticleUrlResult>{count}<ResultList>{items}</ResultList></ArticleUrlResult>"
    )


def _send_of(call: Call, msg_id: object) -> Doc:
    send = call.tx.get("wechat.send", str(msg_id)) if isinstance(msg_id, (int, str)) else None
    if send is None or send["appid"] != call.account_key:
        raise Refused(40059)
    return send


def get(call: Call) -> Doc:
    send = _send_of(call, json_body(call).get("msg_id"))
    return {"msg_id": send["msg_id"], "msg_status": send["status"]}


def delete(call: Call) -> Doc:
    """By msg_id and article_idx (0 or missing: all), or by url."""
    fields = json_body(call)
    publication, index = _wanted(call, fields)
    if not 0 <= index <= len(publication["items"]):
        raise Refused(40114)
    public.remove(call.tx, publication, index, call.now, "account")
    left = [item for item in publication["items"] if item["removed_at"] is None]
    for send in call.tx.find("wechat.send", call.account_key):
        if send.get("article_id") == publication["article_id"] and not left:
            call.tx.put("wechat.send", str(send["msg_id"]), {**send, "status": "DELETE"})
    return {"errcode": 0, "errmsg": "ok"}


def _wanted(call: Call, fields: Doc) -> tuple[Doc, int]:
    if "url" in fields and not fields.get("msg_id"):
        for publication in call.tx.find("wechat.publication", call.account_key):
            for item in publication["items"]:
                if publication["notified"] and call.world.base + item["path"] == fields["url"]:
                    return publication, item["idx"]
        raise Refused(40059)
    send = _send_of(call, fields.get("msg_id"))
    found = call.tx.get("wechat.publication", send["article_id"]) if "article_id" in send else None
    index = fields.get("article_idx", 0)
    if found is None or not isinstance(index, int):
        raise Refused(40059)
    return found, index


def preview(call: Call) -> Doc:
    fields = json_body(call)
    if not fields.get("touser") and not fields.get("towxname"):
        raise Refused(40003, "invalid openid")
    if fields.get("msgtype") == "mpnews":
        draft_of(call, (fields.get("mpnews") or {}).get("media_id"))
    return {"errcode": 0, "errmsg": "preview success", "msg_id": 1_000_000_000 + call.tx.bump("wechat.msg_id")}


def register(platform: Platform) -> None:
    for name, run in {"sendall": sendall, "get": get, "delete": delete, "preview": preview}.items():
        platform.on("POST", f"/cgi-bin/message/mass/{name}", "verified")(run)
