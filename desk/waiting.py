"""The numbers beside the navigation."""

from __future__ import annotations

from content_store import counts
from desk.access import Visitor
from steps.newsroom import Newsroom
from steps.overdue import overdue
from steps.review_queue import queue_for


def numbers(newsroom: Newsroom, visitor: Visitor) -> dict[str, int]:
    """How much of everything waits, and how many reviews wait for this visitor."""
    now = newsroom.now()
    with newsroom.store.reading() as session:
        found = counts.waiting(session, now=now)
        found["tasks"] += len(overdue(session, now))
        queue = queue_for(session, user_id=visitor.id, roles=visitor.roles)
    found["reviews"] = sum(1 for each in queue if each.objection is None)
    return found
