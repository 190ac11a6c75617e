"""Numbers for rows that are not written yet: many rows that name each other are then written with one statement a table."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, text
from sqlalchemy import select as columns_of
from sqlmodel import Session, SQLModel


def take(session: Session, table: type[SQLModel], count: int) -> list[int]:
    """So many free ids of the table, ascending, for this transaction to use."""
    if not count:
        return []
    connection = session.connection()
    of: Any = table
    if connection.dialect.name == "postgresql":
        wanted = {"table": of.__table__.name, "count": count}
        return list(connection.execute(_NEXT, wanted).scalars())
    # nobody else writes: on SQLite a writing transaction is alone from its beginning, and this is what it would do itself
    last = connection.execute(columns_of(func.max(of.id))).scalar() or 0
    return list(range(last + 1, last + 1 + count))


_NEXT = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")
