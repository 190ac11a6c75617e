"""Consent, tokens, rights and the day's quotas. Contract: kuaishou.md §1, §6."""

from __future__ import annotations

from sandbox.calls import Call, Endpoint, Platform, Refused
from sandbox.clock import day_of
from sandbox.kuaishou.tokens import keep_tokens
from sandbox.kuaishou.webhook import tell
from sandbox.store import Doc, Tx
from sandbox.world import World

ACCESS_LIFE = 172_800
CONSENT_LIFE = 15_552_000
CODE_LIFE = 120.0
APP_PER_DAY = 100_000


# ---------------------------------------------------------------- who may call


def admit(call: Call, endpoint: Endpoint | None) -> None:
    if endpoint is None or call.method != endpoint.method:
        raise Refused(1026, status=404)
    if "open" in endpoint.traits:
        return
    row = _token_row(call)
    account = call.tx.get("account.kuaishou", row["open_id"])
    if account is None:
        raise Refused(100200102)
    call.account, call.account_key = account, row["open_id"]
    call.pick_answer_fault()
    for trait in endpoint.traits:
        if trait.startswith("scope:") and trait.removeprefix("scope:") not in row["scopes"]:
            raise Refused(100200111)
    _count(call)


def _token_row(call: Call) -> Doc:
    token, app_id = call.query.get("access_token", ""), call.query.get("app_id", "")
    if not token or not app_id:
        raise Refused(100200100)
    row = call.tx.get("kuaishou.token", token)
    if row is None or row["app_id"] != app_id:
        raise Refused(100200102)
    if call.line_fault == "expired_token":
        row = call.tx.put("kuaishou.token", token, {**row, "expires": call.now - 1})
    if row["revoked"]:
        raise Refused(100200109)
    if call.now >= row["expires"]:
        raise Refused(100200108)
    return row


def _count(call: Call) -> None:
    """Refused calls count too: per user and endpoint, and per app, by the Beijing day."""
    day = day_of(call.now).isoformat()
    most = call.account["quotas"].get(call.path, call.account["calls_per_day"])
    mine = call.tx.bump(f"kuaishou {call.account_key} {call.path}", day)
    apps = call.tx.bump(f"kuaishou.app {call.account['app_id']}", day)
    if mine > most or apps > APP_PER_DAY:
        raise Refused(100100402)


# ---------------------------------------------------------------- tokens


def app_of(tx: Tx, app_id: str) -> Doc | None:
    """The app with this id: any account that belongs to it knows its secret."""
    return next((account for account in tx.find("account.kuaishou") if account["app_id"] == app_id), None)


def give_code(tx: Tx, account: Doc, scopes: list[str]) -> str:
    """After the owner has said yes on the consent page."""
    code = tx.fresh_hex("kuaishou.code", 40)
    granted = [scope for scope in scopes if scope in account["scopes"]]
    row = {"open_id": account["open_id"], "app_id": account["app_id"], "scopes": granted, "at": tx.now, "used": False}
    tx.put("kuaishou.code", code, row, account["open_id"])
    return code


def _checked_app(call: Call, grant_type: str) -> str:
    app = app_of(call.tx, call.query.get("app_id", ""))
    if app is None or call.query.get("app_secret") != app["app_secret"]:
        raise Refused(100200101)
    if call.query.get("grant_type") != grant_type:
        raise Refused(100200103)
    return str(app["app_id"])


def access_token(call: Call) -> Doc:
    app_id = _checked_app(call, "authorization_code")
    code = call.tx.get("kuaishou.code", call.query.get("code", ""))
    if code is None or code["used"] or code["app_id"] != app_id or call.now - code["at"] > CODE_LIFE:
        raise Refused(100200105)
    call.tx.put("kuaishou.code", call.query["code"], {**code, "used": True})
    call.account_key = code["open_id"]
    return _pair(call, code, ends=call.now + CONSENT_LIFE)


def refresh_token(call: Call) -> Doc:
    """The old one is thrown away at once; the new one ends when the first one would have. Older access tokens live on."""
    app_id = _checked_app(call, "refresh_token")
    row = call.tx.get("kuaishou.refresh", call.query.get("refresh_token", ""))
    if row is None or row["app_id"] != app_id:
        raise Refused(100200113)
    call.account_key = row["open_id"]
    call.pick_answer_fault()
    if row["revoked"]:
        raise Refused(100200109)
    if row["used"] or call.now >= row["expires"]:
        raise Refused(100200113)
    call.tx.put("kuaishou.refresh", row["token"], {**row, "used": True})
    return _pair(call, row, ends=row["expires"])


def _pair(call: Call, source: Doc, ends: float) -> Doc:
    owner = {name: source[name] for name in ("open_id", "app_id", "scopes")} | {"revoked": False}
    access = "ks.sandbox" + call.tx.fresh_hex("kuaishou.access", 48)
    refresh = "ksr.sandbox" + call.tx.fresh_hex("kuaishou.refresh", 48)
    keep_tokens(call.tx, owner, access, call.now + ACCESS_LIFE, refresh, ends)
    return {
        "access_token": access,
        "expires_in": ACCESS_LIFE,
        "refresh_token": refresh,
        "refresh_token_expires_in": int(ends - call.now),
        "open_id": source["open_id"],
        "scopes": source["scopes"],
    }


def end_all(tx: Tx, open_id: str, revoked: bool) -> int:
    """For the control door: all access tokens run out, or the owner takes the consent back."""
    rows = tx.find("kuaishou.token", open_id)
    for row in rows:
        tx.put("kuaishou.token", row["token"], {**row, **({"revoked": True} if revoked else {"expires": tx.now - 1})})
    for row in tx.find("kuaishou.refresh", open_id) if revoked else []:
        tx.put("kuaishou.refresh", row["token"], {**row, "revoked": True})
    return len(rows)


def tell_owner(world: World, tx: Tx, open_id: str, event: str) -> None:
    """The app hears that an owner gave or took back the consent."""
    account = tx.get("account.kuaishou", open_id)
    if account is not None:
        tell(world, tx, account["app_id"], event, {"open_id": open_id, "scope": account["scopes"]})


def register(platform: Platform) -> None:
    platform.on("GET", "/oauth2/access_token", "open")(access_token)
    platform.on("GET", "/oauth2/refresh_token", "open")(refresh_token)
