"""What people are reminded of: consents that end soon, packages whose link never came back."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from conftest_desk import Login, World
from test_desk_hand_over import LINK, handed_over

from content_store import accounts, log
from flows import plain
from steps.consents import WARNED, ending, warn_once
from steps.overdue import REMINDED, is_working_day, overdue, remind_once, working_days
from steps.publish import poll_accepted
from steps.tokens import step_of


def consent_until(world: World, ends: datetime, key: str = "wb-jl") -> None:
    with world.newsroom.store.session() as session:
        account = accounts.by_key(session, key)
        assert account is not None
        assert account.id is not None
        known = accounts.credentials(session, account.id, world.newsroom.vault)
        known |= {"expires_at": ends.isoformat()}
        accounts.keep_credentials(session, account.id, known, world.newsroom.vault, now=world.newsroom.now())


def test_a_consent_comes_to_each_of_its_steps(now: datetime) -> None:
    days = (8, 7, 4, 3, 1.5, 1, 0.2, 0, -3)
    assert [step_of(now + timedelta(days=each), now) for each in days] == [None, 7, 7, 3, 3, 1, 1, 0, 0]


def test_a_consent_is_told_once_at_each_step_and_not_in_every_round(world: World) -> None:
    room = world.newsroom
    consent_until(world, room.now() + timedelta(days=6))
    told = []
    for _day in range(8):
        for _round in range(3):
            told += [(each.account.key, each.step) for each in warn_once(room, room.now())]
        world.pass_time(timedelta(days=1))
    assert told == [("wb-jl", 7), ("wb-jl", 3), ("wb-jl", 1), ("wb-jl", 0)]
    consent_until(world, room.now() + timedelta(days=2))
    assert [each.step for each in warn_once(room, room.now())] == [3], "a new consent has steps of its own"


def test_a_consent_that_ends_soon_stands_on_the_first_page_the_system_page_and_the_accounts_page(
    world: World, as_person: Login
) -> None:
    client = as_person("scheduler")
    pages = ("/articles", "/system", "/accounts", "/accounts/wb-jl")
    assert not any("到期" in client.get(path).text.replace("都没有临近到期", "") for path in pages)
    consent_until(world, world.newsroom.now() + timedelta(days=2, hours=1))
    warn_once(world.newsroom, world.newsroom.now())
    for path in pages:
        assert "授权还有 2 天到期" in client.get(path).text, path
    assert "授权到期提醒" in client.get("/accounts/wb-jl").text
    with world.newsroom.store.session() as session:
        account = accounts.by_key(session, "wb-jl")
        assert account is not None
        account.enabled = False
    assert "到期" not in client.get("/articles").text, "a disabled account needs no consent"


def test_consents_of_several_accounts_stand_in_the_order_of_their_ends(world: World) -> None:
    room = world.newsroom
    consent_until(world, room.now() + timedelta(days=5))
    consent_until(world, room.now() - timedelta(hours=1), "wb-cc")
    with room.store.reading() as session:
        found = ending(room, accounts.listed(session), room.now())
    assert [(each.account.key, each.tone) for each in found] == [("wb-cc", "bad"), ("wb-jl", "warn")]


def test_working_days_are_those_of_the_state_councils_calendar() -> None:
    # 2026: National Day 1-7 October, 10 October (a Saturday) is worked
    assert not is_working_day(date(2026, 10, 5))
    assert is_working_day(date(2026, 10, 10))
    assert is_working_day(date(2050, 1, 3))
    assert not is_working_day(date(2050, 1, 1))


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        (datetime(2026, 11, 26, 2, tzinfo=UTC), datetime(2026, 11, 26, 9, tzinfo=UTC), 0),
        (datetime(2026, 11, 26, 2, tzinfo=UTC), datetime(2026, 11, 27, 1, tzinfo=UTC), 1),
        # Thursday to Tuesday: Friday, Monday, Tuesday
        (datetime(2026, 11, 26, 2, tzinfo=UTC), datetime(2026, 12, 1, 1, tzinfo=UTC), 3),
        # 23:30 and 00:30 in Beijing are two days
        (datetime(2026, 11, 26, 15, 30, tzinfo=UTC), datetime(2026, 11, 26, 16, 30, tzinfo=UTC), 1),
        (datetime(2026, 9, 30, 2, tzinfo=UTC), datetime(2026, 10, 8, 2, tzinfo=UTC), 1),
    ],
)
def test_working_days_pass_in_beijing(since: datetime, until: datetime, days: int) -> None:
    assert working_days(since, until) == days


@pytest.mark.parametrize("platform", ["kepuchina", "toutiao"])
def test_a_package_without_a_link_is_reminded_of_after_three_working_days_until_its_link_comes(
    world: World, as_person: Login, platform: str
) -> None:
    world.clock[0] = datetime(2026, 11, 26, 2, tzinfo=UTC)
    number = handed_over(world, as_person, platform)
    client, room = as_person("scheduler"), world.newsroom
    assert "等人在平台上发布" in client.get("/tasks").text
    world.pass_time(timedelta(days=4, hours=22))  # Tuesday, 08:00 in Beijing: three days after
    poll_accepted(room, room.now())
    assert remind_once(room, room.now()) == 1
    assert remind_once(room, room.now()) == 0
    client = as_person("scheduler")  # the log-in of last week is over
    for path in ("/tasks", f"/deliveries/{number}"):
        assert "资料包交出已 3 个工作日，还没有人登记链接" in client.get(path).text, path
    shown = client.get(f"/deliveries/{number}").text
    assert "下载资料包" in shown, "it can still be taken"
    assert "催办" in shown
    assert re.search(r"待办</span><b[^>]*>1</b>", shown)
    link = LINK if platform == "kepuchina" else "https://www.toutiao.com/article/7412345678901234567/"
    client.post(f"/deliveries/{number}/link", data={"url": link})
    assert "个工作日" not in client.get("/tasks").text
    with room.store.reading() as session:
        assert overdue(session, room.now()) == []
        assert [entry.act for entry in log.of(session, "delivery", number)].count(REMINDED) == 1


def test_a_package_is_not_reminded_of_before_its_time(world: World, as_person: Login) -> None:
    world.clock[0] = datetime(2026, 11, 26, 2, tzinfo=UTC)
    handed_over(world, as_person)
    world.pass_time(timedelta(days=3))  # Sunday: one working day is over
    assert remind_once(world.newsroom, world.newsroom.now()) == 0
    assert "个工作日" not in as_person("scheduler").get("/tasks").text


def test_the_round_says_how_much_was_new(world: World) -> None:
    consent_until(world, world.newsroom.now() + timedelta(days=1))
    counts = [plain.remind(world.newsroom, None, world.newsroom.now()) for _ in range(2)]  # type: ignore[arg-type]
    assert [each["consents"] for each in counts] == [1, 0]
    with world.newsroom.store.reading() as session:
        account = accounts.by_key(session, "wb-jl")
        assert account is not None
        assert [entry.act for entry in log.of(session, "account", account.id or 0)] == [WARNED]
