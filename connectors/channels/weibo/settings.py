"""What can be set for a Weibo account, and the platform's limits."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Literal
from urllib.parse import urlsplit

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


_HERE = "127.0.0.1"
_LOOPBACK = {_HERE, "localhost"}
_INSIDE = tuple(
    map(ip_network, ("0.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"))
)


def is_public(text: str) -> bool:
    """Whether this is an IP address that others could see us under."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    inside = any(address in network for network in _INSIDE)
    return not (
        inside or address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified
    )


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
    rip: str = ""
    """The public address of the machine that acts; the platform requires it, and may judge posts by it."""
    limits: dict[str, int] = Field(default_factory=dict)
    settles_seconds: float = 180.0
    """How long a lost share may still show up."""

    @property
    def address(self) -> str:
        """`rip`; where nobody told it, beside a stand-in on this machine, this machine's own. Empty: not known."""
        near = urlsplit(self.base_url).hostname in _LOOPBACK
        return self.rip if is_public(self.rip) else _HERE if near else ""

    def all_limits(self) -> dict[str, int]:
        return {**LIMITS, **(COMMERCIAL if self.commercial else {}), **self.limits}

    def limit(self, name: str) -> int:
        return self.all_limits()[name]
