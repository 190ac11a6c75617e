"""One WeChat account's calls: token, JSON in real UTF-8, uploads, and codes turned into our errors."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr

from connectors.base import ErrorClass, Token, TokenShelf
from connectors.channels.answers import text_at
from connectors.channels.codes import Refused, no_answer
from connectors.channels.pictures import Fitted
from connectors.channels.wechat.codes import CODES
from connectors.errors import ConnectorError, OutcomeUnknown, RetryLater
from connectors.http import Answer, HttpClient

_TOKEN = "access"
# the platform renews by itself in a token's last five minutes, and old and new both work meanwhile
_MARGIN_SECONDS = 300
_LEAST_SECONDS = 5


class WeChatCredentials(BaseModel):
    """`callback_token` and `aes_key` are those of the server settings page; without the key, events are not encrypted."""

    model_config = ConfigDict(extra="forbid")

    appid: str
    appsecret: SecretStr
    callback_token: SecretStr = SecretStr("")
    aes_key: SecretStr = SecretStr("")


class WeChatApi:
    """Raises ConnectorError; Refused for a code of the platform's own."""

    def __init__(
        self,
        base_url: str,
        credentials: WeChatCredentials,
        http: HttpClient,
        tokens: TokenShelf,
        now: Callable[[], datetime],
    ) -> None:
        self._base = base_url.rstrip("/")
        self._credentials = credentials
        self._http = http.named("微信")
        self._tokens = tokens
        self._now = now

    def ask(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A reading call. `body` None: GET."""
        if body is None:
            return self._with_token("GET", path, writes=False)
        return self._with_token("POST", path, writes=False, data=_encoded(body), headers=_JSON)

    def act(
        self, path: str, body: Mapping[str, Any], *, gives: str = "", answers: frozenset[str] = frozenset()
    ) -> dict[str, Any]:
        """A call that changes something; a lost answer, one without what it `gives`, and a "busy" too, is OutcomeUnknown.

        `answers`: codes that are no refusal here.
        """
        said = self._with_token("POST", path, writes=True, answers=answers, data=_encoded(body), headers=_JSON)
        if gives and not said.get(gives) and not said.get("errcode"):
            raise no_answer("微信", 200, writes=True, connector="wechat")
        return said

    def upload(self, path: str, picture: Fitted, *, gives: str, **params: str) -> str:
        """A picture; its id or address. It may be repeated without harm, so a lost answer is RetryLater."""
        files = {"media": (picture.name, picture.content, picture.mime)}
        said = self._with_token("POST", path, writes=False, files=files, params=params)
        return text_at(said, gives, platform="微信", connector="wechat")

    def page(self, url: str) -> Answer:
        """A page as any reader gets it, without a token."""
        return self._http.call("GET", url, writes=False)

    def token(self) -> Token:
        """The shared token; fetched by one process at a time."""
        kept = self._kept()
        if kept is not None:
            return kept
        with self._tokens.refreshing(_TOKEN):
            # somebody else may have fetched it while we waited for the lock
            return self._kept() or self._fetch_token()

    def _kept(self) -> Token | None:
        kept = self._tokens.get(_TOKEN)
        return kept if kept is not None and kept.expires_at > self._now() else None

    def _fetch_token(self) -> Token:
        body = {
            "grant_type": "client_credential",
            "appid": self._credentials.appid,
            "secret": self._credentials.appsecret.get_secret_value(),
        }
        answer = self._http.call(
            "POST", f"{self._base}/cgi-bin/stable_token", writes=False, data=_encoded(body), headers=_JSON
        )
        said = _understood(answer, writes=False)
        if not isinstance(said.get("access_token"), str):
            raise RetryLater("微信没有给出访问凭证，稍后会再试。", connector="wechat")
        remaining = int(said.get("expires_in") or 0)
        seconds = max(remaining - _MARGIN_SECONDS, _LEAST_SECONDS)
        token = Token(value=said["access_token"], expires_at=self._now() + timedelta(seconds=seconds))
        self._tokens.put(_TOKEN, token)
        return token

    def _with_token(
        self,
        method: str,
        path: str,
        *,
        writes: bool,
        answers: frozenset[str] = frozenset(),
        params: Mapping[str, str] | None = None,
        **request: Any,
    ) -> dict[str, Any]:
        for last in (False, True):
            token = self.token()
            answer = self._http.call(
                method,
                f"{self._base}{path}",
                writes=writes,
                params={"access_token": token.value, **(params or {})},
                **request,
            )
            try:
                return _understood(answer, writes=writes, answers=answers)
            except Refused as refused:
                if refused.refusal.kind is not ErrorClass.AUTH_REFRESH or last:
                    raise
                self._tokens.drop(_TOKEN, token.value)
        raise AssertionError("the second round returns or raises")


_JSON = {"Content-Type": "application/json; charset=utf-8"}


def _encoded(body: Mapping[str, Any]) -> bytes:
    # \u escapes would appear literally in the article
    return json.dumps(body, ensure_ascii=False).encode("utf-8")


def _understood(answer: Answer, *, writes: bool, answers: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The answer's JSON, or the error it stands for. Success is errcode 0 or none."""
    said = _json(answer.body)
    if answer.status >= 500 or said is None:
        raise no_answer("微信", answer.status, writes=writes, connector="wechat")
    code = str(said.get("errcode", 0))
    if code != "0" and code not in answers:
        raise _refused(code, str(said.get("errmsg", "")), writes=writes)
    return said


def _refused(code: str, message: str, *, writes: bool) -> ConnectorError:
    refused = CODES.refused(code, message)
    if writes and refused.refusal.kind is ErrorClass.RETRYABLE:
        # nothing shows that a "system busy" of a writing call had no effect
        return OutcomeUnknown(f"微信系统繁忙（代码 {code}），不能确定是否已生效，需要先核对。", connector="wechat")
    return refused


def _json(body: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(body)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None
