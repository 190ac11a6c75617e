"""While an event stands: a story from each pack that answers it, and a held delivery for each account of its area."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from content_store import accounts, events, log, stories
from content_store.tables import Account, Alert, Delivery, DeliveryState, Filling, Story, StoryVersion
from steps.alert_areas import affected
from steps.calling_off import call_off_row
from steps.delivery_rules import Next
from steps.errors import Refused
from steps.filling import BEIJING, Candidate, Match, facts_of, fill, match, phases_for
from steps.held_posts import hold_post
from steps.newsroom import Newsroom
from steps.packs import candidates
from steps.settling import settle
from steps.standing import EventNow, material_by_alert
from steps.stories import clean

ACTOR = "应急通道"
UNSENT = frozenset({DeliveryState.HELD, DeliveryState.QUEUED})
FINISHED = ("released", "dropped")
"""Stories that no new message changes any more."""
REMEDY_HELD = "如仍需发布，请另写稿件，按普通流程审签。"
WHY_HELD = {
    "预警已解除，这一条没有发出，已扣下。": "cancelled",
    "预警已到期，这一条没有发出，已扣下。": "expired",
    "预警已被取代，这一条没有发出，已扣下。": "superseded",
}
"""Reason → the end of the event that it stands for."""
REPLACED = "预警已更新，改用新稿，这一条不再发出。"
EDITED = "编辑修改了稿件，改用新版，这一条不再发出。"


@dataclass
class Answer:
    """What exists for the event now. `problems`: what a person must do himself (Chinese)."""

    story_ids: list[int] = field(default_factory=list)
    delivery_ids: list[int] = field(default_factory=list)
    new_delivery_ids: list[int] = field(default_factory=list)
    withdrawn_ids: list[int] = field(default_factory=list)
    """Deliveries that had been released and are called off now, before they were sent."""
    problems: list[str] = field(default_factory=list)
    changes: int = 0


@dataclass(frozen=True)
class Choice:
    """A pack with the accounts that get it; without a pack, what is missing (Chinese)."""

    pack: Candidate | None
    accounts: tuple[Account, ...] = ()
    problem: str = ""


def prepare(
    session: Session, newsroom: Newsroom, view: EventNow, rows: Sequence[Delivery], answer: Answer, now: datetime
) -> None:
    """Adds what is missing and brings what waits up to date."""
    kept: set[int] = set()
    for choice in choices(session, view, now):
        if choice.pack is None:
            answer.problems.append(choice.problem)
            continue
        version = _story(session, newsroom, view, choice.pack, answer, now)
        if version is None:
            continue
        kept.add(version.story_id)
        answer.story_ids.append(version.story_id)
        if session.get_one(Story, version.story_id).status not in FINISHED:
            for account in choice.accounts:
                _hold(session, newsroom, view, version, account, rows, answer, now)
    _drop_replaced(session, view, kept, answer)
    _call_off_replaced(session, view, rows, answer, now)


def choices(session: Session, view: EventNow, now: datetime) -> list[Choice]:
    """The packs that answer the event, the one for everybody first."""
    reached = [each for each in accounts.listed(session, enabled_only=True) if affected(each.area, view.event.areas)]
    return choose(candidates(session, hazard=view.event.hazard), reached, view, now)


def choose(packs: Sequence[Candidate], reached: Iterable[Account], view: EventNow, now: datetime) -> list[Choice]:
    """Pure. An account with readers of its own (setting `audience`) gets their pack where there is one, all others get
    the one for everybody. Packs for readers of no account are filled as well: people may send them where they like."""
    groups: dict[str, list[Account]] = {"": []}
    for account in reached:
        groups.setdefault(str(account.settings.get("audience") or ""), []).append(account)
    found: dict[int | None, Choice] = {}
    for audience in (*groups, *sorted({pack.audience for pack in packs} - groups.keys())):
        result = _match(packs, audience, view, now)
        if result.pack is None and audience not in groups:
            continue
        key = result.pack.id if result.pack else None
        before = found.get(key, Choice(result.pack))
        members = (*before.accounts, *groups.get(audience, ()))
        found[key] = Choice(result.pack, members, before.problem or _hole(result))
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
    return result.hole + "".join(f"“{name}”{why}" for name, why in result.refused)


# ---------------------------------------------------------------- stories


def _story(
    session: Session, newsroom: Newsroom, view: EventNow, pack: Candidate, answer: Answer, now: datetime
) -> StoryVersion | None:
    """The event's story from this pack with today's facts: the one there is, its next version, or a new one."""
    alert = view.current
    assert alert is not None
    last = _last_filled(session, view, pack)
    if last is not None and not _outdated(session, view, last, alert):
        return stories.current_version(session, last[0].id or 0)
    try:
        text = clean(fill(pack.text, _facts(newsroom, view, alert)))
    except Refused as error:
        answer.problems.append(f"“{pack.name}”：{error}")
        return None
    version = _written(session, newsroom, view, last[0] if last else None, text, now)
    _note_filling(session, view, pack, alert, version, now)
    answer.changes += 1
    return version


def _written(
    session: Session,
    newsroom: Newsroom,
    view: EventNow,
    known: Story | None,
    text: dict[str, str | None],
    now: datetime,
) -> StoryVersion:
    """The text as the next version of a story that still waits, else as a new story."""
    if known is not None and known.id is not None and known.status not in FINISHED:
        current = stories.current_version(session, known.id)
        if current is not None and current.content_hash == stories.content_hash(text):
            return current
        return stories.add_version(session, known.id, fields=text, by=None, now=now)
    areas = view.event.areas
    return stories.add(
        session,
        fields=text,
        by=None,
        now=now,
        kind="emergency",
        area=areas[0] if len(areas) == 1 else newsroom.areas.province,
        event_id=view.event.id,
    )


def _facts(newsroom: Newsroom, view: EventNow, alert: Alert) -> dict[str, str]:
    """The message's own facts; what it leaves out stands as the messages before it said."""
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
    """A story that waits follows every new message; one that was released or given up only a change of hazard, level or
    area, also one that was taken back since. One that was released and then held back whole, before anything went out,
    begins again."""
    story, filling = last
    if story.status in FINISHED:
        return _changed_since(view, filling.alert_id) or _held_back_whole(session, view, story)
    return filling.alert_id != alert.id


