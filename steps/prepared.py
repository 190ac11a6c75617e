"""An item of a source as columns of an article, with what is computed from it before a transaction is opened. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from connectors.base import FetchedItem
from connectors.sources.addresses import canonical
from content_store.collecting import Known, Picture
from content_store.search import index_text
from tagging.sameness import Signature, signature

_SOME_TEXT = 150
_MUCH_SHORTER = 3
_BRIEF = 200
_REFUSAL = re.compile(
    r"不存在|找不到|未找到|已[经被]?删除|404|not found|(?:请先?|需要?)登[录陆]|无权|没有权限|返回首页|系统错误|访问出错",
    re.I,
)
_SAYS_WHY = re.compile(r"更正|致歉|道歉|撤稿|撤回|取消|解除|终止|延期|改期")
"""What an author says who takes a piece back."""
_LEAST_ALIKE = 0.3
"""Share of the pairs of characters of the shorter title."""


@dataclass(frozen=True)
class Prepared:
    """An item as it is written."""

    values: dict[str, Any]
    pictures: list[Picture]
    signed: Signature
    address: str
    """The canonical address of an item that has no other id than its link; "" of one that has."""

    @property
    def external_id(self) -> str:
        return str(self.values["external_id"])


def prepare(item: FetchedItem, source_id: int) -> Prepared:
    """An item as columns of an article, its pictures and its signature."""
    text = item.text or item.summary
    address = canonical(item.url)
    values = {
        "source_id": source_id,
        "external_id": item.external_id,
        "url": item.url,
        "canonical_url": address,
        "title": item.title,
        "author": item.author,
        "source_name": item.source_name,
        "published_at": item.published_at,
        "summary": item.summary,
        "text": item.text,
        "html": item.html,
        "attachments": [each.model_dump() for each in item.attachments],
        "language": item.language[:12],
        "content_hash": content_hash(item),
        "search_text": index_text(item.title, text),
    }
    pictures = [(picture.url, picture.alt, picture.caption) for picture in item.pictures]
    return Prepared(values, pictures, signature(item.title, text), address if _is_link(item, address) else "")


def _is_link(item: FetchedItem, address: str) -> bool:
    """Whether its id is nothing but its link, in whatever spelling."""
    own = item.external_id
    return own.startswith("http") and (own == item.url or canonical(own) == address)


def content_hash(item: FetchedItem) -> str:
    """Changes where a reader would see another text; a moved picture server or a new advertisement is no revision."""
    body = item.text or item.summary or item.html
    return hashlib.sha256(f"{item.title}\n{body}".encode("utf-8", "replace")).hexdigest()


def is_something_else(title: str, text: str, values: dict[str, Any]) -> bool:
    """Whether an address answers now what is no revision of the article there, such as an error or the front page. Pure.

    That is much shorter, shares no line with it, and bears another title.
    """
    new = str(values["text"])
    if len(text) < _SOME_TEXT or len(new) * _MUCH_SHORTER > len(text):
        return False
    title_now = str(values["title"])
    if set(text.splitlines()) & set(new.splitlines()) or _SAYS_WHY.search(title_now + new):
        return False
    if len(new) < _BRIEF and _REFUSAL.search(title_now + new):
        # a listing may lend its headline to an error
        return True
    left, right = _pairs(title), _pairs(title_now)
    return not right or len(left & right) < _LEAST_ALIKE * min(len(left), len(right))


def _pairs(title: str) -> set[str]:
    return {title[at : at + 2] for at in range(len(title) - 1)}


def amendments(old: Known, values: dict[str, Any]) -> dict[str, Any]:
    """What has changed beside a text that stays the same. Pure.

    What was known is not forgotten where the source no longer says it, and a day that moves on after the article was
    collected is one of an update.
    """
    changed = {name: values[name] for name in ("author", "source_name") if values[name] not in ("", getattr(old, name))}
    day = values["published_at"]
    if day is not None and day != old.published_at and (old.published_at is None or day <= old.collected_at):
        changed["published_at"] = day
    if values["attachments"] != (old.attachments or []):
        # the links within the text lead to them
        changed |= {"attachments": values["attachments"], "html": values["html"]}
    return changed
