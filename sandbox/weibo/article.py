"""头条文章. Contract: weibo.md §3 C. Its answers have an envelope of their own; its form follows RFC 3986."""

from __future__ import annotations

from urllib.parse import urlsplit

from sandbox.calls import Call, Platform, Refused
from sandbox.markup import plain_text
from sandbox.multipart import parse_form_rfc3986
from sandbox.store import Doc
from sandbox.weibo.statuses import create
from sandbox.weibo.users import is_rip

LIMITS = {"title": 32, "content": 90_000, "text": 1900}


def publish(call: Call) -> Doc:
    if not call.account["verified"]:
        raise Refused(10014)
    fields = call.query | parse_form_rfc3986(call.body)
    if problem := _problem(call, fields):
        raise Refused(10008, problem)
    half = str(call.fault.code) if call.fault_is("half_done") and call.fault else ""
    article = _make_article(call, fields)
    if half == "11002":
        raise Refused(11002)
    post = create(call, f"{fields['text']} {call.world.base}{article['path']}", "", call.now)
    if half:
        raise Refused(half)
    data = {"object_id": article["object_id"], "url": call.world.base + article["path"], "mid": post["id"]}
    return {"code": "100000", "msg": "成功", "data": data}


def _problem(call: Call, fields: dict[str, str]) -> str:
    for name in ("title", "content", "cover", "text", "rip"):
        if not fields.get(name, "").strip():
            return f"参数错误： {name}"
    for name, most in LIMITS.items():
        if len(fields[name]) > most:
            return f"参数错误： {name}"
    cover = urlsplit(fields["cover"])
    if cover.scheme not in ("http", "https") or not cover.hostname:
        return "参数错误： cover"
    return "" if is_rip(call, fields["rip"]) else "参数错误： rip"


def _make_article(call: Call, fields: dict[str, str]) -> Doc:
    number = f"230940{4_900_000_000_000 + call.tx.bump('weibo.article')}"
    path = f"/weibo/ttarticle/p/show?id={number}"
    ledger_id = call.tx.make_public(
        platform="weibo",
        account=call.account_key,
        kind="article",
        ids={"object_id": f"1022:{number}"},
        title=fields["title"],
        text=plain_text(fields["content"]),
        marker=fields["content"] if "http" in fields["content"] else "",
        path=path,
        at=call.now,
    )
    article = {"object_id": f"1022:{number}", "uid": call.account_key, "path": path, "at": call.now, "removed_at": None}
    article |= {"ledger_id": ledger_id} | {
        name: fields.get(name, "") for name in ("title", "content", "cover", "summary")
    }
    return call.tx.put("weibo.article", number, article, call.account_key)


def register(platform: Platform) -> None:
    platform.on("POST", "/proxy/article/publish.json")(publish)
