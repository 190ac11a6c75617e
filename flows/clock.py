"""The clock: APScheduler with a persistent job store, driven by the schedule file. It only says "go and look".

Exactly one clock ticks at a time, held by a lease in the store; the others stand by and take over when it stops.
"""

from __future__ import annotations

import logging
import re
import threading
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from config.entries import JobEntry, schedule
from config.files import ConfigError
from config.settings import Settings, load
from content_store import running
from content_store.database import StoreError
from flows.opening import open_home
from flows.running import STOPPING, run_round
from steps.newsroom import Newsroom
from steps.workers import is_gone, worker_name

log = logging.getLogger(__name__)
LOCAL = ZoneInfo("Asia/Shanghai")
LEASE = "clock"
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
LEASE_SECONDS = 30
BEAT_SECONDS = 5
WARNINGS = JobEntry(flow="warnings", every_seconds=10, by="plain")
"""Where the schedule collects, warnings are collected too, also by a schedule that was written before they had their own round."""
OVERLAPPING = {"collect": 3, "warnings": 3}
"""So many rounds of one flow may be under way at once: a slow source holds up only itself."""


class Clock:
    """Stands by until it holds the lease, then schedules; stops scheduling when it loses the lease."""

    def __init__(self, settings: Settings, newsroom: Newsroom, *, prefect_api: str = "") -> None:
        """Raises ConfigError where the schedule file is wrong."""
        self._settings = settings
        self._jobs = jobs_of(settings.data_file("schedule.toml"))
        self._newsroom = newsroom
        self._prefect_api = prefect_api
        self._owner = f"{worker_name()}:{id(self)}"
        self._scheduler: BackgroundScheduler | None = None

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set. Whatever goes wrong for a while only pauses the clock."""
        try:
            self._safe_beat()
            while not stop.wait(BEAT_SECONDS):
                self._safe_beat()
        finally:
            self._halt()
            self._let_go()

    def _safe_beat(self) -> None:
        try:
            self._beat()
        except StoreError as error:
            log.warning("clock: %s", error)
            self._halt()
        except Exception:
            log.exception("clock: a beat failed, the next one tries again")
            self._halt()

    def _beat(self) -> None:
        now = self._newsroom.now()
        with self._newsroom.store.session() as session:
            held = running.lease(session, LEASE)
            if held is not None and is_gone(held.owner):
                # killed a moment ago: nobody has to wait until its lease runs out
                running.end_lease(session, LEASE, owner=held.owner, now=now)
            until = now + timedelta(seconds=LEASE_SECONDS)
            holds = running.take_lease(session, LEASE, owner=self._owner, now=now, until=until)
            if holds and self._scheduler is None:
                running.close_open_runs(session, now=now, message="程序中途停止，这一轮没有做完。")
        if holds and self._scheduler is None:
            self._scheduler = self._scheduling()
        elif not holds:
            self._halt()

    def _scheduling(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(
            jobstores={"default": SQLAlchemyJobStore(engine=self._newsroom.store.engine, tablename="clock_job")},
            executors={"default": ThreadPoolExecutor(16)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=LOCAL,
        )
        scheduler.start(paused=True)
        wanted = {job_id(entry): (entry, rhythm) for entry, rhythm in self._jobs}
        known = {job.id: job for job in scheduler.get_jobs()}
        for gone in known.keys() - wanted.keys():
            scheduler.remove_job(gone)
        for name, (entry, rhythm) in wanted.items():
            arguments = [str(self._settings.home), entry.flow, self._prefect_api if entry.by == "prefect" else ""]
            if name in known:
                # its next time stays: a run missed while nobody was up is made up for once
                scheduler.modify_job(name, args=arguments, max_instances=OVERLAPPING.get(entry.flow, 1))
            else:
                scheduler.add_job(
                    tick,
                    rhythm,
                    args=arguments,
                    id=name,
                    next_run_time=first_time(entry, rhythm),
                    max_instances=OVERLAPPING.get(entry.flow, 1),
                )
        scheduler.resume()
        return scheduler

    def _halt(self) -> None:
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None

    def _let_go(self) -> None:
        try:
            with self._newsroom.store.session() as session:
                running.give_up_lease(session, LEASE, owner=self._owner)
        except StoreError as error:
            log.warning("clock: %s", error)


def tick(home: str, flow: str, prefect_api: str) -> None:
    """One job of the clock. Failures are on record for the desk and must not stop the clock."""
    if STOPPING.is_set():
        return
    newsroom = open_home(Path(home))
    try:
        run_round(newsroom, load(Path(home)), flow, prefect_api=prefect_api, now=newsroom.now())
    except Exception:
        log.exception("round of %s failed", flow)


def jobs_of(path: Path) -> list[tuple[JobEntry, CronTrigger | IntervalTrigger]]:
    """The schedule file's jobs with their rhythms. Raises ConfigError naming the file and the line's text."""
    jobs = []
    for entry in schedule(path):
        try:
            jobs.append((entry, trigger(entry)))
        except ValueError as error:
            raise ConfigError(
                f'设置文件 {path} 中的 cron = "{entry.cron}" 写错了，应为“分 时 日 月 星期”五项，请改正。'
            ) from error
    flows = {entry.flow for entry, _ in jobs}
    return [*jobs, (WARNINGS, trigger(WARNINGS))] if "collect" in flows and WARNINGS.flow not in flows else jobs


def job_id(entry: JobEntry) -> str:
    """Changes with the rhythm, so that a changed schedule file takes effect."""
    return f"{entry.flow}@{entry.cron or entry.every_seconds}"


def trigger(entry: JobEntry) -> CronTrigger | IntervalTrigger:
    """Raises ValueError for a cron text that is none."""
    if entry.cron is None:
        return IntervalTrigger(seconds=entry.every_seconds or 60, timezone=LOCAL)
    minute, hour, day, month, weekday = entry.cron.split()
    return CronTrigger(
        minute=minute, hour=hour, day=day, month=month, day_of_week=weekday_names(weekday), timezone=LOCAL
    )


def weekday_names(field: str) -> str:
    """The weekday field of a crontab (0 and 7 are Sunday) in names, as APScheduler counts from Monday instead.

    Names, "*" and steps of "*" pass as they are. Raises ValueError.
    """
    days: list[str] = []
    for part in field.split(","):
        numbers = re.fullmatch(r"(\d)(?:-(\d))?(?:/(\d+))?", part)
        if numbers is None:
            days.append(part)
            continue
        first, last, step = numbers[1], numbers[2] or numbers[1], int(numbers[3] or 1)
        if not step or int(last) > 7 or int(first) > int(last):
            raise ValueError(f"not a weekday: {part}")
        days += [WEEKDAYS[number % 7] for number in range(int(first), int(last) + 1, step)]
    return ",".join(days)


def first_time(entry: JobEntry, rhythm: CronTrigger | IntervalTrigger) -> datetime | None:
    """A rhythm begins at once, a time of day waits for it."""
    now = datetime.now(LOCAL)
    return now if entry.cron is None else rhythm.get_next_fire_time(None, now)
