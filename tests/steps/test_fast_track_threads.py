"""How alerts form events: states, ends, ambiguity, and that the order of arrival changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from fast_track_sample import AT, LATER, LATEST, NOW, SENT, cap, names, newsroom
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content_store import events, people
from content_store.database import Store
from content_store.tables import Alert
from steps.alerts import end_by_hand, receive
from steps.errors import Refused
from steps.event_pages import alerts_without_event, event_page, events_overview
from steps.newsroom import Newsroom
from steps.threads import ENDED, FOREIGN, MISMATCH, SEVERAL, WAITING, Message, State, Threads, join

HOUR = timedelta(hours=1)


def message(number: int, msg_type: str = "Alert", names: Sequence[int] = (), **values: object) -> Message:
    """Message number n is sent n hours after NOW and holds for a day."""
    sent = NOW + number * HOUR
    told = {"effective": sent, "expires": sent + 24 * HOUR, "level": "orange", "areas": ("220100",)} | values
    references = tuple(("s", str(each), NOW + each * HOUR) for each in names)
    return Message(number, "s", str(number), sent, msg_type, references, **told)  # type: ignore[arg-type]  # kwargs


def states(woven: Threads, at: datetime) -> list[State]:
    return [thread.state_at(at) for thread in woven.threads]


def test_an_alert_is_upcoming_then_active_then_expired() -> None:
    [thread] = join([message(1, effective=NOW + 3 * HOUR)]).threads
    assert thread.state_at(NOW + 2 * HOUR) is State.UPCOMING
    assert thread.state_at(NOW + 3 * HOUR) is State.ACTIVE
    assert thread.state_at(NOW + 25 * HOUR) is State.EXPIRED


def test_an_update_that_takes_effect_later_leaves_the_event_begun() -> None:
    woven = join([message(1), message(2, "Update", [1], effective=NOW + 9 * HOUR)])
    assert states(woven, NOW + 3 * HOUR) == [State.UPDATED]


def test_an_update_replaces_what_it_names_and_a_cancel_ends_the_event() -> None:
    first, second, third = message(1), message(2, "Update", [1]), message(3, "Cancel", [2])
    [thread] = join([first, second]).threads
    assert thread.state_at(NOW + 4 * HOUR) is State.UPDATED
    assert thread.state_of(first, NOW + 4 * HOUR) is State.SUPERSEDED
    [thread] = join([first, second, third]).threads
    assert thread.state_at(NOW + 4 * HOUR) is State.CANCELLED
    assert thread.state_at(NOW + 99 * HOUR) is State.CANCELLED


def test_an_all_clear_update_ends_the_event_like_a_cancel() -> None:
    assert states(join([message(1), message(2, "Update", [1], action="cancel")]), NOW + 3 * HOUR) == [State.CANCELLED]


def test_an_update_that_leaves_the_province_supersedes_the_event() -> None:
    woven = join([message(1), message(2, "Update", [1], ours=False, areas=())])
    assert states(woven, NOW + 3 * HOUR) == [State.SUPERSEDED]


def test_all_three_parts_of_a_reference_must_match() -> None:
    wrong = Message(2, "s", "2", NOW + 2 * HOUR, "Cancel", (("s", "1", NOW),))
    woven = join([message(1), wrong])
    assert states(woven, NOW + 3 * HOUR) == [State.ACTIVE]
    assert woven.notes[2] == [MISMATCH]
    other_sender = Message(3, "s", "3", NOW + 2 * HOUR, "Cancel", (("x", "1", NOW + HOUR),))
    assert join([message(1), other_sender]).notes[3] == [WAITING]


@pytest.mark.parametrize("kind", ["Cancel", "Update"])
def test_another_senders_message_ends_and_changes_nothing_and_a_person_is_told(kind: str) -> None:
    foreign = Message(
        2, "evil", "2", NOW + 2 * HOUR, kind, (("s", "1", NOW + HOUR),), hazard="cold_wave", level="red", ours=False
    )
    woven = join([message(1), foreign])
    assert states(woven, NOW + 3 * HOUR) == [State.ACTIVE]
    assert (woven.notes[2], woven.loose) == ([FOREIGN], [foreign])
    assert [thread.current.level for thread in woven.threads] == ["orange"]


def test_another_senders_update_for_the_province_warns_as_an_event_of_its_own() -> None:
    foreign = Message(2, "x", "2", NOW + 2 * HOUR, "Update", (("s", "1", NOW + HOUR),), areas=("220100",))
    woven = join([message(1), foreign])
    assert states(woven, NOW + 3 * HOUR) == [State.ACTIVE, State.UPDATED]
    assert woven.notes[2] == [FOREIGN]


def test_of_several_references_the_open_event_is_meant() -> None:
    woven = join([message(1), message(2, "Cancel", [1]), message(3), message(4, "Update", [1, 3])])
    assert states(woven, NOW + 5 * HOUR) == [State.CANCELLED, State.UPDATED]


def test_where_several_are_open_nothing_happens_and_a_person_is_told() -> None:
    woven = join([message(1), message(2), message(3, "Cancel", [1, 2])])
    assert states(woven, NOW + 4 * HOUR) == [State.ACTIVE, State.ACTIVE]
    assert woven.notes[3] == [SEVERAL]


def test_an_expired_event_is_hardly_the_one_meant_by_two_references() -> None:
    woven = join([message(1, expires=NOW + 2 * HOUR), message(2), message(3, "Cancel", [1, 2])])
    assert states(woven, NOW + 4 * HOUR) == [State.EXPIRED, State.CANCELLED]


def test_an_update_after_the_end_changes_nothing_and_a_person_is_told() -> None:
    woven = join([message(1), message(2, "Cancel", [1]), message(3, "Update", [1])])
    assert states(woven, NOW + 4 * HOUR) == [State.CANCELLED]
    assert woven.notes[3] == [ENDED]


def test_a_late_update_gives_an_expired_event_more_time() -> None:
    woven = join([message(1, expires=NOW + 2 * HOUR), message(3, "Update", [1])])
    assert states(woven, NOW + 4 * HOUR) == [State.UPDATED]


def test_an_alert_elsewhere_opens_nothing_until_an_update_brings_it_here() -> None:
    elsewhere = message(1, ours=False, areas=())
    assert join([elsewhere]).threads == []
    assert states(join([elsewhere, message(2, "Update", [1])]), NOW + 3 * HOUR) == [State.UPDATED]


def test_messages_that_name_each_other_do_not_go_round_for_ever() -> None:
    woven = join([message(1, "Update", [2]), message(2, "Update", [1])])
    assert len(woven.threads) == 1


@st.composite
def traffic(draw: st.DrawFn) -> list[Message]:
    """Some events' messages: references point anywhere, also to what is missing."""
    found = []
    for number in range(1, draw(st.integers(2, 7)) + 1):
        kind = draw(st.sampled_from(["Alert", "Update", "Cancel"]))
        others = st.lists(st.integers(1, 9).filter(lambda other, own=number: other != own), min_size=1, max_size=3)
        refers = draw(others) if kind != "Alert" else []
        hours = draw(st.integers(1, 6))
        ours = draw(st.booleans()) or number == 1
        found.append(message(number, kind, refers, ours=ours, expires=NOW + (number + hours) * HOUR))
    return found


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(traffic(), st.randoms(use_true_random=False), st.integers(0, 15))
def test_the_order_of_messages_changes_no_state(sent: list[Message], shuffled: object, hours: int) -> None:
    mixed = list(sent)
    shuffled.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis's Random
    at = NOW + hours * HOUR

    def picture(woven: Threads) -> object:
        threads = [([m.id for m in t.members], t.state_at(at)) for t in woven.threads]
        return threads, woven.notes, [m.id for m in woven.loose]

    assert picture(join(sent)) == picture(join(mixed))


