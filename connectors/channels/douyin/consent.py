"""The account owner's consent to reading data, kept alive as long as the platform allows: 30 days and five renewals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors.base import ErrorClass, Refusal, Token, TokenShelf
from connectors.channels.codes import Refused, number
from connectors.channels.consented import ShelvedConsent
from connectors.channels.douyin.api import DouyinApi, DouyinCredentials
from connectors.errors import ConnectorError, NeedsPerson

_RENEWALS_MAX = 5  # the sixth never works
_REFRESH_BEFORE = timedelta(days=4)  # of 15
_RENEW_BEFORE = timedelta(days=5)  # of 30
_REFUSED_WAITS = timedelta(days=1)


class Consent(ShelvedConsent):
    """The refresh token is renewed near its end, five times at most."""

    def __init__(
        self, api: DouyinApi, credentials: DouyinCredentials, tokens: TokenShelf, now: Callable[[], datetime]
    ) -> None:
        super().__init__(credentials, tokens, now)
        self._api = api
        self._credentials = credentials
        self._count, self._no = f"renewals:{self._mark}", f"no_renewal:{self._mark}"

    @property
    def given(self) -> bool:
        has_token = (
            self._credentials.access_token.get_secret_value() or self._credentials.refresh_token.get_secret_value()
        )
        return bool(self._credentials.open_id and has_token)

    def token(self) -> str:
        """A valid user token. Raises NeedsPerson where only the owner can help."""
        if not self.given:
            raise NeedsPerson("抖音账号还没有授权读取数据，请在账号页授权。", connector="douyin")
        kept = self._access_token()
        if self._fresh(kept) and not self._renewal_due():
            assert kept is not None
            return kept.value
        with self._tokens.refreshing(self._access):
            return self._kept_alive()

    def ask(self) -> None:
        """Does the consent stand? The platform is asked: a token that lives is none where the owner took it back.
        Raises ConnectorError."""
        self.using(self._asked_who)

    def _asked_who(self, token: str) -> None:
        form = {"access_token": token, "open_id": self._credentials.open_id}
        self._api.post_form("/oauth/userinfo/", form, writes=False)

    def _kept_alive(self) -> str:
        kept = self._access_token()
        try:
            refresh = self._lengthened()
            return kept.value if kept is not None and self._fresh(kept) else self._refresh_access(refresh)
        except ConnectorError:
            # the present one still works for some days: try again at the next call
            if kept is not None and kept.expires_at > self._now():
                return kept.value
            raise

    def _fresh(self, kept: Token | None) -> bool:
        return kept is not None and kept.expires_at > self._now() + _REFRESH_BEFORE

    def _renewal_due(self) -> bool:
        refresh = self._refresh_token()
        near = refresh is not None and self._now() < refresh.expires_at <= self._now() + _RENEW_BEFORE
        return near and self._renewals() < _RENEWALS_MAX and not self._refused_of_late()

    def _refused_of_late(self) -> bool:
        no = self._tokens.get(self._no)
        return no is not None and self._now() < no.expires_at

    def _renewals(self) -> int:
        kept = self._tokens.get(self._count)
        return int(kept.value) if kept is not None else 0

    def _renewed(self) -> str:
        return self._refresh_access(self._lengthened())

    def _refresh_access(self, refresh: str) -> str:
        form = {
            "client_key": self._credentials.client_key,
            "grant_type": "refresh_token",
            "refresh_token": refresh,
        }
        data = self._api.post_form("/oauth/refresh_token/", form, writes=False)
        return self._keep(self._access, data, "access_token", "expires_in").value

    def _lengthened(self) -> str:
        """The refresh token, renewed when its end is near and one of the five renewals is left."""
        refresh = self._refresh_token()
        if refresh is None or refresh.expires_at <= self._now():
            raise _ended()
        if not self._renewal_due():
            return refresh.value
        form = {"client_key": self._credentials.client_key, "refresh_token": refresh.value}
        try:
            data = self._api.post_form("/oauth/renew_refresh_token/", form, writes=True)
        except Refused as refused:
            # whatever the code (10020 here is no rate limit): the present one works until its end
            self._tokens.put(self._no, Token(value=refused.code, expires_at=self._now() + _REFUSED_WAITS))
            return refresh.value
        except ConnectorError:
            # an outage: tried again at the next call
            return refresh.value
        fresh = self._keep(self._refresh, data, "refresh_token", "expires_in")
        # only what worked counts: an outage must not use up the five. A lost one that worked left us no token to renew
        done = Token(value=str(self._renewals() + 1), expires_at=self._now() + timedelta(days=400))
        self._tokens.put(self._count, done)
        return fresh.value

    def _keep(self, kind: str, data: Mapping[str, Any], name: str, seconds: str) -> Token:
        value = str(data.get(name) or "")
        if not value:
            # never overwrite a token that works by an empty one
            raise NeedsPerson("抖音没有给出新的凭证，请在账号页重新授权。", connector="douyin")
        token = Token(value=value, expires_at=self._now() + timedelta(seconds=number(data.get(seconds)) or 0))
        self._tokens.put(kind, token)
        return token


def _ended() -> Refused:
    refusal = Refusal(kind=ErrorClass.AUTH_REAUTH, cause="抖音授权已到期。", remedy="请在账号页重新授权。")
    return Refused(refusal, "", "refresh token expired", connector="douyin")
