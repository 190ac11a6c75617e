"""Column kinds that every table shares."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from content_store.database import UTCDateTime


def moment(*, required: bool = True, index: bool = False) -> Any:
    """A UTC point in time."""
    column: Column[Any] = Column(UTCDateTime(), nullable=not required, index=index)
    return Field(sa_column=column) if required else Field(default=None, sa_column=column)


def json(default: type = dict) -> Any:
    """A JSON value; JSONB on PostgreSQL."""
    return Field(default_factory=default, sa_column=Column(JSON().with_variant(JSONB(), "postgresql"), nullable=False))


def long_text() -> Any:
    """Text without a length."""
    return Field(default="", sa_column=Column(Text(), nullable=False))


def ref(target: str, *, required: bool = True, index: bool = True, cascade: bool = False) -> Any:
    """A foreign key, enforced on both databases."""
    key = ForeignKey(target, ondelete="CASCADE" if cascade else "RESTRICT")
    column: Column[Any] = Column(key, nullable=not required, index=index)
    return Field(sa_column=column) if required else Field(default=None, sa_column=column)
