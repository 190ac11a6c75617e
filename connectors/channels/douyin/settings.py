"""What can be set for a Douyin account, and the platform's limits."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

LIMITS = {
    "title": 30,
    "topics": 5,
    "pictures": 12,
    "text": 1000,
    "video_bytes": 104_857_600,
    "picture_bytes": 20_971_520,
}
"""Characters, topics, pictures, bytes. `text` and the bytes belong to direct publishing."""


class DouyinSettings(BaseModel):
    model_config = ConfigDict(extra="ignore")

    base_url: str = "https://open.douyin.com"
    public_url: str = "https://www.douyin.com"
    creator_url: str = "https://creator.douyin.com"
    """Where a person publishes by hand."""
    media_url: str = ""
    """Where a phone finds our pictures: this address followed by the picture's key. Empty: video only."""
    mode: str = "handoff"
    """direct and manual; whatever else stands here is the hand-off."""
    may_create: bool = False
    """The app really was granted "video.create.bind"; without it "direct" is the hand-off."""
    opens: Literal["publish", "edit"] = "publish"
    limits: dict[str, int] = Field(default_factory=dict)

    @property
    def way(self) -> Literal["handoff", "direct", "manual"]:
        if self.mode == "manual":
            return "manual"
        return "direct" if self.mode == "direct" and self.may_create else "handoff"

    def all_limits(self) -> dict[str, int]:
        return {**LIMITS, **self.limits}

    def limit(self, name: str) -> int:
        return self.all_limits()[name]
