"""The page of one delivery and the list: what they say, over the real steps."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from conftest_desk import Login, World, a_story, approve, ids_of, plan, rows

from connectors.base import Capabilities
from content_store import accounts, deliveries, log, queue, tasks
from content_store.tables import Attempt, Delivery, DeliveryState, TaskKind
from desk.delivery_buttons import Situation, buttons, draft_left


def delivery_in(world: World, as_person: Login, state: DeliveryState, key: str = "wb-jl", **values: object) -> int:
    """A planned delivery, put into this state."""
    story = a_story(world)
    approve(world, story)
    plan(world, as_person, story, "wb-jl")
    number = rows(world)[0].delivery.id
    assert number is not None
    with world.newsroom.store.session() as session:
        line = deliveries.one(session, number)
        assert line is not None
        line.delivery.account_id = ids_of(world)[key]
        for name, value in {"state": state, **values}.items():
            setattr(line.delivery, name, value)
    return number


def test_before_a_second_qr_code_the_page_warns_of_a_second_work(world: World, as_person: Login) -> None:
    number = delivery_in(world, as_person, DeliveryState.HANDED_OVER, "dy-jl")
    client, now = as_person("scheduler"), world.newsroom.now()
    assert "发两次" not in client.get(f"/deliveries/{number}").text
    with world.newsroom.store.session() as session:
        log.append(session, at=now, subject="delivery", subject_id=number, act="shown", actor="排期员")
    shown = client.get(f"/deliveries/{number}").text
    assert "二维码已显示过 1 次" in shown
    assert 'data-confirm="确定还没有人扫码发布？' in shown


def test_both_works_of_a_hand_off_are_linked(world: World, as_person: Login) -> None:
    number = delivery_in(world, as_person, DeliveryState.NEEDS_PERSON, "dy-jl")
    links = ["https://www.douyin.com/video/111", "https://www.douyin.com/video/222"]
    with world.newsroom.store.session() as session:
        ids = {"video_id": "111", "video_id_2": "222", "url_2": links[1]}
        state, now = DeliveryState.NEEDS_PERSON, world.newsroom.now()
        queue.keep_receipt(session, number, state=state, now=now, external_ids=ids, public_url=links[0])
    shown = as_person("scheduler").get(f"/deliveries/{number}").text
    assert all(f'href="{link}"' in shown for link in links)


def test_only_a_link_of_the_platform_counts_as_out_and_it_says_that_nobody_checked_it(
    world: World, as_person: Login
) -> None:
    number = delivery_in(world, as_person, DeliveryState.NEEDS_PERSON)
    client = as_person("scheduler")
    for bad in ("http://[", 'https://evil.example/x"', "https://weibo.com/" + "a" * 3000):
        assert client.post(f"/deliveries/{number}/link", data={"url": bad}).status_code == 303
        assert rows(world)[0].delivery.state == DeliveryState.NEEDS_PERSON
    client.post(f"/deliveries/{number}/link", data={"url": "https://weibo.com/1/abc"})
    assert "由人登记，未核对。" in client.get(f"/deliveries/{number}").text


def test_rows_of_a_stopped_account_say_why_they_wait_and_wait_for_a_person(world: World, as_person: Login) -> None:
    number = delivery_in(world, as_person, DeliveryState.QUEUED)
    client = as_person("scheduler")
    assert "待人处理 " not in client.get("/deliveries?group=person").text
    with world.newsroom.store.session() as session:
        accounts.stop(session, ids_of(world)["wb-jl"], "微博授权已到期，请重新授权。")
    listed = client.get("/deliveries?group=person").text
    assert "待人处理 1" in listed
    for text in (listed, client.get("/deliveries").text, client.get(f"/deliveries/{number}").text):
        assert "账号已暂停：微博授权已到期，请重新授权。" in text


def test_a_wechat_draft_is_finished_on_the_platforms_site_and_not_by_phone(world: World, as_person: Login) -> None:
    site = "https://mp.weixin.qq.com/"
    number = delivery_in(world, as_person, DeliveryState.HANDED_OVER, "wx-jl", hand_off=site)
    shown = as_person("scheduler").get(f"/deliveries/{number}").text
    assert "到公众平台草稿箱发表" in shown
    assert f'href="{site}"' in shown
    assert "到手机上" not in shown
    assert "二维码" not in shown


def test_who_gives_up_a_handed_over_draft_is_told_that_it_is_deleted(world: World, as_person: Login) -> None:
    number = delivery_in(world, as_person, DeliveryState.HANDED_OVER, "wx-jl", hand_off="https://mp.weixin.qq.com/")
    made_a_call(world, number, "draft_add")
    shown = as_person("scheduler").get(f"/deliveries/{number}").text
    assert button(shown, number, "give_up") == "放弃，删掉草稿"
    assert button(shown, number, "withdraw") == "撤回，发表了也删"
    assert "不发表就点“放弃，删掉草稿”，系统先核对" in shown


def test_a_phone_hand_off_keeps_its_qr_code(world: World, as_person: Login) -> None:
    number = delivery_in(world, as_person, DeliveryState.HANDED_OVER, "dy-jl", hand_off="snssdk1128://openplatform/x")
    assert "显示二维码" in as_person("scheduler").get(f"/deliveries/{number}").text


def test_cancelling_on_a_page_that_is_out_of_date_leaves_a_live_post_where_it_is(
    world: World, as_person: Login
) -> None:
    number = delivery_in(world, as_person, DeliveryState.LIVE)
    client = as_person("scheduler")
    answer = client.post(f"/deliveries/{number}/cancel", follow_redirects=True)
    assert "这一条现在是“已发布”，不能取消发布" in answer.text
    assert rows(world)[0].delivery.state == DeliveryState.LIVE


def test_what_was_called_off_before_it_was_sent_is_not_called_withdrawn(world: World, as_person: Login) -> None:
    number = delivery_in(world, as_person, DeliveryState.QUEUED)
    client = as_person("scheduler")
    client.post(f"/deliveries/{number}/cancel")
    for path in (f"/deliveries/{number}", "/deliveries?group=back"):
        text = client.get(path).text
        assert '<span class="state plain">已取消</span>' in text
        assert '<span class="state plain">已撤回</span>' not in text
    with world.newsroom.store.session() as session:
        line = deliveries.one(session, number)
        assert line is not None
        line.delivery.sending_at, line.delivery.reason = world.newsroom.now(), ""
    assert '<span class="state plain">已撤回</span>' in client.get("/deliveries").text


@pytest.mark.parametrize(("state", "said"), [("queued", "再试"), ("accepted", "再核对"), ("unknown", "再核对")])
def test_a_row_that_is_looked_at_again_is_not_said_to_be_tried_again(
    world: World, as_person: Login, state: str, said: str
) -> None:
    later = world.newsroom.now() + timedelta(minutes=5)
    delivery_in(world, as_person, DeliveryState(state), next_try_at=later)
    assert f"</time> {said}</small>" in as_person("scheduler").get("/deliveries").text


def test_a_row_whose_process_was_killed_says_so(world: World, as_person: Login) -> None:
    number = delivery_in(world, as_person, DeliveryState.SENDING, lease_owner="w/1", lease_until=world.newsroom.now())
    assert "程序中断，正在核对。" in as_person("scheduler").get(f"/deliveries/{number}").text


# ---------------------------------------------------------------- each button says what will happen


def made_a_call(world: World, number: int, call: str, outcome: str = "done") -> None:
    with world.newsroom.store.session() as session:
        now = world.newsroom.now()
        session.add(Attempt(delivery_id=number, call=call, fingerprint="f", started_at=now, outcome=outcome))


def wished_away(world: World, number: int) -> None:
    with world.newsroom.store.session() as session:
        tasks.open_one(session, number, TaskKind.WITHDRAW, why="写错了", by=None, now=world.newsroom.now())


def button(shown: str, number: int, act: str) -> str:
    """The label of an act's button on the page; empty where there is none."""
    found = re.search(rf'action="/deliveries/{number}/{act}".*?<button[^>]*>([^<]*)</button>', shown, re.S)
    return found[1] if found else ""


