"""Alerts: a CAP file, an Atom or RSS feed whose entries are CAP messages or lead to them, or the alarm list of nmc.cn."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

from connectors.base import BadItem, Cursor, FetchedItem, Parsed, RawPage
from connectors.cap import CapError, CapMessage, is_alert, messages_in, parse, read_xml, xml_of
from connectors.errors import FormatChanged, keeping
from connectors.extraction.pictures import absolute_url
from connectors.http import HttpClient
from connectors.sources.alarm_list import Alarm, alarms_of, as_cap, detail_of, is_json
from connectors.sources.revisiting import after_parts, revisit
from connectors.sources.visiting import Visitor

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ACCEPT = (
    "application/cap+xml, application/atom+xml, application/rss+xml, application/json, application/xml;q=0.9, */*;q=0.5"
)
_TRIES = 5


class CapSettings(BaseModel):
    """What can be set for a source of alerts."""

    model_config = ConfigDict(extra="forbid")

    url: str
    max_messages: int = Field(default=100, ge=1, le=500)
    """Messages fetched in one round, where the feed only links to them; what is left comes in the next."""
    codes: tuple[Annotated[str, Field(pattern=r"^\d{2,14}$")], ...] = ()
    """Of an alarm list: only alarms whose id begins with one of these (22: the province); empty: all."""


class Cap:
    """Alerts as a source. A feed that flickers harms nothing: a message once taken is never asked for again."""

    name = "cap"
    Settings = CapSettings

    def __init__(self, settings: CapSettings, http: HttpClient) -> None:
        self._settings = settings
        self._http = http

    def fetch(self, cursor: Cursor | None) -> RawPage:
        known = cursor or {}
        page = revisit(self._http, self._settings.url, cursor, _ACCEPT, afresh=bool(known.get("pending")))
        if page.not_modified:
            return page
        if is_json(page.body):
            return self._with_details(page, known)
        seen = set(known.get("seen", []))
        with keeping(page):
            new = [link for link in dict.fromkeys(_links(_root(page), page.url)) if link not in seen]
        # alerts are published for machines to pass on
        visitor = Visitor(self._http, self._settings.url, _ACCEPT, obey_robots=False)
        parts = tuple(visitor.part(link) for link in new[: self._settings.max_messages])
        visited = after_parts(known, parts, more=len(new) > len(parts), most_tries=_TRIES)
        return page.model_copy(update={"parts": parts, "cursor": page.cursor | visited})

    def parse(self, page: RawPage) -> Parsed:
        if page.not_modified:
            return Parsed()
        if is_json(page.body):
            return self._parse_list(page)
        with keeping(page):
            root = _root(page)
            _refuse_foreign(root)
        items: dict[str, FetchedItem] = {}
        bad: list[BadItem] = []
        for where, url, xml in _messages(root, page, bad):
            try:
                item = _item(parse(xml), url)
                items.setdefault(item.external_id, item)
            except CapError as error:
                bad.append(BadItem(where=where, reason=error.message))
        return Parsed(items=tuple(items.values()), bad=tuple(bad))

    def _with_details(self, page: RawPage, known: Cursor) -> RawPage:
        """The pages of alarms that were not there before. An alarm is told of once: nothing waits for a page that fails."""
        seen = set(known.get("seen", []))
        with keeping(page):
            new = [link for link in dict.fromkeys(alarm.link for alarm in self._ours(page)) if link not in seen]
        visitor = Visitor(self._http, self._settings.url, "text/html, */*;q=0.5", obey_robots=False)
        parts = tuple(
            visitor.part(link)
            if link.startswith(("http://", "https://"))
            else RawPage(url=page.url, status=200, fetched_at=page.fetched_at, cursor={"link": link})
            for link in new[: self._settings.max_messages]
        )
        told = [part.model_copy(update={"error": None}) for part in parts]
        visited = after_parts(known, told, more=len(new) > len(parts))
        return page.model_copy(update={"parts": parts, "cursor": page.cursor | visited})

    def _parse_list(self, page: RawPage) -> Parsed:
        with keeping(page):
            alarms = {alarm.link: alarm for alarm in self._ours(page)}
        items: dict[str, FetchedItem] = {}
        bad: list[BadItem] = []
        for part in page.parts:
            link = str(part.cursor["link"])
            if part.error is not None:
                bad.append(BadItem(where=link, reason=f"预警已按标题转发，正文没有取到：{part.error}"))
            try:
                item = _item(parse(as_cap(alarms[link], detail_of(part))), page.url)
                items.setdefault(item.external_id, item)
            except CapError as error:
                bad.append(BadItem(where=link, reason=error.message))
        return Parsed(items=tuple(items.values()), bad=tuple(bad))

    def _ours(self, page: RawPage) -> list[Alarm]:
        wanted = self._settings.codes
        # one without an id is shown to a person, wherever it is from
        return [
            each for each in alarms_of(page) if not wanted or not each.identifier or each.identifier.startswith(wanted)
        ]


def _messages(root: Element, page: RawPage, bad: list[BadItem]) -> list[tuple[str, str, bytes]]:
    """(where, address, XML) of every message in the feed and in the pages it led to; what failed goes to `bad`."""
    alerts = [alert for box in _boxes(root) for alert in box.iter() if is_alert(alert)]
    found = [(f"第 {number} 条", page.url, xml_of(alert)) for number, alert in enumerate(alerts, 1)]
    for part in page.parts:
        if part.error is not None:
            bad.append(BadItem(where=part.url, reason=part.error))
            continue
        try:
            found += [(part.url, part.url, xml_of(alert)) for alert in messages_in(part.body)]
        except CapError as error:
            bad.append(BadItem(where=part.url, reason=error.message))
    return found


def _boxes(root: Element) -> list[Element]:
    """Where messages stand: in a feed only inside its entries, elsewhere anywhere."""
    if _local(root) in ("feed", "rss", "RDF"):
        return [entry for entry in root.iter() if _local(entry) in ("entry", "item")]
    return [root]


def _root(page: RawPage) -> Element:
    try:
        return read_xml(page.body)
    except CapError as error:
        raise FormatChanged(error.message, connector="cap") from error


def _refuse_foreign(root: Element) -> None:
    if _local(root) not in ("alert", "feed", "rss", "RDF", "EDXLDistribution"):
        raise FormatChanged("返回的内容既不是 CAP 预警，也不是预警的 Atom 或 RSS 列表，请确认网址。", connector="cap")


def _links(root: Element, base: str) -> list[str]:
    """Addresses of messages that the feed's entries name without carrying them."""
    links = []
    for entry in root.iter():
        if _local(entry) in ("entry", "item") and not any(_local(child) == "alert" for child in entry.iter()):
            link = absolute_url(_entry_link(entry), base)
            if link:
                links.append(link)
    return links


