"""The platforms that the publishing benchmark sends to: an account for each run, and what only this platform answers.

A new platform is one entry in KITS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

Rule = dict[str, Any]
"""One line of the sandbox's fault script (docs/sandbox.md)."""


@dataclass(frozen=True)
class Kit:
    """`joins` and `secrets` are made for a number, so that each run has an account of its own.

    `secrets` is given a time and a generation: a later one is what the account's owner consents to after the first ended.
    """

    name: str
    """For the table."""
    platform: str
    joins: Callable[[int, int], dict[str, Any]]
    """The account as the sandbox's /_sandbox/accounts takes it."""
    secrets: Callable[[int, datetime, int], dict[str, Any]]
    key: Callable[[int], str]
    """Under which name the ledger knows the account."""
    settings: dict[str, Any] = field(default_factory=dict)
    kind: str = ""
    """Which of the ledger's rows are the post itself, where a platform makes more than one of it."""
    calls_back: Literal["", "account", "app"] = ""
    answers: dict[str, Rule] = field(default_factory=dict)
    """Faults that only this platform has, by name. `refuses`: the post may rightly end as failed."""


def _wechat_joins(number: int, generation: int) -> dict[str, Any]:
    return {"platform": "wechat", "appid": f"wxbench{number:08}", "secret": f"fake-secret-{number}", "name": "测速"}


def _wechat_secrets(number: int, now: datetime, generation: int) -> dict[str, Any]:
    return {"appid": f"wxbench{number:08}", "appsecret": f"fake-secret-{number}", "callback_token": "fake-token"}


def _weibo_token(number: int, generation: int) -> str:
    return f"fake-token-weibo-{number}-{generation}"


def _weibo_joins(number: int, generation: int) -> dict[str, Any]:
    app = {"app_key": "1234500000", "app_secret": "fake-secret-weibo", "bound_domains": ["127.0.0.1"]}
    own = {"uid": f"88{number:08}", "access_token": _weibo_token(number, generation), "name": "测速"}
    return {"platform": "weibo", **app, **own}


def _weibo_secrets(number: int, now: datetime, generation: int) -> dict[str, Any]:
    token = _weibo_token(number, generation)
    return {"app_key": "1234500000", "app_secret": "fake-secret-weibo", "uid": f"88{number:08}", "access_token": token}


def _douyin_joins(number: int, generation: int) -> dict[str, Any]:
    app = {"client_key": "awbenchkepu", "client_secret": "fake-secret-douyin"}
    tokens = {"access_token": f"fake-access-{number}", "refresh_token": f"fake-refresh-{number}"}
    return {"platform": "douyin", **app, "open_id": f"_000bench-{number}", **tokens, "name": "测速"}


def _douyin_direct_joins(number: int, generation: int) -> dict[str, Any]:
    # the scopes of an account that may be measured, and the rare right to publish
    scopes = "user_info h5.share renew_refresh_token video.data.bind video.list.bind data.external.item"
    return _douyin_joins(number, generation) | {"scopes": [*scopes.split(), "data.external.user", "video.create.bind"]}


def _kuaishou_joins(number: int, generation: int) -> dict[str, Any]:
    app = {"app_id": "ksbenchkepu", "app_secret": "fake-secret-kuaishou", "open_id": f"f18bench-{number}"}
    tokens = {"access_token": f"fake-ks-{number}-{generation}", "refresh_token": f"fake-ksr-{number}-{generation}"}
    return {"platform": "kuaishou", **app, **tokens, "name": "测速"}


def _kuaishou_secrets(number: int, now: datetime, generation: int) -> dict[str, Any]:
    joined = _kuaishou_joins(number, generation)
    names = ("app_id", "app_secret", "open_id", "access_token", "refresh_token")
    ends = {"access_expires_at": now + timedelta(hours=48), "refresh_expires_at": now + timedelta(days=180)}
    return {name: joined[name] for name in names} | {name: end.isoformat() for name, end in ends.items()}


def _douyin_secrets(number: int, now: datetime, generation: int) -> dict[str, Any]:
    joined = _douyin_joins(number, generation)
    ends = {
        "access_expires_at": (now + timedelta(days=15)).isoformat(),
        "refresh_expires_at": (now + timedelta(days=30)).isoformat(),
    }
    names = ("client_key", "client_secret", "open_id", "access_token", "refresh_token")
    return {name: joined[name] for name in names} | ends


