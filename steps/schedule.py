"""Planning what goes out: from an approved story to deliveries in the queue, with what a person should know before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from connectors.base import Refusal
from connectors.errors import ConnectorError
from content_store import accounts, deliveries, events, log, queue, stories
from content_store.deliveries import Line
from content_store.tables import Account, Delivery, DeliveryState, Lane, Story, StoryVersion, User
from steps.clashes import clashes
from steps.delivery_rules import STATE_NAMES, is_cancelled
from steps.errors import Missing, Refused
from steps.follower_quota import over_quota
from steps.newsroom import Newsroom
from steps.posts import changes, preview, write_again, write_delivery
from steps.quota_outlook import beyond_quotas
from steps.review import standing_of
from steps.stories import UNSENT, call_off, standing

FURTHEST = timedelta(days=180)
TOO_FAR = "发布时间太远（最多半年后），请检查日期。"
NEEDED_RELEASES = 2
UNDER_WAY = (DeliveryState.SENDING, DeliveryState.UNKNOWN)
"""Nobody can say yet whether such a delivery goes out or comes back into the queue."""


Rows = Sequence[tuple[Delivery, int]]
"""Deliveries of a story, each with its version's number."""


@dataclass(frozen=True)
class Planned:
    """What became of the accounts asked for."""

    delivery_ids: tuple[int, ...]
    refused: tuple[tuple[str, str], ...]
    """Account name → why nothing was planned for it (Chinese, with what to do)."""


def plan(
    newsroom: Newsroom,
    story_id: int,
    account_ids: Sequence[int],
    *,
    due_at: datetime,
    by: int,
    now: datetime,
) -> Planned:
    """Puts the story's newest version into the queue for these accounts, at this time (a past time means at once).

    Only a text that passed its three reviews, or was released by two people, may be planned: this is checked here, in
    the transaction that fills the queue. Raises Refused where nothing at all was planned.
    """
    if not account_ids:
        raise Refused("请至少选择一个账号。")
    if due_at - now > FURTHEST:
        raise Refused(TOO_FAR)
    wanted = list(dict.fromkeys(account_ids))
    fitting, refused = _checked(newsroom, story_id, wanted)
    with newsroom.store.session() as session:
        # all rows of the story at once and in one order: two who plan side by side do not wait for each other
        rows = stories.deliveries_of(session, story_id, locked=True)
        story, version = approved(session, story_id)
        planned = []
        for account in fitting:
            own = [(row, number) for row, number in rows if row.account_id == account.id]
            why = _add(session, newsroom, story, version, account, own, max(due_at, now), by, now)
            if isinstance(why, str):
                refused.append((account.name, why))
            else:
                planned.append(why)
    if not planned:
        raise Refused("没有排入任何账号：" + "；".join(f"{name}：{why}" for name, why in refused))
    return Planned(tuple(planned), tuple(refused))


def approved(session: Session, story_id: int) -> tuple[Story, StoryVersion]:
    """The story and its newest version, if that may go out. Raises Refused.

    Reads the reviews themselves, not only the story's status.
    """
    story, version = standing(session, story_id)
    assert version.id is not None
    if story.status == "approved":
        given = stories.reviews_of(session, version.id)
        if standing_of(given, version.content_hash).approved:
            return story, version
    if story.status == "released":
        releases = events.releases_of_version(session, version.id)
        if len({each.user_id for each in releases if each.content_hash == version.content_hash}) >= NEEDED_RELEASES:
            return story, version
    raise Refused("这篇稿件还没有通过三审，不能发布，请先完成审签。")


def warnings(
    newsroom: Newsroom, story_id: int, account_ids: Iterable[int], *, due_at: datetime, now: datetime
) -> list[str]:
    """What a person should know before planning this (Chinese); nothing of it forbids."""
    with newsroom.store.reading() as session:
        _story, version = standing(session, story_id)
        chosen = list(accounts.with_ids(session, account_ids).values())
        ids = {account.id for account in chosen}
        clashing = clashes(session, version, chosen, due_at=due_at, now=now, site_url=newsroom.site_url)
        earlier = deliveries.listed(session, story_id=story_id, states=deliveries.OPEN)
    found = [*_of_time(due_at, now), *_of_accounts(chosen), *clashing]
    found += [words for account in chosen if (words := over_quota(newsroom, account, story_id, due_at))]
    found += [words for account in chosen for words in beyond_quotas(newsroom, account, story_id, due_at, now)]
    found += [f"账号“{account.name}”：{words}" for account in chosen for words in changes(newsroom, version, account)]
    found += [_earlier_words(line, version) for line in earlier if line.account.id in ids]
    return list(dict.fromkeys(found))


def problems(newsroom: Newsroom, version: StoryVersion, account: Account) -> list[Refusal | str]:
    """What this account's channel would refuse of this text: the same check as in the preview and in sending."""
    try:
        _post, refusals = preview(newsroom, version, account)
    except ConnectorError as error:
        return [error.message]
    return list(refusals)


