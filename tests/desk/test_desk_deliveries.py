"""The page of one delivery and the list: what they say, over the real steps."""

from __future__ import annotations

from conftest_desk import Login, World, a_story, approve, ids_of, plan, rows

from content_store import deliveries, log, queue
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
