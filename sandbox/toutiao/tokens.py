"""Where the tokens of consents are kept."""

from __future__ import annotations

from sandbox.store import Doc, Tx

LIFE = 15 * 86_400.0


def keep_token(tx: Tx, token: str, open_id: str, scopes: list[str]) -> None:
    """A token that is known already stays as it is."""
    if token and tx.get("toutiao.token", token) is None:
        row: Doc = {"token": token, "open_id": open_id, "scopes": scopes, "expires": tx.now + LIFE, "revoked": False}
        tx.put("toutiao.token", token, row, open_id)


def end_all(tx: Tx, open_id: str, revoked: bool) -> int:
    """For the control door: all tokens run out, or the owner takes the consent back."""
    rows = tx.find("toutiao.token", open_id)
    for row in rows:
        tx.put("toutiao.token", row["token"], {**row, **({"revoked": True} if revoked else {"expires": tx.now - 1})})
    return len(rows)
