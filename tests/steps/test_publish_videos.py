"""Kuaishou, Douyin's direct way and Weibo's articles through the whole queue, against the stand-ins over real HTTP."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from queue_parts import a_delivery, a_newsroom, an_account, receipt_of, the

from content_store import accounts
from content_store.database import Store
from content_store.tables import Account
from content_store.tables import DeliveryState as State
from ranking.weeks import BEIJING
from sandbox.accounts import DOUYIN_SCOPES
from sandbox.serve import in_thread
from steps import by_hand
from steps.accounts import check_account, consent_url, finish_consent
from steps.callbacks import look_into_doubts, receive_event
from steps.errors import Refused
from steps.measure import measure
from steps.newsroom import Newsroom
from steps.publish import poll_accepted, publish_due

KUAISHOU = {"app_id": "ks000000sandbox", "app_secret": "fake-secret-kuaishou", "open_id": "f18sandbox-jilin"}
KUAISHOU_TOKENS = {"access_token": "fake-token-kuaishou-jilin", "refresh_token": "fake-refresh-kuaishou-jilin"}
WEIBO = {"app_key": "1234500000", "app_secret": "s", "access_token": "fake-token-weibo-7700000001", "uid": "7700000001"}
DOUYIN = {"client_key": "awdirect", "client_secret": "fake-secret-direct", "open_id": "_000direct"}
DOUYIN_TOKENS = {"access_token": "fake-token-direct", "refresh_token": "fake-refresh-direct"}
PUBLISH = "/openapi/photo/publish"


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

    def fault(self, kind: str, path: str, **more: Any) -> None:
        self.control("/faults", [{"kind": kind, "path": path, "times": 1, **more}])

    def public(self, marker: str) -> list[str]:
        return [row["kind"] for row in self.control(f"/ledger?marker={marker}&public_only=true")]


@pytest.fixture
def world() -> Iterator[World]:
    settings = {"job_seconds": [1.0, 2.0], "push_seconds": 0.0, "retry_seconds": 0.1}
    with in_thread(seed=7, settings=settings) as address:
        yield World(address)


@pytest.fixture
def newsroom(sqlite_store: Store, tmp_path: Path, world: World) -> Newsroom:
    return a_newsroom(sqlite_store, tmp_path, world)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def movie() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"\0\0\0\x18ftypmp42" + bytes(64)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v.mp4"
    server.shutdown()
    server.server_close()


def registered(newsroom: Newsroom, world: World, platform: str, secrets: dict[str, str], **settings: Any) -> int:
    ours = {"base_url": f"{world.address}/{platform}", "media_url": f"{world.address}/media/"} | settings
    account = an_account(newsroom, platform, platform, mode="direct", settings=ours)
    with newsroom.store.session() as session:
        accounts.keep_credentials(session, account, secrets, newsroom.vault, now=newsroom.now())
    return account


def planned(newsroom: Newsroom, account: int, marker: str, **form: Any) -> int:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "green").save(picture, "PNG")
    with newsroom.store.session() as session:
        key = newsroom.media.keep_picture(session, picture.getvalue(), origin="test", now=newsroom.now()).sha256
    values = {"title": "一分钟看懂暴雪预警", "text": "先看路况。", "topics": ["科普"], "cover": key}
    return a_delivery(newsroom, account, marker, form={**values, **form})


def rounds(newsroom: Newsroom, world: World, delivery: int, *wanted: State, seconds: float = 60) -> State:
    """Rounds until the delivery is in one of these states, or for an hour of the platform's time."""
    for _ in range(60):
        publish_due(newsroom, newsroom.now(), worker="w")
        poll_accepted(newsroom, newsroom.now(), worker="w")
        state = State(the(newsroom, delivery).state)
        if state in wanted:
            return state
        world.control("/clock", {"advance_seconds": seconds})
    raise AssertionError(f"still {state}: {the(newsroom, delivery).reason}")


@pytest.mark.parametrize("kind", ["reset_before_effect", "reset_after_effect", "timeout_after_effect"])
def test_a_kuaishou_video_whose_answer_was_lost_is_public_once(
    newsroom: Newsroom, world: World, movie: str, kind: str
) -> None:
    account = registered(newsroom, world, "kuaishou", KUAISHOU | KUAISHOU_TOKENS)
    one = planned(newsroom, account, "kpkuailost", video_url=movie)
    world.fault(kind, PUBLISH, seconds=0.5)
    assert rounds(newsroom, world, one, State.LIVE) is State.LIVE
    assert world.public("kpkuailost") == ["video"]
    assert receipt_of(newsroom, one).public_url.startswith(f"{world.address}/kuaishou/short-video/")
    assert by_hand.withdraw(newsroom, one, None, newsroom.now()) is State.WITHDRAWING
    assert rounds(newsroom, world, one, State.WITHDRAWN) is State.WITHDRAWN
    assert world.public("kpkuailost") == []


