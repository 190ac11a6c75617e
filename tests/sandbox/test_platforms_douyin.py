"""The stand-in for Douyin keeps each rule of the contract (douyin.md), over real HTTP."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from platform_clients import QUICK, Douyin, picture, receiver, until

from sandbox.clock import parse_moment
from sandbox.serve import in_thread

NOON = parse_moment("2026-11-20T12:00:00+08:00")
DIRECT = ["video.create.bind", "video.data.bind", "video.list.bind"]
V1 = "/api/douyin/v1/video"
MOVIE = b"\0\0\0\x18ftypmp42" + b"\0" * 64


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with in_thread(seed=7, start_time=NOON, settings=QUICK) as address:
        yield address


@pytest.fixture
def own() -> Iterator[str]:
    """A world whose clock may be moved."""
    with in_thread(seed=7, start_time=NOON, settings=QUICK) as address:
        yield address


@pytest.fixture
def dy(base: str) -> Douyin:
    return Douyin(base)


# ---------------------------------------------------------------- tokens


def test_only_the_last_two_client_tokens_live_and_the_older_one_for_five_minutes(own: str) -> None:
    dy = Douyin(own)
    first, second, third = (dy.client_token()["access_token"] for _ in range(3))

    def code(token: str) -> int:
        return int(dy.call("GET", "/open/getticket/", token)["data"]["error_code"])

    assert [code(token) for token in (first, second, third)] == [28001003, 0, 0]
    dy.control.advance(301)
    assert [code(token) for token in (second, third)] == [28001003, 0]
    dy.control.advance(7200)
    assert code(third) == 28001008


def test_wrong_apps_are_told_apart_with_http_200_and_the_message_success(dy: Douyin) -> None:
    def answer(**fields: str) -> Any:
        data = {"client_key": dy.key, "client_secret": dy.secret, "grant_type": "client_credential"} | fields
        return requests.post(f"{dy.root}/oauth/client_token/", json=data, timeout=5).json()

    assert answer(client_key="unknown")["data"]["error_code"] == 10003
    wrong = answer(client_secret="wrong")
    assert (wrong["data"]["error_code"], wrong["message"]) == (10013, "success")
    assert answer(grant_type="x")["data"]["error_code"] == 10002
    form = dy.form("/oauth/client_token/", client_key=dy.key, client_secret=dy.secret, grant_type="client_credential")
    assert form["error_code"] == 10002


def test_an_access_token_is_refreshed_while_the_refresh_token_keeps_its_end(own: str) -> None:
    dy = Douyin(own)
    dy.control.advance(10 * 86_400)
    fields = {"client_key": dy.key, "grant_type": "refresh_token", "refresh_token": dy.refresh}
    fresh = dy.form("/oauth/refresh_token/", **fields)
    assert fresh["refresh_token"] == dy.refresh
    assert fresh["expires_in"] == 15 * 86_400
    assert 20 * 86_400 - 10 <= fresh["refresh_expires_in"] <= 20 * 86_400
    assert dy.call("GET", f"{V1}/video_list/", fresh["access_token"])["extra"]["error_code"] == 0
    dy.control.advance(301)
    assert dy.call("GET", f"{V1}/video_list/")["extra"]["error_code"] == 28001003
    as_json = requests.post(f"{dy.root}/oauth/refresh_token/", json=fields, timeout=5).json()
    assert as_json["data"]["error_code"] == 10002
    dy.control.advance(20 * 86_400)
    assert dy.form("/oauth/refresh_token/", **fields)["error_code"] == 10010


def test_a_refresh_token_is_renewed_five_times_and_each_kills_the_one_before(dy: Douyin) -> None:
    token = dy.refresh
    for _ in range(5):
        fresh = dy.form("/oauth/renew_refresh_token/", client_key=dy.key, refresh_token=token)
        assert fresh["error_code"] == 0
        old, token = token, fresh["refresh_token"]
        assert dy.form("/oauth/renew_refresh_token/", client_key=dy.key, refresh_token=old)["error_code"] == 10010
    assert dy.form("/oauth/renew_refresh_token/", client_key=dy.key, refresh_token=token)["error_code"] == 10020
    refreshed = dy.form("/oauth/refresh_token/", client_key=dy.key, grant_type="refresh_token", refresh_token=token)
    assert refreshed["error_code"] == 0


def test_the_consent_page_gives_a_code_for_one_token(dy: Douyin) -> None:
    back = "https://desk.example/back"
    fields = {"client_key": dy.key, "redirect_uri": back, "scope": "user_info,video.data.bind", "state": "s"}
    connect = f"{dy.root}/platform/oauth/connect/"
    assert "同意授权" in requests.get(connect, params=fields | {"response_type": "code"}, timeout=5).text
    answer = requests.post(connect, data=fields | {"open_id": dy.open_id}, allow_redirects=False, timeout=5)
    code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
    exchange = {"client_key": dy.key, "client_secret": dy.secret, "grant_type": "authorization_code", "code": code}
    token = dy.form("/oauth/access_token/", **exchange)
    assert (token["open_id"], token["scope"]) == (dy.open_id, "user_info,video.data.bind")
    assert (token["expires_in"], token["refresh_expires_in"]) == (1_296_000, 2_592_000)
    assert dy.form("/oauth/access_token/", **exchange)["error_code"] == 10007
    assert dy.call("GET", f"{V1}/video_list/", token["access_token"])["data"]["error_code"] == 28001012


def test_data_calls_check_token_user_and_address(dy: Douyin) -> None:
    path = f"{V1}/video_list/"
    assert dy.call("GET", path, token="")["data"]["error_code"] == 28001003
    assert dy.call("GET", path, params={"open_id": "other"})["extra"]["error_code"] == 28001015
    assert dy.call("GET", "/no/such/")["err_no"] == 28001017
    assert dy.call("POST", "/video/delete/")["data"]["error_code"] == 28001056
    dy.control.post("/tokens", {"platform": "douyin", "account": dy.open_id})
    assert dy.call("GET", path)["data"]["error_code"] == 28001008


# ---------------------------------------------------------------- the hand-off


def test_a_tap_on_the_phone_makes_a_public_work_and_a_signed_webhook(dy: Douyin) -> None:
    with receiver() as hook:
        dy.control.post("/callbacks", {"platform": "douyin", "key": dy.key, "url": hook.url})
        opened = dy.open(dy.schema(title_hashtag_list='["雷电","科普"]'))
        assert opened["state"] == "published"
        post = until(hook.posts)[0]
    assert post.headers["x-douyin-signature"] == hashlib.sha1(dy.secret.encode() + post.body).hexdigest()
    event = json.loads(post.body)
    assert (event["event"], event["from_user_id"]) == ("create_video", dy.open_id)
    content = json.loads(event["content"])
    assert {name: content[name] for name in ("share_id", "item_id", "video_id")} == {
        name: opened[name] for name in ("share_id", "item_id", "video_id")
    }
    assert all(mark in content["item_id"] for mark in "@/=")
    row = until(lambda: dy.control.ledger(account=dy.open_id))[0]
    assert row["url"] == f"{dy.root}/video/{opened['video_id']}"
    assert "雷电 安全 #雷电 #科普" in requests.get(row["url"], timeout=5).text


def test_a_schema_is_good_once_for_one_hour_and_with_the_right_signature(own: str) -> None:
    dy = Douyin(own)
    now = int(dy.control.get("/clock")["timestamp"])
    schema = dy.schema()
    assert dy.open(schema, say="cancel")["state"] == "cancelled"
    assert dy.open(schema)["reason"] == "nonce"
    assert dy.open(dy.schema(timestamp=now - 3601))["reason"] == "timestamp"
    assert dy.open(dy.schema(timestamp=now + 900))["reason"] == "timestamp"
    assert dy.open(dy.schema(timestamp=now - 3500))["ok"]
    assert dy.open(dy.schema(signature="0" * 32))["reason"] == "signature"
    late = dy.schema(nonce_str="late")
    dy.control.advance(3700)
    assert dy.open(late)["reason"] == "timestamp"
    assert len(dy.control.ledger(account=dy.open_id)) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"title": "长" * 31}, "title"),
        ({"short_title": "长" * 13}, "short_title"),
        ({"video_path": ""}, "media"),
        ({"video_path": "http://kepu.example/a.mp4"}, "media"),
        ({"video_path": "http://127.0.0.1:9/a.mp4"}, "media"),
        ({"image_list_path": '["https://kepu.example/1.png"]'}, "media"),
        ({"video_path": "", "image_list_path": "x"}, "image_list_path"),
        ({"share_type": "app"}, "share_type"),
        ({"client_key": "unknown"}, "client_key"),
    ],
)
def test_a_schema_has_limits(dy: Douyin, change: dict[str, str], reason: str) -> None:
    assert dy.open(dy.schema(**change))["reason"] == reason


def test_the_phone_fetches_media_that_lie_in_the_same_world(dy: Douyin) -> None:
    assert dy.open(dy.schema(video_path=f"{dy.base}/_sandbox/health"))["ok"]
    assert dy.open(dy.schema(video_path=f"{dy.base}/no/such.mp4"))["reason"] == "media"


def test_a_plus_sign_in_a_schema_is_shown_as_it_is(dy: Douyin) -> None:
    assert dy.open(dy.schema(title="x").replace("title=x", "title=a+b"), say="show")["post"]["title"] == "a+b"


def test_people_tap_on_the_phone_page_and_may_turn_away(dy: Douyin) -> None:
    phone = f"{dy.root}/_phone"
    schema = dy.schema(video_path="", image_list_path='["https://kepu.example/1.png","https://kepu.example/2.png"]')
    page = requests.get(phone, params={"schema": schema}, timeout=5)
    assert "发布" in page.text
    assert "取消" in page.text
    action = page.text.split('action="')[1].split('"')[0]
    assert "链接已被使用" in requests.get(phone, params={"schema": schema}, timeout=5).text
    said = requests.post(dy.base + action, data={"open_id": dy.open_id, "say": "publish"}, timeout=5)
    assert "已提交" in said.text
    assert "已处理" in requests.post(dy.base + action, data={"open_id": dy.open_id, "say": "publish"}, timeout=5).text
    row = until(lambda: dy.control.ledger(account=dy.open_id))[0]
    assert (row["kind"], "/note/" in row["url"]) == ("note", True)
    other = requests.get(phone, params={"schema": dy.schema()}, timeout=5).text.split('action="')[1].split('"')[0]
    assert "已取消" in requests.post(dy.base + other, data={"open_id": dy.open_id, "say": "cancel"}, timeout=5).text


def test_a_webhook_is_repeated_with_its_msg_id_until_it_is_taken(dy: Douyin) -> None:
    with receiver() as hook:
        dy.control.post("/callbacks", {"platform": "douyin", "key": dy.key, "url": hook.url})
        hook.answers = [500, 500, 200]
        dy.open(dy.schema())
        until(lambda: len(hook.posts()) == 3)
        assert len({post.headers["msg-id"] for post in hook.posts()}) == 1
        until(lambda: [p["state"] for p in dy.control.get("/pushes") if p["account"] == dy.key] == ["delivered"])


def test_an_event_that_nobody_subscribed_to_is_never_sent(dy: Douyin) -> None:
    with receiver() as hook:
        callback = {"platform": "douyin", "key": dy.key, "url": hook.url, "events": ["authorize"]}
        dy.control.post("/callbacks", callback)
        dy.open(dy.schema())
        until(lambda: dy.control.ledger(account=dy.open_id))
        assert hook.posts() == []
        assert [push for push in dy.control.get("/pushes") if push["account"] == dy.key] == []


def test_a_webhook_address_must_give_the_challenge_back(dy: Douyin) -> None:
    with receiver(echo=False) as hook:
        dy.control.post("/callbacks", {"platform": "douyin", "key": dy.key, "url": hook.url}, status=400)


# ---------------------------------------------------------------- works and figures


def test_works_are_read_by_either_id_and_listed_in_pages(own: str) -> None:
    dy = Douyin(own)
    works = [dy.open(dy.schema(title=f"第{n}条")) for n in range(3)]
    until(lambda: len(dy.control.ledger(account=dy.open_id)) == 3)
    dy.control.advance(86_400)
    one = dy.call("POST", f"{V1}/video_data/", json={"item_ids": [works[0]["item_id"], "unknown"]})["data"]["list"]
    assert [work["video_id"] for work in one] == [works[0]["video_id"]]
    assert one == dy.call("POST", f"{V1}/video_data/", json={"video_ids": [works[0]["video_id"]]})["data"]["list"]
    assert one[0]["statistics"]["play_count"] > one[0]["statistics"]["digg_count"] > 0
    assert requests.get(one[0]["share_url"], timeout=5).status_code == 200
    first = dy.call("GET", f"{V1}/video_list/", params={"cursor": 0, "count": 2})["data"]
    assert ([work["title"] for work in first["list"]], first["has_more"]) == (["第2条", "第1条"], True)
    rest = dy.call("GET", f"{V1}/video_list/", params={"cursor": first["cursor"], "count": 2})["data"]
    assert ([work["title"] for work in rest["list"]], rest["has_more"]) == (["第0条"], False)
    assert dy.call("GET", f"{V1}/video_list/", params={"count": 21})["data"]["error_code"] == 28001007


def test_statistics_may_be_missing(dy: Douyin) -> None:
    dy.open(dy.schema())
    dy.control.faults({"kind": "no_statistics", "path": f"{V1}/*", "account": dy.open_id})
    assert "statistics" not in dy.call("GET", f"{V1}/video_list/")["data"]["list"][0]
    dy.control.faults()


def test_a_work_that_was_taken_down_is_missing(dy: Douyin) -> None:
    dy.open(dy.schema())
    row = until(lambda: dy.control.ledger(account=dy.open_id))[0]
    dy.control.post("/remove", {"ledger_id": row["id"], "by": "platform"})
    assert dy.call("POST", f"{V1}/video_data/", json={"video_ids": [row["ids"]["video_id"]]})["data"]["list"] == []
    assert requests.get(row["url"], timeout=5).status_code == 404


def test_a_private_work_is_not_public_and_has_no_time(dy: Douyin) -> None:
    work = dy.open(dy.schema(private_status="1"))
    listed = until(lambda: dy.call("GET", f"{V1}/video_list/")["data"]["list"])
    assert (listed[0]["video_id"], listed[0]["create_time"]) == (work["video_id"], 0)
    assert dy.control.ledger(account=dy.open_id) == []


def test_daily_series_end_yesterday_from_ten_and_span_the_known_types(own: str) -> None:
    dy = Douyin(own)
    item = dy.open(dy.schema())["item_id"]
    until(lambda: dy.control.ledger(account=dy.open_id))

    def series(name: str = "play", days: str = "7") -> Any:
        return dy.call("GET", f"/data/external/item/{name}/", params={"item_id": item, "date_type": days})["data"]

    dy.control.post("/clock", {"now": "2026-11-23T09:59:00+08:00"})
    assert [row["date"] for row in series()["result_list"]] == ["2026-11-20", "2026-11-21"]
    dy.control.post("/clock", {"now": "2026-11-23T10:00:05+08:00"})
    rows = series()["result_list"]
    assert [row["date"] for row in rows] == ["2026-11-20", "2026-11-21", "2026-11-22"]
    base = dy.call("GET", "/data/external/item/base/", params={"item_id": item})["data"]["result"]
    assert base["total_play"] == sum(row["play"] for row in rows) > 0
    assert series(days="8")["error_code"] == 28001007
    fans = dy.call("GET", "/data/external/user/fans/", params={"date_type": "7"})["data"]["result_list"]
    assert fans[-1]["total_fans"] - fans[-2]["total_fans"] == fans[-1]["new_fans"]
    works = dy.call("GET", "/data/external/user/item/", params={"date_type": "7"})["data"]["result_list"]
    assert [row["new_issue"] for row in works] == [1, 0, 0]
    dy.control.advance(31 * 86_400)
    dy.control.post("/accounts", {"platform": "douyin", "client_key": dy.key, "client_secret": dy.secret,
                                  "open_id": dy.open_id, "name": "x", "access_token": "later"})  # fmt: skip
    dy.token = "later"
    assert series()["error_code"] == 28001007


# ---------------------------------------------------------------- direct


def test_direct_publishing_needs_the_rare_right(dy: Douyin) -> None:
    answer = dy.call("POST", f"{V1}/create_video/", json={"video_id": "x", "text": "t"})
    assert answer["extra"]["error_code"] == answer["data"]["error_code"] == 28001018


def test_an_upload_is_good_for_one_work_and_a_day_has_a_quota(base: str) -> None:
    dy = Douyin(base, scopes=DIRECT, creates_per_day=2)

    def upload() -> str:
        files = {"video": ("a.mp4", MOVIE)}
        return str(dy.call("POST", f"{V1}/upload_video/", files=files)["data"]["video"]["video_id"])

    def create(token: str) -> Any:
        return dy.call("POST", f"{V1}/create_video/", json={"video_id": token, "text": "寒潮 #科普 "})["data"]

    token = upload()
    work = create(token)
    assert work["video_id"] != token
    row = until(lambda: dy.control.ledger(account=dy.open_id))[0]
    assert row["ids"]["item_id"] == work["item_id"]
    assert create(token)["error_code"] == 28001007
    assert create(upload())["error_code"] == 0
    assert create(upload())["error_code"] == 28003017


def test_parts_are_whole_and_large_enough(base: str) -> None:
    dy = Douyin(base, scopes=DIRECT)

    def upload(*parts: bytes) -> Any:
        upload_id = dy.call("POST", f"{V1}/init_video_part_upload/")["data"]["upload_id"]
        for number, part in enumerate(parts, 1):
            query = {"upload_id": upload_id, "part_number": number}
            dy.call("POST", f"{V1}/upload_video_part/", params=query, files={"video": ("p", part)})
        return dy.call("POST", f"{V1}/complete_video_part_upload/", params={"upload_id": upload_id})["data"]

    large = MOVIE + b"\0" * 5 * 1024 * 1024
    assert upload(large, b"end")["video"]["video_id"]
    assert upload(MOVIE, b"end")["error_code"] == 28001007
    assert upload()["error_code"] == 28001007


def test_pictures_make_a_note(base: str) -> None:
    dy = Douyin(base, scopes=DIRECT)
    image = dy.call("POST", f"{V1}/upload_image/", files={"image": ("a.png", picture())})["data"]["image"]
    assert (image["width"], image["height"]) == (8, 8)
    work = dy.call("POST", f"{V1}/create_image_text/", json={"image_list": [image["image_id"]], "text": "图"})["data"]
    row = until(lambda: dy.control.ledger(account=dy.open_id))[0]
    assert row["url"].endswith(f"/note/{work['video_id']}")


def test_a_work_may_be_refused_in_review(base: str) -> None:
    dy = Douyin(base, scopes=DIRECT)
    dy.control.faults({"kind": "review_refused", "path": f"{V1}/create_video/", "account": dy.open_id})
    files = {"video": ("a.mp4", MOVIE)}
    token = dy.call("POST", f"{V1}/upload_video/", files=files)["data"]["video"]["video_id"]
    created = dy.call("POST", f"{V1}/create_video/", json={"video_id": token, "text": "t"})
    assert created["data"]["error_code"] == 0
    until(lambda: dy.call("GET", f"{V1}/video_list/")["data"]["list"] == [])
    assert dy.control.ledger(account=dy.open_id) == []
    dy.control.faults()
