"""What the 应急 page shows: events, their messages, stories, deliveries, tasks and the clock. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from content_store import events, people
from content_store.tables import Account, Alert, Delivery, DeliveryState, Event, FollowUp, Release, StoryVersion, User
from steps.event_clock import Timeline, clock_of
from steps.follow_ups import KIND_NAMES
from steps.newsroom import Newsroom
from steps.preparing import FINISHED, choices
from steps.release import finished_by_hand
from steps.standing import EventNow, event_now, message_of
from steps.threads import STANDING, STATE_NAMES

LET_GO = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.HANDED_OVER, DeliveryState.NEEDS_PERSON)
"""Released and not out yet."""


@dataclass(frozen=True)
class EventLine:
    """`needs_eyes`: a message left something open that only a person can decide."""

    id: int
    title: str
    hazard: str
    hazard_name: str
    level: str
    colour: str
    areas: tuple[str, ...]
    area_text: str
    sender_name: str
    state: str
    state_name: str
    opened_at: datetime
    expires_at: datetime | None
    waiting_releases: int
    open_follow_ups: int
    needs_eyes: bool


@dataclass(frozen=True)
class AlertLine:
    """`state` is empty for a message of no event."""

    id: int
    event_id: int | None
    identifier: str
    sender_name: str
    sent: datetime
    received_at: datetime
    status: str
    msg_type: str
    scope: str
    headline: str
    description: str
    instruction: str
    hazard_name: str
    level: str
    action: str
    area_text: str
    effective: datetime | None
    expires: datetime | None
    expires_is_own: bool
    state: str
    state_name: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ReleaseLine:
    name: str
    user_id: int
    at: datetime


@dataclass(frozen=True)
class StoryLine:
    """`releases` are those of the text as it stands; an edit leaves none."""

    id: int
    version_id: int
    content_hash: str
    title: str
    digest: str
    body_html: str
    short_text: str
    status: str
    pack_key: str
    pack_name: str
    audience: str
    releases: tuple[ReleaseLine, ...]


@dataclass(frozen=True)
class DeliveryLine:
    id: int
    account_id: int
    account_key: str
    account_name: str
    platform: str
    area: str
    state: str
    reason: str
    story_id: int
    sending_at: datetime | None
    accepted_at: datetime | None
    live_at: datetime | None
    waits_for_hands: bool = False
    """Let go while the event stands, not out yet, and a person finishes it on the platform."""


@dataclass(frozen=True)
class FollowUpLine:
    id: int
    event_id: int
    kind: str
    kind_name: str
    what: str
    delivery_id: int | None
    story_id: int | None
    account_name: str
    platform: str
    due_at: datetime | None
    created_at: datetime
    done_at: datetime | None
    done_by_name: str
    note: str
    overdue: bool


@dataclass(frozen=True)
class EventPage:
    line: EventLine
    alerts: tuple[AlertLine, ...]
    notes: tuple[str, ...]
    """What a person should look at, once each."""
    stories: tuple[StoryLine, ...]
    holes: tuple[str, ...]
    """What no pack answers (Chinese)."""
    deliveries: tuple[DeliveryLine, ...]
    follow_ups: tuple[FollowUpLine, ...]
    timeline: Timeline
    let_go: int = 0
    """Deliveries of released stories, those taken back left out."""
    live: int = 0
    """How many of them readers can see."""
    held_back: frozenset[int] = frozenset()
    """Deliveries that the end of the event keeps from being sent."""


def events_overview(newsroom: Newsroom, now: datetime, *, limit: int = 50) -> list[EventLine]:
    """Standing events first, then the others; newest first in both."""
    with newsroom.store.reading() as session:
        tasks = events.open_follow_up_counts(session)
        views = [event_now(session, event.id, now) for event in events.listed(session, limit=limit) if event.id]
        lines = [_line(session, newsroom, view, tasks) for view in views]
    return sorted(lines, key=lambda line: line.state not in STANDING)


def event_page(newsroom: Newsroom, event_id: int, now: datetime) -> EventPage:
    """Everything about one event. Raises Missing."""
    with newsroom.store.reading() as session:
        view = event_now(session, event_id, now)
        rows = events.deliveries_of(session, event_id)
        loose = events.alerts_naming(session, view.alerts)
        tasks = events.follow_ups_of(session, event_id)
        users = _users(session, view, tasks)
        line = _line(session, newsroom, view, events.open_follow_up_counts(session))
        lines = tuple(_delivery_line(newsroom, view, *row) for row in rows)
        written = tuple(_stories(session, view, users))
        let_go = _let_go(written, lines)
        return EventPage(
            line=line,
            alerts=tuple(_alert_line(alert, view, now) for alert in (*view.alerts, *loose)),
            notes=_notes([*view.alerts, *loose]),
            stories=written,
            holes=tuple(_holes(session, view, now)),
            deliveries=lines,
            follow_ups=tuple(_task_line(task, rows, users, now) for task in tasks),
            timeline=_timeline(session, view.event, rows),
            let_go=len(let_go),
            live=sum(each.state == DeliveryState.LIVE for each in let_go),
            held_back=frozenset(each.id for each in lines if each.state == DeliveryState.HELD and not view.stands),
        )


def timeline(newsroom: Newsroom, event_id: int) -> Timeline:
    """The clock alone. Raises Missing."""
    with newsroom.store.reading() as session:
        # the state plays no part here
        view = event_now(session, event_id, newsroom.now())
        return _timeline(session, view.event, events.deliveries_of(session, event_id))


def alerts_without_event(newsroom: Newsroom, *, limit: int = 50) -> list[AlertLine]:
    """Tests and drills, places elsewhere, messages that wait for their alert; newest first."""
    with newsroom.store.reading() as session:
        return [_alert_line(alert, None, None) for alert in events.alerts_without_event(session, limit=limit)]


def open_follow_ups(newsroom: Newsroom, now: datetime) -> list[FollowUpLine]:
    """Tasks of all events that wait, the most urgent first."""
    with newsroom.store.reading() as session:
        tasks = events.open_follow_ups(session)
        rows = [
            row for event_id in {task.event_id for task in tasks} for row in events.deliveries_of(session, event_id)
        ]
        return [_task_line(task, rows, {}, now) for task in tasks]


# ---------------------------------------------------------------- lines


def _line(session: Session, newsroom: Newsroom, view: EventNow, tasks: dict[int, int]) -> EventLine:
    event = view.event
    assert event.id is not None
    held = {story_id for row, _, story_id in events.deliveries_of(session, event.id) if row.state == DeliveryState.HELD}
    waiting = sum(
        story.id in held and story.status not in FINISHED for story, _ in events.stories_of(session, event.id)
    )
    loose = events.alerts_naming(session, view.alerts)
    return EventLine(
        id=event.id,
        title=event.title,
        hazard=event.hazard,
        hazard_name=event.hazard_name,
        level=event.level,
        colour=newsroom.hazards.colour(event.level),
        areas=tuple(event.areas),
        area_text=event.area_text,
        sender_name=event.sender_name,
        state=view.state,
        state_name=STATE_NAMES[view.state],
        opened_at=event.opened_at,
        expires_at=event.expires_at,
        waiting_releases=waiting if view.stands else 0,
        open_follow_ups=tasks.get(event.id, 0),
        needs_eyes=bool(loose or any(alert.place_notes for alert in view.alerts) or _doubts(view)),
    )


def _doubts(view: EventNow) -> bool:
    """Does the message that stands say something we do not know: a hazard, a level, a time?"""
    return view.stands and view.current is not None and bool(view.current.notes)


def _alert_line(alert: Alert, view: EventNow | None, now: datetime | None) -> AlertLine:
    assert alert.id is not None
    thread = view.thread if view else None
    mine = thread is not None and any(each.id == alert.id for each in thread.members)
    state = thread.state_of(message_of(alert), now) if thread and mine and now else None
    return AlertLine(
        id=alert.id,
        event_id=alert.event_id,
        identifier=alert.identifier,
        sender_name=alert.sender_name or alert.sender,
        sent=alert.sent,
        received_at=alert.received_at,
        status=alert.status,
        msg_type=alert.msg_type,
        scope=alert.scope,
        headline=alert.headline,
        description=alert.description,
        instruction=alert.instruction,
        hazard_name=alert.hazard_name,
        level=alert.level,
        action=alert.action,
        area_text=alert.area_text,
        effective=alert.effective,
        expires=alert.expires,
        expires_is_own=alert.expires_is_own,
        state=state or "",
        state_name=STATE_NAMES[state] if state else "",
        notes=(*alert.notes, *alert.place_notes),
    )


def _notes(alerts: Iterable[Alert]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(note for alert in alerts for note in (*alert.notes, *alert.place_notes)))


def _users(session: Session, view: EventNow, tasks: Iterable[FollowUp]) -> dict[int, User]:
    released = events.releases_of(session, view.event.id or 0)
    return people.with_ids(session, [*(each.user_id for each in released), *(task.done_by for task in tasks)])


def _stories(session: Session, view: EventNow, users: dict[int, User]) -> Iterable[StoryLine]:
    event_id = view.event.id or 0
    packs = {version.story_id: pack for _, pack, version in events.fillings_of(session, event_id)}
    for story, version in events.stories_of(session, event_id):
        pack = packs.get(story.id or 0)
        given = events.releases_of_version(session, version.id or 0)
        yield StoryLine(
            id=story.id or 0,
            version_id=version.id or 0,
            content_hash=version.content_hash,
            title=version.title,
            digest=version.digest,
            body_html=version.body_html,
            short_text=version.short_text,
            status=story.status,
            pack_key=pack.key if pack else "",
            pack_name=pack.name if pack else "",
            audience=pack.audience if pack else "",
            releases=tuple(_release_line(each, version, users) for each in given),
        )


def _release_line(release: Release, version: StoryVersion, users: dict[int, User]) -> ReleaseLine:
    assert release.content_hash == version.content_hash
    return ReleaseLine(users[release.user_id].display_name, release.user_id, release.released_at)


def _holes(session: Session, view: EventNow, now: datetime) -> Iterable[str]:
    return (each.problem for each in choices(session, view, now) if each.problem) if view.stands else ()


def _let_go(written: Iterable[StoryLine], lines: Iterable[DeliveryLine]) -> list[DeliveryLine]:
    """What two people put out: a story that nobody released was never on its way to any account. Pure."""
    released = {story.id for story in written if story.status == "released"}
    return [each for each in lines if each.story_id in released and each.state != DeliveryState.WITHDRAWN]


def _delivery_line(newsroom: Newsroom, view: EventNow, row: Delivery, account: Account, story_id: int) -> DeliveryLine:
    assert row.id is not None
    return DeliveryLine(
        id=row.id,
        account_id=row.account_id,
        account_key=account.key,
        account_name=account.name,
        platform=account.platform,
        area=account.area,
        state=row.state,
        reason=row.reason,
        story_id=story_id,
        sending_at=row.sending_at,
        accepted_at=row.accepted_at,
        live_at=row.live_at,
        waits_for_hands=view.stands and row.state in LET_GO and finished_by_hand(newsroom, account),
    )


def _task_line(
    task: FollowUp, rows: Sequence[tuple[Delivery, Account, int]], users: dict[int, User], now: datetime
) -> FollowUpLine:
    assert task.id is not None
    account = next((account for row, account, _ in rows if row.id == task.delivery_id), None)
    done_by = users.get(task.done_by) if task.done_by is not None else None
    return FollowUpLine(
        id=task.id,
        event_id=task.event_id,
        kind=task.kind,
        kind_name=KIND_NAMES.get(task.kind, task.kind),
        what=task.what,
        delivery_id=task.delivery_id,
        story_id=task.story_id,
        account_name=account.name if account else "",
        platform=account.platform if account else "",
        due_at=task.due_at,
        created_at=task.created_at,
        done_at=task.done_at,
        done_by_name=done_by.display_name if done_by else "",
        note=task.note,
        overdue=task.done_at is None and task.due_at is not None and task.due_at < now,
    )


def _timeline(session: Session, event: Event, rows: Sequence[tuple[Delivery, Account, int]]) -> Timeline:
    event_id = event.id or 0
    filled = [filling.filled_at for filling, _, _ in events.fillings_of(session, event_id)]
    return clock_of(event.opened_at, filled, events.releases_of(session, event_id), rows)
