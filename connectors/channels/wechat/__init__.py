"""微信公众号: drafts, publishing without notifying followers, withdrawal, figures."""

from connectors.channels.wechat.channel import WeChat

__all__ = ["WeChat"]
