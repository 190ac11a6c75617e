"""A stand-in for open.kuaishou.com and for the machines that take its uploads."""

from __future__ import annotations

from sandbox.calls import Platform
from sandbox.kuaishou import auth, envelope, reading, upload, works
from sandbox.kuaishou.webhook import DELIVERY

JOBS = {"kuaishou.review": works.reviewed}


def build() -> Platform:
    platform = Platform("kuaishou", auth.admit, envelope.answer, envelope.refuse)
    for part in (auth, upload, works, reading):
        part.register(platform)
    return platform


__all__ = ["DELIVERY", "JOBS", "build"]
