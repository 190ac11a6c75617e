"""Douyin without a phone: direct publishing for apps that were granted it, and by hand; and odd input of every way."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from channel_parts import MOVIE, Died, Notebook, Shelf, World, a_file, a_world, later, picture, post_picture

from connectors.base import ErrorClass, Outcome, Post
from connectors.channels.captions import caption_of
from connectors.channels.douyin import Douyin, direct
from sandbox.accounts import DOUYIN_SCOPES

KEY, SECRET, OPEN_ID = "awdirect", "fake-secret-direct", "_000direct"
TOKEN, REFRESH = "fake-token-direct", "fake-refresh-direct"
V1 = "/api/douyin/v1/video"
CREATE = f"{V1}/create_video/"
MB = 1024 * 1024
APP = {"platform": "douyin", "client_key": KEY, "client_secret": SECRET, "open_id": OPEN_ID, "name": "直发"}


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    with a_world() as world:
        join(world)
        yield world


def join(world: World, **fields: Any) -> None:
    scopes = [*DOUYIN_SCOPES, "video.create.bind"]
    world.control("/accounts", {**APP, "access_token": TOKEN, "refresh_token": REFRESH, "scopes": scopes, **fields})


@pytest.fixture
def world(shared: World) -> Iterator[World]:
    shared.faults()
    yield shared
    shared.faults()


@pytest.fixture(scope="module")
def movie() -> Iterator[str]:
    with a_file(MOVIE) as url:
        yield url


def channel(world: World, shelf: Shelf | None = None, secret: str = SECRET, **settings: Any) -> Douyin:
    ours = {"base_url": f"{world.address}/douyin", "mode": "direct", "may_create": True}
    secrets = {"client_key": KEY, "client_secret": secret, "open_id": OPEN_ID, "access_token": TOKEN}
    secrets |= {"refresh_token": REFRESH}
    return Douyin(
        Douyin.Settings.model_validate(ours | settings),
        Douyin.Credentials.model_validate(secrets),
        world.http(),
        shelf or Shelf(),
        world.now,
    )


def video(marker: str, url: str, **changes: Any) -> Post:
    values: dict[str, Any] = {"marker": marker, "title": "一分钟看懂暴雪预警", "topics": ("科普", "暴雪")}
    return Post.model_validate(values | {"text": "出行前先看路况。", "video_url": url} | changes)


def out(world: World, marker: str) -> list[dict[str, Any]]:
    return [row for row in world.public(OPEN_ID) if marker in row["text"]]


def refused(outcome: Outcome, kind: ErrorClass) -> str:
    """The refusal's words, which never hold a token."""
    assert outcome.refusal is not None
    assert outcome.refusal.kind is kind
    for secret in (TOKEN, REFRESH, SECRET):
        assert secret not in outcome.model_dump_json()
    return outcome.refusal.cause + outcome.refusal.remedy


def made_live(world: World, built: Douyin, journal: Notebook) -> Outcome:
    world.advance(60)
    found = built.poll(journal.known)
    assert found.state == "done", found
    return found


# ---------------------------------------------------------------- which way


def test_direct_needs_both_the_mode_and_the_right(world: World) -> None:
    ways = {("direct", True): "direct", ("direct", False): "handoff", ("handoff", True): "handoff"}
    ways[("manual", True)] = "manual"
    for (mode, right), way in ways.items():
        assert channel(world, mode=mode, may_create=right).capabilities.mode == way


def test_the_right_is_asked_for_only_where_the_app_has_it(world: World) -> None:
    for right in (True, False):
        url = channel(world, may_create=right).consent_url("http://127.0.0.1/back", "s")
        assert ("video.create.bind" in url) is right


def test_by_hand_a_person_gets_the_platforms_own_page_and_nothing_is_asked(world: World, movie: str) -> None:
    before = len(world.control("/calls"))
    built, journal = channel(world, mode="manual"), Notebook(world.now)
    handed = built.publish(video("dmhand", movie), journal)
    assert (handed.state, handed.hand_off) == ("pending_user", "https://creator.douyin.com")
    assert built.hand_off(video("dmhand", movie), journal).hand_off == handed.hand_off
    assert built.poll(handed.external_ids).state == "pending_user"
    asked = built.withdraw(handed.external_ids, journal)
    assert asked.state == "pending_user", "only the person knows whether it went out"
    assert len(world.control("/calls")) == before


