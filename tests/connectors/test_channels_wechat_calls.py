"""How much one publication asks of WeChat: the calls that its protocol needs and none more, counted by the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from channel_parts import Shelf, World, a_world, article, picture, post_picture
from wechat_parts import Fresh, fresh

from connectors.base import Post
from connectors.channels.wechat import WeChat

DRAFT = ["stable_token", "media/uploadimg", "material/add_material", "draft/add"]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_world() as world:
        yield world


@pytest.fixture
def account(world: World) -> Fresh:
    return fresh(world)


def published(account: Fresh, post: Post, **settings: Any) -> tuple[WeChat, dict[str, str], Any]:
    """Accepted, ended, heard of by its call-back, and live."""
    built, journal = account.channel(**settings), account.notebook()
    with account.hearing(built) as heard:
        assert built.publish(post, journal).state == "accepted"
        account.world.advance(30)
        (told,) = heard(1)
    live = built.poll({**journal.known, **told.external_ids})
    assert live.state == "done"
    return built, live.external_ids, journal


def test_an_article_needs_five_calls_and_one_to_be_read_back(account: Fresh) -> None:
    published(account, article("wxcount"))
    assert account.calls() == [*DRAFT, "freepublish/submit", "freepublish/getarticle"]


def test_without_its_call_back_one_question_more_tells_its_number(account: Fresh) -> None:
    built, journal = account.channel(), account.notebook()
    built.publish(article("wxquiet"), journal)
    account.world.advance(30)
    assert built.poll(journal.known).state == "done"
    assert account.calls() == [*DRAFT, "freepublish/submit", "freepublish/get", "freepublish/getarticle"]


def test_a_call_back_that_names_another_article_is_not_believed(account: Fresh) -> None:
    _, ids, _ = published(account, article("wxother"))
    built, journal = account.channel(), account.notebook()
    built.publish(article("wxmine"), journal)
    told = {**journal.known, "told_article_id": ids["article_id"]}
    assert built.poll(told).state == "accepted", "the job runs"
    assert built.poll({**told, "told_article_id": "nobodys"}).state == "accepted"
    account.world.advance(30)
    live = built.poll(told)
    assert live.state == "done"
    assert live.external_ids["article_id"] != ids["article_id"]


def test_a_mass_send_needs_five_calls_and_one_beside_its_own_page(account: Fresh) -> None:
    published(account, article("wxmasscount"), mode="mass_send")
    assert account.calls() == [*DRAFT, "message/mass/sendall", "message/mass/get"]


def test_a_picture_post_needs_one_call_for_each_picture(account: Fresh) -> None:
    few = tuple(post_picture(f"p{n}", picture("PNG", (40 + n, 30))) for n in range(3))
    post = article("wxpiccount", html="", text="三张照片", pictures=few, cover=None)
    published(account, post, article_type="newspic")
    uploads = ["material/add_material"] * 3
    assert account.calls() == ["stable_token", *uploads, "draft/add", "freepublish/submit", "freepublish/getarticle"]


def test_a_draft_for_a_person_needs_four_calls(account: Fresh) -> None:
    assert account.channel(mode="draft_only").publish(article("wxhand"), account.notebook()).state == "pending_user"
    assert account.calls() == DRAFT


def test_a_token_serves_all_publications_of_its_two_hours(account: Fresh) -> None:
    shelf = Shelf()
    for marker in ("wxtoken1", "wxtoken2", "wxtoken3"):
        assert account.channel(shelf).publish(article(marker), account.notebook()).state == "accepted"
    assert account.calls() == [*DRAFT, "freepublish/submit", *[*DRAFT[1:], "freepublish/submit"] * 2]


def test_a_picture_that_stands_in_the_text_twice_is_uploaded_once(account: Fresh) -> None:
    twice = '<p>雪</p><img src="media:snow"><p>后</p><img src="media:snow">'
    account.channel().publish(article("wxtwice", html=twice), account.notebook())
    assert account.calls().count("media/uploadimg") == 1


def test_what_was_taken_is_not_asked_for_again(account: Fresh) -> None:
    built, journal = account.channel(), account.notebook()
    built.publish(article("wxtaken"), journal)
    before = account.calls()
    assert built.publish(article("wxtaken"), journal).state == "accepted"
    assert account.calls() == before


@pytest.mark.parametrize(
    ("mode", "calls"),
    [
        ("direct", ["freepublish/getarticle", "freepublish/delete", "freepublish/getarticle"]),
        ("mass_send", ["message/mass/get", "message/mass/delete"]),
    ],
)
def test_taking_down_is_looked_at_before_and_after(account: Fresh, mode: str, calls: list[str]) -> None:
    built, ids, journal = published(account, article("wxdowncount"), mode=mode)
    before = len(account.calls())
    assert built.withdraw(ids, journal).state == "absent"
    assert account.calls()[before:] == calls
