"""An event as it stands: its alerts from the store, woven into their thread. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from content_store import events
from content_store.tables import Alert, Event
from steps.errors import Missing
from steps.threads import STANDING, Message, State, Thread, join

Material = tuple[str, str, tuple[str, ...]]
"""Hazard, level and areas: what a post must be changed for."""


@dataclass(frozen=True)
class EventNow:
    """An event at one moment. `thread` is None where its messages moved to another event."""

    event: Event
    alerts: tuple[Alert, ...]
    """Its messages, by time of sending."""
    thread: Thread | None
    state: State

    @property
    def stands(self) -> bool:
        return self.state in STANDING

    @property
    def current(self) -> Alert | None:
        """The message that stands."""
        if self.thread is None:
            return None
        return next((alert for alert in self.alerts if self.thread and alert.id == self.thread.current.id), None)

    @property
    def ending(self) -> Alert | None:
        """The message that ended it."""
        last = self.thread.cancel if self.thread else None
        return next((alert for alert in self.alerts if last and alert.id == last.id), None)


def message_of(alert: Alert) -> Message:
    """What the thread needs of a stored alert. One that names no place at all holds where the message before it held."""
    assert alert.id is not None
    return Message(
        id=alert.id,
        sender=alert.sender,
        identifier=alert.identifier,
        sent=alert.sent,
        msg_type=alert.msg_type,
        references=tuple((sender, named, datetime.fromisoformat(sent)) for sender, named, sent in alert.references),
        action=alert.action,
        ours=bool(alert.areas) or (alert.msg_type == "Update" and not alert.area_text),
        hazard=alert.hazard,
        level=alert.level,
        areas=tuple(alert.areas),
        effective=alert.effective,
        expires=alert.expires,
    )


def ends_by_hand(session: Session, alerts: Sequence[Alert]) -> dict[int, State]:
    """Alert id → the end that a person gave its event."""
    rows = {alert.id: session.get(Event, alert.event_id) for alert in alerts if alert.event_id is not None}
    return {key: State(event.end_kind) for key, event in rows.items() if key and event and event.ended_by is not None}


def event_now(session: Session, event_id: int, now: datetime) -> EventNow:
    """Raises Missing."""
    event = session.get(Event, event_id)
    if event is None:
        raise Missing("这个事件已不存在，请刷新列表。")
    alerts = events.alerts_of(session, event_id)
    if not alerts:
        return EventNow(event, (), None, State.SUPERSEDED)
    around = events.connected(session, alerts[0])
    woven = join(map(message_of, around), ends_by_hand(session, around))
    thread = next((found for alert in alerts if alert.id and (found := woven.of(alert.id))), None)
    return EventNow(event, tuple(alerts), thread, thread.state_at(now) if thread else State.SUPERSEDED)


def material_by_alert(thread: Thread) -> dict[int, Material]:
    """Alert id → what the event was once that message stood; what a message leaves out it takes from the one before."""
    found: dict[int, Material] = {}
    hazard, level, areas = "", "", tuple[str, ...]()
    for message in thread.members:
        if not message.ends:
            hazard, level = message.hazard or hazard, message.level or level
            areas = tuple(sorted(message.areas)) or areas
        found[message.id] = (hazard, level, areas)
    return found
