"""The page of one delivery and the list: what they say, over the real steps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest_desk import Login, World, a_story, approve, ids_of, plan, rows

from content_store import accounts, deliveries, log, queue
from content_store.tables import DeliveryState


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


def test_who_gives_up_a_handed_over_draft_is_told_that_it_stays_in_the_box(world: World, as_person: Login) -> None:
    number = delivery_in(world, as_person, DeliveryState.HANDED_OVER, "wx-jl", hand_off="https://mp.weixin.qq.com/")
    shown = as_person("scheduler").get(f"/deliveries/{number}").text
    assert f'action="/deliveries/{number}/give_up"' in shown
    assert "点“放弃”则草稿仍留在草稿箱里" in shown


def test_a_phone_hand_off_keeps_its_qr_code(world: World, as_person: Login) -> None:
    number = delivery_in(world, as_person, DeliveryState.HANDED_OVER, "dy-jl", hand_off="snssdk1128://openplatform/x")
    assert "显示二维码" in as_person("scheduler").get(f"/deliveries/{number}").text


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
