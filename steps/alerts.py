"""Receiving alerts: kept as they came, woven into events, and answered at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from connectors import cap
from connectors.cap import CapError, CapMessage
from content_store import events, log
from content_store.tables import Alert, Event, User
from steps.alert_areas import read_areas
from steps.errors import Missing, Refused
from steps.hazards import OTHER, HazardTable, info_of, infos_of, read_warning
from steps.newsroom import Newsroom
from steps.response import answer_event
from steps.standing import ends_by_hand, event_now, message_of
from steps.threads import State, Thread, Threads, join

ODD_LEAD = timedelta(days=14)
"""Taking effect so long before it was sent is a mistake in the message."""
CLOCK_ERROR = timedelta(minutes=10)
STALE = timedelta(days=3)
LONGEST_NAME = 200
ENDS_BY_HAND = (State.CANCELLED, State.SUPERSEDED)
_TYPES = ("Alert", "Update", "Cancel")


@dataclass(frozen=True)
class Received:
    """What became of a message. `acts`: it may lead to something public. `state`: the event's, empty without one."""

    alert_id: int
    event_id: int | None
    duplicate: bool
    acts: bool
    state: str
    hazard_name: str
    level: str
    area_text: str
    notes: tuple[str, ...] = ()
    """What a person should look at (Chinese)."""
    story_ids: tuple[int, ...] = ()
    """The event's emergency stories that wait for release or are released."""
    accounts: tuple[str, ...] = ()
    """Keys of the accounts whose deliveries are prepared."""
    follow_ups: int = 0
    """Open tasks of the event."""
    msg_type: str = "Alert"
    late: bool = False
    """The event stood ended before this message could do anything to it."""


def receive(newsroom: Newsroom, cap_xml: bytes, now: datetime) -> Received:
    """One CAP message. Receiving it twice changes nothing. Raises CapError for what is no usable message."""
    message = cap.parse(cap_xml)
    _fits_the_store(message)
    with newsroom.store.session() as session:
        # also keeps two copies of one message, arriving at once, from both being new
        events.lock_threads(session)
        alert = events.alert_by_key(session, message.sender, message.identifier)
        duplicate = alert is not None
        if alert is not None:
            _note_other_text(alert, message)
            touched = {alert.event_id} if alert.event_id is not None else set[int]()
        else:
            alert = _keep(session, newsroom, message, now)
            touched = weave(session, newsroom.hazards, alert, now) if _takes_part(alert) else set()
        assert alert.id is not None
        alert_id = alert.id
    # for a duplicate as well: the first time may have been cut off before its answer
    for event_id in sorted(touched):
        answer_event(newsroom, event_id, now)
    return _received(newsroom, alert_id, duplicate, now)


def end_by_hand(newsroom: Newsroom, event_id: int, *, kind: str, by: int, note: str, now: datetime) -> None:
    """A person ends an event that no message ended (`kind`: cancelled or superseded). What waited for that decision is
    joined now. Raises Refused."""
    if kind not in ENDS_BY_HAND:
        raise Refused("请选择结束的方式：已解除，或已被另一事件取代。")
    if not note.strip():
        raise Refused("请写明依据，例如发布单位的通知。")
    with newsroom.store.session() as session:
        events.lock_threads(session)
        view = event_now(session, event_id, now)
        if not view.stands:
            raise Refused("这个事件已经结束，无需再次结束。")
        event = view.event
        event.end_kind, event.ended_at, event.ended_by = State(kind), now, by
        session.flush()
        log.append(
            session, at=now, subject="event", subject_id=event_id, act=kind, actor=_name(session, by), why=note.strip()
        )
        touched = weave(session, newsroom.hazards, view.alerts[0], now) | {event_id}
    for each in sorted(touched):
        answer_event(newsroom, each, now)


def _name(session: Session, by: int) -> str:
    user = session.get(User, by)
    if user is None:
        raise Missing("找不到操作人，请重新登录。")
    return user.display_name


# ---------------------------------------------------------------- keeping


def _fits_the_store(message: CapMessage) -> None:
    for name, text in (("identifier", message.identifier), ("sender", message.sender)):
        if len(text) > LONGEST_NAME:
            raise CapError(f"CAP 预警的 {name} 超过 {LONGEST_NAME} 个字符，已拒收，请向发布单位核实。")


def _keep(session: Session, newsroom: Newsroom, message: CapMessage, now: datetime) -> Alert:
    references = [(each.sender, each.identifier, each.sent) for each in message.references]
    return events.add_alert(session, values_of(newsroom, message, now), references)


