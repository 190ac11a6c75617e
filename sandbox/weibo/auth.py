"""OAuth, rights and rates. Contract: weibo.md §1, §5, §7."""

from __future__ import annotations

from starlette.responses import Response

from sandbox.calls import Call, Endpoint, Platform, Refused, json_response
from sandbox.clock import day_of
from sandbox.multipart import parse_form
from sandbox.store import Doc, Tx
from sandbox.weibo.errors import FORBIDDEN, MESSAGES

CODE_LIFE = 600.0
IP_PER_HOUR = 15_000
ARTICLE_CODES = {10001, 10008, 11001, 11002, 11003}


def fields_of(call: Call) -> dict[str, str]:
    """Parameters of query and form (or multipart without its files); anything else in the body is not read."""
    if call.content_type.startswith("multipart/form-data"):
        texts = {part.name: part.data.decode("utf-8", "replace") for part in call.parts() if part.name != "pic"}
        return call.query | texts
    if call.content_type.startswith("application/x-www-form-urlencoded"):
        return call.query | parse_form(call.body)
    return dict(call.query)


def required(fields: dict[str, str], *names: str) -> None:
    for name in names:
        if not fields.get(name):
            raise Refused(10016, MESSAGES[10016].format(name))


# ---------------------------------------------------------------- who may call


def admit(call: Call, endpoint: Endpoint | None) -> None:
    if endpoint is None:
        raise Refused(10020, status=404)
    if call.method != endpoint.method:
        raise Refused(10021)
    if "open" in endpoint.traits:
        return
    token = _token_of(call)
    if not token:
        raise Refused(10006)
    row = checked_token(call, token)
    account = call.tx.get("account.weibo", row["uid"])
    if account is None:
        raise Refused(21332)
    call.account, call.account_key = account, row["uid"]
    call.pick_answer_fault()
    if not account["app_reviewed"] and not account["test_user"]:
        raise Refused(21321)
    _count(call)


def _token_of(call: Call) -> str:
    header = call.headers.get("authorization", "")
    return (
        header.removeprefix("OAuth2 ").strip()
        if header.startswith("OAuth2 ")
        else fields_of(call).get("access_token", "")
    )


def checked_token(call: Call, token: str) -> Doc:
    row = call.tx.get("weibo.token", token)
    if row is None:
        raise Refused(21332)
    if call.line_fault == "expired_token":
        row = call.tx.put("weibo.token", token, {**row, "expires": call.now - 1})
    if row["revoked"]:
        raise Refused(21316)
    if call.now >= row["expires"]:
        raise Refused(21327)
    return row


