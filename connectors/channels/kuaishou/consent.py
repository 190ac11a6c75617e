"""The account owner's consent: 48 hours per access token, 180 days in all, and a refresh token that works once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors.base import ErrorClass, Token, TokenShelf
from connectors.channels.codes import Refused, number
from connectors.channels.consented import ShelvedConsent
from connectors.channels.kuaishou.api import KuaishouApi, KuaishouCredentials
from connectors.channels.kuaishou.codes import CODES
from connectors.errors import ConnectorError, OutcomeUnknown, RetryLater

_REFRESH_BEFORE = timedelta(hours=24)  # of 48


class Consent(ShelvedConsent):
    """No refresh moves the day on which the owner must consent anew."""

    def __init__(
        self, api: KuaishouApi, credentials: KuaishouCredentials, tokens: TokenShelf, now: Callable[[], datetime]
    ) -> None:
        super().__init__(credentials, tokens, now)
        self._api = api

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
                return self._renewed()
            except ConnectorError:
                # the present one works to its own end: the owner hears of it from the check, and posts still go out
                if kept is not None and kept.expires_at > self._now():
                    return kept.value
                raise

    def _renewed(self) -> str:
        before, refresh = self._access_token(), self._refresh_token()
        if refresh is None:
            raise _ended("100200111")
        if refresh.expires_at <= self._now():
            raise _ended("100200110")
        try:
            pair = self._api.refreshed(refresh.value)
        except Refused as refused:
            if refused.refusal.kind is not ErrorClass.AUTH_REAUTH or self._tokens.end(self._refresh, refresh.value):
                # where it never will work: the desk shows that the consent has ended, and nobody asks with it again
                raise
            return self._of_another(before)
        except OutcomeUnknown as error:
            # about tokens, not about a post; whether the old one still works shows at the next try
            raise RetryLater("换取快手的新凭证时没有得到答复，稍后会再试。", connector="kuaishou") from error
        return self._kept(pair, refresh)

    def _of_another(self, before: Token | None) -> str:
        """Somebody else has used the refresh token: theirs is the pair that lives, and it is stored, or soon will be."""
        kept = self._access_token()
        if kept is None or (before is not None and kept.value == before.value):
            raise RetryLater("另一个进程正在更换快手的凭证，稍后会再试。", connector="kuaishou", after=10)
        return kept.value

    def _kept(self, pair: Mapping[str, Any], old: Token) -> str:
        """Both are stored before anything else happens, the one that cannot be had again first."""
        access, refresh = str(pair.get("access_token") or ""), str(pair.get("refresh_token") or "")
        if refresh:
            told = number(pair.get("refresh_token_expires_in"))
            # it inherits the end of the first one, whatever the answer says
            ends = min(old.expires_at, self._after(told)) if told else old.expires_at
            self._tokens.put(self._refresh, Token(value=refresh, expires_at=ends))
        if not access:
            # never overwrite a token that works by an empty one; the old refresh token is thrown away all the same
            raise RetryLater("快手没有给出新的凭证，稍后会再试。", connector="kuaishou")
        self._tokens.put(self._access, Token(value=access, expires_at=self._after(number(pair.get("expires_in")))))
        return access

    def _after(self, seconds: int | None) -> datetime:
        return self._now() + timedelta(seconds=seconds or 0)


def _ended(code: str) -> Refused:
    return Refused(CODES.refusal(code), code, "no refresh token that works", connector="kuaishou")
