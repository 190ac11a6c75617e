"""How alerts form events: a pure function of the messages, so the order in which they arrived can change nothing.

Rules (CAP 1.2 and what its users learnt): an Update replaces what it names, a Cancel ends it; all three parts of a
reference must match; with several references the open event is meant, and where more than one is open a person decides.
A message speaks for its own sender only: what another sender updates or ends, a person decides.
Only actual, public messages that concern the province take part. What is merely absent or worded alike ends nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Key = tuple[str, str]
"""Sender and identifier of a message."""


class State(StrEnum):
    UPCOMING = "upcoming"
    ACTIVE = "active"
    UPDATED = "updated"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


STATE_NAMES = {
    State.UPCOMING: "未生效",
    State.ACTIVE: "生效中",
    State.UPDATED: "已更新",
    State.SUPERSEDED: "已被取代",
    State.CANCELLED: "已解除",
    State.EXPIRED: "已到期",
}
STANDING = (State.UPCOMING, State.ACTIVE, State.UPDATED)
"""States in which an event may still lead to posts."""
WAITING = "它所引用的预警还没有收到，收到后会自动接上。"
MISMATCH = "它引用的预警与已收到的发送时间不一致，未按更新或解除处理，请向发布单位核实。"
SEVERAL = "它同时引用了多个还未结束的事件，请人工判断：结束其中不再有效的事件后，系统会自动接上。"
ENDED = "它引用的事件已经结束，请人工核对是否需要重新发布。"
UNNAMED_END = "它说某条预警已经解除，但没有指明是哪一条，请人工核对并结束相应事件。"
FOREIGN = "它要更新或解除的是另一发布单位的预警，没有自动处理，请人工判断：属实的，请在那个事件的页面上人工结束。"
BEFORE_ITS_ALERT = "原预警还没有收到，先按这条更新建立事件。"


@dataclass(frozen=True)
class Message:
    """What a thread needs to know of an alert."""

    id: int
    sender: str
    identifier: str
    sent: datetime
    msg_type: str
    references: tuple[tuple[str, str, datetime], ...] = ()
    action: str = "issue"
    ours: bool = True
    """It names an area of the province."""
    hazard: str = ""
    level: str = ""
    areas: tuple[str, ...] = ()
    effective: datetime | None = None
    expires: datetime | None = None

    @property
    def key(self) -> Key:
        return self.sender, self.identifier

    @property
    def ends(self) -> bool:
        return self.msg_type == "Cancel" or self.action == "cancel"


@dataclass(eq=False)
class Thread:
    """An event in the making. `ended_by_hand` is the end a person gave it."""

    members: list[Message]
    cancel: Message | None = None
    ended_by_hand: State | None = None
    late: list[Message] = field(default_factory=list)
    """Messages that came for it after its end and changed nothing."""

    @property
    def root(self) -> Message:
        return self.members[0]

    @property
    def current(self) -> Message:
        """The message that stands: the newest which is no end."""
        return next(each for each in reversed(self.members) if not each.ends)

    @property
    def open(self) -> bool:
        return self.cancel is None and self.ended_by_hand is None

    def state_at(self, moment: datetime) -> State:
        """The state at a time, with all that is known of the thread."""
        if self.ended_by_hand:
            return self.ended_by_hand
        if self.cancel:
            return State.CANCELLED
        now = self.current
        if not now.ours:
            return State.SUPERSEDED
        if now.expires is not None and now.expires <= moment:
            return State.EXPIRED
        # an Update that takes effect later does not undo that the event has begun
        if all(each.effective is not None and each.effective > moment for each in self.members if not each.ends):
            return State.UPCOMING
        return State.UPDATED if now.msg_type == "Update" else State.ACTIVE

    def state_of(self, message: Message, moment: datetime) -> State:
        """The state of one of its messages: replaced by a later one, or what the event itself is."""
        return self.state_at(moment) if message.ends or message == self.current else State.SUPERSEDED


@dataclass
class Threads:
    threads: list[Thread] = field(default_factory=list)
    notes: dict[int, list[str]] = field(default_factory=dict)
    """Message id → what a person should know of its place; empty for most."""
    loose: list[Message] = field(default_factory=list)
    """Messages that belong to no event: elsewhere, waiting, or for a person to decide."""

    def of(self, message_id: int) -> Thread | None:
        for thread in self.threads:
            if any(each.id == message_id for each in (*thread.members, *thread.late)):
                return thread
        return None


def join(messages: Iterable[Message], ended_by_hand: Mapping[int, State] | None = None) -> Threads:
    """The events that these messages form. `ended_by_hand`: message id of an event's member → the end a person gave it."""
    known = {message.key: message for message in messages}
    by_hand = ended_by_hand or {}
    result = Threads()
    place: dict[Key, Thread] = {}
    for message in _in_order(known):
        _place(message, known, place, result, by_hand)
    return result


