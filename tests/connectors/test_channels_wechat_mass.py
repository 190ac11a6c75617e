"""Mass sending by the WeChat channel against its stand-in, over real HTTP: sent once, known again, read back, taken back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from channel_parts import Died, Notebook, World, a_world, article
from wechat_parts import Fresh, fresh

from connectors.base import ErrorClass, Outcome
from connectors.channels.wechat import WeChat
from connectors.channels.wechat.codes import mass_failed
from connectors.channels.wechat.mass import client_key
from sandbox.clock import parse_moment

SENDALL = "message/mass/sendall"


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    with a_world(start_time=parse_moment("2026-11-10T09:00:00+08:00")) as world:
        yield world


@pytest.fixture
def world(shared: World) -> Iterator[World]:
    shared.faults()
    yield shared
    shared.faults()


@pytest.fixture
def account(world: World) -> Fresh:
    return fresh(world)


def sending(account: Fresh, **settings: Any) -> WeChat:
    return account.channel(mode="mass_send", **settings)


def reason(outcome: Outcome) -> str:
    assert outcome.refusal is not None, outcome
    return outcome.refusal.cause + outcome.refusal.remedy


def kind(outcome: Outcome) -> ErrorClass:
    assert outcome.refusal is not None, outcome
    return outcome.refusal.kind


def sent(account: Fresh, marker: str, **settings: Any) -> tuple[WeChat, Notebook, dict[str, str]]:
    """Sent, heard of and read back."""
    built, journal = sending(account, **settings), account.notebook()
    with account.hearing(built) as heard:
        assert built.publish(article(marker), journal).state == "accepted"
        account.world.advance(30)
        (told,) = heard(1)
    known = {**journal.known, **told.external_ids}
    live = built.poll(known)
    assert live.state == "done", live
    return built, journal, live.external_ids


def test_a_mass_send_is_live_only_once_its_page_was_read(account: Fresh) -> None:
    built, journal = sending(account), account.notebook()
    with account.hearing(built) as heard:
        taken = built.publish(article("massgoes"), journal)
        assert taken.state == "accepted"
        assert taken.external_ids["msg_data_id"]
        assert built.poll(journal.known).state == "accepted", "the job runs"
        account.world.advance(30)
        (told,) = heard(1)
    assert told.key == f"{journal.known['msg_id']}+send success"
    assert built.poll(journal.known).state == "accepted", "sent, but nobody has seen the page yet"
    live = built.poll({**journal.known, **told.external_ids})
    assert live.state == "done"
    assert live.public_url == told.external_ids["mass_url"] == account.public()[0]["url"]
    assert journal.calls == ["uploadimg", "add_material", "draft_add", "mass_send"]
    assert [(row["kind"], row["title"]) for row in account.ever_public()] == [("mass", "暴雪天气出行,这几点要记牢")]


def test_without_its_call_back_the_platforms_word_and_the_empty_box_make_it_live(account: Fresh) -> None:
    built, journal = sending(account), account.notebook()
    built.publish(article("massquiet"), journal)
    account.world.advance(300)
    waiting = built.poll(journal.known)
    assert (waiting.state, waiting.retry_after) == ("accepted", 60.0), "the call-back may still come"
    account.world.advance(301)
    live = built.poll(journal.known)
    assert (live.state, live.public_url) == ("done", "")


def test_a_page_address_from_elsewhere_is_never_opened(account: Fresh) -> None:
    built, journal = sending(account), account.notebook()
    built.publish(article("massforeign"), journal)
    account.world.advance(700)
    with a_page("massforeign") as (elsewhere, asked):
        for address in (elsewhere, f"{elsewhere}@mp.weixin.qq.com:1", "http://[broken", "file:///etc/passwd"):
            live = built.poll({**journal.known, "mass_url": address})
            assert (live.state, live.public_url) == ("done", "")
    assert asked == []


@contextmanager
def a_page(words: str) -> Iterator[tuple[str, list[str]]]:
    """A page on another port of this machine, and who asked for it."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(words.encode())

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("fault", ["reset_after_effect", "http_500_after", "wrong_json"])
def test_a_lost_answer_is_recognised_by_asking_again_with_the_same_key(account: Fresh, fault: str) -> None:
    marker = f"mass{fault.replace('_', '')}"
    built, journal = sending(account), account.notebook()
    account.fault(fault, SENDALL)
    assert built.publish(article(marker), journal).state == "unknown"
    early = built.look_up(article(marker), journal)
    assert early.state == "unknown", "a repetition within a minute tells no number"
    assert early.retry_after is not None
    account.world.advance(early.retry_after + 1)
    journal.settle(_absent(built, marker, journal))
    again = built.publish(article(marker), journal)
    assert again.state == "accepted"
    assert again.external_ids["msg_id"]
    assert journal.calls.count("draft_add") == 1
    account.world.advance(700)
    assert built.poll(journal.known).state == "done"
    assert len(account.ever_public()) == 1


