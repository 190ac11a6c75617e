"""Weibo's long articles and its paid interface against the stand-in, over real HTTP."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from channel_parts import Notebook, Shelf, World, a_world, picture, post_picture

from connectors.base import ErrorClass, Outcome, Post
from connectors.channels.weibo import Weibo

UID, PLAIN_UID, PAID_UID = "7700000001", "7700000003", "7700000009"
ARTICLE = "/proxy/article/publish.json"
SHARE = "/2/statuses/upload_url_text/biz.json"
_fresh = itertools.count()


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    with a_world() as world:
        account = {"platform": "weibo", "uid": PAID_UID, "app_key": "1234500000", "app_secret": "fake-secret-weibo"}
        account |= {
            "name": "付费",
            "access_token": f"fake-token-weibo-{PAID_UID}",
            "commercial": True,
            "long_text": True,
        }
        world.control("/accounts", account | {"bound_domains": ["127.0.0.1"]})
        yield world


@pytest.fixture
def world(shared: World) -> Iterator[World]:
    shared.faults()
    yield shared
    shared.faults()
    shared.advance(86_400)  # quotas of the day and the hour


def channel(world: World, uid: str = UID, form: str = "article", **settings: Any) -> Weibo:
    ours = {"base_url": f"{world.address}/weibo", "commercial_url": f"{world.address}/weibo", "form": form}
    ours |= {"bound_domain": "127.0.0.1", "rip": "203.0.113.9", "media_url": f"{world.address}/media/"}
    return Weibo(
        Weibo.Settings.model_validate(ours | settings),
        Weibo.Credentials.model_validate(
            {"app_key": "1234500000", "app_secret": "s", "access_token": f"fake-token-weibo-{uid}", "uid": uid}
        ),
        world.http(),
        Shelf(),
        world.now,
    )


def paid(world: World, **settings: Any) -> Weibo:
    return channel(world, PAID_UID, "short", commercial=True, **settings)


def story(marker: str, **changes: Any) -> Post:
    link = f"http://127.0.0.1/s/1?m={marker}"
    values: dict[str, Any] = {"marker": marker, "title": "暴雪天气出行", "link": link, "digest": "先看路况。"}
    values |= {"html": f'<p>减速慢行 1+1。</p><img src="media:snow"><p><a href="{link}">原文</a></p>'}
    values |= {"text": f"第{next(_fresh)}条 100% 安全+省心 全文 {link}", "cover": post_picture("cover", picture())}
    return Post.model_validate(values | changes)


def out(world: World, marker: str, kind: str = "article", uid: str = UID) -> list[dict[str, Any]]:
    rows = [row for row in world.public(uid) if row["kind"] == kind]
    return [row for row in rows if marker in row["text"] + row["marker"]]


def refused(outcome: Outcome, kind: ErrorClass) -> str:
    assert outcome.refusal is not None
    assert outcome.refusal.kind is kind
    assert "fake-token" not in outcome.model_dump_json()
    return outcome.refusal.cause + outcome.refusal.remedy


# ---------------------------------------------------------------- articles


def test_an_article_and_its_post_go_out_in_one_call_and_are_read_back(world: World) -> None:
    before = Counter(call["path"] for call in world.control("/calls"))
    built, journal = channel(world), Notebook(world.now)
    assert built.publish(story("wagoesout"), journal).state == "accepted"
    live = built.poll(journal.known)
    made = Counter(call["path"] for call in world.control("/calls")) - before
    assert made == {ARTICLE: 1, "/2/statuses/show.json": 1}
    row = out(world, "wagoesout")[0]
    assert (live.state, live.public_url) == ("done", row["url"])
    assert "减速慢行 1+1。" in row["text"], "a plus sign stays one"
    post = out(world, "wagoesout", "status")[0]
    assert "100% 安全+省心" in post["text"]
    assert f"{world.address}/media/snow" in row["marker"], "pictures are named by addresses the platform can fetch"


def test_only_institutions_have_the_article_interface(world: World) -> None:
    outcome = channel(world, PLAIN_UID).publish(story("waplain"), Notebook(world.now))
    assert "申请权限" in refused(outcome, ErrorClass.PERMISSION)


@pytest.mark.parametrize("kind", ["reset_after_effect", "http_500_after", "wrong_json"])
def test_a_lost_article_is_found_by_its_post_and_not_repeated(world: World, kind: str) -> None:
    marker = f"wa{kind.replace('_', '')}"
    built, journal = channel(world), Notebook(world.now)
    world.faults({"kind": kind, "platform": "weibo", "path": ARTICLE, "times": 1})
    post = story(marker)
    assert built.publish(post, journal).state == "unknown"
    assert built.look_up(post, journal).state == "done"
    assert len(out(world, marker)) == len(out(world, marker, "status")) == 1


def test_a_lost_article_whose_post_is_not_there_is_a_persons_question_and_never_absent(world: World) -> None:
    built, journal, post = channel(world), Notebook(world.now), story("waunsure")
    world.faults({"kind": "reset_before_effect", "platform": "weibo", "path": ARTICLE, "times": 1})
    assert built.publish(post, journal).state == "unknown"
    assert built.look_up(post, journal).refusal is None, "it may still show up"
    world.advance(181)
    asked = built.look_up(post, journal)
    assert asked.state == "unknown"
    assert "我的文章" in refused(asked, ErrorClass.NEEDS_HUMAN)


@pytest.mark.parametrize(("code", "afterwards"), [("11002", "absent"), ("11003", "done")])
def test_a_half_done_article_asks_a_person_and_is_looked_at_before_it_is_sent_anew(
    world: World, code: str, afterwards: str
) -> None:
    built, journal, post = channel(world), Notebook(world.now), story(f"wa{code}")
    world.faults({"kind": "half_done", "code": code, "platform": "weibo", "path": ARTICLE, "times": 1})
    outcome = built.publish(post, journal)
    assert outcome.state == "failed"
    assert outcome.raw_code == code
    assert "核对" in refused(outcome, ErrorClass.NEEDS_HUMAN)
    assert built.poll({**journal.known, **outcome.external_ids}).state == afterwards


@pytest.mark.parametrize(("code", "kind"), [(11001, ErrorClass.RATE), (10008, ErrorClass.VALIDATION)])
def test_the_articles_own_codes_are_understood(world: World, code: int, kind: ErrorClass) -> None:
    world.faults({"kind": "error", "code": code, "platform": "weibo", "path": ARTICLE, "times": 1})
    assert refused(channel(world).publish(story("wacodes"), Notebook(world.now)), kind)


def test_busy_while_publishing_an_article_is_never_a_plain_retry(world: World) -> None:
    world.faults({"kind": "error", "code": 10001, "platform": "weibo", "path": ARTICLE, "times": 1})
    journal = Notebook(world.now)
    assert channel(world).publish(story("wabusy"), journal).state == "unknown"
    assert "article" in journal.open


def test_withdrawing_an_article_takes_its_post_down_and_leaves_the_rest_to_a_person(world: World) -> None:
    built, journal = channel(world), Notebook(world.now)
    built.publish(story("wawithdraw"), journal)
    asked = built.withdraw(dict(journal.known), journal)
    assert asked.state == "pending_user"
    assert asked.hand_off == out(world, "wawithdraw")[0]["url"]
    assert "删除" in refused(asked, ErrorClass.NEEDS_HUMAN)
    assert out(world, "wawithdraw", "status") == []
    assert not built.capabilities.can_withdraw


def test_one_character_over_each_limit_of_an_article_is_found_before_anything_is_sent(world: World) -> None:
    built = channel(world)
    tail = story("walimits").text[-40:]
    fits = story("walimits", title="长" * 31 + "😀", text="字" * (1900 - len(tail)) + tail)
    room = 90_000 - len(fits.html.replace("media:", f"{world.address}/media/"))
    fits = fits.model_copy(update={"html": fits.html + "字" * room})
    assert built.problems(fits) == []
    assert built.publish(fits, Notebook(world.now)).state == "accepted", "the platform counts the same"
    wrong = {
        "标题有 33 字": fits.model_copy(update={"title": fits.title + "😀"}),
        "正文连同格式有 90001 字": fits.model_copy(update={"html": fits.html + "字"}),
        "短文有 1901 字": fits.model_copy(update={"text": "😀" + fits.text}),
        "没有封面": story("walimits", cover=None),
        "没有标题": story("walimits", title=" "),
        "没有正文": story("walimits", html=" "),
        "投递标识": story("walimits", text="没有链接"),
    }
    before = len(world.calls(ARTICLE))
    for words, post in wrong.items():
        found = [problem.cause for problem in built.problems(post)]
        assert any(words in cause for cause in found), (words, found)
        assert built.publish(post, Notebook(world.now)).state == "failed"
    assert len(world.calls(ARTICLE)) == before
    hidden = channel(world, media_url="http://10.0.0.5/media/").problems(story("walimits"))
    assert any("取不到本站的图片" in problem.cause for problem in hidden)


# ---------------------------------------------------------------- the paid interface


def short(marker: str, words: str = "", pictures: int = 9) -> Post:
    link = f"http://127.0.0.1/s/1?m={marker}"
    text = f"{words or f'降雪路滑，第{next(_fresh)}条。'} 全文 {link}"
    shown = tuple(post_picture(f"p{n}", picture(size=(40 + n, 30))) for n in range(pictures))
    return Post.model_validate({"marker": marker, "text": text, "link": link, "pictures": shown})


def test_the_paid_interface_takes_nine_pictures_in_ten_calls(world: World) -> None:
    before = Counter(call["path"] for call in world.control("/calls"))
    built, journal = paid(world), Notebook(world.now)
    assert built.capabilities.images_max == 9
    assert built.publish(short("wpnine"), journal).state == "accepted"
    assert built.poll(journal.known).state == "done"
    made = Counter(call["path"] for call in world.control("/calls")) - before
    assert made == {"/2/statuses/upload_pic/biz.json": 9, SHARE: 1, "/2/statuses/show.json": 1}
    assert journal.calls == ["upload_picture"] * 9 + ["share"], "each prolongs the lease"
    assert len(out(world, "wpnine", "status", PAID_UID)) == 1
    assert any("最多 9 张" in problem.cause for problem in built.problems(short("wpnine", pictures=10)))


def test_a_long_text_says_so_where_the_contract_allows_it(world: World) -> None:
    built, post = paid(world, limits={"text": 2000}), short("wplong", words="字" * 1900, pictures=0)
    assert built.problems(post) == []
    assert built.publish(post, Notebook(world.now)).state == "accepted"
    assert paid(world).problems(post), "140 without it"


def test_without_a_contract_the_paid_interface_is_refused(world: World) -> None:
    built = channel(world, UID, "short", commercial=True)
    assert refused(built.publish(short("wpnone", pictures=1), Notebook(world.now)), ErrorClass.PERMISSION)


def test_what_was_only_uploaded_is_withdrawn_at_once(world: World) -> None:
    built, journal, post = paid(world), Notebook(world.now), short("wponlyup", pictures=2)
    world.faults({"kind": "error", "platform": "weibo", "path": SHARE, "code": 20016})
    assert refused(built.publish(post, journal), ErrorClass.RATE)
    assert journal.calls == ["upload_picture", "upload_picture", "share"]
    assert built.withdraw({"marker": "wponlyup"}, journal).state == "absent"


def test_a_lost_picture_is_sent_again_and_a_lost_post_is_looked_up(world: World) -> None:
    built, journal, post = paid(world), Notebook(world.now), short("wplost", pictures=2)
    fault = {"kind": "reset_after_effect", "platform": "weibo", "times": 1}
    world.faults({**fault, "path": "/2/statuses/upload_pic/biz.json"}, {**fault, "path": SHARE})
    assert refused(built.publish(post, journal), ErrorClass.RETRYABLE)
    assert built.publish(post, journal).state == "unknown"
    assert built.look_up(post, journal).state == "done"
    assert len(out(world, "wplost", "status", PAID_UID)) == 1
