"""今日头条·头条号: a package for articles, which no interface takes; videos over the interface, behind a flag."""

from connectors.channels.toutiao.channel import Toutiao

__all__ = ["Toutiao"]
