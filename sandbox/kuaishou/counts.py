"""How the figures of a work grow."""

from __future__ import annotations

from sandbox.figures import between, followers, heat, reach, total
from sandbox.store import Doc, Tx

FIGURES = ("view_count", "like_count", "comment_count")
RATIOS = {"view_count": (1.0, 1.0), "like_count": (0.008, 0.05), "comment_count": (0.001, 0.01)}


def figure(tx: Tx, work: Doc, name: str, moment: float) -> int:
    """0 until it is public; it stands still once the work is gone."""
    if not work["ledger_id"]:
        return 0
    account = tx.get("account.kuaishou", work["open_id"]) or {}
    base = followers(tx.seed, work["open_id"], account["followers"], 0)
    final = reach(tx.seed, work["photo_id"], base, work["caption"]) * 5
    final *= between(*RATIOS[name], tx.seed, work["photo_id"], name)
    final *= 1.0 if name == "view_count" else 1 + 0.15 * (heat(work["caption"]) - 1)
    age = min(moment, work["removed_at"] or moment) - work["created"]
    return total(tx.seed, work["photo_id"], name, final, age)
