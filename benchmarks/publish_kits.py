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
    revocable: bool = True
    """Whether the account's owner can take a consent back."""
    makes: str = ""
    """The path of the call that makes the post public; empty where a person does."""
    lists: tuple[str, ...] = ()
    """The paths at which a lost post is looked for."""
    spent: int = 0
    """The code by which the platform says that no calls are left."""
    passes: tuple[str, ...] = ()
    """States beside queued, sending, needs_person and live that a post can be found in."""
    answers: dict[str, Rule] = field(default_factory=dict)
    """Faults that only this platform has, by name. `refuses`: the post may rightly end as failed."""

    def callback_key(self, number: int) -> str:
        """Under which name the platform knows who is called back."""
        joined = self.joins(number, 0)
        return str(next(joined[name] for name in ("appid", "client_key", "app_id") if name in joined))


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
    tokens = {
        "access_token": f"fake-access-{number}-{generation}",
        "refresh_token": f"fake-refresh-{number}-{generation}",
    }
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


def _toutiao_secrets(number: int, now: datetime, generation: int) -> dict[str, Any]:
    return {"open_id": f"_ttbench-{number}", "access_token": f"fake-tt-{number}-{generation}"}


def _toutiao_joins(number: int, generation: int) -> dict[str, Any]:
    own = {"open_id": f"_ttbench-{number}", "access_token": f"fake-tt-{number}-{generation}"}
    return {"platform": "toutiao", **own, "name": "测速"}


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
        revocable=False,
        makes="/cgi-bin/freepublish/submit",
        lists=("/cgi-bin/freepublish/batchget", "/cgi-bin/draft/batchget", "/cgi-bin/freepublish/get"),
        spent=45009,
        passes=("unknown", "accepted"),
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
        makes="/2/statuses/share.json",
        lists=("/2/statuses/user_timeline.json",),
        spent=10023,
        passes=("unknown", "accepted"),
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
        passes=("handed_over",),
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
        revocable=False,
        makes="/cgi-bin/message/mass/sendall",
        lists=("/cgi-bin/message/mass/get",),
        spent=45009,
        passes=("unknown", "accepted"),
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
        makes="/proxy/article/publish.json",
        lists=("/2/statuses/user_timeline.json",),
        spent=10023,
        passes=("unknown",),
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
        makes="/api/douyin/v1/video/create_*",
        lists=("/api/douyin/v1/video/video_*",),
        spent=28003017,
        passes=("unknown", "accepted"),
        answers={"平台繁忙": {"kind": "error", "code": 28001005}},
    ),
    "kuaishou": Kit(
        "快手",
        "kuaishou",
        _kuaishou_joins,
        _kuaishou_secrets,
        key=lambda number: f"f18bench-{number}",
        calls_back="app",
        makes="/openapi/photo/publish",
        lists=("/openapi/photo/list", "/openapi/photo/info"),
        spent=100100402,
        passes=("unknown", "accepted"),
        answers={"平台繁忙": {"kind": "error", "code": 100200500}},
    ),
    "toutiao": Kit(
        "头条视频",
        "toutiao",
        _toutiao_joins,
        _toutiao_secrets,
        key=lambda number: f"_ttbench-{number}",
        settings={"video_api": True},
        makes="/toutiao/video/create/",
        lists=("/toutiao/video/list/", "/toutiao/video/data/"),
        spent=2190001,
        passes=("unknown", "accepted"),
        answers={
            "平台繁忙": {"kind": "error", "code": 2100004},
            "审核不过": {"kind": "review_refused", "path": "/toutiao/video/create/", "nth": [1], "refuses": True},
        },
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
    "答复是网页": {"kind": "wrong_json", "value": "page"},
    "答复为空": {"kind": "wrong_json", "value": "empty"},
    "答复成了列表": {"kind": "wrong_json", "value": "list"},
    "答复没有编号": {"kind": "wrong_json", "value": "nothing_named"},
    "文字成了数字": {"kind": "wrong_json", "value": "numbers"},
    "数字成了文字": {"kind": "wrong_json", "value": "texts"},
    "凭证中途失效": {"kind": "expired_token"},
}
"""What goes wrong on the line, with every platform."""

LISTS_FAIL: dict[str, Rule] = {
    "断开": {"kind": "reset_before_effect"},
    "500": {"kind": "http_500_before"},
    "超时": {"kind": "slow", "seconds": 0.7},
    "次数用完": {"kind": "error"},
    "没有编号": {"kind": "wrong_json", "value": "nothing_named"},
    "成了列表": {"kind": "wrong_json", "value": "list"},
    "为空": {"kind": "wrong_json", "value": "empty"},
}
"""How the lists fail at which a lost post is looked for. The code of `error` is the kit's."""
LOST: tuple[Rule, ...] = (
    {"kind": "timeout_after_effect", "seconds": 5},
    {"kind": "reset_after_effect"},
    {"kind": "http_500_after"},
    {"kind": "reset_before_effect"},
)
"""What leaves it open whether a post is out; after the last one it is not."""