def _entry_link(entry: Element) -> str:
    """The link typed as CAP, else the entry's first link."""
    candidates = [child for child in entry if _local(child) == "link"]
    for link in candidates:
        if "cap" in (link.get("type") or ""):
            return link.get("href") or ""
    enclosures = [child.get("url") or "" for child in entry if _local(child) == "enclosure"]
    first = candidates[0] if candidates else None
    if first is not None:
        return first.get("href") or (first.text or "").strip()
    return next(iter(enclosures), "")


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _item(message: CapMessage, url: str) -> FetchedItem:
    """A message as an item: the Chinese part if there is one, else the first."""
    info = next((info for info in message.infos if info.language.lower().startswith("zh")), None)
    info = info or (message.infos[0] if message.infos else None)
    title = (info.headline or info.event) if info else ""
    paragraphs = [info.description, info.instruction] if info else [message.note]
    text = "\n".join(paragraph for paragraph in paragraphs if paragraph)
    return FetchedItem(
        external_id=_identity(message.sender, message.identifier, message.sent),
        url=(info.web if info and info.web.startswith("http") else "") or url,
        title=(title or text[:40] or message.identifier)[:300],
        source_name=(info.sender_name if info else "")[:100] or message.sender[:100],
        published_at=message.sent,
        text=text,
        language=info.language if info else "",
        raw={"cap": message.raw_xml},
    )


def _identity(sender: str, identifier: str, sent: datetime) -> str:
    """What CAP calls a message's name: all three parts, as a reference would give them."""
    return f"{sender},{identifier},{sent.isoformat()}"
