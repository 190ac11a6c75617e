"""What the platform knows of a row now: asked before a person sends it again or gives it up."""

from __future__ import annotations

from sqlmodel import Session

from connectors.base import ErrorClass, Outcome
from connectors.errors import ConnectorError
from content_store import queue
from content_store.tables import Delivery
from steps.claiming import new_owner, recalled
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom
from steps.posts import stored_post


def hands_on(session: Session, row: Delivery | None) -> tuple[object, ...]:
    """What differs once somebody has worked on the row: a look at the platform made before that counts no more."""
    if row is None or row.id is None:
        return ()
    calls = [(attempt.id, attempt.outcome) for attempt in queue.attempts(session, row.id)]
    return row.state, row.tries, row.due_at, row.sending_at, calls


def looked_up(newsroom: Newsroom, delivery_id: int) -> Outcome:
    """What the platform knows of this row now; `absent` where it is not there, `pending_user` where only people know.
    Raises Refused."""
    with newsroom.store.session() as session:
        row = session.get(Delivery, delivery_id)
        if row is None:
            raise Missing("这条投递已不存在，请刷新列表。")
        account, post, journal = recalled(session, row, new_owner("ask"), newsroom)
    gone = {name: "" for name in journal.known if name != "marker"}
    if not journal.open and not gone:
        return Outcome(state="pending_user")
    try:
        channel = newsroom.channel(account)
        if journal.open:
            return _persons_word(channel.look_up(stored_post(newsroom, post), journal))
        found = channel.poll(journal.known)
    except ConnectorError as error:
        raise Refused(f"现在还无法核对是否已发出：{error.message}") from error
    if found.state == "accepted" and found.refusal is not None:
        raise Refused(f"现在还无法核对是否已发出，请稍后再试。{found.refusal.cause}")
    if found.state in ("absent", "failed"):
        # it is not out, or no more: begin anew
        return Outcome(state="absent", external_ids=gone)
    return found if found.state in ("done", "accepted") else Outcome(state="pending_user")


def _persons_word(found: Outcome) -> Outcome:
    """Where only a person can tell, pressing the button is the person's word that it is not out. Raises Refused."""
    asks_person = found.refusal is not None and found.refusal.kind is ErrorClass.NEEDS_HUMAN and not found.not_asked
    if found.state == "unknown" and not asks_person:
        why = found.refusal.cause if found.refusal else "平台还没有结果。"
        raise Refused(f"现在还无法核对是否已发出，请稍后再试。{why}")
    return found if found.state in ("done", "accepted") else Outcome(state="absent", external_ids=found.external_ids)
