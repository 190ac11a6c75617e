"""Alembic's door: runs on the connection that content_store.migrate hands in."""

from alembic import context
from sqlmodel import SQLModel

import content_store.tables  # noqa: F401  # registers the tables

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
