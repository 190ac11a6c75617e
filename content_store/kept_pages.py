"""Answers of sources that nobody understood, kept for whoever mends the connector."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, select

from content_store.tables import KeptPage

KEPT = 3
"""Of each source, the newest."""
MAX_BYTES = 2 * 1024 * 1024


def keep(
    session: Session,
    source_id: int,
    *,
    url: str,
    status: int,
    headers: dict[str, Any],
    body: bytes,
    reason: str,
    now: datetime,
) -> None:
    """Keeps an answer, unless it is the last one again; older ones go."""
    last = newest(session, source_id)
    if last is not None and last.body == body[:MAX_BYTES] and last.url == url:
        return
    session.add(
        KeptPage(
            source_id=source_id,
            kept_at=now,
            url=url,
            status=status,
            headers=headers,
            body=body[:MAX_BYTES],
            reason=reason,
        )
    )
    session.flush()
    query = select(KeptPage.id).where(KeptPage.source_id == source_id).order_by(col(KeptPage.id).desc()).offset(KEPT)
    if old := session.exec(query).all():
        session.exec(delete(KeptPage).where(col(KeptPage.id).in_(old)))


def newest(session: Session, source_id: int) -> KeptPage | None:
    query = select(KeptPage).where(KeptPage.source_id == source_id).order_by(col(KeptPage.id).desc())
    return session.exec(query.limit(1)).first()
