"""People and their log-ins."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from content_store.tables import LoginSession, User

FAILURES_BEFORE_LOCK = 5
LONGEST_LOCK = timedelta(minutes=15)


def by_name(session: Session, name: str) -> User | None:
    return session.exec(select(User).where(User.name == name)).first()


def everybody(session: Session) -> list[User]:
    return list(session.exec(select(User).order_by(col(User.name))))


def with_ids(session: Session, ids: Iterable[int | None]) -> dict[int, User]:
    """Users by id, for showing names."""
    wanted = {i for i in ids if i is not None}
    return {user.id: user for user in session.exec(select(User).where(col(User.id).in_(wanted))) if user.id is not None}


def add(
    session: Session, *, name: str, display_name: str, password_hash: str, roles: Iterable[str], now: datetime
) -> User:
    user = User(
        name=name, display_name=display_name, password_hash=password_hash, roles=sorted(set(roles)), created_at=now
    )
    session.add(user)
    session.flush()
    return user


def start_login(session: Session, *, user_id: int, token: str, csrf: str, now: datetime, until: datetime) -> None:
    """Remembers a log-in by the hash of its cookie."""
    session.add(LoginSession(token_hash=_hashed(token), user_id=user_id, csrf=csrf, created_at=now, expires_at=until))
    session.flush()


def logged_in(session: Session, token: str, now: datetime) -> tuple[User, LoginSession] | None:
    """Who holds this cookie, if the log-in still stands and the person is still active."""
    row = session.get(LoginSession, _hashed(token))
    if row is None or row.expires_at <= now:
        return None
    user = session.get(User, row.user_id)
    return (user, row) if user is not None and user.active else None


def end_login(session: Session, token: str) -> None:
    session.exec(delete(LoginSession).where(col(LoginSession.token_hash) == _hashed(token)))


def end_logins_of(session: Session, user_id: int) -> None:
    session.exec(delete(LoginSession).where(col(LoginSession.user_id) == user_id))


def forget_expired_logins(session: Session, now: datetime) -> None:
    session.exec(delete(LoginSession).where(col(LoginSession.expires_at) <= now))


def note_failed_login(session: Session, name: str, now: datetime) -> datetime | None:
    """Counts a wrong password; from the fifth in a row the log-in is locked. Returns until when."""
    user = by_name(session, name)
    if user is None:
        return None
    user.failed_logins += 1
    user.locked_until = locked_until(user.failed_logins, now)
    session.flush()
    return user.locked_until


def locked_until(failures: int, now: datetime) -> datetime | None:
    """One minute after the fifth failure, doubled by each further one, never more than a quarter of an hour. Pure."""
    if failures < FAILURES_BEFORE_LOCK:
        return None
    doublings = min(failures - FAILURES_BEFORE_LOCK, 4)
    return now + min(timedelta(minutes=2**doublings), LONGEST_LOCK)


def note_login(session: Session, name: str, now: datetime) -> None:
    """A right password: failures are forgotten."""
    user = by_name(session, name)
    assert user is not None
    user.failed_logins, user.locked_until, user.last_login_at = 0, None, now
    session.flush()


def unlock(session: Session, user: User) -> None:
    user.failed_logins, user.locked_until = 0, None
    session.flush()


def set_password(session: Session, user: User, password_hash: str, *, must_change: bool) -> None:
    """Every log-in made with the old password ends."""
    user.password_hash, user.must_change_password = password_hash, must_change
    user.failed_logins, user.locked_until = 0, None
    session.flush()
    assert user.id is not None
    end_logins_of(session, user.id)


def set_active(session: Session, user: User, active: bool) -> None:
    """A person who left keeps his name on what he did; his log-ins end."""
    user.active = active
    session.flush()
    assert user.id is not None
    if not active:
        end_logins_of(session, user.id)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
