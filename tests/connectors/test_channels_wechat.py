"""The WeChat channel against its stand-in, over real HTTP."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from channel_parts import Died, Notebook, Shelf, World, a_world, article, later, listening, picture, post_picture

from connectors.base import ErrorClass, Token
from connectors.channels.wechat import WeChat
from connectors.channels.wechat.lists import Lists
from connectors.errors import NeedsPerson

ACCOUNT = "wxsandboxjilin"


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    with a_world() as world:
        yield world


@pytest.fixture
def world(shared: World) -> Iterator[World]:
    shared.faults()
    yield shared
    shared.faults()


def channel(world: World, shelf: Shelf | None = None, key: str = "jilin", now: Any = None, **settings: Any) -> WeChat:
    return WeChat(
        WeChat.Settings(base_url=f"{world.address}/wechat", **settings),
        WeChat.Credentials.model_validate(
            {
                "appid": f"wxsandbox{key}",
                "appsecret": f"fake-secret-wechat-{key}",
                "callback_token": "callbacktoken",
            }
        ),
        world.http(),
        shelf or Shelf(),
        now or world.now,
    )


def published(world: World, marker: str) -> tuple[WeChat, Notebook, dict[str, str]]:
    built, journal = channel(world), Notebook(world.now)
    assert built.publish(article(marker), journal).state == "accepted"
    world.advance(30)
    outcome = built.poll(journal.known)
    assert outcome.state == "done", outcome
    return built, journal, outcome.external_ids


def out(world: World, marker: str) -> list[dict[str, Any]]:
    return [row for row in world.public(ACCOUNT) if marker in row["marker"]]


def test_an_article_goes_out_with_its_pictures_and_is_read_back(world: World) -> None:
    built, journal = channel(world), Notebook(world.now)
    taken = built.publish(article("wxgoesout"), journal)
    assert taken.state == "accepted"
    assert taken.retry_after == 30.0
    assert taken.external_ids["msg_data_id"]
    assert built.poll(journal.known).state == "accepted"
    world.advance(30)
    live = built.poll(journal.known)
    assert live.state == "done"
    assert live.public_url
    assert journal.calls == ["uploadimg", "add_material", "draft_add", "submit"]
    assert [row["title"] for row in out(world, "wxgoesout")] == ["暴雪天气出行,这几点要记牢"]


def test_the_public_page_shows_real_characters_and_our_picture(world: World) -> None:
    _, _, ids = published(world, "wxpage")
    said = channel(world)._api.ask("/cgi-bin/freepublish/getarticle", {"article_id": ids["article_id"]})
    content = said["news_item"][0]["content"]
    assert "减速慢行" in content
    assert "\\u" not in content
    assert "qpic.cn" in content
    assert "style=" in content
    assert "<a " not in content


def test_a_repeated_publish_goes_on_where_it_stopped(world: World) -> None:
    built, journal = channel(world), Notebook(world.now, dies_at="submit")
    with pytest.raises(Died):
        built.publish(article("wxgoeson"), journal)
    journal.dies_at, journal._open = "", {}
    assert built.publish(article("wxgoeson"), journal).state == "accepted"
    assert journal.calls.count("draft_add") == 1
    assert journal.calls.count("uploadimg") == 1


def test_a_lost_draft_is_found_by_its_marker_and_not_added_twice(world: World) -> None:
    built, journal = channel(world), Notebook(world.now)
    world.faults({"kind": "reset_after_effect", "platform": "wechat", "path": "/cgi-bin/draft/add", "times": 1})
    assert built.publish(article("wxlostdraft"), journal).state == "unknown"
    found = built.look_up(article("wxlostdraft"), journal)
    assert found.state == "absent"
    assert found.external_ids["draft_media_id"]
    journal.settle(found.external_ids)
    assert built.publish(article("wxlostdraft"), journal).state == "accepted"
    assert journal.calls.count("draft_add") == 1
    world.advance(30)
    assert len(out(world, "wxlostdraft")) == 1


def test_a_draft_that_never_arrived_is_absent_only_after_its_time(world: World) -> None:
    built, journal = channel(world), Notebook(world.now)
    world.faults({"kind": "http_500_before", "platform": "wechat", "path": "/cgi-bin/draft/add", "times": 1})
    assert built.publish(article("wxnodraft"), journal).state == "unknown"
    waiting = built.look_up(article("wxnodraft"), journal)
    assert waiting.state == "unknown"
    assert waiting.retry_after is not None
    world.advance(waiting.retry_after + 1)
    assert built.look_up(article("wxnodraft"), journal).state == "absent"


@pytest.mark.parametrize("kind", ["reset_after_effect", "http_500_after", "wrong_json"])
def test_a_lost_submit_that_worked_is_found_once_the_job_has_ended(world: World, kind: str) -> None:
    marker = f"wxlost{kind.replace('_', '')}"
    built, journal = channel(world), Notebook(world.now)
    world.faults({"kind": kind, "platform": "wechat", "path": "/cgi-bin/freepublish/submit", "times": 1})
    assert built.publish(article(marker), journal).state == "unknown"
    waiting = built.look_up(article(marker), journal)
    assert waiting.state == "unknown", "while the job runs, the draft is still there and no list shows the article"
    world.advance(30)
    found = built.look_up(article(marker), journal)
    assert found.state == "done"
    assert found.external_ids["article_id"]
    assert len(out(world, marker)) == 1


def test_a_lost_submit_without_effect_waits_out_the_longest_job_and_then_asks_a_person(world: World) -> None:
    built, journal = channel(world), Notebook(world.now)
    world.faults(
        {"kind": "reset_before_effect", "platform": "wechat", "path": "/cgi-bin/freepublish/submit", "times": 1}
    )
    assert built.publish(article("wxnosubmit"), journal).state == "unknown"
    steps = []
    while (asked := built.look_up(article("wxnosubmit"), journal)).refusal is None:
        assert asked.state == "unknown"
        assert asked.retry_after is not None
        steps.append(asked.retry_after)
        world.advance(asked.retry_after + 1)
    assert sum(steps) > 1700
    assert len(steps) < 15, "the lists may be asked 100 times a day"
    assert asked.refusal.kind is ErrorClass.NEEDS_HUMAN
    automatic = channel(world, resubmit_lost=True)
    assert automatic.look_up(article("wxnosubmit"), journal).state == "absent"


def test_busy_while_submitting_is_looked_up_and_never_a_plain_retry(world: World) -> None:
    built, journal = channel(world), Notebook(world.now)
    world.faults({"kind": "error", "path": "/cgi-bin/freepublish/submit", "code": -1, "times": 1})
    assert built.publish(article("wxbusy"), journal).state == "unknown"
    assert "submit" in journal.open
    world.advance(240)
    waiting = built.look_up(article("wxbusy"), journal)
    assert waiting.state == "unknown", "the draft is still there, which proves nothing before the longest job has ended"
    world.advance(1800)
    asked = built.look_up(article("wxbusy"), journal)
    assert asked.refusal is not None
    assert asked.refusal.kind is ErrorClass.NEEDS_HUMAN
    assert out(world, "wxbusy") == []


BUSY_AFTER_ALL = {"kind": "wrong_json", "body": '{"errcode": -1, "errmsg": "system error"}', "times": 1}


@pytest.mark.parametrize("path", ["/cgi-bin/draft/add", "/cgi-bin/freepublish/submit"])
def test_busy_after_which_it_was_done_all_the_same_makes_one_article(world: World, path: str) -> None:
    marker = f"wxbusy{path[-3:]}"
    built, journal = channel(world), Notebook(world.now)
    world.faults({**BUSY_AFTER_ALL, "platform": "wechat", "path": path})
    assert built.publish(article(marker), journal).state == "unknown"
    world.advance(30)
    found = built.look_up(article(marker), journal)
    if found.state == "absent":
        journal.settle(found.external_ids)
        assert built.publish(article(marker), journal).state == "accepted"
        world.advance(30)
    assert journal.calls.count("draft_add") == 1
    assert len(out(world, marker)) == 1


def test_a_draft_that_somebody_deleted_is_not_published_anew_without_a_person(world: World) -> None:
    built, journal = channel(world), Notebook(world.now, dies_at="submit")
    with pytest.raises(Died):
        built.publish(article("wxdeleted"), journal)
    journal.dies_at, journal._open = "", {}
    built._api.act("/cgi-bin/draft/delete", {"media_id": journal.known["draft_media_id"]})
    assert built.publish(article("wxdeleted"), journal).state == "unknown"
    looked = built.look_up(article("wxdeleted"), journal)
    assert looked.refusal is not None
    assert looked.refusal.kind is ErrorClass.NEEDS_HUMAN
    journal.settle(looked.external_ids)
    assert built.publish(article("wxdeleted"), journal).state == "accepted", "a person said: send again"


def test_what_was_taken_down_is_not_sent_anew_by_a_look_up(world: World) -> None:
    built, journal, ids = published(world, "wxtakendown")
    assert built.withdraw(ids, journal).state == "absent"
    looked = built.look_up(article("wxtakendown"), journal)
    assert looked.state == "unknown"
    assert looked.refusal is not None
    journal.settle(looked.external_ids)
    assert built.publish(article("wxtakendown"), journal).state == "accepted", "a person said: send again"
    assert journal.calls.count("submit") == 2


def test_withdrawing_takes_down_this_article_and_proves_it(world: World) -> None:
    built, journal, ids = published(world, "wxwithdraw")
    assert built.withdraw(ids, journal).state == "absent"
    assert out(world, "wxwithdraw") == []
    assert built.withdraw(ids, journal).state == "absent"
    assert journal.calls.count("delete") == 1, "ten deletions a day: what is gone is not deleted again"


def test_a_lost_deletion_is_looked_at_before_it_is_repeated(world: World) -> None:
    built, journal, ids = published(world, "wxlostdelete")
    world.faults(
        {"kind": "reset_after_effect", "platform": "wechat", "path": "/cgi-bin/freepublish/delete", "times": 1}
    )
    assert built.withdraw(ids, journal).state == "unknown"
    assert built.withdraw(ids, journal).state == "absent"
    assert journal.calls.count("delete") == 1


def test_withdrawing_while_the_job_runs_says_when_to_come_back(world: World) -> None:
    built, journal = channel(world), Notebook(world.now)
    built.publish(article("wxearly"), journal)
    early = built.withdraw(dict(journal.known), journal)
    assert early.state == "failed"
    assert early.refusal is not None
    assert early.refusal.kind is ErrorClass.RETRYABLE
    world.advance(30)
    assert built.withdraw(dict(journal.known), journal).state == "absent"
    assert out(world, "wxearly") == []


def test_what_becomes_public_between_two_questions_of_a_withdrawal_is_taken_down_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    built, journal = channel(world), Notebook(world.now)
    built.publish(article("wxbetween"), journal)

    def not_listed_yet(*_: Any, **__: Any) -> None:
        world.advance(30)

    monkeypatch.setattr(Lists, "find_published", not_listed_yet)
    assert built.withdraw(dict(journal.known), journal).state == "absent"
    assert out(world, "wxbetween") == []
    assert journal.calls.count("delete") == 1


@pytest.mark.parametrize(("status", "kind"), [(2, "content_rejected"), (3, "permanent"), (4, "content_rejected")])
def test_a_job_that_ends_badly_fails_with_its_reason(world: World, status: int, kind: str) -> None:
    built, journal = channel(world), Notebook(world.now)
    submit = {"platform": "wechat", "path": "/cgi-bin/freepublish/submit"}
    world.faults({"kind": "publish_status", "value": status, "times": 1, **submit})
    assert built.publish(article(f"wxbad{status}"), journal).state == "accepted"
    world.advance(30)
    ended = built.poll(journal.known)
    assert ended.state == "failed"
    assert ended.refusal is not None
    assert ended.refusal.kind == kind
    assert ended.raw_code == str(status)


def test_draft_only_waits_for_a_person_and_notices_that_he_published(world: World) -> None:
    built, journal = channel(world, mode="draft_only"), Notebook(world.now)
    handed = built.publish(article("wxdraftonly"), journal)
    assert handed.state == "pending_user"
    assert handed.hand_off
    assert "submit" not in journal.calls
    assert built.poll(journal.known).state == "pending_user"
    built._api.act("/cgi-bin/freepublish/submit", {"media_id": journal.known["draft_media_id"]})
    world.advance(30)
    assert built.poll(journal.known).state == "done"


def test_draft_only_on_an_account_without_rights_waits_for_the_link_and_claims_no_figures(world: World) -> None:
    built, journal = channel(world, key="baicheng", mode="draft_only"), Notebook(world.now)
    assert built.publish(article("wxdraftweak"), journal).state == "pending_user"
    assert built.poll(journal.known).state == "pending_user"
    assert built.capabilities.metrics == "import"


def test_without_the_right_to_list_a_draft_in_the_box_is_deleted_and_else_a_person_looks(world: World) -> None:
    built, journal = channel(world, key="baicheng", mode="draft_only"), Notebook(world.now)
    built.publish(article("wxdraftback"), journal)
    draft = journal.known["draft_media_id"]
    assert built.withdraw(journal.known, journal).state == "absent"
    assert built._published._lists.has_draft(draft) is False
    assert built.withdraw(journal.known, journal).state == "absent", "we deleted it ourselves"
    assert journal.calls.count("draft_delete") == 1
    other = Notebook(world.now)
    built.publish(article("wxdraftgone"), other)
    built._api.act("/cgi-bin/draft/delete", {"media_id": other.known["draft_media_id"]})
    gone = built.withdraw(other.known, other)
    assert (gone.state, other.calls.count("draft_delete")) == ("pending_user", 0)
    assert gone.refusal is not None
    assert "登记为已撤回" in gone.refusal.remedy
    assert "只存草稿" not in gone.refusal.remedy


def test_an_account_without_the_right_gets_cause_and_remedy(world: World) -> None:
    weak = channel(world, key="baicheng")
    checked = weak.check()
    assert checked.state == "failed"
    assert checked.raw_code == "48001"
    assert checked.refusal is not None
    assert "只存草稿" in checked.refusal.remedy
    assert channel(world, key="baicheng", mode="draft_only").check().state == "done"


def test_a_token_that_died_early_is_replaced_once(world: World) -> None:
    shelf = Shelf()
    built = channel(world, shelf)
    assert built.check().state == "done"
    world.control("/tokens", {"platform": "wechat", "account": ACCOUNT})
    assert built.check().state == "done"
    shelf.put("access", Token(value="rubbish", expires_at=later(world.now(), hours=1)))
    assert built.check().state == "done"
    assert shelf.get("access") != Token(value="rubbish", expires_at=later(world.now(), hours=1))


def test_many_threads_share_one_token_call(world: World) -> None:
    from concurrent.futures import ThreadPoolExecutor

    shelf, before = Shelf(), len(world.calls("/cgi-bin/stable_token"))
    with ThreadPoolExecutor(8) as pool:
        tokens = set(pool.map(lambda _: channel(world, shelf)._api.token().value, range(8)))
    assert len(tokens) == 1
    assert len(world.calls("/cgi-bin/stable_token")) == before + 1


def test_a_wrong_secret_stops_with_a_sentence_and_without_the_secret(world: World) -> None:
    built = WeChat(
        WeChat.Settings(base_url=f"{world.address}/wechat"),
        WeChat.Credentials.model_validate({"appid": ACCOUNT, "appsecret": "wrongsecret"}),
        world.http(),
        Shelf(),
        world.now,
    )
    outcome = built.publish(article("wxsecret"), Notebook(world.now))
    assert outcome.state == "failed"
    assert outcome.refusal is not None
    assert outcome.refusal.kind is ErrorClass.AUTH_REAUTH
    assert "wrongsecret" not in outcome.model_dump_json()


def test_figures_are_joined_by_the_data_id_and_missing_ones_stay_missing(world: World) -> None:
    world.to_noon()
    built, _, ids = published(world, "wxfigures")
    day = (world.now() + timedelta(hours=8)).date()
    known = {**ids, "published_on": day.isoformat()}
    world.advance(2 * 86_400)
    figures = built.post_figures({"41": known, "42": {**known, "msg_data_id": "0"}}, day + timedelta(days=1))
    assert [found.external_id for found in figures] == ["41"]
    assert figures[0].reads is not None
    assert figures[0].reads > 0
    assert figures[0].input_kind == "api_persons"
    by_url = {name: value for name, value in known.items() if name != "msg_data_id"}
    assert built.post_figures({"43": by_url}, day + timedelta(days=1))[0].reads == figures[0].reads
    account = built.account_figures(day + timedelta(days=1))
    assert account is not None
    assert account.followers is not None
    assert built.post_figures({"44": {**known, "published_on": ""}}, day) == []


def test_a_refusal_while_asking_says_nothing_about_the_post(world: World) -> None:
    built, journal = channel(world), Notebook(world.now)
    built.publish(article("wxquota"), journal)
    rule = {"kind": "error", "platform": "wechat", "path": "/cgi-bin/freepublish/get", "code": 45009, "times": 1}
    world.faults(rule)
    asked = built.poll(journal.known)
    assert asked.state == "accepted"
    assert asked.refusal is not None
    assert asked.refusal.kind is ErrorClass.QUOTA
    assert asked.retry_after is not None
    assert 0 < asked.retry_after <= 86_400 + 60


def test_the_preflight_finds_what_wechat_would_refuse_or_silently_drop(world: World) -> None:
    built = channel(world)
    assert built.problems(article("wxfine")) == []
    wrong = {
        "外站图片": {"html": '<p>图</p><img src="https://example.cn/a.jpg">'},
        "没有封面": {"cover": None},
        "标题有": {"title": "长" * 33},
        "摘要有": {"digest": "长" * 129},
        "打不开": {"pictures": (post_picture("snow", b"no picture"),)},
        "找不到文件": {"pictures": ()},
        "投递标识": {"link": "http://127.0.0.1/s/1"},
        "正文连同格式": {"html": "<p>" + "字" * 20_000 + "</p>"},
        "没有正文": {"html": " "},
    }
    for words, changes in wrong.items():
        found = [problem.cause for problem in built.problems(article("wxfine", **changes))]
        assert any(words in cause for cause in found), (words, found)


def test_large_and_foreign_pictures_are_made_to_fit(world: World) -> None:
    big = picture("PNG", (1400, 1200), noisy=True)
    assert len(big) > 1_048_576
    post = article("wxbig", pictures=(post_picture("snow", big),), cover=post_picture("cover", picture("BMP")))
    assert channel(world).publish(post, Notebook(world.now)).state == "accepted"


def test_a_broken_picture_is_a_sentence_not_a_crash(world: World) -> None:
    from connectors.channels.pictures import fit

    with pytest.raises(NeedsPerson, match="图片"):
        fit(b"GIF89a broken", bytes_max=1000, formats=("JPEG",))


# ---------------------------------------------------------------- call-backs


def signed(token: str, *parts: str) -> str:
    return hashlib.sha1("".join(sorted([token, *parts])).encode()).hexdigest()


def test_the_address_check_is_answered_only_when_it_is_genuine(world: World) -> None:
    built, stamp = channel(world), str(int(world.now().timestamp()))
    query = {"timestamp": stamp, "nonce": "n1", "echostr": "hello", "signature": signed("callbacktoken", stamp, "n1")}
    event = built.event(query, {}, b"")
    assert event is not None
    assert event.answer == "hello"
    assert built.event({**query, "signature": "0" * 40}, {}, b"") is None
    old = str(int(stamp) - 3600)
    assert built.event({**query, "timestamp": old, "signature": signed("callbacktoken", old, "n1")}, {}, b"") is None


@pytest.mark.parametrize(("seconds", "heard"), [(-890, True), (890, True), (-910, False), (910, False)])
def test_a_clock_off_by_less_than_a_quarter_of_an_hour_still_hears(world: World, seconds: int, heard: bool) -> None:
    stamp = str(int(world.now().timestamp()) + seconds)
    query = {"timestamp": stamp, "nonce": "n1", "signature": signed("callbacktoken", stamp, "n1")}
    told = b"<xml><MsgType>event</MsgType><Event>PUBLISHJOBFINISH</Event></xml>"
    assert (channel(world).event({**query, "echostr": "hello"}, {}, b"") is not None) is heard
    assert (channel(world).event(query, {}, told) is not None) is heard


@pytest.mark.parametrize("stamp", ["9" * 13, "9" * 400, "9" * 5000, "", "-1", "1e9", "٣"])
def test_a_strangers_time_is_no_time_and_no_crash(world: World, stamp: str) -> None:
    query = {"timestamp": stamp, "nonce": "n1", "signature": signed("callbacktoken", stamp, "n1")}
    assert channel(world).event({**query, "echostr": "hello"}, {}, b"") is None


@pytest.mark.parametrize("name", ["nonce", "signature"])
def test_half_a_character_in_a_strangers_query_is_refused(world: World, name: str) -> None:
    query = {"timestamp": str(int(world.now().timestamp())), "nonce": "n1", "signature": "0" * 40, "echostr": "hello"}
    assert channel(world).event({**query, name: "\ud800"}, {}, b"") is None


@pytest.mark.parametrize("aes_key", ["", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"])
def test_the_platforms_own_event_is_understood(world: World, aes_key: str) -> None:
    received: list[Any] = []
    with listening(received) as address:
        callback = {"platform": "wechat", "key": ACCOUNT, "url": address, "token": "callbacktoken"}
        world.control("/callbacks", callback | {"aes_key": aes_key, "verify": False})
        built = channel(world)
        secrets = {"appid": ACCOUNT, "appsecret": "fake-secret-wechat-jilin", "callback_token": "callbacktoken"}
        reading = WeChat(
            WeChat.Settings(),
            WeChat.Credentials.model_validate(secrets | {"aes_key": aes_key}),
            world.http(),
            Shelf(),
            world.now,
        )
        journal = Notebook(world.now)
        built.publish(article(f"wxevent{len(aes_key)}"), journal)
        world.advance(30)
        event = None
        deadline = time.monotonic() + 5
        while event is None and time.monotonic() < deadline:
            time.sleep(0.02)
            for query, headers, body in list(received):
                heard = reading.event(query, headers, body)
                if heard is not None and heard.external_ids.get("publish_id") == journal.known["publish_id"]:
                    event = heard
                    break
    assert event is not None
    assert event.kind == "PUBLISHJOBFINISH"
    assert event.key.startswith(journal.known["publish_id"])
    forged = {name: value for name, value in query.items() if name != "msg_signature"} | {"signature": "0" * 40}
    assert reading.event(forged, headers, body) is None
    if aes_key:
        assert reading.event(query, headers, body.replace(b"Encrypt", b"Encrypt", 1)[:-40]) is None