def values_of(newsroom: Newsroom, message: CapMessage, now: datetime) -> dict[str, Any]:
    """A message as the columns of its row. Pure but for what the newsroom has loaded."""
    info = info_of(message)
    warning = read_warning(newsroom.hazards, message)
    where = read_areas(newsroom.areas, message)
    effective = info.effective or message.sent
    expires = info.expires or effective + timedelta(hours=newsroom.hazards.default_hours)
    notes = (*_nature(message), *_several(message), *warning.notes, *where.notes, *_odd_times(message, now))
    return {
        "identifier": message.identifier,
        "sender": message.sender,
        "sent": message.sent,
        "status": message.status,
        "msg_type": message.msg_type,
        "scope": message.scope,
        "hazard": "" if warning.hazard == OTHER and warning.action == "cancel" else warning.hazard,
        "hazard_name": warning.name,
        "level": warning.level,
        "action": warning.action,
        "sender_name": info.sender_name,
        "headline": info.headline,
        "description": info.description,
        "instruction": info.instruction,
        "areas": list(where.codes),
        "area_text": where.text,
        "effective": effective,
        "expires": expires,
        "expires_is_own": info.expires is None,
        "received_at": now,
        "notes": list(dict.fromkeys(notes)),
        "raw_xml": message.raw_xml,
    }


def _nature(message: CapMessage) -> tuple[str, ...]:
    statuses = {"Exercise": "演练", "System": "系统", "Test": "测试", "Draft": "草稿"}
    if message.status in statuses:
        return (f"这是一条{statuses[message.status]}消息，只留存，不生成任何对外内容。",)
    if message.msg_type not in _TYPES:
        return ("这是一条回执，不是预警，只留存。",)
    if message.scope != "Public":
        return ("这条预警不是面向公众的（scope 不是 Public），只留存，不生成任何对外内容。",)
    return ()


def _several(message: CapMessage) -> tuple[str, ...]:
    told = {(info.event, info.severity, info.headline) for info in infos_of(message)}
    return (f"这条预警含 {len(told)} 段不同的信息，按第一段处理，地区合在一起，请核对。",) if len(told) > 1 else ()


def _odd_times(message: CapMessage, now: datetime) -> tuple[str, ...]:
    info = info_of(message)
    notes = []
    if message.sent > now + CLOCK_ERROR:
        notes.append("发送时间晚于现在，请核对发布单位的时钟。")
    if message.msg_type == "Cancel":
        return tuple(notes)
    if message.sent < now - STALE:
        notes.append("发送时间是几天以前，收到时可能已经过时，请核对。")
    if info.expires is not None and info.expires <= message.sent:
        notes.append("失效时间不晚于发送时间，请向发布单位核实。")
    if info.expires is None:
        notes.append("没有写失效时间，已按默认时长估计。")
    if info.effective is not None and info.effective < message.sent - ODD_LEAD:
        notes.append("生效时间比发送时间早很多，请核对。")
    return tuple(notes)


def _takes_part(alert: Alert) -> bool:
    return alert.status == "Actual" and alert.scope == "Public" and alert.msg_type in _TYPES


def _note_other_text(alert: Alert, message: CapMessage) -> None:
    """An identifier is never used again; where one is, the first text stays and a person is told."""
    note = "又收到编号相同而内容不同的消息，未采用，请向发布单位核实。"
    info = info_of(message)
    told = (message.sent, message.msg_type, message.status, info.headline, info.description)
    kept = (alert.sent, alert.msg_type, alert.status, alert.headline, alert.description)
    if told != kept and note not in alert.notes:
        alert.notes = [*alert.notes, note]


# ---------------------------------------------------------------- weaving


def weave(session: Session, table: HazardTable, alert: Alert, now: datetime) -> set[int]:
    """Brings the events around this alert in line with what their messages say. Returns the events concerned."""
    rows = events.connected(session, alert)
    before = {row.event_id for row in rows if row.event_id is not None}
    woven = join(map(message_of, rows), ends_by_hand(session, rows))
    taken: dict[int, Thread] = {}
    for thread in woven.threads:
        event = _event_for(session, thread, rows, taken, now)
        assert event.id is not None
        taken[event.id] = thread
        _project(event, thread, rows, table)
    _place_rows(session, rows, woven, taken, now)
    for event_id in before - taken.keys():
        _merged_away(session, event_id, now)
    session.flush()
    return before | taken.keys()


