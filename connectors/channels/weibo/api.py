"""One Weibo account's calls: the token in a header, and codes turned into our errors."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from pydantic import BaseModel, ConfigDict, SecretStr

from connectors.base import ErrorClass
from connectors.channels.answers import entries
from connectors.channels.codes import Refused, no_answer
from connectors.channels.pictures import Fitted
from connectors.channels.weibo.codes import ARTICLE_DONE, CODES
from connectors.errors import ConnectorError, FormatChanged, NeedsPerson, OutcomeUnknown
from connectors.http import Answer, HttpClient


class WeiboCredentials(BaseModel):
    """There is no refresh for server apps: a new token comes from a new consent. Empty before the first one."""

    model_config = ConfigDict(extra="forbid")

    app_key: str
    app_secret: SecretStr
    access_token: SecretStr = SecretStr("")
    uid: str = ""
    expires_at: datetime | None = None


class WeiboApi:
    """Raises ConnectorError; Refused for a code of the platform's own."""

    def __init__(self, base_url: str, credentials: WeiboCredentials, http: HttpClient) -> None:
        self._base = base_url.rstrip("/")
        self._credentials = credentials
        self._http = http.named("微博")

    def ask(self, path: str, **params: str) -> dict[str, Any]:
        said = self._asked(path, params)
        if not isinstance(said, dict):
            raise no_answer("微博", 200, writes=False, connector="weibo")
        return said

    def counts(self, status_ids: Iterable[str]) -> list[dict[str, Any]]:
        """Running totals of posts, a hundred at most; what the platform does not know is left out."""
        said = self._asked("/2/statuses/count.json", {"ids": ",".join(status_ids)})
        return entries(said, told_by=(), platform="微博", connector="weibo")

    def _asked(self, path: str, params: Mapping[str, str]) -> Any:
        answer = self._http.call("GET", self._base + path, writes=False, params=params, headers=self._headers())
        return _understood(answer, writes=False)

    def act(
        self, path: str, form: Mapping[str, str], picture: Fitted | None = None, *, base: str = ""
    ) -> dict[str, Any]:
        """A call that changes something; a lost answer, and a "busy" too, is OutcomeUnknown."""
        files = {"pic": (picture.name, picture.content, picture.mime)} if picture else None
        url = (base.rstrip("/") or self._base) + path
        answer = self._http.call("POST", url, writes=True, data=dict(form), files=files, headers=self._headers())
        said = _object(_understood(answer, writes=True), writes=True)
        named = isinstance(said.get("idstr", ""), str) and (said.get("idstr") or said.get("id"))
        if not (named or said.get("error_code")):
            raise no_answer("微博", answer.status, writes=True, connector="weibo")
        return said

    def upload(self, base: str, picture: Fitted) -> str:
        """A picture for a post of the paid interface. Nobody sees it, so a lost answer may be repeated."""
        url = f"{base.rstrip('/')}/2/statuses/upload_pic/biz.json"
        files = {"pic": (picture.name, picture.content, picture.mime)}
        answer = self._http.call("POST", url, writes=False, files=files, headers=self._headers())
        pic_id = str(_object(_understood(answer, writes=False)).get("pic_id") or "")
        if not pic_id:
            raise FormatChanged("微博的答复格式变了，请联系管理员。", connector="weibo")
        return pic_id

    def publish_article(self, fields: Mapping[str, str]) -> dict[str, Any]:
        """A 头条文章 and its post. Percent-encoded as RFC 3986 has it: a `+` would stay a plus sign."""
        body = urlencode(dict(fields), quote_via=quote, safe="").encode()
        headers = {**self._headers(), "Content-Type": "application/x-www-form-urlencoded"}
        url = f"{self._base}/proxy/article/publish.json"
        answer = self._http.call("POST", url, writes=True, data=body, headers=headers)
        said = _object(_understood(answer, writes=True), writes=True)
        code, made = str(said.get("code", "")), said.get("data")
        if not code or (code not in CODES.known() and not isinstance(said["code"], str) and code != ARTICLE_DONE):
            # a number that is none of the platform's says nothing of what became of it
            raise no_answer("微博", answer.status, writes=True, connector="weibo")
        if code != ARTICLE_DONE:
            raise _refused(code, str(said.get("msg") or ""), writes=True)
        if not isinstance(made, dict) or not isinstance(made.get("mid"), str | int) or not made["mid"]:
            raise OutcomeUnknown("微博没有给出文章编号，不能确定是否已发布，需要先核对。", connector="weibo")
        return made

    def token_info(self) -> dict[str, Any]:
        """What the platform knows about our token: `expire_in` in seconds, `uid`."""
        form = {"access_token": self._token()}
        answer = self._http.call("POST", f"{self._base}/oauth2/get_token_info", writes=False, data=form)
        return _object(_understood(answer, writes=False))

    def exchange(self, code: str, redirect_uri: str) -> dict[str, Any]:
        """The token for a code of the consent page; a code works once."""
        form = {
            "client_id": self._credentials.app_key,
            "client_secret": self._credentials.app_secret.get_secret_value(),
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
        }
        answer = self._http.call("POST", f"{self._base}/oauth2/access_token", writes=False, data=form)
        return _object(_understood(answer, writes=False))

    def _headers(self) -> dict[str, str]:
        # as a parameter the token would stand in logs
        return {"Authorization": f"OAuth2 {self._token()}"}

    def _token(self) -> str:
        token = self._credentials.access_token.get_secret_value()
        if not token:
            raise Refused(CODES.refusal("21332"), "21332", "no consent yet", connector="weibo")
        return token


def _understood(answer: Answer, *, writes: bool) -> Any:
    try:
        said = json.loads(answer.body)
    except ValueError:
        said = None
    if answer.status >= 500 or said is None:
        raise no_answer("微博", answer.status, writes=writes, connector="weibo")
    code = str(said.get("error_code", "")) if isinstance(said, dict) else ""
    if code and code != "0":
        raise _refused(code, str(said.get("error_description") or said.get("error") or ""), writes=writes)
    if answer.status >= 400 and writes:
        # 20032 comes with HTTP 400 and means that it was taken: without a code that can be read nobody knows
        raise no_answer("微博", answer.status, writes=True, connector="weibo")
    if answer.status >= 400:
        raise NeedsPerson(f"微博拒绝了请求（HTTP {answer.status}），请检查账号和网络设置。", connector="weibo")
    return said


def _refused(code: str, message: str, *, writes: bool) -> ConnectorError:
    refused = CODES.refused(code, message)
    if writes and refused.refusal.kind is ErrorClass.RETRYABLE:
        # nothing shows that a "system error" of a writing call had no effect
        return OutcomeUnknown(f"微博系统出错（代码 {code}），不能确定是否已生效，需要先核对。", connector="weibo")
    return refused


def _object(said: Any, *, writes: bool = False) -> dict[str, Any]:
    if not isinstance(said, dict) and writes:
        raise no_answer("微博", 200, writes=True, connector="weibo")
    if not isinstance(said, dict):
        raise FormatChanged("微博的答复格式变了，请联系管理员。", connector="weibo")
    return said
