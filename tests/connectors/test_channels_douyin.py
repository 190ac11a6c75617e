"""The Douyin channel against its stand-in, over real HTTP."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from channel_parts import Notebook, Shelf, World, a_world, later, listening, picture, post_picture

from connectors.base import ErrorClass, HandsOver, Post, Token
from connectors.channels.douyin import Douyin
from connectors.errors import NeedsPerson

OPEN_ID = "_000sandbox-jilin"
SECRET = "fake-secret-douyin"


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    with a_world() as world:
        yield world


@pytest.fixture
def world(shared: World) -> Iterator[World]:
    shared.faults()
    yield shared
    shared.faults()


def channel(world: World, shelf: Shelf | None = None, consent: bool = True, **settings: Any) -> Douyin:
    secrets: dict[str, Any] = {"client_key": "awsandboxkepu", "client_secret": SECRET, "open_id": OPEN_ID}
    if consent:
        secrets |= {
            "access_token": "fake-token-douyin-jilin",
            "access_expires_at": later(world.now(), days=14),
            "refresh_token": "fake-refresh-douyin-jilin",
            "refresh_expires_at": later(world.now(), days=29),
        }
    return Douyin(
        Douyin.Settings.model_validate({"base_url": f"{world.address}/douyin"} | settings),
        Douyin.Credentials.model_validate(secrets),
        world.http(),
        shelf or Shelf(),
        world.now,
    )


def video(marker: str = "dyvideo", **changes: Any) -> Post:
    values: dict[str, Any] = {"marker": marker, "title": "一分钟看懂暴雪预警", "topics": ("科普", "暴雪")}
    return Post.model_validate(values | {"video_url": "https://kepujilin.example/v/1.mp4"} | changes)


def tap(world: World, schema: str, say: str = "publish", **asked: Any) -> dict[str, Any]:
    answer: dict[str, Any] = world.control("/douyin/open", {"schema": schema, "say": say, **asked})
    return answer


def test_each_showing_has_a_fresh_link_and_the_same_share_id(world: World) -> None:
    built, journal = channel(world), Notebook(world.now)
    first = built.publish(video(), journal)
    assert isinstance(built, HandsOver)
    second = built.hand_off(video(), journal)
    assert first.state == second.state == "pending_user"
    assert first.hand_off != second.hand_off
    assert journal.calls == ["share_id"]
    assert tap(world, first.hand_off, "cancel")["ok"]
    assert tap(world, first.hand_off)["reason"] == "nonce", "a link works once"
    done = tap(world, second.hand_off, open_id=OPEN_ID)
    assert done["ok"]
    assert done["share_id"] == journal.known["share_id"]
    assert done["post"]["title"] == "一分钟看懂暴雪预警"
    assert done["post"]["hashtags"] == ["科普", "暴雪"]


def test_a_work_is_live_only_once_others_can_see_it(world: World) -> None:
    built, journal = channel(world), Notebook(world.now)
    schema = built.publish(video("dylive", title="雪天刹车实验"), journal).hand_off
    assert built.poll(journal.known).state == "pending_user"
    done = tap(world, schema, open_id=OPEN_ID)
    known = {**journal.known, "item_id": done["item_id"], "video_id": done["video_id"], "open_id": OPEN_ID}
    assert built.poll(known).state == "accepted", "under review it is seen by its author only"
    world.advance(3600)
    live = built.poll(known)
    assert live.state == "done"
    assert live.public_url


def test_a_work_on_somebody_elses_account_needs_a_person(world: World) -> None:
    built = channel(world)
    outcome = built.poll({"share_id": "1", "item_id": "x", "open_id": "_000sandbox-jilinshi"})
    assert outcome.state == "failed"
    assert outcome.refusal is not None
    assert "另一个抖音账号" in outcome.refusal.cause


def test_pictures_go_by_their_public_addresses(world: World) -> None:
    built = channel(world, media_url="https://kepujilin.example/media")
    post = video("dynote", video_url="", pictures=(post_picture("abc123", picture()),))
    schema = built.publish(post, Notebook(world.now)).hand_off
    fields = parse_qs(urlsplit(schema).query)
    assert json.loads(fields["image_list_path"][0]) == ["https://kepujilin.example/media/abc123"]
    assert "+" not in schema
    assert tap(world, schema, "show")["ok"]


def test_without_consent_the_signed_callback_is_all_there_is(world: World) -> None:
    built = channel(world, consent=False)
    known = {"share_id": "1", "item_id": "@x", "video_id": "7123", "work": "note"}
    outcome = built.poll(known)
    assert outcome.state == "done"
    assert outcome.public_url == "https://www.douyin.com/note/7123"
    with pytest.raises(NeedsPerson):
        built.post_figures({"1": known}, world.now().date())


def test_the_genuine_callback_is_understood_and_a_forged_one_refused(world: World) -> None:
    received: list[Any] = []
    built, journal = channel(world), Notebook(world.now)
    with listening(received) as address:
        world.control("/callbacks", {"platform": "douyin", "key": "awsandboxkepu", "url": address, "verify": False})
        schema = built.publish(video("dyevent"), journal).hand_off
        done = tap(world, schema, open_id=OPEN_ID)
        deadline = time.monotonic() + 5
        while not received and time.monotonic() < deadline:
            time.sleep(0.02)
    query, headers, body = received[-1]
    event = built.event(query, headers, body)
    assert event is not None
    assert event.kind == "create_video"
    assert event.external_ids["share_id"] == journal.known["share_id"]
    assert event.external_ids["video_id"] == done["video_id"]
    assert event.external_ids["open_id"] == OPEN_ID
    assert built.event(query, headers, body + b" ") is None
    assert built.event(query, {**headers, "X-Douyin-Signature": "0" * 40}, body) is None
    assert built.event(query, {}, body) is None


def test_the_address_check_gets_its_number_back_as_a_number(world: World) -> None:
    body = json.dumps(
        {"event": "verify_webhook", "client_key": "awsandboxkepu", "content": {"challenge": 12345}}
    ).encode()
    headers = {"X-Douyin-Signature": hashlib.sha1(SECRET.encode() + body).hexdigest()}
    event = channel(world).event({}, headers, body)
    assert event is not None
    assert json.loads(event.answer) == {"challenge": 12345}


@pytest.mark.parametrize(
    "nested", [b"[" * 200_000, json.dumps({"client_key": "awsandboxkepu", "content": "[" * 200_000}).encode()]
)
def test_a_callback_nested_without_end_tells_nothing_and_does_no_harm(world: World, nested: bytes) -> None:
    headers = {"X-Douyin-Signature": hashlib.sha1(SECRET.encode() + nested).hexdigest()}
    event = channel(world).event({}, headers, nested)
    assert event is None or event.external_ids == {}


def test_figures_of_works_and_account(world: World) -> None:
    built, journal = channel(world), Notebook(world.now)
    done = tap(world, built.publish(video("dyfig", title="冰面有多厚"), journal).hand_off, open_id=OPEN_ID)
    known = {**journal.known, "item_id": done["item_id"], "video_id": done["video_id"]}
    world.advance(2 * 86_400)
    posts = {"7": known, "8": {"item_id": "@gone"}, "9": {"share_id": "5"}, "10": {"video_id": done["video_id"]}}
    figures = {found.external_id: found for found in built.post_figures(posts, world.now().date())}
    assert set(figures) == {"7", "10"}
    assert figures["7"].reads
    world.faults({"kind": "no_statistics", "platform": "douyin"})
    assert built.post_figures({"7": known}, world.now().date())[0].reads is None
    day = (world.now() + timedelta(hours=8)).date() - timedelta(days=2)
    account = built.account_figures(day)
    assert account is not None
    assert account.followers


def test_withdrawing_is_a_persons_work_and_never_confirmed_ones_are_simply_gone(world: World) -> None:
    built, journal = channel(world), Notebook(world.now)
    schema = built.publish(video("dywithdraw"), journal).hand_off
    assert built.withdraw(dict(journal.known), journal).state == "absent"
    done = tap(world, schema, open_id=OPEN_ID)
    asked = built.withdraw({**journal.known, "item_id": done["item_id"]}, journal)
    assert asked.state == "pending_user"
    assert asked.refusal is not None
    assert "删除" in asked.refusal.remedy
    never_seen = {**journal.known, "item_id": "@9VwvQ2nobodyknowsthis="}
    assert built.withdraw(never_seen, journal).state == "pending_user", "a work in review stands in no list"
    assert built.withdraw({**never_seen, "published_on": "2026-11-26"}, journal).state == "absent"


def test_a_client_token_that_died_early_is_replaced_once(world: World) -> None:
    shelf = Shelf()
    shelf.put("client", Token(value="clt.rubbish", expires_at=later(world.now(), hours=1)))
    assert channel(world, shelf).publish(video("dytoken"), Notebook(world.now)).state == "pending_user"


def test_the_consent_is_refreshed_in_time_renewed_five_times_and_then_a_person_is_asked() -> None:
    with a_world() as world:
        built, day = channel(world, Shelf()), 0
        while built.check().state == "done" and day < 400:
            world.advance(4 * 86_400)
            day += 4
        assert 150 <= day <= 181, "thirty days and five renewals, each some days before the end"
        ended = built.check()
        assert ended.refusal is not None
        assert ended.refusal.kind is ErrorClass.AUTH_REAUTH
        assert len(world.calls("/oauth/renew_refresh_token/")) == 5


def test_tokens_of_unknown_end_are_used_until_they_are_refused(world: World) -> None:
    secrets = {"client_key": "awsandboxkepu", "client_secret": SECRET, "open_id": OPEN_ID}
    tokens = {"access_token": "fake-token-douyin-ended", "refresh_token": "fake-refresh-douyin-jilin"}
    built = Douyin(
        Douyin.Settings(base_url=f"{world.address}/douyin"),
        Douyin.Credentials.model_validate(secrets | tokens),
        world.http(),
        Shelf(),
        world.now,
    )
    assert built.check().external_ids == {}
    assert built.post_figures({"1": {"item_id": "@gone"}}, world.now().date()) == []


def test_the_preflight_finds_what_the_app_would_refuse(world: World) -> None:
    built = channel(world, base_url="https://open.douyin.com")
    assert built.problems(video()) == []
    wrong = {
        "标题有": video(title="长" * 31),
        "话题有": video(topics=("一", "二", "三", "四", "五", "六")),
        "话题有 6 个": video(title="雪天#出行", topics=("一", "二", "三", "四", "五")),
        "没有视频": video(video_url=""),
        "不是 https": video(video_url="http://127.0.0.1/v.mp4"),
        "没有标题": video(title=" "),
    }
    for words, post in wrong.items():
        found = [problem.cause for problem in built.problems(post)]
        assert any(words in cause for cause in found), (words, found)
