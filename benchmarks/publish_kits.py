"""The platforms that the publishing benchmark sends to: an account for each run, and what only this platform answers.

A new platform is one entry in KITS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from benchmarks import publish_accounts as who

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
    finishes: Literal["", "phone", "console", "upload"] = ""
    """Where a person does the last step: in the app, on the platform's own site where a draft waits, or there with our package."""
    one_a_day: bool = False
    """The platform takes one such post a day, so that another of ours would only wait for tomorrow."""
    answers: dict[str, Rule] = field(default_factory=dict)
    """Faults that only this platform has, by name. `refuses`: the post may rightly end as failed."""

    def callback_key(self, number: int) -> str:
        """Under which name the platform knows who is called back."""
        joined = self.joins(number, 0)
        return str(next(joined[name] for name in ("appid", "client_key", "app_id") if name in joined))


_KS_FIRST: Rule = {"path": "/openapi/photo/publish", "nth": [1]}
_WX_REFUSED: Rule = {
    "kind": "publish_status",
    "value": 4,
    "path": "/cgi-bin/freepublish/submit",
    "nth": [1],
    "refuses": True,
}

KITS: dict[str, Kit] = {
    "wechat": Kit(
        "微信发表",
        "wechat",
        who.wechat_joins,
        who.wechat_secrets,
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
            "审核不过": _WX_REFUSED,
            "事件丢失": {"kind": "drop_event", "event": "PUBLISHJOBFINISH"},
            "事件重复": {"kind": "duplicate_event", "event": "PUBLISHJOBFINISH"},
            "事件迟到": {"kind": "reorder", "event": "PUBLISHJOBFINISH", "seconds": 90},
        },
    ),
    "weibo": Kit(
        "微博短文",
        "weibo",
        who.weibo_joins,
        who.weibo_secrets,
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
        who.douyin_joins,
        who.douyin_secrets,
        key=lambda number: f"_000bench-{number}",
        calls_back="app",
        passes=("handed_over",),
        finishes="phone",
        answers={
            "事件重复": {"kind": "duplicate_event", "event": "create_video"},
            "事件迟到": {"kind": "reorder", "event": "create_video", "seconds": 90},
        },
    ),
    "wechat_mass": Kit(
        "微信群发",
        "wechat",
        who.wechat_joins,
        who.wechat_secrets,
        key=lambda number: f"wxbench{number:08}",
        settings={"mode": "mass_send"},
        calls_back="account",
        revocable=False,
        makes="/cgi-bin/message/mass/sendall",
        lists=("/cgi-bin/message/mass/get",),
        spent=45009,
        passes=("unknown", "accepted"),
        one_a_day=True,
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
        who.weibo_joins,
        who.weibo_secrets,
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
        who.douyin_direct_joins,
        who.douyin_secrets,
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
        who.kuaishou_joins,
        who.kuaishou_secrets,
        key=lambda number: f"f18bench-{number}",
        calls_back="app",
        makes="/openapi/photo/publish",
        lists=("/openapi/photo/list", "/openapi/photo/info"),
        spent=100100402,
        passes=("unknown", "accepted"),
        answers={
            "平台繁忙": {"kind": "error", "code": 100200500},
            "审核不过": {"kind": "review_refused", **_KS_FIRST, "refuses": True},
            "转码失败": {"kind": "transcode_failed", "value": 100120003, **_KS_FIRST, "refuses": True},
            "稍后才查得到": {"kind": "not_yet", "seconds": 300, **_KS_FIRST},
        },
    ),
    "toutiao": Kit(
        "头条视频",
        "toutiao",
        who.toutiao_joins,
        who.toutiao_secrets,
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
    "wechat_draft": Kit(
        "微信草稿",
        "wechat",
        who.wechat_joins,
        who.wechat_secrets,
        key=lambda number: f"wxbench{number:08}",
        settings={"mode": "draft_only"},
        revocable=False,
        passes=("handed_over",),
        finishes="console",
        answers={"平台繁忙": {"kind": "error", "code": -1}, "调用太快": {"kind": "error", "code": 45011}},
    ),
    "wechat_pictures": Kit(
        "微信图片",
        "wechat",
        who.wechat_joins,
        who.wechat_secrets,
        key=lambda number: f"wxbench{number:08}",
        settings={"article_type": "newspic"},
        calls_back="account",
        revocable=False,
        makes="/cgi-bin/freepublish/submit",
        lists=("/cgi-bin/freepublish/batchget", "/cgi-bin/draft/batchget", "/cgi-bin/freepublish/get"),
        spent=45009,
        passes=("unknown", "accepted"),
        answers={
            "平台繁忙": {"kind": "error", "code": -1},
            "审核不过": _WX_REFUSED,
            "事件丢失": {"kind": "drop_event", "event": "PUBLISHJOBFINISH"},
        },
    ),
    "weibo_paid": Kit(
        "微博付费",
        "weibo",
        who.weibo_paid_joins,
        who.weibo_secrets,
        key=lambda number: f"88{number:08}",
        settings={"bound_domain": "127.0.0.1", "commercial": True},
        makes="/2/statuses/upload_url_text/biz.json",
        lists=("/2/statuses/user_timeline.json",),
        spent=10023,
        passes=("unknown", "accepted"),
        answers={"平台繁忙": {"kind": "error", "code": 10001}, "调用太快": {"kind": "error", "code": 10022}},
    ),
    "toutiao_package": Kit(
        "头条资料包",
        "toutiao",
        who.toutiao_joins,
        who.toutiao_secrets,
        key=lambda number: f"_ttbench-{number}",
        kind="article",
        revocable=False,
        passes=("handed_over",),
        finishes="upload",
    ),
    "kepuchina": Kit(
        "科普号资料包",
        "kepuchina",
        who.nobody,
        who.no_secrets,
        key=lambda number: f"kpcbench-{number}",
        revocable=False,
        passes=("handed_over",),
        finishes="upload",
    ),
}  # fmt: skip
