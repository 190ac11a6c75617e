"""The Weibo channel against its stand-in, over real HTTP."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from channel_parts import Notebook, Shelf, World, a_world, picture, post_picture
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import ErrorClass, Post
from connectors.channels.weibo import Weibo
from connectors.channels.weibo.text import base62, created_at, length, links_to, without_links

UID = "7700000001"
_fresh = itertools.count()


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    with a_world() as world:
        yield world


@pytest.fixture
def world(shared: World) -> Iterator[World]:
    shared.faults()
    yield shared
    shared.faults()
    shared.advance(86_400)  # quotas of the day and the hour


def channel(world: World, token: str = f"fake-token-weibo-{UID}", uid: str = UID, **settings: Any) -> Weibo:
    return Weibo(
        Weibo.Settings.model_validate(
            {"base_url": f"{world.address}/weibo", "bound_domain": "127.0.0.1", "rip": "203.0.113.9"} | settings
        ),
        Weibo.Credentials.model_validate(
            {"app_key": "1234500000", "app_secret": "fake-secret-weibo", "access_token": token, "uid": uid}
        ),
        world.http(),
        Shelf(),
        world.now,
    )


def short(marker: str, words: str = "", **changes: Any) -> Post:
    link = f"http://127.0.0.1/s/1?m={marker}"
    text = f"{words or f'降雪路滑,减速慢行。第{next(_fresh)}条'} 全文 {link}"
    return Post.model_validate({"marker": marker, "text": text, "link": link} | changes)


def out(world: World, marker: str) -> list[dict[str, Any]]:
    return [row for row in world.public(UID) if marker in row["text"]]


def test_a_post_goes_out_with_one_picture_and_is_read_back(world: World) -> None:
    built, journal = channel(world), Notebook(world.now)
    post = short("wbgoesout", pictures=(post_picture("p", picture("WEBP")),))
    assert built.publish(post, journal).state == "accepted"
    live = built.poll(journal.known)
    assert live.state == "done"
    assert live.public_url == f"https://weibo.com/{UID}/{base62(journal.known['mid'])}"
    assert len(out(world, "wbgoesout")) == 1


@pytest.mark.parametrize("kind", ["reset_after_effect", "http_500_after", "wrong_json", "timeout_after_effect"])
def test_a_lost_share_that_worked_is_found_and_not_repeated(world: World, kind: str) -> None:
    marker = f"wb{kind.replace('_', '')}"
    built, journal = channel(world), Notebook(world.now)
    world.faults({"kind": kind, "platform": "weibo", "path": "/2/statuses/share.json", "times": 1, "seconds": 4})
    post = short(marker)
    assert built.publish(post, journal).state == "unknown"
    found = built.look_up(post, journal)
    assert found.state == "done"
    assert found.external_ids["status_id"]
    assert len(out(world, marker)) == 1


def test_a_lost_share_without_effect_is_absent_only_after_its_time(world: World) -> None:
    built, journal = channel(world), Notebook(world.now)
    world.faults({"kind": "reset_before_effect", "platform": "weibo", "path": "/2/statuses/share.json", "times": 1})
    post = short("wbabsent")
    assert built.publish(post, journal).state == "unknown"
    waiting = built.look_up(post, journal)
    assert waiting.state == "unknown"
    assert waiting.retry_after is not None
    world.advance(waiting.retry_after + 1)
    assert built.look_up(post, journal).state == "absent"
    journal.settle()
    assert built.publish(post, journal).state == "accepted"
    assert len(out(world, "wbabsent")) == 1


def test_five_newer_posts_hide_the_answer_and_a_person_is_asked(world: World) -> None:
    built, journal = channel(world), Notebook(world.now)
    world.faults({"kind": "reset_before_effect", "platform": "weibo", "path": "/2/statuses/share.json", "times": 1})
    post = short("wbhidden")
    assert built.publish(post, journal).state == "unknown"
    world.advance(300)
    for number in range(5):
        assert built.publish(short(f"wbother{number}"), Notebook(world.now)).state == "accepted"
    asked = built.look_up(post, journal)
    assert asked.state == "unknown"
    assert asked.refusal is not None
    assert asked.refusal.kind is ErrorClass.NEEDS_HUMAN


def test_a_late_id_is_accepted_and_found_later(world: World) -> None:
    built, journal = channel(world), Notebook(world.now)
    world.faults({"kind": "delayed_id", "platform": "weibo", "path": "/2/statuses/share.json", "times": 1})
    taken = built.publish(short("wblate"), journal)
    assert taken.state == "accepted"
    assert taken.retry_after is not None
    assert built.poll(journal.known).state == "accepted"
    world.advance(180)
    assert built.poll(journal.known).state == "done"
    assert len(out(world, "wblate")) == 1


def test_a_refused_repetition_is_a_success_only_where_the_twin_is_ours(world: World) -> None:
    built = channel(world)
    mine = short("wbtwin", words="同样的话")
    assert built.publish(mine, Notebook(world.now)).state == "accepted"
    again = built.publish(mine, Notebook(world.now))
    assert again.state == "done"
    assert again.external_ids["status_id"]
    world.faults({"kind": "error", "platform": "weibo", "path": "/2/statuses/share.json", "code": 20019, "times": 1})
    other = built.publish(short("wbnottwin"), Notebook(world.now))
    assert other.state == "unknown"
    assert other.refusal is not None
    assert len(out(world, "wbtwin")) == 1


def test_busy_while_writing_is_never_a_plain_retry(world: World) -> None:
    built, journal = channel(world), Notebook(world.now)
    world.faults({"kind": "error", "platform": "weibo", "path": "/2/statuses/share.json", "code": 10001, "times": 1})
    assert built.publish(short("wbbusy"), journal).state == "unknown"
    assert "share" in journal.open


def test_withdrawing_takes_the_post_down_and_a_second_time_does_no_harm(world: World) -> None:
    built, journal = channel(world), Notebook(world.now)
    built.publish(short("wbwithdraw"), journal)
    known = dict(journal.known)
    assert built.withdraw(known, journal).state == "absent"
    assert out(world, "wbwithdraw") == []
    assert built.withdraw(known, journal).state == "absent"
    looked = built.look_up(short("wbwithdraw"), journal)
    assert looked.state == "unknown", "what was taken down is not sent anew by itself"


def test_figures_are_asked_a_hundred_at_a_time_and_missing_posts_are_left_out(world: World) -> None:
    built, journal = channel(world), Notebook(world.now)
    built.publish(short("wbfigures"), journal)
    world.advance(3600)
    known = dict(journal.known)
    posts = {str(number): {"status_id": str(number)} for number in range(150)} | {"mine": known}
    figures = built.post_figures(posts, world.now().date())
    assert [found.external_id for found in figures] == ["mine"]
    assert figures[0].reads is None
    assert figures[0].likes is not None
    assert len(world.calls("/2/statuses/count.json")) == 2
    account = built.account_figures(world.now().date())
    assert account is not None
    assert account.followers


def test_an_ended_consent_stops_the_account_with_its_remedy(world: World) -> None:
    outcome = channel(world, token="fake-token-nobody").publish(short("wbtoken"), Notebook(world.now))
    assert outcome.state == "failed"
    assert outcome.refusal is not None
    assert outcome.refusal.kind is ErrorClass.AUTH_REAUTH
    assert "重新授权" in outcome.refusal.remedy


def test_the_check_says_when_the_consent_ends(world: World) -> None:
    checked = channel(world).check()
    assert checked.state == "done"
    assert datetime.fromisoformat(checked.external_ids["expires_at"]) > world.now()


def test_the_hours_limit_waits_for_the_next_hour(world: World) -> None:
    world.faults({"kind": "error", "platform": "weibo", "path": "/2/statuses/share.json", "code": 10023, "times": 1})
    outcome = channel(world).publish(short("wbhour"), Notebook(world.now))
    assert outcome.refusal is not None
    assert outcome.refusal.kind is ErrorClass.RATE
    assert outcome.retry_after is not None
    assert 60 <= outcome.retry_after <= 3660


def test_the_preflight_finds_what_weibo_would_refuse(world: World) -> None:
    built = channel(world)
    assert built.problems(short("wbfine")) == []
    wrong = {
        "最多 140 字": short("wbfine", words="字" * 130),
        "“#”": short("wbfine", words="#话题# 减速"),
        "没有 127.0.0.1 的链接": Post(marker="wbfine", text="没有链接 wbfine"),
        "投递标识": short("other").model_copy(update={"marker": "wbfine"}),
        "张图片": short("wbfine", pictures=(post_picture("a", picture()), post_picture("b", picture()))),
        "打不开": short("wbfine", pictures=(post_picture("a", b"rubbish"),)),
    }
    for words, post in wrong.items():
        found = [problem.cause for problem in built.problems(post)]
        assert any(words in cause for cause in found), (words, found)
    assert channel(world, bound_domain="").problems(short("wbfine"))


def test_weibo_counts_half_for_ascii_and_eleven_for_a_link() -> None:
    assert length("字" * 140) == 140
    assert length("ab") == 1
    assert length("abc") == 2
    assert length("全文 https://kepujilin.example/s/123456789?m=abcdefghij") == 2 + 1 + 11
    assert length("e\u0301") == 1, "counted on NFC text"


@given(st.text(alphabet="字a1 ,。é😀", max_size=200))
def test_length_never_falls_when_text_is_added(text: str) -> None:
    assert length(text) <= length(text + "字") <= length(text) + 2


@given(st.integers(min_value=1, max_value=10**18))
def test_the_short_form_of_an_id_can_be_turned_back(number: int) -> None:
    digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    short_form, back = base62(str(number)), ""
    while short_form:
        short_form, part = short_form[:-4], short_form[-4:]
        value = sum(digits.index(letter) * 62**place for place, letter in enumerate(reversed(part)))
        back = (str(value).rjust(7, "0") if short_form else str(value)) + back
    assert int(back) == number


def test_a_safe_domain_is_matched_letter_for_letter() -> None:
    assert links_to("看 https://kepujilin.example/s/1", "kepujilin.example")
    assert not links_to("看 https://www.kepujilin.example/s/1", "kepujilin.example")
    assert not links_to("看 https://kepujilin.example.evil.example/s/1", "kepujilin.example")


def test_times_are_read_whatever_the_locale() -> None:
    assert created_at("Wed Oct 24 23:49:17 +0800 2012") == datetime(2012, 10, 24, 15, 49, 17, tzinfo=UTC)
    assert created_at("yesterday") is None
    assert created_at("Wed Oct 99 23:49:17 +0800 2012") is None


def test_a_shortened_link_still_leaves_the_same_words() -> None:
    assert without_links("减速慢行 全文 https://t.cn/A6abc") == without_links("减速慢行 全文 http://127.0.0.1/s/1?m=x")
