"""The 头条号 package, and the video interface behind its flag, over a small server that speaks its protocol."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zipfile import ZipFile

import pytest
from channel_parts import Notebook, Shelf, picture, post_picture

from connectors.base import ErrorClass, Packs, Post
from connectors.channels.toutiao import Toutiao
from connectors.dossier import Dossier, PictureRights, Reviewer
from connectors.http import HttpClient, HttpLimits

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
MP4 = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 64


class Platform:
    """Works by video id: creating twice makes one, as the platform says."""

    def __init__(self) -> None:
        self.address = ""
        self.works: dict[str, dict[str, Any]] = {}
        self.calls: list[str] = []
        self.next_code = ""
        self.drops = False

    def answer(self, path: str, body: bytes) -> dict[str, Any]:
        self.calls.append(path)
        if self.next_code:
            code, self.next_code = self.next_code, ""
            return {"message": "error", "data": {"error_code": int(code), "description": "no"}}
        if path.endswith("/upload/"):
            return {"data": {"error_code": 0, "video": {"video_id": "v1", "width": 1, "height": 1}}}
        if path.endswith("/create/"):
            said = json.loads(body)
            item = {"item_id": "i1", "title": said["text"], "create_time": int(NOW.timestamp()), "is_reviewed": False}
            made = self.works.setdefault(said["video_id"], item | {"share_url": "https://www.toutiao.com/video/i1/"})
            return {"data": {"error_code": 0, "item_id": made["item_id"]}}
        return {"data": {"error_code": 0, "list": list(self.works.values()), "has_more": False}}


@contextmanager
def running() -> Iterator[Platform]:
    platform = Platform()

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            film = parts.path == "/film.mp4"
            if not film:
                asked = parse_qs(parts.query)
                assert asked["open_id"] == ["o1"]
                assert asked["access_token"] == ["t1"]
            told = MP4 if film else json.dumps(platform.answer(parts.path, body)).encode()
            if platform.drops and parts.path.endswith("/create/"):
                # the effect is there, the answer is not
                self.connection.close()
                return
            self.send_response(200)
            self.send_header("Content-Type", "video/mp4" if film else "application/json")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        do_GET = do_POST = _do

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    platform.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield platform
    finally:
        server.shutdown()
        server.server_close()


def channel(base_url: str = "", **settings: Any) -> Toutiao:
    values = settings | (
        {"base_url": base_url, "media_url": f"{base_url}/media/", "video_api": True} if base_url else {}
    )
    secrets = {"open_id": "o1", "access_token": "t1"} if base_url else {}
    http = HttpClient(HttpLimits(read_seconds=2.0), now=lambda: NOW)
    return Toutiao(
        Toutiao.Settings.model_validate(values), Toutiao.Credentials.model_validate(secrets), http, Shelf(), lambda: NOW
    )


def post(**changes: Any) -> Post:
    reviewer = Reviewer(step="终审", name="孙终", on=date(2026, 11, 25))
    told = Dossier(
        story=7,
        revision=1,
        content_sha256="ab" * 32,
        account="科普吉林头条",
        unit="吉林省科协",
        made_on=date(2026, 11, 26),
        alternative_titles=("雪天怎么走",),
        reviewers=(reviewer,),
        rights=(PictureRights(key="snow", source="省气象局"), PictureRights(key="car", source="省气象局")),
    )
    values: dict[str, Any] = {"marker": "kpmarker01", "title": "暴雪天气出行", "digest": "先看路况。", "dossier": told}
    values["html"] = '<h2>出行</h2><p>减速。</p><img src="media:snow" alt="积雪"><img src="media:car" alt="汽车">'
    values["pictures"] = (
        post_picture("snow", picture("WEBP", (400, 300))),
        post_picture("car", picture("PNG", (80, 60))),
    )
    return Post.model_validate(values | changes)


def film(platform: Platform, **changes: Any) -> Post:
    return post(video_url=f"{platform.address}/film.mp4", **changes)


def test_the_package_holds_what_the_editor_of_the_site_needs_and_never_changes() -> None:
    one, two = channel().package(post()), channel().package(post())
    assert one == two
    with ZipFile(io.BytesIO(one.content)) as archive:
        names = set(archive.namelist())
        told = json.loads(archive.read("meta.json"))
        page = archive.read("article.html").decode()
    assert names == {
        *("article.docx", "article.html", "plain.txt", "meta.json", "checklist.md", "SHA256SUMS"),
        *("images/01.jpg", "images/02.png", "cover/cover_16x9.jpg", "cover/cover_3x2_1.jpg", "cover/cover_3x2_2.jpg"),
    }
    assert told["alt_titles"] == ["雪天怎么走"]
    assert told["package_id"] == "tt-7-r1-kpmarker01"
    assert "images/02.png" in page


def test_an_article_is_handed_over_and_a_video_too_where_the_flag_is_off() -> None:
    built = channel()
    assert isinstance(built, Packs)
    assert not built.capabilities.video
    for each in (post(), post(video_url="https://x.example/1.mp4")):
        assert built.publish(each, Notebook(lambda: NOW)).state == "pending_user"


@pytest.mark.parametrize(("title", "fits"), [("雪", False), ("雪天", True), ("雪" * 30, True), ("雪" * 31, False)])
def test_titles_have_two_to_thirty_characters(title: str, fits: bool) -> None:
    assert (channel().problems(post(title=title)) == []) is fits
    assert channel(limits={"title": 40}).problems(post(title="雪" * 31)) == []


def test_a_video_is_uploaded_created_and_live_once_it_is_reviewed() -> None:
    with running() as platform:
        built, journal = channel(platform.address), Notebook(lambda: NOW)
        sent = built.publish(film(platform), journal)
        assert sent.state == "accepted"
        assert journal.calls == ["toutiao_upload", "toutiao_create"]
        assert built.poll(sent.external_ids).state == "accepted"
        platform.works["v1"]["is_reviewed"] = True
        done = built.poll(sent.external_ids)
        assert (done.state, done.public_url) == ("done", "https://www.toutiao.com/video/i1/")


def test_a_lost_create_is_found_by_its_title_and_sending_again_makes_no_second_work() -> None:
    with running() as platform:
        built, journal = channel(platform.address), Notebook(lambda: NOW)
        platform.drops = True
        assert built.publish(film(platform), journal).state == "unknown"
        platform.drops = False
        found = built.look_up(film(platform), journal)
        assert (found.state, found.external_ids["item_id"]) == ("accepted", "i1")
        journal.settle()
        assert built.publish(film(platform), journal).state == "accepted"
        assert len(platform.works) == 1
        assert platform.calls.count("/toutiao/video/upload/") == 1


def test_another_work_of_the_same_title_is_not_taken_for_ours_whatever_the_clocks_say() -> None:
    with running() as platform:
        built, journal = channel(platform.address), Notebook(lambda: NOW)
        old = {"item_id": "old", "title": film(platform).title, "is_reviewed": True, "share_url": "https://x/old"}
        # made a moment ago by the platform's clock, which is ahead of ours
        platform.works["v0"] = old | {"create_time": int(NOW.timestamp()) + 600}
        platform.drops = True
        assert built.publish(film(platform), journal).state == "unknown"
        platform.drops = False
        ours = platform.works.pop("v1")
        assert built.look_up(film(platform), journal).state == "absent"
        platform.works["v1"] = ours | {"create_time": int(NOW.timestamp()) - 3600}
        assert built.look_up(film(platform), journal).external_ids["item_id"] == "i1"
        platform.works["v2"] = ours | {"item_id": "i2"}
        asked = built.look_up(film(platform), journal)
        assert asked.state == "unknown"
        assert asked.refusal is not None
        assert asked.refusal.kind is ErrorClass.NEEDS_HUMAN


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("10010", ErrorClass.AUTH_REAUTH),
        ("16", ErrorClass.PERMISSION),
        ("2190001", ErrorClass.QUOTA),
        ("424242", ErrorClass.PERMANENT),
    ],
)
def test_each_refusal_has_its_class_and_keeps_its_code(code: str, kind: ErrorClass) -> None:
    with running() as platform:
        platform.next_code = code
        outcome = channel(platform.address).publish(film(platform), Notebook(lambda: NOW))
    assert outcome.state == "failed"
    assert outcome.refusal is not None
    assert (outcome.refusal.kind, outcome.raw_code) == (kind, code)
    assert "t1" not in outcome.model_dump_json().replace("toutiao", "")


def test_the_flag_without_a_consent_says_what_is_missing() -> None:
    built = channel(video_api=True)
    outcome = built.check()
    assert outcome.refusal is not None
    assert "access_token" in outcome.refusal.remedy
    assert channel().check().state == "done", "an account for articles has nothing to be checked"
