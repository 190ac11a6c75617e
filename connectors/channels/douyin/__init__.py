"""抖音: hand-off to a person in the app, confirmed by a signed call-back; figures."""

from connectors.channels.douyin.channel import Douyin

__all__ = ["Douyin"]
