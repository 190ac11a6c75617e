"""What a status and its headers mean: the one place where they become our errors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urljoin, urlsplit

from connectors.errors import ConnectorError, NeedsPerson, RetryLater

REDIRECTS = (301, 302, 303, 307, 308)
TOO_MANY_REQUESTS = 429
_SILENCE = 60.0
"""Seconds that a host is left alone after "too many requests" without a Retry-After."""
_CODINGS = frozenset(("gzip", "x-gzip", "deflate", "identity", ""))
_LAYERS = 2
"""Of compression that an answer may lie in; more are a trap."""
_RAW = "%/:=&?~#+!$,;'@()*[]"
"""Characters of a Location that stand as they are."""


def raise_for_status(url: str, status: int, headers: Mapping[str, str], now: datetime) -> None:
    """Raises ConnectorError with its `status` for everything but success."""
    if 200 <= status < 300:
        return
    error = _failure(urlsplit(url).hostname or url, status, retry_after(headers, now))
    error.status = status
    raise error


def _failure(host: str, status: int, after: float | None) -> ConnectorError:
    if status == TOO_MANY_REQUESTS or status >= 500:
        return RetryLater(f"{host} 暂时不可用（HTTP {status}），稍后会再试。", after=after)
    if status in (401, 403, 451):
        return NeedsPerson(f"{host} 拒绝访问（HTTP {status}），请确认是否允许采集。")
    if status in (404, 410):
        return NeedsPerson(f"{host} 上没有这个网页（HTTP {status}），请检查来源网址。")
    return RetryLater(f"{host} 返回了意外的状态（HTTP {status}），稍后会再试。")


def silence_asked(status: int, headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that the host wants to be left alone, None where it did not ask. Pure."""
    if status not in (TOO_MANY_REQUESTS, 503):
        return None
    return retry_after(headers, now) or (_SILENCE if status == TOO_MANY_REQUESTS else None)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds from a Retry-After header, a number or a date (RFC 9110 §10.2.3). Pure.

    A date is measured by the sender's own clock where it tells it.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit() and len(value) < 9:
        return float(value)
    until = http_date(value)
    if until is None:
        return None
    return max(0.0, (until - (http_date(headers.get("date", "")) or now)).total_seconds())


def http_date(value: str) -> datetime | None:
    """A date of HTTP in any of its three forms, None for anything else. Pure."""
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def target_of(url: str, status: int, headers: Mapping[str, str]) -> str | None:
    """Where a redirect leads, as bytes outside ASCII were sent; None for what is no redirect. Pure. Raises NeedsPerson."""
    location = headers.get("location", "").strip()
    if status not in REDIRECTS or not location:
        return None
    try:
        return urljoin(url, quote(location.encode("latin-1", "replace"), safe=_RAW))
    except ValueError as error:
        raise NeedsPerson(f"{urlsplit(url).hostname} 跳转到了写错的网址，已停止。") from error


def require_readable(url: str, headers: Mapping[str, str]) -> None:
    """Raises NeedsPerson for a body packed in a way we did not offer, or packed again and again."""
    layers = [part.strip().lower() for part in headers.get("content-encoding", "").split(",")]
    strange = [part for part in layers if part not in _CODINGS]
    host = urlsplit(url).hostname
    if strange:
        raise NeedsPerson(f"{host} 用了本站没有请求的压缩方式（{strange[0][:20]}），无法读取。")
    if len(layers) > _LAYERS:
        raise NeedsPerson(f"{host} 的内容叠了 {len(layers)} 层压缩，可能是恶意网页，已停止接收。")
