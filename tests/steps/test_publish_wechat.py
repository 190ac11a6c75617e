"""WeChat deliveries through the whole queue on a real store, against the stand-in over real HTTP."""

from __future__ import annotations

import io
import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from PIL import Image
from queue_parts import a_delivery, a_newsroom, an_account, receipt_of, the

from connectors.channels.wechat import WeChat
from content_store import accounts, people, queue, stories, tasks
from content_store.database import Store
from content_store.tables import Account, StoryVersion, TaskKind
from content_store.tables import DeliveryState as State
from sandbox.clock import parse_moment
from sandbox.serve import in_thread
from steps import by_hand
from steps.accounts import the_account
from steps.adapt import form_of
from steps.callbacks import receive_event
from steps.errors import Refused
from steps.follower_quota import Sends, over_quota, sends
from steps.newsroom import Newsroom
from steps.publish import poll_accepted, publish_due
from steps.stories import call_off_older, drop

NOW = datetime(2026, 11, 10, 1, 0, tzinfo=UTC)
APPID, TOKEN, AES_KEY = "wxsandboxjilin", "callbacktoken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SECRETS = {"appid": APPID, "appsecret": "fake-secret-wechat-jilin", "callback_token": TOKEN, "aes_key": AES_KEY}


class World:
    def __init__(self, address: str) -> None:
        self.address = address

    def control(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        kind = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.address}/_sandbox{path}", data=data, headers=kind)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.control("/clock")["timestamp"], UTC)

    def advance(self, seconds: float) -> None:
        self.control("/clock", {"advance_seconds": seconds})

    def calls(self) -> list[str]:
        return [row["path"] for row in self.control("/calls?platform=wechat")]

    def ledger(self) -> list[dict[str, Any]]:
        return list(self.control(f"/ledger?account={APPID}"))


@pytest.fixture
def world() -> Iterator[World]:
    settings = {"job_seconds": [1.0, 2.0], "push_seconds": 0.0, "retry_seconds": 0.1}
    with in_thread(seed=7, start_time=parse_moment("2026-11-10T09:00:00+08:00"), settings=settings) as address:
        yield World(address)


@pytest.fixture
def newsroom(sqlite_store: Store, tmp_path: Path, world: World) -> Newsroom:
    return a_newsroom(sqlite_store, tmp_path, world)  # type: ignore[arg-type]


def an_article(newsroom: Newsroom, world: World, marker: str, mode: str, words: str = "减速慢行。") -> int:
    settings = {"base_url": f"{world.address}/wechat"}
    account = an_account(newsroom, "jilin", "wechat", mode=mode, settings=settings)
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "green").save(picture, "PNG")
    now = newsroom.now()
    with newsroom.store.session() as session:
        accounts.keep_credentials(session, account, SECRETS, newsroom.vault, now=now)
        key = newsroom.media.keep_picture(session, picture.getvalue(), origin="test", now=now).sha256
    form = {"html": f"<p>{words}</p>", "digest": "先看路况。", "author": "科普", "text": "", "cover": key}
    return a_delivery(newsroom, account, marker, form=form | {"link": f"http://127.0.0.1/s/1?m={marker}"})


