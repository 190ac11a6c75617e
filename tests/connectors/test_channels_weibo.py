"""The Weibo channel against its stand-in, over real HTTP."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import requests
from channel_parts import Notebook, Shelf, World, a_world, picture, post_picture
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from connectors.base import ErrorClass, Outcome, Post
from connectors.channels.codes import BEIJING, Refused, seconds_to_midnight
from connectors.channels.weibo import Weibo
from connectors.channels.weibo.api import WeiboApi, WeiboCredentials
from connectors.channels.weibo.settings import is_public
from connectors.channels.weibo.text import base62, created_at, length, links_to, without_links
from connectors.channels.weibo.timeline import find, wanted
from connectors.errors import OutcomeUnknown
from connectors.http import HttpClient

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


def test_an_accounts_limit_may_be_the_days_and_an_addresss_is_the_hours() -> None:
    with a_world() as own:
        for code, by_the_day in ((10022, False), (10023, True), (10024, True)):
            own.faults(
                {"kind": "error", "platform": "weibo", "path": "/2/statuses/share.json", "code": code, "times": 1}
            )
            outcome = channel(own).publish(short(f"wblimit{code}"), Notebook(own.now))
            expected = seconds_to_midnight(own.now()) + 60 if by_the_day else outcome.retry_after
            assert outcome.then_after == pytest.approx(expected, abs=5)


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


# ---------------------------------------------------------------- bad input


def refused(outcome: Outcome, kind: ErrorClass) -> str:
    """The refusal's words, which never hold a token."""
    assert outcome.refusal is not None
    assert outcome.refusal.kind is kind
    assert "fake-token" not in outcome.model_dump_json()
    assert "fake-secret" not in outcome.model_dump_json()
    return outcome.refusal.cause + outcome.refusal.remedy


@pytest.mark.parametrize("code", [20017, 20019, 20111])
def test_each_way_of_saying_duplicate_is_done_only_where_the_twin_is_ours(world: World, code: int) -> None:
    built, marker = channel(world), f"wbdup{code}"
    mine = short(marker)
    assert built.publish(mine, Notebook(world.now)).state == "accepted"
    fault = {"kind": "error", "platform": "weibo", "path": "/2/statuses/share.json", "code": code}
    world.faults(fault)
    assert built.publish(mine, Notebook(world.now)).state == "done"
    other = built.publish(short(f"wbxup{code}"), Notebook(world.now))
    assert other.state == "unknown"
    assert "核对" in refused(other, ErrorClass.NEEDS_HUMAN)
    assert len(out(world, marker)) == 1


def test_a_short_post_makes_two_calls(world: World) -> None:
    before = len(world.control("/calls"))
    built, journal = channel(world), Notebook(world.now)
    built.publish(short("wbtwocalls"), journal)
    assert built.poll(journal.known).state == "done"
    made = [call["path"] for call in world.control("/calls")[before:]]
    assert made == ["/2/statuses/share.json", "/2/statuses/show.json"]


@pytest.mark.parametrize("last", ["字", "😀", "é", "ab"])
def test_140_go_through_and_one_more_is_found_before_it_is_sent(world: World, last: str) -> None:
    built = channel(world)
    room = 140 - length(short("wbfull", words="字").text) + 1
    fits = short("wbfull", words="满" * (room - 1) + last)
    assert length(fits.text) == 140
    assert built.publish(fits, Notebook(world.now)).state == "accepted", "the platform counts the same"
    over, before = short("wbover", words="满" * room + last), len(world.calls("/2/statuses/share.json"))
    assert "最多 140 字" in refused(built.publish(over, Notebook(world.now)), ErrorClass.VALIDATION)
    assert len(world.calls("/2/statuses/share.json")) == before


