"""Quotas at the desk: what is used, planned and kept for emergencies, and a word at the moment of scheduling."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from conftest_desk import World, a_story, approve, ids_of, rows
from fastapi.testclient import TestClient

from content_store import accounts, quotas
from content_store.tables import Account, Lane
from desk.app import create_app
from desk.settings import DeskSettings
from steps.newsroom import Newsroom
from steps.quota_outlook import beyond_quotas, outlook
from steps.quotas import Quota, window
from steps.schedule import plan, warnings

MORNING = datetime(2026, 11, 26, 1, 30, tzinfo=UTC)  # 09:30 in Beijing
ALL = Quota(platform="weibo", interface="/2/*", name="全部接口", span="day", count=9, reserve=1, per_post=2)
SHARE = Quota(platform="weibo", interface="/2/share", name="发微博", span="hour", count=3, reserve=1, per_post=1)
SUBMIT = Quota(
    platform="wechat", interface="/submit", name="提交发表", span="day", count=1, per_post=1, modes=("direct",)
)


@pytest.fixture
def counted(world: World) -> Newsroom:
    world.clock[0] = MORNING
    return dataclasses.replace(world.newsroom, quotas=(ALL, SHARE, SUBMIT))


def account_of(room: Newsroom, key: str) -> Account:
    with room.store.reading() as session:
        found = accounts.by_key(session, key)
    assert found is not None
    return found


def use(room: Newsroom, key: str, quota: Quota, times: int) -> None:
    number = account_of(room, key).id
    assert number is not None
    with room.store.session() as session:
        for _ in range(times):
            begins = window(quota.span, room.now())[0]
            assert quotas.take(session, number, quota.interface, quota.span, begins, most=99)


def planned(world: World, room: Newsroom, key: str, *, after: timedelta, article: int = 0) -> int:
    story = a_story(world, article)
    approve(world, story)
    now, by = room.now(), world.user_ids["scheduler"]
    plan(room, story, [ids_of(world)[key]], due_at=now + after, by=by, now=now)
    return story


def test_what_is_used_planned_and_kept_is_told_apart(world: World, counted: Newsroom) -> None:
    use(counted, "wb-jl", ALL, 3)
    planned(world, counted, "wb-jl", after=timedelta(minutes=20))
    planned(world, counted, "wb-jl", after=timedelta(hours=5), article=2)
    planned(world, counted, "wb-jl", after=timedelta(days=2), article=1)
    day, hour = outlook(counted, account_of(counted, "wb-jl"), counted.now()).quotas
    assert (day.left.used, day.planned, day.free, day.over) == (3, 4, 1, 0)
    assert (hour.left.used, hour.planned, hour.free) == (0, 1, 1)
    assert (day.tone, hour.tone) == ("warn", "good")


def test_posts_of_the_emergency_lane_may_take_what_is_kept_for_them(world: World, counted: Newsroom) -> None:
    planned(world, counted, "wb-jl", after=timedelta(minutes=20))
    use(counted, "wb-jl", SHARE, 2)
    row = rows(world)[0].delivery
    before = outlook(counted, account_of(counted, "wb-jl"), counted.now()).quotas[1]
    assert (before.over, before.tone) == (1, "bad")
    with counted.store.session() as session:
        found = session.get(type(row), row.id)
        assert found is not None
        found.lane = Lane.EMERGENCY
    after = outlook(counted, account_of(counted, "wb-jl"), counted.now()).quotas[1]
    assert (after.over, after.urgent) == (0, 1)


def test_scheduling_beyond_a_quota_is_told_with_the_time_when_it_is_full_again(world: World, counted: Newsroom) -> None:
    use(counted, "wb-jl", SHARE, 1)
    first = planned(world, counted, "wb-jl", after=timedelta(minutes=10))
    story = a_story(world, 2)
    approve(world, story)
    now, chosen = counted.now(), [ids_of(world)["wb-jl"]]
    soon = warnings(counted, story, chosen, due_at=now + timedelta(minutes=25), now=now)
    told = next(words for words in soon if "发微博" in words)
    assert "每小时 2 次（另留 1 次给应急），已用 1 次、已排 1 条" in told
    assert "11 月 26 日 10:00 次数恢复" in told
    later = warnings(counted, story, chosen, due_at=now + timedelta(hours=2), now=now)
    assert not any("次数恢复" in words for words in later), "another hour is another quota"
    account = account_of(counted, "wb-jl")
    assert beyond_quotas(counted, account, first, now + timedelta(minutes=25), now) == [], "it replaces itself"


def test_only_posts_that_go_that_way_take_a_quota(world: World, counted: Newsroom) -> None:
    use(counted, "wx-jl", SUBMIT, 1)
    account, now = account_of(counted, "wx-jl"), counted.now()
    assert "一天" not in "".join(beyond_quotas(counted, account, 0, now, now))
    assert len(beyond_quotas(counted, account, 0, now, now)) == 1
    account.mode = "draft_only"
    assert beyond_quotas(counted, account, 0, now, now) == []


def test_the_pages_show_every_account_the_tightest_first(world: World, counted: Newsroom, as_person) -> None:
    use(counted, "wb-cc", ALL, 8)
    client = TestClient(create_app(counted, DeskSettings()))
    logged_in = as_person("scheduler")
    client.cookies.update(logged_in.cookies)
    page = client.get("/accounts/quotas").text
    assert page.index("长春科普") < page.index("科普吉林微博")
    assert "已用完或排多了" in page
    assert "没有次数限制的账号：抖音“科普吉林抖音”" in page
    own = client.get("/accounts/wb-cc").text
    assert "8 / 9" in own
    assert "明天 00:00" in own


def test_an_account_whose_limits_are_written_wrong_says_so(world: World, counted: Newsroom) -> None:
    with counted.store.session() as session:
        account = accounts.by_key(session, "wb-jl")
        assert account is not None
        account.settings = {**account.settings, "quotas": {"/2/*": "viele"}}
    found = outlook(counted, account_of(counted, "wb-jl"), counted.now())
    assert "次数要写成" in found.trouble
    assert found.tone == "bad"
