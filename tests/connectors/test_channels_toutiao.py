"""The 头条号 package, and the video interface behind its flag, against the stand-in."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from zipfile import ZipFile

import pytest
import requests
from channel_parts import MOVIE, Notebook, Shelf, World, a_file, a_world, picture, post_picture

from connectors.base import ErrorClass, Outcome, Packs, Post
from connectors.channels.toutiao import Toutiao
from connectors.dossier import Dossier, PictureRights, Reviewer
from connectors.http import HttpClient, HttpLimits

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
fresh = itertools.count(1)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_world() as world:
        yield world


@pytest.fixture(scope="module")
def movie() -> Iterator[str]:
    with a_file(MOVIE) as url:
        yield url


def channel(**settings: Any) -> Toutiao:
    """For articles; nothing is asked of anybody."""
    http = HttpClient(HttpLimits(read_seconds=2.0), now=lambda: NOW)
    return Toutiao(Toutiao.Settings.model_validate(settings), Toutiao.Credentials(), http, Shelf(), lambda: NOW)


class Filming:
    """One fresh account at the stand-in whose videos go over the interface."""

    def __init__(self, world: World, movie: str) -> None:
        world.faults()
        self.world, self.open_id = world, f"_ttfilm{next(fresh)}"
        own = {"open_id": self.open_id, "access_token": f"fake-token-{self.open_id}"}
        self.own = own
        world.control("/accounts", {"platform": "toutiao", "name": "科普吉林", **own})
        settings = Toutiao.Settings(base_url=f"{world.address}/toutiao", video_api=True)
        self.channel = Toutiao(settings, Toutiao.Credentials.model_validate(own), world.http(), Shelf(), world.now)
        self.journal = Notebook(world.now)
        self.film = post(video_url=movie)

    def fault(self, kind: str, path: str, **more: Any) -> None:
        self.world.faults({"kind": kind, "platform": "toutiao", "path": f"/toutiao/video/{path}/", "times": 1, **more})

    def publish(self) -> Outcome:
        return self.channel.publish(self.film, self.journal)

    def look_up(self) -> Outcome:
        return self.channel.look_up(self.film, self.journal)

    def by_hand(self, title: str) -> None:
        """Somebody publishes another video of the account."""
        base = f"{self.world.address}/toutiao/toutiao/video"
        file = {"video": ("video.mp4", MOVIE, "video/mp4")}
        made = requests.post(f"{base}/upload/", params=self.own, files=file, timeout=5).json()["data"]["video"]
        body = {"video_id": made["video_id"], "text": title}
        requests.post(f"{base}/create/", params=self.own, json=body, timeout=5)


@pytest.fixture
def filming(world: World, movie: str) -> Filming:
    return Filming(world, movie)


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


def test_a_video_goes_out_and_is_live_only_after_its_review(filming: Filming) -> None:
    sent = filming.publish()
    assert sent.state == "accepted"
    assert filming.journal.calls == ["toutiao_upload", "toutiao_create"]
    assert filming.channel.poll(sent.external_ids).state == "accepted"
    assert filming.world.public(filming.open_id) == []
    filming.world.advance(60)
    done = filming.channel.poll(sent.external_ids)
    (public,) = filming.world.public(filming.open_id)
    assert (done.state, done.public_url) == ("done", public["url"])
    assert requests.get(public["url"], timeout=5).status_code == 200


def test_a_video_that_its_review_refused_is_never_called_live(filming: Filming) -> None:
    filming.fault("review_refused", "create")
    sent = filming.publish()
    filming.world.advance(60)
    ended = filming.channel.poll(sent.external_ids)
    assert ended.state == "failed"
    assert ended.refusal is not None
    assert ended.refusal.kind is ErrorClass.CONTENT_REJECTED


def test_a_review_whose_end_the_platform_does_not_tell_is_a_persons_question(filming: Filming) -> None:
    sent = filming.publish()
    item = {"item_id": sent.external_ids["item_id"], "title": "", "share_url": "", "is_reviewed": True}
    filming.fault("wrong_json", "data", body=json.dumps({"data": {"error_code": 0, "list": [item]}}))
    asked = filming.channel.poll(sent.external_ids)
    assert asked.state == "failed"
    assert asked.refusal is not None
    assert asked.refusal.kind is ErrorClass.NEEDS_HUMAN


def test_a_lost_create_is_found_by_the_list_and_never_doubled(filming: Filming) -> None:
    filming.fault("reset_after_effect", "create")
    assert filming.publish().state == "unknown"
    found = filming.look_up()
    assert found.state == "accepted"
    filming.journal.settle(found.external_ids)
    assert filming.publish().external_ids["item_id"] == found.external_ids["item_id"]
    filming.world.advance(60)
    assert len(filming.world.public(filming.open_id)) == 1
    assert filming.journal.calls.count("toutiao_upload") == 1


def test_a_create_that_had_no_effect_is_made_again_with_the_same_upload(filming: Filming) -> None:
    filming.fault("reset_before_effect", "create")
    assert filming.publish().state == "unknown"
    absent = filming.look_up()
    assert absent.state == "absent"
    filming.journal.settle(absent.external_ids)
    assert filming.publish().state == "accepted"
    assert filming.journal.calls.count("toutiao_upload") == 1
    filming.world.advance(60)
    assert len(filming.world.public(filming.open_id)) == 1


def test_another_work_of_the_same_title_is_not_taken_for_ours(filming: Filming) -> None:
    filming.by_hand(filming.film.title)
    filming.fault("reset_before_effect", "create")
    assert filming.publish().state == "unknown"
    assert filming.look_up().state == "absent"
    filming.by_hand(filming.film.title)
    assert filming.look_up().state == "accepted"
    filming.by_hand(filming.film.title)
    asked = filming.look_up()
    assert asked.state == "unknown"
    assert asked.refusal is not None
    assert asked.refusal.kind is ErrorClass.NEEDS_HUMAN


def test_a_video_that_was_only_uploaded_is_gone_and_a_public_one_asks_a_person(filming: Filming) -> None:
    filming.fault("error", "create", code=2100004)
    assert filming.publish().state == "failed"
    assert filming.channel.withdraw(filming.journal.known, filming.journal).state == "absent"
    found_by_a_person = {**filming.journal.known, "published_on": "2026-11-26"}
    assert filming.channel.withdraw(found_by_a_person, filming.journal).state == "pending_user"
    assert filming.publish().state == "accepted"
    filming.world.advance(60)
    asked = filming.channel.withdraw(filming.journal.known, filming.journal)
    assert asked.state == "pending_user"
    assert asked.refusal is not None
    assert asked.refusal.kind is ErrorClass.NEEDS_HUMAN


def test_what_a_lost_create_may_still_make_is_not_called_gone(filming: Filming) -> None:
    filming.fault("reset_before_effect", "create")
    filming.publish()
    assert filming.channel.withdraw(filming.journal.known, filming.journal).state == "pending_user"
    filming.journal.settle(filming.look_up().external_ids)
    assert filming.channel.withdraw(filming.journal.known, filming.journal).state == "pending_user"


def test_a_video_that_somebody_deleted_is_told_and_not_sent_anew(filming: Filming) -> None:
    sent = filming.publish()
    filming.world.advance(3600)
    (public,) = filming.world.public(filming.open_id)
    filming.world.control("/remove", {"ledger_id": public["id"], "by": "platform"})
    assert filming.channel.poll(sent.external_ids).state == "absent"
    asked = filming.look_up()
    assert asked.state == "unknown"
    assert asked.refusal is not None
    assert asked.refusal.kind is ErrorClass.NEEDS_HUMAN


def test_a_title_over_the_limit_is_refused_here_and_there(filming: Filming) -> None:
    filming.film = filming.film.model_copy(update={"title": "雪" * 31})
    assert filming.publish().state == "failed"
    assert filming.journal.calls == []
    wider = filming.channel._settings.model_copy(update={"limits": {"title": 40}})
    filming.channel._settings = wider
    refused = filming.publish()
    assert refused.raw_code == "2100005"
    assert filming.world.public(filming.open_id) == []


@pytest.mark.parametrize("action", ["expire", "revoke"])
def test_a_refused_token_stops_the_account_and_asks_for_a_new_one(filming: Filming, action: str) -> None:
    filming.world.control("/tokens", {"platform": "toutiao", "account": filming.open_id, "action": action})
    outcome = filming.publish()
    assert outcome.refusal is not None
    assert outcome.refusal.kind is ErrorClass.AUTH_REAUTH
    assert "access_token" in outcome.refusal.remedy
    assert filming.own["access_token"] not in outcome.model_dump_json()
    assert filming.channel.check().refusal == outcome.refusal


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("10010", ErrorClass.AUTH_REAUTH),
        ("16", ErrorClass.PERMISSION),
        ("2190001", ErrorClass.QUOTA),
        ("424242", ErrorClass.PERMANENT),
    ],
)
def test_each_refusal_has_its_class_and_keeps_its_code(filming: Filming, code: str, kind: ErrorClass) -> None:
    filming.fault("error", "create", code=int(code))
    outcome = filming.publish()
    assert outcome.state == "failed"
    assert outcome.refusal is not None
    assert (outcome.refusal.kind, outcome.raw_code) == (kind, code)
    assert filming.own["access_token"] not in outcome.model_dump_json()


def test_the_flag_without_a_consent_says_what_is_missing() -> None:
    built = channel(video_api=True)
    outcome = built.check()
    assert outcome.refusal is not None
    assert "access_token" in outcome.refusal.remedy
    assert channel().check().state == "done", "an account for articles has nothing to be checked"