def test_a_revoked_consent_an_unreviewed_app_and_a_wrong_secret_say_what_to_do() -> None:
    with a_world() as world:
        account = {
            "platform": "weibo",
            "uid": "7700000008",
            "app_key": "1234500000",
            "name": "未审",
            "test_user": False,
        }
        account |= {"app_secret": "fake-secret-weibo", "access_token": "fake-token-early", "app_reviewed": False}
        world.control("/accounts", account | {"bound_domains": ["127.0.0.1"]})
        early = channel(world, token="fake-token-early", uid="7700000008")
        said = refused(early.publish(short("wbearly"), Notebook(world.now)), ErrorClass.PERMISSION)
        assert "测试账号" in said
        back = {"client_id": "1234500000", "redirect_uri": "http://127.0.0.1/back"}
        page, yes = f"{world.address}/weibo/oauth2/authorize", {"uid": UID, "say": "yes"}
        agreed = requests.post(page, data=back | yes, timeout=5, allow_redirects=False)
        code = agreed.headers["location"].partition("code=")[2].partition("&")[0]
        built = channel(world)
        built._credentials.app_secret = SecretStr("wrong-secret")
        with pytest.raises(Refused, match="App Secret") as wrong:
            built.consent(code, back["redirect_uri"])
        assert wrong.value.refusal.kind is ErrorClass.AUTH_REAUTH
        assert "wrong-secret" not in wrong.value.message
        world.control("/tokens", {"platform": "weibo", "account": UID, "action": "revoke"})
        for outcome in (channel(world).check(), channel(world).publish(short("wbrevoked"), Notebook(world.now))):
            assert "重新授权" in refused(outcome, ErrorClass.AUTH_REAUTH)
        assert world.ledger(UID) == []


@pytest.mark.parametrize(("code", "words"), [(20005, "JPG、PNG 或 GIF"), (20006, "5 MB"), (20007, "管理员")])
def test_a_picture_that_the_platform_refuses_has_a_remedy(world: World, code: int, words: str) -> None:
    world.faults({"kind": "error", "platform": "weibo", "path": "/2/statuses/share.json", "code": code, "times": 1})
    post = short("wbpicture", pictures=(post_picture("p", picture()),))
    assert words in refused(channel(world).publish(post, Notebook(world.now)), ErrorClass.VALIDATION)


def test_a_picture_that_is_too_large_is_made_to_fit(world: World) -> None:
    built = channel(world, limits={"picture_bytes": 30_000})
    large = post_picture("p", picture(size=(600, 400), noisy=True))
    assert len(large.content) > 30_000
    assert built.publish(short("wblarge", pictures=(large,)), Notebook(world.now)).state == "accepted"


# ---------------------------------------------------------------- links in their short form

SHORT_UID = "7700000044"


@pytest.fixture
def shortening(world: World) -> Weibo:
    """An account whose links the platform shows as t.cn, so that no mark is to be seen."""
    number = next(_fresh)
    own = {"uid": f"{SHORT_UID}{number:04}", "access_token": f"fake-token-short-{number}", "name": "短链"}
    app = {"app_key": "1234500000", "app_secret": "fake-secret-weibo", "bound_domains": ["127.0.0.1"]}
    world.control("/accounts", {"platform": "weibo", "shortens_links": True, **app, **own})
    return channel(world, own["access_token"], own["uid"])


def test_a_late_id_is_found_by_its_words_where_links_are_shortened(world: World, shortening: Weibo) -> None:
    world.faults({"kind": "delayed_id", "platform": "weibo", "path": "/2/statuses/share.json", "times": 1})
    journal = Notebook(world.now)
    assert shortening.publish(short("wblateshort"), journal).state == "accepted"
    assert shortening.poll(journal.known).state == "accepted"
    world.advance(180)
    assert shortening.publish(short("wbbeside"), Notebook(world.now)).state == "accepted"
    live = shortening.poll(journal.known)
    assert live.state == "done"
    shown = next(row for row in world.ledger(shortening._credentials.uid) if "wblateshort" in row["text"])
    assert live.external_ids["status_id"] == shown["ids"]["id"]
    assert shortening.withdraw(live.external_ids, journal).state == "absent"


