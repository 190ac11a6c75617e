"""Seals credentials and tokens with the home's key, so that a copied database gives nobody a secret."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from content_store.database import StoreError


class WrongKey(StoreError):
    """A sealed value was made with another key."""


class BadKey(StoreError):
    """The key file cannot be read or holds no key."""


class Vault:
    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)

    def seal(self, value: dict[str, Any]) -> bytes:
        return self._fernet.encrypt(json.dumps(value, ensure_ascii=False).encode())

    def open(self, sealed: bytes) -> dict[str, Any]:
        """Raises WrongKey where the value was sealed with another key."""
        try:
            opened: dict[str, Any] = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken as error:
            raise WrongKey(
                "账号密钥打不开：密钥文件 secret.key 与数据库不是一套，请恢复原来的密钥文件或重新填写账号密钥。"
            ) from error
        return opened


def key_from(path: Path) -> bytes:
    """The key in this file; made on first use, readable by its owner only. Raises BadKey."""
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_bytes().strip()
        Fernet(key)
    except OSError as error:
        raise BadKey(f"读不了密钥文件 {path}（{error.strerror}），请检查文件和所在文件夹的权限。") from error
    except ValueError as error:
        raise BadKey(
            f"密钥文件 {path} 是空的或已损坏，请恢复备份的密钥文件；没有备份时把它移走，再重新填写各账号的密钥。"
        ) from error
    return key


def _make_key(path: Path) -> None:
    """Puts a whole key there at once: whoever looks meanwhile sees none or all of it. One that is there stays."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(Fernet.generate_key())
            file.flush()
            os.fsync(file.fileno())
        _put_in_place(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


def _put_in_place(fresh: Path, path: Path) -> None:
    try:
        os.link(fresh, path)
    except FileExistsError:
        return
    except OSError:
        # some file systems (exFAT, network shares) know no links; a rename is as whole, and overwrites only in a race
        if not path.exists():
            fresh.rename(path)