def _checked(
    newsroom: Newsroom, story_id: int, account_ids: Sequence[int]
) -> tuple[list[Account], list[tuple[str, str]]]:
    """Which accounts the story fits. Outside any transaction: it reads picture files."""
    with newsroom.store.reading() as session:
        _story, version = approved(session, story_id)
        known = accounts.with_ids(session, account_ids)
    fitting, refused = [], []
    for account_id in account_ids:
        account = known.get(account_id)
        if account is None:
            raise Missing("所选账号已不存在，请刷新页面重新选择。")
        why = (
            "账号已停用，请先在“账号”中启用。" if not account.enabled else _first(problems(newsroom, version, account))
        )
        if why:
            refused.append((account.name, why))
        else:
            fitting.append(account)
    return fitting, refused


def _add(
    session: Session,
    newsroom: Newsroom,
    story: Story,
    version: StoryVersion,
    account: Account,
    rows: Rows,
    due_at: datetime,
    by: int,
    now: datetime,
) -> int | str:
    """The new delivery's id, or why there is none. `rows`: what this account has of the story."""
    assert version.id is not None
    assert account.id is not None
    row = next((row for row, number in rows if number == version.number), None)
    if row is not None and not cancelled(session, [row]):
        return _known_words(DeliveryState(row.state))
    actor = _name(session, by)
    under_way = _replace_older(session, version, rows, actor, now)
    if under_way:
        return under_way
    lane = Lane.EMERGENCY if story.kind == "emergency" else Lane.NORMAL
    about = (session, newsroom, version, account)
    if row is not None:
        write_again(*about, row, lane=lane, due_at=due_at, by=by, now=now)
    else:
        try:
            with session.begin_nested():
                state, event = DeliveryState.QUEUED, story.event_id
                row = write_delivery(*about, state=state, lane=lane, due_at=due_at, by=by, now=now, event_id=event)
        except IntegrityError:
            return "刚被同事排入，请刷新发布列表。"
    assert row.id is not None
    log.append(
        session,
        at=now,
        subject="delivery",
        subject_id=row.id,
        act=DeliveryState.QUEUED,
        actor=actor,
        detail={"due_at": due_at.isoformat(), "account": account.key, "content_hash": version.content_hash},
    )
    return row.id


def cancelled(session: Session, rows: Iterable[Delivery]) -> set[int]:
    """Those that were taken out of the queue and of which nothing was ever sent or published: they may be planned anew."""
    found = {row.id for row in rows if row.id is not None and is_cancelled(row)}
    return found - queue.tried(session, found)


def _replace_older(session: Session, version: StoryVersion, rows: Rows, actor: str, now: datetime) -> str:
    """What waits of an older version of the same story for this account is called off: readers get one of them. Returns
    why that cannot be done now, empty where it is done."""
    older = [(row, number) for row, number in rows if number < version.number]
    for row, number in older:
        if row.state in UNDER_WAY:
            return f"第 {number} 版在这个账号{STATE_NAMES[DeliveryState(row.state)]}，请等它有了结果再排。"
    why = f"改发第 {version.number} 版，这一版不再发出。"
    call_off(session, [row for row, _number in older], why, actor, now)
    return ""


def _name(session: Session, by: int) -> str:
    user = session.get(User, by)
    return user.display_name if user else str(by)


def _known_words(state: DeliveryState) -> str:
    if state in (DeliveryState.WITHDRAWN, DeliveryState.WITHDRAWING):
        return "这一版已在这个账号撤回，要再发请打开那条投递，写明原因重新发送。"
    if state in (DeliveryState.FAILED, DeliveryState.NEEDS_PERSON):
        return "这一版在这个账号已有一条没有发成，请到发布列表处理它。"
    return f"这一版已排给这个账号（{STATE_NAMES[state]}）。"


def _first(found: Sequence[Refusal | str]) -> str:
    if not found:
        return ""
    first = found[0]
    return first if isinstance(first, str) else first.cause + first.remedy


def _of_time(due_at: datetime, now: datetime) -> list[str]:
    if due_at < now - timedelta(minutes=1):
        return ["所选时间已过，将立即发布。"]
    return []


def _of_accounts(chosen: Iterable[Account]) -> list[str]:
    return [
        f"账号“{account.name}”已暂停：{account.stopped_reason}处理好之前不会发出。"
        for account in chosen
        if account.stopped_reason
    ]


def _earlier_words(line: Line, version: StoryVersion) -> str:
    state = DeliveryState(line.delivery.state)
    said = f"账号“{line.account.name}”已有这篇稿件的第 {line.version} 版（{STATE_NAMES[state]}）"
    if state in UNSENT and line.version < version.number:
        said += f"，排入第 {version.number} 版后，旧版自动取消"
    return f"{said}。"
