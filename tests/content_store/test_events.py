"""Alerts and events in the store: identity, references both ways, tasks that exist once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from content_store import events
from content_store.database import Store
from content_store.tables import Alert

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


def alert(session: Session, identifier: str, *named: str, **values: object) -> Alert:
    told = {
        "identifier": identifier,
        "sender": "s",
        "sent": NOW,
        "status": "Actual",
        "msg_type": "Update" if named else "Alert",
        "scope": "Public",
        "received_at": NOW,
    }
    return events.add_alert(session, told | values, [("s", each, NOW) for each in named])


def test_sender_and_identifier_together_are_an_alerts_name(store: Store) -> None:
    with store.session() as session:
        alert(session, "1")
        alert(session, "1", sender="other")
    with pytest.raises(IntegrityError), store.session() as session:
        alert(session, "1")
    with store.reading() as session:
        assert events.alert_by_key(session, "s", "1") is not None
        assert events.alert_by_key(session, "s", "2") is None


def test_references_connect_in_both_directions_and_over_many_steps(store: Store) -> None:
    with store.session() as session:
        alert(session, "4", "3")
        alert(session, "3", "2", "missing")
        alert(session, "9")
        last = alert(session, "2", "1")
        alert(session, "1")
        assert [row.identifier for row in events.connected(session, last)] == ["4", "3", "2", "1"]


def test_drills_and_private_messages_connect_nothing(store: Store) -> None:
    with store.session() as session:
        first = alert(session, "1")
        alert(session, "2", "1", status="Exercise")
        alert(session, "3", "1", scope="Private")
        alert(session, "4", "1", msg_type="Ack")
        assert [row.identifier for row in events.connected(session, first)] == ["1"]


def test_a_reference_given_twice_is_kept_once(store: Store) -> None:
    with store.session() as session:
        found = alert(session, "2", "1", "1")
        assert found.references == [["s", "1", NOW.isoformat()]]


def test_a_task_is_added_once(store: Store) -> None:
    with store.session() as session:
        event = events.add_event(session, {"hazard": "cold_wave", "opened_at": NOW})
        first, second = alert(session, "1"), alert(session, "2")
        told = {"event_id": event.id, "kind": "update_post", "what": "更新", "created_at": NOW}
        assert events.add_follow_up(session, told | {"alert_id": first.id})
        assert not events.add_follow_up(session, told | {"alert_id": first.id})
        assert events.add_follow_up(session, told | {"alert_id": second.id})
        assert events.open_follow_up_counts(session) == {event.id: 2}


def test_what_is_due_first_comes_first(store: Store) -> None:
    with store.session() as session:
        event = events.add_event(session, {"hazard": "cold_wave", "opened_at": NOW})
        for number, due in enumerate((None, NOW + timedelta(hours=2), NOW), 1):
            row = alert(session, str(number))
            told = {"event_id": event.id, "alert_id": row.id, "kind": "update_post", "created_at": NOW}
            events.add_follow_up(session, told | {"what": str(number), "due_at": due})
        assert [task.what for task in events.open_follow_ups(session)] == ["3", "2", "1"]