# ---------------------------------------------------------------- out


def test_a_video_goes_out_in_three_calls_and_is_read_back(world: World, movie: str) -> None:
    before = Counter(call["path"] for call in world.control("/calls"))
    built, journal = channel(world), Notebook(world.now)
    post = video("ddgoesout", movie, cover=post_picture("c", picture()))
    assert built.publish(post, journal).state == "accepted"
    live = made_live(world, built, journal)
    made = Counter(call["path"] for call in world.control("/calls")) - before
    paths = (f"{V1}/upload_video/", f"{V1}/upload_image/", CREATE, f"{V1}/video_data/")
    assert made == dict.fromkeys(paths, 1)
    assert journal.calls == ["upload", "upload_picture", "publish"]
    row = out(world, "ddgoesout")[0]
    assert live.public_url == row["url"]
    assert row["text"] == "一分钟看懂暴雪预警 出行前先看路况。 #科普 #暴雪 稿号ddgoesout"


def test_pictures_go_out_as_a_note(world: World) -> None:
    built, journal = channel(world), Notebook(world.now)
    shown = tuple(post_picture(f"p{n}", picture("WEBP", (50 + n, 40))) for n in range(3))
    assert built.publish(video("ddnote", "", pictures=shown), journal).state == "accepted"
    assert "/note/" in made_live(world, built, journal).public_url


def test_a_long_video_goes_up_in_parts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "_WHOLE_BYTES", 6 * MB)
    monkeypatch.setattr(direct, "_PART_BYTES", 5 * MB)
    content = MOVIE + bytes(11 * MB)
    built, journal = channel(world), Notebook(world.now)
    with a_file(content) as url:
        assert built.publish(video("ddlong", url), journal).state == "accepted"
    assert journal.calls == ["upload"] * 3 + ["publish"]
    made_live(world, built, journal)


def test_a_work_refused_in_review_is_told_after_half_an_hour(world: World, movie: str) -> None:
    built, journal = channel(world), Notebook(world.now)
    world.faults({"kind": "review_refused", "platform": "douyin", "path": CREATE, "times": 1})
    built.publish(video("ddreview", movie), journal)
    world.advance(60)
    assert built.poll(journal.known).state == "accepted"
    world.advance(1800)
    gone = built.poll(journal.known)
    assert gone.state == "absent"
    assert "没有通过审核" in refused(gone, ErrorClass.CONTENT_REJECTED)


# ---------------------------------------------------------------- lost answers


@pytest.mark.parametrize("kind", ["reset_after_effect", "http_500_after", "wrong_json"])
def test_a_lost_create_that_worked_is_found_and_not_repeated(world: World, movie: str, kind: str) -> None:
    marker = f"dd{kind.replace('_', '')}"
    built, journal, post = channel(world), Notebook(world.now), video(f"dd{kind.replace('_', '')}", movie)
    world.faults({"kind": kind, "platform": "douyin", "path": CREATE, "times": 1})
    assert built.publish(post, journal).state == "unknown"
    world.advance(60)
    found = built.look_up(post, journal)
    assert found.state == "done"
    assert found.external_ids["item_id"]
    assert len(out(world, marker)) == 1


