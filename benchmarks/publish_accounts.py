"""An account for each run of the publishing benchmark, at the platform and with us. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any


def wechat_joins(number: int, generation: int) -> dict[str, Any]:
    return {"platform": "wechat", "appid": f"wxbench{number:08}", "secret": f"fake-secret-{number}", "name": "测速"}


def wechat_secrets(number: int, now: datetime, generation: int) -> dict[str, Any]:
    return {"appid": f"wxbench{number:08}", "appsecret": f"fake-secret-{number}", "callback_token": "fake-token"}


def weibo_token(number: int, generation: int) -> str:
    return f"fake-token-weibo-{number}-{generation}"


def weibo_joins(number: int, generation: int) -> dict[str, Any]:
    app = {"app_key": "1234500000", "app_secret": "fake-secret-weibo", "bound_domains": ["127.0.0.1"]}
    own = {"uid": f"88{number:08}", "access_token": weibo_token(number, generation), "name": "测速"}
    return {"platform": "weibo", **app, **own}


def weibo_paid_joins(number: int, generation: int) -> dict[str, Any]:
    return weibo_joins(number, generation) | {"commercial": True}


def weibo_secrets(number: int, now: datetime, generation: int) -> dict[str, Any]:
    token = weibo_token(number, generation)
    return {"app_key": "1234500000", "app_secret": "fake-secret-weibo", "uid": f"88{number:08}", "access_token": token}


def douyin_joins(number: int, generation: int) -> dict[str, Any]:
    app = {"client_key": "awbenchkepu", "client_secret": "fake-secret-douyin"}
    tokens = {
        "access_token": f"fake-access-{number}-{generation}",
        "refresh_token": f"fake-refresh-{number}-{generation}",
    }
    return {"platform": "douyin", **app, "open_id": f"_000bench-{number}", **tokens, "name": "测速"}


def douyin_direct_joins(number: int, generation: int) -> dict[str, Any]:
    # the scopes of an account that may be measured, and the rare right to publish
    scopes = "user_info h5.share renew_refresh_token video.data.bind video.list.bind data.external.item"
    return douyin_joins(number, generation) | {"scopes": [*scopes.split(), "data.external.user", "video.create.bind"]}


def kuaishou_joins(number: int, generation: int) -> dict[str, Any]:
    app = {"app_id": "ksbenchkepu", "app_secret": "fake-secret-kuaishou", "open_id": f"f18bench-{number}"}
    tokens = {"access_token": f"fake-ks-{number}-{generation}", "refresh_token": f"fake-ksr-{number}-{generation}"}
    return {"platform": "kuaishou", **app, **tokens, "name": "测速"}


def kuaishou_secrets(number: int, now: datetime, generation: int) -> dict[str, Any]:
    joined = kuaishou_joins(number, generation)
    names = ("app_id", "app_secret", "open_id", "access_token", "refresh_token")
    ends = {"access_expires_at": now + timedelta(hours=48), "refresh_expires_at": now + timedelta(days=180)}
    return {name: joined[name] for name in names} | {name: end.isoformat() for name, end in ends.items()}


def toutiao_secrets(number: int, now: datetime, generation: int) -> dict[str, Any]:
    return {"open_id": f"_ttbench-{number}", "access_token": f"fake-tt-{number}-{generation}"}


def toutiao_joins(number: int, generation: int) -> dict[str, Any]:
    own = {"open_id": f"_ttbench-{number}", "access_token": f"fake-tt-{number}-{generation}"}
    return {"platform": "toutiao", **own, "name": "测速"}


def douyin_secrets(number: int, now: datetime, generation: int) -> dict[str, Any]:
    joined = douyin_joins(number, generation)
    ends = {
        "access_expires_at": (now + timedelta(days=15)).isoformat(),
        "refresh_expires_at": (now + timedelta(days=30)).isoformat(),
    }
    names = ("client_key", "client_secret", "open_id", "access_token", "refresh_token")
    return {name: joined[name] for name in names} | ends


def nobody(number: int, generation: int) -> dict[str, Any]:
    """A platform without an interface: only people log in."""
    return {}


def no_secrets(number: int, now: datetime, generation: int) -> dict[str, Any]:
    return {}
