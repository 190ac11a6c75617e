"""What can be set for a Weibo account, and the platform's limits."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

LIMITS = {
    "text": 140,
    "pictures": 1,
    "picture_bytes": 5_242_879,
    "article_title": 32,
    "article_html": 90_000,
    "article_text": 1900,
}
"""`text` as connectors.channels.weibo.text.length counts it, what belongs to an article in characters; bytes."""
COMMERCIAL = {"pictures": 9}
"""What the paid interface allows beyond them; texts of 2000 where the contract with the platform says so."""


class WeiboSettings(BaseModel):
    model_config = ConfigDict(extra="ignore")

    base_url: str = "https://api.weibo.com"
    commercial_url: str = "https://c.api.weibo.com"
    public_url: str = "https://weibo.com"
    media_url: str = ""
    """Where the platform fetches our pictures for an article: this address followed by the picture's key."""
    form: Literal["short", "article"] = "short"
    """What the account publishes; long articles are for 蓝V accounts that were given the interface."""
    commercial: bool = False
    """Short posts through the paid interface: up to nine pictures. Needs a contract with the platform."""
    bound_domain: str = ""
    """The app's 安全域名: every short post must link to it."""
    rip: str = "127.0.0.1"
    """The public address of the machine that acts; the platform requires the field."""
    limits: dict[str, int] = Field(default_factory=dict)
    settles_seconds: float = 180.0
    """How long a lost share may still show up."""

    def all_limits(self) -> dict[str, int]:
        return {**LIMITS, **(COMMERCIAL if self.commercial else {}), **self.limits}

    def limit(self, name: str) -> int:
        return self.all_limits()[name]
