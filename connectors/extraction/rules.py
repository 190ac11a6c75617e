"""Rules for single sites, as data: where a page's title, author, time, source and text stand, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as Day
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Protocol, runtime_checkable
from urllib.parse import urlsplit

from pydantic import field_validator, model_validator

from connectors.base import Frozen
from connectors.extraction.blocks import Element, cut_out, text_of, visible_text
from connectors.extraction.selectors import compiled, elements_at


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

    @model_validator(mode="after")
    def _is_for_something(self) -> SiteRule:
        if not (self.hosts or self.generator):
            raise ValueError("要写明是哪个网站（hosts）或哪种软件（generator）")
        return self

    def fits(self, host: str, generator: str, day: Day | None) -> bool:
        if day and (day < self.valid_from or (self.valid_until and day > self.valid_until)):
            return False
        named = bool(self.generator) and generator.lower().startswith(self.generator.lower())
        return named or any(fnmatchcase(host, pattern) for pattern in self.hosts)


@runtime_checkable
class ReadsPages(Protocol):
    """A source whose articles are web pages: it is given the rules after it was built."""

    rules: Sequence[SiteRule]


def rule_for(
    rules: Sequence[SiteRule], root: Element, url: str, generator: str, at: datetime | None
) -> SiteRule | None:
    """The youngest rule that was valid when the page was fetched; without a time, the youngest whose text is there."""
    host = _host(url)
    fitting = [rule for rule in rules if rule.fits(host, generator, at.date() if at else None)]
    fitting.sort(key=lambda rule: rule.valid_from, reverse=True)
    return next((rule for rule in fitting if not rule.body or elements_at(root, rule.body)), None)


def _host(url: str) -> str:
    """ "" for what is no address."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def take_out(root: Element, rule: SiteRule | None) -> None:
    """Removes what the rule drops."""
    for element in elements_at(root, rule.drop) if rule else []:
        cut_out(element)


def first_text(root: Element, selector: str) -> str:
    """The text of the first element that has any; of a meta element, its content."""
    for element in elements_at(root, selector):
        text = visible_text(element.get("content") or "") if element.tag == "meta" else text_of(element)
        if text:
            return text
    return ""
