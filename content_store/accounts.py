"""Accounts, their sealed credentials and tokens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from content_store.tables import Account, Credential, StoredToken
from content_store.vault import Vault

SETTABLE = ("platform", "name", "unit", "area", "mode", "settings", "enabled")


def by_key(session: Session, key: str) -> Account | None:
    return session.exec(select(Account).where(Account.key == key)).first()


def listed(session: Session, *, enabled_only: bool = False) -> list[Account]:
    query = select(Account).order_by(col(Account.platform), col(Account.area), col(Account.key))
    return list(session.exec(query.where(col(Account.enabled).is_(True)) if enabled_only else query))


def with_ids(session: Session, ids: Iterable[int]) -> dict[int, Account]:
    wanted = set(ids)
    rows = session.exec(select(Account).where(col(Account.id).in_(wanted)))
    return {row.id: row for row in rows if row.id is not None}


def put(session: Session, key: str, values: dict[str, Any], *, now: datetime) -> Account:
    """Adds the account or changes its settings."""
    account = by_key(session, key) or Account(key=key, platform="", name=key, created_at=now)
    for name in SETTABLE:
        if name in values:
            setattr(account, name, values[name])
    session.add(account)
    session.flush()
    return account


def stop(session: Session, account_id: int, reason: str) -> None:
    """No more sending from this account until a person has acted."""
    account = session.get(Account, account_id)
    assert account is not None
    account.stopped_reason = reason
    session.flush()


def go_on(session: Session, account_id: int) -> None:
    """The account works again."""
    stop(session, account_id, "")


def doubt(session: Session, account_id: int, now: datetime) -> None:
    """The platform is to be asked whether the account still works. Who doubts it twice is asked about once."""
    account = session.get(Account, account_id)
    assert account is not None
    account.doubted_at = account.doubted_at or now
    session.flush()


def doubted(session: Session, *, now: datetime) -> list[Account]:
    """Accounts about which the platform is to be asked by now; locked until the transaction ends."""
    query = select(Account).where(col(Account.doubted_at) <= now).order_by(col(Account.id))
    return list(session.exec(query.with_for_update(skip_locked=True)))


def no_longer_doubted(session: Session, account_id: int) -> None:
    account = session.get(Account, account_id)
    assert account is not None
    account.doubted_at = None
    session.flush()


def seen_callback(session: Session, account_id: int, now: datetime) -> None:
    """The platform called back; long silence where call-backs are expected is an alarm."""
    account = session.get(Account, account_id)
    assert account is not None
    account.callback_seen_at = now
    session.flush()


def keep_credentials(session: Session, account_id: int, values: dict[str, Any], vault: Vault, *, now: datetime) -> None:
    row = session.get(Credential, account_id)
    sealed = vault.seal(values)
    if row is None:
        session.add(Credential(account_id=account_id, sealed=sealed, changed_at=now))
    elif vault.open(row.sealed) != values:
        row.sealed, row.changed_at = sealed, now
    session.flush()


def credentials(session: Session, account_id: int, vault: Vault, *, to_be_changed: bool = False) -> dict[str, Any]:
    """Empty where none are kept. `to_be_changed`: nobody else changes them until this session ends."""
    row = session.get(Credential, account_id, with_for_update=True if to_be_changed else None)
    return {} if row is None else vault.open(row.sealed)


def credentials_changed_at(session: Session, account_id: int) -> datetime | None:
    """None where none are kept."""
    row = session.get(Credential, account_id)
    return None if row is None else row.changed_at


def token(session: Session, account_id: int, kind: str, vault: Vault, *, app: str = "") -> tuple[str, datetime] | None:
    """None where it was given to another `app` than this one.

    One that was stored before apps were noted counts as this one's: a refresh token works once, and would be lost.
    """
    row = _token_row(session, account_id, kind)
    if row is None:
        return None
    kept = vault.open(row.sealed)
    return (str(kept["value"]), row.expires_at) if kept.get("app", "") in ("", app) else None


def keep_token(
    session: Session, account_id: int, kind: str, value: str, expires_at: datetime, vault: Vault, *, app: str = ""
) -> None:
    """Stored before it is used; nothing never replaces something."""
    if not value:
        return
    row = _token_row(session, account_id, kind)
    sealed = vault.seal({"value": value, "app": app})
    if row is None:
        session.add(StoredToken(account_id=account_id, kind=kind, sealed=sealed, expires_at=expires_at))
    else:
        row.sealed, row.expires_at = sealed, expires_at
    session.flush()


def end_token(
    session: Session, account_id: int, kind: str, value: str, ends: datetime, vault: Vault, *, app: str = ""
) -> bool:
    """The platform refuses this token for good: it is kept as one that has ended. False, and nothing done, where another
    stands in its place: somebody else has refreshed it meanwhile."""
    row = _token_row(session, account_id, kind, to_be_changed=True)
    if row is None:
        try:
            with session.begin_nested():
                keep_token(session, account_id, kind, value, ends, vault, app=app)
        except IntegrityError:
            return False
        return True
    kept = vault.open(row.sealed)
    if kept["value"] != value or kept.get("app", "") not in ("", app):
        return False
    row.expires_at = ends
    session.flush()
    return True


def drop_token(session: Session, account_id: int, kind: str, value: str, vault: Vault, *, app: str = "") -> None:
    """Forgets the token if it is still this one: somebody else may have refreshed it meanwhile."""
    known = token(session, account_id, kind, vault, app=app)
    if known is not None and known[0] == value:
        session.exec(
            delete(StoredToken).where(col(StoredToken.account_id) == account_id, col(StoredToken.kind) == kind)
        )


def forget_tokens(session: Session, account_id: int) -> None:
    """They were given to other credentials."""
    session.exec(delete(StoredToken).where(col(StoredToken.account_id) == account_id))


def _token_row(session: Session, account_id: int, kind: str, *, to_be_changed: bool = False) -> StoredToken | None:
    query = select(StoredToken).where(StoredToken.account_id == account_id, StoredToken.kind == kind)
    return session.exec(query.with_for_update() if to_be_changed else query).first()
