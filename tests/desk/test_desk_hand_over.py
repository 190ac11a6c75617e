"""Platforms without an interface at the desk: adding an account, the package, the way back; codes; tasks."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from zipfile import ZipFile

import pytest
from conftest_desk import Login, World, a_picture, a_story, an_emergency, approve, plan, rows
from fastapi.testclient import TestClient

from connectors.base import Capabilities
from content_store import accounts, deliveries, log, tasks
from content_store.tables import Attempt, Delivery, DeliveryState, Post
from desk.delivery_buttons import Situation, buttons
from steps.alerts import end_by_hand
from steps.publish import poll_accepted, publish_due

LINK = "https://www.kepuchina.cn/article/123456"
NEW = {"platform": "kepuchina", "name": "科普吉林科普号", "key": "kpc-jl", "unit": "吉林省科协", "area": "220000"}


def add(client: TestClient, **changes: str):
    return client.post("/accounts", data=NEW | {"contact": "", "apart_minutes": "30"} | changes)


def handed_over(world: World, as_person: Login, platform: str = "kepuchina") -> int:
    """An approved story, planned for a new account without an interface, handed over by the real round."""
    assert add(as_person("admin"), platform=platform).status_code == 303
    story = a_story(world)
    approve(world, story)
    assert plan(world, as_person, story, "kpc-jl").status_code == 303
    assert publish_due(world.newsroom, world.newsroom.now())["handed_over"] == 1
    number = rows(world)[0].delivery.id
    assert number is not None
    return number


def state_of(world: World) -> str:
    return rows(world)[0].delivery.state


@pytest.mark.parametrize("platform", ["kepuchina", "toutiao"])
def test_an_account_is_added_checked_and_previewed_at_the_desk(world: World, as_person: Login, platform: str) -> None:
    admin = as_person("admin")
    assert "科普号" in admin.get("/accounts/new").text
    assert "写进资料包" in admin.get(f"/accounts/new?platform={platform}").text
    assert add(admin, platform=platform).status_code == 303
    admin.post("/accounts/kpc-jl/check")
    shown = admin.get("/accounts").text
    assert "没有接口可以检测" in shown
    assert "人工发布" in shown
    story = a_story(world)
    frame = as_person("editor").get(f"/stories/{story}/versions/1/as/kpc-jl")
    assert frame.status_code == 200
    assert "暴雪" in frame.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"key": "Ä b"}, "代号只用"),
        ({"name": ""}, "请填写账号名称"),
        ({"area": "22"}, "地区不正确"),
        ({"apart_minutes": "-1"}, "分钟数"),
        ({"key": "wb-jl"}, "已经有账号"),
    ],
)
def test_a_wrong_account_is_refused_with_what_was_typed(
    world: World, as_person: Login, changes: dict[str, str], said: str
) -> None:
    answer = add(as_person("admin"), **changes)
    assert answer.status_code == 422
    assert said in answer.text
    assert "吉林省科协" in answer.text
    with world.newsroom.store.reading() as session:
        assert accounts.by_key(session, "kpc-jl") is None


def test_the_package_is_a_download_the_same_each_time_and_each_one_is_told(world: World, as_person: Login) -> None:
    number = handed_over(world, as_person)
    client = as_person("scheduler")
    shown = client.get(f"/deliveries/{number}").text
    assert "下载资料包" in shown
    assert "登录科普号后台" in shown
    assert "二维码" not in shown
    assert "立即核对" not in shown, "there is nobody to be asked"
    one, two = (client.post(f"/deliveries/{number}/package") for _ in range(2))
    assert one.content == two.content
    assert one.headers["content-disposition"].endswith('.zip"')
    with ZipFile(io.BytesIO(one.content)) as archive:
        assert "王初" in archive.read("review.json").decode()
        assert "暴雪" in archive.read("article.txt").decode()
    assert "资料包已下载过 2 次，最近是 钱排" in client.get(f"/deliveries/{number}").text


def test_a_package_that_waits_too_long_is_downloaded_again_and_not_sent_again(world: World, as_person: Login) -> None:
    number = handed_over(world, as_person)
    as_person("scheduler").post(f"/deliveries/{number}/package")
    world.pass_time(timedelta(days=3))
    poll_accepted(world.newsroom, world.newsroom.now())
    assert state_of(world) == "needs_person"
    client = as_person("scheduler")
    shown = client.get(f"/deliveries/{number}").text
    assert "重新下载资料包" in shown
    assert "重新发送" not in shown
    assert f'action="/deliveries/{number}/give_up"' in shown
    assert client.post(f"/deliveries/{number}/package").headers["content-type"] == "application/zip"


def test_a_package_that_was_never_handed_over_is_handed_over_anew(world: World, as_person: Login) -> None:
    number = handed_over(world, as_person)
    with world.newsroom.store.session() as session:
        row = session.get_one(Delivery, number)
        row.state, row.sending_at = DeliveryState.NEEDS_PERSON, None
        row.reason, row.remedy = "已错过预定时间太久，没有自动发送。", "仍要发就点“重新发送”，不发就点“放弃”。"
    client = as_person("scheduler")
    shown = client.get(f"/deliveries/{number}").text
    assert "仍要发就点“重新交出资料包”，不发就点“放弃”。" in shown
    client.post(f"/deliveries/{number}/resend")
    assert publish_due(world.newsroom, world.newsroom.now())["handed_over"] == 1


def test_its_link_makes_it_live_and_only_a_proof_takes_it_down(world: World, as_person: Login) -> None:
    number = handed_over(world, as_person)
    client = as_person("scheduler")
    client.post(f"/deliveries/{number}/link", data={"url": LINK})
    shown = client.get(f"/deliveries/{number}").text
    assert state_of(world) == "live"
    assert "安排人工撤下" in shown, "the platform takes nothing back by itself"
    assert ">撤回</button>" not in shown
    client.post(f"/deliveries/{number}/withdraw")
    publish_due(world.newsroom, world.newsroom.now())
    shown = client.get("/tasks").text
    assert "撤下" in shown
    assert "登录科普号后台" in shown
    client.post(f"/deliveries/{number}/withdrawn", data={"note": " "})
    assert state_of(world) == "needs_person"
    files = {"picture": ("截图.png", a_picture(), "image/png")}
    client.post(f"/deliveries/{number}/withdrawn", data={"note": "后台已下线"}, files=files)
    assert state_of(world) == "withdrawn"
    assert "没有待办" in client.get("/tasks").text
    done = client.get("/tasks?done=true").text
    assert "后台已下线" in done
    assert "钱排" in done
    assert "/media/" in done


def test_what_was_taken_down_goes_out_again_with_a_reason(world: World, as_person: Login) -> None:
    number = handed_over(world, as_person)
    client = as_person("scheduler")
    client.post(f"/deliveries/{number}/withdrawn", data={"note": "没有上传"})
    assert "再发到这个账号" in client.get(f"/deliveries/{number}").text
    client.post(f"/deliveries/{number}/again", data={"why": " "})
    assert state_of(world) == "withdrawn"
    client.post(f"/deliveries/{number}/again", data={"why": "误点撤下"})
    assert state_of(world) == "queued"
    assert "撤回后重新发送：误点撤下" in client.get(f"/deliveries/{number}").text
    assert len(rows(world)) == 1, "one row per version and account"


def test_what_was_called_off_before_it_went_out_offers_no_sending_again(world: World, as_person: Login) -> None:
    story = a_story(world)
    approve(world, story)
    plan(world, as_person, story, "wb-jl")
    number = rows(world)[0].delivery.id
    client = as_person("scheduler")
    client.post(f"/deliveries/{number}/cancel")
    assert "再发到这个账号" not in client.get(f"/deliveries/{number}").text


def test_a_correction_lists_every_account_and_ends_with_a_proof(world: World, as_person: Login) -> None:
    number = handed_over(world, as_person)
    as_person("scheduler").post(f"/deliveries/{number}/link", data={"url": LINK})
    editor, story = as_person("editor"), rows(world)[0].story_id
    assert "建立勘误待办" in editor.get(f"/stories/{story}").text
    editor.post(f"/stories/{story}/correction", data={"why": "应为零下 30 度"})
    shown = editor.get("/tasks").text
    assert "应为零下 30 度" in shown
    assert "可以修改已发布的内容" in shown
    with world.newsroom.store.reading() as session:
        task = tasks.listed(session)[0].task.id
    editor.post(f"/tasks/{task}/done", data={"note": "已改正", "url": "https://evil.example/"})
    assert "没有待办" not in editor.get("/tasks").text
    editor.post(f"/tasks/{task}/done", data={"note": "已改正", "url": LINK})
    assert "没有待办" in editor.get("/tasks").text
    assert "已改正" in editor.get("/tasks?done=true").text


def test_no_qr_code_is_offered_once_its_event_has_ended(world: World, as_person: Login) -> None:
    event = an_emergency(world)
    with world.newsroom.store.session() as session:
        found = [line for line in deliveries.listed(session) if line.delivery.event_id == event]
        line = next(line for line in found if line.account.key == "dy-jl")
        line.delivery.state = DeliveryState.HANDED_OVER
        number = line.delivery.id
    client = as_person("duty")
    assert "显示二维码" in client.get(f"/deliveries/{number}").text
    end_by_hand(
        world.newsroom, event, kind="cancelled", by=world.user_ids["duty"], note="已解除", now=world.newsroom.now()
    )
    shown = client.get(f"/deliveries/{number}").text
    assert "显示二维码" not in shown
    assert "请放弃这一条" in shown


def test_an_emergency_package_names_who_reviewed_the_pack(world: World, as_person: Login) -> None:
    add(as_person("admin"))
    event = an_emergency(world)
    with world.newsroom.store.reading() as session:
        found = [line for line in deliveries.listed(session) if line.delivery.event_id == event]
        line = next(line for line in found if line.account.key == "kpc-jl")
        form = session.get_one(Post, line.delivery.post_id).form
    assert {row["name"] for row in form["dossier"]["reviewers"]} == {"王初", "赵复", "孙终"}
    assert form["dossier"]["reprinted"] is False


def test_nothing_is_offered_that_the_platform_cannot_do() -> None:
    now = datetime(2026, 11, 26, tzinfo=UTC)
    row = Delivery(post_id=1, story_version_id=1, account_id=1, state="live", due_at=now, created_at=now)
    able, unable = Capabilities(mode="direct", can_withdraw=True), Capabilities(mode="manual")
    package = Situation(unable, by_package=True)
    assert buttons(row, Situation(able))["withdraw"] == "撤回"
    assert buttons(row, package)["withdraw"] == "安排人工撤下"
    row.state, row.live_at = "needs_person", now
    assert buttons(row, package) == {}, "what was out is neither given up nor sent a second time"
    assert set(buttons(row, Situation(unable))) == {"resend"}


def test_every_platforms_codes_stand_on_one_page_and_unlisted_ones_first(world: World, as_person: Login) -> None:
    story = a_story(world)
    approve(world, story)
    plan(world, as_person, story, "wb-jl")
    number, now = rows(world)[0].delivery.id, world.newsroom.now()
    with world.newsroom.store.session() as session:
        for code in ("99123", "20019"):
            row = Attempt(delivery_id=number, call="share", fingerprint="f", started_at=now, raw_code=code)
            row.raw_message = "strange" if code == "99123" else ""
            session.add(row)
    client = as_person("editor")
    page = client.get("/accounts/codes").text
    head, _, table = page.partition("系统怎样处理")
    assert "99123" in head
    assert "strange" in head
    assert "20019" not in head
    for code in ("40164", "20019", "28001003", "100100402", "7115"):
        assert f">{code}<" in table.replace("\n", ""), code
    assert "把本机出口 IP 加入白名单" in table
    only = client.get("/accounts/codes?platform=douyin").text
    assert "28001003" in only
    assert "40164" not in only
    assert "表里没有" in client.get("/accounts/codes?q=424242").text
    found = client.get("/accounts/codes?platform=wechat&q=ip").text
    assert "40164" in found, "letters in either case"
    assert "40001" not in found
    assert "40164" not in client.get("/accounts/codes?platform=weibo&q=ip").text


def test_a_package_that_cannot_be_made_yet_says_so(world: World, as_person: Login) -> None:
    story = a_story(world)
    approve(world, story)
    plan(world, as_person, story, "wb-jl")
    number = rows(world)[0].delivery.id
    client = as_person("scheduler")
    answer = client.post(f"/deliveries/{number}/package")
    assert answer.status_code == 303
    assert "这个平台不用资料包" in client.get(f"/deliveries/{number}").text
    with world.newsroom.store.reading() as session:
        assert [entry.act for entry in log.of(session, "delivery", number or 0)] == ["queued"]


def test_a_live_post_without_a_link_gets_one_from_a_person_once_and_it_is_logged(
    world: World, as_person: Login
) -> None:
    number = handed_over(world, as_person)
    client, there = as_person("scheduler"), f"/deliveries/{number}"
    client.post(f"{there}/link", data={"url": LINK})
    assert "补登线上链接" not in client.get(there).text, "it has one"
    with world.newsroom.store.session() as session:
        deliveries.forget_address(session, number)
    assert "补登线上链接" in client.get(there).text
    client.post(f"{there}/link", data={"url": "https://example.cn/article/123456"})
    assert "这不是科普号的链接" in client.get(there).text
    assert rows(world)[0].url == ""
    client.post(f"{there}/link", data={"url": LINK})
    shown = client.get(there).text
    assert "已登记链接。" in shown
    assert (rows(world)[0].url, rows(world)[0].delivery.state) == (LINK, "live")
    assert "链接由人登记，未核对" in shown
    with world.newsroom.store.reading() as session:
        entry = log.of(session, "delivery", number)[-1]
    assert (entry.act, entry.actor, entry.why) == ("linked", "钱排", LINK)
    client.post(f"{there}/link", data={"url": "https://www.kepuchina.cn/article/654321"})
    assert "已经有链接" in client.get(there).text
    assert rows(world)[0].url == LINK
