"""A stand-in for api.weixin.qq.com, as strict as the contract says."""

from __future__ import annotations

from sandbox.calls import Platform
from sandbox.wechat import auth, datacube, draft, mass, media, publish
from sandbox.wechat.events import DELIVERY

JOBS = {"wechat.publish": publish.finish, "wechat.ban": publish.ban, "wechat.mass": mass.finish}


def build() -> Platform:
    platform = Platform("wechat", auth.admit, lambda call, data: auth.reply(data), auth.refuse)
    for part in (auth, media, draft, publish, mass, datacube):
        part.register(platform)
    return platform


__all__ = ["DELIVERY", "JOBS", "build"]
