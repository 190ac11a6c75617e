"""How often each account asked each interface, per window of time. What is allowed is data of steps.quotas."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, func, select

from content_store.tables import Delivery, DeliveryState, QuotaUse

_KEPT = {
    "minute": timedelta(minutes=20),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "month": timedelta(days=31),
}
"""Windows begun so long before the present one still count: by a slower clock of another machine they are not over."""


def take(session: Session, account_id: int, interface: str, span: str, begins_at: datetime, *, most: int) -> bool:
    """Counts one more call; False where the window already holds `most`."""
    if most <= 0:
        return False
    _begin_window(session, account_id, interface, span, begins_at)
    taken = session.connection().execute(
        update(QuotaUse)
        .where(
            col(QuotaUse.account_id) == account_id,
            col(QuotaUse.interface) == interface,
            col(QuotaUse.span) == span,
            col(QuotaUse.begins_at) == begins_at,
            col(QuotaUse.used) < most,
        )
        .values(used=QuotaUse.used + 1)
    )
    return taken.rowcount == 1


def _begin_window(session: Session, account_id: int, interface: str, span: str, begins_at: datetime) -> None:
    """The window's row; those long before it have served their time."""
    if used(session, account_id, [(interface, span, begins_at)])[interface, span]:
        return
    session.exec(
        delete(QuotaUse).where(
            col(QuotaUse.account_id) == account_id,
            col(QuotaUse.interface) == interface,
            col(QuotaUse.span) == span,
            col(QuotaUse.begins_at) < begins_at - _KEPT[span],
        )
    )
    try:
        with session.begin_nested():
            session.add(QuotaUse(account_id=account_id, interface=interface, span=span, begins_at=begins_at))
            session.flush()
    except IntegrityError:
        # another call began it at the same moment
        return


def used(session: Session, account_id: int, windows: Iterable[tuple[str, str, datetime]]) -> dict[tuple[str, str], int]:
    """Interface and span → how often it was asked in its window; 0 where never."""
    wanted = {(interface, span): begins_at for interface, span, begins_at in windows}
    rows = session.exec(select(QuotaUse).where(QuotaUse.account_id == account_id))
    found = dict.fromkeys(wanted, 0)
    for row in rows:
        if wanted.get((row.interface, row.span)) == row.begins_at:
            found[row.interface, row.span] = row.used
    return found


def waiting_for_result(session: Session, account_id: int) -> int:
    """How many posts of the account the platform still works on."""
    query = select(func.count()).select_from(Delivery)
    return session.exec(
        query.where(col(Delivery.account_id) == account_id, col(Delivery.state) == DeliveryState.ACCEPTED)
    ).one()