def test_a_pinned_old_work_does_not_end_the_search(movie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with a_world() as world:
        join(world)
        world.faults({"kind": "reset_after_effect", "platform": "douyin", "path": CREATE, "times": 1})
        built, journal, post = channel(world), Notebook(world.now), video("ddpinned", movie)
        assert built.publish(post, journal).state == "unknown"
        now, listed = int(world.now().timestamp()), built._direct._listed
        rows = [{"item_id": "pin", "title": "置顶", "create_time": now - 86_400 * 90}]
        rows += [{"item_id": f"n{n}", "title": "后来的", "create_time": now} for n in range(19)]
        pages = [{"list": rows, "has_more": True, "cursor": 0}]
        monkeypatch.setattr(
            built._direct, "_listed", lambda asked, token: pages.pop() if pages else listed(asked, token)
        )
        found = built.look_up(post, journal)
        assert found.external_ids.get("item_id"), found


def test_a_lost_create_that_is_nowhere_is_never_repeated_without_a_person(world: World, movie: str) -> None:
    built, journal, post = channel(world), Notebook(world.now), video("ddlost", movie)
    world.faults({"kind": "reset_before_effect", "platform": "douyin", "path": CREATE, "times": 1})
    assert built.publish(post, journal).state == "unknown"
    assert built.look_up(post, journal).refusal is None
    world.advance(601)
    asked = built.look_up(post, journal)
    assert asked.state == "unknown"
    assert "手机上核对" in refused(asked, ErrorClass.NEEDS_HUMAN)
    assert out(world, "ddlost") == []


@pytest.mark.parametrize("dies_at", ["upload", "publish"])
def test_a_process_that_dies_leaves_nothing_doubled(world: World, movie: str, dies_at: str) -> None:
    journal, post = Notebook(world.now, dies_at=dies_at), video(f"dddies{dies_at}", movie)
    with pytest.raises(Died):
        channel(world).publish(post, journal)
    built, journal.dies_at = channel(world), ""
    assert built.look_up(post, journal).state == ("absent" if dies_at == "upload" else "unknown")
    journal.settle()
    assert built.publish(post, journal).state == "accepted"
    made_live(world, built, journal)
    assert built.publish(post, journal).state == "accepted", "a second publish goes on from what is known"
    assert len(out(world, post.marker)) == 1


def test_a_lost_upload_may_simply_be_repeated(world: World, movie: str) -> None:
    built, journal, post = channel(world), Notebook(world.now), video("ddupload", movie)
    world.faults({"kind": "reset_after_effect", "platform": "douyin", "path": f"{V1}/upload_video/", "times": 1})
    assert refused(built.publish(post, journal), ErrorClass.RETRYABLE)
    assert built.publish(post, journal).state == "accepted"
    made_live(world, built, journal)
    assert len(out(world, "ddupload")) == 1


def test_busy_while_creating_is_never_a_plain_retry(world: World, movie: str) -> None:
    world.faults({"kind": "error", "platform": "douyin", "path": CREATE, "code": 28001005, "times": 1})
    journal = Notebook(world.now)
    assert channel(world).publish(video("ddbusy", movie), journal).state == "unknown"
    assert "publish" in journal.open


def test_an_expired_token_in_the_middle_is_replaced_once(movie: str) -> None:
    with a_world() as world:
        join(world)
        world.faults({"kind": "expired_token", "platform": "douyin", "path": CREATE, "times": 1})
        built, journal = channel(world), Notebook(world.now)
        assert built.publish(video("ddmiddle", movie), journal).state == "accepted"
        world.advance(60)
        assert len(out(world, "ddmiddle")) == 1


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        (28001018, ErrorClass.PERMISSION, "改为扫码发布"),
        (28001056, ErrorClass.PERMISSION, "改用扫码发布"),
        (28001046, ErrorClass.PERMISSION, "申诉"),
        (28003017, ErrorClass.QUOTA, "零点以后"),
        (28001012, ErrorClass.AUTH_REAUTH, "重新授权"),
    ],
)
def test_a_refused_create_says_what_to_do(world: World, movie: str, code: int, kind: ErrorClass, words: str) -> None:
    world.faults({"kind": "error", "platform": "douyin", "path": CREATE, "code": code, "times": 1})
    assert words in refused(channel(world).publish(video("ddcodes", movie), Notebook(world.now)), kind)


def test_a_right_that_was_never_granted_a_wrong_secret_and_a_revoked_consent_say_what_to_do(movie: str) -> None:
    with a_world() as world:
        join(world, scopes=DOUYIN_SCOPES)
        said = refused(channel(world).publish(video("ddright", movie), Notebook(world.now)), ErrorClass.PERMISSION)
        assert "没有这项能力" in said
        wrong = channel(world, secret="wrong-secret-x", mode="handoff")
        outcome = wrong.publish(video("ddwrong", "https://kepujilin.example/v.mp4"), Notebook(world.now))
        assert "Client Secret" in refused(outcome, ErrorClass.PERMISSION)
        assert "wrong-secret-x" not in outcome.model_dump_json()
        world.control("/tokens", {"platform": "douyin", "account": OPEN_ID, "action": "revoke"})
        outcome = channel(world).publish(video("ddrevoked", movie), Notebook(world.now))
        assert "重新授权" in refused(outcome, ErrorClass.AUTH_REAUTH)
        assert world.ledger(OPEN_ID) == []


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [(b"<html>", 200, "不是 MP4"), (MOVIE + b"\0" * MB, 200, "1 MB 以内"), (b"", 404, "取不到")],
)
def test_a_video_of_the_wrong_kind_or_size_is_refused_before_anything_is_sent(
    world: World, content: bytes, status: int, words: str
) -> None:
    before = len(world.control("/calls"))
    with a_file(content, status) as url:
        outcome = channel(world, limits={"video_bytes": MB}).publish(video("ddkind", url), Notebook(world.now))
    assert words in refused(outcome, ErrorClass.VALIDATION)
    assert len(world.control("/calls")) == before


