"""How many pieces an answer may be made of: few bytes become many objects, so they are counted before anything is built. Pure."""

from __future__ import annotations

from connectors.errors import FormatChanged

MOST_ENTRIES = 5000
"""Of one list that are looked at; the rest is left aside."""
_MOST_OBJECTS = 100_000
_MOST_ITEMS = 20_000
_MOST_ELEMENTS = 500_000
_MOST_TAGS = 60_000


def require_readable_json(text: str, connector: str) -> None:
    """Raises FormatChanged for more objects and lists than any list of articles has."""
    if text.count("{") + text.count("[") > _MOST_OBJECTS:
        raise FormatChanged("返回的 JSON 由十几万个碎片拼成，不像文章列表，没有读取，请检查网址。", connector=connector)


def require_readable_feed(text: str, connector: str) -> None:
    """Raises FormatChanged for more entries or elements than any feed has."""
    if text.count("<item") + text.count("<entry") > _MOST_ITEMS or text.count("<") > _MOST_ELEMENTS:
        raise FormatChanged("订阅源有几万条以上的内容，没有读取，请检查网址，或换成较小的订阅源。", connector=connector)


def require_readable_listing(text: str, connector: str) -> None:
    """Raises FormatChanged for more tags than any page that lists articles has."""
    if has_too_many_tags(text):
        raise FormatChanged("列表页由几万个碎片拼成，不像文章列表，没有读取，请检查网址。", connector=connector)


def has_too_many_tags(text: str) -> bool:
    return text.count("<") > _MOST_TAGS
