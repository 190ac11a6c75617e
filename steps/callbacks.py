"""Platform call-backs. A call-back is only a hint: it makes the queue look at once, and the look decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from connectors.base import PlatformEvent
from connectors.errors import ConnectorError
from content_store import accounts, log, queue
from content_store.tables import Account, Delivery
from content_store.tables import DeliveryState as State
from steps.delivery_rules import Next
from steps.newsroom import Newsroom
from steps.settling import settle

_PROVEN_LATER = ("item_id", "video_id", "open_id")
"""Ids that nobody else could tell us; the look proves them."""
_WAITING = {State.ACCEPTED, State.HANDED_OVER, State.UNKNOWN}


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
    if event is None:
        return None
    with newsroom.store.session() as session:
        # deliveries before the log before accounts, as the queue's own workers lock them
        _hint(session, account, event, now)
        if event.kind == "unauthorize":
            _stop(session, newsroom, account, event.external_ids.get("open_id", ""), now)
        accounts.seen_callback(session, account.id, now)
    return event.answer


def _hint(session: Session, account: Account, event: PlatformEvent, now: datetime) -> None:
    assert account.id is not None
    if "share_id" in event.external_ids:
        # one app serves several accounts, and calls back at one address
        rows = queue.by_external_id(session, "share_id", event.external_ids["share_id"], platform=account.platform)
    elif "publish_id" in event.external_ids:
        rows = queue.by_external_id(session, "publish_id", event.external_ids["publish_id"], account_id=account.id)
    else:
        return
    if not rows:
        # the answer that held this id may be the one that was lost
        queue.look_now(session, account.id, {State.UNKNOWN}, now=now)
    for row in rows:
        _look_now(session, row, event, now)


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
    log.append(
        session,
        at=now,
        subject="delivery",
        subject_id=row.id,
        act="callback",
        actor="callback",
        detail={"key": event.key},
    )


def _appeared() -> Next:
    return Next(
        State.NEEDS_PERSON,
        reason="已取消的这一条被人在手机上发布了。",
        remedy="请核对：要保留就登记链接，不要就在平台上删除后登记为已撤回。",
    )


def _stop(session: Session, newsroom: Newsroom, told: Account, open_id: str, now: datetime) -> None:
    """Stops the account whose owner took the consent back."""
    why = "账号主人取消了授权，请在账号页重新授权。"
    for account in accounts.listed(session):
        assert account.id is not None
        if account.platform != told.platform or account.stopped_reason:
            continue
        if accounts.credentials(session, account.id, newsroom.vault).get("open_id") == open_id:
            accounts.stop(session, account.id, why)
            log.append(
                session, at=now, subject="account", subject_id=account.id, act="stopped", actor="callback", why=why
            )
