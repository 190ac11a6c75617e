"""Why a delivery stands still although its state does not say so. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from content_store.tables import Account, Delivery
from content_store.tables import DeliveryState as State
from steps.workers import is_gone


@dataclass(frozen=True)
class Why:
    """One Chinese sentence each."""

    reason: str
    remedy: str


def of_account(account: Account) -> Why | None:
    """Why nothing is sent to this account; None while it works."""
    if not account.enabled:
        return Why("账号已停用，这一条不会发送。", "请管理员启用账号，或取消发布。")
    if account.stopped_reason:
        return Why(f"账号已暂停：{account.stopped_reason}", "账号恢复后会自动发送。")
    return None


def of_delivery(row: Delivery, account: Account, now: datetime) -> Why | None:
    """None where its own state, reason and remedy say all."""
    if row.state == State.QUEUED:
        return of_account(account)
    dead = row.lease_until is None or row.lease_until <= now or is_gone(row.lease_owner)
    if row.state == State.SENDING and dead:
        return Why("程序中断，正在核对。", "无需处理，系统会自动核对，不会重复发送。")
    return None