def test_a_send_known_again_by_its_key_is_measured_by_its_title_of_that_day(account: Fresh) -> None:
    built, journal = sending(account), account.notebook()
    account.fault("reset_after_effect", SENDALL)
    built.publish(article("masstitle", title="只此一篇"), journal)
    account.world.advance(70)
    journal.settle(_absent(built, "masstitle", journal))
    built.publish(article("masstitle", title="只此一篇"), journal)
    assert "msg_data_id" not in journal.known, "the answer that held it is the one that was lost"
    day = (account.world.now() + timedelta(hours=8)).date()
    account.world.advance(2 * 86_400)
    known = {**built.poll(journal.known).external_ids, "published_on": day.isoformat()}
    next_day = day + timedelta(days=1)
    (figures,) = built.post_figures({"41": known}, next_day)
    assert figures.reads is not None
    assert figures.reads > 0
    assert built.post_figures({"42": {**known, "draft_title": "另一篇"}}, next_day) == []


def test_busy_after_which_it_was_sent_all_the_same_is_one_send(account: Fresh) -> None:
    built, journal = sending(account), account.notebook()
    account.fault("wrong_json", SENDALL, body='{"errcode": -1, "errmsg": "system error"}')
    assert built.publish(article("massbusy"), journal).state == "unknown"
    account.world.advance(70)
    journal.settle(_absent(built, "massbusy", journal))
    assert built.publish(article("massbusy"), journal).state == "accepted"
    account.world.advance(700)
    assert len(account.ever_public()) == 1


def _absent(built: WeChat, marker: str, journal: Notebook) -> dict[str, str]:
    found = built.look_up(article(marker), journal)
    assert found.state == "absent"
    return found.external_ids


@pytest.mark.parametrize("fault", ["reset_before_effect", "http_500_before"])
def test_a_lost_call_without_effect_is_sent_by_the_repetition(account: Fresh, fault: str) -> None:
    marker = f"massno{fault.replace('_', '')}"
    built, journal = sending(account), account.notebook()
    account.fault(fault, SENDALL)
    assert built.publish(article(marker), journal).state == "unknown"
    account.world.advance(70)
    journal.settle(_absent(built, marker, journal))
    assert built.publish(article(marker), journal).state == "accepted"
    account.world.advance(30)
    assert len(account.ever_public()) == 1


def test_a_repetition_that_is_lost_too_keeps_the_time_of_the_first_try(account: Fresh) -> None:
    built, journal = sending(account), account.notebook()
    account.fault("reset_after_effect", SENDALL, times=2)
    built.publish(article("masstwice"), journal)
    first = account.world.now()
    account.world.advance(70)
    journal.settle(_absent(built, "masstwice", journal))
    assert built.publish(article("masstwice"), journal).state == "unknown"
    account.world.advance(70)
    asked = _absent(built, "masstwice", journal)["mass_asked_at"]
    assert abs(datetime.fromisoformat(asked) - first) < timedelta(seconds=10)
    journal.settle({"mass_asked_at": asked})
    assert built.publish(article("masstwice"), journal).state == "accepted"
    account.world.advance(30)
    assert len(account.ever_public()) == 1


def test_asked_again_too_fast_is_looked_at_later_and_not_taken_for_a_failure(account: Fresh) -> None:
    built, journal = sending(account), account.notebook()
    account.fault("error", SENDALL, code=45066)
    fast = built.publish(article("massfast"), journal)
    assert fast.state == "unknown"
    account.world.advance(70)
    journal.settle(_absent(built, "massfast", journal))
    assert built.publish(article("massfast"), journal).state == "accepted"


def test_after_the_keys_life_only_a_person_may_send_again(account: Fresh) -> None:
    built, journal = sending(account), account.notebook()
    account.fault("reset_before_effect", SENDALL)
    built.publish(article("massold"), journal)
    account.world.advance(23 * 3600 + 1)
    old = built.look_up(article("massold"), journal)
    assert (old.state, kind(old)) == ("unknown", ErrorClass.NEEDS_HUMAN)


