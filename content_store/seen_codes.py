"""Which codes platforms answered with, counted over all attempts and receipts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from content_store.tables import Account, Attempt, Delivery, Receipt

Met = tuple[str, str, str, int, datetime]


def met(session: Session) -> list[Met]:
    """(platform, code, what the platform said, how often, when last), newest first."""
    found: dict[tuple[str, str], Met] = {}
    for table, at in ((Receipt, Receipt.updated_at), (Attempt, Attempt.started_at)):
        for row in session.exec(_grouped(table, at)):
            # an attempt tells the number of tries; a receipt alone is what a question was answered with
            found[row[0], row[1]] = tuple(row)
    return sorted(found.values(), key=lambda row: row[4], reverse=True)


def _grouped(table: Any, at: Any) -> Any:
    columns: tuple[Any, ...] = (
        Account.platform,
        table.raw_code,
        func.max(table.raw_message),
        func.count(),
        func.max(at),
    )
    return (
        select(*columns)
        .join(Delivery, col(Delivery.id) == col(table.delivery_id))
        .join(Account, col(Account.id) == col(Delivery.account_id))
        .where(table.raw_code != "")
        .group_by(col(Account.platform), table.raw_code)
    )
