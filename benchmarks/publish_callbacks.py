"""What may happen to a platform's call-backs on their way to us: said again, late, in reverse, with a false signature or a
changed text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

ALWAYS_SIGNED = {"douyin", "kuaishou"}
"""Platforms whose signature covers the whole text; WeChat's does only in its AES mode, and the played accounts use the plain one."""
DATED = {"wechat", "kuaishou"}
"""Platforms whose call-backs carry a time, so that one that is repeated much later is refused."""


@dataclass(frozen=True)
class Heard:
    """One call-back as it came."""

    platform: str
    key: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Ear:
    """What came, in order. While it `holds`, nothing is handed on."""

    heard: list[Heard] = field(default_factory=list)
    holds: bool = False

    def of(self, platform: str) -> list[Heard]:
        """What this platform said; an earlier run's may still be on its way from another."""
        return [each for each in self.heard if each.platform == platform]

    def begin(self, *, holds: bool) -> None:
        self.heard, self.holds = [], holds


def with_false_signature(heard: Heard) -> Heard:
    def forged(named: Mapping[str, str]) -> dict[str, str]:
        return {name: _turned(value) if "sign" in name.lower() else value for name, value in named.items()}

    return replace(heard, query=forged(heard.query), headers=forged(heard.headers))


def with_another_text(heard: Heard) -> Heard:
    """Says that it failed, of a job with another number."""
    text = heard.body.decode().replace("success", "fail").replace("SUCCESS", "FAIL")
    return replace(heard, body=re.sub(r"\d(?=\d{6})", lambda found: str((int(found[0]) + 1) % 10), text).encode())


def _turned(value: str) -> str:
    return ("0" if value[:1] != "0" else "1") + value[1:]
