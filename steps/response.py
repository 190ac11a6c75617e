"""What an event leads to: emergency stories and held deliveries while it stands; once it has ended, unsent posts held back
and a task for every post that is out.

`answer_event` may run at any time and any number of times: it looks at the rows and adds what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session

from content_store import accounts, events, log, stories
from content_store.tables import Account, Alert, Delivery, DeliveryState, Filling, Story, StoryVersion
from steps.alert_areas import affected
from steps.delivery_rules import Next
from steps.errors import Refused
from steps.filling import BEIJING, Candidate, Match, facts_of, fill, match, phases_for
from steps.held_posts import hold_post, note_refusals
from steps.newsroom import Newsroom
from steps.packs import candidates
from steps.settling import settle
from steps.standing import EventNow, event_now, material_by_alert
from steps.stories import clean
from steps.threads import State

ACTOR = "应急通道"
OUT = frozenset(
    {
        DeliveryState.SENDING,
        DeliveryState.ACCEPTED,
        DeliveryState.LIVE,
        DeliveryState.UNKNOWN,
        DeliveryState.NEEDS_PERSON,
        DeliveryState.HANDED_OVER,
        DeliveryState.WITHDRAWING,
    }
)
"""States in which readers may see the post, or soon will."""
UNSENT = frozenset({DeliveryState.HELD, DeliveryState.QUEUED})
WHY_HELD = {
    State.CANCELLED: "预警已解除,这一条没有发出,已扣下。",
    State.EXPIRED: "预警已到期,这一条没有发出,已扣下。",
    State.SUPERSEDED: "预警已被取代,这一条没有发出,已扣下。",
}
REMEDY_HELD = "如仍需发布,请另写稿件,按普通流程审签。"
REPLACED = "预警已更新,改用新稿,这一条不再发出。"
MARK_WITHIN = timedelta(hours=1)
UPDATE_WITHIN = timedelta(minutes=30)


@dataclass
class Answer:
    """What exists for the event now. `problems`: what a person must do himself (Chinese)."""

    story_ids: list[int] = field(default_factory=list)
    delivery_ids: list[int] = field(default_factory=list)
    new_delivery_ids: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    changes: int = 0


def answer_event(newsroom: Newsroom, event_id: int, now: datetime) -> Answer:
    """Brings stories, deliveries and tasks in line with the event as it stands. Raises Missing."""
    answer = Answer()
    with newsroom.store.session() as session:
        events.lock_threads(session)
        view = event_now(session, event_id, now)
        rows = events.locked_deliveries(session, event_id)
        if view.state is State.EXPIRED and view.event.end_kind != State.EXPIRED:
            view.event.end_kind, view.event.ended_at = State.EXPIRED, view.event.expires_at
        if view.stands:
            _prepare(session, newsroom, view, rows, answer, now)
            _ask_for_updates(session, newsroom, view, answer, now)
        else:
            _hold_back(session, view, rows, answer, now)
            _ask_for_marks(session, view, rows, answer, now)
    for delivery_id in answer.new_delivery_ids:
        note_refusals(newsroom, delivery_id, now, ACTOR)
    return answer


# ---------------------------------------------------------------- while it stands


def _prepare(
    session: Session, newsroom: Newsroom, view: EventNow, rows: Sequence[Delivery], answer: Answer, now: datetime
) -> None:
    """A story for each pack that is wanted, and a held delivery for each account of the area."""
    reached = [each for each in accounts.listed(session, enabled_only=True) if affected(each.area, view.event.areas)]
    chosen = choose(candidates(session, hazard=view.event.hazard), reached, view, now)
    answer.problems += [problem for _, _, problem in chosen if problem]
    kept: set[int] = set()
    for pack, for_accounts, _ in chosen:
        version = _story(session, newsroom, view, pack, answer, now) if pack else None
        if version is None:
            continue
        kept.add(version.story_id)
        answer.story_ids.append(version.story_id)
        if session.get_one(Story, version.story_id).status != "released":
            for account in for_accounts:
                _hold(session, newsroom, view, version, account, rows, answer, now)
    _drop_replaced(session, view, kept, rows, answer, now)


def choose(
    packs: Sequence[Candidate], reached: Iterable[Account], view: EventNow, now: datetime
) -> list[tuple[Candidate | None, list[Account], str]]:
    """Packs with the accounts that get them, and what is missing. An account with a reader group of its own (setting
    `audience`) gets the group's pack where there is one; everybody else gets the one for everybody."""
    groups: dict[str, list[Account]] = {"": []}
    for account in reached:
        groups.setdefault(str(account.settings.get("audience") or ""), []).append(account)
    found: dict[int | None, tuple[Candidate | None, list[Account], str]] = {}
    for audience, members in groups.items():
        result = _match(packs, audience, view, now)
        key = result.pack.id if result.pack else None
        _, others, problem = found.get(key, (None, [], ""))
        found[key] = (result.pack, [*others, *members], problem or _hole(result))
    return list(found.values())


