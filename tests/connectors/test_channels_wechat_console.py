"""What an editor does with our draft on the platform's own site, against the stand-in: never "withdrawn", never doubled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from channel_parts import Died, Notebook, World, a_world, article
from wechat_parts import Fresh, fresh

from connectors.base import ErrorClass, Outcome
from connectors.channels.wechat import WeChat

SENDALL = "message/mass/sendall"


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    with a_world() as world:
        yield world


@pytest.fixture
def account(shared: World) -> Iterator[Fresh]:
    shared.faults()
    yield fresh(shared)
    shared.faults()


def publishes(built: WeChat, journal: Notebook) -> None:
    """发表 in the console."""
    built._api.act("/cgi-bin/freepublish/submit", {"media_id": journal.known["draft_media_id"]})


def mass_sends(built: WeChat, journal: Notebook) -> None:
    """群发 in the console: with a key of the platform's own, and in none of the lists."""
    material = {"media_id": journal.known["draft_media_id"]}
    body: dict[str, Any] = {"filter": {"is_to_all": True}, "msgtype": "mpnews", "mpnews": material}
    built._api.act(f"/cgi-bin/{SENDALL}", body | {"send_ignore_reprint": 0, "clientmsgid": "console"})


def waiting(account: Fresh, marker: str, mode: str) -> tuple[WeChat, Notebook]:
    """A draft in the box that was not sent yet."""
    built = account.channel(mode=mode)
    if mode == "draft_only":
        journal = account.notebook()
        built.publish(article(marker), journal)
        return built, journal
    journal = account.notebook(dies_at="mass_send" if mode == "mass_send" else "submit")
    with pytest.raises(Died):
        built.publish(article(marker), journal)
    journal.dies_at, journal._open = "", {}
    return built, journal


def asked(outcome: Outcome) -> str:
    assert (outcome.state, outcome.refusal and outcome.refusal.kind) == ("pending_user", ErrorClass.NEEDS_HUMAN)
    assert outcome.refusal is not None
    return outcome.refusal.cause + outcome.refusal.remedy


@pytest.mark.parametrize("mode", ["draft_only", "mass_send", "direct"])
def test_a_draft_that_was_mass_sent_in_the_console_is_never_called_withdrawn(account: Fresh, mode: str) -> None:
    built, journal = waiting(account, f"wxconsole{mode[:4]}", mode)
    mass_sends(built, journal)
    account.world.advance(60)
    assert "群发" in asked(built.withdraw(journal.known, journal))
    assert "登记链接" in asked(built.discard(journal.known, journal))
    assert len(account.public()) == 1


@pytest.mark.parametrize("mode", ["draft_only", "mass_send", "direct"])
def test_a_draft_that_was_published_in_the_console_is_taken_down(account: Fresh, mode: str) -> None:
    built, journal = waiting(account, f"wxpressed{mode[:4]}", mode)
    publishes(built, journal)
    account.world.advance(60)
    assert built.discard(journal.known, journal).state == "done", "what is out there is not given up"
    assert len(account.public()) == 1
    assert built.withdraw(journal.known, journal).state == "absent"
    assert account.public() == []


@pytest.mark.parametrize("mode", ["draft_only", "mass_send", "direct"])
def test_a_draft_that_we_deleted_ourselves_needs_nobody_also_when_it_is_asked_again(account: Fresh, mode: str) -> None:
    built, journal = waiting(account, f"wxown{mode[:4]}", mode)
    account.fault("reset_after_effect", "draft/delete")
    assert built.withdraw(journal.known, journal).state == "unknown"
    assert built.withdraw(journal.known, journal).state == "absent"
    again, other = waiting(account, f"wxtwice{mode[:4]}", mode)
    for _ in range(2):
        assert again.withdraw(other.known, other).state == "absent"
        assert again.discard(other.known, other).state == "absent"
    assert other.calls.count("draft_delete") == 1
    assert account.ever_public() == []


def test_what_an_account_without_rights_published_in_the_console_is_not_given_up_without_a_word(account: Fresh) -> None:
    built, journal = waiting(account, "wxweakpressed", "draft_only")
    publishes(built, journal)
    account.world.advance(60)
    weak = {"platform": "wechat", "appid": account.appid, "secret": f"fake-secret-{account.appid}", "name": "个人号"}
    account.world.control("/accounts", weak | {"verified": False})
    said = asked(built.discard(journal.known, journal))
    assert "草稿已不在草稿箱里" in said
    assert "登记链接" in said
    assert "先删除" in asked(built.withdraw(journal.known, journal))
    assert len(account.public()) == 1


def test_a_mass_send_that_waits_while_an_editor_presses_publish_goes_out_once(account: Fresh) -> None:
    built, journal = account.channel(mode="mass_send"), account.notebook()
    account.fault("error", SENDALL, code=45028)
    assert built.publish(article("wxmidnight"), journal).state == "failed"
    publishes(built, journal)
    account.world.advance(60)
    taken = built.publish(article("wxmidnight"), journal)
    assert (taken.state, bool(taken.external_ids["article_id"])) == ("accepted", True)
    live = built.poll(taken.external_ids)
    assert (live.state, live.public_url) == ("done", account.public()[0]["url"])
    assert built.withdraw(live.external_ids, journal).state == "absent"
    assert [row["kind"] for row in account.ever_public()] == ["freepublish"]
    assert account.public() == []


def test_a_list_that_cannot_be_asked_leaves_a_mass_send_with_a_lost_draft_open(account: Fresh) -> None:
    built, journal = waiting(account, "wxnolist", "mass_send")
    publishes(built, journal)
    account.world.advance(60)
    account.fault("http_500_before", "freepublish/batchget", times=5)
    assert (found := built.publish(article("wxnolist"), journal)).state == "unknown"
    assert found.not_asked
    account.world.faults()
    assert built.publish(article("wxnolist"), journal).state == "accepted"
    assert len(account.ever_public()) == 1


def test_a_person_who_sends_again_what_was_published_in_the_console_doubles_nothing(account: Fresh) -> None:
    built, journal = waiting(account, "wxagain", "mass_send")
    built._api.act("/cgi-bin/draft/delete", {"media_id": journal.known["draft_media_id"]})
    gone = built.publish(article("wxagain"), journal)
    assert gone.refusal is not None
    assert "已群发或已发表就登记链接" in gone.refusal.remedy
    journal.settle(gone.external_ids)
    assert built.poll(journal.known).state == "pending_user", "the look before it is sent again"
    # the editor's own copy of the draft, with our link in it
    copy, published = account.channel(mode="draft_only"), account.notebook()
    copy.publish(article("wxagain"), published)
    publishes(copy, published)
    account.world.advance(60)
    assert built.poll(journal.known).state == "done"
    assert built.publish(article("wxagain"), journal).state == "accepted"
    assert journal.calls.count("draft_add") == 1
    assert len(account.ever_public()) == 1


def test_what_was_published_in_the_console_and_deleted_there_may_be_sent_again(account: Fresh) -> None:
    built, journal = waiting(account, "wxdeleted", "mass_send")
    publishes(built, journal)
    account.world.advance(60)
    account.world.control("/remove", {"ledger_id": account.public()[0]["id"]})
    gone = built.publish(article("wxdeleted"), journal)
    assert (gone.state, gone.refusal and gone.refusal.kind) == ("failed", ErrorClass.NEEDS_HUMAN)
    journal.settle(gone.external_ids)
    assert built.publish(article("wxdeleted"), journal).state == "accepted", "a person said: send again"
    assert journal.calls.count("draft_add") == 2