def test_a_public_kuaishou_video_is_not_doubled_where_its_platform_refuses_the_question(
    newsroom: Newsroom, world: World, movie: str
) -> None:
    account = registered(newsroom, world, "kuaishou", KUAISHOU | KUAISHOU_TOKENS)
    one = planned(newsroom, account, "kpkuaiasked", video_url=movie)
    publish_due(newsroom, newsroom.now(), worker="w")
    world.control("/faults", [{"kind": "error", "path": "/openapi/photo/info", "code": 100200999}])
    assert rounds(newsroom, world, one, State.NEEDS_PERSON, State.FAILED, seconds=1800) is State.NEEDS_PERSON
    assert world.public("kpkuaiasked") == ["video"]
    with pytest.raises(Refused, match="还无法核对"):
        by_hand.resend(newsroom, one, None, newsroom.now())
    world.control("/faults", [])
    assert by_hand.resend(newsroom, one, None, newsroom.now()) is State.LIVE
    assert world.public("kpkuaiasked") == ["video"]


@pytest.mark.parametrize("platform", ["weibo", "kuaishou"])
def test_a_post_that_was_given_up_though_it_is_public_is_live(
    newsroom: Newsroom, world: World, movie: str, platform: str
) -> None:
    """Lost, and for a day nobody could be asked: then it is a person's."""
    secrets = WEIBO if platform == "weibo" else KUAISHOU | KUAISHOU_TOKENS
    more = {"bound_domain": "127.0.0.1", "public_url": f"{world.address}/weibo"} if platform == "weibo" else {}
    account = registered(newsroom, world, platform, secrets, **more)
    link = "http://127.0.0.1/s/1?m=kpgivenup"
    form = {"text": f"路况 {link}", "link": link} if platform == "weibo" else {"video_url": movie}
    one = planned(newsroom, account, "kpgivenup", **form)
    call = "/2/statuses/share.json" if platform == "weibo" else PUBLISH
    question, busy = (
        ("/2/statuses/user_timeline.json", 10001) if platform == "weibo" else ("/openapi/photo/list", 100200500)
    )
    world.control(
        "/faults",
        [
            {"kind": "reset_after_effect", "path": call, "times": 1},
            {"kind": "error", "path": question, "code": busy},
        ],
    )
    assert rounds(newsroom, world, one, State.NEEDS_PERSON, seconds=7200) is State.NEEDS_PERSON
    assert len(world.public("kpgivenup")) == 1
    with pytest.raises(Refused, match="还无法核对"):
        by_hand.give_up(newsroom, one, None, newsroom.now())
    world.control("/faults", [])
    assert by_hand.give_up(newsroom, one, None, newsroom.now()) in (State.LIVE, State.ACCEPTED)
    assert rounds(newsroom, world, one, State.LIVE) is State.LIVE


def test_a_kuaishou_video_refused_in_review_goes_out_anew_only_by_a_person(
    newsroom: Newsroom, world: World, movie: str
) -> None:
    account = registered(newsroom, world, "kuaishou", KUAISHOU | KUAISHOU_TOKENS)
    one = planned(newsroom, account, "kpkuairef", video_url=movie)
    world.fault("review_refused", PUBLISH)
    assert rounds(newsroom, world, one, State.NEEDS_PERSON) is State.NEEDS_PERSON
    assert "没有通过审核" in the(newsroom, one).reason
    assert by_hand.resend(newsroom, one, None, newsroom.now()) is State.QUEUED
    assert rounds(newsroom, world, one, State.LIVE) is State.LIVE
    assert world.public("kpkuairef") == ["video"]


def test_a_half_done_article_that_is_out_all_the_same_is_not_sent_again(newsroom: Newsroom, world: World) -> None:
    account = registered(newsroom, world, "weibo", WEIBO, form="article")
    link = "http://127.0.0.1/s/1?m=kparthalf"
    one = planned(newsroom, account, "kparthalf", html=f'<p>文</p><a href="{link}">原</a>', text=f"全文 {link}")
    world.fault("half_done", "/proxy/article/publish.json", code="11003")
    assert rounds(newsroom, world, one, State.NEEDS_PERSON) is State.NEEDS_PERSON
    assert by_hand.resend(newsroom, one, None, newsroom.now()) is State.LIVE
    assert sorted(world.public("kparthalf")) == ["article", "status"]
    by_hand.withdraw(newsroom, one, None, newsroom.now())
    assert rounds(newsroom, world, one, State.NEEDS_PERSON) is State.NEEDS_PERSON
    assert world.public("kparthalf") == ["article"], "the article itself is a person's work"
    assert by_hand.register_withdrawn(newsroom, one, None, newsroom.now()) is State.WITHDRAWN