def test_a_repetition_that_waited_until_the_key_was_forgotten_is_for_a_person(account: Fresh) -> None:
    """The look said that it may be repeated; then the account stood still for a day."""
    account.fault("reset_after_effect", "message/mass/sendall")
    built, journal = sending(account), account.notebook()
    assert built.publish(article("masslate"), journal).state == "unknown"
    account.world.advance(70)
    journal.settle(_absent(built, "masslate", journal))
    account.world.advance(23 * 3600)
    late = built.publish(article("masslate"), journal)
    assert (kind(late), late.external_ids) == (ErrorClass.NEEDS_HUMAN, {"mass_asked_at": ""})
    assert "登记链接" in reason(late)
    assert account.calls().count("message/mass/sendall") == 1

    journal.settle(late.external_ids)  # a person looked and says: once more
    built.publish(article("masslate"), journal)
    assert account.calls().count("message/mass/sendall") == 2


def test_a_process_that_died_before_the_call_sends_with_the_same_key(account: Fresh) -> None:
    built, journal = sending(account), account.notebook(dies_at="mass_send")
    with pytest.raises(Died):
        built.publish(article("massdied"), journal)
    journal.dies_at = ""
    account.world.advance(70)
    journal.settle(_absent(built, "massdied", journal))
    assert built.publish(article("massdied"), journal).state == "accepted"
    account.world.advance(30)
    assert len(account.ever_public()) == 1


def test_the_key_is_one_for_all_tries_of_a_draft_and_short_plain_letters() -> None:
    key = client_key("massmarker", "draft1")
    assert key == client_key("massmarker", "draft1") != client_key("massmarker", "draft2")
    assert key.isascii()
    assert len(key) == 32


def test_a_second_send_on_one_day_waits_for_midnight_in_beijing(account: Fresh) -> None:
    account.world.past_midnight()
    built, _, _ = sent(account, "massfirst")
    second = built.publish(article("masssecond"), account.notebook())
    assert (second.state, second.raw_code, kind(second)) == ("failed", "45028", ErrorClass.QUOTA)
    local = account.world.now() + timedelta(hours=8)
    to_midnight = timedelta(days=1) - timedelta(hours=local.hour, minutes=local.minute, seconds=local.second)
    assert second.retry_after is not None
    assert abs(second.retry_after - to_midnight.total_seconds() - 60) < 10
    assert len(account.public()) == 1


def test_a_service_account_out_of_its_four_a_month_asks_a_person(world: World) -> None:
    service = fresh(world, kind="service")
    built = sending(service, kind="service")
    for number in range(4):
        assert built.publish(article(f"massservice{number}"), service.notebook()).state == "accepted"
    fifth = built.publish(article("massservice5"), service.notebook())
    assert kind(fifth) is ErrorClass.NEEDS_HUMAN
    assert "本月的 4 次" in reason(fifth)


def test_no_quota_left_after_a_lost_send_is_for_a_person(account: Fresh) -> None:
    built, journal = sending(account), account.notebook()
    account.fault("reset_before_effect", SENDALL)
    built.publish(article("masslostquota"), journal)
    account.world.advance(70)
    journal.settle(_absent(built, "masslostquota", journal))
    account.fault("error", SENDALL, code=45028)
    doubtful = built.publish(article("masslostquota"), journal)
    assert (kind(doubtful), doubtful.external_ids) == (ErrorClass.NEEDS_HUMAN, {"mass_asked_at": ""})

    assert journal.known.get("mass_asked_at")
    journal.settle({"mass_asked_at": ""})
    changed = account.channel()
    assert changed.publish(article("masslostquota"), journal).state == "accepted", "a person changed the way"
    assert journal.calls.count("draft_add") == 1


def test_where_none_is_left_an_account_may_publish_without_telling_its_followers(account: Fresh) -> None:
    sent(account, "massonly")
    urgent, journal = sending(account, when_none_left="publish"), account.notebook()
    assert urgent.publish(article("massurgent"), journal).state == "accepted"
    account.world.advance(30)
    live = urgent.poll(journal.known)
    assert live.state == "done"
    assert [row["kind"] for row in account.ever_public()] == ["mass", "freepublish"]
    assert urgent.withdraw(live.external_ids, journal).state == "absent"
    assert len(account.public()) == 1


