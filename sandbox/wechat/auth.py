"""Tokens, rights and daily quotas. Contract: wechat.md §1, §3.5."""

from __future__ import annotations

from starlette.responses import Response

from sandbox.calls import Call, Endpoint, Platform, Refused, json_response
from sandbox.clock import beijing, day_of
from sandbox.store import Doc, Tx
from sandbox.wechat.errors import MESSAGES
from sandbox.wechat.reading import json_body

LIFE = 7200.0
OVERLAP = 300.0
DAILY: dict[str, int] = {
    "token": 2000,
    "draft/add": 1000,
    "draft/delete": 1000,
    "draft/update": 1000,
    "draft/count": 1000,
    "draft/batchget": 1000,
    "draft/get": 500,
    "freepublish/submit": 100,
    "freepublish/get": 100,
    "freepublish/delete": 10,
    "freepublish/getarticle": 100,
    "freepublish/batchget": 100,
    "message/mass/sendall": 100,
    "message/mass/delete": 10,
    "message/mass/preview": 100,
    "stable_token": 500_000,
}
UNLISTED = 100_000


def api_name(path: str) -> str:
    return path.removeprefix("/cgi-bin/").removeprefix("/")


def daily_limit(account: Doc, name: str) -> int:
    return int(account["quotas"].get(name, DAILY.get(name, UNLISTED)))


def count_against_quota(call: Call, name: str) -> None:
    """Each call counts, refused ones too. The window is the Beijing day."""
    used = call.tx.bump(f"wechat.quota {call.account_key} {name}", day_of(call.now).isoformat())
    if used > daily_limit(call.account, name):
        raise Refused(45009)