def _match(packs: Sequence[Candidate], audience: str, view: EventNow, now: datetime) -> Match:
    return match(
        packs,
        hazard=view.event.hazard,
        level=view.event.level,
        phases=phases_for(view.state),
        audience=audience,
        on=now.astimezone(BEIJING).date(),
    )


def _hole(result: Match) -> str:
    """What the desk shows where no pack may be used."""
    if result.pack is not None:
        return ""
    refused = "".join(f"“{name}”{why}" for name, why in result.refused)
    return f"{result.hole}{refused}"


def _story(
    session: Session, newsroom: Newsroom, view: EventNow, pack: Candidate, answer: Answer, now: datetime
) -> StoryVersion | None:
    """The event's story from this pack with today's facts: the one there is, its next version, or a new one."""
    alert = view.current
    assert alert is not None
    last = _last_filled(session, view, pack)
    if last is not None and not _outdated(session, view, last, alert):
        return stories.current_version(session, last[0].id) if last[0].id and last[0].status != "dropped" else None
    try:
        text = clean(fill(pack.text, _facts(newsroom, view, alert)))
    except Refused as error:
        answer.problems.append(f"“{pack.name}”:{error}")
        return None
    if last is not None and last[0].status not in ("released", "dropped") and last[0].id is not None:
        current = stories.current_version(session, last[0].id)
        if current is not None and current.content_hash == stories.content_hash(text):
            return current
        version = stories.add_version(session, last[0].id, fields=text, by=None, now=now)
    else:
        area = view.event.areas[0] if len(view.event.areas) == 1 else newsroom.areas.province
        version = stories.add(
            session, fields=text, by=None, now=now, kind="emergency", area=area, event_id=view.event.id
        )
    _note_filling(session, view, pack, alert, version, now)
    answer.changes += 1
    return version


def _facts(newsroom: Newsroom, view: EventNow, alert: Alert) -> dict[str, str]:
    event = view.event
    facts = facts_of(alert, newsroom.hazards, level=event.level, hazard_name=event.hazard_name, area=event.area_text)
    return facts | {"sender": facts["sender"] or event.sender_name}


def _last_filled(session: Session, view: EventNow, pack: Candidate) -> tuple[Story, Filling] | None:
    found = None
    for filling, its_pack, version in events.fillings_of(session, view.event.id or 0):
        if its_pack.id == pack.id:
            found = session.get_one(Story, version.story_id), filling
    return found


def _outdated(session: Session, view: EventNow, last: tuple[Story, Filling], alert: Alert) -> bool:
    """A story that was not released follows every new message; one that was (or was given up) only a change of hazard,
    level or area. One that was released and then held back whole, before anything went out, begins again."""
    story, filling = last
    if story.status in ("released", "dropped"):
        return _material_changed(view, filling.alert_id) or _held_back_whole(session, view, story)
    return filling.alert_id != alert.id


def _held_back_whole(session: Session, view: EventNow, story: Story) -> bool:
    states = {
        row.state for row, _, story_id in events.deliveries_of(session, view.event.id or 0) if story_id == story.id
    }
    return story.status == "released" and states == {DeliveryState.HELD}


def _material_changed(view: EventNow, since: int) -> bool:
    assert view.thread is not None
    material = material_by_alert(view.thread)
    return material.get(since) != material.get(view.thread.current.id)


def _note_filling(
    session: Session, view: EventNow, pack: Candidate, alert: Alert, version: StoryVersion, now: datetime
) -> None:
    events.add_filling(
        session,
        {
            "story_version_id": version.id,
            "event_id": view.event.id,
            "alert_id": alert.id,
            "pack_id": pack.id,
            "pack_version_id": pack.version_id,
            "filled_at": now,
        },
    )
    log.append(
        session,
        at=now,
        subject="story",
        subject_id=version.story_id,
        act="filled",
        actor=ACTOR,
        why=pack.name,
        detail={"version": version.number, "alert": alert.id, "pack": pack.key},
    )


