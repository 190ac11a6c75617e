"""Tokens of users and of the app. Contract: douyin.md §1."""

from __future__ import annotations

import json
from typing import Any

from sandbox.calls import Call, Endpoint, Platform, Refused
from sandbox.multipart import parse_form
from sandbox.store import Doc, Tx

USER_LIFE = 15 * 86_400
REFRESH_LIFE = 30 * 86_400
CLIENT_LIFE = 7200
OVERLAP = 300.0
CODE_LIFE = 600.0
MOST_RENEWALS = 5


def form_of(call: Call) -> Doc:
    """A form, and nothing else."""
    return dict(parse_form(call.body)) if call.content_type.startswith("application/x-www-form-urlencoded") else {}


def json_of(call: Call) -> Doc:
    """A JSON object, and nothing else."""
    if not call.content_type.startswith("application/json"):
        return {}
    try:
        data: Any = json.loads(call.body or b"{}")
    except ValueError as error:
        raise Refused(10002 if call.path.startswith("/oauth/") else 28001007) from error
    return data if isinstance(data, dict) else {}


# ---------------------------------------------------------------- who may call


def admit(call: Call, endpoint: Endpoint | None) -> None:
    if endpoint is None or call.method not in endpoint.method.split("|"):
        raise Refused(28001017)
    if "offline" in endpoint.traits:
        raise Refused(28001056)
    if "open" in endpoint.traits:
        return
    row = _token_row(call, "client" if "client" in endpoint.traits else "user")
    if row["kind"] == "client":
        call.account_key = row["client_key"]
        call.pick_answer_fault()
        return
    account = call.tx.get("account.douyin", row["open_id"])
    if account is None:
        raise Refused(28001003)
    call.account, call.account_key = account, row["open_id"]
    call.pick_answer_fault()
    if call.query.get("open_id") != row["open_id"]:
        raise Refused(28001015)
    if account["banned"]:
        raise Refused(28001046)
    _check_scopes(endpoint, row)


def _check_scopes(endpoint: Endpoint, row: Doc) -> None:
    scopes = [trait.removeprefix("scope:") for trait in endpoint.traits if trait.startswith("scope:")]
    for scope in scopes:
        if scope not in row["scopes"]:
            raise Refused(28001018 if scope == "video.create.bind" else 28001012)


def _token_row(call: Call, kind: str) -> Doc:
    token = call.headers.get("access-token", "")
    row = call.tx.get("douyin.token", token) if token else None
    if row is None or row["kind"] != kind:
        raise Refused(28001003)
    if call.line_fault == "expired_token":
        row = call.tx.put("douyin.token", token, {**row, "expires": call.now - 1})
    if row["dead"] is not None and call.now >= row["dead"]:
        raise Refused(28001003)
    if call.now >= row["expires"]:
        raise Refused(28001008)
    return row


def app_of(tx: Tx, client_key: object) -> Doc | None:
    """The app with this key: any account that belongs to it knows its secret."""
    return next((account for account in tx.find("account.douyin") if account["client_key"] == client_key), None)


def _checked_app(call: Call, fields: Doc, with_secret: bool) -> Doc:
    if not fields.get("client_key") or (with_secret and not fields.get("client_secret")):
        raise Refused(10002)
    app = app_of(call.tx, fields["client_key"])
    if app is None:
        raise Refused(10003)
    if with_secret and fields["client_secret"] != app["client_secret"]:
        raise Refused(10013)
    return app


# ---------------------------------------------------------------- tokens of the app


def client_token(call: Call) -> Doc:
    """Two hours. A new one retires the last after five minutes, and those before it at once."""
    fields = json_of(call)
    app = _checked_app(call, fields, with_secret=True)
    if fields.get("grant_type") != "client_credential":
        raise Refused(10002)
    key = app["client_key"]
    call.account_key = key
    call.pick_answer_fault()
    for age, row in enumerate(call.tx.find("douyin.token", f"app:{key}", limit=3)):
        end = call.now + OVERLAP if age == 0 else call.now
        call.tx.put("douyin.token", row["token"], {**row, "dead": min(end, row["dead"] or end)})
    token = "clt.sandbox" + call.tx.fresh_hex("douyin.client", 40)
    row = {"token": token, "kind": "client", "client_key": key, "expires": call.now + CLIENT_LIFE, "dead": None}
    call.tx.put("douyin.token", token, row, f"app:{key}")
    return {"access_token": token, "expires_in": CLIENT_LIFE}


# ---------------------------------------------------------------- tokens of a user


def give_code(tx: Tx, account: Doc, scopes: list[str]) -> str:
    code = tx.fresh_hex("douyin.code", 32)
    granted = [scope for scope in scopes if scope in account["scopes"]]
    row = {"open_id": account["open_id"], "client_key": account["client_key"], "scopes": granted, "at": tx.now}
    tx.put("douyin.code", code, row | {"used": False}, account["open_id"])
    return code