def test_one_character_over_each_limit_is_found_before_anything_is_sent(world: World, movie: str) -> None:
    built = channel(world)
    title = "长" * 29 + "😀"
    rest = len(caption_of(video("ddpre", movie, title=title, text="")))
    fits = video("ddpre", movie, title=title, text="字" * (1000 - rest - 1))
    assert built.problems(fits) == []
    assert built.publish(fits, Notebook(world.now)).state == "accepted", "the platform counts the same"
    wrong = {
        "标题有 31 字": video("ddpre", movie, title=title + "😀"),
        "1001 字": fits.model_copy(update={"text": fits.text + "😀"}),
        "话题有 7 个": video("ddpre", movie, text="#一 #二 #三 #四 #五 小心路滑。"),
        "话题有 6 个": video("ddpre", movie, topics=("一", "二", "三", "四", "五", "六")),
        "图片有 13 张": video("ddpre", "", pictures=tuple(post_picture(f"p{n}", picture()) for n in range(13))),
        "打不开": video("ddpre", "", pictures=(post_picture("p", b"rubbish"),)),
        "没有视频": video("ddpre", ""),
    }
    before = len(world.control("/calls"))
    for words, post in wrong.items():
        found = [problem.cause for problem in built.problems(post)]
        assert any(words in cause for cause in found), (words, found)
        assert built.publish(post, Notebook(world.now)).state == "failed"
    assert len(world.control("/calls")) == before


@pytest.mark.parametrize("title", ["长" * 29 + "😀", "长" * 30])
def test_the_app_opens_what_the_preflight_lets_through(world: World, title: str) -> None:
    built = channel(world, mode="handoff")
    post = video("ddopen", "https://kepujilin.example/v.mp4", title=title)
    schema = built.publish(post, Notebook(world.now)).hand_off
    assert world.control("/douyin/open", {"schema": schema, "say": "show"})["ok"]
    longer = post.model_copy(update={"title": title + "字"})
    assert built.publish(longer, Notebook(world.now)).state == "failed"


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_clock_off_by_ten_minutes_still_signs_links_that_open(world: World, minutes: int) -> None:
    built, shelf = channel(world, mode="handoff"), Shelf()
    wrong = Douyin(
        built._settings, built._credentials, world.http(), shelf, lambda: world.now() + timedelta(minutes=minutes)
    )
    journal, post = Notebook(world.now), video("ddclock", "https://kepujilin.example/v.mp4")
    for _ in range(2):
        schema = wrong.hand_off(post, journal).hand_off
        stamp = int(parse_qs(urlsplit(schema).query)["timestamp"][0])
        assert abs(stamp - world.now().timestamp()) < 35
        assert world.control("/douyin/open", {"schema": schema, "say": "show"})["ok"]


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_clock_off_by_ten_minutes_still_finds_a_lost_create(world: World, movie: str, minutes: int) -> None:
    journal = Notebook(lambda: world.now() + timedelta(minutes=minutes))
    built, post = channel(world), video(f"ddoff{minutes + 10}", movie)
    world.faults({"kind": "reset_after_effect", "platform": "douyin", "path": CREATE, "times": 1})
    assert built.publish(post, journal).state == "unknown"
    world.advance(60)
    assert built.look_up(post, journal).state == "done"


def test_a_forged_or_foreign_callback_is_refused_and_a_repeated_one_keeps_its_key(world: World) -> None:
    built = channel(world)

    def told(client_key: str = KEY, secret: str = SECRET, **content: str) -> tuple[bytes, dict[str, str]]:
        said = {"event": "create_video", "client_key": client_key, "from_user_id": OPEN_ID}
        body = json.dumps(said | {"content": json.dumps(content)}).encode()
        signed = hashlib.sha1(secret.encode() + body).hexdigest()
        return body, {"X-Douyin-Signature": signed, "Msg-Id": "m1"}

    body, headers = told(share_id="1", item_id="@a")
    first, again = built.event({}, headers, body), built.event({}, headers, body)
    assert first is not None
    assert again is not None
    assert (first.key, first.external_ids) == (again.key, {"share_id": "1", "item_id": "@a", "open_id": OPEN_ID})
    forged, signs = told(secret="another")
    assert built.event({}, signs, forged) is None
    foreign, signs = told(client_key="awother")
    assert built.event({}, signs, foreign) is None
    assert built.event({}, headers, body.replace(b"@a", b"@b")) is None


