"""Platform call-backs. A call-back is only a hint: it makes the queue look at once, and the look decides."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from sqlmodel import Session

from connectors.base import PlatformEvent, keepable
from connectors.errors import ConnectorError
from content_store import accounts, log, notices, queue
from content_store.tables import Account, Delivery
from content_store.tables import DeliveryState as State
from steps.accounts import STOPPING, check_account
from steps.delivery_rules import Next
from steps.newsroom import Newsroom
from steps.settling import BEIJING, settle

_PROVEN_LATER = ("item_id", "video_id", "open_id", "mass_url", "mass_status", "told_article_id", "told_status")
"""Ids that nobody else could tell us; the look proves them."""
_OWN_JOBS = ("publish_id", "msg_id")
"""Numbers that the platform gives one account's jobs."""
_ASK_AGAIN = timedelta(minutes=10)
_WAITING = {State.ACCEPTED, State.HANDED_OVER, State.UNKNOWN}
_NOT_BEGUN = {State.HELD, State.QUEUED, State.SENDING, State.FAILED}
"""States from which a second work is only written down: what comes of them is looked up anyway."""


@runtime_checkable
class HasAddress(Protocol):
    """A channel that can name a work's public address from its ids, without asking anybody."""

    def address(self, known: Mapping[str, str]) -> str: ...


