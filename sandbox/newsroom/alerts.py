"""CAP 1.2 warnings of the sample world: templates in `alerts/*.toml`, dated at the moment they are put out.

Once put out a message keeps its identifier and times, as a real one does; putting the same template out again makes a new
message. Shape and order of elements: OASIS CAP 1.2; identifiers: area, organisation and entry time as in Chinese practice.
"""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.newsroom.content import BEIJING, HERE
from sandbox.newsroom.rendering import render

LEVELS = {
    "blue": ("蓝色", "Ⅳ级（一般）"),
    "yellow": ("黄色", "Ⅲ级（较重）"),
    "orange": ("橙色", "Ⅱ级（严重）"),
    "red": ("红色", "Ⅰ级（特别严重）"),
}
_BEFORE_THE_UPDATE = timedelta(minutes=60)


@dataclass(frozen=True)
class Alert:
    """One message with all its values. Times are Beijing time with a numeric offset, whole seconds."""

    name: str
    identifier: str
    sender: str
    sender_name: str
    sent: datetime
    expires: datetime
    status: str
    msg_type: str
    references: tuple[str, ...]
    """`sender,identifier,sent` triples."""
    hazard: str
    code: str
    level: str
    severity: str
    urgency: str
    certainty: str
    response: str
    areas: tuple[tuple[str, str], ...]
    headline: str
    description: str
    instruction: str
    note: str
    hostile: bool

    @property
    def colour(self) -> str:
        return LEVELS[self.level][0]

    @property
    def level_name(self) -> str:
        return LEVELS[self.level][1]

    @property
    def triple(self) -> str:
        return f"{self.sender},{self.identifier},{self.sent.isoformat()}"

    def xml(self) -> str:
        return render("alert.xml", a=self)


def _morning(now: datetime) -> datetime:
    """The last 5:30 in Beijing."""
    morning = now.astimezone(BEIJING).replace(hour=5, minute=30, second=0, microsecond=0)
    return morning if morning <= now else morning - timedelta(days=1)


class UnknownAlert(KeyError):
    """No template of that name."""


class AlertBoard:
    """What stands in the warning feeds. It starts with the templates marked `initial`."""

    def __init__(self, now: datetime) -> None:
        self._templates = {
            path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
            for path in sorted((HERE / "alerts").glob("*.toml"))
        }
        self.restart(now)

    def restart(self, now: datetime) -> None:
        """Back to the start. Messages of before are gone, as if they had never been."""
        self._made: list[Alert] = []
        self.out: list[Alert] = []
        """Newest last."""
        self.changed = now
        for name, template in self._templates.items():
            if template.get("initial"):
                # of this morning, so that a world started again shows the same message and not a second one
                self.put(name, _morning(now))

    @property
    def names(self) -> list[str]:
        return list(self._templates)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Name and headline of each template."""
        return [(name, template["headline"]) for name, template in self._templates.items()]

    def put(self, name: str, now: datetime) -> Alert:
        """Put one message out, dated `now`. Raises UnknownAlert."""
        alert = self._make(name, now)
        self.out.append(alert)
        self.changed = now
        return alert

    def put_all(self, now: datetime) -> list[Alert]:
        """Every template once, in an order in which no message refers to a later one, a minute apart, the last at `now`."""
        ordered = sorted(self._templates, key=lambda name: (self._depth(name), name))
        return [self.put(name, now - timedelta(minutes=len(ordered) - 1 - n)) for n, name in enumerate(ordered)]

    def _depth(self, name: str) -> int:
        return max((1 + self._depth(earlier) for earlier in self._templates[name].get("references", [])), default=0)

    def _make(self, name: str, now: datetime) -> Alert:
        template = self._templates.get(name)
        if template is None:
            raise UnknownAlert(name)
        sent = now.astimezone(BEIJING).replace(microsecond=0) - timedelta(minutes=template.get("age_minutes", 0))
        named = (self._last(earlier, sent).triple for earlier in template.get("references", []))
        alert = _fill(name, template, sent, (*named, *filter(None, [template.get("bad_reference")])), self._free_id)
        self._made.append(alert)
        return alert

    def _last(self, name: str, sent: datetime) -> Alert:
        """The newest message of that name, or one that is said to have gone out earlier and never stood in the feed."""
        made = [alert for alert in self._made if alert.name == name]
        return made[-1] if made else self._make(name, sent - _BEFORE_THE_UPDATE)

    def _free_id(self, stem: str) -> str:
        taken = {alert.identifier for alert in self._made}
        serial = next(n for n in range(len(taken) + 1) if (f"{stem}_{n}" if n else stem) not in taken)
        return f"{stem}_{serial}" if serial else stem


def _fill(
    name: str, template: dict[str, Any], sent: datetime, references: tuple[str, ...], free_id: Callable[[str], str]
) -> Alert:
    when = f"{sent.month}月{sent.day}日{sent.hour}时{sent.minute}分"
    return Alert(
        name=name,
        identifier=free_id(f"{template['sender']}_{sent:%Y%m%d%H%M%S}"),
        sender=template["sender"],
        sender_name=template["sender_name"],
        sent=sent,
        expires=sent + timedelta(hours=template["hours"]),
        status=template.get("status", "Actual"),
        msg_type=template.get("msg_type", "Alert"),
        references=references,
        hazard=template["hazard"],
        code=template["code"],
        level=template["level"],
        severity=template["severity"],
        urgency=template.get("urgency", "Expected"),
        certainty="Likely",
        response=template.get("response", "Prepare"),
        areas=tuple((area, code) for area, code in template["areas"]),
        headline=template["headline"],
        description=template["description"].replace("{when}", when),
        instruction=template["instruction"],
        note=template.get("note", ""),
        hostile=template.get("hostile", False),
    )
