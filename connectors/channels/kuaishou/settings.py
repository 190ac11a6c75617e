"""What can be set for a Kuaishou account, and the platform's limits."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

LIMITS = {"title": 30, "caption": 1000, "topics": 4, "cover_bytes": 10_485_759, "video_bytes": 104_857_600}
"""Characters, topics, bytes. The platform documents the cover's size only; the others are what its own tools allow."""


class KuaishouSettings(BaseModel):
    model_config = ConfigDict(extra="ignore")

    base_url: str = "https://open.kuaishou.com"
    public_url: str = "https://www.kuaishou.com"
    media_url: str = ""
    """Where our own media folder is read from; its host may be this machine."""
    upload_scheme: Literal["http", "https"] = "http"
    """The platform's own choice; https on the same machines is not documented."""
    upload_hosts: list[str] = ["kuaishou.com", "gifshow.com", "kuaishouzt.com", "kwaizt.com"]
    """Domains whose machines are sent videos."""
    limits: dict[str, int] = Field(default_factory=dict)

    def all_limits(self) -> dict[str, int]:
        return {**LIMITS, **self.limits}
