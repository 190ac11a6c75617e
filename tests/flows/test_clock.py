"""The clock: one holder, a persistent job store, the schedule file, and rounds on record with and without Prefect."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from config.entries import JobEntry
from config.files import ConfigError
from config.settings import Settings, load
from content_store import running
from content_store.migrate import migrate
from flows import clock as clocks
from flows import plain
from flows import running as running_flows
from flows.clock import Clock
from flows.opening import open_newsroom
from flows.running import prefect_answers, run_round
from steps.errors import Refused
from steps.newsroom import Newsroom
from steps.workers import place

EVERY_SECOND = '[[job]]\nflow = "tag"\nevery_seconds = 1\nby = "plain"\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.delenv("KEPU_HOME", raising=False)
    (tmp_path / "schedule.toml").write_text(EVERY_SECOND)
    return load(tmp_path)


@pytest.fixture
def opened(home: Settings) -> Newsroom:
    newsroom = open_newsroom(home)
    migrate(newsroom.store)
    return newsroom


class Ticking:
    """A clock in a thread of its own."""

    def __init__(self, settings: Settings, newsroom: Newsroom) -> None:
        self.stop = threading.Event()
        self.thread = threading.Thread(target=Clock(settings, newsroom).run, args=(self.stop,))
        self.thread.start()

    def end(self) -> None:
        self.stop.set()
        self.thread.join(timeout=10)


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        if condition():
            return True
        time.sleep(0.05)
    return False


def runs(newsroom: Newsroom, flow: str) -> list[Any]:
    with newsroom.store.reading() as session:
        return running.last_runs(session, flow)


def test_the_schedule_is_followed_and_each_round_is_on_record(
    home: Settings, opened: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(plain.ROUNDS, "tag", lambda _newsroom, _settings, _now: {"tagged": 3})
    ticking = Ticking(home, opened)
    try:
        assert eventually(lambda: sum(run.ok is True for run in runs(opened, "tag")) >= 2)
    finally:
        ticking.end()
    last = next(run for run in runs(opened, "tag") if run.ok)
    assert (last.counts, last.via) == ({"tagged": 3}, "plain")
    with opened.store.reading() as session:
        assert running.lease(session, clocks.LEASE) is None
        assert session.connection().execute(text("SELECT count(*) FROM clock_job")).scalar_one() == 1


def test_a_second_clock_stands_by_and_takes_over(
    home: Settings, opened: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clocks, "BEAT_SECONDS", 0.1)
    monkeypatch.setitem(plain.ROUNDS, "tag", lambda _newsroom, _settings, _now: {})

    def holder() -> str:
        with opened.store.reading() as session:
            lease = running.lease(session, clocks.LEASE)
            return lease.owner if lease else ""

    first = Ticking(home, opened)
    assert eventually(lambda: holder() != "")
    first_owner = holder()
    second = Ticking(home, opened)
    time.sleep(0.5)
    assert holder() == first_owner
    first.end()
    try:
        assert eventually(lambda: holder() not in ("", first_owner))
    finally:
        second.end()


def test_a_clock_does_not_wait_for_the_lease_of_one_that_was_killed(
    home: Settings, opened: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(plain.ROUNDS, "tag", lambda _newsroom, _settings, _now: {})
    killed = subprocess.Popen([sys.executable, "-c", ""])
    killed.wait()
    with opened.store.session() as session:
        owner, until = f"{place()}:{killed.pid}:1", opened.now() + timedelta(seconds=60)
        assert running.take_lease(session, clocks.LEASE, owner=owner, now=opened.now(), until=until)
    ticking = Ticking(home, opened)
    try:
        assert eventually(lambda: len(runs(opened, "tag")) > 0, 4)
    finally:
        ticking.end()


def test_a_run_missed_while_nobody_was_up_is_made_up_for_once(
    home: Settings, opened: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    monkeypatch.setitem(plain.ROUNDS, "tag", lambda _newsroom, _settings, _now: calls.append(1) or {})
    (home.home / "schedule.toml").write_text('[[job]]\nflow = "tag"\ncron = "0 9 1 1 *"\nby = "plain"\n')
    ticking = Ticking(home, opened)
    assert eventually(lambda: _jobs(opened) == 1)
    ticking.end()
    assert calls == []
    with opened.store.session() as session:
        session.connection().execute(text("UPDATE clock_job SET next_run_time = 1700000000"))
    _age_the_job(opened)
    ticking = Ticking(home, opened)
    try:
        assert eventually(lambda: len(calls) == 1)
        time.sleep(0.5)
        assert len(calls) == 1
    finally:
        ticking.end()


def _jobs(newsroom: Newsroom) -> int:
    with newsroom.store.reading() as session:
        try:
            return int(session.connection().execute(text("SELECT count(*) FROM clock_job")).scalar_one())
        except Exception:
            return 0


def _age_the_job(newsroom: Newsroom) -> None:
    """APScheduler keeps the next time in the pickled state as well."""
    import pickle
    from datetime import UTC, datetime

    with newsroom.store.session() as session:
        [(name, state)] = session.connection().execute(text("SELECT id, job_state FROM clock_job")).all()
        job = pickle.loads(state)
        job["next_run_time"] = datetime(2023, 11, 14, tzinfo=UTC)
        session.connection().execute(
            text("UPDATE clock_job SET job_state = :state WHERE id = :id"), {"state": pickle.dumps(job), "id": name}
        )


def test_old_runs_are_forgotten(home: Settings, opened: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(plain.ROUNDS, "tag", lambda _newsroom, _settings, _now: {})
    monkeypatch.setitem(plain.ROUNDS, "rank", lambda _newsroom, _settings, _now: {})
    monkeypatch.setattr(running_flows, "KEPT_RUNS", 3)
    run_round(opened, home, "rank", now=opened.now())
    for _ in range(6):
        run_round(opened, home, "tag", now=opened.now())
    assert len(runs(opened, "tag")) == 3
    assert len(runs(opened, "rank")) == 1


def test_a_schedule_that_collects_collects_warnings_in_a_round_of_their_own(home: Settings) -> None:
    file = home.home / "schedule.toml"
    file.write_text('[[job]]\nflow = "collect"\nevery_seconds = 60\n')
    assert [entry.flow for entry, _ in clocks.jobs_of(file)] == ["collect", "warnings"]
    file.write_text(EVERY_SECOND)
    assert [entry.flow for entry, _ in clocks.jobs_of(file)] == ["tag"]


def test_a_round_of_collecting_that_hangs_holds_up_neither_warnings_nor_the_next_round(
    home: Settings, opened: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, rounds = threading.Event(), []

    def collect(_newsroom: Newsroom, _settings: Settings, _now: datetime) -> dict[str, Any]:
        rounds.append("collect")
        if len(rounds) == 1:
            go_on.wait(30)
        return {}

    monkeypatch.setitem(plain.ROUNDS, "collect", collect)
    monkeypatch.setitem(plain.ROUNDS, "warnings", lambda _newsroom, _settings, _now: rounds.append("warnings") or {})
    monkeypatch.setitem(running_flows.WORTH_A_ROUND, "warnings", lambda _newsroom, _now: "collect" in rounds)
    monkeypatch.setattr(clocks, "WARNINGS", JobEntry(flow="warnings", every_seconds=1, by="plain"))
    (home.home / "schedule.toml").write_text('[[job]]\nflow = "collect"\nevery_seconds = 1\nby = "plain"\n')
    ticking = Ticking(home, opened)
    try:
        assert eventually(lambda: "warnings" in rounds and rounds.count("collect") >= 2)
        assert not go_on.is_set()
    finally:
        go_on.set()
        ticking.end()


def test_a_changed_rhythm_is_a_new_job() -> None:
    assert clocks.job_id(JobEntry(flow="tag", every_seconds=5)) != clocks.job_id(JobEntry(flow="tag", every_seconds=6))


def test_with_prefect_down_the_round_runs_plainly(
    home: Settings, opened: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(plain.ROUNDS, "tag", lambda _newsroom, _settings, _now: {"tagged": 1})
    nobody = "http://127.0.0.1:9/api"
    assert not prefect_answers(nobody)
    counts = run_round(opened, home, "tag", prefect_api=nobody, now=opened.now())
    assert counts == {"tagged": 1}
    assert [run.via for run in runs(opened, "tag")] == ["plain"]


@pytest.mark.parametrize(
    ("error", "said"), [(Refused("没有可排名的账号。"), "没有可排名的账号。"), (ZeroDivisionError("x"), "程序出错")]
)
def test_a_failed_round_says_why_on_record(
    home: Settings, opened: Newsroom, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def fail(_newsroom: Newsroom, _settings: Settings, _now: object) -> dict[str, Any]:
        raise error

    monkeypatch.setitem(plain.ROUNDS, "tag", fail)
    with pytest.raises(type(error)):
        run_round(opened, home, "tag", now=opened.now())
    [run] = runs(opened, "tag")
    assert run.ok is False
    assert said in run.message
    assert run.ended_at - run.started_at < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("cron", "weekday"), [("0 9 * * 1", 0), ("0 9 * * 0", 6), ("0 9 * * 7", 6), ("0 9 * * mon", 0), ("0 9 * * 5-6", 4)]
)
def test_weekdays_are_those_of_a_crontab(cron: str, weekday: int) -> None:
    rhythm = clocks.trigger(JobEntry(flow="rank", cron=cron))
    thursday = datetime(2026, 11, 26, 20, tzinfo=clocks.LOCAL)
    first = rhythm.get_next_fire_time(None, thursday)
    assert first is not None
    assert (first.weekday(), first.hour) == (weekday, 9)


def test_every_way_to_write_weekdays_is_understood() -> None:
    assert clocks.weekday_names("*") == "*"
    assert clocks.weekday_names("1-5") == "mon,tue,wed,thu,fri"
    assert clocks.weekday_names("0-6/2,mon") == "sun,tue,thu,sat,mon"


@pytest.mark.parametrize("cron", ["99 * * * *", "0 9 * *", "0 9 * * 8", "0 9 * * 5-1", "jeden Tag"])
def test_a_wrong_cron_is_said_before_anything_starts(home: Settings, opened: Newsroom, cron: str) -> None:
    (home.home / "schedule.toml").write_text(f'[[job]]\nflow = "tag"\ncron = "{cron}"\n')
    with pytest.raises(ConfigError, match=r"schedule\.toml"):
        Clock(home, opened)


def test_a_beat_that_fails_does_not_end_the_clock(
    home: Settings, opened: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clocks, "BEAT_SECONDS", 0.1)
    monkeypatch.setitem(plain.ROUNDS, "tag", lambda _newsroom, _settings, _now: {})
    failures = iter([ZeroDivisionError("once")])
    taken = running.take_lease

    def take(*arguments: Any, **named: Any) -> bool:
        for failure in failures:
            raise failure
        return taken(*arguments, **named)

    monkeypatch.setattr(running, "take_lease", take)
    ticking = Ticking(home, opened)
    try:
        assert eventually(lambda: any(run.ok for run in runs(opened, "tag")))
    finally:
        ticking.end()


def test_a_run_cut_off_by_a_kill_is_closed_by_the_next_clock(home: Settings, opened: Newsroom) -> None:
    with opened.store.session() as session:
        running.begin_run(session, "rank", via="plain", now=opened.now())
    ticking = Ticking(home, opened)
    try:
        assert eventually(lambda: runs(opened, "rank")[0].ok is False)
    finally:
        ticking.end()
    assert "没有做完" in runs(opened, "rank")[0].message
