"""Registering what a person did on the platform: it is out there, under this link, or it was taken down."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from sqlmodel import Session

from connectors.base import Outcome
from content_store import queue
from content_store.tables import Account, Delivery, TaskKind
from content_store.tables import DeliveryState as State
from steps.delivery_rules import WORK_IDS, Next
from steps.errors import Missing
from steps.missing_links import refuse_twin
from steps.newsroom import Newsroom
from steps.presses import changed, only
from steps.settling import settle
from steps.tasks import KeptProof, Proof, keep_proof, open_task, taken_down
from steps.work_links import NUMBERED, article_id, checked_link, names_work

BY_PERSON = "由人登记，未核对。"
DELETED_THERE = "由人在平台上删除。"
LINKABLE = {State.NEEDS_PERSON, State.HANDED_OVER, State.FAILED, State.ACCEPTED, State.UNKNOWN}
"""States in which a person may register the link of what is out."""
_WORK = re.compile(r"/(?:video|note)/(\d+)")


def register_live(newsroom: Newsroom, delivery_id: int, url: str, by: int | None, now: datetime) -> State:
    """A person published it on the platform, or found it there: its link is the proof, which nobody has checked.

    Raises Refused for what is no link to a work on the account's platform.
    """
    with newsroom.store.reading() as session:
        row = session.get(Delivery, delivery_id)
        account = session.get(Account, row.account_id) if row is not None else None
    if account is None:
        raise Missing("这条投递已不存在，请刷新列表。")
    link = checked_link(url, account.platform, account.settings)
    work, article = _WORK.search(urlsplit(link).path), article_id(link, account.platform)

    def act(session: Session, row: Delivery, actor: str) -> None:
        only(row, LINKABLE, "登记链接")
        refuse_twin(session, link, account.platform, delivery_id)
        known = queue.receipt(session, delivery_id)
        before = known.external_ids if known is not None else {}
        ids = _ids_of(work[1], before) if work else {}
        if row.state != State.ACCEPTED and not work:
            ids |= _forgotten(before, link, account.platform)
        ids |= {"article_id": article} if article else {}
        outcome = Outcome(state="done", external_ids=ids, public_url=link)
        settle(session, row, Next(State.LIVE, ids=ids, reason=BY_PERSON), now=now, actor=actor, outcome=outcome)

    return changed(newsroom, delivery_id, by, act, now)


def _forgotten(known: Mapping[str, str], link: str, platform: str) -> dict[str, str]:
    """Numbers of a work that the link does not lead to: asked by them, "not there" would be said of another work."""
    if platform not in NUMBERED or names_work(link, known):
        return {}
    return {name: "" for name in WORK_IDS if known.get(name)}


def _ids_of(video_id: str, known: Mapping[str, str]) -> dict[str, str]:
    """What the receipt holds once this work is the delivery's. Where two are known, the other is kept as the second."""
    if known.get("video_id") == video_id:
        return {"video_id": video_id}
    others = {value: key.removeprefix("video_id_") for key, value in known.items() if key.startswith("video_id_")}
    place = others.get(video_id)
    if place is None:
        # an id that belongs to another work would be measured instead of this one
        return {"video_id": video_id, "item_id": ""}
    swapped = {name: known.get(f"{name}_{place}", "") for name in ("item_id", "video_id")}
    return swapped | {f"{name}_{place}": known.get(name, "") for name in swapped}


def register_withdrawn(
    newsroom: Newsroom, delivery_id: int, by: int | None, now: datetime, proof: Proof | None = None
) -> State:
    """A person deleted it on the platform. The proof is kept with the task that this closes."""
    kept = keep_proof(newsroom, delivery_id, proof, now) if proof is not None else KeptProof(note=DELETED_THERE)

    def act(session: Session, row: Delivery, actor: str) -> None:
        only(row, {State.NEEDS_PERSON, State.LIVE, State.WITHDRAWING, State.HANDED_OVER}, "登记为已撤回")
        open_task(session, row, TaskKind.WITHDRAW, "", by, now)
        taken_down(session, row, kept, by=by, now=now, actor=actor)
        settle(session, row, Next(State.WITHDRAWN, reason=DELETED_THERE), now=now, actor=actor)

    return changed(newsroom, delivery_id, by, act, now)
