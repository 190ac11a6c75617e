"""Sources: settings from files, health from rounds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, or_, select

from content_store.tables import Source

SETTABLE = ("kind", "name", "url", "settings", "area", "trust", "reprint", "rhythm_minutes", "adaptive", "enabled")


def by_key(session: Session, key: str) -> Source | None:
    return session.exec(select(Source).where(Source.key == key)).first()


def listed(session: Session, *, enabled_only: bool = False) -> list[Source]:
    query = select(Source).order_by(col(Source.key))
    return list(session.exec(query.where(col(Source.enabled).is_(True)) if enabled_only else query))


def put(session: Session, key: str, values: dict[str, Any], *, now: datetime) -> Source:
    """Adds the source or changes its settings; its health and cursor stay, unless it now points elsewhere."""
    source = by_key(session, key)
    if source is None:
        source = Source(key=key, kind="", name=key, created_at=now, next_at=now)
    elif values.get("url", source.url) != source.url:
        source.cursor = {}
        source.next_at = now
    for name in SETTABLE:
        if name in values:
            setattr(source, name, values[name])
    session.add(source)
    session.flush()
    return source


def due(
    session: Session,
    now: datetime,
    keys: Iterable[str] = (),
    *,
    only: Collection[str] = (),
    without: Collection[str] = (),
) -> list[Source]:
    """Enabled sources whose time has come; with `keys`, exactly those, due or not. `only`, `without`: kinds."""
    wanted = list(keys)
    query = select(Source)
    if only:
        query = query.where(col(Source.kind).in_(only))
    if without:
        query = query.where(col(Source.kind).not_in(without))
    if wanted:
        query = query.where(col(Source.key).in_(wanted))
    else:
        query = query.where(
            col(Source.enabled).is_(True), or_(col(Source.next_at).is_(None), col(Source.next_at) <= now)
        )
    return list(session.exec(query.order_by(col(Source.next_at), col(Source.id))))
