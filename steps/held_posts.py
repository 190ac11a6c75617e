"""A post and its delivery, prepared in the emergency lane and held until two people release it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from content_store import log
from content_store.tables import Account, Delivery, DeliveryState, Lane, StoryVersion
from steps.delivery_rules import Next
from steps.newsroom import Newsroom
from steps.posts import write_delivery
from steps.schedule import problems
from steps.settling import settle


def hold_post(
    session: Session,
    newsroom: Newsroom,
    version: StoryVersion,
    account: Account,
    *,
    event_id: int | None,
    now: datetime,
    actor: str,
) -> Delivery:
    """Adds the post of this version for this account, and its delivery, held."""
    row = write_delivery(
        session,
        newsroom,
        version,
        account,
        state=DeliveryState.HELD,
        lane=Lane.EMERGENCY,
        due_at=now,
        now=now,
        event_id=event_id,
    )
    assert row.id is not None
    log.append(
        session,
        at=now,
        subject="delivery",
        subject_id=row.id,
        act=DeliveryState.HELD,
        actor=actor,
        detail={"account": account.key, "content_hash": version.content_hash},
    )
    return row


def note_refusals(newsroom: Newsroom, delivery_id: int, now: datetime, actor: str) -> str:
    """Says on a held delivery what its channel would refuse, while there is still time to change it. Returns the reason.

    Outside any transaction first: it reads picture files.
    """
    with newsroom.store.reading() as session:
        row = session.get_one(Delivery, delivery_id)
        version, account = session.get_one(StoryVersion, row.story_version_id), session.get_one(Account, row.account_id)
    found = problems(newsroom, version, account)
    if not found:
        return ""
    first = found[0]
    reason, remedy = (first, "") if isinstance(first, str) else (first.cause, first.remedy)
    with newsroom.store.session() as session:
        row = session.get_one(Delivery, delivery_id, with_for_update=True)
        if row.state == DeliveryState.HELD and not row.reason:
            settle(session, row, Next(DeliveryState.HELD, reason=reason, remedy=remedy), now=now, actor=actor)
    return reason
