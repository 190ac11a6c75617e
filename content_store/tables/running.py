"""What runs: leases that keep one of a kind, and the last runs of each flow."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from content_store.tables import columns


class Lease(SQLModel, table=True):
    """Exactly one owner at a time, until `until`."""

    name: str = Field(primary_key=True, max_length=80)
    owner: str = Field(max_length=80)
    until: datetime = columns.moment()


class FlowRun(SQLModel, table=True):
    """One run of a flow, by Prefect or by its plain function."""

    id: int | None = Field(default=None, primary_key=True)
    flow: str = Field(max_length=30, index=True)
    started_at: datetime = columns.moment(index=True)
    ended_at: datetime | None = columns.moment(required=False)
    ok: bool | None = None
    via: str = Field(default="plain", max_length=8)
    """prefect or plain."""
    counts: dict[str, Any] = columns.json()
    message: str = columns.long_text()
