"""What an Update, a Cancel or the clock does to posts that wait or are out."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from fast_track_sample import (
    AT,
    LATER,
    LATEST,
    MINUTE,
    Staff,
    cancel,
    cap,
    let_out,
    names,
    pack,
    page_of,
    ready,
    set_states,
    update,
    waiting,
)
from sqlalchemy.exc import IntegrityError

from content_store import queue, tasks
from content_store.database import Store
from content_store.tables import Delivery, DeliveryState, FollowUp, ReviewStep, Story, Verdict
from steps.alerts import receive
from steps.by_hand import give_up, resend, show_hand_off
from steps.delivery_rules import Next
from steps.errors import Refused
from steps.event_pages import FollowUpLine, StoryLine, open_follow_ups
from steps.follow_ups import finish, keep_up
from steps.newsroom import Newsroom
from steps.preparing import REPLACED
from steps.publish import publish_due, publish_emergency
from steps.release import release
from steps.review import give
from steps.review_queue import queue_for
from steps.schedule import approved
from steps.settling import settle


def test_an_update_refills_what_waits(store: Store, tmp_path: Path) -> None:
    room, crew = ready(store, tmp_path)
    received = receive(room, cap(), AT)
    first = waiting(page_of(room, received))
    release(room, first.id, content_hash=first.content_hash, by=crew.duty, now=AT)
    receive(room, update(areas={"长春市": "220100", "吉林市": "220200"}), AT)
    page = page_of(room, received)
    assert waiting(page).title == "长春市、吉林市寒潮红色预警：出门前看一眼"
    assert waiting(page).releases == ()
    assert sorted(line.account_key for line in page.deliveries if line.state == "held") == [
        "changchun",
        "jilinshi",
        "sheng",
    ]
    assert page.follow_ups == ()
    assert {line.reason for line in page.deliveries if line.state == "withdrawn"} == {REPLACED}


def test_an_update_of_the_level_asks_for_every_post_that_is_out(store: Store, tmp_path: Path) -> None:
    room, crew = ready(store, tmp_path)
    received = receive(room, cap(), AT)
    let_out(room, crew, page_of(room, received))
    out, queued = (line.id for line in page_of(room, received).deliveries)
    set_states(room, {out: DeliveryState.LIVE})
    for _ in range(2):
        receive(room, update(), AT)
    page = page_of(room, received)
    asked = {task.delivery_id: task for task in page.follow_ups if task.kind == "update_post"}
    assert set(asked) == {out, queued}
    assert asked[out].done_at is None
    assert asked[queued].note == "这一条没有发出，无需处理。"
    assert {line.id: line.state for line in page.deliveries if line.id in asked} == {out: "live", queued: "withdrawn"}
    assert "红色" in asked[out].what
    assert waiting(page).title.startswith("长春市寒潮红色")


def test_a_draft_of_what_an_update_replaced_is_taken_away_too(store: Store, tmp_path: Path) -> None:
    room, crew = ready(store, tmp_path)
    received = receive(room, cap(), AT)
    let_out(room, crew, page_of(room, received))
    drafted, bare = (line.id for line in page_of(room, received).deliveries)
    with room.store.session() as session:
        queue.keep_receipt(session, drafted, state="queued", now=AT, external_ids={"draft_media_id": "d"})
    receive(room, update(), AT)
    page = page_of(room, received)
    states = {line.id: (line.state, line.reason) for line in page.deliveries if line.id in (drafted, bare)}
    assert states == {drafted: ("withdrawing", REPLACED), bare: ("withdrawn", REPLACED)}
    with room.store.reading() as session:
        assert [task.why for task in tasks.open_of(session, drafted)] == [REPLACED]
    asked = {task.delivery_id: task for task in page.follow_ups if task.kind == "update_post"}
    assert asked[drafted].note == "这一条没有发出，无需处理。"


def test_an_update_that_only_goes_on_asks_for_nothing(sqlite_store: Store, tmp_path: Path) -> None:
    room, crew = ready(sqlite_store, tmp_path)
    received = receive(room, cap(), AT)
    let_out(room, crew, page_of(room, received))
    set_states(room, {line.id: DeliveryState.LIVE for line in page_of(room, received).deliveries})
    receive(room, update(headline="继续发布寒潮橙色预警信号", expires="2026-11-28T12:00:00+08:00"), AT)
    page = page_of(room, received)
    assert page.line.expires_at is not None
    assert page.line.expires_at.day == 28
    assert [task.kind for task in page.follow_ups] == ["full_review"]
    assert [story.status for story in page.stories] == ["released"]


def test_a_level_that_goes_up_and_comes_back_is_answered_each_time(sqlite_store: Store, tmp_path: Path) -> None:
    mild, grave = pack("mild", levels=("orange",), title="橙{area}"), pack("grave", levels=("red",), title="红{area}")
    room, _ = ready(sqlite_store, tmp_path, mild, grave)
    received = receive(room, cap(), AT)
    receive(room, update(), AT)
    assert waiting(page_of(room, received)).title == "红长春市"
    back = cap("V", "Update", sent=LATEST, references=names(("U", LATER)), headline="将寒潮红色预警信号变更为橙色")
    receive(room, back, AT)
    assert waiting(page_of(room, received)).title == "橙长春市"
    assert keep_up(room, AT) == 0


def test_a_cancel_holds_back_what_is_unsent_and_asks_once_for_each_post(store: Store, tmp_path: Path) -> None:
    room, crew = ready(store, tmp_path)
    received = receive(room, cap(), AT)
    let_out(room, crew, page_of(room, received))
    out, unsent = (line.id for line in page_of(room, received).deliveries)
    set_states(room, {out: DeliveryState.ACCEPTED})
    for _ in range(2):
        receive(room, cancel(), AT)
    receive(room, cancel("D"), AT)
    page = page_of(room, received)
    assert page.line.state == "cancelled"
    state = {line.id: (line.state, line.reason) for line in page.deliveries}
    assert state[out][0] == "accepted"
    assert state[unsent] == ("held", "预警已解除，这一条没有发出，已扣下。")
    marks = [task for task in page.follow_ups if task.kind == "mark_ended"]
    assert {task.delivery_id: task.done_at is None for task in marks} == {out: True, unsent: False}
    assert len(marks) == 2


def test_a_post_that_goes_out_after_the_cancel_gets_its_task_too(store: Store, tmp_path: Path) -> None:
    room, crew = ready(store, tmp_path)
    received = receive(room, cap(), AT)
    let_out(room, crew, page_of(room, received))
    receive(room, cancel(), AT)
    late = page_of(room, received).deliveries[0].id
    set_states(room, {late: DeliveryState.LIVE})
    assert keep_up(room, AT + MINUTE) == 1
    assert keep_up(room, AT + MINUTE) == 0
    [task] = [task for task in open_follow_ups(room, AT) if task.kind == "mark_ended"]
    assert task.delivery_id == late
    finish(room, task.id, by=crew.duty, note="已在评论区注明", now=AT)
    assert keep_up(room, AT + 2 * MINUTE) == 0
    receive(room, cancel(), AT)
    assert [task for task in open_follow_ups(room, AT) if task.kind == "mark_ended"] == []


def test_the_database_itself_keeps_a_second_task_for_a_delivery_out(store: Store, tmp_path: Path) -> None:
    room, crew = ready(store, tmp_path)
    received = receive(room, cap(), AT)
    let_out(room, crew, page_of(room, received))
    set_states(room, {line.id: DeliveryState.LIVE for line in page_of(room, received).deliveries})
    receive(room, cancel(), AT)
    task = next(each for each in page_of(room, received).follow_ups if each.kind == "mark_ended")
    for kind, subject in (("mark_ended", {"delivery_id": task.delivery_id}), ("full_review", {"story_id": 2})):
        with pytest.raises(IntegrityError), store.session() as session:
            session.add(FollowUp(event_id=received.event_id, kind=kind, created_at=AT, **subject))


def test_time_alone_holds_back_what_was_not_sent(sqlite_store: Store, tmp_path: Path) -> None:
    room, crew = ready(sqlite_store, tmp_path)
    received = receive(room, cap(), AT)
    let_out(room, crew, page_of(room, received))
    after = AT + timedelta(days=1)
    assert keep_up(room, after) == 2
    page = page_of(room, received, after)
    assert page.line.state == "expired"
    assert {line.reason for line in page.deliveries} == {"预警已到期，这一条没有发出，已扣下。"}
    assert [task.kind for task in page.follow_ups] == ["full_review"]
    assert publish_due(room, after) == {}


def test_an_update_in_time_frees_what_the_clock_held_back(sqlite_store: Store, tmp_path: Path) -> None:
    room, _ = ready(sqlite_store, tmp_path)
    received = receive(room, cap(), AT)
    after = AT + timedelta(days=1)
    keep_up(room, after)
    late = update(
        sent="2026-11-27T14:00:00+08:00", headline="继续发布寒潮橙色预警信号", expires="2026-11-29T12:00:00+08:00"
    )
    receive(room, late, after)
    page = page_of(room, received, after)
    assert page.line.state == "updated"
    held = [line for line in page.deliveries if line.state == "held"]
    assert [(line.account_key, line.reason) for line in held] == [("sheng", ""), ("changchun", "")]


def test_a_task_is_finished_once_by_a_named_person(sqlite_store: Store, tmp_path: Path) -> None:
    room, crew = ready(sqlite_store, tmp_path)
    received = receive(room, cap(), AT)
    let_out(room, crew, page_of(room, received))
    set_states(room, {line.id: DeliveryState.LIVE for line in page_of(room, received).deliveries})
    receive(room, cancel(), AT)
    task = next(each for each in page_of(room, received).follow_ups if each.kind == "mark_ended")
    finish(room, task.id, by=crew.final, note=" 已注明 ", now=AT)
    done = next(each for each in page_of(room, received).follow_ups if each.id == task.id)
    assert (done.done_by_name, done.note) == ("final", "已注明")
    with pytest.raises(Refused, match="已经办结"):
        finish(room, task.id, by=crew.final, note="", now=AT)
    assert task.id not in [each.id for each in open_follow_ups(room, AT)]


def a_review_owed(room: Newsroom, crew: Staff) -> tuple[StoryLine, FollowUpLine]:
    received = receive(room, cap(), AT)
    story = waiting(page_of(room, received))
    let_out(room, crew, page_of(room, received))
    [task] = page_of(room, received).follow_ups
    return story, task


def review(room: Newsroom, story: StoryLine, step: str, by: int, verdict: str = "passed", reason: str = "") -> None:
    told = {"step": ReviewStep(step), "verdict": Verdict(verdict), "reason": reason, "content_hash": story.content_hash}
    give(room, story.id, by=by, now=AT, **told)  # type: ignore[arg-type]  # kwargs of many types


def test_the_full_review_of_a_released_story_is_held_and_closes_its_task(store: Store, tmp_path: Path) -> None:
    room, crew = ready(store, tmp_path)
    story, task = a_review_owed(room, crew)
    with pytest.raises(Refused, match="三审还没有补齐"):
        finish(room, task.id, by=crew.duty, note="口头说过了", now=AT)
    with room.store.reading() as session:
        [owed] = queue_for(session, user_id=crew.first, roles=["reviewer1"])
    assert (owed.waiting.story.id, owed.objection) == (story.id, None)
    with pytest.raises(Refused, match="现在应进行初审"):
        review(room, story, "final", crew.final)
    review(room, story, "first", crew.first)
    review(room, story, "second", crew.second)
    assert [each.id for each in open_follow_ups(room, AT)] == [task.id]
    review(room, story, "final", crew.final)
    assert open_follow_ups(room, AT) == []
    with room.store.reading() as session:
        assert session.get_one(Story, story.id).status == "released"
        assert session.get_one(FollowUp, task.id).done_by == crew.final
        assert queue_for(session, user_id=crew.first, roles=["reviewer1"]) == []
        assert approved(session, story.id)[0].id == story.id


def test_a_released_story_rejected_afterwards_needs_a_word_on_what_was_done(
    sqlite_store: Store, tmp_path: Path
) -> None:
    room, crew = ready(sqlite_store, tmp_path)
    story, task = a_review_owed(room, crew)
    review(room, story, "first", crew.first, "rejected", "级别写错")
    with pytest.raises(Refused, match="写明怎样处理"):
        finish(room, task.id, by=crew.duty, note=" ", now=AT)
    finish(room, task.id, by=crew.duty, note="已撤回并更正", now=AT)
    assert open_follow_ups(room, AT) == []


def test_a_cancel_before_any_release_leaves_no_task(sqlite_store: Store, tmp_path: Path) -> None:
    room, _ = ready(sqlite_store, tmp_path)
    received = receive(room, cap(), AT)
    receive(room, cancel(), AT)
    page = page_of(room, received)
    assert page.follow_ups == ()
    assert {line.state for line in page.deliveries} == {"held"}


def polled(room: Newsroom, delivery_id: int) -> None:
    """The platform was asked whether it is out, and knew nothing yet."""
    with room.store.session() as session:
        row = session.get_one(Delivery, delivery_id)
        settle(session, row, Next(DeliveryState.HANDED_OVER, AT + MINUTE), now=AT, actor="queue")


def test_a_post_in_somebodys_hands_is_not_asked_for_after_the_cancel(store: Store, tmp_path: Path) -> None:
    room, crew = ready(store, tmp_path)
    received = receive(room, cap(), AT)
    let_out(room, crew, page_of(room, received))
    in_hand, _ = (line.id for line in page_of(room, received).deliveries)
    set_states(room, {in_hand: DeliveryState.HANDED_OVER})
    with pytest.raises(Refused, match="没有人工完成"):
        show_hand_off(room, in_hand, AT)
    receive(room, cancel(), AT)
    polled(room, in_hand)
    with pytest.raises(Refused, match=r"^预警已解除，请放弃这一条；已扫码发布的请登记链接。$"):
        show_hand_off(room, in_hand, AT)
    page = page_of(room, received)
    assert next(line.reason for line in page.deliveries if line.id == in_hand) == "预警已解除，这一条不要再发布。"
    [task] = [task for task in page.follow_ups if task.delivery_id == in_hand]
    assert "如已在手机上发布，请注明预警已解除；没有发布请放弃这一条。" in task.what
    give_up(room, in_hand, crew.duty, AT)
    assert [each.kind for each in open_follow_ups(room, AT)] == ["full_review"]


def test_a_given_up_post_that_turns_up_on_the_platform_gets_its_task_back(sqlite_store: Store, tmp_path: Path) -> None:
    room, crew = ready(sqlite_store, tmp_path)
    received = receive(room, cap(), AT)
    let_out(room, crew, page_of(room, received))
    in_hand, _ = (line.id for line in page_of(room, received).deliveries)
    set_states(room, {in_hand: DeliveryState.HANDED_OVER})
    receive(room, cancel(), AT)
    give_up(room, in_hand, crew.duty, AT)
    set_states(room, {in_hand: DeliveryState.NEEDS_PERSON})
    assert keep_up(room, AT + MINUTE) == 1
    assert in_hand in [each.delivery_id for each in open_follow_ups(room, AT)]


def test_a_post_in_somebodys_hands_says_when_its_facts_have_changed(sqlite_store: Store, tmp_path: Path) -> None:
    room, crew = ready(sqlite_store, tmp_path)
    received = receive(room, cap(), AT)
    let_out(room, crew, page_of(room, received))
    in_hand, _ = (line.id for line in page_of(room, received).deliveries)
    set_states(room, {in_hand: DeliveryState.HANDED_OVER})
    receive(room, update(), AT)
    polled(room, in_hand)
    page = page_of(room, received)
    assert next(line.reason for line in page.deliveries if line.id == in_hand) == "预警已更新，这一条的内容已经过时。"
    [task] = [task for task in page.follow_ups if task.delivery_id == in_hand]
    assert "没有发布请放弃这一条" in task.what
    back = cap("V", "Update", sent=LATEST, references=names(("U", LATER)), headline="将寒潮红色预警信号变更为橙色")
    receive(room, back, AT)
    assert {line.reason for line in page_of(room, received).deliveries if line.id == in_hand} == {""}


def test_a_warning_that_is_over_is_sent_by_nobody_who_presses_or_queues_it(sqlite_store: Store, tmp_path: Path) -> None:
    newsroom, crew = ready(sqlite_store, tmp_path)
    received = receive(newsroom, cap(), AT)
    story = waiting(page_of(newsroom, received))
    for by, at in ((crew.duty, AT), (crew.admin, AT + MINUTE)):
        release(newsroom, story.id, content_hash=story.content_hash, by=by, now=at)
    pressed, queued = [line.id for line in page_of(newsroom, received).deliveries][:2]
    set_states(newsroom, dict.fromkeys((pressed, queued), DeliveryState.NEEDS_PERSON))
    receive(newsroom, cancel(), AT + 2 * MINUTE)
    with pytest.raises(Refused, match="预警已解除"):
        resend(newsroom, pressed, crew.duty, AT + 3 * MINUTE)
    with sqlite_store.session() as session:
        session.get_one(Delivery, queued).state = DeliveryState.QUEUED
    publish_emergency(newsroom, AT + 3 * MINUTE)
    with sqlite_store.reading() as session:
        row = session.get_one(Delivery, queued)
    assert (row.state, row.tries, row.reason) == (DeliveryState.HELD, 0, "预警已解除，这一条没有发出，已扣下。")