def _event_for(
    session: Session, thread: Thread, rows: Sequence[Alert], taken: dict[int, Thread], now: datetime
) -> Event:
    """The event that the thread's messages had already, the oldest of several; else a new one."""
    ids = {message.id for message in thread.members}
    known = sorted({row.event_id for row in rows if row.id in ids and row.event_id is not None} - taken.keys())
    if known:
        return session.get_one(Event, known[0])
    first = min(row.received_at for row in rows if row.id in ids)
    event = events.add_event(session, {"hazard": thread.current.hazard, "opened_at": first})
    assert event.id is not None
    log.append(session, at=now, subject="event", subject_id=event.id, act="opened", actor="预警")
    return event


def _project(event: Event, thread: Thread, rows: Sequence[Alert], table: HazardTable) -> None:
    """The event's row says what its standing message says; what that leaves out stays as the one before said."""
    by_id = {row.id: row for row in rows}
    told = [by_id[message.id] for message in thread.members if not message.ends]
    last = told[-1]
    named = [row for row in told if row.hazard and row.hazard_name] or told
    event.hazard, event.hazard_name = named[-1].hazard, named[-1].hazard_name
    event.level = next((row.level for row in reversed(told) if row.level), "")
    event.sender_name = next((row.sender_name for row in reversed(told) if row.sender_name), "")
    event.areas = next((list(row.areas) for row in reversed(told) if row.areas), [])
    event.area_text = next((row.area_text for row in reversed(told) if row.area_text), "")
    event.title = last.headline or f"{event.area_text}{event.hazard_name}{table.colour(event.level)}预警"
    event.expires_at = last.expires
    event.opened_at = min(by_id[message.id].received_at for message in thread.members)
    if event.ended_by is None:
        event.end_kind, event.ended_at = _end(thread)


def _end(thread: Thread) -> tuple[str, datetime | None]:
    if thread.ended_by_hand:
        return thread.ended_by_hand, thread.current.sent
    if thread.cancel:
        return State.CANCELLED, thread.cancel.sent
    if not thread.current.ours:
        return State.SUPERSEDED, thread.current.sent
    return "", None


def _place_rows(
    session: Session, rows: Sequence[Alert], woven: Threads, taken: dict[int, Thread], now: datetime
) -> None:
    for row in rows:
        assert row.id is not None
        thread = woven.of(row.id)
        event_id = next((key for key, each in taken.items() if each is thread), None)
        if event_id is not None and row.event_id != event_id:
            log.append(
                session,
                at=now,
                subject="event",
                subject_id=event_id,
                act=row.msg_type.lower(),
                actor=row.sender_name or row.sender,
                why=row.headline,
                detail={"alert": row.id},
            )
        row.event_id = event_id
        notes = woven.notes.get(row.id, [])
        if row.place_notes != notes:
            row.place_notes = notes


def _merged_away(session: Session, event_id: int, now: datetime) -> None:
    """All its messages turned out to belong to another event."""
    event = session.get_one(Event, event_id)
    if not events.alerts_of(session, event_id) and not event.end_kind:
        event.end_kind, event.ended_at = State.SUPERSEDED, now
        log.append(session, at=now, subject="event", subject_id=event_id, act="merged", actor="预警")


def _received(newsroom: Newsroom, alert_id: int, duplicate: bool, now: datetime) -> Received:
    with newsroom.store.reading() as session:
        alert = session.get_one(Alert, alert_id)
        view = event_now(session, alert.event_id, now) if alert.event_id is not None else None
        made = events.stories_of(session, alert.event_id) if alert.event_id is not None else []
        rows = events.deliveries_of(session, alert.event_id) if alert.event_id is not None else []
        tasks = events.follow_ups_of(session, alert.event_id) if alert.event_id is not None else []
    event = view.event if view else None
    return Received(
        alert_id=alert_id,
        event_id=alert.event_id,
        duplicate=duplicate,
        acts=_takes_part(alert),
        state=view.state if view else "",
        hazard_name=event.hazard_name if event else alert.hazard_name,
        level=event.level if event else alert.level,
        area_text=event.area_text if event else alert.area_text,
        notes=(*alert.notes, *alert.place_notes),
        story_ids=tuple(story.id for story, _ in made if story.id and story.status != "dropped"),
        accounts=tuple(dict.fromkeys(account.key for row, account, _ in rows if row.state != "withdrawn")),
        follow_ups=sum(task.done_at is None for task in tasks),
        msg_type=alert.msg_type,
        late=bool(view and view.thread and any(each.id == alert_id for each in view.thread.late)),
    )
