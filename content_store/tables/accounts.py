"""Accounts on platforms, their sealed credentials and tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlmodel import Column, Field, SQLModel

from content_store.tables import columns


class Account(SQLModel, table=True):
    """账号: one account on one platform."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=60)
    platform: str = Field(max_length=20, index=True)
    name: str = Field(max_length=80)
    unit: str = Field(default="", max_length=120)
    area: str = Field(default="", max_length=12, index=True)
    """GB/T 2260 code; 220000 is the whole province."""
    mode: str = Field(default="direct", max_length=12)
    settings: dict[str, Any] = columns.json()
    """What the channel's Settings take: base_url, bound_domain, limits …; never a secret."""
    enabled: bool = True
    stopped_reason: str = columns.long_text()
    """Why the account is stopped until a person acts; empty while it works."""
    callback_seen_at: datetime | None = columns.moment(required=False)
    doubted_at: datetime | None = columns.moment(required=False)
    """From when on the platform is asked whether the account still works: a call-back said that it does not."""
    created_at: datetime = columns.moment()


class Credential(SQLModel, table=True):
    """An account's secrets, sealed with the home's key."""

    account_id: int = Field(primary_key=True, foreign_key="account.id")
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    changed_at: datetime = columns.moment()


class StoredToken(SQLModel, table=True):
    """A platform token, sealed. One row per account and kind."""

    __table_args__ = (UniqueConstraint("account_id", "kind", name="uq_token_account_kind"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = columns.ref("account.id", cascade=True)
    kind: str = Field(max_length=30)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    expires_at: datetime = columns.moment()
