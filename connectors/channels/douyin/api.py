"""Douyin's calls: envelopes in their several forms, client token, share id, ticket, and what a user token may read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr

from connectors.base import ErrorClass, Token, TokenShelf
from connectors.channels.answers import text_at
from connectors.channels.codes import Refused, no_answer, number
from connectors.channels.douyin.codes import CODES
from connectors.channels.pictures import Fitted
from connectors.errors import OutcomeUnknown
from connectors.http import Answer, HttpClient

_CLIENT, _TICKET, _CLOCK = "client", "ticket", "clock"
_CLOCK_SECONDS = 30.0
"""Less is the time an answer takes."""
_CLOCK_KEPT = timedelta(hours=6)
"""Longer than a ticket, with which no answer comes that tells the time."""
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


_text_at = partial(text_at, platform="抖音", connector="douyin")


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
        return _text_at(data, "share_id")

    def ticket(self) -> str:
        """What a share is signed with; shared and kept as long as the platform says."""
        kept = self._kept(_TICKET)
        if kept is None:
            with self._tokens.refreshing(_TICKET):
                kept = self._kept(_TICKET) or self._fetch_ticket()
        return kept.value

    def _fetch_ticket(self) -> Token:
        data = self._as_client("/open/getticket/", {})
        return self._keep(_TICKET, _text_at(data, "ticket"), data)

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
        return self._keep(_CLIENT, _text_at(data, "access_token"), data)

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
                answer = self._got(path, params, token.value)
                self._note_clock(answer)
                return understood(answer, writes=False)
            except Refused as refused:
                if refused.refusal.kind is not ErrorClass.AUTH_REFRESH or last:
                    raise
                self._tokens.drop(_CLIENT, token.value)
        raise AssertionError("the second round returns or raises")

    def platform_now(self) -> datetime:
        """The time by the platform's clock, as far as its last answers told: a share signed by another clock has expired."""
        kept = self._kept(_CLOCK)
        return self._now() + timedelta(seconds=float(kept.value) if kept is not None else 0.0)

    def _note_clock(self, answer: Answer) -> None:
        told = told_time(answer)
        if told is None:
            return
        off = (told - self._now()).total_seconds()
        if abs(off - (self.platform_now() - self._now()).total_seconds()) > _CLOCK_SECONDS:
            self._tokens.put(_CLOCK, Token(value=str(round(off)), expires_at=self._now() + _CLOCK_KEPT))

    def get(self, path: str, params: Mapping[str, str], token: str) -> dict[str, Any]:
        return understood(self._got(path, params, token), writes=False)

    def _got(self, path: str, params: Mapping[str, str], token: str) -> Answer:
        headers = {"access-token": token}
        return self._http.call("GET", self._base + path, writes=False, params=params, headers=headers)

    def post_json(
        self, path: str, body: Mapping[str, Any], *, token: str = "", params: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """A POST that only asks; Douyin reads with it as well."""
        headers = {**_JSON, "access-token": token} if token else dict(_JSON)
        data = json.dumps(body, ensure_ascii=False).encode()
        answer = self._http.call("POST", self._base + path, writes=False, params=params, data=data, headers=headers)
        return understood(answer, writes=False)

    def upload(
        self, path: str, *, token: str, params: Mapping[str, str], file: tuple[str, Fitted] | None
    ) -> dict[str, Any]:
        """Something for a later create call. Nobody sees it, so a lost answer may be repeated."""
        files = {file[0]: (file[1].name, file[1].content, file[1].mime)} if file else None
        headers = {"access-token": token}
        answer = self._http.call("POST", self._base + path, writes=False, params=params, files=files, headers=headers)
        return understood(answer, writes=False)

    def create(self, path: str, body: Mapping[str, Any], *, token: str, params: Mapping[str, str]) -> dict[str, Any]:
        """The one call that makes a work; a lost answer, and a "busy" too, is OutcomeUnknown."""
        headers, data = {**_JSON, "access-token": token}, json.dumps(body, ensure_ascii=False).encode()
        answer = self._http.call("POST", self._base + path, writes=True, params=params, data=data, headers=headers)
        try:
            return understood(answer, writes=True)
        except Refused as refused:
            if refused.refusal.kind is not ErrorClass.RETRYABLE:
                raise
            # nothing shows that a "system error" of a writing call had no effect
            words = f"抖音系统出错（代码 {refused.code}），不能确定是否已生效，需要先核对。"
            raise OutcomeUnknown(words, connector="douyin") from refused

    def post_form(self, path: str, form: Mapping[str, str], *, writes: bool) -> dict[str, Any]:
        answer = self._http.call("POST", self._base + path, writes=writes, data=dict(form))
        return understood(answer, writes=writes)


def told_time(answer: Answer) -> datetime | None:
    """When the platform answered, by its own clock: milliseconds in `extra`. Pure."""
    try:
        told = number(json.loads(answer.body)["extra"]["now"])
        return datetime.fromtimestamp(told / 1000, UTC) if told else None
    except (ValueError, KeyError, TypeError, OverflowError, OSError):
        return None


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
