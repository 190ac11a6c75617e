"""The stand-in for Kuaishou keeps each rule of the contract (kuaishou.md), over real HTTP."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from platform_clients import QUICK, Control, fresh, picture, receiver, until

from sandbox.clock import parse_moment
from sandbox.serve import in_thread

NOON = parse_moment("2026-11-20T12:00:00+08:00")
MOVIE = b"\0\0\0\x18ftypmp42" + b"\0" * 64
MB = 1024 * 1024


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with in_thread(seed=7, start_time=NOON, settings=QUICK) as address:
        yield address


@pytest.fixture
def own() -> Iterator[str]:
    """A world whose clock may be moved."""
    with in_thread(seed=7, start_time=NOON, settings=QUICK) as address:
        yield address


class Kuaishou:
    """One fresh app with one fresh user; written from the contract."""

    def __init__(self, base: str, **fields: Any) -> None:
        number = next(fresh)
        self.base, self.control, self.root = base, Control(base), f"{base}/kuaishou"
        self.app_id, self.secret, self.open_id = f"kstest{number}", f"fake-app-{number}", f"f18test{number}"
        self.token, self.refresh = f"fake-ks-{number}", f"fake-ksr-{number}"
        account = {"platform": "kuaishou", "app_id": self.app_id, "app_secret": self.secret, "open_id": self.open_id}
        account |= {"name": "测试快手", "access_token": self.token, "refresh_token": self.refresh}
        self.control.post("/accounts", account | fields)

    def call(self, method: str, path: str, status: int = 200, **request: Any) -> Any:
        query = {"app_id": self.app_id, "access_token": self.token} | request.pop("params", {})
        answer = requests.request(method, self.root + path, params=query, timeout=10, **request)
        assert answer.status_code == status
        assert answer.headers["X-REQUEST-ID"]
        return answer.json()

    def start(self) -> tuple[str, str]:
        said = self.call("POST", "/openapi/photo/start_upload")
        assert said["result"] == 1
        return said["upload_token"], f"http://{said['endpoint']}/api/upload"

    def put(self, url: str, content: bytes = b"", **params: Any) -> int:
        headers = {"Content-Type": "video/mp4"} if content else {}
        return int(requests.post(url, params=params, data=content, headers=headers, timeout=10).json()["result"])

    def uploaded(self, content: bytes = MOVIE) -> str:
        token, url = self.start()
        assert self.put(url, content, upload_token=token) == 1
        return token

    def publish(self, token: str, caption: str = "雷电 安全", cover: Any = None, **request: Any) -> Any:
        files = {"cover": ("cover.png", picture()) if cover is None else cover}
        params = {"upload_token": token}
        return self.call(
            "POST", "/openapi/photo/publish", params=params, data={"caption": caption}, files=files, **request
        )

    def public(self) -> Any:
        return self.control.ledger(account=self.open_id, public_only=True)

    def refreshed(self, refresh: str) -> Any:
        query = {"app_id": self.app_id, "app_secret": self.secret, "refresh_token": refresh}
        query |= {"grant_type": "refresh_token"}
        return requests.get(f"{self.root}/oauth2/refresh_token", params=query, timeout=10).json()


@pytest.fixture
def ks(base: str) -> Iterator[Kuaishou]:
    one = Kuaishou(base)
    yield one
    one.control.faults()


# ---------------------------------------------------------------- consent


def test_a_consent_gives_a_pair_for_a_code_that_works_once_and_soon(own: str) -> None:
    ks = Kuaishou(own)
    query = {"app_id": ks.app_id, "scope": "user_info,user_video_info", "redirect_uri": "http://127.0.0.1/back"}

    def code() -> str:
        page = requests.get(f"{ks.root}/oauth2/authorize", params=query, timeout=5)
        assert "同意授权" in page.text
        said = requests.post(f"{ks.root}/oauth2/authorize", data=query | {"open_id": ks.open_id, "state": "s"},
                             timeout=5, allow_redirects=False)  # fmt: skip
        return parse_qs(urlsplit(said.headers["location"]).query)["code"][0]

    def token(code: str, **changes: str) -> Any:
        asked = {"app_id": ks.app_id, "app_secret": ks.secret, "code": code, "grant_type": "authorization_code"}
        return requests.get(f"{ks.root}/oauth2/access_token", params=asked | changes, timeout=5).json()

    first = code()
    assert token(first, app_secret="wrong")["result"] == 100200101
    assert token(first, grant_type="code")["result"] == 100200103
    pair = token(first)
    assert (pair["expires_in"], pair["refresh_token_expires_in"]) == (172_800, 15_552_000)
    assert pair["open_id"] == ks.open_id
    assert token(first)["result"] == 100200105
    late = code()
    ks.control.advance(121)
    assert token(late)["result"] == 100200105
    ks.token = pair["access_token"]
    assert ks.call("GET", "/openapi/user_info")["user_info"]["fan"] > 0
    assert ks.call("POST", "/openapi/photo/start_upload")["result"] == 100200111, "what was not granted"


def test_a_refresh_token_works_once_and_inherits_the_end_of_the_first(own: str) -> None:
    ks = Kuaishou(own)
    ks.control.advance(10 * 86_400)
    assert ks.call("GET", "/openapi/user_info")["result"] == 100200108
    pair = ks.refreshed(ks.refresh)
    assert pair["refresh_token_expires_in"] == pytest.approx(15_552_000 - 10 * 86_400, abs=5)
    discarded = ks.refreshed(ks.refresh)
    assert discarded["result"] == 100200113
    assert "refreshToken.discarded" in discarded["error_msg"]
    ks.token = pair["access_token"]
    again = ks.refreshed(pair["refresh_token"])
    assert again["result"] == 1
    assert ks.call("GET", "/openapi/user_info")["result"] == 1, "an older access token lives to its own end"
    ks.control.advance(171 * 86_400)
    assert ks.refreshed(again["refresh_token"])["result"] == 100200113


def test_a_consent_that_was_taken_back_ends_everything_and_is_told(base: str) -> None:
    ks = Kuaishou(base)
    with receiver() as hook:
        callback = {"platform": "kuaishou", "key": ks.app_id, "url": hook.url, "verify": False}
        ks.control.post("/callbacks", callback)
        ks.control.post("/tokens", {"platform": "kuaishou", "account": ks.open_id, "action": "revoke"})
        until(lambda: len(hook.posts()) == 4)
    assert ks.call("GET", "/openapi/user_info")["result"] == 100200109
    assert ks.refreshed(ks.refresh)["result"] == 100200109
    told = hook.posts()
    assert len({one.body for one in told}) == 1, "repeated to the byte, for nobody answered with its message_id"
    assert told[0].headers["kwaisign"] == hashlib.md5(told[0].body + ks.secret.encode()).hexdigest()
    said = json.loads(told[0].body)
    assert (said["event"], said["data"]["open_id"]) == ("UN_AUTHORIZE", ks.open_id)


def test_an_address_must_take_the_test_by_its_message_id(base: str) -> None:
    ks = Kuaishou(base)
    with receiver() as hook:
        callback = {"platform": "kuaishou", "key": ks.app_id, "url": hook.url}
        ks.control.post("/callbacks", callback, status=400)
    assert json.loads(hook.got[0].body)["event"] == "TEST"
    assert "kwaisign" not in hook.got[0].headers


# ---------------------------------------------------------------- publishing


def test_a_video_is_out_of_sight_then_pending_then_public(own: str) -> None:
    ks = Kuaishou(own)
    ks.control.post("/settings", {"job_seconds": [100, 100]})
    made = ks.publish(ks.uploaded())["video_info"]
    photo = {"photo_id": made["photo_id"]}
    assert (made["pending"], made["caption"]) == (True, "雷电 安全")
    assert made["create_time"] > 10**12
    assert ks.call("GET", "/openapi/photo/info", params=photo)["result"] == 100120001
    assert ks.call("GET", "/openapi/photo/list")["video_list"] == []
    ks.control.advance(99.5)
    assert ks.call("GET", "/openapi/photo/info", params=photo)["video_info"]["pending"] is True
    assert ks.public() == []
    ks.control.advance(1)
    assert ks.call("GET", "/openapi/photo/info", params=photo)["video_info"]["pending"] is False
    row = ks.public()[0]
    assert row["ids"] == photo
    assert "雷电 安全" in requests.get(row["url"], timeout=5).text
    assert ks.call("GET", "/openapi/photo/count")["public_count"] == 1
    ks.control.advance(86_400)
    ks.token = ks.refreshed(ks.refresh)["access_token"]
    assert ks.call("GET", "/openapi/photo/info", params=photo)["video_info"]["view_count"] > 0


def test_a_work_is_deleted_once(ks: Kuaishou) -> None:
    photo = {"photo_id": ks.publish(ks.uploaded())["video_info"]["photo_id"]}
    url = until(ks.public)[0]["url"]
    assert ks.call("POST", "/openapi/photo/delete", params=photo) == {"result": 1}
    assert ks.public() == []
    assert requests.get(url, timeout=5).status_code == 404
    assert ks.call("POST", "/openapi/photo/delete", params=photo)["result"] == 100120001


def test_large_videos_come_in_pieces_without_a_gap(ks: Kuaishou) -> None:
    token, url = ks.start()
    assert ks.put(url, MOVIE + b"\0" * 10 * MB, upload_token=token) == 100100400
    assert ks.put(f"{url}/fragment", MOVIE + b"\0" * MB, upload_token=token, fragment_id=0) == 1
    assert ks.put(f"{url}/fragment", b"end", upload_token=token, fragment_id=2) == 1
    state = requests.get(f"{url}/resume", params={"upload_token": token}, timeout=5).json()
    assert (state["existed"], state["fragment_index"]) == (True, 0)
    assert ks.put(f"{url}/complete", upload_token=token, fragment_count=3) == 100100400
    assert ks.put(f"{url}/fragment", b"middle", upload_token=token, fragment_id=1) == 1
    assert ks.put(f"{url}/complete", upload_token=token, fragment_count=2) == 100100400
    assert ks.put(f"{url}/complete", upload_token=token, fragment_count=3) == 1
    assert ks.publish(token)["result"] == 1
    until(ks.public)


def test_a_form_is_an_upload_too_and_other_types_are_none(ks: Kuaishou) -> None:
    token, url = ks.start()
    wrong = requests.post(url, params={"upload_token": token}, data=MOVIE, timeout=5).json()
    assert wrong["result"] == 100100400
    files = {"file": ("a.mp4", MOVIE)}
    said = requests.post(f"{url}/multipart", params={"upload_token": token}, files=files, timeout=5).json()
    assert said == {"result": 1}
    assert ks.put(url, MOVIE, upload_token="unknown") == 100100400


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"caption": " "}, "caption"),
        ({"caption": "字" * 1001}, "caption"),
        ({"caption": "#一 #二 #三 #四 #五"}, "caption"),
        ({"cover": (None, "text")}, "cover"),
        ({"cover": ("a.gif", picture("GIF"))}, "cover"),
        ({"cover": ("a.png", b"rubbish")}, "cover"),
    ],
)
def test_caption_and_cover_are_checked(ks: Kuaishou, changes: dict[str, Any], words: str) -> None:
    said = ks.publish(ks.uploaded(), **changes)
    assert said["result"] == 100100400
    assert words in said["error_msg"]


def test_what_was_never_uploaded_or_is_no_video_fails_later(ks: Kuaishou) -> None:
    token, _ = ks.start()
    for upload, code in ((token, 100120002), (ks.uploaded(b"no video at all"), 100120003)):
        photo = {"photo_id": ks.publish(upload)["video_info"]["photo_id"]}
        until(lambda photo=photo, code=code: ks.call("GET", "/openapi/photo/info", params=photo)["result"] == code)
    assert ks.public() == []


def test_nothing_guards_a_client_that_publishes_twice(ks: Kuaishou) -> None:
    token = ks.uploaded()
    assert ks.publish(token)["result"] == ks.publish(token)["result"] == 1
    until(lambda: len(ks.public()) == 2)


def test_a_work_refused_in_review_vanishes(ks: Kuaishou) -> None:
    ks.control.faults({"kind": "review_refused", "path": "/openapi/photo/publish", "account": ks.open_id})
    photo = {"photo_id": ks.publish(ks.uploaded())["video_info"]["photo_id"]}
    until(lambda: ks.call("GET", "/openapi/photo/info", params=photo)["result"] == 100120001)
    until(lambda: ks.call("GET", "/openapi/photo/list")["video_list"] == [])
    assert ks.public() == []


def test_the_list_goes_on_from_the_last_work(ks: Kuaishou) -> None:
    for number in range(3):
        ks.publish(ks.uploaded(), caption=f"第{number}条")
    until(lambda: len(ks.public()) == 3)
    first = ks.call("GET", "/openapi/photo/list", params={"count": 2})["video_list"]
    assert [work["caption"] for work in first] == ["第2条", "第1条"]
    rest = ks.call("GET", "/openapi/photo/list", params={"count": 2, "cursor": first[-1]["photo_id"]})["video_list"]
    assert [work["caption"] for work in rest] == ["第0条"]
    assert ks.call("GET", "/openapi/photo/list", params={"count": 201})["result"] == 100100400


def test_quota_and_ban_cannot_be_told_apart(base: str) -> None:
    few = Kuaishou(base, quotas={"/openapi/photo/publish": 1})
    assert few.publish(few.uploaded())["result"] == 1
    assert few.publish(few.uploaded())["result"] == 100100402
    banned = Kuaishou(base, banned=True)
    assert banned.publish(banned.uploaded())["result"] == 100100402


def test_a_wrong_path_or_method_is_no_api(ks: Kuaishou) -> None:
    assert ks.call("GET", "/openapi/photo/nothing", status=404)["result"] == 1026
    assert ks.call("GET", "/openapi/photo/publish", status=404)["result"] == 1026
    assert ks.call("GET", "/openapi/user_info", params={"access_token": "unknown"})["result"] == 100200102