def count_per_minute(call: Call, name: str, most: int) -> None:
    if call.tx.bump(f"wechat.minute {call.account_key} {name}", str(int(call.now // 60))) > most:
        raise Refused(45011)


# ---------------------------------------------------------------- who may call


def admit(call: Call, endpoint: Endpoint | None) -> None:
    if endpoint is None:
        raise Refused(40066)
    if call.method not in endpoint.method.split("|"):
        raise Refused(43001 if endpoint.method == "GET" else 43002)
    if "open" in endpoint.traits:
        return
    _know_account(call, call.query.get("access_token", ""))
    call.pick_answer_fault()
    if call.account["api_banned"]:
        raise Refused(48004)
    if call.account["limited"]:
        raise Refused(50002)
    if "verified" in endpoint.traits and not call.account["verified"]:
        raise Refused(48001)
    count_against_quota(call, api_name(call.path))


def _know_account(call: Call, token: str) -> None:
    if not token:
        raise Refused(41001)
    if len(token) < 32:
        raise Refused(40014)
    row = call.tx.get("wechat.token", token)
    account = call.tx.get("account.wechat", row["appid"]) if row else None
    if row is None or account is None:
        raise Refused(40001)
    if call.line_fault == "expired_token":
        row = call.tx.put("wechat.token", token, {**row, "expires": call.now - 1})
    if row["dead"] is not None and call.now >= row["dead"]:
        raise Refused(40001)
    if call.now >= row["expires"]:
        raise Refused(42001, "access_token expired")
    call.account, call.account_key = account, row["appid"]


def check_credentials(call: Call, fields: Doc) -> None:
    """The order in which the platform finds fault with a request for a token."""
    if fields.get("grant_type") != "client_credential":
        raise Refused(40002)
    if not fields.get("appid"):
        raise Refused(41002)
    if not fields.get("secret"):
        raise Refused(41004)
    account = call.tx.get("account.wechat", str(fields["appid"]))
    if account is None:
        raise Refused(40013)
    call.account, call.account_key = account, account["appid"]
    call.pick_answer_fault()
    if fields["secret"] != account["secret"]:
        raise Refused(40125)
    if account["frozen"]:
        raise Refused(50007)
    if account["ip_whitelist"] is not None and call.ip not in account["ip_whitelist"]:
        raise Refused(40164, MESSAGES[40164].format(ip=call.ip))


# ---------------------------------------------------------------- tokens


def issue(tx: Tx, appid: str, kind: str) -> Doc:
    """A new token of this kind ("plain" or "stable"), remembered as the current one."""
    token = "sandbox-not-a-real-token-" + tx.fresh_hex("wechat.token " + appid, 128)
    row = {"token": token, "appid": appid, "kind": kind, "issued": tx.now, "expires": tx.now + LIFE, "dead": None}
    tx.put("wechat.token", token, row, appid)
    tx.put("wechat.current", f"{appid}:{kind}", {"token": token})
    return row


def current(tx: Tx, appid: str, kind: str) -> Doc | None:
    """The last token of this kind, while it lives."""
    pointer = tx.get("wechat.current", f"{appid}:{kind}")
    row = tx.get("wechat.token", pointer["token"]) if pointer else None
    alive = row is not None and row["dead"] is None and row["expires"] > tx.now
    return row if alive else None


def retire(tx: Tx, row: Doc | None, overlap: float) -> None:
    if row is not None:
        tx.put("wechat.token", row["token"], {**row, "dead": tx.now + overlap})


def expire_all(tx: Tx, appid: str, dead: bool) -> int:
    """For the control door: all tokens of an account run out, or are thrown away."""
    rows = tx.find("wechat.token", appid)
    for row in rows:
        tx.put("wechat.token", row["token"], {**row, **({"dead": tx.now} if dead else {"expires": tx.now - 1})})
    return len(rows)


def token(call: Call) -> Doc:
    check_credentials(call, call.query)
    if call.account["secret_frozen"]:
        raise Refused(40243)
    count_against_quota(call, "token")
    retire(call.tx, current(call.tx, call.account_key, "plain"), OVERLAP)
    issue(call.tx, call.account_key, "plain")
    return answer_for(call, "plain")


def stable_token(call: Call) -> Doc:
    fields = json_body(call)
    check_credentials(call, fields)
    count_per_minute(call, "stable_token", 10_000)
    count_against_quota(call, "stable_token")
    force = fields.get("force_refresh", False)
    if not isinstance(force, bool):
        raise Refused(47001)
    row = current(call.tx, call.account_key, "stable")
    if force:
        _force(call, row)
    elif row is None or row["expires"] - call.now <= OVERLAP:
        issue(call.tx, call.account_key, "stable")
    return answer_for(call, "stable")


def _force(call: Call, row: Doc | None) -> None:
    """At most 20 a day; two within 30 s do not refresh. The old token dies at once."""
    last = call.tx.get("wechat.forced", call.account_key)
    if row is not None and last is not None and call.now - last["at"] < 30:
        return
    if call.tx.bump(f"wechat.force {call.account_key}", day_of(call.now).isoformat()) > 20:
        raise Refused(45009)
    call.tx.put("wechat.forced", call.account_key, {"at": call.now})
    retire(call.tx, row, 0.0)
    issue(call.tx, call.account_key, "stable")


def answer_for(call: Call, kind: str) -> Doc:
    row = current(call.tx, call.account_key, kind) or {}
    return {"access_token": row["token"], "expires_in": int(row["expires"] - call.now)}


# ---------------------------------------------------------------- quotas


def quota_get(call: Call) -> Doc:
    path = json_body(call).get("cgi_path")
    if not isinstance(path, str) or not path.startswith("/"):
        raise Refused(40097)
    name = api_name(path)
    limit = daily_limit(call.account, name)
    used = min(limit, call.tx.counter(f"wechat.quota {call.account_key} {name}", day_of(call.now).isoformat()))
    return {
        "errcode": 0,
        "errmsg": "ok",
        "quota": {"daily_limit": limit, "used": used, "remain": limit - used},
        "rate_limit": {"call_count": 10_000, "refresh_second": 60},
    }


def clear_quota(call: Call) -> Doc:
    """Ten uses a month."""
    if json_body(call).get("appid") != call.account_key:
        raise Refused(40013)
    if call.tx.bump(f"wechat.clear {call.account_key}", beijing(call.now).strftime("%Y-%m")) > 10:
        raise Refused(48006)
    call.tx.db.execute("delete from counters where name like ?", (f"wechat.quota {call.account_key} %",))
    return {"errcode": 0, "errmsg": "ok"}


def rid_get(call: Call) -> Doc:
    row = call.tx.get("wechat.rid", str(json_body(call).get("rid", "")))
    if row is None or row["appid"] != call.account_key:
        raise Refused(76001, "rid not found")
    return {"errcode": 0, "errmsg": "ok", "request": row["request"]}


def refuse(call: Call, refused: Refused) -> Response:
    """HTTP 200, with a request id that can be looked up."""
    code = int(refused.code)
    rid = f"{int(call.now):08x}-{call.tx.fresh_hex('rid', 8)}-{call.tx.fresh_hex('rid', 8)}"
    request = {"invoke_time": int(call.now), "cost_in_ms": 9, "request_url": call.path, "client_ip": call.ip}
    call.tx.put("wechat.rid", rid, {"appid": call.account_key, "request": request}, call.account_key)
    message = refused.message or MESSAGES.get(code, "error")
    return reply({"errcode": code, "errmsg": f"{message} rid: {rid}", **refused.extra})


def reply(data: object) -> Response:
    return json_response(data, media_type="application/json; encoding=utf-8")


def register(platform: Platform) -> None:
    platform.on("GET", "/cgi-bin/token", "open")(token)
    platform.on("POST", "/cgi-bin/stable_token", "open")(stable_token)
    platform.on("POST", "/cgi-bin/openapi/quota/get")(quota_get)
    platform.on("POST", "/cgi-bin/clear_quota")(clear_quota)
    platform.on("POST", "/cgi-bin/openapi/rid/get")(rid_get)
