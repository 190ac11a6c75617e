"""勘误: a task on every account where the story is out, ended by a proof or by taking it down."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from queue_parts import Clock, Platform, a_delivery, a_newsroom, an_account, the

from content_store import log, people, stories, tasks
from content_store.database import Store
from content_store.tables import Delivery, Task
from content_store.tables import DeliveryState as State
from steps import by_hand
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom
from steps.tasks import Proof, correct, finish


@pytest.fixture
def clock(now: Any) -> Clock:
    return Clock(now)


@pytest.fixture
def newsroom(store: Store, tmp_path: Path, clock: Clock) -> Newsroom:
    return a_newsroom(store, tmp_path, clock, Platform(clock))


@pytest.fixture
def editor(newsroom: Newsroom) -> int:
    with newsroom.store.session() as session:
        user = people.add(
            session, name="li", display_name="李编", password_hash="x", roles=["editor"], now=newsroom.now()
        )
        assert user.id is not None
        return user.id


def of_one_story(newsroom: Newsroom, *states: State) -> tuple[int, list[int]]:
    """A story's version on as many accounts, in these states."""
    numbers = [
        a_delivery(newsroom, an_account(newsroom, f"a{place}"), f"m{place}", state=state)
        for place, state in enumerate(states)
    ]
    with newsroom.store.session() as session:
        story = stories.of_version(session, the(newsroom, numbers[0]).story_version_id)
        assert story is not None
        assert story.id is not None
        version = the(newsroom, numbers[0]).story_version_id
        for number in numbers[1:]:
            session.get_one(Delivery, number).story_version_id = version
        return story.id, numbers


def opened(newsroom: Newsroom) -> list[Task]:
    with newsroom.store.reading() as session:
        return [line.task for line in tasks.listed(session)]


def test_a_correction_opens_a_task_wherever_the_story_is_out_and_nowhere_else(newsroom: Newsroom, editor: int) -> None:
    states = (State.LIVE, State.ACCEPTED, State.QUEUED, State.FAILED, State.HANDED_OVER, State.WITHDRAWN)
    story, numbers = of_one_story(newsroom, *states)
    assert correct(newsroom, story, why="温度写错：应为 -30°C。", by=editor, now=newsroom.now()) == 3
    assert {task.delivery_id for task in opened(newsroom)} == {numbers[0], numbers[1], numbers[4]}
    assert correct(newsroom, story, why="同上。", by=editor, now=newsroom.now()) == 0, "one open task is enough"
    with newsroom.store.reading() as session:
        assert [entry.act for entry in log.of(session, "story", story)] == ["correction", "correction"]
        assert log.first_broken(session) is None


@pytest.mark.parametrize(
    ("why", "states", "said"), [(" ", (State.LIVE,), "写明"), ("错", (State.QUEUED,), "没有在线上")]
)
def test_without_a_reason_or_anything_out_there_is_no_correction(
    newsroom: Newsroom, editor: int, why: str, states: tuple[State, ...], said: str
) -> None:
    story, _ = of_one_story(newsroom, *states)
    with pytest.raises(Refused, match=said):
        correct(newsroom, story, why=why, by=editor, now=newsroom.now())
    assert opened(newsroom) == []
    with pytest.raises(Missing):
        correct(newsroom, 999, why="错", by=editor, now=newsroom.now())


def test_it_is_done_with_a_link_a_picture_or_a_sentence_and_stays(newsroom: Newsroom, editor: int) -> None:
    story, (one,) = of_one_story(newsroom, State.LIVE)
    correct(newsroom, story, why="温度写错", by=editor, now=newsroom.now())
    (task,) = opened(newsroom)
    assert task.id is not None
    for wrong, said in (
        (Proof(), "凭据"),
        (Proof(url="https://evil.example/1"), "微博"),
        (Proof(picture=b"x"), "图片"),
    ):
        with pytest.raises(Refused, match=said):
            finish(newsroom, task.id, wrong, by=editor, now=newsroom.now())
    target = io.BytesIO()
    Image.new("RGB", (8, 8)).save(target, "PNG")
    proof = Proof(url="https://weibo.com/1/abc", note="评论区已置顶勘误。", picture=target.getvalue())
    finish(newsroom, task.id, proof, by=editor, now=newsroom.now())
    with newsroom.store.reading() as session:
        (done,) = tasks.listed(session, done=True)
    assert (done.task.done_by, done.task.proof_url) == (editor, "https://weibo.com/1/abc")
    assert done.task.proof_sha256 is not None
    assert newsroom.media.read(done.task.proof_sha256) == target.getvalue()
    with pytest.raises(Refused, match="已经办结"):
        finish(newsroom, task.id, proof, by=editor, now=newsroom.now())
    assert the(newsroom, one).state == State.LIVE


def test_taking_the_post_down_ends_its_correction_too(newsroom: Newsroom, editor: int) -> None:
    story, (one,) = of_one_story(newsroom, State.LIVE)
    correct(newsroom, story, why="错", by=editor, now=newsroom.now())
    by_hand.register_withdrawn(newsroom, one, editor, newsroom.now(), Proof(note="已删除。"))
    assert opened(newsroom) == []
    with newsroom.store.reading() as session:
        kinds = [(task.kind, task.done_by) for task in tasks.of_delivery(session, one)]
    assert kinds == [("correct", editor), ("withdraw", editor)]


def test_a_withdrawal_is_not_ticked_off_like_a_correction(newsroom: Newsroom, editor: int) -> None:
    _, (one,) = of_one_story(newsroom, State.LIVE)
    by_hand.withdraw(newsroom, one, editor, newsroom.now())
    (task,) = opened(newsroom)
    assert task.id is not None
    with pytest.raises(Refused, match="登记为已撤回"):
        finish(newsroom, task.id, Proof(note="好了"), by=editor, now=newsroom.now())
