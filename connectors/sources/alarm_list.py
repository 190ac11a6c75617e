"""The alarm list of nmc.cn (http://www.nmc.cn/rest/findAlarm) as CAP messages.

The list says little: {"data": {"page": {"list": [{"alertid", "issuetime", "title", "url", "pic"}]}}}. What it does not say
is not made up: no expiry, no severity, no references. An entry that leaves the list ends nothing; a title that says 解除 becomes
a message that a person looks at, for it does not name the warning it means. A title that is not understood becomes no message.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from connectors.base import RawPage
from connectors.cap import CapError
from connectors.errors import FormatChanged
from connectors.extraction.blocks import elements, parse, text_of, visible_text
from connectors.extraction.charset import decode
from connectors.extraction.dates import BEIJING, parse_date
from connectors.extraction.pictures import absolute_url
from connectors.sources.revisiting import charset_of
from connectors.sources.sizes import require_readable_json

SENDER = "nmc.cn"
_NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
_ID = re.compile(r"[A-Za-z0-9_\-]{1,80}")
_CODED = re.compile(r"([1-8]\d{5})\d{8}_\d{14}(?:_\d+)?")
"""Area (GB/T 2260), organisation, unit, extension, time of entry: the identifiers of the national release system."""
_COLOUR = "(?:[蓝黄橙红白]色|[ⅠⅡⅢⅣ一二三四]级)"
_TITLE = re.compile(
    r"(?P<sender>[^，。！？\s]{2,60}?)(?:(?:\d{4}年)?\d{1,2}月\d{1,2}日(?:\d{1,2}时(?:\d{1,2}分)?)?)?(?:联合)?"
    r"(?:(?:继续|更新|升级|降级|变更|调整|重新|确认)?发布(?!中心)|更新|变更|升级|降级|调整|延长|继续|解除|取消|将)"
    rf"(?P<hazard>[^，。！？\s]{{1,30}}?){_COLOUR}?预警(?:信号|信息)?(?:(?:变更|升级|降级|调整|更新)?为{_COLOUR}(?:预警(?:信号)?)?)?"
    r"(?:[（(【\[][^）)】\]]{1,30}[）)】\]])?。?"
)
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot carry; a stray one must not cost a warning."""
_PLACE = re.compile(
    r"^(.{2,40}?)(?:(?:气象|应急|水利|水务|自然资源|林业|地震|生态环境|国土)\w{0,12}(?:台|局|厅|站|中心|委))"
)
_LONGEST_TITLE = 120
_LONGEST_TEXT = 4000


@dataclass(frozen=True)
class Alarm:
    """One entry. `link` is the address of its page, or its id where it names none."""

    identifier: str
    title: str
    issued: str
    link: str


def is_json(body: bytes) -> bool:
    """Whether an answer is such a list: everything else that brings alerts is XML."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def alarms_of(page: RawPage) -> list[Alarm]:
    """The entries, as they stand. Raises FormatChanged where the answer is no such list."""
    text = decode(page.body, charset_of(page)).text.lstrip("\ufeff")
    require_readable_json(text, "cap")
    try:
        said = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise FormatChanged("预警列表的 JSON 不完整，请确认网址是否正确。", connector="cap") from error
    data = said.get("data") if isinstance(said, dict) else None
    inner = data.get("page") if isinstance(data, dict) else None
    entries = inner.get("list") if isinstance(inner, dict) else None
    if not isinstance(entries, list):
        raise FormatChanged("返回的 JSON 不是预警列表（没有 data.page.list），请确认网址。", connector="cap")
    return [_alarm(entry if isinstance(entry, dict) else {}, page.url) for entry in entries]


def _alarm(entry: dict[str, Any], base: str) -> Alarm:
    def words(name: str) -> str:
        value = entry.get(name)
        return visible_text(str(value)) if isinstance(value, str | int) else ""

    identifier = words("alertid")
    url = words("url")
    return Alarm(identifier, words("title"), words("issuetime"), (absolute_url(url, base) if url else "") or identifier)


def as_cap(alarm: Alarm, detail: str) -> bytes:
    """The entry as a CAP 1.2 message; `detail` is the text of its page. Raises CapError where it is not understood."""
    if not _ID.fullmatch(alarm.identifier):
        raise CapError(f"预警列表里有一条没有可用的编号（alertid），没有转发：{alarm.title[:60]}")
    found = _TITLE.fullmatch(alarm.title) if len(alarm.title) <= _LONGEST_TITLE else None
    if found is None:
        raise CapError(f"看不懂这条预警的标题，没有转发，请人工查看：{alarm.title[:60] or '（空白）'}")
    return _message(alarm, found["sender"], found["hazard"], detail, _sent(alarm))


def _sent(alarm: Alarm) -> datetime:
    moment = parse_date(alarm.issued)
    if moment is None or not moment.exact:
        raise CapError(
            f"这条预警的发布时间看不懂（{alarm.issued[:40] or '空白'}），没有转发，请人工查看：{alarm.title[:60]}"
        )
    return moment.at.astimezone(BEIJING)


def _message(alarm: Alarm, sender: str, hazard: str, detail: str, sent: datetime) -> bytes:
    root = Element(f"{{{_NAMESPACE}}}alert")
    _put(root, identifier=alarm.identifier, sender=SENDER, sent=sent.isoformat(timespec="seconds"))
    _put(root, status="Actual", msgType="Alert", source="中央气象台预警列表", scope="Public")
    info = SubElement(root, f"{{{_NAMESPACE}}}info")
    _put(info, language="zh-CN", category="Met", event=hazard)
    _put(info, urgency="Unknown", severity="Unknown", certainty="Unknown")
    _put(info, senderName=sender, headline=alarm.title, description=detail[:_LONGEST_TEXT] or alarm.title)
    if alarm.link.startswith(("http://", "https://")):
        _put(info, web=alarm.link)
    area = SubElement(info, f"{{{_NAMESPACE}}}area")
    place = _PLACE.match(sender)
    _put(area, areaDesc=place[1] if place else sender)
    if coded := _CODED.fullmatch(alarm.identifier):
        code = SubElement(area, f"{{{_NAMESPACE}}}geocode")
        _put(code, valueName="GB/T 2260", value=coded[1])
    return bytes(tostring(root, encoding="utf-8"))


def _put(parent: Element, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(parent, f"{{{_NAMESPACE}}}{name}").text = _NO_XML.sub("", text)


def detail_of(part: RawPage) -> str:
    """The warning's own words on its page (#alarmtext); "" where there are none."""
    if not part.body:
        return ""
    root = parse(decode(part.body, charset_of(part)).text)
    texts = (text_of(each) for each in elements(root, './/*[@id="alarmtext"]'))
    return "\n".join(text for text in texts if text)
