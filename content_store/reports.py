"""Frozen weekly reports and their revisions. A report is written once; a change is a new revision."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, func, select

from content_store.tables import Report


def freeze(session: Session, values: dict[str, Any]) -> Report:
    """One more revision. Raises IntegrityError where another process froze the same revision in the meantime."""
    report = Report(**values)
    session.add(report)
    session.flush()
    return report


def latest(session: Session, week: str) -> Report | None:
    """The newest revision of a week."""
    query = select(Report).where(Report.week == week).order_by(col(Report.revision).desc()).limit(1)
    return session.exec(query).first()


def revision(session: Session, week: str, number: int) -> Report | None:
    return session.exec(select(Report).where(Report.week == week, Report.revision == number)).first()


def revisions(session: Session, week: str) -> list[Report]:
    """Newest first."""
    return list(session.exec(select(Report).where(Report.week == week).order_by(col(Report.revision).desc())))


def listed(session: Session, *, limit: int = 60) -> list[Report]:
    """The newest revision of each week, newest week first."""
    newest = select(Report.week, func.max(Report.revision).label("revision")).group_by(col(Report.week)).subquery()
    query = (
        select(Report)
        .join(newest, (newest.c.week == col(Report.week)) & (newest.c.revision == col(Report.revision)))
        .order_by(col(Report.week).desc())
        .limit(limit)
    )
    return list(session.exec(query))
