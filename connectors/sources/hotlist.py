"""Hot lists: what people talk about now, in the shapes of newsnow, DailyHotApi and RSSHub. Topics, never articles.

The interfaces in front of a platform's list come and go, so that a list may have several routes, which are used in turn.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from connectors.base import BadItem, Cursor, FetchedItem, Parsed, RawPage
from connectors.errors import ConnectorError, FormatChanged, NeedsPerson, RetryLater, keeping
from connectors.extraction.blocks import visible_text
from connectors.extraction.charset import decode
from connectors.extraction.dates import parse_date
from connectors.extraction.pictures import absolute_url
from connectors.http import HttpClient
from connectors.sources.entries import plain_text
from connectors.sources.json_paths import read_json, text_of
from connectors.sources.revisiting import charset_of, revisit
from connectors.sources.rss import Rss, RssSettings
from connectors.sources.sizes import MOST_ENTRIES

_ACCEPT = "application/json, application/rss+xml;q=0.9, */*;q=0.5"
_LONGEST = 300
_AD = re.compile(r"[\[［【(（]?(?:广告|推广|赞助|商业推广|商|荐|ad|ads|sponsored)[\]］】)）]?", re.I)
_AD_FLAGS = ("ad", "isAd", "is_ad", "isad", "promotion", "isPromotion", "promoted", "sponsored")
_LABELS = ("label", "tag", "badge", "info", "type", "hot_tag", "labelName", "icon_desc")
_HEAT = re.compile(r"(\d[\d,]{0,20}(?:\.\d{1,6})?)\s*(亿|万|千|w|k)?", re.I)
_SAYS_HEAT = re.compile(r"热|亿|万|\A[\d,.\s]+[wk]?\Z", re.I)
_UNITS = {"": 1.0, "千": 1e3, "k": 1e3, "万": 1e4, "w": 1e4, "亿": 1e8}


class HotListSettings(BaseModel):
    """What can be set for a hot list."""

    model_config = ConfigDict(extra="forbid")

    url: str
    routes: list[str] = Field(default_factory=list, max_length=10)
    """Further addresses that give the same list, in any of the shapes."""
    max_topics: int = Field(default=50, ge=1, le=200)


class HotList:
    """A hot list as a source. An item's `raw["hot"]` is {"rank" from 1, "heat" or None, "at": ISO time of the list or ""}."""

    name = "hotlist"
    Settings = HotListSettings

    def __init__(self, settings: HotListSettings, http: HttpClient) -> None:
        self._settings = settings
        self._http = http

    def fetch(self, cursor: Cursor | None) -> RawPage:
        """From the route that worked last time, else from the next one. Raises ConnectorError with the reason of each."""
        failures: list[ConnectorError] = []
        for route in self._routes(str((cursor or {}).get("url", ""))):
            try:
                page = revisit(self._http, route, cursor, _ACCEPT)
                if not page.not_modified:
                    self._read(page)
                return page
            except ConnectorError as error:
                failures.append(error)
        raise failures[0] if len(failures) == 1 else _all_failed(failures)

    def parse(self, page: RawPage) -> Parsed:
        return Parsed() if page.not_modified else self._read(page)

    def _routes(self, last: str) -> list[str]:
        routes = list(dict.fromkeys([self._settings.url, *self._settings.routes]))
        place = routes.index(last) if last in routes else 0
        return routes[place:] + routes[:place]

    def _read(self, page: RawPage) -> Parsed:
        """Raises FormatChanged for what is no hot list, and for an empty one; RetryLater where the interface itself failed."""
        with keeping(page):
            if decode(page.body, charset_of(page)).text.lstrip("\ufeff \t\r\n").startswith("<"):
                said = self._of_feed(page)
            else:
                said = _of_json(page, read_json(page, self.name))
            items = [item.model_copy(update={"raw": _placed(item, rank)}) for rank, item in enumerate(said.items, 1)]
            if not items:
                raise FormatChanged("热榜里一条话题也没有，接口可能改版了，请检查网址。", connector=self.name)
        return Parsed(items=tuple(items[: self._settings.max_topics]), bad=said.bad)

    def _of_feed(self, page: RawPage) -> Parsed:
        parsed = Rss(RssSettings(url=page.url), self._http).parse(page)
        entries = [{"title": item.title, "url": item.url, "desc": item.summary or item.text} for item in parsed.items]
        read = _topics(page, entries, None)
        return Parsed(items=read.items, bad=(*parsed.bad, *read.bad))


