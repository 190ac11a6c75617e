"""Quotas: counted before each call, kept for emergencies, waited for with the reason, and asked sparingly when little is left."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from queue_parts import Clock, a_delivery, a_newsroom, an_account, the
from sqlmodel import select

from config.files import FOLDER, ConfigError, entries
from connectors.base import ErrorClass
from connectors.channels.codes import seconds_to_midnight
from connectors.errors import NeedsPerson
from content_store import accounts, quotas
from content_store.database import Store
from content_store.tables import Account, Lane, QuotaUse
from content_store.tables import DeliveryState as State
from sandbox.serve import in_thread
from steps.accounts import check_account
from steps.newsroom import Newsroom
from steps.publish import poll_accepted, publish_due
from steps.quotas import (
    BEIJING,
    Left,
    Meter,
    NeverAsked,
    Quota,
    Span,
    UsedUp,
    path_below,
    poll_spacing,
    quotas_of,
    spacing,
    what_is_left,
    window,
)

ALL = Quota(platform="weibo", interface="/2/*", name="全部接口", span="day", count=6, reserve=2, polls=True)
SHARE = Quota(platform="weibo", interface="/2/statuses/share.json", name="发微博", span="hour", count=2, reserve=1)
SECRETS = {"app_key": "1234500000", "app_secret": "fake-secret-weibo", "uid": "7700000001"}


def test_windows_begin_as_clocks_in_beijing_do() -> None:
    now = datetime(2026, 12, 31, 16, 29, 30, tzinfo=UTC)  # 00:29:30 on New Year's day in Beijing
    told = {span: window(span, now) for span in ("minute", "hour", "day", "month")}  # type: ignore[arg-type]
    local = {span: [each.astimezone(BEIJING).strftime("%m-%d %H:%M") for each in both] for span, both in told.items()}
    assert local == {
        "minute": ["01-01 00:29", "01-01 00:30"],
        "hour": ["01-01 00:00", "01-01 01:00"],
        "day": ["01-01 00:00", "01-02 00:00"],
        "month": ["01-01 00:00", "02-01 00:00"],
    }


def test_the_quotas_that_ship_are_right() -> None:
    shipped = entries(FOLDER / "quotas.toml", "quota", Quota)
    assert len({(quota.platform, quota.interface, quota.span) for quota in shipped}) == len(shipped)
    assert all(quota.reserve < quota.count for quota in shipped)
    asked = next(quota for quota in shipped if quota.interface == "/cgi-bin/freepublish/get")
    assert (asked.count, asked.span, asked.polls) == (100, "day", True)


def test_an_interface_is_the_path_below_the_platforms_address() -> None:
    assert path_below("http://127.0.0.1:9/weibo/2/a.json?x=1", "http://127.0.0.1:9/weibo") == "/2/a.json"
    assert path_below("https://api.weibo.com/2/a.json", "https://api.weibo.com/") == "/2/a.json"
    assert path_below("https://api.weibo.com/weibos/2", "https://api.weibo.com/weibo") == "/weibos/2"


def test_an_account_may_have_limits_of_its_own() -> None:
    account = Account(
        key="a", platform="weibo", name="a", settings={"quotas": {"/2/*": 3}}, created_at=datetime.now(UTC)
    )
    assert [(quota.count, quota.reserve) for quota in quotas_of(account, (ALL, SHARE))] == [(3, 1), (2, 1)]
    other = Account(key="b", platform="wechat", name="b", created_at=datetime.now(UTC))
    assert quotas_of(other, (ALL, SHARE)) == []


def with_own(limits: object) -> Account:
    return Account(key="a", platform="weibo", name="吉林", settings={"quotas": limits}, created_at=datetime.now(UTC))


@pytest.mark.parametrize("wrong", ["50", True, -1, 50.0, None])
def test_an_accounts_own_limit_that_is_no_count_is_refused_and_not_replaced_by_the_platforms(wrong: object) -> None:
    with pytest.raises(
        NeedsPerson, match=r"^账号“吉林”的设置：quotas 里“/2/\*”的次数要写成 0 或更大的整数，不加引号，请改正。$"
    ):
        quotas_of(with_own({"/2/*": wrong}), (ALL, SHARE))
    with pytest.raises(NeedsPerson, match="接口 = 次数"):
        quotas_of(with_own(["/2/*"]), (ALL, SHARE))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('count = "50"', "次数要写成 0 或更大的整数，不加引号"),
        ("count = true", "次数要写成 0 或更大的整数，不加引号"),
        ("count = -1", "次数要写成 0 或更大的整数，不加引号"),
        ("count = 9\nreserve = 1.5", "次数要写成 0 或更大的整数，不加引号"),
        ("count = 9\nreserve = 9", "留给应急的 reserve 要小于总次数 count"),
        ("count = 0\nreserve = 1", "留给应急的 reserve 要小于总次数 count"),
    ],
)
def test_a_file_of_quotas_with_a_wrong_count_is_refused_with_a_sentence(tmp_path: Path, line: str, told: str) -> None:
    file = tmp_path / "quotas.toml"
    head = '[[quota]]\nplatform = "weibo"\ninterface = "/2/*"\nname = "全部接口"\nspan = "day"\n'
    file.write_text(f"{head}{line}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=told):
        entries(file, "quota", Quota)
    file.write_text(f"{head}count = 0\n", encoding="utf-8")
    assert [quota.count for quota in entries(file, "quota", Quota)] == [0]


def test_a_quota_of_none_is_none_also_for_emergencies_and_promises_no_later_time(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    account = an_account(a_newsroom(store, tmp_path, Clock(now)))
    none = quotas_of(with_own({"/2/statuses/share.json": 0}), (ALL, SHARE))
    assert [(quota.count, quota.reserve) for quota in none] == [(6, 2), (0, 0)]
    for urgent in (False, True):
        with pytest.raises(NeverAsked) as refused:
            Meter(store, account, none, "http://x", lambda: now, urgent).charge("http://x/2/statuses/share.json")
        assert refused.value.refusal.kind is ErrorClass.PERMANENT
        assert refused.value.refusal.cause == "“发微博”的次数设成了 0，系统不调用这个接口。"
        assert refused.value.after is None
    with store.reading() as session:
        assert quotas.used(session, account, [("/2/*", "day", window("day", now)[0])]) == {("/2/*", "day"): 0}


def test_never_more_are_counted_than_there_are_however_many_ask_at_once(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    account = an_account(a_newsroom(store, tmp_path, Clock(now)))
    meter = Meter(store, account, (ALL,), "http://x", lambda: now, urgent=True)
    refused: list[UsedUp] = []

    def ask() -> None:
        try:
            meter.charge("http://x/2/a.json")
        except UsedUp as error:
            refused.append(error)

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 4
    with store.reading() as session:
        assert quotas.used(session, account, [("/2/*", "day", window("day", now)[0])]) == {("/2/*", "day"): 6}


def test_a_call_under_two_quotas_counts_against_both_or_neither_and_a_new_window_begins_anew(
    store: Store, tmp_path: Path, now: datetime
) -> None:
    account = an_account(a_newsroom(store, tmp_path, Clock(now)))
    at = [now]
    meter = Meter(store, account, (ALL, SHARE), "http://x", lambda: at[0])
    meter.charge("http://x/2/statuses/share.json")
    with pytest.raises(UsedUp) as refused:
        meter.charge("http://x/2/statuses/share.json")
    assert refused.value.refusal.kind is ErrorClass.QUOTA
    assert refused.value.refusal.cause == "“发微博”每小时的 1 次已用完（另有 1 次留给应急）。"
    assert refused.value.refusal.remedy == "11 月 26 日 13:00 恢复，届时自动继续，无需处理。"
    assert 0 < (refused.value.after or 0) <= 3601
    day = window("day", now)[0]
    with store.reading() as session:
        assert quotas.used(session, account, [("/2/*", "day", day)])["/2/*", "day"] == 1
    at[0] = now + timedelta(hours=1)
    meter.charge("http://x/2/statuses/share.json")
    with store.reading() as session:
        assert quotas.used(session, account, [("/2/*", "day", day)])["/2/*", "day"] == 2


@pytest.mark.parametrize("span", ["minute", "hour", "day", "month"])
def test_a_machine_whose_clock_is_ahead_gives_the_others_no_second_quota_for_the_old_window(
    store: Store, tmp_path: Path, now: datetime, span: Span
) -> None:
    account = an_account(a_newsroom(store, tmp_path, Clock(now)))
    two = [ALL.model_copy(update={"span": span, "count": 2, "reserve": 0})]
    begins = window(span, now)[1]
    behind = Meter(store, account, two, "http://x", lambda: begins - timedelta(seconds=30))
    ahead = Meter(store, account, two, "http://x", lambda: begins + timedelta(minutes=9))
    for meter in (behind, behind, ahead):
        meter.charge("http://x/2/a.json")
    with pytest.raises(UsedUp):
        behind.charge("http://x/2/a.json")
    later = Meter(store, account, two, "http://x", lambda: begins + timedelta(days=99))
    later.charge("http://x/2/a.json")
    with store.reading() as session:
        assert len(session.exec(select(QuotaUse)).all()) == 1, "windows long over are forgotten"


def test_little_is_spread_over_the_time_until_there_is_more(now: datetime) -> None:
    refills = now + timedelta(hours=1)
    assert spacing(Left(ALL, 1, refills), waiting=3, now=now) == 0
    assert spacing(Left(ALL, 2, refills), waiting=1, now=now) == 1800
    assert spacing(Left(ALL, 3, refills), waiting=1, now=now) == 3600
    assert spacing(Left(ALL, 3, refills), waiting=5, now=now) == 3600
    assert spacing(Left(ALL, 6, refills), waiting=1, now=now) == 3600


# ---------------------------------------------------------------- in the queue, over real HTTP


@pytest.fixture(scope="module")
def world() -> Iterator[str]:
    with in_thread(seed=5) as base:
        yield base


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(UTC).replace(minute=10, second=0))


@pytest.fixture
def room(sqlite_store: Store, tmp_path: Path, clock: Clock, world: str) -> Newsroom:
    newsroom = replace(a_newsroom(sqlite_store, tmp_path, clock), quotas=(SHARE,))
    settings = {"base_url": f"{world}/weibo", "bound_domain": "127.0.0.1"}
    account = an_account(newsroom, "weibo-jilin", settings=settings)
    with newsroom.store.session() as session:
        secrets = SECRETS | {"access_token": "fake-token-weibo-7700000001"}
        accounts.keep_credentials(session, account, secrets, newsroom.vault, now=clock.now())
    return newsroom


def a_post(room: Newsroom, marker: str, lane: Lane = Lane.NORMAL) -> int:
    return a_delivery(room, 1, marker, lane=lane, form={"text": f"{marker} http://127.0.0.1/s/1?m={marker}"})


def shares(world: str) -> int:
    return len(told(world, "/calls?path=/2/statuses/share.json"))


def told(world: str, path: str) -> Any:
    with urllib.request.urlopen(f"{world}/_sandbox{path}", timeout=10) as answer:
        return json.loads(answer.read())


def test_a_post_whose_quota_is_used_up_waits_with_the_reason_and_goes_out_by_itself(
    room: Newsroom, clock: Clock, world: str
) -> None:
    before = shares(world)
    posts = [a_post(room, "quota1aaaa"), a_post(room, "quota1bbbb")]
    publish_due(room, clock.now())
    # they are sent side by side: either may have the last unit
    posts.sort(key=lambda post: the(room, post).state == State.QUEUED)
    second = posts[1]
    waiting = the(room, second)
    assert the(room, posts[0]).state == State.ACCEPTED
    assert (waiting.state, waiting.reason) == (State.QUEUED, "“发微博”每小时的 1 次已用完（另有 1 次留给应急）。")
    assert "自动继续" in waiting.remedy
    assert shares(world) == before + 1
    urgent = a_post(room, "quota1cccc", Lane.EMERGENCY)
    publish_due(room, clock.now())
    assert the(room, urgent).state == State.ACCEPTED
    assert shares(world) == before + 2
    assert [(left.used, left.left, left.left_for_all) for left in left_of(room)] == [(2, 0, 0)]
    clock.advance(minutes=51, seconds=30)
    publish_due(room, clock.now())
    assert the(room, second).state == State.ACCEPTED
    assert shares(world) == before + 3


def test_a_wrong_limit_of_an_account_is_told_by_its_check_and_nothing_is_sent(
    room: Newsroom, clock: Clock, world: str
) -> None:
    with room.store.session() as session:
        row = session.get_one(Account, 1)
        row.settings = row.settings | {"quotas": {"/2/statuses/share.json": "50"}}
        session.add(row)
    before = shares(world)
    checked = check_account(room, "weibo-jilin", clock.now())
    assert checked.refusal is not None
    assert ("不加引号。" in checked.refusal.cause, checked.refusal.remedy) == (True, "请改正。")
    post = a_post(room, "quota3aaaa")
    publish_due(room, clock.now())
    assert (the(room, post).state, the(room, post).reason) == (State.NEEDS_PERSON, checked.refusal.cause)
    assert shares(world) == before


def test_the_less_is_left_the_more_rarely_is_a_result_asked_for(room: Newsroom, clock: Clock, world: str) -> None:
    thrifty = replace(room, quotas=(ALL,))
    post = a_post(thrifty, "quota2aaaa")
    publish_due(thrifty, clock.now())
    assert poll_spacing(thrifty.store, account_of(thrifty), thrifty.quotas, clock.now()) == 0
    for _ in range(3):
        thrifty.channel(account_of(thrifty)).account_figures(clock.now().date())
    # an hour at least, or what is left of the day late in the evening
    sparse = min(3600.0, seconds_to_midnight(clock.now()) - 60)
    assert poll_spacing(thrifty.store, account_of(thrifty), thrifty.quotas, clock.now()) > sparse
    clock.advance(seconds=6)
    poll_accepted(thrifty, clock.now())
    row = the(thrifty, post)
    assert row.state == State.ACCEPTED
    assert "全部接口" in row.reason
    assert row.next_try_at is not None
    assert row.next_try_at > clock.now() + timedelta(seconds=sparse / 2)


def left_of(room: Newsroom) -> list[Left]:
    return what_is_left(room.store, account_of(room), room.quotas, room.now())


def account_of(room: Newsroom) -> Account:
    with room.store.reading() as session:
        account = session.get(Account, 1)
    assert account is not None
    return account
