"""A stand-in for open.douyin.com, and for the phone on which a person confirms."""

from __future__ import annotations

from sandbox.calls import Platform
from sandbox.douyin import auth, envelope, external, share, upload, works
from sandbox.douyin.webhook import DELIVERY

JOBS = {"douyin.review": works.reviewed}


def build() -> Platform:
    platform = Platform("douyin", auth.admit, envelope.answer, envelope.refuse)
    for part in (auth, share, upload, works, external):
        part.register(platform)
    return platform


__all__ = ["DELIVERY", "JOBS", "build"]