ABLE, UNABLE = Capabilities(mode="direct", can_withdraw=True), Capabilities(mode="handoff")
PACKAGE = Situation(Capabilities(mode="manual"), by_package=True)


@pytest.mark.parametrize(
    ("state", "situation", "labels"),
    [
        ("held", Situation(ABLE), {"cancel": "取消发布"}),
        ("queued", Situation(ABLE), {"cancel": "取消发布"}),
        ("queued", Situation(ABLE, draft=True), {"cancel": "取消发布，删掉草稿"}),
        ("failed", Situation(ABLE), {"resend": "重新发送", "cancel": "不再重发"}),
        ("failed", PACKAGE, {"resend": "重新交出资料包", "cancel": "不再重发"}),
        ("sending", Situation(ABLE), {"withdraw": "停发，发出的撤回"}),
        ("sending", Situation(UNABLE), {"withdraw": "停发，发出的安排人工撤下"}),
        ("sending", Situation(ABLE, wished=True), {}),
        ("unknown", Situation(ABLE), {"look": "立即核对", "withdraw": "查清后撤回"}),
        ("unknown", Situation(ABLE, wished=True), {"look": "立即核对"}),
        ("accepted", Situation(ABLE), {"look": "立即核对", "withdraw": "撤回"}),
        ("live", Situation(ABLE), {"withdraw": "撤回"}),
        ("live", Situation(UNABLE), {"withdraw": "安排人工撤下"}),
        ("live", Situation(None), {"withdraw": "安排人工撤下"}),
        ("handed_over", Situation(UNABLE), {"look": "立即核对", "withdraw": "已发布，安排人工撤下", "give_up": "放弃"}),
        ("handed_over", PACKAGE, {"give_up": "放弃"}),
        ("needs_person", Situation(ABLE), {"resend": "重新发送", "withdraw": "撤回", "give_up": "放弃"}),
        (
            "needs_person",
            Situation(ABLE, wished=True),
            {"resend": "不撤了，重新发送", "withdraw": "再试撤回", "give_up": "没有发出，放弃"},
        ),
        ("needs_person", Situation(UNABLE, wished=True), {"resend": "不撤了，重新发送", "give_up": "没有发出，放弃"}),
        ("needs_person", PACKAGE, {"resend": "重新交出资料包", "give_up": "放弃"}),
        ("needs_person", replace(PACKAGE, package_waits=True), {"give_up": "放弃"}),
        ("withdrawing", Situation(ABLE, wished=True), {"look": "马上再试撤回"}),
        ("withdrawing", replace(PACKAGE, wished=True), {}),
        ("withdrawn", Situation(ABLE), {}),
    ],
)
def test_each_button_says_what_will_happen(state: str, situation: Situation, labels: dict[str, str]) -> None:
    now = datetime(2026, 11, 26, tzinfo=UTC)
    row = Delivery(post_id=1, story_version_id=1, account_id=1, state=state, due_at=now, created_at=now)
    assert buttons(row, situation) == labels


