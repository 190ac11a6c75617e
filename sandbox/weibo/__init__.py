"""A stand-in for api.weibo.com: the free open platform and the article interface for 蓝V accounts."""

from __future__ import annotations

from sandbox.calls import Platform, json_response
from sandbox.weibo import article, auth, statuses, users

JOBS = {"weibo.appear": statuses.appear_late}


def build() -> Platform:
    platform = Platform("weibo", auth.admit, lambda call, data: json_response(data), auth.refuse)
    for part in (auth, statuses, users, article):
        part.register(platform)
    return platform


__all__ = ["JOBS", "build"]
