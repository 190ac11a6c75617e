"""A link for what is live and has none: some platforms say that a post is out, and never where."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from content_store import deliveries, log, queue
from content_store.tables import Account, Delivery, User
from content_store.tables import DeliveryState as State
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom
from steps.work_links import article_id, checked_link, telling_part, work_key

LINKED = "linked"
"""In the log: a person added the link."""
BY_PERSON = "链接由人登记，未核对。"


def is_missing(line: deliveries.Line) -> bool:
    """Whether readers have it and nobody knows where."""
    return line.delivery.state == State.LIVE and not line.url


def register_missing(newsroom: Newsroom, delivery_id: int, url: str, by: int, now: datetime) -> None:
    """Adds the link and writes it to the log; the delivery stays live. Raises Missing, or Refused for a link to
    somewhere else, one that another delivery has, or a row that has one."""
    with newsroom.store.session() as session:
        row = session.get(Delivery, delivery_id, with_for_update=True)
        account = session.get(Account, row.account_id) if row is not None else None
        if row is None or account is None:
            raise Missing("这条投递已不存在，请刷新列表。")
        link = checked_link(url, account.platform, account.settings)
        _may_be_added(session, row, link, account.platform)
        number = article_id(link, account.platform)
        ids = {"article_id": number} if number else {}
        queue.keep_receipt(session, delivery_id, state=State.LIVE, now=now, external_ids=ids, public_url=link)
        row.reason = BY_PERSON
        user = session.get(User, by)
        actor = user.display_name if user is not None else "命令行"
        log.append(session, at=now, subject="delivery", subject_id=delivery_id, act=LINKED, actor=actor, why=link)


def _may_be_added(session: Session, row: Delivery, link: str, platform: str) -> None:
    assert row.id is not None
    known = queue.receipt(session, row.id)
    if row.state != State.LIVE or (known is not None and known.public_url):
        raise Refused("这一条已经有链接，或不在线上，请刷新页面。")
    refuse_twin(session, link, platform, row.id)


def refuse_twin(session: Session, link: str, platform: str, delivery_id: int) -> None:
    """Raises Refused where another delivery is out under this address, however it is spelled."""
    part, key = telling_part(link, platform), work_key(link, platform)
    there = deliveries.at_addresses_with(session, part, platform=platform, other_than=delivery_id)
    twin = next((other for other, url in there if work_key(url, platform) == key), None)
    if twin is not None:
        raise Refused(f"这个链接已登记在投递 {twin}，请核对是不是粘贴错了。")
