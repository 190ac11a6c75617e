"""What WeChat's documentation says in two ways, or not at all: each reading of ours, against the stand-in over real HTTP."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
from channel_parts import Shelf, World, a_world, article, picture, post_picture
from PIL import Image
from wechat_parts import Fresh, fresh

from connectors.base import ErrorClass, Outcome
from connectors.channels.codes import Refused
from connectors.channels.pictures import moves
from connectors.channels.wechat.html import article_html
from sandbox.clock import parse_moment


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    with a_world(start_time=parse_moment("2026-11-10T09:00:00+08:00")) as world:
        yield world


@pytest.fixture
def account(shared: World) -> Iterator[Fresh]:
    yield fresh(shared)
    shared.faults()


def kind(outcome: Outcome) -> ErrorClass:
    assert outcome.refusal is not None, outcome
    return outcome.refusal.kind


def body_of(characters: int, letter: str = "雪") -> str:
    """HTML that is exactly this long as sent."""
    overhead = len(article_html("<p></p>", {}))
    return f"<p>{letter * (characters - overhead)}</p>"


# ---------------------------------------------------------------- characters and sizes


def test_characters_of_all_planes_arrive_as_they_are(account: Fresh) -> None:
    title, words = "𠮷林雪後🌨️👨‍👩‍👧 é<&>\"'", "第二平面的字𠮷、表情🏂🏻与“引号”"
    built, journal = account.channel(), account.notebook()
    post = article("wxplanes", title=title, digest=words, html=f"<p>{words}</p>", pictures=())
    assert built.publish(post, journal).state == "accepted"
    account.world.advance(30)
    live = built.poll(journal.known)
    said = built._api.ask("/cgi-bin/freepublish/getarticle", {"article_id": live.external_ids["article_id"]})
    item = said["news_item"][0]
    assert (item["title"], item["digest"]) == (title, words)
    assert words in item["content"]


@pytest.mark.parametrize("letter", ["雪", "🌨", "𠮷"])
def test_the_longest_article_is_taken_and_one_character_more_is_found_before_sending(
    account: Fresh, letter: str
) -> None:
    built = account.channel(long_content=True)
    longest = article("wxlongest", html=body_of(19_999, letter), pictures=())
    over = article("wxover", html=body_of(20_000, letter), pictures=())
    assert built.publish(longest, account.notebook()).state == "accepted"
    assert "有 20000 个字符" in built.problems(over)[0].cause
    cover = built._api.ask("/cgi-bin/draft/batchget", {"offset": 0, "count": 1})["item"][0]
    thumb = cover["content"]["news_item"][0]["thumb_media_id"]
    fields = {"title": "长", "content": article_html(over.html, {}), "thumb_media_id": thumb}
    with pytest.raises(Refused) as refused:
        built._api.act("/cgi-bin/draft/add", {"articles": [fields]})
    assert refused.value.code == "45002", "the platform counts as we do"


def test_the_bytes_of_an_article_are_bounded_as_well(account: Fresh) -> None:
    built = account.channel(limits={"content": 2_000_000})
    found = built.problems(article("wxbytes", html=body_of(262_300, "🌨"), pictures=()))
    assert ["1 MB" in each.cause for each in found] == [True]
    assert built.problems(article("wxbytes", html=body_of(262_100, "🌨"), pictures=())) == []


# ---------------------------------------------------------------- what readers see otherwise than it was written


def film(frames: int, size: int = 60) -> bytes:
    shown = [Image.effect_noise((size, size), 90 + n).convert("P") for n in range(frames)]
    out = io.BytesIO()
    shown[0].save(out, "GIF", save_all=True, append_images=shown[1:])
    return out.getvalue()


def test_a_gif_that_moves_still_moves_where_readers_see_it(account: Fresh) -> None:
    gif = film(3)
    built, journal = account.channel(), account.notebook()
    post = article("wxmoves", pictures=(post_picture("snow", gif),))
    assert built.notes(post) == ["正文里有 1 处链接，公众号文章里只留下文字，点不开。"]
    assert built.publish(post, journal).state == "accepted"
    assert journal.calls == ["add_material", "add_material", "draft_add", "submit"]
    account.world.advance(30)
    page = requests.get(built.poll(journal.known).public_url, timeout=5).text
    name = journal.known["picture:snow"].split("/")[-2]
    (address,) = re.findall(rf'<img[^>]*src="([^"]*{name}[^"]*)"', page)
    assert moves(requests.get(urljoin(account.world.address, address), timeout=5).content)
    assert built.publish(article("wxmoves2", pictures=(post_picture("snow", picture("GIF")),)), journal)


def test_a_gif_that_is_too_large_to_move_is_told_before_it_is_sent(account: Fresh) -> None:
    gif = film(3)
    built = account.channel(limits={"cover_bytes": len(gif) - 1})
    post = article("wxstill", html='<p>雪</p><img src="media:snow">', pictures=(post_picture("snow", gif),))
    assert built.problems(post) == []
    assert ["只有第一帧" in words for words in built.notes(post)] == [True]
    assert built.notes(article("wxstill", html="<p>雪</p>", pictures=(post_picture("snow", picture()),))) == []


def test_links_and_code_keep_their_words_and_their_lines(account: Fresh) -> None:
    html = '<p>请看<a href="https://kepu.example/x">这里</a>。</p><pre><code>第一行\n  第二行 &lt;b&gt;\n\n\t第四行</code></pre>'
    built, journal = account.channel(), account.notebook()
    post = article("wxlines", html=html, pictures=())
    assert len(built.notes(post)) == 2
    made = article_html(html, {})
    words = re.sub(r"<br[^>]*>", "\n", made)
    assert "第一行\n&nbsp;&nbsp;第二行 &lt;b&gt;\n\n&nbsp;&nbsp;&nbsp;&nbsp;第四行" in re.sub(r"<[^>]+>", "", words)
    assert "这里" in made
    assert built.publish(post, journal).state == "accepted"


# ---------------------------------------------------------------- the sentence of 2 KB


def long_article(marker: str) -> Any:
    return article(marker, html=body_of(900), pictures=())


def test_more_than_2_kb_to_an_account_that_never_published_asks_a_person_before_anything_is_uploaded(
    account: Fresh,
) -> None:
    built, journal = account.channel(), account.notebook()
    assert len(article_html(body_of(900), {}).encode()) > 2048
    asked = built.publish(long_article("wxfirst"), journal)
    assert (asked.state, kind(asked)) == ("failed", ErrorClass.NEEDS_HUMAN)
    assert asked.refusal is not None
    assert "重新发送" in asked.refusal.remedy
    assert account.calls() == ["stable_token", "freepublish/batchget"]
    journal.settle(asked.external_ids)
    assert built.publish(long_article("wxfirst"), journal).state == "accepted", "a person said: send"


def test_once_something_was_published_nobody_is_asked_and_the_platform_is_asked_once(account: Fresh) -> None:
    shelf = Shelf()
    built, journal = account.channel(shelf), account.notebook()
    assert built.publish(article("wxshort"), journal).state == "accepted", "short articles pass"
    account.world.advance(30)
    for marker in ("wxlong1", "wxlong2"):
        assert account.channel(shelf).publish(long_article(marker), account.notebook()).state == "accepted"
    assert account.calls().count("freepublish/batchget") == 1


def test_a_long_article_that_a_person_sent_answers_the_question_for_good(account: Fresh) -> None:
    shelf = Shelf()
    built, journal = account.channel(shelf, mode="mass_send"), account.notebook()
    journal.settle(built.publish(long_article("wxmassfirst"), journal).external_ids)
    assert built.publish(long_article("wxmassfirst"), journal).state == "accepted"
    account.world.advance(700)
    assert built.poll(journal.known).state == "done"
    other = account.channel(shelf)
    assert other.publish(long_article("wxafter"), account.notebook()).state == "accepted", "no list shows mass sends"


def test_an_account_known_to_take_long_articles_is_not_asked_about_and_drafts_never_are(account: Fresh) -> None:
    assert account.channel(long_content=True).publish(long_article("wxknown"), account.notebook()).state == "accepted"
    drafting = account.channel(mode="draft_only")
    assert drafting.publish(long_article("wxdraft"), account.notebook()).state == "pending_user"
    assert "freepublish/batchget" not in account.calls()


def test_where_the_platform_does_mean_2_kb_its_refusal_is_shown(shared: World) -> None:
    strict = fresh(shared, content_bytes=2048)
    refused = strict.channel(long_content=True).publish(long_article("wxstrict"), strict.notebook())
    assert (refused.raw_code, kind(refused)) == ("45166", ErrorClass.VALIDATION)


# ---------------------------------------------------------------- 40007, 45009, 48006


def test_40007_means_a_draft_is_gone_only_where_a_draft_is_asked_for(account: Fresh) -> None:
    built, journal = account.channel(), account.notebook()
    account.fault("error", "freepublish/submit", code=45011)
    assert built.publish(article("wxgone"), journal).state == "failed"
    account.fault("error", "draft/get", code=40007)
    assert built.publish(article("wxgone"), journal).state == "unknown", "gone: it may be out, so it is looked up"
    account.fault("error", "freepublish/submit", code=40007)
    refused = built.publish(article("wxgone"), journal)
    assert (refused.state, kind(refused)) == ("failed", ErrorClass.VALIDATION)


def test_a_cover_deleted_in_the_library_is_uploaded_again_when_a_person_sends_again(account: Fresh) -> None:
    built, journal = account.channel(), account.notebook()
    account.fault("error", "draft/add", code=45011)
    assert built.publish(article("wxcover"), journal).state == "failed"
    built._api.act("/cgi-bin/material/del_material", {"media_id": journal.known["cover_media_id"]})
    refused = built.publish(article("wxcover"), journal)
    assert refused.raw_code == "40007"
    assert refused.external_ids == {"cover_media_id": ""}
    journal.settle(refused.external_ids)
    assert built.publish(article("wxcover"), journal).state == "accepted"
    assert journal.calls.count("add_material") == 2
    assert journal.calls.count("uploadimg") == 1, "pictures inside articles stand in no library"


@pytest.mark.parametrize("path", ["media/uploadimg", "draft/add", "freepublish/submit"])
def test_a_used_up_day_waits_for_midnight_in_beijing(account: Fresh, path: str) -> None:
    account.world.past_midnight()
    built, journal = account.channel(), account.notebook()
    account.fault("error", path, code=45009)
    full = built.publish(article("wxfull"), journal)
    assert (full.state, full.raw_code, kind(full)) == ("failed", "45009", ErrorClass.QUOTA)
    midnight = (account.world.now() + timedelta(hours=8)).replace(hour=0, minute=0, second=0, microsecond=0)
    next_ = midnight + timedelta(days=1) - timedelta(hours=8)
    assert full.retry_after is not None
    assert 0 <= account.world.now().timestamp() + full.retry_after - next_.timestamp() <= 65
    account.world.faults()
    assert built.publish(article("wxfull"), journal).state == "accepted"


def test_a_quota_that_ends_in_the_middle_goes_on_the_next_day_without_a_second_upload(shared: World) -> None:
    shared.past_midnight()
    small = fresh(shared, quotas={"draft/add": 1})
    built = small.channel()
    assert built.publish(article("wxone"), small.notebook()).state == "accepted"
    journal = small.notebook()
    stopped = built.publish(article("wxtwo"), journal)
    assert (kind(stopped), stopped.raw_code) == (ErrorClass.QUOTA, "45009")
    assert stopped.retry_after is not None
    small.world.advance(stopped.retry_after)
    assert built.publish(article("wxtwo"), journal).state == "accepted"
    assert (journal.calls.count("uploadimg"), journal.calls.count("draft_add")) == (1, 2)


def test_a_month_without_a_reset_is_for_a_person_and_has_no_date(account: Fresh) -> None:
    built = account.channel()
    account.fault("error", "draft/add", code=48006)
    gone = built.publish(article("wxmonth"), account.notebook())
    assert (kind(gone), gone.retry_after) == (ErrorClass.NEEDS_HUMAN, None)
    assert "clear_quota" not in " ".join(account.calls()), "resetting quotas is left to people"


# ---------------------------------------------------------------- tokens that end in the middle


@pytest.mark.parametrize("path", ["media/uploadimg", "material/add_material", "draft/add", "freepublish/submit"])
@pytest.mark.parametrize("way", ["expired", "killed"])
def test_a_token_that_ends_in_the_middle_is_renewed_once_and_the_call_repeated_once(
    account: Fresh, path: str, way: str
) -> None:
    built, journal, before = account.channel(), account.notebook(), len(account.world.calls(f"/cgi-bin/{path}"))
    if way == "expired":
        account.fault("expired_token", path)
    else:
        account.fault("error", path, code=40001)
    assert built.publish(article("wxmiddle"), journal).state == "accepted"
    assert len(account.world.calls(f"/cgi-bin/{path}")) - before == 2
    assert account.calls().count("stable_token") == 2
    account.world.advance(30)
    assert built.poll(journal.known).state == "done"
    assert len(account.ever_public()) == 1


def test_a_token_that_is_refused_twice_is_not_asked_for_a_third_time(account: Fresh) -> None:
    built, journal = account.channel(), account.notebook()
    account.fault("error", "draft/add", code=40001, times=5)
    stopped = built.publish(article("wxtwice"), journal)
    assert (stopped.state, kind(stopped)) == ("failed", ErrorClass.AUTH_REFRESH)
    assert account.calls().count("draft/add") == 2
    account.world.faults()
    assert built.publish(article("wxtwice"), journal).state == "accepted"


# ---------------------------------------------------------------- call-backs are told apart


def test_two_jobs_that_end_in_one_second_are_two_events_and_a_repeated_one_is_the_same(account: Fresh) -> None:
    built, first, second = account.channel(), account.notebook(), account.notebook()
    account.world.faults({"kind": "duplicate_event", "platform": "wechat", "event": "PUBLISHJOBFINISH", "times": 1})
    with account.hearing(built) as heard:
        built.publish(article("wxsecond1"), first)
        built.publish(article("wxsecond2"), second)
        account.world.advance(30)
        keys = [event.key for event in heard(3)]
    assert len(keys) == 3
    assert set(keys) == {f"{each.known['publish_id']}+0" for each in (first, second)}


def test_a_later_status_of_the_same_job_is_an_event_of_its_own(account: Fresh) -> None:
    built, journal = account.channel(), account.notebook()
    account.fault("publish_status", "freepublish/submit", value={"status": 6, "after_seconds": 10})
    with account.hearing(built) as heard:
        built.publish(article("wxbanned"), journal)
        account.world.advance(30)
        heard(1)
        account.world.advance(30)
        keys = {event.key for event in heard(2)}
    number = journal.known["publish_id"]
    assert keys == {f"{number}+0", f"{number}+6"}
    banned = built.poll(journal.known)
    assert (banned.state, banned.raw_code) == ("failed", "6")
