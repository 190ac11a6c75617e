"""People who work at the desk, and their log-ins."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from content_store.tables import columns


class User(SQLModel, table=True):
    """A person. Roles: editor, reviewer1, reviewer2, reviewer3, scheduler, duty, analyst, admin."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=40)
    display_name: str = Field(max_length=40)
    password_hash: str = columns.long_text()
    roles: list[str] = columns.json(list)
    active: bool = True
    must_change_password: bool = False
    failed_logins: int = 0
    locked_until: datetime | None = columns.moment(required=False)
    last_login_at: datetime | None = columns.moment(required=False)
    created_at: datetime = columns.moment()


class LoginSession(SQLModel, table=True):
    """A log-in. The cookie's value itself is never stored, only its SHA-256."""

    token_hash: str = Field(primary_key=True, max_length=64)
    user_id: int = columns.ref("user.id", cascade=True)
    csrf: str = Field(max_length=64)
    created_at: datetime = columns.moment()
    expires_at: datetime = columns.moment(index=True)