def _in_order(known: Mapping[Key, Message]) -> list[Message]:
    """By time of sending, but never before a message that it names: senders' clocks differ."""
    done: dict[Key, Message] = {}

    def visit(message: Message, path: frozenset[Key]) -> None:
        if message.key in done or message.key in path:
            return
        for named in sorted(_named(message, known), key=_age):
            visit(named, path | {message.key})
        done.setdefault(message.key, message)

    for message in sorted(known.values(), key=_age):
        visit(message, frozenset())
    return list(done.values())


def _age(message: Message) -> tuple[datetime, bool, str, str]:
    return message.sent, message.ends, message.sender, message.identifier


def _named(message: Message, known: Mapping[Key, Message]) -> list[Message]:
    """The known messages that it refers to: sender, identifier and time of sending must all match."""
    found = ((known.get((sender, identifier)), sent) for sender, identifier, sent in message.references)
    return [named for named, sent in found if named is not None and named.sent == sent and named != message]


def _place(
    message: Message,
    known: Mapping[Key, Message],
    place: dict[Key, Thread],
    result: Threads,
    by_hand: Mapping[int, State],
) -> None:
    notes = _reference_notes(message, known)
    own = (named for named in _named(message, known) if named.sender == message.sender)
    targets = _unique(place[named.key] for named in own if named.key in place)
    if message.msg_type == "Alert" or not targets:
        thread = _opened(message, notes, by_hand)
    else:
        thread = _joined(message, targets, notes, by_hand)
    if thread is None:
        result.loose.append(message)
    else:
        place[message.key] = thread
        if thread not in result.threads:
            result.threads.append(thread)
    if notes:
        result.notes[message.id] = notes


def _reference_notes(message: Message, known: Mapping[Key, Message]) -> list[str]:
    notes = []
    for sender, identifier, sent in message.references:
        named = known.get((sender, identifier))
        if named is not None and named.sent != sent:
            notes.append(MISMATCH)
        elif named is None and message.msg_type != "Alert":
            notes.append(WAITING)
        elif sender != message.sender and message.msg_type != "Alert":
            notes.append(FOREIGN)
    return list(dict.fromkeys(notes))


def _opened(message: Message, notes: list[str], by_hand: Mapping[int, State]) -> Thread | None:
    """A new event, where the message is one for us. An Update whose alert is missing warns as well, so it opens one."""
    if message.ends:
        if message.msg_type == "Alert":
            notes.append(UNNAMED_END)
        return None
    if not message.ours:
        return None
    if message.msg_type == "Update" and set(notes) & {WAITING, MISMATCH}:
        notes.append(BEFORE_ITS_ALERT)
    return Thread([message], ended_by_hand=by_hand.get(message.id))


def _joined(message: Message, targets: list[Thread], notes: list[str], by_hand: Mapping[int, State]) -> Thread | None:
    open_now = [thread for thread in targets if thread.open]
    if len(open_now) > 1:
        # those that had run out when the message was sent are hardly meant
        open_now = [thread for thread in open_now if not _had_expired(thread, message.sent)] or open_now
    if len(open_now) > 1:
        notes.append(SEVERAL)
        return None
    if not open_now:
        if not message.ends:
            notes.append(ENDED)
        targets[-1].late.append(message)
        return targets[-1]
    thread = open_now[0]
    thread.members.append(message)
    thread.cancel = message if message.ends else None
    thread.ended_by_hand = by_hand.get(message.id) or thread.ended_by_hand
    return thread


def _had_expired(thread: Thread, moment: datetime) -> bool:
    expires = thread.current.expires
    return expires is not None and expires <= moment


def _unique(threads: Iterable[Thread]) -> list[Thread]:
    return list(dict.fromkeys(threads))