def test_a_lost_article_that_never_arrived_waits_for_a_persons_word(newsroom: Newsroom, world: World) -> None:
    account = registered(newsroom, world, "weibo", WEIBO, form="article")
    link = "http://127.0.0.1/s/1?m=kpartlost"
    one = planned(newsroom, account, "kpartlost", html=f'<p>文</p><a href="{link}">原</a>', text=f"全文 {link}")
    world.fault("reset_before_effect", "/proxy/article/publish.json")
    assert rounds(newsroom, world, one, State.NEEDS_PERSON) is State.NEEDS_PERSON
    assert by_hand.resend(newsroom, one, None, newsroom.now()) is State.QUEUED
    assert rounds(newsroom, world, one, State.LIVE) is State.LIVE
    assert sorted(world.public("kpartlost")) == ["article", "status"]


@pytest.mark.parametrize(
    ("kind", "ends"), [("reset_after_effect", State.LIVE), ("reset_before_effect", State.NEEDS_PERSON)]
)
def test_a_lost_create_of_douyin_is_found_or_asked_about(
    newsroom: Newsroom, world: World, movie: str, kind: str, ends: State
) -> None:
    scopes = [*DOUYIN_SCOPES, "video.create.bind"]
    world.control("/accounts", {"platform": "douyin", "name": "直发", "scopes": scopes, **DOUYIN, **DOUYIN_TOKENS})
    account = registered(newsroom, world, "douyin", DOUYIN | DOUYIN_TOKENS, may_create=True)
    one = planned(newsroom, account, "kpdydirect", video_url=movie)
    world.fault(kind, "/api/douyin/v1/video/create_video/")
    assert rounds(newsroom, world, one, State.LIVE, State.NEEDS_PERSON) is ends
    if ends is State.NEEDS_PERSON:
        assert by_hand.resend(newsroom, one, None, newsroom.now()) is State.QUEUED
        assert rounds(newsroom, world, one, State.LIVE) is State.LIVE
    assert world.public("kpdydirect") == ["video"]


class _Stays(urllib.request.HTTPRedirectHandler):
    def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        return fp


def agreed(url: str) -> str:
    """The owner presses yes on the platform's page; returns the code."""
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query)) | {"open_id": KUAISHOU["open_id"]}
    request = urllib.request.Request(url.partition("?")[0], data=urllib.parse.urlencode(query).encode())
    with urllib.request.build_opener(_Stays()).open(request, timeout=10) as answer:
        back = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(answer.headers["Location"]).query))
    return back["code"]


def told(
    newsroom: Newsroom, event: str, secret: str = KUAISHOU["app_secret"], message: str = "m1", ago: int = 0
) -> str | None:
    data = {"open_id": KUAISHOU["open_id"]}
    said = {"app_id": KUAISHOU["app_id"], "event": event, "message_id": message, "data": data}
    body = json.dumps(said | {"timestamp": int((newsroom.now().timestamp() - ago) * 1000)}).encode()
    headers = {"kwaisign": hashlib.md5(body + secret.encode()).hexdigest()}
    return receive_event(newsroom, "kuaishou", {}, headers, body, newsroom.now())


def stopped(newsroom: Newsroom, account: int) -> str:
    with newsroom.store.reading() as session:
        row = session.get(Account, account)
        assert row is not None
        return row.stopped_reason


def test_an_owner_who_takes_the_consent_back_stops_the_account_and_a_new_one_starts_it(
    newsroom: Newsroom, world: World
) -> None:
    account = registered(newsroom, world, "kuaishou", KUAISHOU | KUAISHOU_TOKENS)
    back = "http://127.0.0.1/back"
    assert told(newsroom, "UN_AUTHORIZE", secret="forged") is None
    assert stopped(newsroom, account) == ""
    answer = told(newsroom, "UN_AUTHORIZE")
    assert answer is not None
    assert json.loads(answer) == {"result": 1, "message_id": "m1"}
    assert stopped(newsroom, account) == "", "when the owner consented is not known: the platform is asked first"
    world.control("/tokens", {"platform": "kuaishou", "account": KUAISHOU["open_id"], "action": "revoke"})
    assert look_into_doubts(newsroom, newsroom.now()) == 1
    assert "重新授权" in stopped(newsroom, account)
    code = agreed(consent_url(newsroom, "kuaishou", redirect_uri=back, state="s1"))
    finish_consent(newsroom, "kuaishou", code=code, redirect_uri=back, now=newsroom.now(), by=None)
    assert stopped(newsroom, account) == ""
    assert check_account(newsroom, "kuaishou", newsroom.now()).state == "done"
    assert told(newsroom, "UN_AUTHORIZE", message="m2", ago=60) is not None
    assert stopped(newsroom, account) == "", "about the consent before this one"
    world.control("/clock", {"advance_seconds": 60})
    newer = told(newsroom, "UN_AUTHORIZE", message="m3")
    assert newer is not None
    assert "重新授权" in stopped(newsroom, account)
    check_account(newsroom, "kuaishou", newsroom.now())
    assert told(newsroom, "UN_AUTHORIZE", message="m3") == newer
    assert stopped(newsroom, account) == "", "the same message once more"