def test_a_late_id_whose_links_are_shortened_is_withdrawn_by_its_words(world: World, shortening: Weibo) -> None:
    world.faults({"kind": "delayed_id", "platform": "weibo", "path": "/2/statuses/share.json", "times": 1})
    journal = Notebook(world.now)
    shortening.publish(short("wbshortback"), journal)
    world.advance(180)
    assert shortening.withdraw(dict(journal.known), journal).state == "absent"
    assert world.public(shortening._credentials.uid) == []


def test_an_older_post_of_the_same_words_is_not_taken_for_the_late_one(world: World, shortening: Weibo) -> None:
    assert shortening.publish(short("wbolder", words="同样的话"), Notebook(world.now)).state == "accepted"
    assert shortening.publish(short("wbbetween"), Notebook(world.now)).state == "accepted"
    world.advance(3600)
    world.faults({"kind": "delayed_id", "platform": "weibo", "path": "/2/statuses/share.json", "times": 1})
    journal = Notebook(world.now)
    shortening.publish(short("wbnewer", words="同样的话"), journal)
    assert shortening.poll(journal.known).state == "accepted", "the one that is shown is another delivery's"


def test_the_same_text_again_is_ours_also_where_links_are_shortened(world: World, shortening: Weibo) -> None:
    mine = short("wbshorttwin", words="只此一句")
    assert shortening.publish(mine, Notebook(world.now)).state == "accepted"
    again = shortening.publish(mine, Notebook(world.now))
    assert (again.state, bool(again.external_ids.get("status_id"))) == ("done", True)
    world.faults({"kind": "error", "platform": "weibo", "path": "/2/statuses/share.json", "code": 20017, "times": 1})
    alike = shortening.publish(short("wbonlyalike", words="只此一句"), Notebook(world.now))
    assert alike.state == "unknown", "much alike is not the same, and the mark is not to be seen"
    assert "认不出" in refused(alike, ErrorClass.NEEDS_HUMAN)


def shown(number: int, at: datetime, text: str) -> dict[str, Any]:
    local = at.astimezone(BEIJING)
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    told = f"Thu {months[local.month - 1]} {local:%d %H:%M:%S} +0800 {local.year}"
    return {"idstr": str(number), "text": text, "created_at": told}


@pytest.mark.parametrize(("total", "sure"), [(None, False), (400, False)])
def test_one_pinned_old_post_does_not_make_the_list_reach_back(total: int | None, sure: bool) -> None:
    now, sought = datetime(2026, 11, 26, 4, 0, tzinfo=UTC), wanted(short("wbpinned"))
    newer = [shown(n, now + timedelta(minutes=40 - n), f"后来的 {n}") for n in range(4)]
    pinned, old = shown(9, now - timedelta(days=90), "置顶"), shown(8, now - timedelta(hours=1), "以前的")
    assert find([pinned, *newer], sought, since=now, total=total).sure is sure
    assert find([pinned, *newer[:3], old], sought, since=now, total=total).sure, "one that really stands behind"
    assert find([*newer, old], sought, since=now, total=total).sure


def test_a_short_list_is_the_whole_one_only_if_the_platform_counts_no_more() -> None:
    now, sought = datetime(2026, 11, 26, 4, 0, tzinfo=UTC), wanted(short("wbfew"))
    few = [shown(n, now + timedelta(minutes=9 - n), f"后来的 {n}") for n in range(3)]
    assert find(few, sought, since=now, total=3).sure
    assert find(few, sought, since=now).sure
    assert not find(few, sought, since=now, total=70).sure, "posts that are not shown may be between"
    assert find([], sought, since=now, total=0).sure


