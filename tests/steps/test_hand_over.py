"""What a person finishes on a platform without an interface: the package, the link that comes back, the way back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from queue_parts import Clock, Platform, a_delivery, a_newsroom, an_account, receipt_of, the

from connectors.dossier import Dossier, Reviewer
from content_store import log, stories, tasks
from content_store.database import Store
from content_store.tables import DeliveryState as State
from content_store.tables import Story
from steps import by_hand
from steps.errors import Refused
from steps.newsroom import Newsroom
from steps.posts import package_of
from steps.publish import poll_accepted, publish_due
from steps.tasks import SYSTEM_SAW, Proof

LINK = "https://www.kepuchina.cn/article/202611/t20261126_123456.shtml"


@pytest.fixture
def clock(now: Any) -> Clock:
    return Clock(now)


@pytest.fixture
def newsroom(store: Store, tmp_path: Path, clock: Clock) -> Newsroom:
    return a_newsroom(store, tmp_path, clock)


def told() -> dict[str, Any]:
    reviewer = Reviewer(step="终审", name="孙终", on=date(2026, 11, 25))
    values: dict[str, Any] = {"story": 1, "revision": 1, "content_sha256": "a" * 64, "account": "科普吉林"}
    return Dossier(**values, made_on=date(2026, 11, 26), reviewers=(reviewer,)).model_dump(mode="json")


def a_package(newsroom: Newsroom, key: str = "kpc", marker: str = "kpmarker01") -> int:
    account = an_account(newsroom, key, "kepuchina", mode="manual")
    return a_delivery(newsroom, account, marker, form={"html": "<p>文</p>", "dossier": told()})


def handed_over(newsroom: Newsroom, **more: str) -> int:
    number = a_package(newsroom, **more)
    assert publish_due(newsroom, newsroom.now())["handed_over"] == 1
    return number


def test_a_package_is_handed_over_taken_and_live_once_its_link_comes_back(newsroom: Newsroom) -> None:
    one = handed_over(newsroom)
    first, second = package_of(newsroom, one, by=None), package_of(newsroom, one, by=None)
    assert first == second
    assert by_hand.register_live(newsroom, one, LINK, None, newsroom.now()) == State.LIVE
    kept = receipt_of(newsroom, one)
    assert kept.public_url == LINK
    assert kept.external_ids["article_id"] == "123456"
    assert kept.external_ids["package_id"] == "kpc-1-r1-kpmarker01"
    with newsroom.store.reading() as session:
        assert [entry.act for entry in log.of(session, "delivery", one)].count("packed") == 2


def test_before_its_time_nobody_gets_the_package(newsroom: Newsroom) -> None:
    one = a_package(newsroom)
    with pytest.raises(Refused, match="早于排期"):
        package_of(newsroom, one, by=None)


def test_one_link_belongs_to_one_delivery_however_it_is_spelled(newsroom: Newsroom) -> None:
    one, two = handed_over(newsroom), handed_over(newsroom, key="kpc2", marker="kpmarker02")
    by_hand.register_live(newsroom, one, LINK, None, newsroom.now())
    for spelling in (LINK, LINK.replace("https:", "http:"), f"{LINK}?from=share", f" {LINK}/"):
        with pytest.raises(Refused, match=f"投递 {one}"):
            by_hand.register_live(newsroom, two, spelling, None, newsroom.now())
    assert the(newsroom, two).state == State.HANDED_OVER
    with pytest.raises(Refused, match="科普号"):
        by_hand.register_live(newsroom, two, "https://kepuchina.cn.evil.example/1", None, newsroom.now())


def test_taking_it_down_is_a_task_that_only_a_proof_ends(newsroom: Newsroom) -> None:
    one = handed_over(newsroom)
    by_hand.register_live(newsroom, one, LINK, None, newsroom.now())
    by_hand.withdraw(newsroom, one, None, newsroom.now(), why="图片有误")
    publish_due(newsroom, newsroom.now())
    row = the(newsroom, one)
    assert row.state == State.NEEDS_PERSON
    assert "科普号后台" in row.remedy
    with newsroom.store.reading() as session:
        assert [(line.task.kind, line.task.why) for line in tasks.listed(session)] == [("withdraw", "图片有误")]
    with pytest.raises(Refused, match="凭据"):
        by_hand.register_withdrawn(newsroom, one, None, newsroom.now(), Proof())
    with pytest.raises(Refused, match="不能放弃"):
        by_hand.give_up(newsroom, one, None, newsroom.now())
    with pytest.raises(Refused, match="登记过已发布"):
        by_hand.resend(newsroom, one, None, newsroom.now())
    proof = Proof(note="后台已下线，编辑部截图存档。")
    assert by_hand.register_withdrawn(newsroom, one, None, newsroom.now(), proof) == State.WITHDRAWN
    with newsroom.store.reading() as session:
        assert tasks.number_open(session) == 0
        (done,) = tasks.listed(session, done=True)
    assert (done.task.proof_note, done.task.done_at) == (proof.note, newsroom.now())


def test_a_withdrawal_over_the_interface_ends_its_task_by_itself(store: Store, tmp_path: Path, clock: Clock) -> None:
    newsroom = a_newsroom(store, tmp_path, clock, Platform(clock))
    one = a_delivery(newsroom, an_account(newsroom), "m1")
    for _ in range(2):
        publish_due(newsroom, newsroom.now())
        clock.advance(seconds=30)
        poll_accepted(newsroom, newsroom.now())
    by_hand.withdraw(newsroom, one, None, newsroom.now())
    with newsroom.store.reading() as session:
        assert tasks.number_open(session) == 1
    publish_due(newsroom, newsroom.now())
    assert the(newsroom, one).state == State.WITHDRAWN
    with newsroom.store.reading() as session:
        (done,) = tasks.of_delivery(session, one)
    assert (done.proof_note, done.done_by) == (SYSTEM_SAW, None)


def test_a_handed_over_post_that_is_taken_back_waits_for_nobody_to_publish_it(newsroom: Newsroom) -> None:
    one = handed_over(newsroom)
    by_hand.withdraw(newsroom, one, None, newsroom.now())
    publish_due(newsroom, newsroom.now())
    assert the(newsroom, one).state == State.NEEDS_PERSON, "only a person knows whether it was uploaded"
    by_hand.register_withdrawn(newsroom, one, None, newsroom.now(), Proof(note="没有上传。"))
    with newsroom.store.reading() as session:
        assert tasks.number_open(session) == 0


def test_what_was_taken_down_goes_out_again_only_with_a_reason_and_begins_anew(newsroom: Newsroom) -> None:
    one = handed_over(newsroom)
    by_hand.register_live(newsroom, one, LINK, None, newsroom.now())
    by_hand.register_withdrawn(newsroom, one, None, newsroom.now(), Proof(note="误删。"))
    with pytest.raises(Refused, match="为什么"):
        by_hand.resend(newsroom, one, None, newsroom.now())
    with pytest.raises(Refused, match="审签"):
        by_hand.resend(newsroom, one, None, newsroom.now(), why="误删，重发")
    with newsroom.store.session() as session:
        story = stories.of_version(session, the(newsroom, one).story_version_id)
        assert story is not None
        session.get_one(Story, story.id).status = "approved"
    assert by_hand.resend(newsroom, one, None, newsroom.now(), why="误删，重发") == State.QUEUED
    assert receipt_of(newsroom, one).public_url == ""
    with newsroom.store.reading() as session:
        assert log.of(session, "delivery", one)[-1].why == "撤回后重新发送：误删，重发"
    assert publish_due(newsroom, newsroom.now())["handed_over"] == 1
    assert by_hand.register_live(newsroom, one, LINK, None, newsroom.now()) == State.LIVE


def test_what_still_stands_there_is_not_sent_again(store: Store, tmp_path: Path, clock: Clock) -> None:
    newsroom = a_newsroom(store, tmp_path, clock, Platform(clock))
    one = a_delivery(newsroom, an_account(newsroom), "m1")
    publish_due(newsroom, newsroom.now())
    clock.advance(seconds=30)
    poll_accepted(newsroom, newsroom.now())
    # a person says it was deleted, and was wrong
    by_hand.register_withdrawn(newsroom, one, None, newsroom.now(), Proof(note="已删"))
    with newsroom.store.session() as session:
        story = stories.of_version(session, the(newsroom, one).story_version_id)
        assert story is not None
        session.get_one(Story, story.id).status = "approved"
    with pytest.raises(Refused, match="还能查到"):
        by_hand.resend(newsroom, one, None, newsroom.now(), why="重发")
    assert the(newsroom, one).state == State.WITHDRAWN
