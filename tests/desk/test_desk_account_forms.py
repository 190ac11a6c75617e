"""The form of an account: every platform's fields explained, wrong ones told beside them, secrets never shown again."""

from __future__ import annotations

import re

import pytest
from conftest_desk import Login, World, a_story, approve, plan
from pydantic import BaseModel

from connectors.base import Token
from connectors.registry import CHANNELS, channel_class
from content_store import accounts, log
from content_store.tables import Account
from steps.account_fields import SHEETS
from steps.adding_accounts import kept_keys
from steps.tokens import StoredTokens

SECRET = "sehr-geheim-0123456789"
RIGHT: dict[str, dict[str, str]] = {
    "wechat": {"credentials.appid": "wx0123456789abcdef", "credentials.appsecret": SECRET, "mode.mode": "draft_only"},
    "weibo": {
        "credentials.app_key": "1234500000",
        "credentials.app_secret": SECRET,
        "settings.bound_domain": "kepu.example.cn",
        "settings.rip": "221.8.1.2",
    },
    "douyin": {"credentials.client_key": "awkey", "credentials.client_secret": SECRET, "mode.mode": "handoff"},
    "kuaishou": {"credentials.app_id": "ks12345", "credentials.app_secret": SECRET},
    "toutiao": {"contact": "王老师"},
    "kepuchina": {"contact": "王老师"},
}
COMMON = {"name": "长春科普二号", "unit": "长春市科协", "area": "220100", "apart_minutes": "20", "key": "zwei"}


def account_of(world: World, key: str) -> Account | None:
    with world.newsroom.store.reading() as session:
        return accounts.by_key(session, key)


def secrets_of(world: World, key: str) -> dict[str, str]:
    with world.newsroom.store.reading() as session:
        account = accounts.by_key(session, key)
        assert account is not None
        return accounts.credentials(session, account.id or 0, world.newsroom.vault)


def test_every_field_is_one_that_its_channel_knows_and_every_needed_key_has_a_field() -> None:
    assert list(SHEETS) == list(CHANNELS)
    for platform, sheet in SHEETS.items():
        channel = channel_class(platform)
        shapes: dict[str, type[BaseModel]] = {"settings": channel.Settings, "credentials": channel.Credentials}
        for field in sheet.fields:
            if field.place in shapes:
                assert field.key in shapes[field.place].model_fields, (platform, field.key)
            assert field.label
            assert field.hint, (platform, field.key)
        needed = {name for name, info in channel.Credentials.model_fields.items() if info.is_required()}
        assert needed <= {field.key for field in sheet.fields if field.required}, platform
        typed = {name for name, info in channel.Credentials.model_fields.items() if "Secret" in str(info.annotation)}
        assert {f.key for f in sheet.fields if f.place == "credentials" and f.key in typed and not f.secret} == set()


@pytest.mark.parametrize("platform", list(SHEETS))
def test_an_account_of_every_platform_is_added_at_the_desk_and_its_channel_can_be_built(
    world: World, as_person: Login, platform: str
) -> None:
    admin = as_person("admin")
    assert f"/accounts/new?platform={platform}" in admin.get("/accounts/new").text
    form = admin.get(f"/accounts/new?platform={platform}").text
    for field in SHEETS[platform].fields:
        assert field.hint in form.replace("&#34;", '"'), field.key
    answer = admin.post("/accounts", data={"platform": platform, **COMMON, **RIGHT[platform]})
    assert answer.headers["location"] == "/accounts/zwei"
    account = account_of(world, "zwei")
    assert account is not None
    assert (account.name, account.area, account.settings["apart_minutes"]) == ("长春科普二号", "220100", 20)
    world.newsroom.channel(account)
    shown = admin.get("/accounts/zwei").text + admin.get("/accounts/zwei/edit").text + admin.get("/accounts").text
    assert SECRET not in shown
    with world.newsroom.store.reading() as session:
        [entry] = log.of(session, "account", account.id or 0)
    assert SECRET not in f"{entry.why}{entry.detail}"


@pytest.mark.parametrize(
    ("platform", "changes", "name", "said"),
    [
        ("wechat", {"credentials.appid": "gh_12345"}, "credentials.appid", "AppID 以 wx 开头"),
        ("wechat", {"credentials.appsecret": ""}, "credentials.appsecret", "请填写这一项"),
        ("wechat", {"credentials.aes_key": "zu-kurz"}, "credentials.aes_key", "正好 43 位"),
        ("wechat", {"mode.mode": "anders"}, "mode.mode", "请从列表里选"),
        ("weibo", {"settings.bound_domain": "https://kepu.cn/"}, "settings.bound_domain", "只写域名本身"),
        ("weibo", {"settings.rip": "北京"}, "settings.rip", "IP 地址不正确"),
        ("weibo", {"settings.rip": "192.168.1.9"}, "settings.rip", "应是公网地址"),
        ("weibo", {"settings.rip": ""}, "settings.rip", "请填写这一项"),
        ("douyin", {"credentials.client_secret": "有 空格"}, "credentials.client_secret", "没有空格和汉字"),
        ("kuaishou", {"name": ""}, "name", "请填写账号名称"),
        ("kepuchina", {"apart_minutes": "oft"}, "apart_minutes", "分钟数"),
        ("kepuchina", {"apart_minutes": "²"}, "apart_minutes", "分钟数"),
        ("toutiao", {"key": "quotas"}, "key", "代号只用"),
    ],
)
def test_a_wrong_field_is_told_beside_it_and_what_was_typed_stays(
    world: World, as_person: Login, platform: str, changes: dict[str, str], name: str, said: str
) -> None:
    values = {"platform": platform, **COMMON, **RIGHT[platform]} | changes
    answer = as_person("admin").post("/accounts", data=values)
    assert answer.status_code == 422
    assert re.search(rf'id="wrong-{re.escape(name)}"[^>]*>[^<]*{said}', answer.text), answer.text
    assert f'aria-describedby="wrong-{name}"' in answer.text
    assert 'value="长春市科协"' in answer.text
    assert SECRET not in answer.text, "not even after an error"
    if SECRET in values.values():
        assert "请再填一次" in answer.text
    assert account_of(world, "zwei") is None


