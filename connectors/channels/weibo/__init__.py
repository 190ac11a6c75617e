"""微博: short posts through statuses/share, withdrawal, figures."""

from connectors.channels.weibo.channel import Weibo

__all__ = ["Weibo"]