@pytest.mark.parametrize("first", ["mass_send", "direct"])
def test_a_changed_mode_changes_nothing_for_what_went_out_before(account: Fresh, first: str) -> None:
    before = account.channel(mode=first)
    after = account.channel(mode="direct" if first == "mass_send" else "mass_send")
    journal = account.notebook()
    path = SENDALL if first == "mass_send" else "freepublish/submit"
    account.fault("reset_after_effect", path)
    assert before.publish(article("masschanged"), journal).state == "unknown"
    account.world.advance(70)
    found = after.look_up(article("masschanged"), journal)
    if first == "mass_send":
        journal.settle(found.external_ids)
        assert after.publish(article("masschanged"), journal).state == "accepted"
        account.world.advance(700)
        found = after.poll(journal.known)
    assert found.state == "done"
    assert len(account.ever_public()) == 1
    known = {**journal.known, **found.external_ids}
    assert after.poll(known).state == "done"
    assert after.withdraw(known, journal).state == "absent"
    assert account.public() == [], "withdrawn is what is gone"


def test_a_draft_that_somebody_deleted_asks_a_person(account: Fresh) -> None:
    built, journal = sending(account), account.notebook(dies_at="mass_send")
    with pytest.raises(Died):
        built.publish(article("massdeleted"), journal)
    journal.dies_at, journal._open = "", {}
    built._api.act("/cgi-bin/draft/delete", {"media_id": journal.known["draft_media_id"]})
    gone = built.publish(article("massdeleted"), journal)
    assert (gone.state, kind(gone)) == ("failed", ErrorClass.NEEDS_HUMAN)
    journal.settle(gone.external_ids)
    assert built.publish(article("massdeleted"), journal).state == "accepted", "a person said: send again"
    assert journal.calls.count("draft_add") == 2


@pytest.mark.parametrize(
    ("status", "expected", "words"),
    [
        ("err(20001)", ErrorClass.CONTENT_REJECTED, "政治"),
        ("err(30003)", ErrorClass.CONTENT_REJECTED, "转载"),
        ("err(40001)", ErrorClass.NEEDS_HUMAN, "管理员拒绝"),
        ("err(40002)", ErrorClass.NEEDS_HUMAN, "30 分钟"),
        ("send fail", ErrorClass.PERMANENT, "没有说明原因"),
    ],
)
def test_a_send_that_failed_says_why_as_its_call_back_told(
    account: Fresh, status: str, expected: ErrorClass, words: str
) -> None:
    built, journal = sending(account), account.notebook()
    account.fault("mass_status", SENDALL, value=status)
    with account.hearing(built) as heard:
        built.publish(article("massfails"), journal)
        account.world.advance(30)
        (told,) = heard(1)
    ended = built.poll({**journal.known, **told.external_ids})
    assert (ended.state, ended.raw_code, kind(ended)) == ("failed", status, expected)
    assert words in reason(ended)
    assert account.ever_public() == []


def test_every_reason_of_a_failed_send_has_cause_and_remedy_and_unknown_ones_a_class() -> None:
    judged = (10001, 20001, 20002, 20004, 20006, 20008, 20013, 21000, 22000, 30001, 30002, 30003, 40001, 40002)
    for number in judged:
        refusal = mass_failed(f"err({number})")
        assert refusal.kind in (ErrorClass.CONTENT_REJECTED, ErrorClass.NEEDS_HUMAN)
        assert refusal.remedy.startswith("请")
    assert mass_failed("err(20099)").kind is ErrorClass.CONTENT_REJECTED
    assert "20099" in mass_failed("err(20099)").cause
    assert mass_failed("err(99999)").kind is ErrorClass.PERMANENT


def test_a_failure_without_a_call_back_waits_a_minute_for_its_reason(account: Fresh) -> None:
    built, journal = sending(account), account.notebook()
    account.fault("mass_status", SENDALL, value="err(20001)")
    built.publish(article("massunsaid"), journal)
    account.world.advance(30)
    waiting = built.poll(journal.known)
    assert (waiting.state, waiting.retry_after) == ("accepted", 60.0)
    assert built.poll(waiting.external_ids).state == "failed"