def _count(call: Call) -> None:
    """All calls count, refused ones too: per user and app and Beijing day, and per address and hour."""
    if call.tx.bump(f"weibo.ip {call.ip}", str(int(call.now // 3600))) > IP_PER_HOUR:
        raise Refused(10022)
    if call.tx.bump(f"weibo.user {call.account_key}", day_of(call.now).isoformat()) > call.account["calls_per_day"]:
        raise Refused(10023)


def refuse(call: Call, refused: Refused) -> Response:
    """`error_code` is a number, but a string from the OAuth pages; the article interface has an envelope of its own."""
    code = int(refused.code)
    message = refused.message or MESSAGES.get(code, "error")
    if code in ARTICLE_CODES and call.path.startswith("/proxy/article/"):
        return json_response({"code": str(code), "msg": message, "data": {}})
    status = refused.status if refused.status != 200 else 403 if code in FORBIDDEN else 400
    if call.path.startswith("/oauth2/"):
        body: Doc = {"error": message, "error_code": str(code), "request": call.path, "error_description": message}
        return json_response(body, status)
    return json_response({"request": call.path, "error_code": code, "error": message}, status)


# ---------------------------------------------------------------- tokens


def give_code(tx: Tx, account: Doc, redirect_uri: str) -> str:
    """After the user has said yes on the consent page."""
    code = tx.fresh_hex("weibo.code", 32)
    row = {
        "uid": account["uid"],
        "app_key": account["app_key"],
        "redirect_uri": redirect_uri,
        "at": tx.now,
        "used": False,
    }
    tx.put("weibo.code", code, row, account["uid"])
    return code


def access_token(call: Call) -> Doc:
    fields = fields_of(call)
    required(fields, "client_id", "client_secret", "grant_type", "code", "redirect_uri")
    code = call.tx.get("weibo.code", fields["code"])
    if (
        fields["grant_type"] != "authorization_code"
        or code is None
        or code["used"]
        or call.now - code["at"] > CODE_LIFE
    ):
        raise Refused(21325)
    account = call.tx.get("account.weibo", code["uid"]) or {}
    if fields["client_id"] != code["app_key"] or fields["client_secret"] != account["app_secret"]:
        raise Refused(21324)
    if fields["redirect_uri"] != code["redirect_uri"]:
        raise Refused(21322)
    call.tx.put("weibo.code", fields["code"], {**code, "used": True})
    token = "2.00sandbox" + call.tx.fresh_hex("weibo.token", 24)
    life = int(account["token_days"] * 86_400)
    row = {"token": token, "uid": code["uid"], "app_key": code["app_key"], "created": call.now}
    call.tx.put("weibo.token", token, row | {"expires": call.now + life, "revoked": False}, code["uid"])
    return {"access_token": token, "remind_in": str(life), "expires_in": life, "uid": code["uid"]}


def get_token_info(call: Call) -> Doc:
    fields = fields_of(call)
    required(fields, "access_token")
    row = checked_token(call, fields["access_token"])
    return {
        "uid": int(row["uid"]),
        "appkey": row["app_key"],
        "scope": None,
        "create_at": int(row["created"]),
        "expire_in": int(row["expires"] - call.now),
    }


def revoke(call: Call) -> Doc:
    fields = fields_of(call)
    required(fields, "access_token")
    row = checked_token(call, fields["access_token"])
    call.tx.put("weibo.token", row["token"], {**row, "revoked": True})
    return {"result": "true"}


def end_all(tx: Tx, uid: str, revoked: bool) -> int:
    """For the control door: all tokens of a user run out, or the user takes the consent back."""
    rows = tx.find("weibo.token", uid)
    for row in rows:
        tx.put("weibo.token", row["token"], {**row, **({"revoked": True} if revoked else {"expires": tx.now - 1})})
    return len(rows)


def rate_limit_status(call: Call) -> Doc:
    """Counts as a call itself."""
    day, hour = day_of(call.now).isoformat(), str(int(call.now // 3600))
    most, posts = call.account["calls_per_day"], call.account["posts_per_hour"]
    used = call.tx.counter(f"weibo.user {call.account_key}", day)
    posted = call.tx.counter(f"weibo.posts {call.account_key}", hour)
    share = {
        "api": "/statuses/share",
        "limit": posts,
        "limit_time_unit": "HOURS",
        "remaining_hits": max(0, posts - posted),
    }
    return {
        "api_rate_limits": [share],
        "ip_limit": IP_PER_HOUR,
        "limit_time_unit": "HOURS",
        "remaining_ip_hits": IP_PER_HOUR - call.tx.counter(f"weibo.ip {call.ip}", hour),
        "remaining_user_hits": max(0, most - used),
        "reset_time": day_of(call.now + 86_400).isoformat() + " 00:00:00",
        "user_limit": most,
    }


def register(platform: Platform) -> None:
    platform.on("POST", "/oauth2/access_token", "open")(access_token)
    platform.on("POST", "/oauth2/get_token_info", "open")(get_token_info)
    platform.on("POST", "/oauth2/revokeoauth2", "open")(revoke)
    platform.on("GET", "/2/account/rate_limit_status.json")(rate_limit_status)
    platform.on("GET", "/2/account/get_uid.json")(lambda call: {"uid": int(call.account_key)})