def test_a_late_look_at_a_link_asks_for_a_fresh_one(world: World) -> None:
    built, journal = channel(world, mode="handoff"), Notebook(world.now)
    post = video("ddlate", "https://kepujilin.example/v.mp4")
    old = built.publish(post, journal).hand_off
    world.advance(3700)
    assert world.control("/douyin/open", {"schema": old, "say": "show"})["reason"] == "timestamp"
    fresh = built.hand_off(post, journal).hand_off
    assert world.control("/douyin/open", {"schema": fresh, "say": "show"})["ok"]
    assert journal.calls == ["share_id"]


def test_a_hand_off_costs_three_calls_and_each_further_showing_none() -> None:
    with a_world() as world:
        join(world)
        built, journal = channel(world, mode="handoff"), Notebook(world.now)
        post = video("ddcount", "https://kepujilin.example/v.mp4")
        built.publish(post, journal)
        for _ in range(3):
            built.hand_off(post, journal)
        made = Counter(call["path"] for call in world.control("/calls"))
        assert made == dict.fromkeys(("/oauth/client_token/", "/share-id/", "/open/getticket/"), 1)


def near_its_end(world: World, shelf: Shelf) -> Douyin:
    """A consent whose refresh token is to be renewed now."""
    join(world)
    ends = {"access_expires_at": later(world.now(), days=10), "refresh_expires_at": later(world.now(), days=4)}
    secrets = {"client_key": KEY, "client_secret": SECRET, "open_id": OPEN_ID, "access_token": TOKEN}
    credentials = Douyin.Credentials.model_validate({**secrets, "refresh_token": REFRESH, **ends})
    settings = Douyin.Settings(base_url=f"{world.address}/douyin", mode="direct", may_create=True)
    return Douyin(settings, credentials, world.http(), shelf, world.now)


@pytest.mark.parametrize("fault", ["reset_before_effect", "http_500_before"])
def test_an_outage_uses_up_no_renewal(fault: str) -> None:
    with a_world() as world:
        built = near_its_end(world, Shelf())
        world.faults({"kind": fault, "platform": "douyin", "path": "/oauth/renew_refresh_token/"})
        assert {built.check().state for _ in range(6)} == {"done"}, "the present token works meanwhile"
        world.faults()
        assert built.check().state == "done"
        ends = built.consent_ends_at()
        assert ends is not None
        assert ends > later(world.now(), days=20)


def test_a_refused_renewal_is_not_asked_for_with_every_call() -> None:
    with a_world() as world:
        built = near_its_end(world, Shelf())
        world.faults({"kind": "error", "platform": "douyin", "path": "/oauth/renew_refresh_token/", "code": 10020})
        for _ in range(4):
            assert built.check().state == "done"
        assert len(world.calls("/oauth/renew_refresh_token/")) == 1
        world.faults()
        world.advance(86_400)
        assert built.check().state == "done"
        ends = built.consent_ends_at()
        assert ends is not None
        assert ends > later(world.now(), days=20)


def test_renewals_end_at_five_and_then_a_person_consents() -> None:
    with a_world() as world:
        join(world)
        shelf = Shelf()
        tokens = {"access_token": TOKEN, "access_expires_at": later(world.now(), days=14)}
        tokens |= {"refresh_token": REFRESH, "refresh_expires_at": later(world.now(), days=29)}
        secrets = {"client_key": KEY, "client_secret": SECRET, "open_id": OPEN_ID, **tokens}
        settings = Douyin.Settings(base_url=f"{world.address}/douyin", mode="direct", may_create=True)
        built = Douyin(settings, Douyin.Credentials.model_validate(secrets), world.http(), shelf, world.now)
        for _ in range(60):
            world.advance(3 * 86_400)
            if built.check().state != "done":
                break
        assert len(world.calls("/oauth/renew_refresh_token/")) == 5
        assert "重新授权" in refused(built.check(), ErrorClass.AUTH_REAUTH)
