"""The one HTTP client: time-outs, size caps, user agent, and the one place where statuses become our errors."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import LocationParseError

from connectors.base import RawPage
from connectors.errors import ConnectorError, NeedsPerson, OutcomeUnknown, RetryLater
from connectors.network import adapter

USER_AGENT = "kepu/0.1 (+science newsroom; respects robots.txt)"
_SECRET_PARAMETER = re.compile(
    r"((?:access_token|secret|appsecret|client_secret|refresh_token|ticket|signature|code)=)[^&\s'\"]+", re.I
)


def scrub(text: str) -> str:
    """The text without the values of tokens and secrets that platforms put into addresses."""
    return _SECRET_PARAMETER.sub(r"\1***", text)


@dataclass(frozen=True)
class HttpLimits:
    """Seconds and bytes. `total_seconds` bounds one answer from first byte to last."""

    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    total_seconds: float = 30.0
    max_bytes: int = 12 * 1024 * 1024
    max_redirects: int = 5


@dataclass(frozen=True)
class Answer:
    status: int
    url: str
    headers: dict[str, str]
    """Lower-cased names."""
    body: bytes


class HttpClient:
    """Thread-safe enough for one thread per client; cheap to make."""

    def __init__(
        self,
        limits: HttpLimits | None = None,
        *,
        now: Callable[[], datetime],
        user_agent: str = USER_AGENT,
        inside: bool = True,
    ) -> None:
        """Without `inside`, nobody on this machine or in a private network is asked."""
        self._limits = limits or HttpLimits()
        self._now = now
        self._session = requests.Session()
        self._session.max_redirects = self._limits.max_redirects
        self._session.trust_env = False
        self._session.headers["User-Agent"] = user_agent
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter(self._limits.total_seconds, inside=inside))
        self._name = ""

    def named(self, name: str) -> HttpClient:
        """The same client for one platform: its messages name the platform instead of a machine."""
        client = copy.copy(self)
        client._name = name
        return client

    def now(self) -> datetime:
        """The time by the clock this client was made with."""
        return self._now()

    def fetch(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        accept: str = "*/*",
        allowed: Callable[[str], bool] | None = None,
    ) -> RawPage:
        """A page for a source, with a conditional GET. Raises ConnectorError for everything but 200 and 304.

        `allowed` is asked before a redirect is followed.
        """
        headers = {"Accept": accept}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        answer = self.call("GET", url, headers=headers, writes=False, allowed=allowed)
        if answer.status != 304:
            _raise_for_status(answer)
        return RawPage(
            url=answer.url,
            status=answer.status,
            body=answer.body,
            headers=answer.headers,
            fetched_at=self._now(),
            not_modified=answer.status == 304,
        )

    def call(
        self,
        method: str,
        url: str,
        *,
        writes: bool,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        data: Any = None,
        files: Any = None,
        allowed: Callable[[str], bool] | None = None,
    ) -> Answer:
        """One exchange. A lost answer of a writing call is OutcomeUnknown, of a reading one RetryLater."""
        peer = _Peer(_host(url), self._name)
        try:
            response = self._session.request(
                method,
                url,
                params=params,
                headers=headers,
                data=data,
                files=files,
                hooks={"response": [self._guard(allowed)]} if allowed else None,
                # a writing call that is sent on elsewhere could have its effect twice
                allow_redirects=not writes,
                stream=True,
                timeout=(self._limits.connect_seconds, self._limits.read_seconds),
            )
            body = self._read(response)
        except requests.exceptions.ConnectTimeout as error:
            raise RetryLater(f"连不上{peer.after}：连接超时，稍后会再试。") from error
        except (
            requests.exceptions.InvalidURL,
            requests.exceptions.InvalidSchema,
            requests.exceptions.MissingSchema,
            LocationParseError,
        ) as error:
            raise NeedsPerson(f"网址写错了：{scrub(url)[:200]}，请改正后再试。") from error
        except _TooLarge as error:
            if writes:
                raise _lost(peer, error, writes) from error
            raise NeedsPerson(f"{peer.before}{error}") from error
        except requests.exceptions.TooManyRedirects as error:
            raise NeedsPerson(f"{peer.before}跳转次数过多，请检查网址是否正确。") from error
        except requests.exceptions.RequestException as error:
            raise _lost(peer, error, writes) from error
        return Answer(
            status=response.status_code,
            url=response.url,
            headers={name.lower(): value for name, value in response.headers.items()},
            body=body,
        )

    def _guard(self, allowed: Callable[[str], bool]) -> Callable[..., None]:
        """A hook that stops a redirect to where we may not go."""

        def check(response: requests.Response, *_: Any, **__: Any) -> None:
            target = self._session.get_redirect_target(response)
            if target and not allowed(urljoin(response.url, target)):
                raise NeedsPerson(f"{urlsplit(response.url).hostname} 跳转到了不允许访问的地址，已停止。")

        return check

    def _read(self, response: requests.Response) -> bytes:
        """The whole body, decoded; the cap counts decoded bytes, so that a small file cannot become a large one."""
        chunks: list[bytes] = []
        size = 0
        for chunk in response.iter_content(64 * 1024):
            size += len(chunk)
            if size > self._limits.max_bytes:
                response.close()
                raise _TooLarge(f"返回的内容超过 {self._limits.max_bytes // 1048576} MB，已停止接收。")
            chunks.append(chunk)
        return b"".join(chunks)


def _host(url: str) -> str:
    """The host, for messages. Raises NeedsPerson for what is no address at all."""
    try:
        return urlsplit(url).hostname or url[:200]
    except ValueError as error:
        raise NeedsPerson(f"网址写错了：{scrub(url)[:200]}，请改正后再试。") from error


@dataclass(frozen=True)
class _Peer:
    """The other side, as sentences name it; a host stands between blanks, a Chinese name does not."""

    host: str
    name: str

    @property
    def before(self) -> str:
        return self.name or f"{self.host} "

    @property
    def after(self) -> str:
        return self.name or f" {self.host}"


class _TooLarge(requests.exceptions.RequestException):
    """More bytes than anybody asked for; says nothing about whether the call had its effect."""


_NEVER_SENT = ("NewConnectionError", "NameResolutionError", "CERTIFICATE_VERIFY_FAILED")


def _lost(peer: _Peer, error: requests.exceptions.RequestException, writes: bool) -> ConnectorError:
    said = repr(error) if isinstance(error, requests.exceptions.ConnectionError) else ""
    if any(sign in said for sign in _NEVER_SENT):
        return RetryLater(f"连不上{peer.after}：对方没有开放服务或网络不通，稍后会再试。")
    if writes:
        return OutcomeUnknown(f"{peer.before}没有给出完整答复，不能确定是否已生效，需要先核对。")
    return RetryLater(f"{peer.before}没有给出完整答复，稍后会再试。")


def _raise_for_status(answer: Answer) -> None:
    host = urlsplit(answer.url).hostname or answer.url
    status = answer.status
    if 200 <= status < 300:
        return
    if status == 429 or status >= 500:
        raise RetryLater(f"{host} 暂时不可用（HTTP {status}），稍后会再试。", after=retry_after(answer.headers))
    if status in (401, 403, 451):
        raise NeedsPerson(f"{host} 拒绝访问（HTTP {status}），请确认是否允许采集。")
    if status in (404, 410):
        raise NeedsPerson(f"{host} 上没有这个网页（HTTP {status}），请检查来源网址。")
    raise RetryLater(f"{host} 返回了意外的状态（HTTP {status}），稍后会再试。")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from a Retry-After header in its numeric form (RFC 9110 §10.2.3)."""
    value = headers.get("retry-after", "").strip()
    return float(value) if value.isascii() and value.isdigit() and len(value) < 9 else None
