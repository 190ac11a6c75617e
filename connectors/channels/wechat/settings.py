"""What can be set for one WeChat account, and its limits as data."""

from __future__ import annotations

from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

LIMITS = {
    "title": 32,
    "author": 16,
    "digest": 128,
    "content": 19_999,
    "content_bytes": 1_048_575,
    "link_bytes": 1024,
    "picture_bytes": 1_048_575,
    "cover_bytes": 10_485_760,
    "article_pictures": 100,
    "picture_post_pictures": 20,
    "picture_post_text": 1000,
}
"""Characters (code points), bytes or pictures, all inclusive. `content` counts the HTML as sent, styles and all. The platform
names no number for the pictures of an article nor for the text of a picture post: these two are ours."""


class Quota(NamedTuple):
    most: int
    window: Literal["day", "month"]
    """By Beijing's calendar."""


MASS_QUOTAS: dict[str, Quota] = {"subscription": Quota(1, "day"), "service": Quota(4, "month")}
"""How often an account of this kind may mass send; a 服务号 counts what reaches one follower."""


class WeChatSettings(BaseModel):
    model_config = ConfigDict(extra="ignore")

    base_url: str = "https://api.weixin.qq.com"
    mode: Literal["direct", "mass_send", "draft_only"] = "direct"
    """direct: published without notifying followers. mass_send: followers are notified, a few times a day or month.
    draft_only: for accounts without the right to publish; an editor presses 发表 on the platform's site."""
    article_type: Literal["news", "newspic"] = "news"
    """newspic: 图片消息, pictures with a short text instead of an article."""
    kind: Literal["subscription", "service"] = "subscription"
    """公众号 or 服务号."""
    mass_tag: int | None = None
    """Followers with this tag; None: all followers."""
    send_reprints: bool = False
    """Where the originality check finds a reprint that its author permits: send it (True) or stop (False)."""
    when_none_left: Literal["wait", "publish"] = "wait"
    """After the last mass send of the day or month: wait for the next one, or publish without notifying followers."""
    open_comments: bool = False
    limits: dict[str, int] = Field(default_factory=dict)
    long_content: bool = False
    """The account is known to take more than `asks_above_bytes`, though the platform shows nothing published by it."""
    asks_above_bytes: int = 2048
    """One sentence of the platform's page names 2 KB as the most, the others 20,000 characters and 1 MB."""
    draft_settles_seconds: float = 60.0
    """How long a lost draft/add may still take effect."""
    submit_settles_seconds: float = 1800.0
    """The longest plausible time of a publishing job; before it, "draft still there, nothing published" proves nothing."""
    resubmit_lost: bool = False
    """After that time, with the draft still there and no public twin: submit again (True) or ask a person (False)."""
    mass_event_seconds: float = 600.0
    """How long a mass send that ended well waits for the call-back that alone tells its address."""

    @model_validator(mode="after")
    def _picture_posts_are_published(self) -> WeChatSettings:
        if self.article_type == "newspic" and self.mode == "mass_send":
            raise ValueError("图片消息不能群发，方式要用 direct 或 draft_only")
        return self

    def limit(self, name: str) -> int:
        return self.limits.get(name, LIMITS[name])

    @property
    def pictures_max(self) -> int:
        return self.limit("picture_post_pictures" if self.article_type == "newspic" else "article_pictures")

    @property
    def mass_quota(self) -> Quota:
        return MASS_QUOTAS[self.kind]
