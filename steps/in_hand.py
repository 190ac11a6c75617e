"""What a post that waits for a person on the platform says once its warning has changed or is over."""

from __future__ import annotations

from collections.abc import Mapping

from steps.threads import STATE_NAMES, State

CHANGED = "预警已更新，这一条的内容已经过时。"
OVER: Mapping[State, str] = {
    state: f"预警{STATE_NAMES[state]}，这一条不要再发布。"
    for state in (State.CANCELLED, State.EXPIRED, State.SUPERSEDED)
}
REMEDIES: Mapping[str, str] = {CHANGED: "没有发布请放弃这一条；已发布的请登记链接，再更新或补发。"} | dict.fromkeys(
    OVER.values(), "没有发布请放弃这一条；已发布的请登记链接。"
)
"""Reason → what to do. Asking the platform whether the post is out leaves these words where they are."""
