"""What tells that articles report one event."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary
from sqlmodel import Field, SQLModel

from content_store.tables import columns


class EventReport(SQLModel, table=True):
    """An article that was compared with the reports of the days before it. One that opened an event is forgotten after some days."""

    article_id: int = Field(
        sa_column=Column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    version: int = Field(sa_column=Column(Integer(), nullable=False))
    packed: bytes = Field(sa_column=Column(LargeBinary(), nullable=False))
    """Its outline, made and read by the tagging room; empty where it opened nothing."""
    collected_at: datetime = columns.moment(index=True)
    opened_by: int | None = columns.ref("article.id", required=False, cascade=True)
    """The report of the same event that it was put beside; none where it opened one itself."""
    likeness: float | None = None


class EventWord(SQLModel, table=True):
    """One of the rarest words, as a number, of a report that opened an event: what is looked up for a new one."""

    key: int = Field(sa_column=Column(BigInteger(), primary_key=True, autoincrement=False))
    article_id: int = Field(
        sa_column=Column(
            ForeignKey("article.id", ondelete="CASCADE"), primary_key=True, index=True, autoincrement=False
        )
    )
