"""How the figures of a work grow."""

from __future__ import annotations

from sandbox.figures import between, followers, heat, reach, total
from sandbox.store import Doc, Tx

RATIOS = {
    "play_count": (1.0, 1.0),
    "digg_count": (0.006, 0.04),
    "comment_count": (0.001, 0.01),
    "share_count": (0.001, 0.012),
    "forward_count": (0.001, 0.006),
}
FIGURES = tuple(RATIOS)


def figure(tx: Tx, work: Doc, name: str, moment: float) -> int:
    """0 until it is public; it stands still once the work is gone."""
    if not work["ledger_id"]:
        return 0
    account = tx.get("account.toutiao", work["open_id"]) or {}
    base = followers(tx.seed, work["open_id"], account["followers"], 0)
    final = reach(tx.seed, work["item_id"], base, work["title"]) * 4
    final *= between(*RATIOS[name], tx.seed, work["item_id"], name)
    final *= 1.0 if name == "play_count" else 1 + 0.15 * (heat(work["title"]) - 1)
    age = min(moment, work["removed_at"] or moment) - work["created"]
    return total(tx.seed, work["item_id"], name, final, age)
