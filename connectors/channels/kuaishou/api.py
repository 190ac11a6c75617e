"""Kuaishou's calls. Token and secret travel in the query, as the platform wants it: no address is ever logged."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, SecretStr

from connectors.base import ErrorClass
from connectors.channels.codes import no_answer
from connectors.channels.kuaishou.codes import CODES
from connectors.channels.pictures import Fitted
from connectors.errors import FormatChanged, NeedsPerson, OutcomeUnknown
from connectors.http import Answer, HttpClient

PIECE_BYTES = 10 * 1024 * 1024
"""At most so many bytes go up in one call; a longer video goes in fragments."""
_RAW = {"Content-Type": "video/mp4"}
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?")


class KuaishouCredentials(BaseModel):
    """The last six come with the account owner's consent. `consented_at`: older news of its end is about another one."""

    model_config = ConfigDict(extra="forbid")

    app_id: str
    app_secret: SecretStr
    open_id: str = ""
    access_token: SecretStr = SecretStr("")
    access_expires_at: datetime | None = None
    refresh_token: SecretStr = SecretStr("")
    refresh_expires_at: datetime | None = None
    consented_at: datetime | None = None


class KuaishouApi:
    """Raises ConnectorError; Refused for a code of the platform's own."""

    def __init__(
        self,
        base_url: str,
        credentials: KuaishouCredentials,
        http: HttpClient,
        *,
        upload_scheme: Literal["http", "https"] = "http",
        upload_hosts: Iterable[str] = (),
    ) -> None:
        self._base = base_url.rstrip("/")
        self._credentials = credentials
        self._http = http.named("快手")
        self._scheme = upload_scheme
        self._hosts = tuple(upload_hosts)

    # ------------------------------------------------------------ consent

    def exchanged(self, code: str) -> dict[str, Any]:
        """The first pair of tokens for a code of the consent page; a code works once."""
        return self._tokens("access_token", {"code": code, "grant_type": "authorization_code"}, writes=False)

    def refreshed(self, refresh_token: str) -> dict[str, Any]:
        """The next pair; the refresh token given is thrown away at once, so a lost answer is OutcomeUnknown."""
        fields = {"refresh_token": refresh_token, "grant_type": "refresh_token"}
        return self._tokens("refresh_token", fields, writes=True)

    def _tokens(self, path: str, fields: Mapping[str, str], *, writes: bool) -> dict[str, Any]:
        secret = self._credentials.app_secret.get_secret_value()
        params = {"app_id": self._credentials.app_id, "app_secret": secret, **fields}
        answer = self._http.call("GET", f"{self._base}/oauth2/{path}", writes=writes, params=params)
        return understood(answer, writes=writes)

    # ------------------------------------------------------------ as the account's owner

    def ask(self, path: str, token: str, **params: str) -> dict[str, Any]:
        answer = self._http.call("GET", self._base + path, writes=False, params=self._signed(token, params))
        return understood(answer, writes=False)

    def delete(self, token: str, photo_id: str) -> None:
        params = self._signed(token, {"photo_id": photo_id})
        answer = self._http.call("POST", f"{self._base}/openapi/photo/delete", writes=True, params=params)
        understood(answer, writes=True)

    def publish(self, token: str, upload_token: str, caption: str, cover: Fitted) -> dict[str, Any]:
        """The one call that makes something public; a lost answer, and a "busy" too, is OutcomeUnknown."""
        answer = self._http.call(
            "POST",
            f"{self._base}/openapi/photo/publish",
            writes=True,
            params=self._signed(token, {"upload_token": upload_token}),
            data={"caption": caption},
            files={"cover": (cover.name, cover.content, cover.mime)},
        )
        said = understood(answer, writes=True)
        made = said.get("video_info")
        if not isinstance(made, dict) or not isinstance(made.get("photo_id"), str) or not made["photo_id"]:
            raise OutcomeUnknown("快手没有给出作品编号，不能确定是否已发布，需要先核对。", connector="kuaishou")
        return made

    def _signed(self, token: str, params: Mapping[str, str]) -> dict[str, str]:
        return {"app_id": self._credentials.app_id, "access_token": token, **params}

    # ------------------------------------------------------------ the upload, which shows nothing to anybody

    def start_upload(self, token: str) -> tuple[str, str]:
        """An upload token, good for one publish, and the address of the machine that takes the video."""
        url = f"{self._base}/openapi/photo/start_upload"
        said = understood(self._http.call("POST", url, writes=False, params=self._signed(token, {})), writes=False)
        upload_token, endpoint = str(said.get("upload_token") or ""), str(said.get("endpoint") or "")
        if not upload_token or not endpoint:
            raise FormatChanged("快手的答复格式变了，请联系管理员。", connector="kuaishou")
        return upload_token, self._upload_base(endpoint)

    def _upload_base(self, endpoint: str) -> str:
        """The answer names a machine: only one of the platform's own is sent the video."""
        host = (urlsplit(f"//{endpoint}").hostname or "") if _HOST.fullmatch(endpoint) else ""
        own = urlsplit(self._base).hostname
        if host and (host == own or any(host == name or host.endswith(f".{name}") for name in self._hosts)):
            return f"{self._scheme}://{endpoint}/api/upload"
        raise NeedsPerson("快手给出的上传地址不在允许的域名里，请管理员核对后加到账号设置的上传域名。")

    def upload_whole(self, base: str, upload_token: str, content: bytes) -> None:
        self._upload(base, {"upload_token": upload_token}, content)

    def upload_piece(self, base: str, upload_token: str, place: int, content: bytes) -> None:
        """`place` counts from 0."""
        self._upload(f"{base}/fragment", {"upload_token": upload_token, "fragment_id": str(place)}, content)

    def upload_end(self, base: str, upload_token: str, pieces: int) -> None:
        self._upload(f"{base}/complete", {"upload_token": upload_token, "fragment_count": str(pieces)}, b"")

    def _upload(self, url: str, params: Mapping[str, str], content: bytes) -> None:
        headers = _RAW if content else {}
        understood(
            self._http.call("POST", url, writes=False, params=params, data=content, headers=headers), writes=False
        )


def understood(answer: Answer, *, writes: bool) -> dict[str, Any]:
    """The answer, if its `result` is 1; else the error it stands for. Errors come with HTTP 200."""
    try:
        said = json.loads(answer.body)
    except ValueError:
        said = None
    if answer.status >= 500 or not isinstance(said, dict) or "result" not in said:
        if 400 <= answer.status < 500:
            raise NeedsPerson(f"快手拒绝了请求（HTTP {answer.status}），请检查账号和网络设置。", connector="kuaishou")
        raise no_answer("快手", answer.status, writes=writes, connector="kuaishou")
    code = str(said["result"])
    if code == "1":
        return said
    refused = CODES.refused(code, str(said.get("error_msg") or said.get("error") or ""))
    if writes and refused.refusal.kind is ErrorClass.RETRYABLE:
        # nothing shows that a "system error" of a writing call had no effect
        raise OutcomeUnknown(
            f"快手系统出错（代码 {code}），不能确定是否已生效，需要先核对。", connector="kuaishou"
        ) from refused
    raise refused
