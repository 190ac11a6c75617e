"""CAP messages (Common Alerting Protocol 1.2, OASIS, https://docs.oasis-open.org/emergency/cap/v1.2/), read from XML.

Older versions (1.0, 1.1) and what senders get wrong without harm are accepted: "Z" as a zone, line breaks inside
references, a missing category or certainty. What could mislead is refused: a value outside its set, an Update or Cancel
that names no message, a document with a DTD.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError, register_namespace, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from connectors.base import Frozen
from connectors.errors import ConnectorError
from connectors.extraction.charset import decode
from connectors.extraction.dates import parse_date

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

for _prefix, _version in (("cap", "1.2"), ("cap11", "1.1"), ("cap10", "1.0")):
    # so that a message taken out of a feed does not come out with the prefix "ns0"
    register_namespace(_prefix, f"urn:oasis:names:tc:emergency:cap:{_version}")
MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 40
STATUSES = ("Actual", "Exercise", "System", "Test", "Draft")
MSG_TYPES = ("Alert", "Update", "Cancel", "Ack", "Error")
SCOPES = ("Public", "Restricted", "Private")
CATEGORIES = (
    "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other"
)  # fmt: skip
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")
RESPONSES = ("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None")
_OLD_NAMES = {"very likely": "Likely"}
"""CAP 1.0 spelled the higher certainty so."""
_NAMESPACE = re.compile(r"^(?:urn:oasis:names:tc:emergency:cap:1\.[0-9]|https?://www\.incident\.com/cap/1\.0|)$")
_ID = re.compile(r"[^\s,<&]+")
_REFERENCE = re.compile(
    r"([^\s,]{1,300})\s*+,\s*+([^\s,]{1,300})\s*+,\s*+(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)"
)
_REFERENCES = 100_000
"""Characters of a list of references that are read: two thousand of them."""
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


class CapError(ConnectorError):
    """A message that cannot be used; the text is Chinese and names the element at fault."""


class Reference(Frozen):
    """A message that this one refers to; all three parts must match."""

    sender: str
    identifier: str
    sent: datetime


class Named(Frozen):
    """A parameter, event code or geocode: name of the list, and the value in it."""

    name: str
    value: str


class Area(Frozen):
    desc: str
    geocodes: tuple[Named, ...] = ()
    polygons: tuple[str, ...] = ()
    circles: tuple[str, ...] = ()


class Info(Frozen):
    """One language or phase of a message."""

    language: str = "en-US"
    categories: tuple[str, ...] = ()
    event: str = ""
    response_types: tuple[str, ...] = ()
    urgency: str = "Unknown"
    severity: str = "Unknown"
    certainty: str = "Unknown"
    audience: str = ""
    event_codes: tuple[Named, ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameters: tuple[Named, ...] = ()
    areas: tuple[Area, ...] = ()


class CapMessage(Frozen):
    """One message. Times are aware and in UTC."""

    identifier: str
    sender: str
    sent: datetime
    status: str
    msg_type: str
    scope: str
    source: str = ""
    restriction: str = ""
    addresses: str = ""
    codes: tuple[str, ...] = ()
    note: str = ""
    references: tuple[Reference, ...] = ()
    incidents: str = ""
    infos: tuple[Info, ...] = ()
    raw_xml: str

    @property
    def may_be_published(self) -> bool:
        """Only an actual message for everybody may lead to a public post."""
        return self.status == "Actual" and self.scope == "Public"

    @property
    def all_clear(self) -> bool:
        return bool(self.infos) and all("AllClear" in info.response_types for info in self.infos)


def parse(xml: bytes) -> CapMessage:
    """The one CAP message of a document, which may be wrapped (EDXL, Atom). Raises CapError."""
    found = messages_in(xml)
    if not found:
        raise CapError("这份文件里没有 CAP 预警（缺少 alert 元素），请确认地址或文件是否正确。")
    if len(found) > 1:
        raise CapError(f"这份文件里有 {len(found)} 条 CAP 预警，请逐条提交。")
    return _message(found[0])


def messages_in(xml: bytes) -> list[Element]:
    """All alert elements of a document of any kind. Raises CapError where the XML itself is broken or unsafe."""
    return [element for element in read_xml(xml).iter() if is_alert(element)]


def xml_of(element: Element) -> bytes:
    """An alert element as a document of its own."""
    return bytes(tostring(element, encoding="utf-8"))


def read_xml(xml: bytes) -> Element:
    """The root element, with caps on size and depth, without entities and DTD. Raises CapError."""
    if len(xml) > MAX_BYTES:
        raise CapError(f"CAP 文件超过 {MAX_BYTES // 1048576} MB，已拒收。")
    # expat knows neither GB 18030 nor Big5, so the charset is settled before
    text = _DECLARATION.sub("", decode(xml).text.lstrip("\ufeff"), count=1)
    depth = 0
    root: Element | None = None
    try:
        for event, element in iterparse(BytesIO(text.encode()), events=("start", "end"), forbid_dtd=True):
            root = element if root is None else root
            depth += 1 if event == "start" else -1
            if depth > MAX_DEPTH:
                raise CapError(f"CAP 文件嵌套超过 {MAX_DEPTH} 层，已拒收。")
    except DefusedXmlException as error:
        raise CapError("CAP 文件带有 DTD 或实体声明，存在安全风险，已拒收。") from error
    except ParseError as error:
        line, column = error.position
        raise CapError(f"CAP 文件不是完整的 XML（第 {line} 行第 {column} 列出错），请检查来源。") from error
    if root is None:
        raise CapError("CAP 文件是空的，请检查来源。")
    return root


def is_alert(element: Element) -> bool:
    """Whether an element is a CAP message, of whatever version."""
    space, name = _split(element.tag)
    return name == "alert" and bool(_NAMESPACE.match(space))


def _split(tag: object) -> tuple[str, str]:
    """Namespace and local name."""
    text = tag if isinstance(tag, str) else ""
    space, _, name = text.rpartition("}")
    return space.lstrip("{"), name


def _message(alert: Element) -> CapMessage:
    msg_type = _choice(alert, "msgType", MSG_TYPES)
    references = _references(_text(alert, "references"))
    if msg_type in ("Update", "Cancel") and not references:
        raise CapError(
            f"{msg_type} 类型的 CAP 预警没有写明它更新或取消哪一条（references 为空或不完整），请向发布单位核实。"
        )
    return CapMessage(
        identifier=_identity(alert, "identifier"),
        sender=_identity(alert, "sender"),
        sent=_required_time(alert, "sent"),
        status=_choice(alert, "status", STATUSES),
        msg_type=msg_type,
        scope=_choice(alert, "scope", SCOPES),
        source=_text(alert, "source"),
        restriction=_text(alert, "restriction"),
        addresses=_text(alert, "addresses"),
        codes=tuple(_texts(alert, "code")),
        note=_text(alert, "note"),
        references=references,
        incidents=_text(alert, "incidents"),
        infos=tuple(_info(info) for info in _children(alert, "info")),
        raw_xml=xml_of(alert).decode(),
    )


def _info(info: Element) -> Info:
    return Info(
        language=_text(info, "language") or "en-US",
        categories=tuple(_one_of(text, "category", CATEGORIES) for text in _texts(info, "category")),
        event=_text(info, "event"),
        response_types=tuple(_one_of(text, "responseType", RESPONSES) for text in _texts(info, "responseType")),
        urgency=_choice(info, "urgency", URGENCIES, absent="Unknown"),
        severity=_choice(info, "severity", SEVERITIES, absent="Unknown"),
        certainty=_choice(info, "certainty", CERTAINTIES, absent="Unknown"),
        audience=_text(info, "audience"),
        event_codes=_named(info, "eventCode"),
        effective=_time(info, "effective"),
        onset=_time(info, "onset"),
        expires=_time(info, "expires"),
        sender_name=_text(info, "senderName"),
        headline=_text(info, "headline"),
        description="\n".join(_texts(info, "description")),
        instruction="\n".join(_texts(info, "instruction")),
        web=_text(info, "web"),
        contact=_text(info, "contact"),
        parameters=_named(info, "parameter"),
        areas=tuple(_area(area) for area in _children(info, "area")),
    )


def _area(area: Element) -> Area:
    return Area(
        desc=_text(area, "areaDesc"),
        geocodes=_named(area, "geocode"),
        polygons=tuple(_texts(area, "polygon")),
        circles=tuple(_texts(area, "circle")),
    )


def _named(element: Element, name: str) -> tuple[Named, ...]:
    """Name and value; CAP 1.0 wrote `name=value` as text, and some senders only the value."""
    found = []
    for child in _children(element, name):
        label, value = _text(child, "valueName"), _text(child, "value")
        if not label and not value:
            label, _, value = (child.text or "").strip().rpartition("=")
        if label or value:
            found.append(Named(name=label, value=value))
    return tuple(found)


def _references(text: str) -> tuple[Reference, ...]:
    found = []
    for sender, identifier, sent in _REFERENCE.findall(text[:_REFERENCES]):
        moment = parse_date(sent)
        if moment:
            found.append(Reference(sender=sender, identifier=identifier, sent=moment.at))
    return tuple(found)


def _children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if _split(child.tag)[1].lower() == name.lower())


def _texts(element: Element, name: str) -> list[str]:
    """Non-empty texts of the children of that name."""
    texts = ("".join(child.itertext()).strip() for child in _children(element, name))
    return [text for text in texts if text]


def _text(element: Element, name: str) -> str:
    return next(iter(_texts(element, name)), "")


def _identity(alert: Element, name: str) -> str:
    text = _text(alert, name)
    if not text:
        raise CapError(f"CAP 预警缺少必填的 {name}，请向发布单位核实。")
    if not _ID.fullmatch(text):
        raise CapError(f"CAP 预警的 {name} 含有空格、逗号等不允许的字符，请向发布单位核实。")
    return text


def _choice(element: Element, name: str, allowed: tuple[str, ...], absent: str = "") -> str:
    """A value of its set. A missing element is `absent` if there is such a value; an empty one never is."""
    child = next(_children(element, name), None)
    if child is None and absent:
        return absent
    text = "".join(child.itertext()).strip() if child is not None else ""
    if not text:
        raise CapError(f"CAP 预警缺少必填的 {name}，请向发布单位核实。")
    return _one_of(text, name, allowed)


def _one_of(text: str, name: str, allowed: tuple[str, ...]) -> str:
    wanted = _OLD_NAMES.get(text.lower(), text).lower()
    for value in allowed:
        if value.lower() == wanted:
            return value
    raise CapError(f"CAP 预警的 {name} 写成了“{text[:40]}”，应为 {'、'.join(allowed)} 之一。")


def _required_time(element: Element, name: str) -> datetime:
    moment = _time(element, name)
    if moment is None:
        raise CapError(f"CAP 预警缺少必填的 {name}，请向发布单位核实。")
    return moment


def _time(element: Element, name: str) -> datetime | None:
    """An aware time; one without a zone is Beijing time. Raises CapError for what is no time."""
    text = _text(element, name)
    if not text:
        return None
    moment = parse_date(text)
    if moment is None or not moment.exact:
        raise CapError(f"CAP 预警的 {name} 不是有效的时间：“{text[:40]}”，应形如 2026-11-26T08:00:00+08:00。")
    return moment.at