# ---------------------------------------------------------------- in the store


def told(room: Newsroom, at: datetime) -> list[tuple[str, str, list[str], str]]:
    """Events as people see them, but for what depends on the hour of receipt."""
    with room.store.reading() as session:
        rows = {
            event.id: [a.identifier[0] for a in events.alerts_of(session, event.id or 0)]
            for event in events.listed(session)
        }
    lines = events_overview(room, at)
    return sorted((line.state, line.level, sorted(rows[line.id]), line.area_text) for line in lines if rows[line.id])


STORY = {
    "A": ("Alert", SENT, (), "发布寒潮橙色预警信号"),
    "U": ("Update", LATER, (("A", SENT),), "将寒潮橙色预警信号升级为红色"),
    "V": ("Update", LATER, (("A", SENT), ("U", LATER)), "继续发布寒潮红色预警信号"),
    "C": ("Cancel", LATEST, (("U", LATER), ("V", LATER)), "解除寒潮红色预警信号"),
}


def feed(room: Newsroom, name: str, run: int, at: datetime) -> None:
    kind, sent, named, headline = STORY[name]
    references = names(*((f"{other}{run}", moment) for other, moment in named))
    receive(room, cap(f"{name}{run}", kind, sent=sent, references=references, headline=headline), at)


@pytest.mark.parametrize("chosen", ["AUC", "AUVC", "AUV"])
def test_whatever_order_they_arrive_in_the_event_is_the_same(sqlite_store: Store, tmp_path: Path, chosen: str) -> None:
    room = newsroom(sqlite_store, tmp_path)
    for run, order in enumerate(permutations(chosen)):
        for name in order:
            feed(room, name, run, AT)
    seen = told(room, AT)
    assert len(seen) == run + 1
    assert {(state, level, "".join(ids)) for state, level, ids, _ in seen} == {
        ("cancelled" if "C" in chosen else "updated", "red", "".join(sorted(chosen)))
    }