def receive_event(
    newsroom: Newsroom,
    account_key: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> str | None:
    """The body to answer with, or None where the call-back is not genuine (answer 403). Makes no call to the platform."""
    with newsroom.store.reading() as session:
        account = accounts.by_key(session, account_key)
    if account is None or account.id is None:
        return None
    try:
        event = newsroom.channel(account).event(query, headers, body)
    except ConnectorError:
        return None
    if event is None or not _can_be_kept(event):
        return None
    with newsroom.store.session() as session:
        # deliveries before the log before accounts, as the queue's own workers lock them
        if _is_new(session, account, event, now):
            _hint(session, newsroom, account, event, now)
            if event.kind == "unauthorize":
                _taken_back(session, newsroom, account, event, now)
        if event.verified:
            accounts.seen_callback(session, account.id, now)
    return event.answer


def _can_be_kept(event: PlatformEvent) -> bool:
    """No platform's numbers hold control characters or halves of characters; no database does. Pure."""
    return all(keepable(text) == text for text in (event.key, event.kind, *event.external_ids.values()))


def look_into_doubts(newsroom: Newsroom, now: datetime) -> int:
    """Asks the platforms about accounts that a call-back cast doubt on: a refusal stops them. Returns how many were asked.

    A question that gets no answer is asked again after a while.
    """
    with newsroom.store.session() as session:
        due = accounts.doubted(session, now=now)
        for account in due:
            account.doubted_at = now + _ASK_AGAIN
    for account in due:
        outcome = check_account(newsroom, account.key, now)
        if outcome.state == "done" or (outcome.refusal is not None and outcome.refusal.kind in STOPPING):
            with newsroom.store.session() as session:
                accounts.no_longer_doubted(session, account.id or 0)
    return len(due)


def _is_new(session: Session, account: Account, event: PlatformEvent, now: datetime) -> bool:
    """A call-back that was taken before, or is replayed by somebody, tells nothing."""
    # the numbers of jobs are one account's; everything else is unique at its platform
    whose = account.key if set(_OWN_JOBS) & event.external_ids.keys() else ""
    key = hashlib.sha256(f"{account.platform}\n{whose}\n{event.key}".encode()).hexdigest()
    return not event.key or notices.first_time(session, key, now=now)


def _hint(session: Session, newsroom: Newsroom, account: Account, event: PlatformEvent, now: datetime) -> None:
    assert account.id is not None
    if "share_id" in event.external_ids:
        # one app serves several accounts, and calls back at one address
        rows = queue.by_external_id(session, "share_id", event.external_ids["share_id"], platform=account.platform)
    elif name := next((name for name in _OWN_JOBS if name in event.external_ids), ""):
        rows = queue.by_external_id(session, name, event.external_ids[name], account_id=account.id)
    else:
        return
    if not rows:
        # the answer that held this id may be the one that was lost
        queue.look_now(session, account.id, {State.UNKNOWN}, now=now)
        _keep_for_the_lost(session, account.id, event, now)
    for row in rows:
        # a worker that ends just now would be overwritten by what was read before
        session.refresh(row, with_for_update=True)
        if not _appeared_twice(session, newsroom, row, event, now):
            _look_now(session, row, event, now)


def _keep_for_the_lost(session: Session, account_id: int, event: PlatformEvent, now: datetime) -> None:
    """A mass send's address stands in its call-back alone, which comes before its number is known where the answer was
    lost: it is kept with the one row it may speak of, under that number."""
    told = event.external_ids.get("msg_id")
    lost = queue.with_lost_call(session, account_id, "mass_send") if told else []
    if told is None or len(lost) != 1 or lost[0].id is None:
        return
    ids = {name: value for name, value in event.external_ids.items() if name in _PROVEN_LATER}
    queue.keep_receipt(session, lost[0].id, state=lost[0].state, now=now, external_ids={**ids, "told_msg_id": told})
    _on_record(session, lost[0].id, event, now)


def _look_now(session: Session, row: Delivery, event: PlatformEvent, now: datetime) -> None:
    assert row.id is not None
    known = queue.receipt(session, row.id)
    before = known.external_ids if known is not None else {}
    news = {name: value for name, value in event.external_ids.items() if before.get(name) != value}
    if row.state == State.WITHDRAWN and "item_id" in news:
        settle(session, row, _appeared(), now=now, actor="callback")
    elif row.state in _WAITING or (row.state == State.LIVE and news):
        row.next_try_at = now
    if not news:
        return
    # what is known stays: a repeated, late or second call-back changes nothing
    fresh = {name: value for name, value in news.items() if name not in before and name in _PROVEN_LATER}
    queue.keep_receipt(session, row.id, state=row.state, now=now, external_ids=fresh)
    _on_record(session, row.id, event, now)


def _on_record(session: Session, delivery_id: int, event: PlatformEvent, now: datetime) -> None:
    log.append(
        session,
        at=now,
        subject="delivery",
        subject_id=delivery_id,
        act="callback",
        actor="callback",
        detail={"key": event.key},
    )


def is_another(known: Mapping[str, str], told: Mapping[str, str]) -> bool:
    """Whether the work told of is none of those known. The public number decides where both sides have it. Pure."""
    for name in ("video_id", "item_id"):
        mine = {value for key, value in known.items() if key == name or key.startswith(f"{name}_")}
        if mine and told.get(name):
            return told[name] not in mine
    return False


def _appeared_twice(session: Session, newsroom: Newsroom, row: Delivery, event: PlatformEvent, now: datetime) -> bool:
    """The same hand-off was confirmed twice in the app: both works are public, and a person takes one away."""
    assert row.id is not None
    receipt = queue.receipt(session, row.id)
    known = dict(receipt.external_ids) if receipt is not None else {}
    if not is_another(known, event.external_ids):
        return False
    place = next(n for n in range(2, 100) if not {f"item_id_{n}", f"video_id_{n}"} & known.keys())
    told = {name: event.external_ids.get(name, "") for name in ("item_id", "video_id")}
    links = _addresses(newsroom, session.get(Account, row.account_id), known, {**known, **told})
    more = {f"{name}_{place}": value for name, value in told.items()} | {f"url_{place}": links[1]}
    queue.keep_receipt(session, row.id, state=row.state, now=now, external_ids=more, public_url=links[0])
    _on_record(session, row.id, event, now)
    if row.state not in _NOT_BEGUN:
        settle(session, row, _appeared() if row.state == State.WITHDRAWN else _twice(links), now=now, actor="callback")
    return True


def _addresses(newsroom: Newsroom, account: Account | None, *works: Mapping[str, str]) -> list[str]:
    """One for each work; empty where it cannot be told."""
    with contextlib.suppress(ConnectorError):
        channel = newsroom.channel(account) if account is not None else None
        if isinstance(channel, HasAddress):
            return [channel.address(work) for work in works]
    return [""] * len(works)


def _twice(links: list[str]) -> Next:
    shown = f"两条作品：{' 、 '.join(links)} 。" if all(links) else ""
    return Next(
        State.NEEDS_PERSON,
        reason="同一条在抖音上发了两次，请删除多出的一条。",
        remedy=f"请用手机删除多出的一条，再登记留下那一条的链接。{shown}",
    )


def _appeared() -> Next:
    return Next(
        State.NEEDS_PERSON,
        reason="已取消的这一条被人在手机上发布了。",
        remedy="请核对：要保留就登记链接，不要就在平台上删除后登记为已撤回。",
    )


def _taken_back(session: Session, newsroom: Newsroom, told: Account, event: PlatformEvent, now: datetime) -> None:
    """An owner took the consent back: the account stops where the news is younger than its consent. Where nothing says
    how old it is, the platform is asked first: an old message, sent again by anybody, must not stop an account."""
    why = "账号主人取消了授权，请在账号页重新授权。"
    for account in accounts.listed(session):
        assert account.id is not None
        if account.platform != told.platform or account.stopped_reason:
            continue
        known = accounts.credentials(session, account.id, newsroom.vault)
        if known.get("open_id") != event.external_ids.get("open_id", ""):
            continue
        consented = _moment(str(known.get("consented_at", "")))
        if event.at is None or consented is None:
            accounts.doubt(session, account.id, now)
        elif event.at > consented:
            accounts.stop(session, account.id, why)
            log.append(
                session, at=now, subject="account", subject_id=account.id, act="stopped", actor="callback", why=why
            )


def _moment(text: str) -> datetime | None:
    """A date that a person wrote beside the keys is a day in Beijing; None where nobody can read it."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=BEIJING)
