"""Douyin's calls: envelopes in their several forms, client token, share id, ticket, and what a user token may read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr

from connectors.base import ErrorClass, Token, TokenShelf
from connectors.channels.codes import Refused, no_answer, number
from connectors.channels.douyin.codes import CODES
from connectors.http import Answer, HttpClient

_CLIENT, _TICKET = "client", "ticket"
_MARGIN_SECONDS = 300
_JSON = {"Content-Type": "application/json"}


class DouyinCredentials(BaseModel):
    """The last five come with the account owner's consent to reading data; without it only the hand-off works."""

    model_config = ConfigDict(extra="forbid")

    client_key: str
    client_secret: SecretStr
    open_id: str = ""
    access_token: SecretStr = SecretStr("")
    access_expires_at: datetime | None = None
    refresh_token: SecretStr = SecretStr("")
    refresh_expires_at: datetime | None = None


class DouyinApi:
    """Raises ConnectorError; Refused for a code of the platform's own."""

    def __init__(
        self,
        base_url: str,
        credentials: DouyinCredentials,
        http: HttpClient,
        tokens: TokenShelf,
        now: Callable[[], datetime],
    ) -> None:
        self._base = base_url.rstrip("/")
        self._credentials = credentials
        self._http = http.named("抖音")
        self._tokens = tokens
        self._now = now

    def share_id(self) -> str:
        """A number under which the platform will report what the person did with our share."""
        data = self._as_client("/share-id/", {"need_callback": "true"})
        return str(data["share_id"])

    def ticket(self) -> str:
        """What a share is signed with; shared and kept as long as the platform says."""
        kept = self._kept(_TICKET)
        if kept is None:
            with self._tokens.refreshing(_TICKET):
                kept = self._kept(_TICKET) or self._fetch_ticket()
        return kept.value

    def _fetch_ticket(self) -> Token:
        data = self._as_client("/open/getticket/", {})
        return self._keep(_TICKET, str(data["ticket"]), data)

    def client_token(self) -> Token:
        kept = self._kept(_CLIENT)
        if kept is None:
            with self._tokens.refreshing(_CLIENT):
                kept = self._kept(_CLIENT) or self._fetch_client_token()
        return kept

    def _fetch_client_token(self) -> Token:
        body = {
            "client_key": self._credentials.client_key,
            "client_secret": self._credentials.client_secret.get_secret_value(),
            "grant_type": "client_credential",
        }
        data = self.post_json("/oauth/client_token/", body)
        return self._keep(_CLIENT, str(data["access_token"]), data)

    def _kept(self, kind: str) -> Token | None:
        kept = self._tokens.get(kind)
        return kept if kept is not None and kept.expires_at > self._now() else None

    def _keep(self, kind: str, value: str, data: Mapping[str, Any]) -> Token:
        seconds = max((number(data.get("expires_in")) or 0) - _MARGIN_SECONDS, 5)
        token = Token(value=value, expires_at=self._now() + timedelta(seconds=seconds))
        self._tokens.put(kind, token)
        return token

    def _as_client(self, path: str, params: Mapping[str, str]) -> dict[str, Any]:
        for last in (False, True):
            token = self.client_token()
            try:
                return self.get(path, params, token.value)
            except Refused as refused:
                if refused.refusal.kind is not ErrorClass.AUTH_REFRESH or last:
                    raise
                self._tokens.drop(_CLIENT, token.value)
        raise AssertionError("the second round returns or raises")

    def get(self, path: str, params: Mapping[str, str], token: str) -> dict[str, Any]:
        answer = self._http.call("GET", self._base + path, writes=False, params=params, headers={"access-token": token})
        return understood(answer, writes=False)

    def post_json(
        self, path: str, body: Mapping[str, Any], *, token: str = "", params: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """A POST that only asks; Douyin reads with it as well."""
        headers = {**_JSON, "access-token": token} if token else dict(_JSON)
        data = json.dumps(body, ensure_ascii=False).encode()
        answer = self._http.call("POST", self._base + path, writes=False, params=params, data=data, headers=headers)
        return understood(answer, writes=False)

    def post_form(self, path: str, form: Mapping[str, str], *, writes: bool) -> dict[str, Any]:
        answer = self._http.call("POST", self._base + path, writes=writes, data=dict(form))
        return understood(answer, writes=writes)


def understood(answer: Answer, *, writes: bool) -> dict[str, Any]:
    """The answer's `data`, or the error it stands for. Errors come with HTTP 200, in one of three places."""
    try:
        said = json.loads(answer.body)
    except ValueError:
        said = None
    if answer.status >= 500 or not isinstance(said, dict):
        raise no_answer("抖音", answer.status, writes=writes, connector="douyin")
    data, extra = _part(said, "data"), _part(said, "extra")
    for place in (extra, data, said):
        code = str(place.get("error_code") or place.get("err_no") or "0")
        if code != "0":
            raise CODES.refused(
                code, str(place.get("description") or place.get("err_msg") or said.get("message") or "")
            )
    return data


def _part(said: dict[str, Any], name: str) -> dict[str, Any]:
    part = said.get(name)
    return part if isinstance(part, dict) else {}
