"""快手: videos through upload and photo/publish, read back, deleted; figures; call-backs about the consent."""

from connectors.channels.kuaishou.channel import Kuaishou

__all__ = ["Kuaishou"]
