"""The Kuaishou channel against its stand-in, over real HTTP."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from channel_parts import MOVIE, Died, Notebook, Shelf, World, a_file, a_world, later, picture, post_picture

from connectors.base import ErrorClass, Outcome, Post
from connectors.channels.captions import caption_of, perhaps_ours
from connectors.channels.codes import problem
from connectors.channels.kuaishou import Kuaishou
from connectors.channels.kuaishou.api import KuaishouApi
from connectors.channels.kuaishou.limits import OverLimit
from connectors.errors import RetryLater

APP_ID, SECRET, OPEN_ID = "ks000000sandbox", "fake-secret-kuaishou", "f18sandbox-jilin"
TOKEN, REFRESH = "fake-token-kuaishou-jilin", "fake-refresh-kuaishou-jilin"
MB = 1024 * 1024
PUBLISH = "/openapi/photo/publish"
JOINS = {"platform": "kuaishou", "app_id": APP_ID, "app_secret": SECRET, "open_id": OPEN_ID, "name": "科普吉林"}
JOINS |= {"access_token": TOKEN, "refresh_token": REFRESH}


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    with a_world() as world:
        yield world


@pytest.fixture
def world(shared: World) -> Iterator[World]:
    shared.faults()
    yield shared
    shared.faults()


@pytest.fixture(scope="module")
def movie() -> Iterator[str]:
    with a_file(MOVIE) as url:
        yield url


def channel(
    world: World, shelf: Shelf | None = None, tokens: dict[str, Any] | None = None, **settings: Any
) -> Kuaishou:
    secrets: dict[str, Any] = {"app_id": APP_ID, "app_secret": SECRET, "open_id": OPEN_ID}
    secrets |= {"access_token": TOKEN, "refresh_token": REFRESH} if tokens is None else tokens
    return Kuaishou(
        Kuaishou.Settings.model_validate({"base_url": f"{world.address}/kuaishou"} | settings),
        Kuaishou.Credentials.model_validate(secrets),
        world.http(),
        shelf or Shelf(),
        world.now,
    )


def video(marker: str, url: str, **changes: Any) -> Post:
    values: dict[str, Any] = {"marker": marker, "title": "一分钟看懂暴雪预警", "topics": ("科普", "暴雪")}
    values |= {"text": "大范围降雪将至，出行前先看路况。", "video_url": url, "cover": post_picture("c", picture())}
    return Post.model_validate(values | changes)


def out(world: World, marker: str) -> list[dict[str, Any]]:
    return [row for row in world.public(OPEN_ID) if marker in row["text"]]


def made_live(world: World, built: Kuaishou, journal: Notebook) -> Outcome:
    world.advance(10)
    found = built.poll(journal.known)
    assert found.state == "done", found
    return found


def refused(outcome: Outcome, kind: ErrorClass) -> str:
    """The refusal's words; every one has a cause and a remedy, and no token in it."""
    assert outcome.refusal is not None
    assert outcome.refusal.kind is kind
    said = outcome.model_dump_json()
    for secret in (TOKEN, REFRESH, SECRET):
        assert secret not in said
    assert outcome.refusal.cause.endswith("。")
    assert outcome.refusal.remedy.endswith("。")
    return outcome.refusal.cause + outcome.refusal.remedy


# ---------------------------------------------------------------- out


def test_a_video_goes_out_and_is_live_only_after_the_review(world: World, movie: str) -> None:
    built, journal = channel(world), Notebook(world.now)
    taken = built.publish(video("ksgoesout", movie), journal)
    assert taken.state == "accepted"
    assert built.poll(journal.known).state == "accepted", "out of sight or pending is not live"
    found = made_live(world, built, journal)
    row = out(world, "ksgoesout")[0]
    assert found.public_url == row["url"]
    assert row["text"] == "一分钟看懂暴雪预警 大范围降雪将至，出行前先看路况。 #科普 #暴雪 稿号ksgoesout"


def test_a_publication_makes_no_more_calls_than_the_protocol_needs(movie: str) -> None:
    with a_world() as world:
        built, journal = channel(world), Notebook(world.now)
        built.publish(video("kscalls", movie), journal)
        made_live(world, built, journal)
        made = Counter(call["path"] for call in world.control("/calls"))
    needed = ("/openapi/photo/start_upload", "/api/upload", PUBLISH, "/openapi/photo/info")
    assert made == dict.fromkeys(needed, 1)
    assert journal.calls == ["upload", "publish"]


