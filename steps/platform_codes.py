"""Every platform's codes with class, cause and remedy, and the codes that were met and stand in no table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

from connectors.base import ErrorClass, Refusal
from connectors.channels.codes import CodeTable
from connectors.registry import CHANNELS
from content_store import seen_codes
from steps.errors import Missing
from steps.newsroom import Newsroom

CLASS_NAMES = {
    ErrorClass.RETRYABLE: "自动再试",
    ErrorClass.RATE: "过快，稍后再试",
    ErrorClass.QUOTA: "次数用完，次日再试",
    ErrorClass.AUTH_REFRESH: "自动换凭证",
    ErrorClass.AUTH_REAUTH: "需要重新授权",
    ErrorClass.PERMISSION: "权限或配置",
    ErrorClass.CONTENT_REJECTED: "内容被拒",
    ErrorClass.VALIDATION: "内容或参数不合要求",
    ErrorClass.NEEDS_HUMAN: "需要人工处理",
    ErrorClass.NOT_FOUND: "查不到",
    ErrorClass.DUPLICATE: "重复，先核对",
    ErrorClass.PERMANENT: "不能再试",
}
JOB_TABLES = {"wechat": "PUBLISH_FAILED"}
"""Tables beside the codes of answers: what a job ended with."""


@dataclass(frozen=True)
class Row:
    platform: str
    code: str
    kind: ErrorClass
    cause: str
    remedy: str
    of: str = ""
    """What the number belongs to, where it is no code of an answer."""


@dataclass(frozen=True)
class Unlisted:
    """A code that a platform answered and nobody has put into its table: permanent until somebody does."""

    platform: str
    code: str
    message: str
    times: int
    last: datetime


def rows(platform: str = "") -> list[Row]:
    """All codes, or one platform's. Raises Missing for a platform nobody knows."""
    if platform and platform not in CHANNELS:
        raise Missing(f"没有名为“{platform}”的平台；可用的有：{'、'.join(CHANNELS)}。")
    return [row for name in ([platform] if platform else CHANNELS) for row in _of(name)]


def unlisted(newsroom: Newsroom) -> list[Unlisted]:
    """Newest first."""
    known = {(row.platform, row.code) for row in rows()}
    with newsroom.store.reading() as session:
        met = seen_codes.met(session)
    return [Unlisted(*each) for each in met if (each[0], each[1]) not in known and each[0] in CHANNELS]


def _of(platform: str) -> list[Row]:
    found = _table(platform)
    told = [_row(platform, code, refusal) for code, refusal in (found.known().items() if found is not None else ())]
    if platform in JOB_TABLES:
        more: dict[str, Refusal] = getattr(import_module(_module(platform)), JOB_TABLES[platform])
        told += [_row(platform, code, refusal, "发布结果") for code, refusal in more.items()]
    return told


def _table(platform: str) -> CodeTable | None:
    """None for a platform that answers nothing because nothing is asked."""
    try:
        found = import_module(_module(platform)).CODES
    except ModuleNotFoundError as error:
        if error.name != _module(platform):
            raise
        return None
    assert isinstance(found, CodeTable)
    return found


def _module(platform: str) -> str:
    return f"{CHANNELS[platform].partition(':')[0]}.codes"


def _row(platform: str, code: str, refusal: Refusal, of: str = "") -> Row:
    return Row(platform, code, refusal.kind, refusal.cause, refusal.remedy, of)
