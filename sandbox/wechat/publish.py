"""Publishing without notifying followers: accepted at once, decided later. Contract: wechat.md §3.2."""

from __future__ import annotations

from typing import Any

from sandbox.calls import Call, Platform, Refused
from sandbox.store import Doc, Tx
from sandbox.wechat import public
from sandbox.wechat.draft import draft_of, news_item
from sandbox.wechat.events import push_event, tag
from sandbox.wechat.reading import json_body, page_of
from sandbox.world import World

SUCCESS, RUNNING, ORIGINALITY, FAILED, AUDIT, ALL_DELETED, BANNED = range(7)


def submit(call: Call) -> Doc:
    """Takes the draft as it is now. A second submit while the first runs is a second job: both become public."""
    doc = draft_of(call, json_body(call).get("media_id"))
    number = 2_247_483_647 + call.tx.bump("wechat.publish_id")
    job = {
        "publish_id": str(number),
        "appid": call.account_key,
        "media_id": doc["media_id"],
        "articles": doc["articles"],
        "msg_data_id": next_msg_data_id(call.tx),
        "status": RUNNING,
        "outcome": outcome_of(call, len(doc["articles"])),
    }
    call.tx.put("wechat.job", job["publish_id"], job, call.account_key)
    call.tx.later("wechat.publish", call.world.job_seconds("publish", number), {"publish_id": job["publish_id"]})
    shown: Any = job["publish_id"] if call.account["kind"] == "service" else number
    return {"errcode": 0, "errmsg": "ok", "publish_id": shown, "msg_data_id": job["msg_data_id"]}


def next_msg_data_id(tx: Tx) -> str:
    return str(2_650_000_000 + tx.bump("wechat.msg_data_id"))


def outcome_of(call: Call, articles: int) -> Doc:
    """How the job will end: well, unless the account is a test account or the script says otherwise."""
    if call.account["test_account"]:
        return {"status": FAILED, "fail_idx": []}
    if not call.fault_is("publish_status") or call.fault is None:
        return {"status": SUCCESS, "fail_idx": []}
    value = call.fault.value
    plan = value if isinstance(value, dict) else {"status": int(value)}
    bad = plan["status"] in (ORIGINALITY, AUDIT)
    return {"fail_idx": list(range(1, articles + 1)) if bad else [], **plan}


def finish(world: World, tx: Tx, at: float, data: Doc) -> None:
    """The job has come to its end."""
    job = tx.get("wechat.job", data["publish_id"])
    if job is None:
        return
    outcome = job["outcome"]
    job |= {"status": outcome["status"], "fail_idx": outcome["fail_idx"]}
    if outcome["status"] in (SUCCESS, BANNED):
        publication = public.make_public(tx, job["appid"], job["articles"], job["msg_data_id"], at, notified=False)
        job |= {"status": SUCCESS, "article_id": publication["article_id"]}
        tx.drop("wechat.draft", job["media_id"])
    tx.put("wechat.job", job["publish_id"], job)
    _tell(world, tx, job, at)
    if outcome["status"] == BANNED:
        tx.later("wechat.ban", float(outcome.get("after_seconds", 60.0)), {"publish_id": job["publish_id"]})


def ban(world: World, tx: Tx, at: float, data: Doc) -> None:
    """The platform takes the whole publish down: status 6."""
    job = tx.get("wechat.job", data["publish_id"])
    publication = tx.get("wechat.publication", job["article_id"]) if job and job.get("article_id") else None
    if job is None or publication is None:
        return
    public.remove(tx, publication, 0, at, "platform")
    job["status"] = BANNED
    tx.put("wechat.job", job["publish_id"], job)
    _tell(world, tx, job, at)


