"""Where the tokens of consents are kept."""

from __future__ import annotations

from sandbox.store import Doc, Tx


def keep_tokens(tx: Tx, owner: Doc, access: str, access_ends: float, refresh: str, refresh_ends: float) -> None:
    """`owner`: open_id, app_id, scopes, revoked. Tokens that are known already stay as they are."""
    if access and tx.get("kuaishou.token", access) is None:
        tx.put("kuaishou.token", access, owner | {"token": access, "expires": access_ends}, owner["open_id"])
    if refresh and tx.get("kuaishou.refresh", refresh) is None:
        row = owner | {"token": refresh, "expires": refresh_ends, "used": False}
        tx.put("kuaishou.refresh", refresh, row, owner["open_id"])
