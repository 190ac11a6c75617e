"""What was due while everything stood still: nothing of it is silent, and one press sends it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest_desk import Login, World, a_story, approve, plan, rows

from content_store import deliveries
from content_store.tables import DeliveryState, Lane
from steps.late_rules import LATE, too_late
from steps.lateness import MISSED
from steps.publish import publish_due


def a_late_one(world: World, as_person: Login, by: timedelta, **values: object) -> int:
    story = a_story(world)
    approve(world, story)
    plan(world, as_person, story, "wb-jl")
    number = rows(world)[0].delivery.id
    assert number is not None
    with world.newsroom.store.session() as session:
        line = deliveries.one(session, number)
        assert line is not None
        line.delivery.due_at = world.newsroom.now() - by
        for name, value in values.items():
            setattr(line.delivery, name, value)
    return number


def test_the_rules_reason_is_the_one_the_desk_looks_for(world: World) -> None:
    now = world.newsroom.now()
    for lane in Lane:
        found = too_late(lane, now - LATE[lane] - timedelta(seconds=1), None, now)
        assert found is not None
        assert found.reason.startswith(MISSED)


@pytest.mark.parametrize(
    ("by", "said"),
    [(timedelta(hours=1), "恢复后照常发送"), (timedelta(days=2), "会先问人"), (timedelta(minutes=1), "")],
)
def test_what_will_be_late_is_told_before_it_happens(world: World, as_person: Login, by: timedelta, said: str) -> None:
    number = a_late_one(world, as_person, by)
    client = as_person("scheduler")
    listed = client.get("/deliveries?group=late").text
    if said:
        assert said in listed
        assert "错过时间 1" in listed
        assert said in client.get(f"/deliveries/{number}").text
    else:
        assert "没有错过时间的投递" in listed


def test_what_was_stopped_for_being_late_is_sent_by_one_press(world: World, as_person: Login) -> None:
    number = a_late_one(world, as_person, timedelta(days=2))
    publish_due(world.newsroom, world.newsroom.now())
    client = as_person("scheduler")
    listed = client.get("/deliveries?group=late").text
    assert MISSED in listed
    assert "现在发送" in listed
    client.post(f"/deliveries/{number}/resend")
    assert rows(world)[0].delivery.state == DeliveryState.QUEUED
    assert "没有错过时间的投递" in client.get("/deliveries?group=late").text


def test_what_was_dropped_for_being_late_says_why_and_is_sent_by_one_press_too(world: World, as_person: Login) -> None:
    reason = f"{MISSED}太久，按设置取消。"
    number = a_late_one(world, as_person, timedelta(days=4), state=DeliveryState.WITHDRAWN, reason=reason)
    client = as_person("scheduler")
    assert reason in client.get("/deliveries?group=late").text
    assert "现在发送" in client.get(f"/deliveries/{number}").text
    client.post(f"/deliveries/{number}/again", data={"why": "错过时间后由人发送"})
    row = rows(world)[0].delivery
    assert (row.state, row.due_at) == (DeliveryState.QUEUED, world.newsroom.now())