def test_a_call_back_kept_for_another_number_is_not_used(account: Fresh) -> None:
    built, journal = sending(account), account.notebook()
    built.publish(article("massnumber"), journal)
    account.world.advance(700)
    url = account.public()[0]["url"]
    told = {**journal.known, "mass_url": url, "mass_status": "send success"}
    assert built.poll({**told, "told_msg_id": journal.known["msg_id"]}).public_url == url
    assert built.poll({**told, "told_msg_id": "1"}).public_url == ""


def test_a_call_back_that_the_platform_contradicts_changes_nothing(account: Fresh) -> None:
    built, journal = sending(account), account.notebook()
    built.publish(article("masscontra"), journal)
    told = {**journal.known, "mass_status": "err(20001)"}
    assert built.poll(told).state == "accepted"
    account.world.advance(700)
    assert built.poll(told).state == "done"


def test_withdrawing_takes_the_page_down_once_and_proves_it(account: Fresh) -> None:
    built, journal, ids = sent(account, "masswithdraw")
    assert built.withdraw(ids, journal).state == "absent"
    assert account.public() == []
    assert built.withdraw(ids, journal).state == "absent"
    assert journal.calls.count("delete") == 1, "ten deletions a day: what is gone is not deleted again"
    looked = built.look_up(article("masswithdraw"), journal)
    assert (looked.state, kind(looked)) == ("unknown", ErrorClass.NEEDS_HUMAN), "never sent anew by itself"


def test_a_lost_deletion_is_looked_at_before_it_is_repeated(account: Fresh) -> None:
    built, journal, ids = sent(account, "masslostdelete")
    account.fault("reset_after_effect", "message/mass/delete")
    assert built.withdraw(ids, journal).state == "unknown"
    assert built.withdraw(ids, journal).state == "absent"
    assert journal.calls.count("delete") == 1


def test_withdrawing_while_it_is_being_sent_says_when_to_come_back(account: Fresh) -> None:
    built, journal = sending(account), account.notebook()
    built.publish(article("massearly"), journal)
    early = built.withdraw(dict(journal.known), journal)
    assert (early.state, kind(early)) == ("failed", ErrorClass.RETRYABLE)
    account.world.advance(30)
    assert built.withdraw(dict(journal.known), journal).state == "absent"
    assert account.public() == []


def test_withdrawing_what_failed_or_was_never_sent_empties_the_box(account: Fresh) -> None:
    built, journal = sending(account), account.notebook()
    account.fault("mass_status", SENDALL, value="err(20001)")
    built.publish(article("massfailed"), journal)
    account.world.advance(30)
    assert built.withdraw(dict(journal.known), journal).state == "absent"
    unsent = account.notebook(dies_at="mass_send")
    with pytest.raises(Died):
        built.publish(article("massunsent"), unsent)
    assert built.withdraw(dict(unsent.known), account.notebook()).state == "absent"
    assert built._api.ask("/cgi-bin/draft/count") == {"total_count": 0}


def test_a_mass_send_without_an_answer_is_never_taken_for_withdrawn(account: Fresh) -> None:
    built, journal = sending(account), account.notebook()
    account.fault("reset_after_effect", SENDALL)
    assert built.publish(article("masslostback"), journal).state == "unknown"
    account.world.advance(120)
    for known in (dict(journal.known), journal.known | built.look_up(article("masslostback"), journal).external_ids):
        back = built.withdraw(known, journal)
        assert back.state == built.discard(known, journal).state == "pending_user"
        assert back.refusal is not None
        assert "登记为已撤回" in back.refusal.remedy
        journal.settle({})
    assert len(account.public()) == 1


def test_what_the_platform_took_down_is_seen_on_its_page(account: Fresh) -> None:
    built, _, ids = sent(account, "massbanned")
    account.world.control("/remove", {"ledger_id": account.public()[0]["id"]})
    assert built.poll(ids).state == "absent"


def test_an_account_may_send_to_a_tag_and_says_that_followers_are_told(account: Fresh) -> None:
    built = sending(account, mass_tag=2, send_reprints=True)
    assert built.publish(article("masstag"), account.notebook()).state == "accepted"
    assert built.capabilities.mode == "direct"
    assert built.capabilities.notifies
    assert not account.channel().capabilities.notifies


def test_the_check_tells_accounts_without_the_right_to_mass_send(world: World, account: Fresh) -> None:
    assert sending(account).check().state == "done"
    weak = sending(fresh(world, verified=False)).check()
    assert (weak.state, weak.raw_code) == ("failed", "48001")
