"""Opening the store: SQLite (WAL) or PostgreSQL by URL, sessions, and the errors a person can act on."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, DateTime, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, ProgrammingError
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session

Kept = TypeVar("Kept")
_TRIES_WHEN_BUSY = 3
_WAL_PAGES = 8000
"""32 MB of the log are written before they are put into the database: a page that changes often is put there once."""


class StoreError(Exception):
    """The store cannot be used; the message is Chinese and says what is wrong and what to do."""


class StoreLocked(StoreError):
    """Somebody else holds the database for longer than we wait."""


class StoreNewer(StoreError):
    """The database was migrated by a newer version of this program."""


class StoreUnreachable(StoreError):
    """No database answers under this URL."""


class StoreBroken(StoreError):
    """The database file is damaged, or is no database at all."""


class StoreUnwritable(StoreError):
    """The disk is full, failing or write-protected."""


class UTCDateTime(TypeDecorator[datetime]):
    """Aware datetimes in, UTC stored, aware UTC out, on both databases. A naive datetime is a defect and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the store")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Store:
    """One database. Cheap to pass around; sessions are short and never open during a network call."""

    def __init__(self, url: str, *, busy_seconds: float = 10.0) -> None:
        self.url = url
        self.engine = _engine(url, busy_seconds)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction: commits at the end of the block, rolls back on any error."""
        with translated_errors(self.url), Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads: on SQLite it waits for no writer and no writer waits for it."""
        with translated_errors(self.url), Session(self._readers, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """As `reading`, for whoever looks at the database itself and not at our tables."""
        with translated_errors(self.url), self._readers.connect() as connection:
            yield connection

    @property
    def _readers(self) -> Engine:
        return self.engine.execution_options(reads_only=True)

    def ping(self) -> None:
        """Raises StoreError where the database does not answer."""
        with self.looking() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        self.engine.dispose()


def though_busy(write: Callable[[], Kept]) -> Kept:
    """Writes it, if need be several times: for what cannot be had again, such as a platform's answer. Raises StoreLocked
    where the store stays busy all the same."""
    for _ in range(_TRIES_WHEN_BUSY - 1):
        try:
            return write()
        except StoreLocked:
            continue
    return write()


@contextmanager
def translated_errors(url: str) -> Iterator[None]:
    """Database errors that a person can act on, said in one sentence. Others pass as they are."""
    try:
        yield
    except (IntegrityError, ProgrammingError, DataError):
        raise  # about what was asked, not about the database
    except (DatabaseError, sqlite3.DatabaseError) as error:
        # SQLite itself speaks while a connection is made, SQLAlchemy afterwards
        said = str(error.orig if isinstance(error, DatabaseError) else error).lower()
        for signs, kind, sentence in _SAID:
            if any(sign in said for sign in signs):
                raise kind(sentence.format(url=safe_url(url))) from error
        raise


_SAID: tuple[tuple[tuple[str, ...], type[StoreError], str], ...] = (
    (
        ("locked", "busy", "deadlock detected"),
        StoreLocked,
        "数据库正被另一个程序占用，请等它结束，或关掉多余的 kepu 后再试。",
    ),
    (
        ("not a database", "image is malformed", "malformed database schema"),
        StoreBroken,
        "数据库 {url} 已损坏或不是数据库文件，请先把它移到别处保存，再用备份恢复。",
    ),
    (
        ("disk is full", "no space left"),
        StoreUnwritable,
        "存放数据库 {url} 的磁盘满了，请腾出空间后再试，已有的数据没有受影响。",
    ),
    (
        ("readonly database", "read-only transaction"),
        StoreUnwritable,
        "数据库 {url} 不能写入，请检查文件和所在文件夹的权限。",
    ),
    (
        ("disk i/o error",),
        StoreUnwritable,
        "读写数据库 {url} 时磁盘出错，请检查磁盘和所在文件夹，必要时用备份恢复。",
    ),
    (
        ("connect", "unable to open", "password", "does not exist"),
        StoreUnreachable,
        "打不开数据库 {url}，请检查地址、权限和数据库是否已启动。",
    ),
)
"""Words of SQLite and PostgreSQL → the error and its sentence."""


def safe_url(url: str) -> str:
    """The URL without its password."""
    head, at, tail = url.rpartition("@")
    if not at:
        return url
    scheme, _, user = head.partition("://")
    return f"{scheme}://{user.split(':')[0]}@{tail}"


def _engine(url: str, busy_seconds: float) -> Engine:
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    try:
        if not url.startswith("sqlite"):
            return create_engine(url, pool_pre_ping=True)
        # the connection that was used last, for what its cache holds
        connecting = {"timeout": busy_seconds, "check_same_thread": False}
        engine = create_engine(url, connect_args=connecting, pool_use_lifo=True)
    except Exception as error:
        raise StoreUnreachable(f"数据库地址 {safe_url(url)} 写错了，应以 sqlite:/// 或 postgresql:// 开头。") from error
    event.listen(engine, "connect", _sqlite_pragmas)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    # pysqlite's own transaction handling is switched off; _sqlite_begin opens them
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA wal_autocheckpoint={_WAL_PAGES}")
    cursor.close()


def _sqlite_begin(connection: Any) -> None:
    # IMMEDIATE: a transaction that reads first and writes later would fail with "locked" at once, without waiting
    reads_only = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