def access_token(call: Call) -> Doc:
    fields = form_of(call) or json_of(call)
    app = _checked_app(call, fields, with_secret=True)
    code = call.tx.get("douyin.code", str(fields.get("code", "")))
    if fields.get("grant_type") != "authorization_code" or not fields.get("code"):
        raise Refused(10002)
    if code is None or code["used"] or call.now - code["at"] > CODE_LIFE:
        raise Refused(10007)
    if code["client_key"] != app["client_key"]:
        raise Refused(10014)
    call.tx.put("douyin.code", str(fields["code"]), {**code, "used": True})
    refresh = _new_refresh(call.tx, code, renewals=0)
    return _user_answer(call, _new_user_token(call.tx, code), refresh)


def _new_user_token(tx: Tx, source: Doc) -> Doc:
    token = "act.sandbox" + tx.fresh_hex("douyin.access", 48)
    row = {name: source[name] for name in ("open_id", "client_key", "scopes")}
    row |= {"token": token, "kind": "user", "expires": tx.now + USER_LIFE, "dead": None}
    return tx.put("douyin.token", token, row, source["open_id"])


def _new_refresh(tx: Tx, source: Doc, renewals: int) -> Doc:
    token = "rft.sandbox" + tx.fresh_hex("douyin.refresh", 48)
    row = {name: source[name] for name in ("open_id", "client_key", "scopes")}
    row |= {"token": token, "expires": tx.now + REFRESH_LIFE, "renewals": renewals, "dead": False}
    return tx.put("douyin.refresh", token, row, source["open_id"])


def _user_answer(call: Call, row: Doc, refresh: Doc) -> Doc:
    return {
        "access_token": row["token"],
        "expires_in": USER_LIFE,
        "refresh_token": refresh["token"],
        "refresh_expires_in": int(refresh["expires"] - call.now),
        "open_id": row["open_id"],
        "scope": ",".join(row["scopes"]),
        "log_id": call.tx.fresh_hex("douyin.log", 34).upper(),
    }


def _refresh_row(call: Call, fields: Doc) -> Doc:
    app = _checked_app(call, fields, with_secret=False)
    if not fields.get("refresh_token"):
        raise Refused(10002)
    row = call.tx.get("douyin.refresh", fields["refresh_token"])
    if row is None or row["dead"] or call.now >= row["expires"]:
        raise Refused(10010)
    if row["client_key"] != app["client_key"]:
        raise Refused(10014)
    call.account_key = row["open_id"]
    call.pick_answer_fault()
    return row


def refresh_token(call: Call) -> Doc:
    """A form; no secret. The refresh token keeps its own end; the old access token lives five minutes more."""
    fields = form_of(call)
    if fields.get("grant_type") != "refresh_token":
        raise Refused(10002)
    refresh = _refresh_row(call, fields)
    for row in call.tx.find("douyin.token", refresh["open_id"]):
        if row["dead"] is None:
            call.tx.put("douyin.token", row["token"], {**row, "dead": call.now + OVERLAP})
    return _user_answer(call, _new_user_token(call.tx, refresh), refresh)


def renew_refresh_token(call: Call) -> Doc:
    """Five times; the old refresh token dies at once."""
    refresh = _refresh_row(call, form_of(call))
    if "renew_refresh_token" not in refresh["scopes"]:
        raise Refused(28001018)
    if refresh["renewals"] >= MOST_RENEWALS:
        raise Refused(10020)
    call.tx.put("douyin.refresh", refresh["token"], {**refresh, "dead": True})
    fresh = _new_refresh(call.tx, refresh, refresh["renewals"] + 1)
    return {"refresh_token": fresh["token"], "expires_in": REFRESH_LIFE}


def _user_of_body(call: Call) -> Doc:
    fields = form_of(call) or json_of(call) or dict(call.query)
    row = call.tx.get("douyin.token", str(fields.get("access_token", "")))
    if row is None or row["kind"] != "user" or row["open_id"] != fields.get("open_id") or row["dead"] is not None:
        raise Refused(2190002)
    if call.now >= row["expires"]:
        raise Refused(2190008)
    return row


def userinfo(call: Call) -> Doc:
    row = _user_of_body(call)
    account = call.tx.get("account.douyin", row["open_id"]) or {}
    return {"open_id": row["open_id"], "union_id": "", "nickname": account["name"], "avatar": ""}


def revoke(call: Call) -> Doc:
    row = _user_of_body(call)
    end_all(call.tx, row["open_id"], revoked=True)
    return {}


def end_all(tx: Tx, open_id: str, revoked: bool) -> int:
    """For the control door and for revoking: all tokens of a user run out, or the consent is taken back."""
    rows = tx.find("douyin.token", open_id)
    for row in rows:
        tx.put("douyin.token", row["token"], {**row, **({"dead": tx.now} if revoked else {"expires": tx.now - 1})})
    for row in tx.find("douyin.refresh", open_id) if revoked else []:
        tx.put("douyin.refresh", row["token"], {**row, "dead": True})
    return len(rows)


def register(platform: Platform) -> None:
    calls = (access_token, refresh_token, renew_refresh_token, client_token, revoke)
    for run in calls:
        platform.on("POST", f"/oauth/{run.__name__}/", "open")(run)
    platform.on("GET|POST", "/oauth/userinfo/", "open")(userinfo)