def test_a_secret_left_empty_stays_and_one_typed_replaces_it(world: World, as_person: Login) -> None:
    admin = as_person("admin")
    admin.post("/accounts", data={"platform": "wechat", **COMMON, **RIGHT["wechat"]})
    form = {**COMMON, "credentials.appid": "wx0123456789abcdef", "mode.mode": "direct"}
    page = admin.get("/accounts/zwei/edit").text
    assert "已保存，不再显示；留空就不改" in page
    admin.post("/accounts/zwei/edit", data={**form, "unit": "长春市科学技术协会"})
    assert "已修改：单位、怎样发出。" in admin.get("/accounts/zwei").text
    assert secrets_of(world, "zwei")["appsecret"] == SECRET
    admin.post("/accounts/zwei/edit", data={**form, "credentials.appsecret": "neu-neu-neu"})
    assert "密钥改过了" in admin.get("/accounts/zwei").text
    assert secrets_of(world, "zwei")["appsecret"] == "neu-neu-neu"
    account = account_of(world, "zwei")
    assert account is not None
    assert kept_keys(world.newsroom, account)["appsecret"] == ""
    admin.post("/accounts/zwei/edit", data={**form, "unit": "长春市科学技术协会"})
    admin.post("/accounts/zwei/edit", data={**form, "unit": "长春市科学技术协会"})
    assert "没有变化" in admin.get("/accounts/zwei").text


def test_settings_that_the_form_does_not_know_stay(world: World, as_person: Login) -> None:
    form = {**COMMON, "name": "科普吉林微博", "settings.bound_domain": "127.0.0.1", "credentials.app_key": "k"}
    form["settings.rip"] = "221.8.1.2"
    page = as_person("admin").post("/accounts/wb-jl/edit", data=form)
    assert page.status_code == 422, "a key of one letter is no key"
    form["credentials.app_key"] = "1234500000"
    assert as_person("admin").post("/accounts/wb-jl/edit", data=form).status_code == 303
    account = account_of(world, "wb-jl")
    assert account is not None
    assert account.settings["base_url"] == "http://127.0.0.1:9"


def test_another_app_ends_the_consent_and_the_tokens_that_were_given_to_the_old_one(
    world: World, as_person: Login
) -> None:
    account = account_of(world, "wb-jl")
    assert account is not None
    shelf = StoredTokens(world.newsroom.store, world.newsroom.vault, account.id or 0, world.newsroom.now)
    shelf.put("access", Token(value="alt", expires_at=world.newsroom.now()))
    form = {**COMMON, "settings.bound_domain": "127.0.0.1", "credentials.app_key": "9876500000"}
    form["settings.rip"] = "221.8.1.2"
    as_person("admin").post("/accounts/wb-jl/edit", data=form)
    kept = secrets_of(world, "wb-jl")
    assert kept == {"app_key": "9876500000", "app_secret": "s", "uid": "1"}
    assert shelf.get("access") is None


def test_an_account_that_has_posts_never_becomes_another_one(world: World, as_person: Login) -> None:
    admin = as_person("admin")
    form = {**COMMON, "name": "科普吉林", "credentials.appid": "wx0000000000000001", "mode.mode": "direct"}
    story = a_story(world)
    approve(world, story)
    assert plan(world, as_person, story, "wx-jl").status_code == 303
    answer = admin.post("/accounts/wx-jl/edit", data=form)
    assert answer.status_code == 422
    assert "要换号请另加账号" in answer.text
    assert secrets_of(world, "wx-jl")["appid"] == "wx1"


def test_a_short_name_left_empty_is_made_and_an_unknown_platform_asks_again(world: World, as_person: Login) -> None:
    admin = as_person("admin")
    for number in (1, 2):
        answer = admin.post("/accounts", data={"platform": "toutiao", **COMMON, "key": ""})
        assert answer.headers["location"] == f"/accounts/toutiao-{number}"
    answer = admin.post("/accounts", data={"platform": "myspace", **COMMON})
    assert answer.status_code == 422
    assert "请选择平台" in answer.text
    assert admin.get("/accounts/niemand").status_code == 404
