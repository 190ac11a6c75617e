"""Whose turn it is: which stories under review wait for this person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session

from content_store import reviews
from content_store.reviews import UnderReview
from content_store.tables import ReviewStep
from steps.review import objection, standing_of


@dataclass(frozen=True)
class InQueue:
    """A story under review as one person sees it."""

    waiting: UnderReview
    step: ReviewStep
    """The review that is due now."""
    objection: str | None
    """Why it is not this person's turn; None where it is."""


def queue_for(session: Session, *, user_id: int, roles: Iterable[str]) -> list[InQueue]:
    """Everything under review, longest waiting first; `objection` is None for what this person may review now."""
    mine = frozenset(roles)
    found = []
    for waiting in reviews.under_review(session):
        standing = standing_of(waiting.reviews, waiting.version.content_hash)
        if standing.next_step is None:
            continue
        against = objection(
            step=standing.next_step,
            standing=standing,
            roles=mine,
            reviewer=user_id,
            editors=waiting.editors,
            before=[review.reviewer_id for review in waiting.reviews],
        )
        found.append(InQueue(waiting, standing.next_step, against))
    return found
