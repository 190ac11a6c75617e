"""A queued delivery of a new story, for the benchmarks of publishing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session

from connectors.dossier import Dossier, PictureRights, Reviewer
from content_store import deliveries, stories
from content_store.tables import Account, DeliveryState, Lane, StoryVersion
from steps.adapt import PACKED, form_of, media_keys
from steps.newsroom import Newsroom


def queued(
    session: Session,
    room: Newsroom,
    account: Account,
    fields: dict[str, Any],
    *,
    lane: Lane,
    due_at: datetime,
    now: datetime,
) -> tuple[int, str]:
    """A queued delivery of a new story with these fields: its number and its mark."""
    version = stories.add(session, fields=fields, by=None, now=now)
    assert version.id is not None
    assert account.id is not None
    marker = deliveries.new_marker()
    told = _dossier(account, version, now) if account.platform in PACKED else None
    row = deliveries.add(
        session,
        version_id=version.id,
        account_id=account.id,
        marker=marker,
        form=form_of(version, account, marker=marker, site_url=room.site_url, dossier=told),
        fingerprint="",
        state=DeliveryState.QUEUED,
        lane=lane,
        due_at=due_at,
        by=None,
        now=now,
    )
    assert row.id is not None
    return row.id, marker


def _dossier(account: Account, version: StoryVersion, now: datetime) -> Dossier:
    """What a package tells of a story that three people passed."""
    keys = dict.fromkeys([*media_keys(version.body_html), *filter(None, [version.cover_sha256])])
    return Dossier(
        story=version.story_id,
        revision=version.number,
        content_sha256=version.content_hash,
        account=account.name,
        made_on=now.date(),
        reviewers=(Reviewer(step="终审", name="测速", on=now.date()),),
        rights=tuple(PictureRights(key=key, source="编辑上传") for key in keys),
    )
