"""What can be set for one WeChat account, and its limits as data."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

LIMITS = {
    "title": 32,
    "author": 16,
    "digest": 128,
    "content": 19_999,
    "content_bytes": 1_048_575,
    "link_bytes": 1024,
    "picture_bytes": 1_048_575,
    "cover_bytes": 10_485_760,
}
"""Characters or bytes, all inclusive. `content` counts the HTML as sent, styles and all."""


class WeChatSettings(BaseModel):
    model_config = ConfigDict(extra="ignore")

    base_url: str = "https://api.weixin.qq.com"
    mode: Literal["direct", "draft_only"] = "direct"
    """draft_only: for accounts without the right to publish; an editor presses 发表 on the platform's site."""
    open_comments: bool = False
    limits: dict[str, int] = Field(default_factory=dict)
    draft_settles_seconds: float = 60.0
    """How long a lost draft/add may still take effect."""
    submit_settles_seconds: float = 1800.0
    """The longest plausible time of a publishing job; before it, "draft still there, nothing published" proves nothing."""
    resubmit_lost: bool = False
    """After that time, with the draft still there and no public twin: submit again (True) or ask a person (False)."""

    def limit(self, name: str) -> int:
        return self.limits.get(name, LIMITS[name])