@pytest.mark.parametrize("order", ["CUA", "UCA", "ACU"])
def test_messages_that_come_early_are_joined_later(store: Store, tmp_path: Path, order: str) -> None:
    room = newsroom(store, tmp_path)
    for name in order:
        feed(room, name, 1, AT)
    [event] = told(room, AT)
    assert event[:3] == ("cancelled", "red", ["A", "C", "U"])


def test_a_cancel_before_its_alert_waits_and_says_so(sqlite_store: Store, tmp_path: Path) -> None:
    room = newsroom(sqlite_store, tmp_path)
    feed(room, "C", 1, AT)
    [waiting] = alerts_without_event(room)
    assert waiting.notes == (WAITING,)
    assert events_overview(room, AT) == []


def test_an_update_whose_alert_is_missing_warns_at_once(sqlite_store: Store, tmp_path: Path) -> None:
    room = newsroom(sqlite_store, tmp_path)
    feed(room, "U", 1, AT)
    [line] = events_overview(room, AT)
    assert (line.state, line.level, line.needs_eyes) == ("updated", "red", True)
    feed(room, "A", 1, AT)
    [line] = events_overview(room, AT)
    assert (line.state, line.level, line.needs_eyes) == ("updated", "red", False)


def test_a_foreign_cancel_is_shown_on_the_event_it_names(store: Store, tmp_path: Path) -> None:
    room = newsroom(store, tmp_path)
    first = receive(room, cap("X"), AT)
    forged = cap("C", "Cancel", sent=LATEST, references=names(("X", SENT)), headline="解除寒潮橙色预警信号")
    forged = forged.replace(b"<sender>22000041600000<", b"<sender>evil@example.org<")
    received = receive(room, forged, AT)
    assert received.event_id is None
    assert first.event_id is not None
    page = event_page(room, first.event_id, AT)
    assert (page.line.state, page.line.needs_eyes) == ("active", True)
    assert FOREIGN in page.notes


def test_line_breaks_inside_references_do_no_harm(sqlite_store: Store, tmp_path: Path) -> None:
    room = newsroom(sqlite_store, tmp_path)
    receive(room, cap("X"), AT)
    receive(room, cap("Y", sent=LATER, areas={"吉林市": "220200"}), AT)
    received = receive(
        room,
        cap("C", "Cancel", sent=LATEST, references=f"\n  {names(('X', SENT))}\n  ", headline="解除寒潮橙色预警"),
        NOW,
    )
    assert received.state == "cancelled"


def test_a_person_decides_where_two_events_are_meant(store: Store, tmp_path: Path) -> None:
    room = newsroom(store, tmp_path)
    first = receive(room, cap("X"), AT)
    second = receive(room, cap("Y", sent=LATER, areas={"吉林市": "220200"}), AT)
    update = cap(
        "U", "Update", sent=LATEST, references=names(("X", SENT), ("Y", LATER)), headline="发布寒潮红色预警信号"
    )
    assert receive(room, update, AT).event_id is None
    assert first.event_id is not None
    assert second.event_id is not None
    assert SEVERAL in event_page(room, first.event_id, AT).notes
    assert event_page(room, second.event_id, AT).line.needs_eyes
    with room.store.session() as session:
        person = people.add(session, name="d", display_name="值班", password_hash="x", roles=["duty"], now=AT).id or 0
    with pytest.raises(Refused, match="依据"):
        end_by_hand(room, second.event_id, kind="superseded", by=person, note=" ", now=AT)
    end_by_hand(room, second.event_id, kind="superseded", by=person, note="省台电话确认", now=AT)
    assert event_page(room, second.event_id, AT).line.state == "superseded"
    assert event_page(room, first.event_id, AT).line.state == "updated"
    assert event_page(room, first.event_id, AT).line.level == "red"
    with pytest.raises(Refused, match="已经结束"):
        end_by_hand(room, second.event_id, kind="cancelled", by=person, note="再来一次", now=AT)


def test_two_events_that_turn_out_to_be_one_become_one(sqlite_store: Store, tmp_path: Path) -> None:
    room = newsroom(sqlite_store, tmp_path)
    reference = names(("A", SENT))
    first = receive(room, cap("U", "Update", sent=LATER, references=reference), AT)
    second = receive(room, cap("V", "Update", sent=LATEST, references=reference), AT)
    assert first.event_id != second.event_id
    receive(room, cap("A"), AT)
    states_now = [line.state for line in events_overview(room, AT)]
    assert sorted(states_now) == ["superseded", "updated"]
    with sqlite_store.reading() as session:
        rows = [events.alert_by_key(session, "22000041600000", key) for key in "AUV"]
    assert {row.event_id for row in rows if isinstance(row, Alert)} == {first.event_id}