def test_what_the_remedy_quotes_stands_on_the_button(world: World, as_person: Login) -> None:
    remedy = "没有就点“重新发送”，不发就点“放弃”，删了就点“登记为已撤回”。"
    number = delivery_in(world, as_person, DeliveryState.NEEDS_PERSON, reason="结果不明。", remedy=remedy)
    wished_away(world, number)
    shown = as_person("scheduler").get(f"/deliveries/{number}").text
    assert "没有就点“不撤了，重新发送”，不发就点“没有发出，放弃”，删了就点“登记为已撤回”。" in shown
    assert button(shown, number, "resend") == "不撤了，重新发送"


def test_a_wish_on_what_is_looked_up_is_told_and_a_link_leads_to_its_withdrawal(world: World, as_person: Login) -> None:
    number = delivery_in(world, as_person, DeliveryState.UNKNOWN, sending_at=world.newsroom.now())
    client = as_person("scheduler")
    shown = client.get(f"/deliveries/{number}").text
    assert button(shown, number, "withdraw") == "查清后撤回"
    client.post(f"/deliveries/{number}/withdraw")
    shown = client.get(f"/deliveries/{number}").text
    assert "已记下：查清以后，发出的马上撤回" in shown
    assert "已有人要求撤回：查清以后" in shown
    assert button(shown, number, "withdraw") == ""
    assert button(shown, number, "link") == "登记链接，随后撤回"
    client.post(f"/deliveries/{number}/link", data={"url": "https://weibo.com/1/abc"})
    assert rows(world)[0].delivery.state == DeliveryState.WITHDRAWING
    assert "按先前的要求，这一条已开始撤回" in client.get(f"/deliveries/{number}").text


def test_a_link_on_what_a_person_must_take_down_leaves_the_task_open_and_says_so(
    world: World, as_person: Login
) -> None:
    number = delivery_in(world, as_person, DeliveryState.NEEDS_PERSON, reason="查不到。", remedy="请核对。")
    wished_away(world, number)
    client = as_person("scheduler")
    shown = client.get(f"/deliveries/{number}").text
    assert "撤下的待办还没有办" in shown
    assert button(shown, number, "link") == "登记链接，待办保留"
    client.post(f"/deliveries/{number}/link", data={"url": "https://weibo.com/1/abc"})
    assert rows(world)[0].delivery.state == DeliveryState.LIVE
    with world.newsroom.store.reading() as session:
        assert tasks.is_open(session, number, TaskKind.WITHDRAW)


def test_calling_off_what_left_a_draft_says_that_the_draft_goes(world: World, as_person: Login) -> None:
    number = delivery_in(world, as_person, DeliveryState.QUEUED, "wx-jl")
    client = as_person("scheduler")
    assert button(client.get(f"/deliveries/{number}").text, number, "cancel") == "取消发布"
    made_a_call(world, number, "draft_add")
    assert button(client.get(f"/deliveries/{number}").text, number, "cancel") == "取消发布，删掉草稿"
    client.post(f"/deliveries/{number}/cancel")
    assert "正在清理平台上的草稿" in client.get(f"/deliveries/{number}").text
    made_a_call(world, number, "draft_delete")
    with world.newsroom.store.reading() as session:
        assert not draft_left(queue.attempts(session, number))