def _all_failed(failures: Sequence[ConnectorError]) -> ConnectorError:
    reasons = "；".join(f"第 {place} 条：{error.message.rstrip('。')}" for place, error in enumerate(failures, 1))
    message = f"热榜的 {len(failures)} 条线路都没有取到。{reasons}。"
    waiting = [error for error in failures if isinstance(error, RetryLater)]
    if waiting:
        after = [error.after for error in waiting if error.after is not None]
        return RetryLater(message, connector="hotlist", after=min(after) if len(after) == len(waiting) else None)
    if all(isinstance(error, FormatChanged) for error in failures):
        page = next((error.page for error in failures if isinstance(error, FormatChanged)), None)
        return FormatChanged(message, connector="hotlist", page=page)
    return NeedsPerson(message, connector="hotlist")


def _of_json(page: RawPage, said: Any) -> Parsed:
    """newsnow and JSON Feed have `items`, DailyHotApi has `data`."""
    if not isinstance(said, dict):
        raise FormatChanged("返回的 JSON 不是热榜，请检查网址。", connector="hotlist")
    entries = next((said[name] for name in ("items", "data") if isinstance(said.get(name), list)), None)
    if entries is None:
        code = text_of(said.get("code")) or text_of(said.get("status"))
        if code not in ("", "200", "0", "success"):
            raise RetryLater(f"热榜接口自己出错了（{visible_text(code)[:20]}），稍后会再试。", connector="hotlist")
        raise FormatChanged("返回的 JSON 不是热榜，请检查网址。", connector="hotlist")
    moment = parse_date(text_of(said.get("updatedTime") or said.get("updateTime")))
    return _topics(page, entries, moment.at if moment else None)


def _topics(page: RawPage, entries: Sequence[Any], updated: datetime | None) -> Parsed:
    items: dict[str, FetchedItem] = {}
    bad: list[BadItem] = []
    for number, entry in enumerate(entries[:MOST_ENTRIES], 1):
        said = entry if isinstance(entry, dict) else {}
        if _is_ad(said):
            continue
        topic = plain_text(text_of(said.get("title"))[: 4 * _LONGEST]).strip("# ")[:_LONGEST]
        if not topic:
            bad.append(BadItem(where=f"第 {number} 条", reason="没有标题，已跳过。"))
            continue
        items.setdefault(topic, _item(said, topic, page.url, updated))
    return Parsed(items=tuple(items.values()), bad=tuple(bad))


def _item(said: Mapping[str, Any], topic: str, base: str, updated: datetime | None) -> FetchedItem:
    link = text_of(said.get("url")) or text_of(said.get("mobileUrl"))
    url = absolute_url(link, base) if link else ""
    hot = {"heat": _heat(said), "at": updated.isoformat() if updated else ""}
    return FetchedItem(
        external_id=topic,
        url=url if url.startswith(("http://", "https://")) else "",
        title=topic,
        summary=plain_text(text_of(said.get("desc")))[:2000],
        raw={"hot": hot},
    )


def _placed(item: FetchedItem, rank: int) -> dict[str, Any]:
    return {"hot": item.raw["hot"] | {"rank": rank}}


def _both(said: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """An entry, and what newsnow puts beside it."""
    yield said
    if isinstance(beside := said.get("extra"), dict):
        yield beside


def _is_ad(said: Mapping[str, Any]) -> bool:
    for part in _both(said):
        if any(part.get(name) in (True, 1, "1", "true") for name in _AD_FLAGS):
            return True
        if any(_AD.fullmatch(text_of(part.get(name))) for name in _LABELS):
            return True
    return False


def _heat(said: Mapping[str, Any]) -> float | None:
    """A number, or words like 342 万热度."""
    for part in _both(said):
        for name in ("hot", "heat", "hotValue", "info"):
            value = part.get(name)
            if isinstance(value, int | float) and not isinstance(value, bool):
                return float(value) if abs(value) < 1e15 and math.isfinite(value) else None
            words = text_of(value)
            if _SAYS_HEAT.search(words) and (found := _HEAT.search(words)):
                return float(found[1].replace(",", "")) * _UNITS[(found[2] or "").lower()]
    return None