def _tell(world: World, tx: Tx, job: Doc, at: float) -> None:
    inner = tag("publish_id", job["publish_id"], raw=True) + tag("publish_status", job["status"], raw=True)
    publication = tx.get("wechat.publication", job["article_id"]) if job.get("article_id") else None
    if publication is not None:
        items = "".join(
            f"<item>{tag('idx', item['idx'], raw=True)}{tag('article_url', world.base + item['path'])}</item>"
            for item in publication["items"]
        )
        inner += tag("article_id", publication["article_id"])
        inner += f"<article_detail>{tag('count', len(publication['items']), raw=True)}{items}</article_detail>"
    inner += "".join(tag("fail_idx", idx, raw=True) for idx in job.get("fail_idx", []))
    push_event(world, tx, job["appid"], "PUBLISHJOBFINISH", f"<PublishEventInfo>{inner}</PublishEventInfo>", at)


def get(call: Call) -> Doc:
    wanted = json_body(call).get("publish_id")
    job = call.tx.get("wechat.job", str(wanted)) if isinstance(wanted, (int, str)) else None
    if job is None or job["appid"] != call.account_key:
        raise Refused(53600)
    number: Any = job["publish_id"] if call.account["kind"] == "service" else int(job["publish_id"])
    answer: Doc = {"publish_id": number, "publish_status": job["status"], "fail_idx": job.get("fail_idx", [])}
    publication = call.tx.get("wechat.publication", job["article_id"]) if job.get("article_id") else None
    if publication is None:
        return answer
    left = [item for item in publication["items"] if item["removed_at"] is None]
    if not left and job["status"] == SUCCESS:
        answer["publish_status"] = ALL_DELETED
    urls = [{"idx": item["idx"], "article_url": call.world.base + item["path"]} for item in publication["items"]]
    return answer | {
        "article_id": publication["article_id"],
        "article_detail": {"count": len(urls), "item": urls},
    }


# ---------------------------------------------------------------- what is public


def publication_of(call: Call, article_id: object) -> Doc:
    doc = call.tx.get("wechat.publication", article_id) if isinstance(article_id, str) else None
    if doc is None or doc["appid"] != call.account_key or doc["notified"]:
        raise Refused(53600)
    return doc


def _items(call: Call, publication: Doc, with_content: bool = True) -> list[Doc]:
    items = [
        news_item(call, item, call.world.base + item["path"]) | {"is_deleted": item["removed_at"] is not None}
        for item in publication["items"]
    ]
    return items if with_content else [{**item, "content": ""} for item in items]


def getarticle(call: Call) -> Doc:
    publication = publication_of(call, json_body(call).get("article_id"))
    at = int(publication["at"])
    return {"news_item": _items(call, publication), "create_time": at, "update_time": at}


def batchget(call: Call) -> Doc:
    """Free-published items only, newest first."""
    fields = json_body(call)
    offset, most = page_of(fields)
    rows = [doc for doc in call.tx.find("wechat.publication", call.account_key) if not doc["notified"]]
    with_content = fields.get("no_content", 0) != 1
    items = [
        {
            "article_id": doc["article_id"],
            "content": {"news_item": _items(call, doc, with_content)},
            "update_time": int(doc["at"]),
        }
        for doc in rows[offset : offset + most]
    ]
    return {"total_count": len(rows), "item_count": len(items), "item": items}


def delete(call: Call) -> Doc:
    """A missing index, or 0, takes every article of the publish off. There is no way back."""
    fields = json_body(call)
    publication = publication_of(call, fields.get("article_id"))
    index = fields.get("index", 0)
    if not isinstance(index, int) or not 0 <= index <= len(publication["items"]):
        raise Refused(40114)
    public.remove(call.tx, publication, index, call.now, "account")
    return {"errcode": 0, "errmsg": "ok"}


def register(platform: Platform) -> None:
    calls = {"submit": submit, "get": get, "getarticle": getarticle, "batchget": batchget, "delete": delete}
    for name, run in calls.items():
        platform.on("POST", f"/cgi-bin/freepublish/{name}", "verified")(run)