def test_a_large_video_goes_up_in_pieces_and_whole(world: World) -> None:
    content = MOVIE + bytes(range(256)) * 4096 * 21
    built, journal = channel(world), Notebook(world.now)
    with a_file(content) as url:
        assert built.publish(video("kslarge", url), journal).state == "accepted"
    assert journal.calls == ["upload"] * 3 + ["publish"]
    made_live(world, built, journal)
    assert len(out(world, "kslarge")) == 1


# ---------------------------------------------------------------- lost answers


@pytest.mark.parametrize("kind", ["reset_after_effect", "http_500_after", "wrong_json", "timeout_after_effect"])
def test_a_lost_publish_that_worked_is_found_and_not_repeated(world: World, movie: str, kind: str) -> None:
    marker = f"ks{kind.replace('_', '')}"
    built, journal = channel(world), Notebook(world.now)
    world.faults({"kind": kind, "platform": "kuaishou", "path": PUBLISH, "times": 1, "seconds": 4})
    post = video(marker, movie)
    assert built.publish(post, journal).state == "unknown"
    world.advance(10)
    found = built.look_up(post, journal)
    assert found.state == "done"
    assert found.external_ids["photo_id"]
    assert len(out(world, marker)) == 1


def test_a_lost_publish_that_is_long_out_of_sight_is_waited_for(world: World, movie: str) -> None:
    built, journal = channel(world), Notebook(world.now)
    world.faults(
        {"kind": "reset_after_effect", "platform": "kuaishou", "path": PUBLISH, "times": 1},
        {"kind": "not_yet", "platform": "kuaishou", "path": PUBLISH, "times": 1, "seconds": 1500},
    )
    post, waited = video("kshidden", movie), 0.0
    assert built.publish(post, journal).state == "unknown"
    while (asked := built.look_up(post, journal)).state == "unknown":
        assert asked.retry_after is not None
        world.advance(asked.retry_after + 1)
        waited += asked.retry_after
    assert asked.state in ("accepted", "done")
    assert waited >= 1400
    assert len(world.calls("/openapi/photo/list")) < 20


def test_a_lost_publish_without_effect_is_absent_only_after_its_time(world: World, movie: str) -> None:
    built, journal = channel(world), Notebook(world.now)
    world.faults({"kind": "reset_before_effect", "platform": "kuaishou", "path": PUBLISH, "times": 1})
    post = video("ksabsent", movie)
    assert built.publish(post, journal).state == "unknown"
    assert built.look_up(post, journal).state == "unknown"
    world.advance(1801)
    assert built.look_up(post, journal).state == "absent"
    journal.settle()
    assert built.publish(post, journal).state == "accepted"
    made_live(world, built, journal)
    assert len(out(world, "ksabsent")) == 1


@pytest.mark.parametrize("kept", [8, 40, 60])
def test_a_platform_that_cuts_captions_doubles_nothing(movie: str, kept: int) -> None:
    """The mark goes with the end of the caption; a new work that begins like ours is then a person's question."""
    with a_world() as world:
        world.control("/accounts", {**JOINS, "caption_kept": kept})
        built, journal = channel(world), Notebook(world.now)
        world.faults({"kind": "reset_after_effect", "platform": "kuaishou", "path": PUBLISH, "times": 1})
        post = video("kscutcutcu", movie, text="出行前先看路况，减速慢行。" * 4)
        assert len(caption_of(post)) > 60
        assert built.publish(post, journal).state == "unknown"
        assert built.look_up(post, journal).refusal is None, "its time is not over"
        world.advance(1801)
        asked = built.look_up(post, journal)
        assert "登记链接" in refused(asked, ErrorClass.NEEDS_HUMAN)
        assert (asked.state, len(world.public(OPEN_ID))) == ("unknown", 1)
        other = video("ksotherone", movie, title="另一条视频")
        open_call = Notebook(world.now, dies_at="publish")
        with pytest.raises(Died):
            built.publish(other, open_call)
        world.advance(1801)
        assert built.look_up(other, open_call).state == "absent", "what begins in another way is not this one"


