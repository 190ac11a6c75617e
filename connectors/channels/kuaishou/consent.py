"""The account owner's consent: 48 hours per access token, 180 days in all, and a refresh token that works once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from connectors.base import ErrorClass, Token, TokenShelf
from connectors.channels.codes import Refused, number
from connectors.channels.kuaishou.api import KuaishouApi, KuaishouCredentials
from connectors.channels.kuaishou.codes import CODES
from connectors.errors import ConnectorError, OutcomeUnknown, RetryLater

_REFRESH_BEFORE = timedelta(hours=24)  # of 48
Said = TypeVar("Said")
_UNKNOWN = datetime(9999, 1, 1, tzinfo=UTC)


class Consent:
    """Tokens are shelved under the consent they stem from, so that a new consent is never mixed with an old one."""

    def __init__(
        self, api: KuaishouApi, credentials: KuaishouCredentials, tokens: TokenShelf, now: Callable[[], datetime]
    ) -> None:
        self._api = api
        self._credentials = credentials
        self._tokens = tokens
        self._now = now
        root = credentials.refresh_token.get_secret_value() or credentials.access_token.get_secret_value()
        mark = hashlib.sha256(root.encode()).hexdigest()[:10]
        self._access, self._refresh = f"access:{mark}", f"refresh:{mark}"

    def ends_at(self) -> datetime | None:
        """When the owner must consent anew: no refresh moves this day."""
        last = self._refresh_token() or self._access_token()
        return last.expires_at if last is not None and last.expires_at != _UNKNOWN else None

    def token(self) -> str:
        """A valid access token. Raises Refused where only the owner can help."""
        kept = self._access_token()
        if kept is not None and kept.expires_at > self._now() + _REFRESH_BEFORE:
            return kept.value
        with self._tokens.refreshing(self._access):
            kept = self._access_token()
            if kept is not None and kept.expires_at > self._now() + _REFRESH_BEFORE:
                return kept.value
            try:
                return self._refreshed()
            except ConnectorError:
                # the present one works to its own end: the owner hears of it from the check, and posts still go out
                if kept is not None and kept.expires_at > self._now():
                    return kept.value
                raise

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
            return kept.value if kept is not None and kept.value != value else self._refreshed()

    def _refreshed(self) -> str:
        refresh = self._refresh_token()
        if refresh is None:
            raise _ended("100200111")
        if refresh.expires_at <= self._now():
            raise _ended("100200110")
        try:
            pair = self._api.refreshed(refresh.value)
        except Refused as refused:
            if refused.refusal.kind is ErrorClass.AUTH_REAUTH:
                # it never will work: the desk shows that the consent has ended, and nobody asks with it again
                self._tokens.put(self._refresh, Token(value=refresh.value, expires_at=self._now()))
            raise
        except OutcomeUnknown as error:
            # about tokens, not about a post; whether the old one still works shows at the next try
            raise RetryLater("换取快手的新凭证时没有得到答复，稍后会再试。", connector="kuaishou") from error
        return self._kept(pair, refresh)

    def _kept(self, pair: Mapping[str, Any], old: Token) -> str:
        """Both are stored before anything else happens, the one that cannot be had again first."""
        access, refresh = str(pair.get("access_token") or ""), str(pair.get("refresh_token") or "")
        if not access:
            # never overwrite a token that works by an empty one
            raise RetryLater("快手没有给出新的凭证，稍后会再试。", connector="kuaishou")
        if refresh:
            told = number(pair.get("refresh_token_expires_in"))
            # it inherits the end of the first one, whatever the answer says
            ends = min(old.expires_at, self._after(told)) if told else old.expires_at
            self._tokens.put(self._refresh, Token(value=refresh, expires_at=ends))
        self._tokens.put(self._access, Token(value=access, expires_at=self._after(number(pair.get("expires_in")))))
        return access

    def _after(self, seconds: int | None) -> datetime:
        return self._now() + timedelta(seconds=seconds or 0)

    def _access_token(self) -> Token | None:
        return self._tokens.get(self._access) or _token(
            self._credentials.access_token.get_secret_value(), self._credentials.access_expires_at
        )

    def _refresh_token(self) -> Token | None:
        return self._tokens.get(self._refresh) or _token(
            self._credentials.refresh_token.get_secret_value(), self._credentials.refresh_expires_at
        )


def _token(value: str, expires_at: datetime | None) -> Token | None:
    """A token of unknown end is used until the platform refuses it."""
    return Token(value=value, expires_at=expires_at or _UNKNOWN) if value else None


def _ended(code: str) -> Refused:
    return Refused(CODES.refusal(code), code, "no refresh token that works", connector="kuaishou")