KITS: dict[str, Kit] = {
    "wechat": Kit(
        "微信发表",
        "wechat",
        _wechat_joins,
        _wechat_secrets,
        key=lambda number: f"wxbench{number:08}",
        calls_back="account",
        answers={
            "平台繁忙": {"kind": "error", "code": -1},
            "调用太快": {"kind": "error", "code": 45011},
            "审核不过": {
                "kind": "publish_status", "value": 4, "path": "/cgi-bin/freepublish/submit", "nth": [1], "refuses": True,
            },
            "事件丢失": {"kind": "drop_event", "event": "PUBLISHJOBFINISH"},
            "事件重复": {"kind": "duplicate_event", "event": "PUBLISHJOBFINISH"},
            "事件迟到": {"kind": "reorder", "event": "PUBLISHJOBFINISH", "seconds": 90},
        },
    ),
    "weibo": Kit(
        "微博短文",
        "weibo",
        _weibo_joins,
        _weibo_secrets,
        key=lambda number: f"88{number:08}",
        settings={"bound_domain": "127.0.0.1"},
        answers={
            "平台繁忙": {"kind": "error", "code": 10001},
            "调用太快": {"kind": "error", "code": 10022},
            "稍后才公开": {"kind": "delayed_id", "path": "/2/statuses/share.json", "nth": [1]},
        },
    ),
    "douyin": Kit(
        "抖音扫码",
        "douyin",
        _douyin_joins,
        _douyin_secrets,
        key=lambda number: f"_000bench-{number}",
        calls_back="app",
        answers={
            "事件重复": {"kind": "duplicate_event", "event": "create_video"},
            "事件迟到": {"kind": "reorder", "event": "create_video", "seconds": 90},
        },
    ),
    "wechat_mass": Kit(
        "微信群发",
        "wechat",
        _wechat_joins,
        _wechat_secrets,
        key=lambda number: f"wxbench{number:08}",
        settings={"mode": "mass_send"},
        calls_back="account",
        answers={
            "平台繁忙": {"kind": "error", "code": -1},
            "审核不过": {
                "kind": "mass_status", "value": "err(20001)", "path": "/cgi-bin/message/mass/sendall", "nth": [1],
                "refuses": True,
            },
            "事件重复": {"kind": "duplicate_event", "event": "MASSSENDJOBFINISH"},
            "事件迟到": {"kind": "reorder", "event": "MASSSENDJOBFINISH", "seconds": 90},
            "事件丢失": {"kind": "drop_event", "event": "MASSSENDJOBFINISH"},
        },
    ),
    "weibo_article": Kit(
        "微博长文",
        "weibo",
        _weibo_joins,
        _weibo_secrets,
        key=lambda number: f"88{number:08}",
        settings={"bound_domain": "127.0.0.1", "form": "article"},
        kind="article",
        answers={
            "调用太快": {"kind": "error", "code": 11001},
            "只成一半": {"kind": "half_done", "code": 11003, "path": "/proxy/article/publish.json", "nth": [1]},
        },
    ),
    "douyin_direct": Kit(
        "抖音直发",
        "douyin",
        _douyin_direct_joins,
        _douyin_secrets,
        key=lambda number: f"_000bench-{number}",
        settings={"mode": "direct", "may_create": True},
        calls_back="app",
        answers={"平台繁忙": {"kind": "error", "code": 28001005}},
    ),
    "kuaishou": Kit(
        "快手",
        "kuaishou",
        _kuaishou_joins,
        _kuaishou_secrets,
        key=lambda number: f"f18bench-{number}",
        answers={"平台繁忙": {"kind": "error", "code": 100200500}},
    ),
}  # fmt: skip

LINE: dict[str, Rule] = {
    "生效后不答": {"kind": "timeout_after_effect", "seconds": 5},
    "生效前断开": {"kind": "reset_before_effect"},
    "生效后断开": {"kind": "reset_after_effect"},
    "生效前 500": {"kind": "http_500_before"},
    "生效后 500": {"kind": "http_500_after"},
    "答复变慢": {"kind": "slow", "seconds": 0.05},
    "超时后才生效": {"kind": "slow", "seconds": 0.7},
    "答复残缺": {"kind": "wrong_json"},
    "答复不是 JSON": {"kind": "wrong_json", "body": "<html>busy</html>"},
    "凭证中途失效": {"kind": "expired_token"},
}
"""What goes wrong on the line, with every platform."""
