"""Planning and the queue, over the real steps."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from conftest_desk import (
    Login,
    World,
    a_story,
    approve,
    ids_of,
    plan,
    rows,
    send_to_review,
)

from content_store import deliveries
from content_store.tables import Delivery, DeliveryState, Story
from steps import schedule
from steps.errors import Refused

HOSTILE = "<script>alert(1)</script>"


def test_an_approved_story_goes_into_the_queue_once_per_account(world: World, as_person: Login) -> None:
    story = a_story(world)
    approve(world, story)
    assert plan(world, as_person, story, "wb-jl", "wb-cc").headers["location"] == f"/deliveries?story={story}"
    plan(world, as_person, story, "wb-jl")
    found = rows(world)
    assert sorted(line.account.key for line in found) == ["wb-cc", "wb-jl"]
    assert {line.delivery.state for line in found} == {DeliveryState.QUEUED}


def test_a_story_without_three_reviews_is_refused_by_the_step_itself(world: World, as_person: Login) -> None:
    story = send_to_review(world, as_person)
    assert as_person("scheduler").get(f"/stories/{story}/schedule").status_code == 409
    plan(world, as_person, story, "wb-jl")
    with world.newsroom.store.session() as session:
        # whoever only turns the word in the table gets nothing
        row = session.get(Story, story)
        assert row is not None
        row.status = "approved"
    now, account = world.newsroom.now(), ids_of(world)["wb-jl"]
    with pytest.raises(Refused, match="还没有通过三审"):
        schedule.plan(world.newsroom, story, [account], due_at=now, by=world.user_ids["scheduler"], now=now)
    assert rows(world) == []


def test_what_a_channel_would_refuse_is_not_queued_and_the_others_are(world: World, as_person: Login) -> None:
    story = a_story(world)
    approve(world, story, cover=False)
    answer = plan(world, as_person, story, "wb-jl", "wx-jl")
    assert [line.account.key for line in rows(world)] == ["wb-jl"]
    shown = as_person("scheduler").get("/deliveries", cookies={"kepu_notice": answer.cookies["kepu_notice"]})
    assert "封面" in shown.text


def test_a_time_is_taken_as_beijing_time(world: World, as_person: Login) -> None:
    story = a_story(world)
    approve(world, story)
    plan(world, as_person, story, "wb-jl", at="time", due_at="2026-11-27T08:30")
    assert rows(world)[0].delivery.due_at.isoformat() == "2026-11-27T00:30:00+00:00"


def test_what_waits_is_listed_with_the_next_one_first(world: World, as_person: Login) -> None:
    now, by = world.newsroom.now(), world.user_ids["scheduler"]
    for article, hours in ((0, 5), (2, 2)):
        story = a_story(world, article)
        approve(world, story)
        due = now + timedelta(hours=hours)
        schedule.plan(world.newsroom, story, [ids_of(world)["wb-jl"]], due_at=due, by=by, now=now)
    client = as_person("scheduler")
    waiting, all_of_them = client.get("/deliveries?group=waiting").text, client.get("/deliveries").text
    assert waiting.index("冻伤急救") < waiting.index("防寒指南")
    assert all_of_them.index("防寒指南") < all_of_them.index("冻伤急救")


def test_warnings_tell_of_near_and_equal_posts(world: World, as_person: Login) -> None:
    first, second = a_story(world), a_story(world)
    approve(world, first)
    approve(world, second)
    plan(world, as_person, first, "wb-jl")
    said = schedule.warnings(
        world.newsroom, second, [ids_of(world)["wb-jl"]], due_at=world.newsroom.now(), now=world.newsroom.now()
    )
    assert any("前后 30 分钟内" in each for each in said)
    assert any("标题或内容相同" in each for each in said)


def test_a_queued_delivery_is_called_off_and_says_so(world: World, as_person: Login) -> None:
    story = a_story(world)
    approve(world, story)
    plan(world, as_person, story, "wb-jl")
    number = rows(world)[0].delivery.id
    client = as_person("scheduler")
    assert "取消发布" in client.get(f"/deliveries/{number}").text
    client.post(f"/deliveries/{number}/cancel")
    assert rows(world)[0].delivery.state == DeliveryState.WITHDRAWN
    assert client.post(f"/deliveries/{number}/explode").status_code == 404


def test_what_was_cancelled_may_be_planned_again_without_another_review(world: World, as_person: Login) -> None:
    story = a_story(world)
    approve(world, story)
    plan(world, as_person, story, "wb-jl")
    number = rows(world)[0].delivery.id
    client = as_person("scheduler")
    client.post(f"/deliveries/{number}/cancel")
    shown = client.get(f"/stories/{story}/schedule").text
    assert "发出前已取消，可以重新排期" in shown
    assert "已取消</span>" in shown
    assert "已撤回" not in shown
    plan(world, as_person, story, "wb-jl", at="time", due_at="2027-01-02T08:00")
    [line] = rows(world)
    assert (line.delivery.id, line.delivery.state, line.delivery.reason) == (number, DeliveryState.QUEUED, "")
    assert line.delivery.due_at.isoformat() == "2027-01-02T00:00:00+00:00"
    assert line.delivery.ready_at == line.delivery.due_at


def test_what_was_out_and_withdrawn_is_not_planned_again(world: World, as_person: Login) -> None:
    story = a_story(world)
    approve(world, story)
    plan(world, as_person, story, "wb-jl")
    with world.newsroom.store.session() as session:
        row = session.get_one(Delivery, rows(world)[0].delivery.id)
        row.state, row.sending_at = DeliveryState.WITHDRAWN, world.newsroom.now()
    with pytest.raises(Refused, match="已在这个账号撤回"):
        schedule.plan(
            world.newsroom,
            story,
            [ids_of(world)["wb-jl"]],
            due_at=world.newsroom.now(),
            by=world.user_ids["scheduler"],
            now=world.newsroom.now(),
        )


def test_what_a_person_published_and_took_down_is_not_planned_again(world: World, as_person: Login) -> None:
    story = a_story(world)
    approve(world, story)
    plan(world, as_person, story, "wb-jl")
    number = rows(world)[0].delivery.id
    with world.newsroom.store.session() as session:
        session.get_one(Delivery, number).state = DeliveryState.NEEDS_PERSON
    client = as_person("scheduler")
    client.post(f"/deliveries/{number}/link", data={"url": "https://weibo.com/1/abc"})
    client.post(f"/deliveries/{number}/withdrawn", data={"note": "已删除"})
    assert rows(world)[0].delivery.state == DeliveryState.WITHDRAWN
    assert "可以重新排期" not in client.get(f"/stories/{story}/schedule").text
    assert "已撤回" in client.get(f"/deliveries/{number}").text
    plan(world, as_person, story, "wb-jl")
    assert rows(world)[0].delivery.state == DeliveryState.WITHDRAWN


def test_a_page_of_an_earlier_time_does_not_cancel_what_was_planned_anew(world: World, as_person: Login) -> None:
    story = a_story(world)
    approve(world, story)
    plan(world, as_person, story, "wb-jl")
    number, client = rows(world)[0].delivery.id, as_person("scheduler")
    shown = re.search(r'name="due" value="([^"]+)"', client.get(f"/deliveries/{number}").text)
    assert shown is not None
    client.post(f"/deliveries/{number}/cancel", data={"due": shown[1]})
    plan(world, as_person, story, "wb-jl", at="time", due_at="2027-01-02T08:00")
    client.post(f"/deliveries/{number}/cancel", data={"due": shown[1]})
    assert rows(world)[0].delivery.state == DeliveryState.QUEUED
    assert "刚刚改了发布时间" in client.get(f"/deliveries/{number}").text


def test_a_person_registers_what_he_did_on_the_platform(world: World, as_person: Login) -> None:
    story = a_story(world)
    approve(world, story)
    plan(world, as_person, story, "wb-jl")
    number = rows(world)[0].delivery.id
    with world.newsroom.store.session() as session:
        line = deliveries.one(session, number)
        assert line is not None
        line.delivery.state = DeliveryState.NEEDS_PERSON
    client = as_person("scheduler")
    client.post(f"/deliveries/{number}/link", data={"url": "javascript:alert(1)"})
    assert rows(world)[0].delivery.state == DeliveryState.NEEDS_PERSON
    client.post(f"/deliveries/{number}/link", data={"url": "https://weibo.com/1/abc"})
    assert rows(world)[0].delivery.state == DeliveryState.LIVE
    assert "https://weibo.com/1/abc" in client.get("/deliveries").text


def test_a_newer_version_takes_the_place_of_the_older_one_in_the_queue(world: World, as_person: Login) -> None:
    story = a_story(world)
    approve(world, story)
    plan(world, as_person, story, "wb-jl", "wb-cc")
    first = {line.account.key: line.delivery.id for line in rows(world)}
    with world.newsroom.store.session() as session:
        session.get_one(Delivery, first["wb-cc"]).state = DeliveryState.SENDING
    as_person("editor").post(f"/stories/{story}/edit", data={"based_on": "2", "title": "新标题"})
    approve(world, story)
    said = schedule.warnings(
        world.newsroom, story, [ids_of(world)["wb-jl"]], due_at=world.newsroom.now(), now=world.newsroom.now()
    )
    assert any("旧版自动取消" in each for each in said)
    plan(world, as_person, story, "wb-jl", "wb-cc")
    told = sorted((line.account.key, line.version, line.delivery.state) for line in rows(world))
    assert told == [("wb-cc", 2, "sending"), ("wb-jl", 2, "withdrawn"), ("wb-jl", 3, "queued")]
    replaced = next(line.delivery for line in rows(world) if line.delivery.id == first["wb-jl"])
    assert replaced.reason == "改发第 3 版，这一版不再发出。"