def _changed_since(view: EventNow, alert_id: int) -> bool:
    assert view.thread is not None
    material = material_by_alert(view.thread)
    ids = [message.id for message in view.thread.members]
    later = ids[ids.index(alert_id) :] if alert_id in ids else ids
    return len({material[each] for each in later}) > 1


def material_changed(view: EventNow, since: int) -> bool:
    """Has the event another hazard, level or area than when this alert stood?"""
    assert view.thread is not None
    material = material_by_alert(view.thread)
    return material.get(since) != material.get(view.thread.current.id)


def _held_back_whole(session: Session, view: EventNow, story: Story) -> bool:
    rows = events.deliveries_of(session, view.event.id or 0)
    states = {row.state for row, _, story_id in rows if story_id == story.id}
    return story.status == "released" and states == {DeliveryState.HELD}


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


# ---------------------------------------------------------------- deliveries


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
    """The account's delivery of this version."""
    known = next((r for r in rows if r.story_version_id == version.id and r.account_id == account.id), None)
    row = known or hold_post(session, newsroom, version, account, event_id=view.event.id, now=now, actor=ACTOR)
    assert row.id is not None
    answer.delivery_ids.append(row.id)
    if known is None:
        answer.new_delivery_ids.append(row.id)
        answer.changes += 1
    elif row.state == DeliveryState.HELD and row.reason in WHY_HELD:
        # the event stands again
        settle(session, row, Next(DeliveryState.HELD), now=now, actor=ACTOR)


def _drop_replaced(session: Session, view: EventNow, kept: set[int], answer: Answer) -> None:
    """Where other packs fit by now, stories that waited from packs which no longer do are given up."""
    filled = {version.story_id for _, _, version in events.fillings_of(session, view.event.id or 0)}
    for story, _ in events.stories_of(session, view.event.id or 0):
        if kept and story.id in filled - kept and story.status not in FINISHED:
            story.status = "dropped"
            answer.changes += 1


def _call_off_replaced(
    session: Session, view: EventNow, rows: Sequence[Delivery], answer: Answer, now: datetime
) -> None:
    """No text goes out that another has replaced: an older version, a story given up, or facts that have changed."""
    since = filled_from(session, view)
    newest = events.stories_of(session, view.event.id or 0)
    standing = {
        version.id
        for story, version in newest
        if story.status != "dropped"
        and not (story.status == "released" and material_changed(view, since.get(-(story.id or 0), 0)))
    }
    by_person = {story.id for story, version in newest if version.id in standing and version.edited_by is not None}
    story_of = {row.id: story_id for row, _, story_id in events.deliveries_of(session, view.event.id or 0)}
    for row in rows:
        if row.state in UNSENT and row.story_version_id not in standing and row.id is not None:
            if row.state == DeliveryState.QUEUED:
                answer.withdrawn_ids.append(row.id)
            why = EDITED if story_of.get(row.id) in by_person else REPLACED
            call_off_row(session, row, why, actor=ACTOR, now=now)
            answer.changes += 1


def filled_from(session: Session, view: EventNow) -> dict[int, int]:
    """Version id → the alert it was filled from; under minus the story's id the last one of the story, for versions
    that a person wrote."""
    found: dict[int, int] = {}
    for filling, _, version in events.fillings_of(session, view.event.id or 0):
        found[filling.story_version_id] = found[-version.story_id] = filling.alert_id
    return found
