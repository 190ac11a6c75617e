"""What requests and urllib3 raise, turned into our errors: one Chinese sentence that names the other side."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException
from ssl import SSLCertVerificationError

import requests
from urllib3.exceptions import HTTPError, LocationParseError, NewConnectionError

from connectors.errors import ConnectorError, NeedsPerson, OutcomeUnknown, RetryLater
from connectors.network import TooMuch

_SECRET_PARAMETER = re.compile(
    r"((?:access_token|secret|appsecret|client_secret|refresh_token|upload_token|ticket|signature|code)=)[^&\s'\"]+",
    re.I,
)


def scrub(text: str) -> str:
    """The text without the values of tokens and secrets that platforms put into addresses."""
    return _SECRET_PARAMETER.sub(r"\1***", text)


class Scrubbing(logging.Filter):
    """urllib3 writes whole addresses into its log of details, and some platforms want their tokens there."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(scrub(each) if isinstance(each, str) else each for each in record.args)
        return True


logging.getLogger("urllib3.connectionpool").addFilter(Scrubbing())


def written_wrong(url: str) -> NeedsPerson:
    return NeedsPerson(f"网址写错了：{scrub(url)[:200]}，请改正后再试。")


@dataclass(frozen=True)
class Peer:
    """The other side, as sentences name it; a host stands between blanks, a Chinese name does not."""

    host: str
    name: str

    @property
    def before(self) -> str:
        return self.name or f"{self.host} "

    @property
    def after(self) -> str:
        return self.name or f" {self.host}"


class TooLarge(requests.exceptions.RequestException):
    """More bytes than anybody asked for; says nothing about whether the call had its effect."""

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most} bytes")
        self.most = most


_WRITTEN_WRONG = (
    LocationParseError,
    UnicodeError,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
)
_WENT_WRONG = (requests.exceptions.RequestException, HTTPError, HTTPException, OSError)


class Understood:
    """Turns what requests and urllib3 raise into our errors."""

    def __init__(self, peer: Peer, url: str, *, writes: bool) -> None:
        self._peer, self._url, self._writes = peer, url, writes

    def __enter__(self) -> None:
        return

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if error is None or isinstance(error, ConnectorError):
            return
        if isinstance(error, _WRITTEN_WRONG):
            raise written_wrong(self._url) from error
        if isinstance(error, _WENT_WRONG):
            raise _failure(self._peer, error, self._writes) from error


_NEVER_SENT = (NewConnectionError, SSLCertVerificationError)
"""Where the question itself never went out; NameResolutionError is one of the first."""
_MEGABYTE = 1048576


def _failure(peer: Peer, error: Exception, writes: bool) -> ConnectorError:
    causes = list(_causes(error))
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return RetryLater(f"连不上{peer.after}：连接超时，稍后会再试。")
    if any(isinstance(cause, _NEVER_SENT) for cause in causes):
        return RetryLater(f"连不上{peer.after}：对方没有开放服务或网络不通，稍后会再试。")
    if writes:
        return OutcomeUnknown(f"{peer.before}没有给出完整答复，不能确定是否已生效，需要先核对。")
    if isinstance(error, TooLarge):
        most = f"{error.most // _MEGABYTE} MB" if error.most >= _MEGABYTE else f"{error.most // 1024} KB"
        return NeedsPerson(f"{peer.before}返回的内容超过 {most}，已停止接收。")
    if any(isinstance(cause, TooMuch) for cause in causes):
        return NeedsPerson(f"{peer.before}返回的内容过大，已停止接收。")
    if any(isinstance(cause, HTTPException) and _is_about_headers(cause) for cause in causes):
        return NeedsPerson(f"{peer.before}答复的首部过长或过多，不像正常的网站，已停止接收。")
    return RetryLater(f"{peer.before}没有给出完整答复，稍后会再试。")


def _is_about_headers(error: HTTPException) -> bool:
    return "got more than" in str(error)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came from: chained, or carried as an argument as urllib3 does."""
    waiting, seen = [error], set[int]()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        more = [each.__cause__, each.__context__, getattr(each, "reason", None), *each.args]
        waiting += [one for one in more if isinstance(one, BaseException)]
