"""After a lost answer the platform's own list decides; a list that cannot be read decides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from channel_parts import MOVIE, Notebook, World, a_file, a_world, article
from test_channels_under_faults import MAKES, a_post
from wechat_parts import fresh

from connectors.channels.answers import entries, text_at, texts
from connectors.errors import RetryLater
from sandbox.garbling import WAYS

WHERE = {
    "kuaishou": ("kuaishou", "/openapi/photo/publish", "/openapi/photo/list"),
    "weibo": ("weibo", "/2/statuses/share.json", "/2/statuses/user_timeline.json"),
    "douyin": ("douyin", "/api/douyin/v1/video/create_video/", "/api/douyin/v1/video/video_list/"),
    "toutiao": ("toutiao", "/toutiao/video/create/", "/toutiao/video/list/"),
}
UNREADABLE = [way for way in WAYS if way != "texts"]
"""Numbers that come as texts are understood: platforms do that."""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_world() as world:
        yield world


@pytest.fixture(scope="module")
def movie() -> Iterator[str]:
    with a_file(MOVIE) as url:
        yield url


@pytest.mark.parametrize("way", UNREADABLE)
@pytest.mark.parametrize("platform", list(WHERE))
def test_a_list_that_cannot_be_read_is_no_proof_that_nothing_is_there(
    world: World, movie: str, platform: str, way: str
) -> None:
    name, publish, listed = WHERE[platform]
    marker = f"gl{platform}{way.replace('_', '')}"
    built, journal, post = MAKES[platform](world, marker), Notebook(world.now), a_post(marker, platform, movie)
    world.faults({"kind": "reset_after_effect", "platform": name, "path": publish, "times": 1})
    assert built.publish(post, journal).state == "unknown"
    world.faults({"kind": "wrong_json", "platform": name, "path": listed, "value": way})
    world.advance(3 * 86400 if platform == "douyin" else 7200)
    assert built.look_up(post, journal).state == "unknown"
    world.faults()
    found = built.look_up(post, journal)
    assert found.state in ("done", "accepted"), found
    assert len(world.control(f"/ledger?marker={marker}")) == 1


@pytest.mark.parametrize("way", UNREADABLE)
def test_wechats_list_of_what_was_published_is_believed_only_when_it_can_be_read(world: World, way: str) -> None:
    account = fresh(world)
    built, journal, post = account.channel(mode="direct"), account.notebook(), article(f"glwx{way.replace('_', '')}")
    account.fault("reset_after_effect", "freepublish/submit")
    assert built.publish(post, journal).state == "unknown"
    world.advance(3600)
    account.fault("wrong_json", "freepublish/batchget", value=way, times=None)
    assert built.look_up(post, journal).state == "unknown"
    world.faults()
    found = built.look_up(post, journal)
    assert found.state in ("done", "accepted"), found


@pytest.mark.parametrize(
    "listed", [None, {}, "", [None], [[]], [{}], [{"id": 7}], [{"id": None}], [{"id": "1"}, {"no": "1"}]]
)
def test_entries_without_what_they_are_told_by_are_no_list(listed: Any) -> None:
    with pytest.raises(RetryLater, match=r"微博的答复不完整"):
        entries(listed, told_by=("id",), platform="微博", connector="weibo")


def test_an_empty_list_is_a_list() -> None:
    assert entries([], told_by=("id",), platform="微博", connector="weibo") == []
    assert entries([{"id": ""}], told_by=("id",), platform="微博", connector="weibo") == [{"id": ""}]


@pytest.mark.parametrize(
    "said", [None, [], {"video": []}, {"video": {}}, {"video": {"video_id": 7}}, {"video": {"video_id": ""}}]
)
def test_an_answer_without_its_number_is_asked_for_again(said: Any) -> None:
    with pytest.raises(RetryLater):
        text_at(said, "video", "video_id", platform="抖音", connector="douyin")


def test_other_peoples_works_may_lack_a_caption() -> None:
    listed = [{"id": "1"}, {"id": "2", "text": None}, {"id": "3", "text": "字"}]
    assert entries(listed, told_by=("id",), perhaps=("text",), platform="微博", connector="weibo") == listed
    with pytest.raises(RetryLater):
        entries([{"id": "1", "text": 7}], told_by=("id",), perhaps=("text",), platform="微博", connector="weibo")


def test_a_number_in_place_of_an_id_is_no_id() -> None:
    assert texts({"item_id": 7, "video_id": "74", "other": ""}, "item_id", "video_id", "other") == {"video_id": "74"}
    assert texts([], "item_id") == {}
