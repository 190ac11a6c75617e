"""The accounts page at work: the check that starts an account again, and the owner's new consent, against the stand-in."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from conftest_desk import Login, World, a_story, approve, plan, rows
from fastapi.testclient import TestClient

from content_store import accounts
from content_store.tables import Account
from desk.pages.accounts import consent_words
from sandbox.serve import in_thread

STOPPED = "授权已失效。请在账号页重新授权。"


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with in_thread(seed=5) as address:
        yield address


@pytest.fixture
def stopped(world: World, base: str) -> World:
    """A weibo account of the stand-in whose owner has not consented yet, and a wechat account that works; both stopped."""
    secrets = {
        "wb-jl": {"app_key": "1234500000", "app_secret": "fake-secret-weibo"},
        "wx-jl": {"appid": "wxsandboxjilin", "appsecret": "fake-secret-wechat-jilin"},
    }
    newsroom = world.newsroom
    with newsroom.store.session() as session:
        for key, values in secrets.items():
            account = accounts.by_key(session, key)
            assert account is not None
            assert account.id is not None
            account.settings = {"base_url": f"{base}/{account.platform}", "bound_domain": "127.0.0.1"}
            accounts.stop(session, account.id, STOPPED)
            accounts.keep_credentials(session, account.id, values, newsroom.vault, now=newsroom.now())
    return world


def account_of(world: World, key: str) -> Account:
    with world.newsroom.store.reading() as session:
        found = accounts.by_key(session, key)
        assert found is not None
        return found


def answered(url: str, say: str) -> str:
    """What the owner's browser is sent back to after the platform's page."""
    form = urlencode(dict(parse_qsl(urlsplit(url).query)) | {"uid": "7700000001", "say": say}).encode()
    opener = urllib.request.build_opener(_Stays())
    with opener.open(urllib.request.Request(url.partition("?")[0], data=form), timeout=10) as answer:
        back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


class _Stays(urllib.request.HTTPRedirectHandler):
    def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        return fp


def said_after(client: TestClient, address: str) -> str:
    assert client.get(address).headers["location"].startswith("/accounts")
    return client.get("/accounts").text


def test_a_check_that_passes_starts_the_account_again(stopped: World, as_person: Login) -> None:
    client = as_person("scheduler")
    client.post("/accounts/wx-jl/check")
    assert "账号已恢复" in client.get("/accounts").text
    assert account_of(stopped, "wx-jl").stopped_reason == ""
    client.post("/accounts/wb-jl/check")
    assert "检查未通过" in client.get("/accounts").text
    assert account_of(stopped, "wb-jl").stopped_reason


def test_the_owner_consents_and_the_account_goes_on(stopped: World, as_person: Login) -> None:
    client = as_person("scheduler")
    assert 'href="/accounts/wb-jl/consent"' in client.get("/accounts").text
    assert 'href="/accounts/wx-jl/consent"' not in client.get("/accounts").text
    there = client.get("/accounts/wb-jl/consent").headers["location"]
    assert "授权成功" in said_after(client, answered(there, "yes"))
    assert account_of(stopped, "wb-jl").stopped_reason == ""


def test_a_consent_that_another_log_in_began_or_the_owner_refused_changes_nothing(
    stopped: World, as_person: Login
) -> None:
    client = as_person("scheduler")
    back = answered(client.get("/accounts/wb-jl/consent").headers["location"], "yes")
    assert "不是从您的登录发起的" in said_after(as_person("admin"), back)
    assert "不是从您的登录发起的" in said_after(client, back.replace("state=wb-jl", "state=wb-cc"))
    refused = answered(client.get("/accounts/wb-jl/consent").headers["location"], "no")
    assert "没有完成授权" in said_after(client, refused)
    assert account_of(stopped, "wb-jl").stopped_reason == STOPPED


def test_a_platform_without_consent_pages_says_so(stopped: World, as_person: Login) -> None:
    assert "直接填写密钥" in said_after(as_person("admin"), "/accounts/wx-jl/consent")


def test_a_day_written_beside_the_keys_is_shown_as_the_end_of_the_consent(world: World, as_person: Login) -> None:
    secrets = {"app_key": "k", "app_secret": "s", "access_token": "t", "uid": "1", "expires_at": "2026-12-20"}
    with world.newsroom.store.session() as session:
        account = account_of(world, "wb-jl").id
        assert account is not None
        accounts.keep_credentials(session, account, secrets, world.newsroom.vault, now=world.newsroom.now())
    assert "授权到 12-20 00:00 为止" in as_person("scheduler").get("/accounts").text


def test_a_scheduler_lets_an_account_go_on(stopped: World, as_person: Login) -> None:
    as_person("scheduler").post("/accounts/wb-jl/go-on")
    assert account_of(stopped, "wb-jl").stopped_reason == ""


def test_every_list_says_why_a_still_account_keeps_its_posts(world: World, as_person: Login) -> None:
    story = a_story(world)
    approve(world, story)
    plan(world, as_person, story, "wb-jl")
    client, number = as_person("scheduler"), rows(world)[0].delivery.id
    pages = (
        "/deliveries",
        "/deliveries?group=person",
        f"/deliveries/{number}",
        f"/stories/{story}",
        f"/stories/{story}/schedule",
    )
    for change, said in (({"stopped_reason": STOPPED}, f"账号已暂停：{STOPPED}"), ({"enabled": False}, "账号已停用")):
        with world.newsroom.store.session() as session:
            account = accounts.by_key(session, "wb-jl")
            assert account is not None
            for name, value in change.items():
                setattr(account, name, value)
        for path in pages:
            assert said in client.get(path).text, path
    assert "待人处理 1" in client.get("/deliveries").text


def test_the_end_of_a_consent_is_said_louder_when_near(now) -> None:
    ends = [None, now + timedelta(days=20), now + timedelta(days=3), now - timedelta(days=1)]
    assert [consent_words(each, now)[0] for each in ends] == ["good", "soft", "warn", "bad"]
