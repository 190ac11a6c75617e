"""The desk's queries and planning on both databases."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from conftest_desk import World, a_story, an_emergency, approve, ids_of, rows, seed

from content_store import accounts, counts, deliveries, reviews, stories
from content_store.database import Store
from content_store.people import locked_until
from content_store.tables import DeliveryState, Post
from steps import release, schedule
from steps.errors import Refused
from steps.review import submit
from steps.review_queue import queue_for
from steps.stories import edit


@pytest.fixture
def newsroom_on_both(store: Store, tmp_path: Path, now: datetime) -> World:
    return seed(store, tmp_path, now)


def planned(world: World, story: int, *keys: str, due_in: timedelta = timedelta()) -> schedule.Planned:
    chosen, now = [ids_of(world)[key] for key in keys], world.newsroom.now()
    return schedule.plan(world.newsroom, story, chosen, due_at=now + due_in, by=world.user_ids["scheduler"], now=now)


def test_what_is_planned_is_found_again_in_every_list(newsroom_on_both: World, now: datetime) -> None:
    world = newsroom_on_both
    story = a_story(world)
    approve(world, story)
    done = planned(world, story, "wb-jl", "wx-jl")
    with world.newsroom.store.session() as session:
        line = deliveries.one(session, done.delivery_ids[1])
        assert line is not None
        line.delivery.state, line.delivery.live_at = DeliveryState.LIVE, now
    with world.newsroom.store.reading() as session:
        assert deliveries.count_by_state(session) == {"queued": 1, "live": 1}
        assert [line.account.key for line in deliveries.listed(session, states=["queued"])] == ["wb-jl"]
        first = deliveries.one(session, done.delivery_ids[0])
        assert first is not None
        waiting = session.get(Post, first.delivery.post_id)
        assert waiting is not None
        assert len(deliveries.for_readers(session, story, marker="", now=now)) == 1
        assert len(deliveries.for_readers(session, story, marker=waiting.marker, now=now)) == 2
        assert deliveries.last_out(session) == {ids_of(world)["wx-jl"]: now}
        assert deliveries.oldest_due(session, now) == now
        assert deliveries.oldest_due(session, now - timedelta(hours=1)) is None
        assert counts.waiting(session, now=now)["deliveries"] == 0


@pytest.mark.parametrize("change", [{"stopped_reason": "授权已失效。"}, {"enabled": False}])
def test_what_waits_for_a_still_account_is_work_for_a_person(newsroom_on_both: World, now: datetime, change) -> None:
    world = newsroom_on_both
    story = a_story(world)
    approve(world, story)
    planned(world, story, "wb-jl", "wb-cc")
    with world.newsroom.store.session() as session:
        assert counts.waiting(session, now=now)["deliveries"] == 0
        account = accounts.by_key(session, "wb-cc")
        assert account is not None
        for name, value in change.items():
            setattr(account, name, value)
        session.flush()
        assert counts.waiting(session, now=now)["deliveries"] == 1
        assert [line.account.key for line in deliveries.listed(session, for_person=True)] == ["wb-cc"]


def test_control_characters_never_reach_the_database(newsroom_on_both: World, now: datetime) -> None:
    world = newsroom_on_both
    story, editor = a_story(world), world.user_ids["editor"]
    typed = {"title": "暴\x00雪\x1b防寒\x85", "body_html": "<p>一\x00行</p>\n<p>二\t行</p>", "digest": "甲\x0b乙\n丙"}
    edit(world.newsroom, story, typed, based_on=1, by=editor, now=now)
    with world.newsroom.store.reading() as session:
        version = stories.current_version(session, story)
        assert version is not None
        assert (version.title, version.digest) == ("暴雪防寒", "甲乙\n丙")
        assert "\x00" not in version.body_html


def test_the_queue_of_reviews_goes_from_person_to_person(newsroom_on_both: World, now: datetime) -> None:
    world = newsroom_on_both
    story, editor = a_story(world), world.user_ids["editor"]
    edit(world.newsroom, story, {"ai_use": "none"}, based_on=1, by=editor, now=now)
    submit(world.newsroom, story, by=editor, now=now)
    with world.newsroom.store.reading() as session:
        assert [found.story.id for found in reviews.under_review(session)] == [story]
        mine = queue_for(session, user_id=world.user_ids["first"], roles=["reviewer1"])
        other = queue_for(session, user_id=world.user_ids["second"], roles=["reviewer2"])
        own = queue_for(session, user_id=editor, roles=["reviewer1"])
    assert mine[0].objection is None
    assert "初审" in (other[0].objection or "")
    assert "自己修改" in (own[0].objection or "")


def test_two_schedulers_at_once_make_one_delivery(newsroom_on_both: World) -> None:
    world = newsroom_on_both
    story = a_story(world)
    approve(world, story)
    together, said = threading.Barrier(4), []

    def press() -> None:
        together.wait()
        try:
            said.append(planned(world, story, "wb-jl"))
        except Refused as error:
            said.append(error)

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 4
    assert sum(isinstance(each, schedule.Planned) for each in said) == 1
    assert len(rows(world)) == 1


def test_a_text_edited_after_its_reviews_cannot_be_planned(world: World, now: datetime) -> None:
    story = a_story(world)
    approve(world, story)
    edit(world.newsroom, story, {"title": "另一个标题"}, based_on=2, by=world.user_ids["editor"], now=now)
    with pytest.raises(Refused, match="还没有通过三审"):
        planned(world, story, "wb-jl")


def test_a_released_emergency_story_may_be_planned_and_goes_in_its_own_lane(world: World, now: datetime) -> None:
    event = an_emergency(world)
    with world.newsroom.store.reading() as session:
        story = next(found for found, _ in stories.listed(session, kinds=["emergency"]) if found.event_id == event)
        version = stories.current_version(session, story.id or 0)
    assert version is not None
    with pytest.raises(Refused):
        planned(world, story.id or 0, "wb-cc")
    for name in ("duty", "final"):
        by = world.user_ids[name]
        release.release(world.newsroom, story.id or 0, content_hash=version.content_hash, by=by, now=now)
    with world.newsroom.store.reading() as session:
        assert schedule.approved(session, story.id or 0)[0].status == "released"
    assert {line.delivery.lane for line in rows(world)} == {0}


def test_a_time_half_a_year_ahead_is_a_slip_of_the_pen(world: World) -> None:
    story = a_story(world)
    approve(world, story)
    with pytest.raises(Refused, match="太远"):
        planned(world, story, "wb-jl", due_in=timedelta(days=365))


def test_a_disabled_account_is_named_and_left_out(world: World) -> None:
    story = a_story(world)
    approve(world, story)
    with world.newsroom.store.session() as session:
        account = accounts.by_key(session, "wb-cc")
        assert account is not None
        account.enabled = False
    assert planned(world, story, "wb-jl", "wb-cc").refused[0][0] == "长春科普"


def test_a_lock_grows_with_failures_and_never_beyond_a_quarter_of_an_hour(now: datetime) -> None:
    minutes = [None if until is None else (until - now).total_seconds() / 60 for until in
               (locked_until(failures, now) for failures in (1, 4, 5, 6, 7, 8, 9, 50))]  # fmt: skip
    assert minutes == [None, None, 1, 2, 4, 8, 15, 15]
