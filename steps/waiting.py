"""Whether a delivery in `sending` stands still although its state does not say so. Pure but for asking this machine."""

from __future__ import annotations

from datetime import datetime

from content_store.tables import Delivery
from content_store.tables import DeliveryState as State
from steps.workers import is_gone


def is_interrupted(row: Delivery, now: datetime) -> bool:
    """Its worker is gone; the next round takes it up and looks whether it was sent."""
    over = row.lease_until is None or row.lease_until <= now
    return row.state == State.SENDING and (over or is_gone(row.lease_owner))
