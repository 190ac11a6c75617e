"""Readers, emergency, call-backs, sources, accounts, system, and what goes wrong."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from conftest_desk import (
    Login,
    World,
    a_story,
    an_emergency,
    approve,
    ids_of,
    plan,
    rows,
    status_of,
    verdict,
)
from fastapi.routing import APIRoute

from content_store.tables import Delivery, DeliveryState, Post, User
from desk.access import ROLES
from desk.pages import ROUTERS

HOSTILE = "<script>alert(1)</script>"


def test_readers_see_what_is_out_and_nothing_else(world: World, as_person: Login) -> None:
    story, reader = a_story(world), as_person(None)
    assert reader.get(f"/s/{story}").status_code == 404
    approve(world, story)
    assert reader.get(f"/s/{story}").status_code == 404
    plan(world, as_person, story, "wb-jl")
    assert reader.get(f"/s/{story}").status_code == 404
    _put(world, DeliveryState.LIVE, live_at=world.newsroom.now())
    assert "长春市民防寒指南" in reader.get(f"/s/{story}?m=abc").text
    as_person("editor").post(f"/stories/{story}/edit", data={"based_on": "2", "title": "还没审的新标题"})
    assert "还没审的新标题" not in reader.get(f"/s/{story}").text
    _put(world, DeliveryState.WITHDRAWN)
    assert reader.get(f"/s/{story}").status_code == 404


def test_a_queued_text_opens_for_its_own_mark_once_it_is_due(world: World, as_person: Login) -> None:
    story, reader = a_story(world), as_person(None)
    approve(world, story)
    plan(world, as_person, story, "wb-jl", at="time", due_at="2026-11-26T13:00")
    with world.newsroom.store.reading() as session:
        post = session.get(Post, rows(world)[0].delivery.post_id)
        assert post is not None
        mark = post.marker
    assert reader.get(f"/s/{story}?m={mark}").status_code == 404
    world.pass_time(timedelta(hours=2))
    assert reader.get(f"/s/{story}?m={mark}").status_code == 200
    assert reader.get(f"/s/{story}?m=another").status_code == 404


def test_what_stopped_before_the_platform_had_it_stays_unread(world: World, as_person: Login) -> None:
    story, reader = a_story(world), as_person(None)
    approve(world, story)
    plan(world, as_person, story, "wb-jl")
    _put(world, DeliveryState.NEEDS_PERSON)
    assert reader.get(f"/s/{story}").status_code == 404
    _put(world, DeliveryState.NEEDS_PERSON, live_at=world.newsroom.now())
    assert reader.get(f"/s/{story}").status_code == 200


def _put(world: World, state: DeliveryState, live_at: datetime | None = None) -> None:
    """As the rounds would leave the only delivery."""
    with world.newsroom.store.session() as session:
        row = session.get(Delivery, rows(world)[0].delivery.id)
        assert row is not None
        row.state, row.live_at = state, live_at


def test_two_different_people_release_an_emergency_story(world: World, as_person: Login) -> None:
    event = an_emergency(world)
    page = as_person("duty").get(f"/emergency/{event}")
    assert "暴雪红色" in page.text
    story = re.search(rf"/emergency/{event}/stories/(\d+)/release", page.text)
    seen = re.search(r'name="content_hash" value="(\w+)"', page.text)
    assert story
    assert seen
    address, form = f"/emergency/{event}/stories/{story[1]}/release", {"content_hash": seen[1]}
    as_person("duty").post(address, data=form)
    as_person("duty").post(address, data=form)
    assert status_of(world, int(story[1])) != "released"
    as_person("final").post(address, data=form)
    assert status_of(world, int(story[1])) == "released"
    assert any(line.delivery.state == DeliveryState.QUEUED for line in rows(world))
    task = re.search(r"/emergency/tasks/(\d+)/done", as_person("duty").get(f"/emergency/{event}").text)
    assert task
    duty = as_person("duty")
    duty.post(f"/emergency/tasks/{task[1]}/done", data={"note": "已补审", "back": str(event)})
    assert "三审还没有补齐" in duty.get("/emergency").text
    number = int(story[1])
    for step, name in (("first", "first"), ("second", "second"), ("final", "final")):
        client = as_person(name)
        assert f"/reviews/{number}" in client.get("/reviews").text
        assert "应急补审" in client.get("/reviews").text
        assert f"/reviews/{number}" in client.get(f"/stories/{number}").text
        client.post(f"/reviews/{number}", data=verdict(world, number, step))
    assert "三审已补齐" in as_person("duty").get(f"/emergency/{event}").text


def test_what_is_no_alert_is_refused_in_a_sentence(as_person: Login) -> None:
    client = as_person("duty")
    answer = client.post("/emergency/alerts", files={"file": ("a.xml", b"<not-cap/>", "text/xml")})
    assert answer.headers["location"] == "/emergency"
    assert 'class="notice bad"' in client.get("/emergency").text


def test_a_call_back_that_proves_nothing_is_forbidden(as_person: Login) -> None:
    client = as_person(None)
    assert client.post("/callback/wx-jl", content=b"<xml/>").status_code == 403
    assert client.get("/callback/nobody").status_code == 403


NOWHERE = (
    "/nowhere", "/articles/999", "/articles/x", "/stories/999", "/reviews/999", "/deliveries/999", "/emergency/999",
    "/reports/2026-W01", "/stories/1/versions/9", "/articles/1/revisions/7", "/s/999",
)  # fmt: skip


def test_what_does_not_exist_is_a_chinese_404(as_person: Login) -> None:
    client = as_person("first")
    for path in NOWHERE:
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert re.search("[一-龥]{4}", answer.text), path


def test_a_number_that_no_store_holds_is_a_404_everywhere(world: World, as_person: Login) -> None:
    with world.newsroom.store.session() as session:
        user = session.get(User, world.user_ids["admin"])
        assert user is not None
        user.roles = list(ROLES)
    client, huge = as_person("admin"), str(10**20)
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    wanted = [route for route in routes if "_id}" in route.path]
    assert len(wanted) > 20
    for route in wanted:
        path = re.sub(r"\{\w+_id\}", huge, route.path).replace("{number}", "1").replace("{revision}", "1")
        answer = client.request(min(route.methods or ()), path)
        assert answer.status_code == 404, path
    for path in (f"/deliveries?story={huge}", f"/reports/2026-W01?revision={huge}", "/articles?q=%00", "/reports/%00"):
        assert client.get(path).status_code == 404, path


def test_odd_input_is_answered_in_a_sentence(world: World, as_person: Login) -> None:
    story = a_story(world)
    approve(world, story)
    client, address = as_person("scheduler"), f"/stories/{story}/schedule"
    for odd in ("²", "9" * 30, "-1"):
        assert client.post(address, data={"account": odd, "at": "now"}).status_code == 303, odd
        assert "至少选择一个账号" in client.get("/deliveries").text, odd
        assert client.post(f"{address}/warnings", data={"account": odd}).status_code == 200, odd
    for odd in ("0001-01-01T00:00", "明天", ""):
        client.post(address, data={"account": "1", "at": "time", "due_at": odd})
        assert "正确的发布时间" in client.get("/deliveries").text, odd
    answer = as_person("editor").post(f"/stories/{story}/edit", data={"based_on": "²", "title": "新标题"})
    assert answer.status_code == 409


def test_a_choice_that_would_be_refused_is_never_called_fine(world: World, as_person: Login) -> None:
    story, account = a_story(world), str(ids_of(world)["wb-cc"])
    approve(world, story)
    client, address = as_person("scheduler"), f"/stories/{story}/schedule/warnings"
    fine = "没有撞车或重复"
    assert fine in client.post(address, data={"account": account, "at": "now"}).text
    far, odd = {"at": "time", "due_at": "9999-12-31T23:59"}, {"at": "time", "due_at": "²"}
    for form, said in (
        ({"account": "999999", "at": "now"}, "所选账号已不存在"),
        ({"account": [account, "²"], "at": "now"}, "所选账号已不存在"),
        ({"account": account, **far}, "发布时间太远"),
        ({"account": account, **odd}, "正确的发布时间"),
    ):
        html = client.post(address, data=form).text
        assert said in html
        assert fine not in html
    as_person("admin").post("/accounts/wb-cc/enabled", data={"enabled": "false"})
    html = client.post(address, data={"account": account, "at": "now"}).text
    assert "已停用" in html
    assert fine not in html


def test_a_text_too_long_comes_back_in_its_form(world: World, as_person: Login) -> None:
    client, story = as_person("editor"), a_story(world)
    text = "<p>" + "雪" * 500_000 + "</p>"
    form = {"based_on": "1", "body_html": text}
    answer = client.post(f"/stories/{story}/edit", data=form, files={"cover_file": ("", b"")})
    assert answer.status_code == 422
    assert "正文太长" in answer.text
    assert "雪" * 500_000 in answer.text
    # a form's own token is read from the same form
    csrf = client.headers.pop("X-CSRF-Token")
    answer = client.post(f"/stories/{story}/edit", data=form | {"csrf": csrf}, files={"cover_file": ("", b"")})
    assert answer.status_code == 422


def test_what_is_larger_than_any_text_is_refused_in_its_own_words(
    world: World, as_person: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.access.LARGEST_TEXT", 2000)
    client, story = as_person("editor"), a_story(world)
    form = {"based_on": "1", "body_html": "x" * 4000}
    answer = client.post(f"/stories/{story}/edit", data=form, files={"cover_file": ("", b"")})
    assert answer.status_code == 413
    assert "缩短后再试" in answer.text


def test_a_defect_shows_a_number_and_no_trace(world: World, as_person: Login, monkeypatch: pytest.MonkeyPatch) -> None:
    client = as_person("editor")
    monkeypatch.setattr("desk.pages.inbox.inbox.listed", lambda *_a, **_k: 1 / 0)
    answer = client.get("/articles")
    assert answer.status_code == 500
    assert "编号" in answer.text
    assert "ZeroDivision" not in answer.text
    assert "content-security-policy" in answer.headers


def test_a_source_and_an_account_are_switched_off_and_on(world: World, as_person: Login) -> None:
    admin = as_person("admin")
    admin.post("/sources/city/enabled", data={"enabled": "false"})
    assert "已停用" in admin.get("/sources").text
    admin.post("/accounts/wb-cc/enabled", data={"enabled": "false"})
    assert "已停用" in admin.get("/accounts").text
    assert admin.post("/accounts/nobody/go-on").status_code == 404


def test_the_system_page_says_what_does_not_run(as_person: Login) -> None:
    html = as_person("admin").get("/system").text
    assert "Prefect 暂不可用" in html
    assert "没有时钟在运行" in html
    assert "日志完整" in as_person("admin").post("/system/check-log").text
    assert as_person(None).get("/healthz").json() == {"ok": True}
