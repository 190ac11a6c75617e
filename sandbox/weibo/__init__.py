"""A stand-in for api.weibo.com: the free open platform, the article interface for 蓝V accounts, the paid one."""

from __future__ import annotations

from sandbox.calls import Platform, json_response
from sandbox.weibo import article, auth, commercial, statuses, users

JOBS = {"weibo.appear": statuses.appear_late}


def build() -> Platform:
    platform = Platform("weibo", auth.admit, lambda call, data: json_response(data), auth.refuse)
    for part in (auth, statuses, users, article, commercial):
        part.register(platform)
    return platform


__all__ = ["JOBS", "build"]
