"""The stand-in for 头条's videos keeps each rule of the contract (toutiao.md), over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from platform_clients import Control, fresh

from sandbox.clock import parse_moment
from sandbox.serve import in_thread

NOON = parse_moment("2026-11-20T12:00:00+08:00")
MOVIE = b"\0\0\0\x18ftypmp42" + b"\0" * 64
FIGURES = {"play_count", "digg_count", "comment_count", "share_count", "forward_count"}


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with in_thread(seed=7, start_time=NOON, settings={"job_seconds": [20.0, 60.0]}) as address:
        yield address


class Toutiao:
    """One fresh user; written from the contract."""

    def __init__(self, base: str, **fields: Any) -> None:
        number = next(fresh)
        self.control, self.root = Control(base), f"{base}/toutiao/toutiao/video"
        self.query = {"open_id": f"_tttest{number}", "access_token": f"fake-tt-{number}"}
        self.control.post("/accounts", {"platform": "toutiao", "name": "测试头条", **self.query, **fields})

    def call(self, method: str, name: str, **request: Any) -> Any:
        query = self.query | request.pop("params", {})
        answer = requests.request(method, f"{self.root}/{name}/", params=query, timeout=10, **request)
        assert answer.status_code == 200
        said = answer.json()
        assert said["message"] == ("error" if said["data"]["error_code"] else "success")
        return said["data"]

    def upload(self, content: bytes = MOVIE) -> Any:
        return self.call("POST", "upload", files={"video": ("v.mp4", content, "video/mp4")})

    def create(self, video_id: Any, text: Any = "雪天怎么走") -> Any:
        return self.call("POST", "create", json={"video_id": video_id, "text": text})

    def made(self, text: str = "雪天怎么走") -> str:
        return str(self.create(self.upload()["video"]["video_id"], text)["item_id"])

    def listed(self, **params: Any) -> Any:
        return self.call("GET", "list", params=params)

    def public(self) -> Any:
        return self.control.ledger(account=self.query["open_id"], public_only=True)


def test_a_work_is_public_once_its_review_is_over(base: str) -> None:
    mine = Toutiao(base)
    item_id = mine.made()
    (work,) = mine.listed()["list"]
    assert (work["item_id"], work["video_status"], work["is_reviewed"]) == (item_id, 4, False)
    assert mine.public() == []
    assert requests.get(work["share_url"], timeout=5).status_code == 404
    mine.control.advance(60)
    (work,) = mine.call("POST", "data", json={"item_ids": [item_id, "7"]})["list"]
    assert (work["video_status"], work["is_reviewed"], work["title"]) == (1, True, "雪天怎么走")
    (row,) = mine.public()
    assert (row["kind"], row["title"], row["url"]) == ("video", "雪天怎么走", work["share_url"])
    assert "雪天怎么走" in requests.get(work["share_url"], timeout=5).text


def test_a_refused_work_stays_in_the_list_as_reviewed_and_unfit(base: str) -> None:
    mine = Toutiao(base)
    mine.control.faults({"kind": "review_refused", "platform": "toutiao", "times": 1, "path": "*/create/"})
    mine.made()
    mine.control.faults()
    mine.control.advance(60)
    (work,) = mine.listed()["list"]
    assert (work["video_status"], work["is_reviewed"]) == (2, True)
    assert mine.public() == []


def test_one_upload_makes_one_work_however_often_it_is_created(base: str) -> None:
    mine = Toutiao(base)
    video_id = mine.upload()["video"]["video_id"]
    assert mine.create(video_id)["item_id"] == mine.create(video_id, "另一个标题")["item_id"]
    mine.control.advance(60)
    assert [row["title"] for row in mine.public()] == ["雪天怎么走"]


@pytest.mark.parametrize(
    ("video_id", "text", "code"),
    [
        ("", "雪", 10005), ("v0", "", 10005), ("own", "雪" * 31, 2100005), ("own", "雪" * 30, 0), ("own", "  ", 2100005),
        ("v0other", "雪", 2100005), (7, "雪", 2100005), ("own", ["雪"], 2100005),
    ],
)  # fmt: skip
def test_a_work_needs_an_upload_of_its_own_and_a_title_within_the_limit(
    base: str, video_id: Any, text: Any, code: int
) -> None:
    mine = Toutiao(base)
    own = mine.upload()["video"]["video_id"]
    assert mine.create(own if video_id == "own" else video_id, text)["error_code"] == code
    assert len(mine.listed()["list"]) == (code == 0)


def test_another_users_upload_and_works_are_out_of_reach(base: str) -> None:
    mine, other = Toutiao(base), Toutiao(base)
    assert other.create(mine.upload()["video"]["video_id"])["error_code"] == 2100005
    assert other.call("POST", "data", json={"item_ids": [mine.made()]})["list"] == []


def test_what_is_no_video_or_too_large_for_one_piece_is_refused(base: str) -> None:
    mine = Toutiao(base)
    assert mine.upload(b"no video at all")["error_code"] == 2100005
    assert mine.upload(MOVIE + b"\0" * 50 * 1024 * 1024)["error_code"] == 2100005
    assert mine.call("POST", "upload", data=MOVIE)["error_code"] == 10005


def test_token_and_open_id_stand_in_the_query_and_belong_together(base: str) -> None:
    mine, other = Toutiao(base), Toutiao(base)
    assert mine.listed(access_token="")["error_code"] == 10005
    assert mine.listed(open_id="")["error_code"] == 10005
    assert mine.listed(access_token="never given")["error_code"] == 2190002
    assert mine.listed(open_id=other.query["open_id"])["error_code"] == 2190002
    ends = {"platform": "toutiao", "account": mine.query["open_id"]}
    mine.control.post("/tokens", ends)
    assert mine.listed()["error_code"] == 2190008
    other.control.post("/tokens", ends | {"account": other.query["open_id"], "action": "revoke"})
    assert other.listed()["error_code"] == 2190002


def test_a_missing_right_and_a_used_up_day_have_their_codes(base: str) -> None:
    assert Toutiao(base, scopes=["toutiao.video.data"]).upload()["error_code"] == 16
    mine = Toutiao(base, creates_per_day=1)
    mine.made()
    assert mine.create(mine.upload()["video"]["video_id"])["error_code"] == 2190001


def test_the_list_is_turned_page_by_page_from_the_newest(base: str) -> None:
    mine = Toutiao(base)
    made = [mine.made(f"第{number}条") for number in range(3)]
    first = mine.listed(count="2")
    assert [work["item_id"] for work in first["list"]] == [made[2], made[1]]
    assert first["has_more"] is True
    rest = mine.listed(count="2", cursor=str(first["cursor"]))
    assert ([work["item_id"] for work in rest["list"]], rest["has_more"]) == ([made[0]], False)
    assert mine.listed(count="21")["error_code"] == 2100005


def test_figures_grow_and_stand_still_once_a_work_is_gone(base: str) -> None:
    mine = Toutiao(base)
    item_id = mine.made()
    assert set(mine.listed()["list"][0]["statistics"]) == FIGURES
    assert set(mine.listed()["list"][0]["statistics"].values()) == {0}
    mine.control.advance(86_400)
    day = mine.listed()["list"][0]["statistics"]["play_count"]
    mine.control.advance(3 * 86_400)
    assert mine.listed()["list"][0]["statistics"]["play_count"] > day > 0
    mine.control.post("/remove", {"ledger_id": mine.public()[0]["id"], "by": "account"})
    assert mine.public() == []
    assert mine.call("POST", "data", json={"item_ids": [item_id]})["list"] == []