def _hold(
    session: Session,
    newsroom: Newsroom,
    view: EventNow,
    version: StoryVersion,
    account: Account,
    rows: Sequence[Delivery],
    answer: Answer,
    now: datetime,
) -> None:
    """The account's delivery of this version, and none of an older one."""
    there = next((r for r in rows if r.story_version_id == version.id and r.account_id == account.id), None)
    if there is None:
        there = hold_post(session, newsroom, version, account, event_id=view.event.id, now=now, actor=ACTOR)
        answer.new_delivery_ids += [there.id] if there.id is not None else []
        answer.changes += 1
    elif there.state == DeliveryState.HELD and there.reason in WHY_HELD.values():
        # the event stands again
        settle(session, there, Next(DeliveryState.HELD), now=now, actor=ACTOR)
    if there.id is not None:
        answer.delivery_ids.append(there.id)


def _drop_replaced(
    session: Session, view: EventNow, kept: set[int], rows: Sequence[Delivery], answer: Answer, now: datetime
) -> None:
    """Stories that no pack stands behind any more, where another one was filled instead; and deliveries of old texts."""
    made = events.stories_of(session, view.event.id or 0)
    filled = {version.story_id for _, _, version in events.fillings_of(session, view.event.id or 0)}
    for story, _ in made:
        if kept and story.id in filled - kept and story.status not in ("released", "dropped"):
            story.status, story.updated_at = "dropped", now
            answer.changes += 1
    newest = {version.id for story, version in made if story.status != "dropped"}
    for row in rows:
        if row.state in UNSENT and row.story_version_id not in newest:
            settle(session, row, Next(DeliveryState.WITHDRAWN, reason=REPLACED), now=now, actor=ACTOR)
            answer.changes += 1


def _ask_for_updates(session: Session, newsroom: Newsroom, view: EventNow, answer: Answer, now: datetime) -> None:
    """A task for each post that is out and says another level, area or hazard than the event has now."""
    filled = _filled_from(session, view)
    event = view.event
    what = f"预警已变为{event.area_text}{event.hazard_name}{newsroom.hazards.colour(event.level)}"
    for row, account, story_id in events.deliveries_of(session, event.id or 0):
        since = filled.get(row.story_version_id) or filled.get(-story_id)
        if row.state not in OUT or since is None or not _material_changed(view, since):
            continue
        answer.changes += events.add_follow_up(
            session,
            {
                "event_id": event.id,
                "alert_id": view.thread.current.id if view.thread else None,
                "delivery_id": row.id,
                "kind": "update_post",
                "what": f"{what},请更新或补发“{account.name}”上的内容。",
                "due_at": now + UPDATE_WITHIN,
                "created_at": now,
            },
        )


def _filled_from(session: Session, view: EventNow) -> dict[int, int]:
    """Version id → the alert it was filled from; for versions that a person edited, minus the story's id."""
    found: dict[int, int] = {}
    for filling, _, version in events.fillings_of(session, view.event.id or 0):
        found[filling.story_version_id] = found[-version.story_id] = filling.alert_id
    return found


# ---------------------------------------------------------------- once it has ended


def _hold_back(session: Session, view: EventNow, rows: Sequence[Delivery], answer: Answer, now: datetime) -> None:
    why = WHY_HELD[view.state]
    for row in rows:
        if row.state in UNSENT and row.reason != why:
            settle(session, row, Next(DeliveryState.HELD, reason=why, remedy=REMEDY_HELD), now=now, actor=ACTOR)
            answer.changes += 1


def _ask_for_marks(session: Session, view: EventNow, rows: Sequence[Delivery], answer: Answer, now: datetime) -> None:
    """One task for each post that is out, also for one that goes out later. A post of an alert that merely ran out says
    itself until when it held."""
    if view.state is State.EXPIRED:
        return
    event, ended = view.event, "已解除" if view.state is State.CANCELLED else "已被取代"
    names = accounts.with_ids(session, [row.account_id for row in rows])
    for row in rows:
        if row.state not in OUT:
            continue
        answer.changes += events.add_follow_up(
            session,
            {
                "event_id": event.id,
                "alert_id": view.ending.id if view.ending else None,
                "delivery_id": row.id,
                "kind": "mark_ended",
                "what": f"{event.hazard_name}预警{ended},请在“{names[row.account_id].name}”已发的内容上注明。",
                "due_at": now + MARK_WITHIN,
                "created_at": now,
            },
        )
    for task in events.follow_ups_of(session, event.id or 0):
        if task.kind == "update_post" and task.done_at is None:
            task.done_at, task.note = now, "事件已结束,改为注明预警已结束。"
