"""What every owner's consent with an access and a refresh token has in common, whatever the platform's own rules are."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from pydantic import SecretStr

from connectors.base import ErrorClass, Token, TokenShelf
from connectors.channels.codes import Refused

Said = TypeVar("Said")
_UNKNOWN = datetime(9999, 1, 1, tzinfo=UTC)


class Granted(Protocol):
    """What the consent page left in an account's credentials; times aware."""

    access_token: SecretStr
    access_expires_at: datetime | None
    refresh_token: SecretStr
    refresh_expires_at: datetime | None


class ShelvedConsent(ABC):
    """Tokens are shelved under the consent they stem from, so that a new consent is never mixed with an old one."""

    def __init__(self, granted: Granted, tokens: TokenShelf, now: Callable[[], datetime]) -> None:
        self._granted = granted
        self._tokens = tokens
        self._now = now
        root = granted.refresh_token.get_secret_value() or granted.access_token.get_secret_value()
        self._mark = hashlib.sha256(root.encode()).hexdigest()[:10]
        self._access, self._refresh = f"access:{self._mark}", f"refresh:{self._mark}"

    @abstractmethod
    def token(self) -> str:
        """A valid access token. Raises ConnectorError where only the owner can help."""

    @abstractmethod
    def _renewed(self) -> str:
        """A new access token from the refresh token, stored before it is given. Raises ConnectorError."""

    def ends_at(self) -> datetime | None:
        """When the owner must consent again at the latest, as far as is known."""
        last = self._refresh_token() or self._access_token()
        return last.expires_at if last is not None and last.expires_at != _UNKNOWN else None

    def using(self, ask: Callable[[str], Said]) -> Said:
        """With a valid token; once more with another where the platform calls it invalid before its time."""
        token = self.token()
        try:
            return ask(token)
        except Refused as refused:
            if refused.refusal.kind is not ErrorClass.AUTH_REFRESH:
                raise
        return ask(self._replaced(token))

    def _replaced(self, value: str) -> str:
        """Another token for one the platform called invalid before its time."""
        with self._tokens.refreshing(self._access):
            kept = self._access_token()
            return kept.value if kept is not None and kept.value != value else self._renewed()

    def _access_token(self) -> Token | None:
        return self._tokens.get(self._access) or _token(self._granted.access_token, self._granted.access_expires_at)

    def _refresh_token(self) -> Token | None:
        return self._tokens.get(self._refresh) or _token(self._granted.refresh_token, self._granted.refresh_expires_at)


def _token(value: SecretStr, expires_at: datetime | None) -> Token | None:
    """A token of unknown end is used until the platform refuses it."""
    said = value.get_secret_value()
    return Token(value=said, expires_at=expires_at or _UNKNOWN) if said else None
