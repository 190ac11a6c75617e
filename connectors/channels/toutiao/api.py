"""Toutiao's video calls, with the envelopes of the same open platform as Douyin's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr

from connectors.channels.answers import entries, text_at
from connectors.channels.codes import no_answer, number
from connectors.channels.toutiao.codes import CODES
from connectors.errors import NeedsPerson, OutcomeUnknown
from connectors.http import Answer, HttpClient

_JSON = {"Content-Type": "application/json"}


class ToutiaoCredentials(BaseModel):
    """For the video interface alone; articles need none."""

    model_config = ConfigDict(extra="forbid")

    open_id: str = ""
    access_token: SecretStr = SecretStr("")


@dataclass(frozen=True)
class Work:
    item_id: str
    title: str
    reviewed: bool
    """Its review is over, whether it passed or not."""
    status: int | None
    """1 and 5: public. 2: unfit. 4: under review."""
    url: str


class ToutiaoApi:
    """Raises ConnectorError; Refused for a code of the platform's own."""

    def __init__(self, base_url: str, credentials: ToutiaoCredentials, http: HttpClient) -> None:
        self._base = base_url.rstrip("/")
        self._credentials = credentials
        self._http = http.named("头条")

    def upload(self, video: bytes) -> str:
        """The number under which `create` finds the video; nobody sees it yet."""
        files = {"video": ("video.mp4", video, "video/mp4")}
        said = self._post("/toutiao/video/upload/", writes=False, files=files)
        return text_at(said, "video", "video_id", platform="头条", connector="toutiao")

    def create(self, video_id: str, title: str) -> str:
        """Makes the work public once the platform has reviewed it."""
        body = json.dumps({"video_id": video_id, "text": title}, ensure_ascii=False).encode()
        said = self._post("/toutiao/video/create/", writes=True, data=body, headers=_JSON)
        item_id = said.get("item_id")
        if not isinstance(item_id, str) or not item_id:
            raise OutcomeUnknown("头条没有给出作品编号，不能确定是否已发布，需要先核对。", connector="toutiao")
        return item_id

    def works(self, count: int = 20) -> list[Work]:
        """The account's newest works."""
        params = self._signed() | {"cursor": "0", "count": str(count)}
        url = f"{self._base}/toutiao/video/list/"
        return _works(understood(self._http.call("GET", url, writes=False, params=params), writes=False))

    def work(self, item_id: str) -> Work | None:
        """One work of the account; None where the platform shows it no more."""
        body = json.dumps({"item_ids": [item_id]}).encode()
        said = self._post("/toutiao/video/data/", writes=False, data=body, headers=_JSON)
        return next((work for work in _works(said) if work.item_id == item_id), None)

    def _post(self, path: str, *, writes: bool, **sent: Any) -> dict[str, Any]:
        answer = self._http.call("POST", self._base + path, writes=writes, params=self._signed(), **sent)
        return understood(answer, writes=writes)

    def _signed(self) -> dict[str, str]:
        token = self._credentials.access_token.get_secret_value()
        if not token or not self._credentials.open_id:
            raise NeedsPerson("头条视频接口缺少授权，请填写账号的 open_id 和 access_token。", connector="toutiao")
        return {"open_id": self._credentials.open_id, "access_token": token}


def understood(answer: Answer, *, writes: bool) -> dict[str, Any]:
    """The answer's `data`, or the error it stands for. Errors come with HTTP 200."""
    try:
        said = json.loads(answer.body)
    except ValueError:
        said = None
    data = said.get("data") if isinstance(said, dict) else None
    if answer.status >= 500 or not isinstance(data, dict):
        raise no_answer("头条", answer.status, writes=writes, connector="toutiao")
    code = str(data.get("error_code") or "0")
    if code != "0":
        raise CODES.refused(code, str(data.get("description") or ""))
    return data


def _works(said: Mapping[str, Any]) -> list[Work]:
    """Raises RetryLater for what is no list of works: it proves nothing about what does not stand in it."""
    told_by = ("item_id", "title", "share_url")
    rows = entries(said.get("list"), told_by=told_by, platform="头条", connector="toutiao")
    return [_work(row) for row in rows]


def _work(row: Mapping[str, Any]) -> Work:
    return Work(
        item_id=row["item_id"],
        title=row["title"],
        reviewed=row.get("is_reviewed") is True,
        status=number(row.get("video_status")),
        url=row["share_url"],
    )