def test_only_a_signed_call_back_shows_that_call_backs_work(newsroom: Newsroom, world: World) -> None:
    account = registered(newsroom, world, "kuaishou", KUAISHOU | KUAISHOU_TOKENS)

    def seen() -> datetime | None:
        with newsroom.store.reading() as session:
            return session.get_one(Account, account).callback_seen_at

    body = json.dumps({"app_id": KUAISHOU["app_id"], "event": "TEST", "message_id": "t1", "data": {}}).encode()
    assert receive_event(newsroom, "kuaishou", {}, {}, body, newsroom.now()) is not None
    assert seen() is None
    signed = {"kwaisign": hashlib.md5(body + KUAISHOU["app_secret"].encode()).hexdigest()}
    assert receive_event(newsroom, "kuaishou", {}, signed, body, newsroom.now()) is not None
    assert seen() is not None


def test_a_weibo_that_was_removed_later_is_noticed_by_the_next_measuring(newsroom: Newsroom, world: World) -> None:
    account = registered(newsroom, world, "weibo", WEIBO, bound_domain="127.0.0.1")
    link = "http://127.0.0.1/s/1?m=kpgone"
    one = planned(newsroom, account, "kpgone", text=f"全文 {link}", link=link, cover=None)
    assert rounds(newsroom, world, one, State.LIVE) is State.LIVE
    world.control("/clock", {"advance_seconds": 86400})
    yesterday = newsroom.now().astimezone(BEIJING).date() - timedelta(days=1)
    measure(newsroom, yesterday, newsroom.now())
    poll_accepted(newsroom, newsroom.now(), worker="w")
    assert the(newsroom, one).state == State.LIVE, "it is still there"
    _told(world, "destroy", id=receipt_of(newsroom, one).external_ids["status_id"])
    measure(newsroom, yesterday, newsroom.now())
    poll_accepted(newsroom, newsroom.now(), worker="w")
    assert the(newsroom, one).state == State.NEEDS_PERSON
    assert "登记为已撤回" in the(newsroom, one).remedy


def test_a_link_to_another_work_makes_the_old_number_forgotten_so_that_taking_back_is_not_believed_by_it(
    newsroom: Newsroom, world: World
) -> None:
    account = registered(newsroom, world, "weibo", WEIBO, bound_domain="127.0.0.1")
    link = "http://127.0.0.1/s/1?m=kpanew"
    one = planned(newsroom, account, "kpanew", text=f"全文 {link}", link=link, cover=None)
    assert rounds(newsroom, world, one, State.LIVE) is State.LIVE
    _told(world, "destroy", id=receipt_of(newsroom, one).external_ids["status_id"])
    world.control("/clock", {"advance_seconds": 86400})
    measure(newsroom, newsroom.now().astimezone(BEIJING).date() - timedelta(days=1), newsroom.now())
    poll_accepted(newsroom, newsroom.now(), worker="w")
    assert the(newsroom, one).state == State.NEEDS_PERSON
    anew = _told(world, "share", status="人工重发 http://127.0.0.1/s/1?m=anew", rip="203.0.113.9")
    by_hand.register_live(newsroom, one, f"https://m.weibo.cn/status/{anew['idstr']}", None, newsroom.now())
    assert not receipt_of(newsroom, one).external_ids.get("status_id")
    by_hand.withdraw(newsroom, one, None, newsroom.now(), "内容有误")
    assert rounds(newsroom, world, one, State.NEEDS_PERSON) is State.NEEDS_PERSON, (
        "it still stands: a person takes it down"
    )


def _told(world: World, call: str, **form: str) -> Any:
    """What a person does on the platform, past us."""
    allowed = {"Authorization": f"OAuth2 {WEIBO['access_token']}"}
    address = f"{world.address}/weibo/2/statuses/{call}.json"
    asked = urllib.request.Request(address, urllib.parse.urlencode(form).encode(), allowed)
    return json.loads(urllib.request.urlopen(asked).read())