def test_a_long_text_that_the_list_cuts_off_is_no_proof_of_absence() -> None:
    now, post = datetime(2026, 11, 26, 4, 0, tzinfo=UTC), short("wbcut", words="降雪路滑减速慢行保持车距" * 20)
    cut = shown(1, now, post.text[:120] + "...全文：http://m.weibo.cn/client/version")
    assert not find([cut], wanted(post), since=now, total=1).sure
    assert find([shown(1, now, "别的话题，别的句子，完全不同")], wanted(post), since=now, total=1).sure


# ---------------------------------------------------------------- the address that a post names


@pytest.mark.parametrize(
    "rip", ["127.0.0.1", "10.0.0.5", "192.168.1.9", "172.20.0.1", "0.0.0.0", "::1", "fc00::1", "北京"]
)
def test_an_address_that_nobody_outside_can_see_is_no_public_one(rip: str) -> None:
    assert not is_public(rip)
    real = Weibo.Settings(bound_domain="127.0.0.1", rip=rip)
    assert real.address == ""
    assert Weibo.Settings(base_url="http://127.0.0.1:9/weibo", rip=rip).address == "127.0.0.1", "beside a stand-in"


@pytest.mark.parametrize(("rip", "words"), [("", "没有填写"), ("192.168.1.9", "不是公网地址"), ("221.8.1.2", "")])
@pytest.mark.parametrize("form", ["short", "article"])
def test_the_real_platform_is_told_the_servers_own_address_or_nothing_is_sent(
    world: World, rip: str, words: str, form: str
) -> None:
    built = channel(world, base_url="https://api.weibo.com", rip=rip, form=form)
    causes = [found.cause for found in built.problems(short("wbrip")) if "公网 IP" in found.cause]
    assert (len(causes), words in "".join(causes)) == (1 if words else 0, True)


def test_a_platform_that_wants_the_real_address_gets_it(world: World) -> None:
    strict = {"platform": "weibo", "uid": "7700000055", "access_token": "fake-token-strict", "name": "严格"}
    app = {"app_key": "1234500000", "app_secret": "fake-secret-weibo", "bound_domains": ["127.0.0.1"]}
    world.control("/accounts", {**strict, **app, "loopback_rip": False})
    told = channel(world, "fake-token-strict", "7700000055")
    assert told.publish(short("wbtold"), Notebook(world.now)).state == "accepted"
    untold = channel(world, "fake-token-strict", "7700000055", rip="")
    assert untold.publish(short("wbuntold"), Notebook(world.now)).raw_code == "10017"


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_clock_off_by_ten_minutes_doubles_nothing_even_where_links_are_shortened(minutes: int) -> None:
    begun = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    post = short("wbclock", words="降雪路滑")
    made = [("别的话", -40), ("降雪路滑 全文 https://t.cn/A6abc", 0)]
    statuses = [
        {"text": text, "created_at": f"Fri Nov 20 {(begun + timedelta(minutes=at)):%H:%M:%S} +0000 2026"}
        for text, at in made
    ]
    found = find(statuses, wanted(post), since=begun + timedelta(minutes=minutes))
    assert found.status is statuses[1]


def test_no_callback_of_weibo_is_believed(world: World) -> None:
    assert channel(world).event({"source": "1234500000", "uid": UID, "auth_end": "1"}, {}, b"") is None


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("body", [b"{}", b"[]", b'"ok"', b"null", b"{"])
def test_an_answer_of_another_shape_says_nothing_about_what_a_call_did(body: bytes, status: int) -> None:
    class Odd(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Silence."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Odd) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        credentials = WeiboCredentials(app_key="1", app_secret=SecretStr("s"), access_token=SecretStr("t"), uid="7")
        http = HttpClient(now=lambda: datetime.now(UTC), inside=True)
        api = WeiboApi(f"http://127.0.0.1:{server.server_port}", credentials, http)
        with pytest.raises(OutcomeUnknown):
            api.act("/2/statuses/share.json", {"status": "x"})
        with pytest.raises(OutcomeUnknown):
            api.publish_article({"title": "x"})
        server.shutdown()
