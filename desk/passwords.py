"""Passwords: hashed with Argon2id, checked in the same time whether or not the person exists."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 10
_hasher = PasswordHasher()
_nobody = _hasher.hash("a password that nobody has")


def hashed(password: str) -> str:
    return _hasher.hash(password)


def fits(password_hash: str | None, password: str) -> bool:
    """False also for nobody (None), after the same work."""
    try:
        return _hasher.verify(password_hash or _nobody, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def weakness(password: str, *, name: str) -> str | None:
    """Why this password may not be used (Chinese), None where it may."""
    if len(password) < MIN_LENGTH:
        return f"密码至少 {MIN_LENGTH} 个字符，请换一个更长的。"
    if len(password) > 200:
        return "密码太长，请控制在 200 个字符以内。"
    if len(set(password)) < 5 or name.lower() in password.lower():
        return "密码太容易猜到，请不要用重复字符或用户名。"
    return None
