"""The two-person release: two different named people put an emergency story out, and a full review follows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from connectors.errors import ConnectorError
from content_store import accounts, events, log, people
from content_store.tables import Account, Delivery, DeliveryState, Release, Story, StoryVersion, User
from steps.delivery_rules import Next
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom
from steps.response import answer_event
from steps.settling import settle
from steps.standing import event_now
from steps.stories import standing
from steps.threads import STANDING, STATE_NAMES, State

ROLES = frozenset({"duty", "reviewer3", "admin"})
NEEDED = 2
FULL_REVIEW_WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class Released:
    """`count` 1: a second person is awaited; 2: the story is out, `queued` deliveries are due at once."""

    count: int
    names: tuple[str, ...]
    queued: int
    by_hand: tuple[str, ...] = ()
    """Names of the accounts among them where a person finishes on the platform."""
    stopped: tuple[str, ...] = ()
    """Names of the accounts among them that publish nothing before somebody starts them again."""


def objection(
    *,
    kind: str,
    status: str,
    state: State,
    seen: str,
    stands: str,
    roles: Iterable[str],
    by: int,
    before: Collection[int],
) -> str | None:
    """Why this person may not release now; None where he may. Pure. `seen` and `stands` are the hashes of the text that
    he saw and of the one that stands. Nobody is an exception, administrators included."""
    if kind != "emergency":
        return "只有应急稿可以走两人签发，其他稿件请按三审流程。"
    if status == "released":
        return "这篇应急稿已经签发，无需再签。"
    if status == "dropped":
        return "这篇应急稿已作废，请签发新稿。"
    if state not in STANDING:
        return f"这个事件{STATE_NAMES[state]}，不能再签发。"
    if not ROLES & set(roles):
        return "您没有应急签发权限，请由值班员、终审或管理员签发。"
    if seen != stands:
        return "您打开后稿件又有变化，请刷新并重新看过再签发。"
    if by in before:
        return "您已经签发过，须由另一位同事签发第二次。"
    return None


def release(newsroom: Newsroom, story_id: int, *, content_hash: str, by: int, now: datetime) -> Released:
    """One person's release of the text he saw. On the second the story is released, its held deliveries are due at once
    and ahead of everything that waits, and where there are any a full review is due within a day. Raises Refused."""
    _bring_up_to_date(newsroom, story_id, now)
    try:
        with newsroom.store.session() as session:
            events.lock_threads(session)
            story, version = standing(session, story_id)
            person = session.get(User, by)
            if person is None or not person.active:
                raise Missing("找不到签发人，请重新登录。")
            state = event_now(session, story.event_id, now).state if story.event_id else State.SUPERSEDED
            given = events.releases_of_version(session, version.id or 0)
            refused = objection(
                kind=story.kind,
                status=story.status,
                state=state,
                seen=content_hash,
                stands=version.content_hash,
                roles=person.roles,
                by=by,
                before=[each.user_id for each in given],
            )
            if refused:
                raise Refused(refused)
            done, let_go = _record(session, story, version, person, given, now)
    except IntegrityError as error:
        raise Refused("您已经签发过，须由另一位同事签发第二次。") from error
    return _with_those_that_wait(newsroom, done, let_go)


def finished_by_hand(newsroom: Newsroom, account: Account) -> bool:
    """Does a person finish this account's posts on the platform? No where its settings are wrong: the queue says so."""
    try:
        return newsroom.channel(account).capabilities.mode != "direct"
    except ConnectorError:
        return False


def _with_those_that_wait(newsroom: Newsroom, done: Released, let_go: Collection[int]) -> Released:
    with newsroom.store.reading() as session:
        found = accounts.with_ids(session, let_go).values()
    stopped = [account for account in found if account.stopped_reason or not account.enabled]
    by_hand = [account for account in found if account not in stopped and finished_by_hand(newsroom, account)]
    return replace(done, by_hand=tuple(each.name for each in by_hand), stopped=tuple(each.name for each in stopped))


def _bring_up_to_date(newsroom: Newsroom, story_id: int, now: datetime) -> None:
    """An editor may have changed the text since its deliveries were prepared, an account may have been added."""
    with newsroom.store.reading() as session:
        story, _ = standing(session, story_id)
    if story.event_id is not None and story.kind == "emergency":
        answer_event(newsroom, story.event_id, now)


def _record(
    session: Session, story: Story, version: StoryVersion, person: User, given: list[Release], now: datetime
) -> tuple[Released, list[int]]:
    """What was recorded, and the ids of the accounts whose deliveries are let go."""
    assert story.id is not None
    assert story.event_id is not None
    assert version.id is not None
    assert person.id is not None
    session.add(
        Release(
            story_version_id=version.id,
            content_hash=version.content_hash,
            event_id=story.event_id,
            user_id=person.id,
            released_at=now,
        )
    )
    session.flush()
    # only those bound to this very text count
    counting = [*(each.user_id for each in given if each.content_hash == version.content_hash), person.id]
    named = people.with_ids(session, counting)
    names = tuple(named[each].display_name for each in counting)
    log.append(
        session,
        at=now,
        subject="story",
        subject_id=story.id,
        act=f"release:{len(counting)}",
        actor=person.display_name,
        detail={"version": version.number, "hash": version.content_hash},
    )
    let_go = _let_go(session, story, version, names, now) if len(counting) >= NEEDED else []
    return Released(len(counting), names, len(let_go)), let_go


def _let_go(session: Session, story: Story, version: StoryVersion, names: tuple[str, ...], now: datetime) -> list[int]:
    assert story.event_id is not None
    story.status, story.updated_at = "released", now
    rows = [row for row in events.locked_deliveries(session, story.event_id) if _waits(row, version)]
    for row in rows:
        settle(session, row, Next(DeliveryState.QUEUED), now=now, actor="、".join(names))
        row.due_at = now
    if rows:
        # a text that goes nowhere needs no review afterwards
        _ask_for_review(session, story, version, names, now)
    return [row.account_id for row in rows]


def _ask_for_review(
    session: Session, story: Story, version: StoryVersion, names: tuple[str, ...], now: datetime
) -> None:
    events.add_follow_up(
        session,
        {
            "event_id": story.event_id,
            "story_id": story.id,
            "kind": "full_review",
            "what": f"应急稿“{version.title}”已由{'、'.join(names)}签发，请在24小时内补齐完整审核。",
            "due_at": now + FULL_REVIEW_WITHIN,
            "created_at": now,
        },
    )


def _waits(row: Delivery, version: StoryVersion) -> bool:
    return row.story_version_id == version.id and row.state == DeliveryState.HELD
