"""All that work on one store go by the store's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session

from config.settings import Settings
from content_store import running
from content_store.database import Store, StoreError
from content_store.migrate import migrate
from flows.opening import open_newsroom
from steps import clocks
from steps.clocks import StoreClock


class StoresClock:
    """Stands for a database server whose clock says what it is set to."""

    def __init__(self, at: datetime) -> None:
        self.at, self.asked, self.fails = at, 0, False

    def __call__(self, _session: Session) -> datetime:
        self.asked += 1
        if self.fails:
            raise StoreError("数据库没有回应。")
        return self.at


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> StoresClock:
    found = StoresClock(datetime.now(UTC) - timedelta(minutes=10))
    monkeypatch.setattr(running, "clock", found)
    return found


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds = [1000.0]
    monkeypatch.setattr(clocks, "_seconds", lambda: seconds[0])
    return seconds


def test_a_machine_whose_clock_is_ahead_has_the_time_of_the_store(
    sqlite_store: Store, server: StoresClock, passed: list[float]
) -> None:
    now = StoreClock(sqlite_store)
    assert now() == server.at
    passed[0] += 30
    assert now() == server.at + timedelta(seconds=30)
    assert server.asked == 1, "not for every look at the clock"


def test_the_store_is_asked_again_after_a_minute(sqlite_store: Store, server: StoresClock, passed: list[float]) -> None:
    now = StoreClock(sqlite_store)
    now()
    server.at += timedelta(minutes=7)
    passed[0] += 61
    assert now() == server.at


def test_while_the_store_does_not_answer_the_seconds_are_counted_on(
    sqlite_store: Store, server: StoresClock, passed: list[float]
) -> None:
    now = StoreClock(sqlite_store)
    now()
    server.fails = True
    passed[0] += 90
    assert now() == server.at + timedelta(seconds=90)
    passed[0] += 90
    assert now() == server.at + timedelta(seconds=180)


def test_without_any_answer_there_is_no_time(sqlite_store: Store, server: StoresClock) -> None:
    server.fails = True
    with pytest.raises(StoreError):
        StoreClock(sqlite_store)()


def test_both_databases_tell_the_time(store: Store) -> None:
    assert abs(StoreClock(store)() - datetime.now(UTC)) < timedelta(seconds=60)


def test_an_opened_newsroom_goes_by_its_stores_clock(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    store = Store(settings.store_url)
    migrate(store)
    assert isinstance(open_newsroom(settings).now, StoreClock)
