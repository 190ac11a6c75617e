"""Handing over: what a person opens to finish a post on the platform."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from connectors.base import HandsOver
from content_store import log, queue
from content_store.tables import Delivery
from content_store.tables import DeliveryState as State
from steps.errors import Refused
from steps.newsroom import Newsroom
from steps.posts import stored_post
from steps.presses import held_for, name_of, only, refuse_if_over

SHOWN = "shown"
"""In the log: a QR code or an address was shown."""


def show_hand_off(newsroom: Newsroom, delivery_id: int, now: datetime, by: int | None = None) -> str:
    """What the person opens now (a share schema for a QR code, or an address): a fresh one for each showing.

    Each showing is written to the log as "shown": two that are both confirmed are two public works.

    Raises Refused, also where the warning it tells of is over, or ConnectorError where the platform does not answer.
    """

    def ready(session: Session, row: Delivery) -> bool:
        only(row, {State.HANDED_OVER}, "人工完成")
        refuse_if_over(session, row, now)
        return True

    with held_for(newsroom, delivery_id, "hand-off", ready) as held:
        assert held is not None
        account, post, journal = held
        if {"item_id", "video_id"} & journal.known.keys():
            raise Refused("手机上已经发出，系统正在核对，请稍后刷新，不要再扫码。")
        channel = newsroom.channel(account)
        if not isinstance(channel, HandsOver):
            raise Refused("这个平台没有人工完成这一步。")
        outcome = channel.hand_off(stored_post(newsroom, post), journal)
    if outcome.state != "pending_user":
        cause = outcome.refusal.cause + outcome.refusal.remedy if outcome.refusal else "平台没有答复，请稍后再试。"
        raise Refused(cause)
    with newsroom.store.session() as session:
        queue.keep_receipt(session, delivery_id, state=State.HANDED_OVER, now=now, external_ids=outcome.external_ids)
        actor = name_of(session, by)
        log.append(session, at=now, subject="delivery", subject_id=delivery_id, act=SHOWN, actor=actor)
    return outcome.hand_off


def barred(session: Session, row: Delivery, now: datetime) -> str:
    """Why nobody is asked to finish this hand-off any more (Chinese); empty where it goes on."""
    try:
        refuse_if_over(session, row, now)
    except Refused as error:
        return str(error)
    return ""
