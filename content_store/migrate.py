"""Bringing a database to the newest form, or saying why that cannot be."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from content_store.advisory import Lock, hold
from content_store.database import Store, StoreNewer, translated_errors

FOLDER = Path(__file__).parent / "migrations"


def migrate(store: Store) -> str:
    """Applies what is missing, in one transaction; returns the revision. Raises StoreError."""
    with translated_errors(store.url), store.engine.begin() as connection:
        # two programs starting at once would both create the tables
        hold(connection, Lock.MIGRATION)
        config = _config(connection)
        _refuse_newer(connection, config)
        command.upgrade(config, "head")
        return current_revision(connection) or ""


def check(store: Store) -> None:
    """Raises StoreNewer where the database belongs to a newer version of this program."""
    with store.looking() as connection:
        _refuse_newer(connection, _config(connection))


def is_current(store: Store) -> bool:
    """True where nothing is left to migrate."""
    with store.looking() as connection:
        head = ScriptDirectory.from_config(_config(connection)).get_current_head()
        return current_revision(connection) == head


def current_revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(connection: Connection, config: Config) -> None:
    at = current_revision(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if at is not None and at not in known:
        raise StoreNewer(
            f"数据库由更新的版本建立（结构版本 {at}），请升级 kepu，或用 KEPU_DATABASE_URL 指向另一个数据库。"
        )


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config
