"""Who may do what: every route and every role; tokens on every form; log-in, lock, first password."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from conftest_desk import PASSWORD, PEOPLE, Login, World, a_story, approve, csrf_of, submit_login
from fastapi.routing import APIRoute

from content_store import people
from desk.access import ROLES
from desk.app import create_app
from desk.pages import ROUTERS, system

ANYBODY = frozenset(ROLES)
REVIEWERS = frozenset({"reviewer1", "reviewer2", "reviewer3"})
PLANNERS = frozenset({"scheduler", "duty"})
RIGHTS: dict[tuple[str, str], frozenset[str]] = {
    ("POST", "/articles/{article_id}/tags"): frozenset({"editor", "duty"}),
    ("POST", "/articles/{article_id}/kind"): frozenset({"editor", "duty"}),
    ("POST", "/articles/{article_id}/apart"): frozenset({"editor"}),
    ("GET", "/articles/{article_id}/together"): frozenset({"editor"}),
    ("POST", "/articles/{article_id}/together"): frozenset({"editor"}),
    ("POST", "/articles/{article_id}/story"): frozenset({"editor"}),
    ("GET", "/stories/new"): frozenset({"editor"}),
    ("POST", "/stories"): frozenset({"editor"}),
    ("GET", "/stories/{story_id}/edit"): frozenset({"editor"}),
    ("POST", "/stories/{story_id}/edit"): frozenset({"editor"}),
    ("POST", "/stories/{story_id}/submit"): frozenset({"editor"}),
    ("POST", "/stories/{story_id}/drop"): frozenset({"editor"}),
    ("POST", "/stories/{story_id}/anew"): frozenset({"editor"}),
    ("POST", "/stories/{story_id}/call-off"): frozenset({"editor", "scheduler", "duty"}),
    ("GET", "/stories/{story_id}/schedule"): PLANNERS,
    ("POST", "/stories/{story_id}/schedule"): PLANNERS,
    ("POST", "/stories/{story_id}/schedule/warnings"): PLANNERS,
    ("GET", "/reviews/{story_id}"): REVIEWERS,
    ("POST", "/reviews/{story_id}"): REVIEWERS,
    ("POST", "/deliveries/{delivery_id}/hand-off"): PLANNERS,
    ("POST", "/deliveries/{delivery_id}/link"): PLANNERS,
    ("POST", "/deliveries/{delivery_id}/package"): PLANNERS,
    ("POST", "/deliveries/{delivery_id}/withdrawn"): PLANNERS,
    ("POST", "/deliveries/{delivery_id}/again"): PLANNERS,
    ("POST", "/deliveries/{delivery_id}/cancel"): PLANNERS,
    ("POST", "/deliveries/{delivery_id}/{act}"): PLANNERS,
    ("POST", "/tasks/{task_id}/done"): frozenset({"editor", "scheduler", "duty"}),
    ("POST", "/stories/{story_id}/correction"): frozenset({"editor", "scheduler", "duty"}),
    ("POST", "/emergency/alerts"): frozenset({"duty"}),
    ("POST", "/emergency/{event_id}/end"): frozenset({"duty"}),
    ("POST", "/emergency/{event_id}/stories/{story_id}/release"): frozenset({"duty", "reviewer3", "admin"}),
    ("POST", "/emergency/tasks/{task_id}/done"): frozenset({"duty", "editor", "scheduler"}),
    ("POST", "/reports/{week}"): frozenset({"analyst"}),
    ("POST", "/sources/{key}/enabled"): frozenset({"admin"}),
    ("POST", "/sources/{key}/remove"): frozenset({"admin"}),
    ("POST", "/sources/{key}/collect"): frozenset({"editor", "admin"}),
    ("GET", "/sources/new"): frozenset({"editor", "admin"}),
    ("POST", "/sources/new"): frozenset({"editor", "admin"}),
    ("POST", "/sources/new/preview"): frozenset({"editor", "admin"}),
    ("POST", "/sources"): frozenset({"editor", "admin"}),
    ("GET", "/sources/{key}/edit"): frozenset({"editor", "admin"}),
    ("POST", "/sources/{key}/edit"): frozenset({"editor", "admin"}),
    ("GET", "/accounts/new"): frozenset({"admin"}),
    ("POST", "/accounts"): frozenset({"admin"}),
    ("GET", "/accounts/{key}/edit"): frozenset({"admin"}),
    ("POST", "/accounts/{key}/edit"): frozenset({"admin"}),
    ("POST", "/accounts/{key}/check"): frozenset({"admin", "scheduler"}),
    ("GET", "/accounts/{key}/consent"): frozenset({"admin", "scheduler"}),
    ("GET", "/accounts/consent"): frozenset({"admin", "scheduler"}),
    ("POST", "/accounts/{key}/go-on"): frozenset({"admin", "scheduler"}),
    ("POST", "/accounts/{key}/enabled"): frozenset({"admin"}),
    ("POST", "/system/check-log"): frozenset({"admin"}),
    ("GET", "/people"): frozenset({"admin"}),
    ("POST", "/people"): frozenset({"admin"}),
    ("POST", "/people/{user_id}/roles"): frozenset({"admin"}),
    ("POST", "/people/{user_id}/password"): frozenset({"admin"}),
    ("POST", "/people/{user_id}/active"): frozenset({"admin"}),
    ("POST", "/media"): frozenset({"editor", "duty"}),
}
"""What is not for everybody who is logged in, written down a second time on purpose."""
PUBLIC = {"/login", "/s/{story_id}", "/media/{sha256}", "/callback/{account_key}", "/healthz"}
# these end the log-in that the other checks need
KEPT_OUT = {("POST", "/logout"), ("POST", "/password")}


def routes() -> list[tuple[str, str]]:
    found = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    assert len(found) > 60
    return [(m, route.path) for route in found for m in sorted(route.methods or ()) if m in ("GET", "POST")]


def address(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: "999999" if found[1].endswith("_id") else "2026-W01", path)


def test_every_route_lets_in_exactly_the_roles_written_down(world: World, as_person: Login) -> None:
    wrong = []
    by_role = {roles[0]: name for name, (_display, roles) in PEOPLE.items() if name != "editor2"}
    for role, name in by_role.items():
        client = as_person(name)
        for method, path in routes():
            if path in PUBLIC or (method, path) in KEPT_OUT:
                continue
            status = client.request(method, address(path)).status_code
            if (status == 403) is (role in RIGHTS.get((method, path), ANYBODY)):
                wrong.append((role, method, path, status))
            assert status < 500, (role, method, path)
    assert wrong == []


def test_nobody_gets_anything_but_the_public_pages_without_a_log_in(world: World, as_person: Login) -> None:
    client = as_person(None)
    for method, path in routes():
        answer = client.request(method, address(path))
        if path in PUBLIC:
            assert "/login" not in answer.headers.get("location", "")
        else:
            assert answer.status_code == 303, (method, path)
            assert answer.headers["location"].startswith("/login"), (method, path)


def test_a_post_without_its_token_is_refused_even_from_who_may(as_person: Login) -> None:
    clients = {roles[0]: as_person(name) for name, (_display, roles) in PEOPLE.items()}
    for client in clients.values():
        del client.headers["X-CSRF-Token"]
    for method, path in routes():
        if method != "POST" or path in PUBLIC:
            continue
        client = clients[min(RIGHTS.get((method, path), ANYBODY))]
        for answer in (client.post(address(path)), client.post(address(path), data={"csrf": "wrong"})):
            assert answer.status_code == 403, path
            assert "页面已过期" in answer.text, path


def test_a_route_that_does_not_say_who_may_use_it_stops_the_desk_from_starting(world: World) -> None:
    def undeclared() -> None: ...

    system.router.add_api_route("/undeclared", undeclared)
    try:
        with pytest.raises(AssertionError, match="undeclared"):
            create_app(world.newsroom)
    finally:
        system.router.routes.pop()


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(as_person: Login) -> None:
    client = as_person(None)
    wrong, unknown = submit_login(client, "editor", "nonsense"), submit_login(client, "nobody", "nonsense")
    assert wrong.status_code == unknown.status_code == 401
    strip = re.compile(r'value="[^"]*"')
    assert strip.sub("", wrong.text) == strip.sub("", unknown.text)


def test_five_wrong_passwords_lock_the_log_in_for_a_while(world: World, as_person: Login) -> None:
    client = as_person(None)
    for _ in range(5):
        submit_login(client, "editor", "nonsense")
    assert "分钟后再试" in submit_login(client, "editor", PASSWORD).text
    world.pass_time(timedelta(minutes=2))
    assert submit_login(client, "editor", PASSWORD).status_code == 303


def test_a_log_in_ends_after_its_hours_and_at_log_out(world: World, as_person: Login) -> None:
    client = as_person("editor")
    assert client.get("/articles").status_code == 200
    world.pass_time(timedelta(hours=12))
    assert client.get("/articles").status_code == 303
    again = as_person("editor")
    assert again.post("/logout").status_code == 303
    assert again.get("/articles").status_code == 303


def test_the_cookie_cannot_be_read_by_scripts_nor_sent_from_elsewhere(as_person: Login) -> None:
    answer = submit_login(as_person(None), "editor", PASSWORD)
    cookie = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("kepu_desk="))
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()


@pytest.mark.parametrize("after", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example"])
def test_the_log_in_leads_only_to_our_own_pages(as_person: Login, after: str) -> None:
    assert submit_login(as_person(None), "editor", PASSWORD, after=after).headers["location"] == "/"


def test_a_one_time_password_must_be_changed_before_anything_else(world: World, as_person: Login) -> None:
    with world.newsroom.store.session() as session:
        user = people.by_name(session, "editor")
        assert user is not None
        user.must_change_password = True
    client = as_person(None)
    submit_login(client, "editor", PASSWORD)
    assert client.get("/articles").headers["location"] == "/password"
    form = client.get("/password")
    token = re.search(r'name="csrf" value="([^"]+)"', form.text)
    assert token
    new = {"csrf": token[1], "old": PASSWORD, "new": "songhuajiang-7788", "again": "songhuajiang-7788"}
    assert client.post("/password", data={**new, "old": "wrong"}).status_code == 422
    assert client.post("/password", data=new).headers["location"] == "/login"
    assert submit_login(client, "editor", "songhuajiang-7788").status_code == 303
    assert client.get("/articles").status_code == 200


def test_a_person_who_was_switched_off_is_out_at_once(world: World, as_person: Login) -> None:
    client, admin = as_person("editor"), as_person("admin")
    assert admin.post(f"/people/{world.user_ids['editor']}/active", data={"active": "false"}).status_code == 303
    assert client.get("/articles").status_code == 303
    assert submit_login(client, "editor", PASSWORD).status_code == 401


def test_an_administrator_cannot_lock_himself_out(world: World, as_person: Login) -> None:
    admin = as_person("admin")
    own = world.user_ids["admin"]
    assert admin.post(f"/people/{own}/active", data={"active": "false"}).status_code == 409
    assert admin.post(f"/people/{own}/roles", data={"role": "editor"}).status_code == 409


def test_a_new_persons_password_is_shown_once_and_works_once(as_person: Login) -> None:
    admin = as_person("admin")
    shown = admin.post("/people", data={"name": "xin", "display_name": "新人", "role": ["editor", "root"]})
    password = re.search(r'一次性密码.*?<span class="mono">([^<]+)</span>', shown.text)
    assert password
    assert password[1] not in admin.get("/people").text
    client = as_person(None)
    assert submit_login(client, "xin", password[1]).status_code == 303
    assert client.get("/articles").headers["location"] == "/password"


def test_headers_guard_every_answer(world: World, as_person: Login) -> None:
    story = a_story(world)
    approve(world, story)
    client = as_person("editor")
    for path in ("/articles", f"/stories/{story}", "/nowhere", "/login", f"/s/{story}", "/static/desk.css"):
        headers = client.get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"], path
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"


def test_no_page_holds_a_script_a_style_or_a_handler_of_its_own(world: World, as_person: Login) -> None:
    story = a_story(world)
    approve(world, story)
    for name in ("editor", "first", "scheduler", "admin"):
        client = as_person(name)
        for path in ("/articles", "/articles/1?marks=true", "/stories", f"/stories/{story}", f"/stories/{story}/edit",
                     f"/stories/{story}/preview", f"/reviews/{story}", f"/stories/{story}/schedule", "/deliveries",
                     "/emergency", "/emergency/packs", "/reports", "/hot", "/days", "/sources", "/sources/city", "/sources/new", "/sources/city/edit", "/accounts", "/system", "/people"):  # fmt: skip
            html = client.get(path).text
            assert not re.search(r"<script(?![^>]*\bsrc=)", html), path
            assert not re.search(r"\s(style|on[a-z]+)=\"", html), path
            assert not re.search(r"(src|href)=\"(https?:)?//(?!127\.0\.0\.1)", html), path


def test_each_log_in_has_a_token_of_its_own(as_person: Login) -> None:
    tokens = set()
    for _ in range(2):
        client = as_person(None)
        submit_login(client, "editor", PASSWORD)
        tokens.add(csrf_of(client.get("/stories").text))
    assert len(tokens) == 2
