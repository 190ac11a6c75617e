"""Leases that keep one of a kind, and the record of flow runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from content_store.tables import FlowRun, Lease


def clock(session: Session) -> datetime:
    """The database's own time: leases that several machines take are measured by one clock, whatever theirs say."""
    if session.get_bind().dialect.name == "postgresql":
        told: datetime = session.connection().execute(text("SELECT clock_timestamp()")).scalar_one()
        return told.astimezone(UTC)
    said = session.connection().execute(text("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")).scalar_one()
    return datetime.fromisoformat(said).replace(tzinfo=UTC)


def take_lease(session: Session, name: str, *, owner: str, now: datetime, until: datetime) -> bool:
    """True where the lease is ours now: it was free, expired, or ours before."""
    taken = session.connection().execute(
        update(Lease)
        .where(col(Lease.name) == name, (col(Lease.owner) == owner) | (col(Lease.until) <= now))
        .values(owner=owner, until=until)
    )
    if taken.rowcount == 1:
        return True
    if session.get(Lease, name) is not None:
        return False
    try:
        with session.begin_nested():
            session.add(Lease(name=name, owner=owner, until=until))
            session.flush()
    except IntegrityError:
        return False
    return True


def end_lease(session: Session, name: str, *, owner: str, now: datetime) -> None:
    """The lease of an owner who is gone has run out. Does nothing where somebody else holds it by now."""
    session.connection().execute(
        update(Lease).where(col(Lease.name) == name, col(Lease.owner) == owner).values(until=now)
    )
    session.expire_all()


def give_up_lease(session: Session, name: str, *, owner: str) -> None:
    lease = session.get(Lease, name)
    if lease is not None and lease.owner == owner:
        session.delete(lease)
        session.flush()


def lease(session: Session, name: str) -> Lease | None:
    return session.get(Lease, name)


def begin_run(session: Session, flow: str, *, via: str, now: datetime) -> int:
    run = FlowRun(flow=flow, started_at=now, via=via)
    session.add(run)
    session.flush()
    assert run.id is not None
    return run.id


def end_run(session: Session, run_id: int, *, ok: bool, counts: dict[str, Any], message: str, now: datetime) -> None:
    run = session.get(FlowRun, run_id)
    assert run is not None
    run.ended_at, run.ok, run.counts, run.message = now, ok, counts, message
    session.flush()


def close_open_runs(session: Session, *, now: datetime, message: str) -> None:
    """Runs that a dead process left open. For whoever has just become the one that runs."""
    for run in session.exec(select(FlowRun).where(col(FlowRun.ended_at).is_(None))):
        run.ended_at, run.ok, run.message = now, False, message
    session.flush()


def forget_old_runs(session: Session, flow: str, *, keep: int) -> None:
    """All but the newest `keep` runs of a flow: the clock adds one every few seconds."""
    newest = select(FlowRun.id).where(FlowRun.flow == flow).order_by(col(FlowRun.id).desc()).offset(keep).limit(1)
    last_to_go = session.exec(newest).first()
    if last_to_go is not None:
        session.exec(delete(FlowRun).where(col(FlowRun.flow) == flow, col(FlowRun.id) <= last_to_go))


def last_runs(session: Session, flow: str, limit: int = 20) -> list[FlowRun]:
    """Newest first."""
    return list(session.exec(select(FlowRun).where(FlowRun.flow == flow).order_by(col(FlowRun.id).desc()).limit(limit)))