def test_the_whole_mark_of_another_delivery_is_that_ones() -> None:
    post = video("aaaaaaaaaa", "https://v.example/1.mp4")
    assert perhaps_ours("一分钟看懂暴雪预警 大范围降雪…", post)
    assert perhaps_ours(caption_of(post)[:-3], post)
    assert perhaps_ours("一分钟看懂暴雪预警（快手改过的文案）", post)
    assert perhaps_ours("", post), "nothing to be read is no proof"
    assert not perhaps_ours(caption_of(post.model_copy(update={"marker": "bbbbbbbbbb"})), post)
    assert not perhaps_ours("别的视频", post)


def test_a_pinned_old_work_does_not_end_the_search(world: World, movie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    built, journal = channel(world), Notebook(world.now)
    world.faults({"kind": "reset_after_effect", "platform": "kuaishou", "path": PUBLISH, "times": 1})
    post = video("kspinned", movie)
    assert built.publish(post, journal).state == "unknown"
    world.advance(60)
    ask, now = built._works._page, world.now()
    newer = [_listed(f"n{n}", now, "后来的") for n in range(19)]
    pages = [[_listed("pin", now - timedelta(days=90), "置顶"), *newer]]
    monkeypatch.setattr(built._works, "_page", lambda asked: pages.pop() if pages else ask({"count": "20"}))
    assert built.look_up(post, journal).state == "done"


def _listed(photo_id: str, at: datetime, caption: str) -> dict[str, Any]:
    return {"photo_id": photo_id, "caption": caption, "create_time": int(at.timestamp() * 1000)}


@pytest.mark.parametrize("dies_at", ["upload", "publish"])
def test_a_process_that_dies_leaves_nothing_doubled(world: World, movie: str, dies_at: str) -> None:
    journal, post = Notebook(world.now, dies_at=dies_at), video(f"ksdies{dies_at}", movie)
    with pytest.raises(Died):
        channel(world).publish(post, journal)
    built, journal.dies_at = channel(world), ""
    world.advance(1801)
    assert built.look_up(post, journal).state == "absent"
    journal.settle()
    assert built.publish(post, journal).state == "accepted"
    made_live(world, built, journal)
    assert built.publish(post, journal).state == "accepted", "a second publish goes on from what is known"
    assert len(out(world, post.marker)) == 1


@pytest.mark.parametrize("path", ["/openapi/photo/start_upload", "/api/upload"])
def test_a_lost_upload_may_simply_be_repeated(world: World, movie: str, path: str) -> None:
    built, journal = channel(world), Notebook(world.now)
    world.faults({"kind": "reset_after_effect", "platform": "kuaishou", "path": path, "times": 1})
    post = video("ksupwhole" if path == "/api/upload" else "ksupstart", movie)
    assert refused(built.publish(post, journal), ErrorClass.RETRYABLE)
    assert not journal.open
    assert built.publish(post, journal).state == "accepted"
    made_live(world, built, journal)
    assert len(out(world, post.marker)) == 1


def test_busy_while_publishing_is_never_a_plain_retry(world: World, movie: str) -> None:
    built, journal = channel(world), Notebook(world.now)
    world.faults({"kind": "error", "platform": "kuaishou", "path": PUBLISH, "code": 100200500, "times": 1})
    assert built.publish(video("ksbusy", movie), journal).state == "unknown"
    assert "publish" in journal.open


# ---------------------------------------------------------------- what became of it


def test_a_failed_transcoding_and_a_refused_review_are_told_apart(world: World, movie: str) -> None:
    built, broken, vanished = channel(world), Notebook(world.now), Notebook(world.now)
    fault = {"platform": "kuaishou", "path": PUBLISH, "times": 1}
    world.faults({"kind": "transcode_failed", "value": 100120003, **fault})
    built.publish(video("ksbroken", movie), broken)
    world.faults({"kind": "review_refused", **fault})
    built.publish(video("ksrefused", movie), vanished)
    world.advance(60)
    failed = built.poll(broken.known)
    assert failed.state == "failed"
    assert "处理视频失败" in refused(failed, ErrorClass.PERMANENT)
    assert built.poll(vanished.known).state == "accepted", "for half an hour it may only be out of sight"
    world.advance(1800)
    gone = built.poll(vanished.known)
    assert gone.state == "absent"
    assert "没有通过审核" in refused(gone, ErrorClass.NOT_FOUND)
    again = built.look_up(video("ksrefused", movie), vanished)
    assert again.state == "unknown", "what vanished is not sent anew by itself"
    assert refused(again, ErrorClass.NEEDS_HUMAN)


@pytest.mark.parametrize("code", [100200999, 100200100, 100200101])
def test_a_question_that_is_refused_says_nothing_of_the_work(world: World, movie: str, code: int) -> None:
    built, journal = channel(world), Notebook(world.now)
    built.publish(video(f"ksasked{code}", movie), journal)
    world.faults({"kind": "error", "path": "/openapi/photo/info", "code": code})
    found = built.poll(journal.known)
    assert (found.state, found.not_asked, found.raw_code) == ("accepted", True, str(code))
    assert built.look_up(video(f"ksasked{code}", movie), journal).state == "unknown"
    world.faults()
    made_live(world, built, journal)


def test_withdrawing_takes_the_work_down_and_a_second_time_does_no_harm(world: World, movie: str) -> None:
    built, journal = channel(world), Notebook(world.now)
    built.publish(video("kswithdraw", movie), journal)
    made_live(world, built, journal)
    known = dict(journal.known)
    assert built.withdraw(known, journal).state == "absent"
    assert out(world, "kswithdraw") == []
    world.advance(1801)
    assert built.withdraw(known, journal).state == "absent"


def test_what_is_not_in_sight_yet_is_not_called_withdrawn(world: World, movie: str) -> None:
    built, journal = channel(world), Notebook(world.now)
    world.faults({"kind": "not_yet", "platform": "kuaishou", "path": PUBLISH, "times": 1, "seconds": 1000})
    built.publish(video("kssoon", movie), journal)
    tries, asked = 0, built.withdraw(dict(journal.known), journal)
    while asked.state != "absent":
        tries += 1
        assert tries < 5
        world.advance(asked.retry_after or 0.0)
        asked = built.withdraw(dict(journal.known), journal)
    world.advance(3600)
    assert out(world, "kssoon") == []
    rows = [row for row in world.ledger(OPEN_ID) if "kssoon" in row["text"]]
    assert all(row["removed_at"] for row in rows)


def test_a_lost_publish_is_withdrawn_by_its_mark(world: World, movie: str) -> None:
    built, journal = channel(world), Notebook(world.now)
    world.faults({"kind": "reset_after_effect", "platform": "kuaishou", "path": PUBLISH, "times": 1})
    built.publish(video("kslostback", movie), journal)
    world.advance(10)
    assert len(out(world, "kslostback")) == 1
    assert built.withdraw({"marker": "kslostback"}, journal).state == "absent"
    assert out(world, "kslostback") == []


def test_figures_come_two_hundred_works_a_call_and_missing_ones_are_left_out(world: World, movie: str) -> None:
    built, journal = channel(world), Notebook(world.now)
    built.publish(video("ksfigures", movie), journal)
    made_live(world, built, journal)
    world.advance(3600)
    before = len(world.calls("/openapi/photo/list"))
    posts = {"mine": dict(journal.known), "gone": {"photo_id": "3xnothing"}, "none": {}}
    figures = built.post_figures(posts, world.now().date())
    assert [found.external_id for found in figures] == ["mine"]
    assert figures[0].reads
    assert figures[0].shares is None
    assert len(world.calls("/openapi/photo/list")) == before + 1
    account = built.account_figures(world.now().date())
    assert account is not None
    assert account.followers


# ---------------------------------------------------------------- consent


def test_a_refresh_is_stored_before_it_is_used_and_keeps_the_end_of_the_consent(movie: str) -> None:
    with a_world() as world:
        ends = later(world.now(), days=180)
        tokens = {"access_token": TOKEN, "access_expires_at": later(world.now(), hours=48)}
        tokens |= {"refresh_token": REFRESH, "refresh_expires_at": ends}
        shelf = Shelf()
        built = channel(world, shelf, tokens)
        assert built.check().external_ids == {"expires_at": ends.isoformat()}
        assert shelf.tokens == {}, "a token that lives long is not replaced"
        for day in range(0, 178, 1):
            world.advance(86_400)
            if day % 20 == 0:
                assert built.check().state == "done"
                ends_now = built.consent_ends_at()
                assert ends_now is not None
                assert ends_now <= ends
        world.advance(5 * 86_400)
        assert "重新授权" in refused(built.check(), ErrorClass.AUTH_REAUTH)


def test_many_at_once_refresh_once() -> None:
    with a_world() as world:
        world.control("/tokens", {"platform": "kuaishou", "account": OPEN_ID})
        shelf = Shelf()
        answers: list[Outcome] = []
        threads = [threading.Thread(target=lambda: answers.append(channel(world, shelf).check())) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [answer.state for answer in answers] == ["done"] * 6
        assert len(world.calls("/oauth2/refresh_token")) == 1


def test_a_discarded_refresh_token_asks_for_consent_at_once() -> None:
    with a_world() as world:
        world.control("/tokens", {"platform": "kuaishou", "account": OPEN_ID})
        assert channel(world, Shelf()).check().state == "done"
        world.control("/tokens", {"platform": "kuaishou", "account": OPEN_ID})
        forgot = channel(world, Shelf())
        said = refused(forgot.check(), ErrorClass.AUTH_REAUTH)
        assert "作废" in said
        assert refused(forgot.check(), ErrorClass.AUTH_REAUTH)
        ends = forgot.consent_ends_at()
        assert ends is not None
        assert ends <= world.now()
        assert len(world.calls("/oauth2/refresh_token")) == 2, "not tried again"


def test_a_refusal_that_comes_late_does_not_end_what_another_machine_was_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with a_world() as world:
        world.control("/tokens", {"platform": "kuaishou", "account": OPEN_ID})
        shelf, elsewhere = Shelf(), Shelf()
        asked = KuaishouApi.refreshed

        def at_the_same_time(api: KuaishouApi, token: str) -> dict[str, Any]:
            monkeypatch.setattr(KuaishouApi, "refreshed", asked)
            assert channel(world, elsewhere).check().state == "done"
            try:
                return api.refreshed(token)
            finally:
                # what the other machine was given is stored before our refusal is
                shelf.tokens |= elsewhere.tokens

        monkeypatch.setattr(KuaishouApi, "refreshed", at_the_same_time)
        assert channel(world, shelf).check().state == "done"
        assert shelf.tokens == elsewhere.tokens
        assert len(world.calls("/oauth2/refresh_token")) == 2


def test_a_new_refresh_token_is_kept_though_no_access_token_came_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_world() as world:
        world.control("/tokens", {"platform": "kuaishou", "account": OPEN_ID})
        asked, built = KuaishouApi.refreshed, channel(world, Shelf())
        monkeypatch.setattr(KuaishouApi, "refreshed", lambda api, token: asked(api, token) | {"access_token": ""})
        assert refused(built.check(), ErrorClass.RETRYABLE)
        monkeypatch.setattr(KuaishouApi, "refreshed", asked)
        assert built.check().state == "done"


def test_a_lost_refresh_says_nothing_about_the_post_and_the_old_token_goes_on(movie: str) -> None:
    with a_world() as world:
        shelf = Shelf()
        near = later(world.now(), hours=20)
        built = channel(world, shelf, {"access_token": TOKEN, "access_expires_at": near, "refresh_token": REFRESH})
        world.faults({"kind": "reset_after_effect", "platform": "kuaishou", "path": "/oauth2/refresh_token"})
        assert built.check().state == "done", "the present one works for some hours"
        world.faults()
        world.control("/tokens", {"platform": "kuaishou", "account": OPEN_ID})
        journal = Notebook(world.now)
        assert refused(built.publish(video("kslostref", movie), journal), ErrorClass.AUTH_REAUTH)
        world.faults({"kind": "http_500_before", "platform": "kuaishou", "path": "/oauth2/refresh_token"})
        other = channel(world, Shelf(), {"access_token": "", "refresh_token": "fake-refresh-kuaishou-changchun"})
        assert refused(other.publish(video("kslostref", movie), journal), ErrorClass.RETRYABLE)
        assert journal.calls == []


def test_an_expired_token_in_the_middle_is_replaced_once_and_nothing_doubled(movie: str) -> None:
    with a_world() as world:
        built, journal = channel(world), Notebook(world.now)
        world.faults({"kind": "expired_token", "platform": "kuaishou", "path": PUBLISH, "times": 1})
        assert built.publish(video("ksmiddle", movie), journal).state == "accepted"
        world.advance(10)
        assert len(out(world, "ksmiddle")) == 1
        assert len(world.calls("/oauth2/refresh_token")) == 1


def test_a_consent_gives_the_credentials_it_changes(world: World) -> None:
    import requests

    built = channel(world, tokens={})
    back = "http://127.0.0.1/back"
    url = built.consent_url(back, "st")
    assert SECRET not in url
    form = {"open_id": OPEN_ID, "app_id": APP_ID, "redirect_uri": back, "state": "st"}
    form["scope"] = "user_info,user_video_publish,user_video_info,user_video_delete"
    said = requests.post(url.partition("?")[0], data=form, timeout=5, allow_redirects=False)
    code = said.headers["location"].partition("code=")[2].partition("&")[0]
    given = built.consent(code, back)
    assert given["open_id"] == OPEN_ID
    again = channel(world, tokens={name: value for name, value in given.items() if name != "open_id"})
    assert again.check().state == "done"
    assert again.consent_ends_at() is not None


# ---------------------------------------------------------------- bad input


def test_a_wrong_secret_a_missing_right_and_a_revoked_consent_say_what_to_do(movie: str) -> None:
    with a_world() as world:
        wrong = Kuaishou(
            Kuaishou.Settings(base_url=f"{world.address}/kuaishou"),
            Kuaishou.Credentials.model_validate(
                {"app_id": APP_ID, "app_secret": "wrong-secret", "open_id": OPEN_ID, "refresh_token": REFRESH}
            ),
            world.http(),
            Shelf(),
            world.now,
        )
        assert "App Secret" in refused(wrong.check(), ErrorClass.PERMISSION)
        never = channel(world, tokens={})
        assert "授权" in refused(never.publish(video("ksnever", movie), Notebook(world.now)), ErrorClass.AUTH_REAUTH)
        account = {"platform": "kuaishou", "app_id": APP_ID, "app_secret": SECRET, "open_id": "f18noright"}
        account |= {"name": "无权", "scopes": ["user_info"], "access_token": "fake-token-noright"}
        world.control("/accounts", account)
        noright = channel(world, Shelf(), {"access_token": "fake-token-noright"})
        said = refused(noright.publish(video("ksnoright", movie), Notebook(world.now)), ErrorClass.AUTH_REAUTH)
        assert "勾选全部权限" in said
        world.control("/tokens", {"platform": "kuaishou", "account": OPEN_ID, "action": "revoke"})
        said = refused(channel(world).publish(video("ksrevoked", movie), Notebook(world.now)), ErrorClass.AUTH_REAUTH)
        assert "取消了快手授权" in said
        assert world.ledger(OPEN_ID) == []


def test_a_refusal_just_after_our_midnight_is_not_the_second_day() -> None:
    """Our clock is ahead: it is the same evening at the platform."""
    full, shelf = Outcome(state="failed", refusal=problem(ErrorClass.QUOTA, "满了。", "明天再试。")), Shelf()
    evening = datetime(2026, 11, 26, 15, 50, tzinfo=UTC)  # 23:50 in Beijing

    def met(minutes: int) -> Outcome:
        return OverLimit(shelf, lambda: evening + timedelta(minutes=minutes)).met(full)

    assert (met(0), met(15)) == (full, full)
    assert refused(met(40), ErrorClass.NEEDS_HUMAN)


def test_quota_waits_for_midnight_and_on_the_second_day_asks_a_person(movie: str) -> None:
    with a_world() as world:
        account = {"platform": "kuaishou", "app_id": APP_ID, "app_secret": SECRET, "open_id": OPEN_ID, "name": "禁"}
        world.control("/accounts", account | {"banned": True})
        world.past_midnight()
        built, shelf = None, Shelf()
        built = channel(world, shelf)
        for _ in range(2):
            full = built.publish(video("ksban", movie), Notebook(world.now))
            assert refused(full, ErrorClass.QUOTA)
            assert 60 <= (full.retry_after or 0) <= 86_460
        world.advance((full.retry_after or 0) + 900)
        world.control("/accounts", account | {"banned": True, "access_token": "fake-token-next"})
        asked = channel(world, shelf, {"access_token": "fake-token-next"}).publish(
            video("ksban", movie), Notebook(world.now)
        )
        assert "禁止发布" in refused(asked, ErrorClass.NEEDS_HUMAN)
        world.control("/accounts", account | {"banned": False})
        ok = channel(world, shelf, {"access_token": "fake-token-next"})
        assert ok.publish(video("ksban", movie), Notebook(world.now)).state == "accepted"
        assert shelf.get("over_limit") is None


@pytest.mark.parametrize(("code", "wait"), [(10000302, 60.0), (10000303, 1800.0)])
def test_being_too_fast_waits_as_long_as_it_must(world: World, movie: str, code: int, wait: float) -> None:
    world.faults({"kind": "error", "platform": "kuaishou", "path": PUBLISH, "code": code, "times": 1})
    outcome = channel(world).publish(video("ksfast", movie), Notebook(world.now))
    assert refused(outcome, ErrorClass.RATE)
    assert outcome.retry_after == wait


def test_the_preflight_finds_one_character_too_many_and_nothing_less(world: World, movie: str) -> None:
    built = channel(world)
    title = "长" * 29 + "😀"
    rest = len(caption_of(video("kspre", movie, title=title, text="")))
    full = video("kspre", movie, title=title, text="字" * (1000 - rest - 1), topics=("科普", "暴雪"))
    assert len(caption_of(full)) == 1000
    assert built.problems(full) == []
    assert built.publish(full, Notebook(world.now)).state == "accepted", "the platform counts the same"
    wrong = {
        "标题有 31 字": video("kspre", movie, title="长" * 30 + "😀"),
        "1001 字": full.model_copy(update={"text": full.text + "😀"}),
        "话题有 6 个": video("kspre", movie, text="#一 #二 #三 #四 小心路滑。"),
        "话题有 5 个": video("kspre", movie, topics=("一", "二", "三", "四", "五")),
        "没有视频": video("kspre", ""),
        "不是 https": video("kspre", "http://kepujilin.example/v.mp4"),
        "没有封面": video("kspre", movie, cover=None),
        "打不开": video("kspre", movie, cover=post_picture("c", b"rubbish")),
        "没有标题": video("kspre", movie, title=" "),
    }
    before = len(world.calls(PUBLISH))
    for words, post in wrong.items():
        found = [problem.cause for problem in built.problems(post)]
        assert any(words in cause for cause in found), (words, found)
        assert built.publish(post, Notebook(world.now)).state == "failed"
    assert len(world.calls(PUBLISH)) == before, "nothing was sent"


def test_a_cover_of_another_kind_is_fitted(world: World, movie: str) -> None:
    built, journal = channel(world, limits={"cover_bytes": 20_000}), Notebook(world.now)
    cover = post_picture("c", picture("WEBP", (400, 300), noisy=True))
    assert built.publish(video("kscover", movie, cover=cover), journal).state == "accepted"


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [(b"<html>no video</html>", 200, "不是 MP4"), (MOVIE + b"\0" * MB, 200, "1 MB 以内"), (b"", 404, "取不到")],
)
def test_a_video_of_the_wrong_kind_or_size_is_refused_before_anything_is_sent(
    world: World, content: bytes, status: int, words: str
) -> None:
    built, before = channel(world, limits={"video_bytes": MB}), len(world.calls("/openapi/photo/start_upload"))
    with a_file(content, status) as url:
        outcome = built.publish(video("kswrong", url), Notebook(world.now))
    assert words in refused(outcome, ErrorClass.VALIDATION)
    assert len(world.calls("/openapi/photo/start_upload")) == before


def test_a_video_server_that_is_down_is_waited_for(world: World) -> None:
    with a_file(b"", 503) as url:
        outcome = channel(world).publish(video("ksdown", url), Notebook(world.now))
    assert refused(outcome, ErrorClass.RETRYABLE)


def test_videos_are_sent_to_the_platforms_own_machines_only(world: World, movie: str) -> None:
    built = channel(world)
    for endpoint in ("evil.example", "kuaishou.com.evil.example", "upload.kuaishou.com/..", "a@b", "notkuaishou.com"):
        with pytest.raises(Exception, match="上传地址"):
            built._api._upload_base(endpoint)
    assert built._api._upload_base("upload1.kuaishouzt.com") == "http://upload1.kuaishouzt.com/api/upload"


# ---------------------------------------------------------------- call-backs


def told(world: World, event: str = "UN_AUTHORIZE", at: float = 0.0, **changes: Any) -> tuple[bytes, dict[str, str]]:
    moment = int((world.now() + timedelta(seconds=at)).timestamp() * 1000)
    said = {"app_id": APP_ID, "event": event, "timestamp": moment, "message_id": "m1", "data": {"open_id": OPEN_ID}}
    body = json.dumps(said | changes).encode()
    return body, {"kwaisign": hashlib.md5(body + SECRET.encode()).hexdigest()}


def test_the_genuine_callback_is_understood_and_a_forged_replayed_or_late_one_refused(world: World) -> None:
    built = channel(world)
    body, headers = told(world)
    event = built.event({}, headers, body)
    assert event is not None
    assert (event.kind, event.external_ids, event.key) == ("unauthorize", {"open_id": OPEN_ID}, "m1")
    assert json.loads(event.answer) == {"result": 1, "message_id": "m1"}
    assert built.event({}, headers, body + b" ") is None
    assert built.event({}, {"kwaisign": "0" * 32}, body) is None
    assert built.event({}, {}, body) is None
    for seconds in (-890.0, 890.0):
        body, headers = told(world, at=seconds)
        assert built.event({}, headers, body) is not None, "a clock off by well over ten minutes still hears"
    for seconds in (-920.0, 920.0):
        body, headers = told(world, at=seconds)
        assert built.event({}, headers, body) is None
    body, headers = told(world, app_id="another")
    assert built.event({}, headers, body) is None
    body, headers = told(world, timestamp="rubbish")
    assert built.event({}, headers, body) is None


def test_the_address_check_is_answered_unsigned_and_changes_nothing(world: World) -> None:
    body, _ = told(world, event="TEST", message_id="t9")
    event = channel(world).event({}, {}, body)
    assert event is not None
    assert (event.kind, event.external_ids) == ("address_check", {})
    assert json.loads(event.answer) == {"result": 1, "message_id": "t9"}


def test_a_callback_nested_without_end_is_refused_signed_or_not(world: World) -> None:
    built, deep = channel(world), b"[" * 200_000
    assert built.event({}, {}, deep) is None
    assert built.event({}, {"kwaisign": hashlib.md5(deep + SECRET.encode()).hexdigest()}, deep) is None


def test_a_long_text_of_a_stranger_is_not_even_read(world: World) -> None:
    body, _ = told(world, event="TEST", padding="x" * 2_000)
    assert channel(world).event({}, {}, body) is None
    body, headers = told(world, padding="x" * 2_000)
    assert channel(world).event({}, headers, body) is not None, "the platform's own may be long"


def test_news_of_an_older_consent_does_not_stop_the_new_one(world: World) -> None:
    tokens = {"access_token": TOKEN, "consented_at": later(world.now(), minutes=2)}
    body, headers = told(world)
    event = channel(world, tokens=tokens).event({}, headers, body)
    assert event is not None
    assert (event.kind, event.external_ids) == ("overtaken", {})


def test_a_clock_off_by_ten_minutes_still_finds_a_lost_publish(world: World, movie: str) -> None:
    journal = Notebook(lambda: world.now() + timedelta(minutes=10))
    built, post = channel(world), video("ksclock", movie)
    world.faults({"kind": "reset_after_effect", "platform": "kuaishou", "path": PUBLISH, "times": 1})
    assert built.publish(post, journal).state == "unknown"
    world.advance(10)
    assert built.look_up(post, journal).state == "done"


def test_the_log_of_details_shows_no_token(world: World, movie: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    built, journal = channel(world), Notebook(world.now)
    world.control("/tokens", {"platform": "kuaishou", "account": "f18sandbox-changchun"})
    other = channel(world, Shelf(), {"access_token": "fake-token-kuaishou-changchun",
                                     "refresh_token": "fake-refresh-kuaishou-changchun"})  # fmt: skip
    assert other.check().state == "done"
    assert built.publish(video("kslog", movie), journal).state == "accepted"
    assert "/openapi/photo/publish" in caplog.text
    assert "/oauth2/refresh_token" in caplog.text
    for secret in (TOKEN, SECRET, "fake-refresh-kuaishou", "ks.sandbox", "upload_token=C"):
        assert secret not in caplog.text


def test_failures_name_no_token(world: World, movie: str) -> None:
    built = channel(world)
    world.faults({"kind": "http_500_after", "platform": "kuaishou", "path": "*"})
    with pytest.raises(RetryLater) as failure:
        built.post_figures({"1": {"photo_id": "3x"}}, world.now().date())
    said = f"{failure.value.message} {failure.value!r} {built.publish(video('ksnames', movie), Notebook(world.now))}"
    for secret in (TOKEN, REFRESH, SECRET, "upload_token=C"):
        assert secret not in said
