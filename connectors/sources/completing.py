"""An entry of a list completed from the page that it links to. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.base import FetchedItem, RawPage, keepable
from connectors.extraction import SiteRule, extract
from connectors.sources.revisiting import charset_of


def taken_before(page: RawPage) -> set[str]:
    """Links whose pages were taken at earlier visits (or given up): what the list still says of them is less than what is stored."""
    now = {str(part.cursor.get("link")) for part in page.parts}
    return set(page.cursor.get("seen", [])) - now


def completed(item: FetchedItem, part: RawPage | None, rules: Sequence[SiteRule]) -> FetchedItem:
    """The entry with what its page says, where the page says more."""
    if part is None or part.error is not None:
        return item
    page = extract(part.body, part.url, charset_of(part), now=part.fetched_at, rules=rules)
    if len(page.text) <= len(item.text):
        return item
    return item.model_copy(
        update={
            "text": keepable(page.text),
            "html": keepable(page.html),
            "pictures": page.images or item.pictures,
            "attachments": page.attachments or item.attachments,
            "author": item.author or page.author,
            "source_name": item.source_name or page.source_name,
            "published_at": item.published_at or page.published_at,
        }
    )
