"""The two-person release, and the clock."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from fast_track_sample import (
    AT,
    MINUTE,
    NOW,
    account,
    cancel,
    cap,
    let_out,
    pack,
    page_of,
    ready,
    set_states,
    waiting,
)
from sqlalchemy.exc import IntegrityError

from content_store import queue, stories
from content_store.database import Store
from content_store.tables import Delivery, DeliveryState, Lane, Post, Release, Story
from steps.alerts import receive
from steps.errors import Refused
from steps.preparing import EDITED
from steps.release import objection, release
from steps.stories import edit
from steps.threads import State


def test_two_different_people_put_it_out_at_once_and_a_full_review_is_due(store: Store, tmp_path: Path) -> None:
    room, crew = ready(store, tmp_path)
    received = receive(room, cap(), AT)
    story = waiting(page_of(room, received))
    first = release(room, story.id, content_hash=story.content_hash, by=crew.duty, now=AT)
    assert (first.count, first.names, first.queued) == (1, ("duty",), 0)
    assert {line.state for line in page_of(room, received).deliveries} == {"held"}
    second = release(room, story.id, content_hash=story.content_hash, by=crew.admin, now=AT + MINUTE)
    assert (second.count, second.names, second.queued) == (2, ("duty", "admin"), 2)
    with store.reading() as session:
        assert session.get_one(Story, story.id).status == "released"
        for line in page_of(room, received).deliveries:
            row = session.get_one(Delivery, line.id)
            assert (row.state, row.due_at, row.lane) == ("queued", AT + MINUTE, Lane.EMERGENCY)
    [task] = page_of(room, received).follow_ups
    assert (task.kind, task.due_at) == ("full_review", AT + MINUTE + timedelta(hours=24))
    with pytest.raises(Refused, match="已经签发"):
        release(room, story.id, content_hash=story.content_hash, by=crew.final, now=AT)


def test_nobody_can_release_alone(store: Store, tmp_path: Path) -> None:
    room, crew = ready(store, tmp_path)
    received = receive(room, cap(), AT)
    story = waiting(page_of(room, received))
    release(room, story.id, content_hash=story.content_hash, by=crew.admin, now=AT)
    with pytest.raises(Refused, match="另一位"):
        release(room, story.id, content_hash=story.content_hash, by=crew.admin, now=AT)
    for person in (crew.editor, crew.first, crew.second):
        with pytest.raises(Refused, match="没有应急签发权限"):
            release(room, story.id, content_hash=story.content_hash, by=person, now=AT)
    with pytest.raises(Refused, match="重新登录"):
        release(room, story.id, content_hash=story.content_hash, by=4711, now=AT)
    assert {line.state for line in page_of(room, received).deliveries} == {"held"}
    with store.session() as session:
        twice = Release(
            story_version_id=story.version_id,
            content_hash=story.content_hash,
            event_id=received.event_id,
            user_id=crew.admin,
            released_at=AT,
        )
        session.add(twice)
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_two_clicks_of_one_person_at_the_same_moment_are_one(store: Store, tmp_path: Path) -> None:
    room, crew = ready(store, tmp_path)
    received = receive(room, cap(), AT)
    story = waiting(page_of(room, received))
    said: list[str] = []

    def click() -> None:
        try:
            said.append(str(release(room, story.id, content_hash=story.content_hash, by=crew.duty, now=AT).count))
        except Refused as error:
            said.append(str(error))

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert said.count("1") == 1
    assert len(waiting(page_of(room, received)).releases) == 1


def test_an_edit_voids_the_first_release_and_both_must_see_the_same_text(sqlite_store: Store, tmp_path: Path) -> None:
    room, crew = ready(sqlite_store, tmp_path)
    received = receive(room, cap(), AT)
    story = waiting(page_of(room, received))
    release(room, story.id, content_hash=story.content_hash, by=crew.duty, now=AT)
    edit(room, story.id, {"title": "编辑改过的标题"}, based_on=1, by=crew.editor, now=AT)
    with pytest.raises(Refused, match="又有变化"):
        release(room, story.id, content_hash=story.content_hash, by=crew.final, now=AT)
    edited = waiting(page_of(room, received))
    assert edited.releases == ()
    release(room, story.id, content_hash=edited.content_hash, by=crew.final, now=AT)
    done = release(room, story.id, content_hash=edited.content_hash, by=crew.duty, now=AT)
    assert done.queued == 2
    lines = page_of(room, received).deliveries
    assert sorted(line.state for line in lines) == ["queued", "queued", "withdrawn", "withdrawn"]
    assert {line.reason for line in lines if line.state == "withdrawn"} == {EDITED}


def test_an_ended_event_releases_nothing(sqlite_store: Store, tmp_path: Path) -> None:
    room, crew = ready(sqlite_store, tmp_path)
    received = receive(room, cap(), AT)
    story = waiting(page_of(room, received))
    with pytest.raises(Refused, match="已到期"):
        release(room, story.id, content_hash=story.content_hash, by=crew.duty, now=AT + timedelta(days=3))
    receive(room, cancel(), AT)
    with pytest.raises(Refused, match="已解除"):
        release(room, story.id, content_hash=story.content_hash, by=crew.duty, now=AT)


def test_only_an_emergency_story_can_be_released() -> None:
    said = objection(
        kind="story", status="editing", state=State.ACTIVE, seen="h", stands="h", roles=["duty"], by=1, before=[]
    )
    assert said is not None
    assert "三审" in said


def test_emergency_posts_are_taken_before_everything_that_waits(store: Store, tmp_path: Path) -> None:
    room, crew = ready(store, tmp_path)
    received = receive(room, cap(), AT)
    with store.session() as session:
        normal = stories.add(session, fields={"title": "平时"}, by=crew.editor, now=NOW)
        line = page_of(room, received).deliveries[0]
        post = Post(story_version_id=normal.id, account_id=line.account_id, marker="m", form={}, created_at=NOW)
        session.add(post)
        session.flush()
        values = {"story_version_id": normal.id, "account_id": line.account_id, "created_at": NOW}
        session.add(Delivery(post_id=post.id, state="queued", due_at=NOW - timedelta(hours=1), **values))
    let_out(room, crew, page_of(room, received))
    with store.session() as session:
        due = AT + timedelta(hours=1)
        taken = queue.claim(session, ["queued"], owner="w", now=due, lease_now=due, until=due + MINUTE)  # type: ignore[list-item]  # StrEnum values
        assert taken is not None
        assert taken.lane == Lane.EMERGENCY


def test_the_clock_counts_from_the_alert(sqlite_store: Store, tmp_path: Path) -> None:
    room, crew = ready(sqlite_store, tmp_path)
    received = receive(room, cap(), AT)
    let_out(room, crew, page_of(room, received), AT + 2 * MINUTE)
    with sqlite_store.session() as session:
        row = session.get_one(Delivery, page_of(room, received).deliveries[0].id)
        row.sending_at, row.accepted_at = AT + 4 * MINUTE, AT + 5 * MINUTE
    clock = page_of(room, received).timeline
    assert [(step.name, step.seconds) for step in clock.steps] == [("t0", 0), ("t1", 0), ("t2", 120), ("t3", 180)]
    first = clock.accounts[0]
    assert (first.sent.seconds, first.accepted.seconds, first.live.seconds) == (240, 300, None)


def test_a_text_that_goes_to_no_account_owes_no_full_review(sqlite_store: Store, tmp_path: Path) -> None:
    room, crew = ready(sqlite_store, tmp_path, pack("herders", audience="牧民"))
    received = receive(room, cap(), AT)
    done = let_out(room, crew, page_of(room, received))
    page = page_of(room, received)
    assert (done.count, done.queued, page.deliveries, page.follow_ups) == (2, 0, (), ())
    assert [story.status for story in page.stories] == ["released"]


def test_only_what_was_released_counts_as_on_its_way(sqlite_store: Store, tmp_path: Path) -> None:
    """A second pack's story for the account of its own readers waits on."""
    room, crew = ready(sqlite_store, tmp_path, pack(), pack("herders", audience="牧民"))
    account(room, "muqu", "220100", settings={"audience": "牧民"})
    received = receive(room, cap(), AT)
    page = page_of(room, received)
    assert (len(page.deliveries), page.live, page.let_go, page.held_back) == (3, 0, 0, frozenset())
    story = next(each for each in page.stories if not each.audience)
    for person in (crew.duty, crew.final):
        release(room, story.id, content_hash=story.content_hash, by=person, now=AT)
    out = next(each.id for each in page.deliveries if each.story_id == story.id)
    set_states(room, {out: DeliveryState.LIVE})
    page = page_of(room, received)
    assert (page.live, page.let_go) == (1, 2)
    receive(room, cancel(), AT)
    page = page_of(room, received)
    assert page.held_back == {each.id for each in page.deliveries} - {out}
