"""Seals credentials and tokens with the home's key, so that a copied database gives nobody a secret."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from content_store.database import StoreError


class WrongKey(StoreError):
    """A sealed value was made with another key."""


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
    """The key in this file; made on first use, readable by its owner only."""
    try:
        return path.read_bytes().strip()
    except FileNotFoundError:
        pass
    key = Fernet.generate_key()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes().strip()
    with os.fdopen(handle, "wb") as file:
        file.write(key)
    return key
