"""A stand-in for the video interface of 今日头条 on open.douyin.com. Articles have no interface."""

from __future__ import annotations

from sandbox.calls import Platform
from sandbox.toutiao import auth, envelope, upload, works

JOBS = {"toutiao.review": works.reviewed}


def build() -> Platform:
    platform = Platform("toutiao", auth.admit, envelope.answer, envelope.refuse)
    for part in (upload, works):
        part.register(platform)
    return platform


__all__ = ["JOBS", "build"]
