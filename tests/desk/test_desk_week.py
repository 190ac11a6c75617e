"""周历: seven days of every account, what is too close or was said before, and which limits are full."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from conftest_desk import SNOW, Login, World, a_text, approve, ids_of, rows

from content_store import accounts
from content_store.tables import Delivery, DeliveryState
from steps import schedule
from steps.quotas import BEIJING, Quota
from steps.week_plan import Week, day_of, week

TEXT = SNOW * 3
OTHER = "人参是长白山的名贵药材，挑选时看芦头、看体形、看须根，越老的参芦头越长。" * 3


def due(world: World, days: int, hour: int, minute: int = 0) -> datetime:
    """That hour in Beijing, so many days from today."""
    day = day_of(world.newsroom.now()) + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BEIJING).astimezone(UTC)


def planned(world: World, title: str, text: str, at: datetime, *keys: str) -> None:
    story, now = a_text(world, title, text), world.newsroom.now()
    approve(world, story)
    chosen = [ids_of(world)[key] for key in keys]
    schedule.plan(world.newsroom, story, chosen, due_at=at, by=world.user_ids["scheduler"], now=now)


def this_week(world: World) -> Week:
    now = world.newsroom.now()
    return week(world.newsroom, day_of(now), now)


def notes(found: Week) -> list[tuple[str, ...]]:
    return [slot.notes for day in found.days for slot in found.on(day)]


def test_each_post_stands_on_its_day_in_beijing_beside_its_account(world: World, as_person: Login) -> None:
    planned(world, "雪天出行", TEXT, due(world, 1, 0, 30), "wb-jl", "wb-cc")
    planned(world, "人参怎样挑选", OTHER, due(world, 6, 23, 59), "wb-jl")
    planned(world, "下周的", "下周再说。", due(world, 7, 0), "wb-jl")
    found = this_week(world)
    assert [len(found.on(day)) for day in found.days] == [0, 2, 0, 0, 0, 0, 1]
    assert {row.account.key for row in found.rows} == {"wb-jl", "wb-cc"}
    assert {row.key for row in found.idle} == {"wx-jl", "dy-jl"}
    shown = as_person("editor").get("/deliveries/week").text
    assert "00:30" in shown
    assert "下周的" not in shown
    assert "这七天没有排期的账号" in shown
    later = day_of(world.newsroom.now()) + timedelta(days=7)
    assert "下周的" in as_person("editor").get(f"/deliveries/week?first={later}").text


def test_what_stands_too_close_or_says_the_same_is_told_at_both(world: World, as_person: Login) -> None:
    planned(world, "雪天出行", TEXT, due(world, 1, 9), "wb-jl")
    planned(world, "人参怎样挑选", OTHER, due(world, 1, 9, 20), "wb-jl")
    planned(world, "大雪将至，出行请注意", TEXT.replace("远离", "绕开", 1), due(world, 3, 9), "wb-jl")
    planned(world, "远处的", "不挨着，也不相同。", due(world, 3, 12), "wb-jl")
    assert notes(this_week(world)) == [
        ("与《人参怎样挑选》只隔 20 分钟", "与《大雪将至，出行请注意》内容几乎相同"),
        ("与《雪天出行》只隔 20 分钟",),
        ("与《雪天出行》内容几乎相同",),
        (),
    ]
    assert "只隔 20 分钟" in as_person("scheduler").get("/deliveries/week").text


def test_two_accounts_may_send_the_same_at_the_same_time(world: World) -> None:
    planned(world, "雪天出行", TEXT, due(world, 1, 9), "wb-jl", "wb-cc")
    assert notes(this_week(world)) == [(), ()]


def test_what_is_out_already_is_shown_and_not_warned_of(world: World, as_person: Login) -> None:
    planned(world, "雪天出行", TEXT, due(world, 1, 9), "wb-jl")
    planned(world, "雪天出行", OTHER, due(world, 1, 9, 10), "wb-jl")
    with world.newsroom.store.session() as session:
        for line in rows(world):
            session.get_one(Delivery, line.delivery.id).state = DeliveryState.LIVE
    assert notes(this_week(world)) == [(), ()]
    assert '<span class="state good">已发布</span>' in as_person("editor").get("/deliveries/week").text


def limited(world: World, **more: object) -> None:
    quota = Quota.model_validate(
        {"platform": "weibo", "interface": "/2/*", "name": "全部接口", "span": "day", "count": 5, "per_post": 2, **more}
    )
    object.__setattr__(world.newsroom, "quotas", (quota,))


def loads(world: World) -> list[tuple[int, int]]:
    return [(each.taken, each.most) for row in this_week(world).rows for day in row.days for each in day.loads]


def test_a_limit_is_told_of_on_the_day_on_which_more_is_planned_than_it_bears(world: World, as_person: Login) -> None:
    for number in range(3):
        planned(world, f"第 {number} 篇", f"各说各的，{number}。", due(world, 2, 9 + number), "wb-jl")
    planned(world, "另一天", "只有一篇。", due(world, 4, 9), "wb-jl")
    assert loads(world) == []
    limited(world)
    assert loads(world) == [(6, 5), (2, 5)]
    assert "全部接口（每天） 6/5，排多了 1" in as_person("scheduler").get("/deliveries/week").text
    limited(world, reserve=1)
    assert loads(world) == [(6, 4), (2, 4)]
    limited(world, span="hour")
    assert loads(world) == [(2, 5), (2, 5)], "in three hours there is room for three"


def test_an_account_that_stands_still_says_so_in_its_row(world: World, as_person: Login) -> None:
    planned(world, "雪天出行", TEXT, due(world, 1, 9), "wb-jl")
    with world.newsroom.store.session() as session:
        accounts.stop(session, ids_of(world)["wb-jl"], "微博授权已到期，请重新授权。")
    assert "微博授权已到期，请重新授权。" in as_person("editor").get("/deliveries/week").text


@pytest.mark.parametrize("first", ["", "gestern", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_any_first_day_shows_a_week(world: World, as_person: Login, first: str) -> None:
    answer = as_person("editor").get("/deliveries/week", params={"first": first})
    assert answer.status_code == 200
    assert "这七天没有排期" in answer.text


def test_the_list_leads_to_the_week(world: World, as_person: Login) -> None:
    assert 'href="/deliveries/week"' in as_person("editor").get("/deliveries").text


def test_sends_that_notify_followers_are_counted_by_their_day(world: World, as_person: Login) -> None:
    with world.newsroom.store.session() as session:
        account = accounts.by_key(session, "wx-jl")
        assert account is not None
        account.mode = "mass_send"
    planned(world, "雪天出行", TEXT, due(world, 2, 9), "wx-jl")
    planned(world, "人参怎样挑选", OTHER, due(world, 2, 15), "wx-jl")
    assert loads(world) == [(2, 1)]
    assert "群发（每天） 2/1，排多了 1" in as_person("scheduler").get("/deliveries/week").text
