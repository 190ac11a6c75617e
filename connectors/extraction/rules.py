"""Rules for single sites, as data: where a page's title, author, time, source and text stand, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as Day
from datetime import datetime
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from pydantic import field_validator

from connectors.base import Frozen
from connectors.extraction.blocks import Element, cut_out, text_of, visible_text
from connectors.extraction.selectors import compiled, select


class SiteRule(Frozen):
    """Selectors as in `selectors.py`; an empty one leaves its field to the generic extractor."""

    hosts: tuple[str, ...] = ()
    """Such as "mp.weixin.qq.com" or "*.gov.cn"."""
    generator: str = ""
    """The beginning of what the page's own "generator" element says; for software that runs on many hosts."""
    valid_from: Day
    """The site looked like this from this day on; of several rules that fit, the youngest decides."""
    valid_until: Day | None = None
    title: str = ""
    author: str = ""
    date: str = ""
    source: str = ""
    body: str = ""
    drop: str = ""
    """What is taken out of the page before anything is looked for."""

    @field_validator("title", "author", "date", "source", "body", "drop")
    @classmethod
    def _is_selector(cls, value: str) -> str:
        if value:
            compiled(value)
        return value

    def fits(self, host: str, generator: str, day: Day | None) -> bool:
        if day and (day < self.valid_from or (self.valid_until and day > self.valid_until)):
            return False
        named = bool(self.generator) and generator.lower().startswith(self.generator.lower())
        return named or any(fnmatchcase(host, pattern) for pattern in self.hosts)


def rule_for(rules: Sequence[SiteRule], url: str, generator: str, at: datetime | None) -> SiteRule | None:
    """The youngest rule that was valid when the page was fetched; without a time, the youngest of all."""
    host = (urlsplit(url).hostname or "").lower() if url else ""
    fitting = [rule for rule in rules if rule.fits(host, generator, at.date() if at else None)]
    return max(fitting, key=lambda rule: rule.valid_from, default=None)


def take_out(root: Element, rule: SiteRule | None) -> None:
    """Removes what the rule drops."""
    for element in select(root, rule.drop) if rule else []:
        cut_out(element)


def first_text(root: Element, selector: str) -> str:
    """The text of the first element that has any; of a meta element, its content."""
    for element in select(root, selector):
        text = visible_text(element.get("content") or "") if element.tag == "meta" else text_of(element)
        if text:
            return text
    return ""
