"""Locks of our own on PostgreSQL, held until the transaction ends. SQLite lets one write at a time anyway."""

from __future__ import annotations

from enum import IntEnum, unique

from sqlalchemy import Connection, text


@unique
class Lock(IntEnum):
    """All of them, so that no two wait for each other by mistake."""

    LOG = 74657075
    MIGRATION = 74657076
    THREADS = 74657077


def hold(connection: Connection, lock: Lock) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": int(lock)})