@contextmanager
def calling_back(newsroom: Newsroom, world: World) -> Iterator[list[str]]:
    """The platform's call-backs reach the newsroom; yields what it answered to each."""
    answers: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = dict(parse_qsl(urlsplit(self.path).query))
            body = self.rfile.read(int(self.headers["Content-Length"]))
            said = receive_event(newsroom, "jilin", query, dict(self.headers.items()), body, newsroom.now())
            self.send_response(200 if said is not None else 403)
            self.end_headers()
            self.wfile.write((said or "").encode())
            answers.append(said or "")

        def log_message(self, format: str, *args: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    callback = {"platform": "wechat", "key": APPID, "token": TOKEN, "aes_key": AES_KEY, "verify": False}
    world.control("/callbacks", callback | {"url": f"http://127.0.0.1:{server.server_port}/"})
    try:
        yield answers
    finally:
        server.shutdown()
        server.server_close()


def rounds(newsroom: Newsroom, world: World, delivery: int, *wanted: State) -> State:
    """Rounds until the delivery is in one of these states, or for five minutes of the platform's time."""
    for _ in range(60):
        publish_due(newsroom, newsroom.now(), worker="w")
        poll_accepted(newsroom, newsroom.now(), worker="w")
        state = State(the(newsroom, delivery).state)
        if state in wanted:
            return state
        world.advance(5)
    raise AssertionError(f"still {state}")


def heard(answers: list[str], count: int) -> None:
    end = time.monotonic() + 5
    while len(answers) < count:
        assert time.monotonic() < end, answers
        time.sleep(0.01)


def test_a_mass_send_whose_answer_was_lost_goes_out_once_and_gets_its_address_from_the_call_back(
    newsroom: Newsroom, world: World
) -> None:
    one = an_article(newsroom, world, "kpmasslost", "mass_send")
    lost = {"kind": "reset_after_effect", "platform": "wechat", "path": "/cgi-bin/message/mass/sendall", "times": 1}
    world.control("/faults", [lost])
    with calling_back(newsroom, world) as answers:
        assert rounds(newsroom, world, one, State.LIVE, State.NEEDS_PERSON, State.ACCEPTED) is State.ACCEPTED
        heard(answers, 1)
    assert rounds(newsroom, world, one, State.LIVE, State.NEEDS_PERSON) is State.LIVE
    assert answers == ["success"], "it came before anybody knew the number it speaks of, and is not repeated"
    assert receipt_of(newsroom, one).public_url == world.ledger()[0]["url"]
    assert [row["kind"] for row in world.ledger()] == ["mass"]


def test_the_row_with_a_lost_call_is_found_until_the_call_is_closed(store: Store, tmp_path: Path, world: World) -> None:
    room = a_newsroom(store, tmp_path, world)  # type: ignore[arg-type]
    account, now = an_account(room, "jilin", "wechat"), room.now()
    one, span = a_delivery(room, account, "kplostcall"), {"now": now, "until": now + timedelta(minutes=2)}
    with store.session() as session:
        queue.claim_this(session, one, owner="w", **span)
        call = {"owner": "w", "call": "mass_send", "fingerprint": "f", "marker": "kplostcall"}
        attempt = queue.begin_attempt(session, one, **call, **span)
        assert [row.id for row in queue.with_lost_call(session, account, "mass_send")] == [one]
        assert queue.with_lost_call(session, account, "submit") == []
        queue.close_attempt(session, attempt, outcome="done", now=now)
        assert queue.with_lost_call(session, account, "mass_send") == []


@pytest.mark.parametrize("mode", ["direct", "mass_send"])
def test_a_call_back_makes_it_live_at_its_own_address_and_withdrawing_takes_it_down(
    newsroom: Newsroom, world: World, mode: str
) -> None:
    one = an_article(newsroom, world, "kpcalledback", mode)
    with calling_back(newsroom, world) as answers:
        assert rounds(newsroom, world, one, State.ACCEPTED) is State.ACCEPTED
        world.advance(3)
        heard(answers, 1)
        poll_accepted(newsroom, newsroom.now(), worker="w")
    assert the(newsroom, one).state == State.LIVE, "the call-back makes the queue look at once"
    assert "/cgi-bin/freepublish/get" not in world.calls(), "asked a hundred times a day at most; the call-back told"
    assert receipt_of(newsroom, one).public_url == world.ledger()[0]["url"]
    by_hand.withdraw(newsroom, one, None, newsroom.now())
    assert rounds(newsroom, world, one, State.WITHDRAWN, State.NEEDS_PERSON) is State.WITHDRAWN
    assert world.ledger()[0]["removed_at"]


def test_what_the_platform_bans_later_is_seen_by_its_call_back_and_given_to_a_person(
    newsroom: Newsroom, world: World
) -> None:
    one = an_article(newsroom, world, "kpbanned", "direct")
    banned = {"path": "/cgi-bin/freepublish/submit", "value": {"status": 6, "after_seconds": 60}, "times": 1}
    world.control("/faults", [{"kind": "publish_status", **banned}])
    with calling_back(newsroom, world) as answers:
        rounds(newsroom, world, one, State.ACCEPTED)
        world.advance(3)
        heard(answers, 1)
        assert rounds(newsroom, world, one, State.LIVE) is State.LIVE
        world.advance(90)
        heard(answers, 2)
        poll_accepted(newsroom, newsroom.now(), worker="w")
    assert the(newsroom, one).state == State.NEEDS_PERSON
    assert world.ledger()[0]["removed_at"]


def test_a_mass_send_that_failed_shows_the_reason_of_its_call_back(newsroom: Newsroom, world: World) -> None:
    one = an_article(newsroom, world, "kpmassfails", "mass_send")
    failing = {"kind": "mass_status", "path": "/cgi-bin/message/mass/sendall", "value": "err(20013)", "times": 1}
    world.control("/faults", [failing])
    with calling_back(newsroom, world) as answers:
        rounds(newsroom, world, one, State.ACCEPTED)
        world.advance(3)
        heard(answers, 1)
    assert rounds(newsroom, world, one, State.FAILED, State.NEEDS_PERSON) is State.FAILED
    assert "版权" in the(newsroom, one).reason
    assert world.ledger() == []


@pytest.mark.parametrize("mode", ["direct", "mass_send"])
def test_a_first_long_article_waits_for_a_person_who_sends_it(newsroom: Newsroom, world: World, mode: str) -> None:
    one = an_article(newsroom, world, "kpfirstlong", mode, words="减速慢行。" * 300)
    assert rounds(newsroom, world, one, State.NEEDS_PERSON, State.ACCEPTED) is State.NEEDS_PERSON
    assert "2 KB" in the(newsroom, one).reason
    assert by_hand.resend(newsroom, one, None, newsroom.now()) is State.QUEUED
    assert rounds(newsroom, world, one, State.NEEDS_PERSON, State.ACCEPTED) is State.ACCEPTED
    world.advance(700)
    assert rounds(newsroom, world, one, State.LIVE) is State.LIVE
    assert len(world.ledger()) == 1


def test_a_cover_deleted_on_the_platform_is_uploaded_again_on_a_persons_word(newsroom: Newsroom, world: World) -> None:
    one = an_article(newsroom, world, "kpcovergone", "direct")
    world.control("/faults", [{"kind": "error", "path": "/cgi-bin/draft/add", "code": 40007, "times": 1}])
    assert rounds(newsroom, world, one, State.FAILED, State.LIVE) is State.FAILED
    assert by_hand.resend(newsroom, one, None, newsroom.now()) is State.QUEUED
    assert rounds(newsroom, world, one, State.LIVE, State.FAILED) is State.LIVE
    assert world.calls().count("/cgi-bin/material/add_material") == 2


def test_a_failed_mass_send_sent_again_by_a_person_is_a_new_send(newsroom: Newsroom, world: World) -> None:
    one = an_article(newsroom, world, "kpmassagain", "mass_send")
    unconfirmed = {"kind": "mass_status", "path": "/cgi-bin/message/mass/sendall", "value": "err(40002)", "times": 1}
    world.control("/faults", [unconfirmed])
    with calling_back(newsroom, world) as answers:
        rounds(newsroom, world, one, State.ACCEPTED)
        world.advance(3)
        heard(answers, 1)
        assert rounds(newsroom, world, one, State.NEEDS_PERSON, State.FAILED) is State.NEEDS_PERSON
        assert "30 分钟" in the(newsroom, one).reason
        world.control("/clock", {"advance_seconds": 86_400})
        assert by_hand.resend(newsroom, one, None, newsroom.now()) is State.QUEUED
        rounds(newsroom, world, one, State.ACCEPTED)
        world.advance(3)
        heard(answers, 2)
        assert rounds(newsroom, world, one, State.LIVE, State.NEEDS_PERSON) is State.LIVE
    assert len(world.ledger()) == 1


def a_picture_story(**changes: Any) -> dict[str, Any]:
    body = '<h2>雪后</h2><p>长春净月潭。</p><p><img src="media:aa11" alt=""></p><p><img src="media:bb22" alt=""></p>'
    values: dict[str, Any] = {"id": 5, "story_id": 3, "number": 2, "title": "雪后长春", "body_html": body}
    values |= {"source_line": "科普吉林", "cover_sha256": "cc33", "content_hash": "h"} | changes
    account = Account(id=1, key="a", platform="wechat", name="甲", settings={"article_type": "newspic"}, created_at=NOW)
    return form_of(StoryVersion(**values), account, marker="kp0123456789", site_url="http://127.0.0.1")


def test_a_story_becomes_a_picture_post_cover_first_with_its_words_in_short() -> None:
    made = a_picture_story()
    assert made["pictures"] == ["cc33", "aa11", "bb22"]
    assert made["text"] == "雪后 长春净月潭。\n来源：科普吉林"
    assert not made.keys() & {"html", "cover", "digest", "author"}
    assert a_picture_story(short_text="只此一句。")["text"] == "只此一句。\n来源：科普吉林"
    long = a_picture_story(body_html="<p>" + "长春下雪了。" * 300 + "</p>", ai_use="assist")["text"]
    assert len(long) <= 1000
    assert long.endswith("人工审核。")


@pytest.mark.parametrize(("kind", "most", "when"), [("subscription", 1, "同一天"), ("service", 4, "同一个月")])
def test_planning_more_than_the_followers_may_be_told_of_is_warned_of(
    newsroom: Newsroom, world: World, kind: str, most: int, when: str
) -> None:
    settings = {"base_url": f"{world.address}/wechat", "kind": kind}
    account = an_account(newsroom, "jilin", "wechat", mode="mass_send", settings=settings)
    now = newsroom.now()
    with newsroom.store.session() as session:
        accounts.keep_credentials(session, account, SECRETS, newsroom.vault, now=now)
        story = stories.add(session, fields={"title": "再来一篇", "body_html": "<p>文</p>"}, by=None, now=now).story_id
        row = session.get(Account, account)
    assert row is not None
    said = []
    for number in range(most + 1):
        said.append(over_quota(newsroom, row, story, now))
        a_delivery(newsroom, account, f"kpmany{number}", due=now + timedelta(hours=number + 1))
    assert said[:most] == [""] * most
    assert (
        said[most]
        == f"账号“jilin”{when}最多群发 {most} 篇，已有 {most} 篇，再排的要等次数恢复，或按账号设置不通知粉丝。"
    )
    assert over_quota(newsroom, row, story, now + timedelta(days=1 if kind == "subscription" else 31)) == ""


def test_what_was_mass_sent_stays_used_after_it_is_taken_back(newsroom: Newsroom, world: World) -> None:
    delivery = an_article(newsroom, world, "wxmassused", "mass_send")
    with newsroom.store.reading() as session:
        account = session.get_one(Account, the(newsroom, delivery).account_id)
    assert sends(newsroom, account, newsroom.now()) == Sends(0, 1, 1, "每天")
    rounds(newsroom, world, delivery, State.ACCEPTED)
    assert sends(newsroom, account, newsroom.now()) == Sends(1, 0, 1, "每天")
    world.advance(30)
    by_hand.withdraw(newsroom, delivery, None, newsroom.now())
    assert rounds(newsroom, world, delivery, State.WITHDRAWN) is State.WITHDRAWN
    now = newsroom.now()
    assert sends(newsroom, account, now) == Sends(1, 0, 1, "每天")
    assert "已有 1 篇" in over_quota(newsroom, account, 999, now)
    assert over_quota(newsroom, account, 999, now + timedelta(days=1)) == ""


def box(newsroom: Newsroom, delivery: int) -> bool:
    """Whether the draft is still in the account's box."""
    with newsroom.store.reading() as session:
        account = session.get_one(Account, the(newsroom, delivery).account_id)
        known = {a.call: a.external_ids for a in queue.attempts(session, delivery)}["draft_add"]
    channel = newsroom.channel(account)
    return bool(channel._drafts._lists.has_draft(known["draft_media_id"]))  # type: ignore[attr-defined]


def test_a_draft_that_was_given_up_leaves_the_box(newsroom: Newsroom, world: World) -> None:
    delivery = an_article(newsroom, world, "wxgiveup", "draft_only")
    rounds(newsroom, world, delivery, State.HANDED_OVER)
    assert box(newsroom, delivery)
    assert by_hand.give_up(newsroom, delivery, None, newsroom.now()) == State.WITHDRAWN
    assert not box(newsroom, delivery)
    with newsroom.store.reading() as session:
        assert [a.outcome for a in queue.attempts(session, delivery) if a.call == "draft_delete"] == ["done"]
    assert "草稿" in the(newsroom, delivery).reason


def test_a_draft_that_could_not_be_deleted_is_a_persons_task(newsroom: Newsroom, world: World) -> None:
    delivery = an_article(newsroom, world, "wxgiveno", "draft_only")
    rounds(newsroom, world, delivery, State.HANDED_OVER)
    world.control("/faults", [{"kind": "error", "path": "/cgi-bin/draft/delete", "code": 48001, "times": 1}])
    assert by_hand.give_up(newsroom, delivery, None, newsroom.now()) == State.NEEDS_PERSON
    row = the(newsroom, delivery)
    assert "草稿没有删掉" in row.reason
    assert "草稿箱" in row.remedy
    with newsroom.store.reading() as session:
        assert [task.kind for task in tasks.open_of(session, delivery)] == ["withdraw"]
    assert box(newsroom, delivery)
    assert by_hand.give_up(newsroom, delivery, None, newsroom.now()) == State.WITHDRAWN, (
        "pressed again, it is tried again"
    )
    assert not box(newsroom, delivery)
    with newsroom.store.reading() as session:
        assert tasks.open_of(session, delivery) == []


def test_what_somebody_published_by_hand_is_not_given_up_and_stays(newsroom: Newsroom, world: World) -> None:
    delivery = an_article(newsroom, world, "wxgivepub", "draft_only")
    rounds(newsroom, world, delivery, State.HANDED_OVER)
    with newsroom.store.reading() as session:
        channel = newsroom.channel(session.get_one(Account, the(newsroom, delivery).account_id))
    draft = receipt_of(newsroom, delivery).external_ids["draft_media_id"]
    channel._api.act("/cgi-bin/freepublish/submit", {"media_id": draft})  # type: ignore[attr-defined]
    world.advance(10)
    with pytest.raises(Refused, match="已经有这一条"):
        by_hand.give_up(newsroom, delivery, None, newsroom.now())
    assert rounds(newsroom, world, delivery, State.LIVE) == State.LIVE


def test_calling_off_what_waits_with_a_draft_at_the_platform_empties_the_box(newsroom: Newsroom, world: World) -> None:
    delivery = an_article(newsroom, world, "wxcalloff", "direct")
    world.control("/faults", [{"kind": "error", "path": "/cgi-bin/freepublish/submit", "code": 45011, "times": 1}])
    rounds(newsroom, world, delivery, State.QUEUED)
    assert box(newsroom, delivery)
    assert by_hand.withdraw(newsroom, delivery, None, newsroom.now()) == State.WITHDRAWING
    assert rounds(newsroom, world, delivery, State.WITHDRAWN) == State.WITHDRAWN
    assert not box(newsroom, delivery)
    assert not any(work["public"] for work in world.ledger())


@pytest.mark.parametrize("how", ["the story is given up", "a newer version", "given up, found by a worker"])
def test_what_is_called_off_leaves_no_draft_in_the_box(newsroom: Newsroom, world: World, how: str) -> None:
    world.control("/faults", [{"kind": "error", "path": "/cgi-bin/freepublish/submit", "code": 45009}])
    one = an_article(newsroom, world, "kpcalledoff", "direct")
    publish_due(newsroom, newsroom.now(), worker="w")
    assert the(newsroom, one).state == State.QUEUED
    with newsroom.store.session() as session:
        by = people.add(session, name="bianji", display_name="编辑", password_hash="x", roles=[], now=newsroom.now()).id
        story = stories.of_version(session, the(newsroom, one).story_version_id)
        assert story is not None
        assert story.id is not None
        assert by is not None
        if how == "a newer version":
            stories.add_version(session, story.id, fields={"title": "新", "body_html": "<p>新</p>"}, by=None, now=NOW)
        elif how != "the story is given up":
            story.status = "dropped"
    if how == "the story is given up":
        assert drop(newsroom, story.id, by=by, now=newsroom.now()) == 1
    elif how == "a newer version":
        assert call_off_older(newsroom, story.id, by=by, now=newsroom.now()) == 1
    else:
        world.advance(86_400)
        publish_due(newsroom, newsroom.now(), worker="w", limit=1)
    assert the(newsroom, one).state == State.WITHDRAWING
    with newsroom.store.reading() as session:
        assert tasks.is_open(session, one, TaskKind.WITHDRAW), "until it is proved"
    publish_due(newsroom, newsroom.now(), worker="w")
    assert the(newsroom, one).state == State.WITHDRAWN
    channel = newsroom.channel(the_account(newsroom, "jilin"))
    assert isinstance(channel, WeChat)
    assert channel._api.ask("/cgi-bin/draft/count")["total_count"] == 0
    with newsroom.store.reading() as session:
        assert not tasks.is_open(session, one, TaskKind.WITHDRAW)
