"""Who may call: token and open_id in the query, and the granted scopes. Contract: toutiao.md §1, §6."""

from __future__ import annotations

import json
from typing import Any

from sandbox.calls import Call, Endpoint, Refused
from sandbox.store import Doc


def admit(call: Call, endpoint: Endpoint | None) -> None:
    if endpoint is None or call.method != endpoint.method:
        raise Refused(10002, "URI未知", status=404)
    row = _token_row(call)
    account = call.tx.get("account.toutiao", row["open_id"])
    if account is None:
        raise Refused(2190002)
    call.account, call.account_key = account, row["open_id"]
    call.pick_answer_fault()
    for trait in endpoint.traits:
        if trait.startswith("scope:") and trait.removeprefix("scope:") not in row["scopes"]:
            raise Refused(16)


def _token_row(call: Call) -> Doc:
    token, open_id = call.query.get("access_token", ""), call.query.get("open_id", "")
    if not token or not open_id:
        raise Refused(10005)
    row = call.tx.get("toutiao.token", token)
    if row is None or row["open_id"] != open_id or row["revoked"]:
        raise Refused(2190002)
    if call.line_fault == "expired_token":
        row = call.tx.put("toutiao.token", token, {**row, "expires": call.now - 1})
    if call.now >= row["expires"]:
        raise Refused(2190008)
    return row


def json_of(call: Call) -> Doc:
    """A JSON object, and nothing else."""
    try:
        data: Any = json.loads(call.body) if call.content_type.startswith("application/json") else None
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise Refused(10002)
    return data
