"""The accounts of a new world: units of Jilin's science associations. Every credential says that it is none."""

from __future__ import annotations

from typing import Any

WECHAT = [
    # area, name, unit, short key, followers, kind, verified
    ("220000", "科普吉林", "吉林省科学技术协会", "jilin", 86_000, "subscription", True),
    ("220100", "长春科普", "长春市科学技术协会", "changchun", 41_000, "subscription", True),
    ("220200", "江城科普", "吉林市科学技术协会", "jilinshi", 18_500, "subscription", True),
    ("222400", "延边科普", "延边州科学技术协会", "yanbian", 12_300, "service", True),
    ("220700", "松原科普", "松原市科学技术协会", "songyuan", 7_800, "subscription", True),
    ("220800", "白城科普", "白城市科学技术协会", "baicheng", 4_600, "subscription", False),
]
WEIBO = [
    ("220000", "科普吉林", "吉林省科学技术协会", "7700000001", 132_000, True),
    ("220100", "长春科普", "长春市科学技术协会", "7700000002", 38_000, True),
    ("222400", "延边科普", "延边州科学技术协会", "7700000003", 9_400, False),
]
DOUYIN = [
    ("220000", "科普吉林", "吉林省科学技术协会", "jilin", 215_000),
    ("220200", "江城科普", "吉林市科学技术协会", "jilinshi", 26_000),
    ("220700", "松原科普", "松原市科学技术协会", "songyuan", 5_200),
]
KUAISHOU = [
    ("220000", "科普吉林", "吉林省科学技术协会", "jilin", 48_000),
    ("220100", "长春科普", "长春市科学技术协会", "changchun", 8_900),
]
BOUND_DOMAINS = ["127.0.0.1", "localhost", "kepujilin.example", "www.kepujilin.example"]


def accounts() -> list[dict[str, Any]]:
    return [*_wechat(), *_weibo(), *_douyin(), *_kuaishou()]


def _wechat() -> list[dict[str, Any]]:
    return [
        {"platform": "wechat", "appid": f"wxsandbox{key}", "secret": f"fake-secret-wechat-{key}", "name": name}
        | {"unit": unit, "area": area, "followers": followers, "kind": kind, "verified": verified}
        for area, name, unit, key, followers, kind, verified in WECHAT
    ]


def _weibo() -> list[dict[str, Any]]:
    return [
        {"platform": "weibo", "uid": uid, "app_key": "1234500000", "app_secret": "fake-secret-weibo", "name": name}
        | {"unit": unit, "area": area, "followers": followers, "verified": verified, "bound_domains": BOUND_DOMAINS}
        | {"access_token": f"fake-token-weibo-{uid}"}
        for area, name, unit, uid, followers, verified in WEIBO
    ]


def _douyin() -> list[dict[str, Any]]:
    return [
        {"platform": "douyin", "client_key": "awsandboxkepu", "client_secret": "fake-secret-douyin", "name": name}
        | {"unit": unit, "area": area, "followers": followers, "open_id": f"_000sandbox-{key}"}
        | {"access_token": f"fake-token-douyin-{key}", "refresh_token": f"fake-refresh-douyin-{key}"}
        for area, name, unit, key, followers in DOUYIN
    ]


def _kuaishou() -> list[dict[str, Any]]:
    return [
        {"platform": "kuaishou", "app_id": "ks000000sandbox", "app_secret": "fake-secret-kuaishou", "name": name}
        | {"unit": unit, "area": area, "followers": followers, "open_id": f"f18sandbox-{key}"}
        | {"access_token": f"fake-token-kuaishou-{key}", "refresh_token": f"fake-refresh-kuaishou-{key}"}
        for area, name, unit, key, followers in KUAISHOU
    ]
